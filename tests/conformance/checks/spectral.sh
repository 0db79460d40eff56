# Spectral's own rules for OpenAPI; errors fail, warnings are shown.
set -euo pipefail
cp "$HERE/spectral.mjs" "$TOOLS"
spectral lint --quiet --fail-severity error --ruleset "$TOOLS/spectral.mjs" "$ROOT/openapi/openapi.json"
echo "no errors by Spectral's rules"
