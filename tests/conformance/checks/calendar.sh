# A calendar's feed, read by two programs that know nothing of each other: both, and the JSON, tell the same.
set -euo pipefail
[ -n "$PYTHON" ] || {
  echo "python 3 with venv is not there, or its tools cannot be installed"
  exit 77
}
cp "$HERE/checks/calendar.mjs" "$TOOLS"
"$PYTHON/python" "$HERE/python/calendar_feed.py" "$URL" "$WORK"
node "$TOOLS/calendar.mjs" "$WORK/feed.ics" >"$WORK/node.json"
exec "$PYTHON/python" "$HERE/python/calendar_feed.py" --compare "$WORK"
