# The OData service: its metadata read by the tools of OASIS, and every set walked by a client as programs for tables do.
set -euo pipefail
curl -fsS "$URL/odata/v4/\$metadata" >metadata.xml
curl -fsS "$URL/odata/v4/\$metadata?\$format=json" >metadata.json
node "$HERE/checks/odata.mjs" metadata.xml metadata.json "$TOOLS"
if [ -n "$PYTHON" ]; then
  "$PYTHON/python" "$HERE/python/odata.py" "$URL"
fi
