# Whole lists in three forms, read by pandas and openpyxl: each tells what the others and the list tell.
set -euo pipefail
[ -n "$PYTHON" ] || {
  echo "python 3 with venv is not there, or its tools cannot be installed"
  exit 77
}
"$PYTHON/python" "$HERE/python/exports.py" "$URL"
