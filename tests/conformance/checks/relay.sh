# The Relay compiler takes paginated fragments down the tree, and the service answers the queries it makes of them.
set -euo pipefail
cp -r "$HERE/relay/." "$WORK"
cp "$ROOT/openapi/schema.graphql" "$WORK"
relay-compiler "$WORK/relay.config.json"
echo '{ "type": "module" }' >"$WORK/package.json"
node "$WORK/ask.js" "$URL/graphql"
