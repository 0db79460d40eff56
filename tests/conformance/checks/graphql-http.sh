# The audits of GraphQL over HTTP against the running service.
set -euo pipefail
cp "$HERE/checks/graphql-http.mjs" "$TOOLS"
exec node "$TOOLS/graphql-http.mjs" "$URL/graphql"
