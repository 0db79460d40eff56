# The OData service: its metadata read by the tools of OASIS, every set walked by a client as programs for tables do, and both good
# and bad requests made at random as two callers: who sees most of a country, and nobody.
set -euo pipefail
curl -fsS "$URL/odata/v4/\$metadata" >metadata.xml
curl -fsS "$URL/odata/v4/\$metadata?\$format=json" >metadata.json
node "$HERE/checks/odata.mjs" metadata.xml metadata.json "$TOOLS"
if [ -n "$PYTHON" ]; then
  "$PYTHON/python" "$HERE/python/odata.py" "$URL"
  sign_in='{"email": "focal_point@kgz.demo", "password": "rehearsal-only-Concord-demo"}'
  token=$(curl -sS --fail "$URL/api/v1/auth/login" -H 'Content-Type: application/json' -d "$sign_in" |
    sed 's/.*"access_token" *: *"\([^"]*\)".*/\1/')
  # Another seed each day; what is found is told with its seed.
  seed=$(date +%Y%m%d)
  cp "$HERE"/fuzz/odata*.py .
  for as in "$token" ''; do
    "$PYTHON/python" odata.py "$URL" "$as" "$seed" 30
  done
fi
