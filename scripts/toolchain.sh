#!/usr/bin/env bash
# Finds or makes a Rust toolchain that can build for wasm32 and exports it to the caller.
# Sourced by `scripts/setup.sh`; every step looks first, so running it again costs nothing.
#
# Order: the target is there; rustup adds it; Debian's security archive, whose compiler ships with
# the library source, from which the standard library for wasm32 is built once (about a minute).

say() { printf '\033[1m▸ %s\033[0m\n' "$*" >&2; }
die() { printf '\033[31m✗ %s\033[0m\n' "$*" >&2; exit 1; }

# root needs no sudo; anybody else does, and is told so when it is missing.
as_root() {
  if [ "$(id -u)" = 0 ]; then "$@"
  elif command -v sudo >/dev/null; then sudo "$@"
  else die "installing packages needs root or sudo; run as root: $*"; fi
}

apt_packages() {
  local missing=()
  for package in "$@"; do dpkg -s "$package" >/dev/null 2>&1 || missing+=("$package"); done
  [ ${#missing[@]} = 0 ] && return 0
  command -v apt-get >/dev/null || die "please install by hand: ${missing[*]}"
  say "installing packages: ${missing[*]}"
  as_root apt-get update -qq || die "apt-get update failed; check the network and try again"
  as_root env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq "${missing[@]}" >/dev/null ||
    die "apt-get could not install: ${missing[*]}"
}

wasm_library_of() { ls "$1"/lib/rustlib/wasm32-unknown-unknown/lib/libstd-*.rlib >/dev/null 2>&1; }

# Debian's compiler has the library source but neither the wasm library nor rust-lld.
debian_wasm_toolchain() {
  apt_packages rustc-web cargo-web rust-web-src rust-web-clippy
  local lld=/usr/lib/rustlib/x86_64-unknown-linux-gnu/bin/rust-lld
  if [ ! -e "$lld" ]; then
    local found
    found=$(ls "$(rustup run stable rustc --print sysroot 2>/dev/null)"/lib/rustlib/*/bin/rust-lld 2>/dev/null | head -1)
    if [ -z "$found" ]; then
      apt_packages lld-19 2>/dev/null || apt_packages lld
      found=$(ls /usr/bin/ld.lld* | sort -V | tail -1)
    fi
    as_root mkdir -p "$(dirname "$lld")"
    as_root ln -sf "$found" "$lld"
  fi
  if ! wasm_library_of /usr; then
    say "building the standard library for wasm32 (once, about a minute)"
    local scratch
    scratch=$(mktemp -d)
    mkdir -p "$scratch/src"
    printf '[package]\nname = "scratch"\nversion = "0.0.0"\nedition = "2024"\n[lib]\ncrate-type = ["cdylib"]\n' >"$scratch/Cargo.toml"
    : >"$scratch/src/lib.rs"
    # -Cembed-bitcode=yes: without it `lto = true` fails with "Can't find section .llvmbc".
    (cd "$scratch" && env -u RUSTUP_TOOLCHAIN RUSTC_BOOTSTRAP=1 RUSTC=/usr/bin/rustc RUSTFLAGS=-Cembed-bitcode=yes \
      CARGO_TARGET_DIR="$scratch/target" CARGO_PROFILE_RELEASE_CODEGEN_UNITS=1 \
      CARGO_TARGET_WASM32_UNKNOWN_UNKNOWN_LINKER="$lld" \
      /usr/bin/cargo build --release --quiet -Zbuild-std=std,panic_abort,panic_unwind,proc_macro,test \
      --target wasm32-unknown-unknown) || die "the standard library for wasm32 did not build; its output is above"
    local library=/usr/lib/rustlib/wasm32-unknown-unknown/lib
    as_root mkdir -p "$library"
    find "$scratch/target/wasm32-unknown-unknown/release/deps" -name '*.rlib' ! -name 'libscratch*' \
      -exec env true {} + -print0 | while IFS= read -r -d '' file; do as_root cp "$file" "$library/"; done
    rm -rf "$scratch"
  fi
  if command -v rustup >/dev/null; then
    rustup toolchain list | grep -q '^debian' || rustup toolchain link debian /usr >&2
    export RUSTUP_TOOLCHAIN=debian
  else
    export PATH=/usr/bin:$PATH
  fi
}

rust_toolchain() {
  command -v rustup >/dev/null || [ -x /usr/bin/cargo ] ||
    die "Rust is missing: install it from https://rustup.rs and run this again"
  if [ -n "${RUSTUP_TOOLCHAIN:-}" ] && wasm_library_of "$(rustc --print sysroot)"; then return; fi
  if command -v rustc >/dev/null && wasm_library_of "$(rustc --print sysroot)"; then return; fi
  if wasm_library_of /usr; then debian_wasm_toolchain; return; fi
  if command -v rustup >/dev/null; then
    say "adding the wasm32 target with rustup"
    if timeout 120 rustup target add wasm32-unknown-unknown >&2; then return; fi
    say "rustup could not fetch it; falling back to Debian's compiler"
  fi
  command -v apt-get >/dev/null ||
    die "no wasm32 target: run 'rustup target add wasm32-unknown-unknown' where rustup can download"
  debian_wasm_toolchain
}
