# The part of the guide for dashboards that is in R.
set -euo pipefail
ready() { Rscript -e 'library(curl); library(jsonlite)' >/dev/null 2>&1; }
install() { timeout 240 apt-get install -y --no-install-recommends r-base-core r-cran-curl r-cran-jsonlite >/dev/null 2>&1; }
if ! ready && [ "$(id -u)" -eq 0 ] && command -v apt-get >/dev/null; then
  export DEBIAN_FRONTEND=noninteractive
  install || { timeout 90 apt-get update >/dev/null 2>&1 && install; } || true
fi
ready || {
  echo "R with its packages curl and jsonlite is not installed, and cannot be: the guide's programs in R are not tested"
  exit 77
}
exec node "$HERE/guides/run.mjs" "$ROOT/docs/guides/dashboard.md" --without Figures --without 'A copy for each night' \
  --then "$HERE/guides/dashboard-r.mjs"
