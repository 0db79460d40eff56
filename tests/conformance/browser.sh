# Finds a browser, or as root installs one: sets `browser`, empty where there is none.
browser=$(command -v chromium || command -v chromium-browser || command -v google-chrome || true)
if [ -z "$browser" ] && [ "$(id -u)" -eq 0 ] && command -v apt-get >/dev/null; then
  export DEBIAN_FRONTEND=noninteractive
  timeout 240 apt-get install -y --no-install-recommends chromium >/dev/null 2>&1 ||
    { timeout 90 apt-get update >/dev/null 2>&1 && timeout 240 apt-get install -y --no-install-recommends chromium >/dev/null 2>&1; } || true
  browser=$(command -v chromium || true)
fi
