# A client for Python: generated without a warning, imports, and lists the demonstration's plans.
set -euo pipefail
[ -n "$PYTHON" ] || {
  echo "python 3 with venv is not there, or its tools cannot be installed"
  exit 77
}
"$PYTHON/openapi-python-client" generate --path "$ROOT/openapi/openapi.json" --config "$HERE/python/config.yaml" \
  --output-path "$WORK/concord_client" --meta none --fail-on-warning
PYTHONPATH="$WORK" "$PYTHON/python" "$HERE/python/plans.py" "$URL"
