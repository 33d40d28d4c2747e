#!/usr/bin/env bash
# Installs what building needs: the Rust target for the browser and the npm packages; with --tests
# also what the browser tests need. Every step looks first, so running it again costs nothing.
#
#   scripts/setup.sh [--tests]
#
# May be sourced too (`source scripts/setup.sh --tests`): the toolchain that it found is then exported
# to the caller.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
source scripts/toolchain.sh

with_tests=no
for argument in "$@"; do
  case "$argument" in
    --tests) with_tests=yes ;;
    # Sourced without arguments of its own it sees the caller's, which are none of its business.
    *) [ "${BASH_SOURCE[0]}" != "$0" ] || die "setup.sh knows no option $argument (only --tests)" ;;
  esac
done

# Installs a folder's npm packages when its lock file differs from the one installed last.
npm_packages() {
  local folder=$1
  local stamp=$folder/node_modules/.shelftrace-lock
  cmp -s "$folder/package-lock.json" "$stamp" && return 0
  command -v npm >/dev/null || die "npm is missing: install Node.js 20 or newer (https://nodejs.org) and run this again"
  local major
  major=$(node --version | sed 's/^v\([0-9]*\).*/\1/')
  [ "$major" -ge 20 ] || die "Node.js $(node --version) is too old: install version 20 or newer and run this again"
  say "installing the npm packages of ${folder/#./the project}"
  (cd "$folder" && npm ci --no-audit --no-fund --loglevel=error >&2) ||
    die "npm ci failed in $folder; check the network and run this again"
  cp "$folder/package-lock.json" "$stamp"
}

# Sets CHROMIUM to a browser that is there, or installs Debian's.
find_chromium() {
  local candidate
  for candidate in "${CHROMIUM:-}" chromium chromium-browser google-chrome; do
    # Ubuntu's /usr/bin/chromium-browser is only a pointer to a snap.
    if [ -n "$candidate" ] && command -v "$candidate" >/dev/null && "$candidate" --version >/dev/null 2>&1; then
      CHROMIUM=$(command -v "$candidate")
      export CHROMIUM
      return 0
    fi
  done
  apt_packages chromium
  CHROMIUM=$(command -v chromium) ||
    die "no Chromium: install Chromium or Chrome, set CHROMIUM to its path and run this again"
  export CHROMIUM
}

# Chinese text in screenshots and printed sheets needs a font that has it.
chinese_font() {
  if command -v fc-list >/dev/null && [ -n "$(fc-list :lang=zh-cn family 2>/dev/null)" ]; then return 0; fi
  apt_packages fonts-noto-cjk
}

rust_toolchain
npm_packages .
if [ "$with_tests" = yes ]; then
  npm_packages e2e
  find_chromium
  chinese_font
  # The tests that make the disk fail do it with strace.
  apt_packages strace
fi
