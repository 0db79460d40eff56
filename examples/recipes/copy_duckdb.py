"""Makes a copy in DuckDB of all that the key sees; each later run makes it true again: copy_duckdb.py FILE"""
import json, sys
import duckdb
from concord import pages

db = duckdb.connect(sys.argv[1])
db.execute("CREATE TABLE IF NOT EXISTS record (id TEXT PRIMARY KEY, kind TEXT, version INTEGER, body JSON)")
db.execute("CREATE TABLE IF NOT EXISTS position (after TEXT)")
after = (db.execute("SELECT after FROM position").fetchone() or [None])[0]

for is_anew, changes, after in pages(after):
    last = {one["id"]: one for one in changes}
    gone = [[id] for id, one in last.items() if one["event"] == "disappeared"]
    kept = [
        [id, one["kind"], one["record"]["version"], json.dumps(one["record"], ensure_ascii=False)]
        for id, one in last.items() if one["event"] != "disappeared"
    ]
    db.begin()  # a page and the position after it are kept together, or neither is
    if is_anew:
        db.execute("DELETE FROM record")
    if kept:
        db.executemany("INSERT OR REPLACE INTO record VALUES (?, ?, ?, ?)", kept)
    if gone:
        db.executemany("DELETE FROM record WHERE id = ?", gone)
    db.execute("DELETE FROM position")
    db.execute("INSERT INTO position VALUES (?)", [after])
    db.commit()

for kind, count in db.execute("SELECT kind, count(*) FROM record GROUP BY kind ORDER BY kind").fetchall():
    print(f"{count:6} {kind}")
