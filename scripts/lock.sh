#!/usr/bin/env bash
# Write the lock files anew: requirements.lock (studio, gpu and capture) and requirements-test.lock (what the tests add).
# torch stays a plain version, because "+cpu" cannot be met on a machine with CUDA.
set -euo pipefail
cd "$(dirname "$0")/.."
links=()
if [ -n "${PIP_FIND_LINKS:-}" ]; then links=(--find-links "$PIP_FIND_LINKS"); fi
plain=(--no-header --no-annotate --no-emit-index-url --no-emit-find-links --quiet -p 3.11 "${links[@]}")
.venv/bin/uv pip compile pyproject.toml --extra studio --extra gpu --extra capture "${plain[@]}" -o requirements.lock
sed -i 's/^torch==\([0-9.]*\)+.*/torch==\1/' requirements.lock
.venv/bin/uv pip compile pyproject.toml --extra studio --extra gpu --extra capture --extra test "${plain[@]}" -c requirements.lock -o requirements-test.lock
sed -i 's/^torch==\([0-9.]*\)+.*/torch==\1/' requirements-test.lock
