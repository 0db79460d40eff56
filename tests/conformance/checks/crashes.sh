# Imports under faults: processes killed, two of them at one database, connections cut, the server restarted, a full disk, senders gone.
# CONCORD_CI_CRASHES points at which each database meets a kill (default 2), CONCORD_CI_CRASH_ROWS rows of each import (default 4000),
# CONCORD_CI_CRASH_SEED of the dice.
set -euo pipefail
command -v python3 >/dev/null || {
  echo "python 3 is not there"
  exit 77
}
python3 "$HERE/python/crashes.py" "${PROGRAM:?}" "$WORK"
