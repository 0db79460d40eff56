"""Measures imports and exports of a release build over HTTP beside the bare database: imports.py PROGRAM [PART...]

The floor of an import is the very rows it wrote, of the table of tasks and of the log, put into a copy of the database as it was
before: by `COPY` on PostgreSQL, by prepared inserts on SQLite, in one transaction, with all indexes, keys and triggers.
Figures in seconds belong to the machine; ratios can be compared. ROWS and MANY are the rows of short and long files, DATABASES which
databases are measured (sqlite,postgres).
"""

import contextlib
import csv
import json
import os
import sqlite3
import sys
import time

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "../tests/conformance/python"))

from readers import READERS, median, read_beside  # noqa: E402
from service import Service, on_each, psql, write_tasks  # noqa: E402

ROWS, MANY = int(os.environ.get("ROWS", "100000")), int(os.environ.get("MANY", "1000000"))
# What an import of tasks writes besides its own report, in an order in which each row finds those it refers to.
WRITTEN = {
    "change_set": "SELECT * FROM change_set WHERE cause = 'import'",
    "task": "SELECT * FROM task WHERE source_system = 'bulk'",
    "change": "SELECT c.* FROM change c JOIN change_set s ON s.id = c.set_id WHERE s.cause = 'import'",
    "change_payload": "SELECT p.* FROM change_payload p JOIN change_set s ON s.id = p.set_id WHERE s.cause = 'import'",
}

# What the flat view of tasks shows, without the labels of codes, which stand as codes here.
FLAT = """SELECT t.id, t.external_key, t.title, t.status, t.status, t.priority, t.priority, t.family, t.family, c.code, c.name, c.code, t.owner, a.id, a.code,
  a.name, t.contributing_agencies, p.id, p.title, p.status, p.status, n.id, n.code, n.title, t.due_on, t.completed_on, t.due_on < CURRENT_DATE,
  t.progress_percent, t.estimate_days, t.visibility, t.handling, t.created_at, t.updated_at FROM task t LEFT JOIN country c ON c.code = t.owner
  LEFT JOIN agency a ON a.id = t.lead_agency_id LEFT JOIN plan p ON p.id = t.plan_id LEFT JOIN action n ON n.id = t.action_id"""


def tell(database, what, value, asked=""):
    print(f"{database.name:<9} {what:<58} {value:>16}  {asked}", flush=True)


def timed(work):
    began = time.monotonic()
    done = work()
    return time.monotonic() - began, done


def bare(database, before, folder):
    """Seconds the database takes for the rows of an import alone."""
    if database.name == "postgres":
        files = {table: os.path.join(folder, table) for table in WRITTEN}
        for table, rows in WRITTEN.items():
            psql(database.url, f"\\copy ({rows}) TO '{files[table]}'")
        copies = [f"\\copy {table} FROM '{file}'" for table, file in files.items()]
        return timed(lambda: psql(before.url, "BEGIN", *copies, "COMMIT"))[0]
    rows = {table: database.rows(sql) for table, sql in WRITTEN.items()}
    with contextlib.closing(sqlite3.connect(before.file, isolation_level=None)) as connection:
        for setting in ["journal_mode = WAL", "synchronous = NORMAL", "foreign_keys = ON", "cache_size = -16384"]:
            connection.execute(f"PRAGMA {setting}")

        def insert():
            connection.execute("BEGIN IMMEDIATE")
            for table, some in rows.items():
                marks = ", ".join("?" * len(some[0]))
                connection.executemany(f"INSERT INTO {table} VALUES ({marks})", some)
            connection.execute("COMMIT")

        return timed(insert)[0]


def imported(service, query, file):
    """Seconds from sending a file to its end, and what became of it."""
    took, job = timed(lambda: service.finished(service.send(query, file)["id"]))
    if job["state"] != "completed":
        raise RuntimeError(json.dumps(job)[:2000])
    return took, job


def upsert(service, before, folder):
    database, file = service.database, os.path.join(folder, "tasks.csv")
    write_tasks(file, ROWS)
    first, _ = imported(service, "kind=tasks", file)
    tell(database, f"{ROWS:,} tasks, upsert, all or none", f"{first:.1f} s", f"peak {service.memory('VmHWM'):.0f} MiB")
    log = database.rows("SELECT count(*) FROM change")
    again, job = imported(service, "kind=tasks&force=true", file)
    grown = int(database.rows("SELECT count(*) FROM change")[0][0]) - int(log[0][0])
    floor = bare(database, before, folder)
    tell(database, "the bare rows", f"{floor:.1f} s")
    tell(database, "times the bare rows", f"{first / floor:.1f}", "asked: at most 4")
    tell(database, "the same again", f"{again:.1f} s", f"{job['unchanged']:,} unchanged")
    tell(database, "times faster", f"{first / again:.1f}", "asked: at least 5")
    tell(database, "log rows of it", f"{grown}", "asked: none")


