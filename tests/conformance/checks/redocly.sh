# Redocly's recommended rules for OpenAPI.
set -euo pipefail
export REDOCLY_TELEMETRY=off REDOCLY_SUPPRESS_UPDATE_NOTICE=true
redocly lint --config "$HERE/redocly.yaml" "$ROOT/openapi/openapi.json"
echo "no errors by Redocly's recommended rules"
