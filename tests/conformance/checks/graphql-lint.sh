# The SDL: sound by the reference library, and clean by all rules of the linter (descriptions, names, order, Relay).
set -euo pipefail
cp "$HERE/checks/graphql-schema.mjs" "$TOOLS"
node "$TOOLS/graphql-schema.mjs" "$ROOT/openapi/schema.graphql"
graphql-schema-linter "$ROOT/openapi/schema.graphql"
echo "the schema is sound and lints clean"
