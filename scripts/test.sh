#!/usr/bin/env bash
# Every test of the project; installs what it lacks. Safe to repeat.
set -euo pipefail
cd "$(dirname "$0")/.."
export CARGO_TARGET_DIR="${CARGO_TARGET_DIR:-${XDG_CACHE_HOME:-$HOME/.cache}/shelftrace/target}"
source scripts/toolchain.sh
rust_toolchain
say "checking and testing the Rust crates"
cargo test --locked --workspace
