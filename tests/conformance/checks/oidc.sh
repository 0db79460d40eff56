# Tokens of a real OpenID provider, taken by a demonstration of its own.
set -euo pipefail
cp "$HERE/checks/oidc.mjs" "$TOOLS"
exec node "$TOOLS/oidc.mjs"
