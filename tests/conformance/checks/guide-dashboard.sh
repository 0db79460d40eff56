# What the guide for dashboards says, done as it says, in Python: figures, and a copy that goes on where it stopped.
set -euo pipefail
[ -n "$PYTHON" ] || {
  echo "python 3 with venv is not there, or its tools cannot be installed"
  exit 77
}
export PATH="$PYTHON:$PATH"
exec node "$HERE/guides/run.mjs" "$ROOT/docs/guides/dashboard.md" --without 'The same in R'
