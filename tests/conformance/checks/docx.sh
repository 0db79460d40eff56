# Plans as files for word processors, read back by python-docx.
set -euo pipefail
[ -n "$PYTHON" ] || {
  echo "python 3 with venv is not there, or its tools cannot be installed"
  exit 77
}
"$PYTHON/python" "$HERE/python/document.py" "$URL" "${CONCORD_CI_SCREENSHOTS:-$WORK}"
