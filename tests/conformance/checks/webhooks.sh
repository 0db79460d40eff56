# Webhooks of a demonstration of its own: what it sends is what the `standardwebhooks` packages for node and Python verify.
set -euo pipefail
cp "$HERE/checks/webhooks.mjs" "$TOOLS"
node "$TOOLS/webhooks.mjs"
[ -n "$PYTHON" ] || {
  echo "python 3 with venv is not there, or its tools cannot be installed: signatures are verified by the package for node alone"
  exit 77
}
"$PYTHON/python" "$HERE/python/webhooks.py" messages.json
