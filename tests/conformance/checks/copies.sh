# Copies of everything by the recipes, in DuckDB and PostgreSQL: a snapshot, then the feed, and they are what the lists are.
set -euo pipefail
[ -n "$PYTHON" ] || {
  echo "python 3 with venv is not there, or its tools cannot be installed"
  exit 77
}
"$PYTHON/python" "$HERE/python/copies.py" "$PROGRAM" "$WORK" "$ROOT/examples/recipes"
