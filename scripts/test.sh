#!/usr/bin/env bash
# Runs every test of the project, the browser's included; installs what it lacks. Safe to repeat.
set -euo pipefail
cd "$(dirname "$0")/.."
# Compiled dependencies stay outside the checkout, so that a fresh clone on a warm machine builds in minutes.
export CARGO_TARGET_DIR="${CARGO_TARGET_DIR:-${XDG_CACHE_HOME:-$HOME/.cache}/shelftrace/target}"
source scripts/setup.sh --tests

say "checking the format"
if command -v rustup >/dev/null && rustup run stable rustfmt --version >/dev/null 2>&1; then
  rustup run stable cargo fmt --all --check || die "run 'cargo fmt --all' and commit"
elif command -v rustfmt >/dev/null; then
  cargo fmt --all --check || die "run 'cargo fmt --all' and commit"
else
  say "rustfmt is missing here: the format is not checked"
fi

# The server and the pages are linted by hand (`cargo clippy --workspace`): it would compile SurrealDB a second time.
say "linting the rules and the build"
cargo clippy --locked --package shelftrace-domain --package xtask --all-targets -- -D warnings

say "checking the scripts' types"
npm run --silent check
npm run --silent --prefix e2e check

say "testing the Rust crates"
# One call: another selection of packages would select other features of SurrealDB's dependencies.
cargo test --locked --package shelftrace-domain --package shelftrace-frontend --package shelftrace-server

say "building the browser's half"
cargo xtask site

say "building the program"
cargo build --locked --package shelftrace-server

say "testing in the browser"
export SHELFTRACE_BIN="$CARGO_TARGET_DIR/debug/shelftrace"
export SHELFTRACE_SITE_DIR="$PWD/site"
(cd e2e && npx --no-install playwright test)
