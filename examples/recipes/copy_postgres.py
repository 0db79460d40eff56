"""Makes a copy in PostgreSQL of all that the key sees; each later run makes it true again: copy_postgres.py URL"""
import sys
import psycopg
from psycopg.types.json import Jsonb
from concord import pages

KEEP = """INSERT INTO record VALUES (%s, %s, %s, %s)
  ON CONFLICT (id) DO UPDATE SET version = excluded.version, body = excluded.body"""

with psycopg.connect(sys.argv[1], autocommit=True) as db:
    db.execute("CREATE TABLE IF NOT EXISTS record (id uuid PRIMARY KEY, kind text, version integer, body jsonb)")
    db.execute("CREATE TABLE IF NOT EXISTS position (after text)")
    after = (db.execute("SELECT after FROM position").fetchone() or [None])[0]
    for is_anew, changes, after in pages(after):
        last = {one["id"]: one for one in changes}
        gone = [[id] for id, one in last.items() if one["event"] == "disappeared"]
        kept = [
            [id, one["kind"], one["record"]["version"], Jsonb(one["record"])]
            for id, one in last.items() if one["event"] != "disappeared"
        ]
        with db.transaction(), db.cursor() as cursor:  # a page and the position after it are kept together, or neither is
            if is_anew:
                db.execute("DELETE FROM record")
            cursor.executemany(KEEP, kept)
            cursor.executemany("DELETE FROM record WHERE id = %s", gone)
            db.execute("DELETE FROM position")
            db.execute("INSERT INTO position VALUES (%s)", [after])
    for kind, count in db.execute("SELECT kind, count(*) FROM record GROUP BY kind ORDER BY kind"):
        print(f"{count:6} {kind}")
