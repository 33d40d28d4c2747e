#!/usr/bin/env bash
# Builds everything, seeds a demo chain where there is none, and serves it at http://127.0.0.1:3000.
# Installs what it lacks. Safe to repeat: what is done already costs nothing.
#
#   scripts/demo.sh [options of `shelftrace serve`, such as --lan or --listen 127.0.0.1:4000]
#
# SHELFTRACE_DATA_DIR chooses another folder than ./data.
set -euo pipefail
cd "$(dirname "$0")/.."
# Compiled dependencies stay outside the checkout, so that a fresh clone on a warm machine builds in minutes.
export CARGO_TARGET_DIR="${CARGO_TARGET_DIR:-${XDG_CACHE_HOME:-$HOME/.cache}/shelftrace/target}"
source scripts/setup.sh

say "building the browser's half"
cargo xtask site || die "the browser's half did not build; the compiler's words are above"

say "building the program (the first time SurrealDB too: 10 to 25 minutes on two cores)"
cargo build --locked --package shelftrace-server || die "the program did not build; the compiler's words are above"
program=$CARGO_TARGET_DIR/debug/shelftrace

data=${SHELFTRACE_DATA_DIR:-data}
data=${data%/}
# The list of accounts is there when the demo chain is whole; the keys, as soon as any database was opened there.
if [ ! -e "$data/demo-accounts.txt" ]; then
  [ ! -e "$data/keys.toml" ] ||
    die "$data holds something else than a demo chain: move it away, or set SHELFTRACE_DATA_DIR to another folder"
  # Made aside, so that an interrupted run leaves nothing half full.
  rm -rf "$data.unfinished"
  mkdir -p "$data.unfinished"
  say "making the demo chain"
  "$program" --data-dir "$data.unfinished" seed >"$data.unfinished/demo-accounts.txt" ||
    die "the demo chain was not made; the reason is above"
  if [ -d "$data" ]; then
    rmdir "$data" || die "$data is not empty: move it away, or set SHELFTRACE_DATA_DIR to another folder"
  fi
  mv "$data.unfinished" "$data"
fi

cat "$data/demo-accounts.txt"
say "serving; stop with Ctrl-C"
exec "$program" --data-dir "$data" serve "$@"
