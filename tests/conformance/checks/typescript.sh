# Types for TypeScript: generated, sound, and enough to list, read and create plans with.
set -euo pipefail
# Members with a default may be left out of requests; the tool takes them for required unless told.
openapi-typescript "$ROOT/openapi/openapi.json" --default-non-nullable false --output "$WORK/concord.d.ts"
cp "$HERE"/typescript/* "$WORK"
echo '{ "type": "module" }' >"$WORK/package.json"
ln -s "$TOOLS/node_modules" "$WORK/node_modules"
tsc --project "$WORK/tsconfig.json"
echo "the generated types check, and so does a program that uses them"