def readers(service, _before, folder):
    database, file = service.database, os.path.join(folder, "read.csv")
    write_tasks(file, ROWS // 2, MANY * 2)
    alone, _, _ = read_beside(service, lambda: time.sleep(5))
    for atomic in ["all", "group"]:
        title = f"of {atomic}"
        write_tasks(file, ROWS // 2, MANY * 2, title)
        beside, failed, _ = read_beside(service, lambda: imported(service, f"kind=tasks&atomic={atomic}", file))
        halves = [median(some) for some in (alone, beside)]
        tell(database, f"{READERS} readers beside `{atomic}`, refused", f"{len(failed)} of {len(beside)}", "asked: none")
        tell(database, "median alone, beside", f"{halves[0]:.1f}, {halves[1]:.1f} ms", f"{halves[1] / halves[0]:.1f} times; asked: 2")


def writers(service, _before, folder):
    database, file = service.database, os.path.join(folder, "write.csv")
    write_tasks(file, ROWS, MANY * 3)
    job = service.send("kind=tasks", file)["id"]
    statuses, waits, told = {}, [], True
    while not service.read(f"/imports/{job}")["finished_at"]:
        began = time.monotonic()
        with contextlib.closing(service.connection()) as connection:
            body = {"owner": "KGZ", "lead_agency": "MES", "language": "en", "title": "Beside an import"}
            connection.request("POST", "/api/v1/tasks", json.dumps(body), service.head(**{"Content-Type": "application/json"}))
            answer = connection.getresponse()
            answer.read()
        waits.append(time.monotonic() - began)
        statuses[answer.status] = statuses.get(answer.status, 0) + 1
        told &= answer.status != 503 or answer.headers["retry-after"] is not None
    tell(database, "another writer beside `all`, statuses", str(statuses), "Retry-After with each 503" if told else "503 WITHOUT Retry-After")
    tell(database, "longest wait", f"{max(waits, default=0):.1f} s", "asked: 5 on SQLite")


def million(service, _before, folder):
    database, file = service.database, os.path.join(folder, "many.csv")
    write_tasks(file, MANY, MANY * 4)
    service.end()
    service.start(is_demo=False).sign_in()
    took, _ = imported(service, "kind=tasks&atomic=group", file)
    tell(database, f"{MANY:,} tasks in groups", f"{took:.0f} s", f"{MANY / took:,.0f} rows/s")
    tell(database, "peak memory", f"{service.memory('VmHWM'):.0f} MiB", "asked: under 256")
    export(service, None, folder)


def flat(service, _before, folder):
    file = os.path.join(folder, "flat.csv")
    write_tasks(file, 2 * ROWS, MANY * 6)
    service.end()
    service.start(is_demo=False).sign_in()
    imported(service, "kind=tasks&atomic=group", file)
    exported(service, folder, "task_flat", lambda _names: FLAT, 64)


def export(service, _before, folder):
    exported(service, folder, "tasks", lambda names: f"SELECT {', '.join(columns_of(service.database, names))} FROM task", 128)


def exported(service, folder, collection, bare, most):
    """A list as CSV beside a bare statement for the same columns, which is made of the names of the file."""
    database, file = service.database, os.path.join(folder, "export.csv")
    service.end()
    # The demonstration is looked at whole when it starts.
    service.start(is_demo=False).sign_in().forget_peak()
    with contextlib.closing(service.connection()) as connection, open(file, "wb") as out:
        began = time.monotonic()
        connection.request("GET", f"/api/v1/{collection}.csv", headers=service.head())
        answer = connection.getresponse()
        out.write(answer.read(1))
        first = time.monotonic() - began
        while part := answer.read(1 << 20):
            out.write(part)
        took = time.monotonic() - began
    with open(file, encoding="utf-8", newline="") as lines:
        sql = bare(next(csv.reader(lines)))
    floor = bare_export(database, sql, os.path.join(folder, "bare.csv"))
    tell(database, f"{collection}.csv of {int(database.rows('SELECT count(*) FROM task')[0][0]):,} tasks", f"{took:.1f} s", f"{os.path.getsize(file) >> 20} MiB")
    tell(database, "first byte", f"{first:.2f} s", "asked: 0.2")
    tell(database, "peak memory", f"{service.memory('VmHWM'):.0f} MiB", f"asked: under {most}")
    tell(database, "the same columns by a bare statement", f"{floor:.1f} s", f"ratio {floor / took:.2f}; asked: 0.6")


def columns_of(database, names):
    """The columns of the table that an export shows."""
    if database.name == "postgres":
        sql = "SELECT column_name FROM information_schema.columns WHERE table_name = 'task' ORDER BY ordinal_position"
    else:
        sql = "SELECT name FROM pragma_table_info('task')"
    shown = {name.split(".")[0].split("@")[0] for name in names} | {"translations"}
    return [name for (name,) in database.rows(sql) if name in shown or name.removesuffix("_id") in shown]


def bare_export(database, sql, file):
    if database.name == "postgres":
        return timed(lambda: psql(database.url, f"\\copy ({' '.join(sql.split())}) TO '{file}' CSV"))[0]
    with contextlib.closing(sqlite3.connect(database.file)) as connection, open(file, "w", encoding="utf-8", newline="") as out:
        return timed(lambda: csv.writer(out).writerows(connection.execute(sql)))[0]


PARTS = {"upsert": upsert, "readers": readers, "writers": writers, "flat": flat, "export": export, "million": million}


def measure(program, database, folder, parts):
    service = Service(program, folder, database, {"CONCORD_BODY_TIMEOUT_SECONDS": "600"})
    before = None
    try:
        service.start()
        service.end()
        before = database.copied("floor") if "upsert" in parts else None
        service.start().sign_in()
        for part in parts:
            PARTS[part](service, before, folder)
    finally:
        service.kill()
        for one in [before, database]:
            if one:
                one.drop()


def main():
    program, parts = os.path.abspath(sys.argv[1]), sys.argv[2:] or [part for part in PARTS if part != "export"]
    on_each("imports", lambda database, folder: measure(program, database, folder, parts))


main()
