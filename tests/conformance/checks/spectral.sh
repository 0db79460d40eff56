# Spectral's own rules for OpenAPI; errors fail, warnings are shown.
set -euo pipefail
spectral lint --quiet --fail-severity error --ruleset "$HERE/spectral.yaml" "$ROOT/openapi/openapi.json"
echo "no errors by Spectral's rules"
