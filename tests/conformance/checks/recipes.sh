# The recipes draw what stands in the guide for dashboards, from the demonstration; the files for Power BI and Excel are whole.
set -euo pipefail
recipes=$ROOT/examples/recipes pictures=$ROOT/docs/guides/pictures
export CONCORD_URL=$URL PYTHONDONTWRITEBYTECODE=1

# The texts of a drawing without numbers, which go with the day.
texts() { sed 's/<[^t/][^>]*>//g' "$1" | tr '\n' ' ' | grep -o '<text[^>]*>[^<]*' | sed 's/^[^>]*>//; s/[0-9]//g; s/ *$//' | sort -u; }
same() {
  [ "$(stat -c %s "$1")" -lt 60000 ] || { echo "$1 is large"; exit 1; }
  diff <(texts "$1") <(texts "$pictures/$1") || { echo "$1 is not what stands in the guide"; exit 1; }
}

node "$recipes/pictures.mjs" progress plan-progress.svg XAA
same plan-progress.svg
node "$recipes/pictures.mjs" deadlines deadlines.svg KGZ
same deadlines.svg
node -e 'JSON.parse(require("fs").readFileSync(process.argv[1])).connections[0].details.address.url' "$recipes/concord.pbids"

missing=
if [ -n "$PYTHON" ]; then
  "$PYTHON/python" "$recipes/participation_matrix.py" CA participation-matrix.svg
  same participation-matrix.svg
  "$PYTHON/python" -c 'import sys, xml.dom.minidom as xml; [xml.parse(file) for file in sys.argv[1:]]' ./*.svg "$recipes/concord.odc"
else
  missing+=" python 3 with venv;"
fi

ready() { Rscript -e 'library(httr2); library(jsonlite)' >/dev/null 2>&1; }
install() { timeout 240 apt-get install -y --no-install-recommends r-base-core r-cran-httr2 r-cran-jsonlite >/dev/null 2>&1; }
if ! ready && [ "$(id -u)" -eq 0 ] && command -v apt-get >/dev/null; then
  export DEBIAN_FRONTEND=noninteractive
  install || { timeout 90 apt-get update >/dev/null 2>&1 && install; } || true
fi
if ready; then
  call() { curl -sf "$URL/api/v1$1" -H 'Content-Type: application/json' "${@:2}"; }
  token=$(call /auth/login -d '{"email": "focal_point@xaa.demo", "password": "rehearsal-only-Concord-demo"}' |
    sed 's/.*"access_token":"\([^"]*\)".*/\1/')
  key=$(call /api-keys -H "Authorization: Bearer $token" -d '{"name": "Figures", "is_read_only": true}' | sed 's/.*"secret":"\([^"]*\)".*/\1/')
  # Whoever sees no gap draws another picture: the key is what the difference is.
  CONCORD_KEY=$key Rscript "$recipes/gaps_heat.R" gaps.png
  Rscript "$recipes/gaps_heat.R" public.png
  [ "$(stat -c %s gaps.png)" -lt 60000 ] && ! cmp -s gaps.png public.png || {
    echo "gaps.png is large, or shows nothing"
    exit 1
  }
else
  missing+=" R with its packages httr2 and jsonlite;"
fi
[ -z "$missing" ] || {
  echo "not there, and cannot be installed:$missing the recipes for them are not tested"
  exit 77
}
echo "4 pictures are those of the guide, and 2 files of connections are whole"
