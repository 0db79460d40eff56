"""Measures figures over HTTP beside statements written by hand: analytics.py PROGRAM

The tasks, and what the log tells of them, are put into the tables without the service: copies of a task of the demonstration that differ in
what figures are made of. A fifth of them has changed once. Service and database are asked by turns, so that what else the machine does
meets both. MANY is the number of tasks, DATABASES which databases are measured (sqlite,postgres).
"""

import contextlib
import datetime
import os
import re
import sqlite3
import statistics
import subprocess
import sys
import time

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "../tests/conformance/python"))

from service import Service, on_each, psql  # noqa: E402

MANY = int(os.environ.get("MANY", "1000000"))
TURNS = 5
STATES = ["planned", "assigned", "in_progress", "in_review", "done", "cancelled"]
SEEN = "owner = 'KGZ' AND visibility <> 'agency'"
LATE = "due_on < '{today}' AND status NOT IN ('done', 'cancelled')"
TITLES = {"status and month: count, late": "?group_by=status,due_on:month&measure=count,late",
          "agency: count, sum": "?group_by=lead_agency&measure=count,sum:estimate_days",
          "twelve months by status": "/series?group_by=status"}
POSTGRES = [f"SELECT status, date_trunc('month', due_on), count(*), count(*) FILTER (WHERE {LATE}) FROM task WHERE {SEEN} GROUP BY 1, 2",
            f"SELECT lead_agency_id, count(*), sum(estimate_days) FROM task WHERE {SEEN} GROUP BY 1"]
SQLITE = [f"SELECT status, substr(due_on, 1, 7), count(*), sum({LATE}) FROM task WHERE {SEEN} GROUP BY 1, 2", POSTGRES[1]]
SERIES = """WITH state AS (SELECT s.at, lead(s.at) OVER (PARTITION BY c.record_id ORDER BY c.version) AS ends, {status} AS status
    FROM change c JOIN change_set s ON s.id = c.set_id JOIN change_payload p ON p.set_id = c.set_id AND p.ordinal = c.ordinal
    WHERE c.kind = 'task' AND c.owner = 'KGZ' AND {level} <> 'agency')
  SELECT t.at, status, count(*) FROM ({times}) t JOIN state s ON s.at <= t.at AND (s.ends IS NULL OR t.at < s.ends) GROUP BY 1, 2"""


def ends():
    """The ends of twelve months, the last one that of now."""
    month = datetime.date.today().replace(day=1)
    all_ = [datetime.datetime.now(datetime.UTC).strftime("%Y-%m-%dT%H:%M:%S")]
    for _ in range(11):
        all_.append(f"{month - datetime.timedelta(1)}T23:59:59")
        month = (month - datetime.timedelta(1)).replace(day=1)
    return all_


def filled(database):
    """Adds tasks with their log; the number says what is in each."""
    is_postgres = database.name == "postgres"
    template, set_, ordinal = database.rows("SELECT record_id, set_id, ordinal FROM change WHERE kind = 'task' AND owner = 'KGZ' AND op = 'create' LIMIT 1")[0]
    agencies = [row[0] for row in database.rows("SELECT id FROM agency WHERE owner = 'KGZ' ORDER BY code")]
    if is_postgres:
        state = f"(ARRAY{STATES!r})[1 + n % {len(STATES)}]"
        agency = f"(ARRAY{agencies!r}::uuid[])[1 + n % {len(agencies)}]"
        id_, set_id, salt = "md5('task' || n)::uuid", "md5('set' || {of})::uuid", "md5(n::text)"
        day, at = "date '2026-01-01' + n % 730", "now() - interval '400 days' + ({of}) * interval '8 hours'"
        series = f"generate_series(1, {MANY}) n"
        image = "(p.after::jsonb || jsonb_build_object('id', {id}, 'status', {state}, 'lead_agency_id', {agency}, 'version', {version}))::text"
        where = f"p.set_id = '{set_}' AND p.ordinal = {ordinal}"
        of = {"template": f"'{template}'"}
        each = lambda count: f"generate_series(0, {count}) n"  # noqa: E731
    else:
        texts = lambda values: "CASE n % {} {} END".format(len(values), " ".join(f"WHEN {at} THEN {one}" for at, one in enumerate(values)))  # noqa: E731
        state, agency = texts([repr(one) for one in STATES]), texts([f"x'{one.hex()}'" for one in agencies])
        id_, set_id, salt = "uuid_of('7', n)", "uuid_of('8', {of})", "printf('%032x', n)"
        day, at = "date('2026-01-01', (n % 730) || ' days')", "strftime('%Y-%m-%dT%H:%M:%S.000000+00:00', 'now', '-400 days', (({of}) * 8) || ' hours')"
        each = lambda count: f"(WITH RECURSIVE c(n) AS (SELECT 0 UNION ALL SELECT n + 1 FROM c WHERE n < {count}) SELECT n FROM c)"  # noqa: E731
        series = f"(SELECT n + 1 AS n FROM {each(MANY - 1)})"
        image = "json_set(p.after, '$.id', text_of({id}), '$.status', {state}, '$.lead_agency_id', text_of({agency}), '$.version', {version})"
        where = f"p.set_id = x'{set_.hex()}' AND p.ordinal = {ordinal}"
        of = {"template": f"x'{template.hex()}'"}
    columns = names(database, "task")
    own = {"id": id_, "external_key": "'B-' || n", "source_system": "'bulk'", "status": state, "due_on": day, "estimate_days": "n % 40", "lead_agency_id": agency,
           "visibility": "'national'", "action_id": "NULL", "plan_id": "NULL", "completed_on": "NULL", "contributing_agencies": "'[]'", "depends_on": "'[]'"}
    hash_ = "lpad(n::text, 64, '0')" if is_postgres else "printf('%064d', n)"
    chosen = ", ".join(own.get(name, f"t.{name}") for name in columns)
    sets = MANY // 1000 + MANY // 5000 + 2
    first, second = "(n - 1) / 1000", f"{MANY // 1000 + 1} + (n - 1) / 5000"
    facts = "c.facts_after" if is_postgres else "json(c.facts_after)"
    seq = database.rows("SELECT max(seq) FROM change_set")[0][0]
    statements = [
        f"INSERT INTO task ({', '.join(columns)}) SELECT {chosen} FROM {series}, task t WHERE t.id = {of['template']}",
        f"INSERT INTO change_set (seq, id, at, cause, row_count, digest, prev, hash) SELECT {seq} + 1 + n, {set_id.format(of='n')}, {at.format(of='n')}, 'import', 1000, {hash_}, {hash_}, {hash_} FROM {each(sets)}",
    ]
    for version, number, at_, some in [(1, first, "(n - 1) % 1000", "1 = 1"), (2, second, "((n - 1) / 5) % 1000", "n % 5 = 1")]:
        set_of = set_id.format(of=number)
        told = image.format(id=id_, state=state if version == 1 else "'done'", agency=agency, version=version)
        statements.append(
            f"INSERT INTO change (set_id, ordinal, kind, record_id, version, op, owner, facts_after, payload_hash) SELECT {set_of}, {at_}, 'task', {id_}, {version}, "
            f"'{'create' if version == 1 else 'update'}', 'KGZ', {facts}, {hash_} FROM {series}, change c WHERE {some} AND {where.replace('p.', 'c.')}")
        statements.append(
            f"INSERT INTO change_payload (set_id, ordinal, salt, after) SELECT {set_of}, {at_}, {salt}, {told} FROM {series}, change_payload p WHERE {some} AND {where}")
    if is_postgres:
        psql(database.url, "SET synchronous_commit = off", *statements, "VACUUM ANALYZE")
        return
    with contextlib.closing(connected(database.file)) as connection:
        for statement in ["PRAGMA journal_mode = WAL", "PRAGMA synchronous = OFF", "PRAGMA cache_size = -262144", "BEGIN", *statements, "COMMIT", "ANALYZE"]:
            connection.execute(statement)


def names(database, table):
    if database.name == "postgres":
        return [row[0] for row in database.rows(f"SELECT column_name FROM information_schema.columns WHERE table_name = '{table}' AND table_schema = 'public' ORDER BY ordinal_position")]
    return [row[0] for row in database.rows(f"SELECT name FROM pragma_table_info('{table}')")]


def connected(file):
    connection = sqlite3.connect(file, isolation_level=None, timeout=60)
    connection.create_function("uuid_of", 2, lambda of, n: bytes.fromhex(f"0190000000007000{of}000{n:012x}"), deterministic=True)
    connection.create_function("text_of", 1, lambda id_: re.sub("(.{8})(.{4})(.{4})(.{4})(.{12})", r"\1-\2-\3-\4-\5", id_.hex()), deterministic=True)
    return connection


class ByHand:
    """A session of the database that has run for a while: it is opened once."""

    def __init__(self, database):
        self.is_postgres = database.name == "postgres"
        if self.is_postgres:
            command = ["psql", "-XqAt", "-v", "ON_ERROR_STOP=1", database.url]
            self.process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, bufsize=1)
        else:
            self.connection = connected(database.file)

    def statements(self):
        today = datetime.date.today().isoformat()
        if self.is_postgres:
            member, at = "(p.after::jsonb ->> '{}')", "SELECT '{}Z'::timestamptz AS at"
        else:
            member, at = "json_extract(p.after, '$.{}')", "SELECT '{}' AS at"
        series = SERIES.format(status=member.format("status"), level=member.format("visibility"), times=" UNION ALL ".join(at.format(end) for end in ends()))
        return [one.format(today=today) for one in (POSTGRES if self.is_postgres else SQLITE)] + [series]

    def run(self, sql):
        if not self.is_postgres:
            return len(self.connection.execute(sql).fetchall())
        self.process.stdin.write(" ".join(sql.split()) + ";\n\\echo over\n")
        return sum(1 for _ in iter(lambda: self.process.stdout.readline().strip(), "over"))

    def end(self):
        if self.is_postgres:
            self.process.communicate("\\q\n")
        else:
            self.connection.close()


def timed(work):
    began = time.monotonic()
    done = work()
    return time.monotonic() - began, done


def read(service, path, **head):
    status, body = service.ask("GET", f"/analytics/tasks{path}", **head)
    if status not in (200, 304):
        raise RuntimeError(f"{path}: {status} {body[:500]}")


def tag(service, path):
    with contextlib.closing(service.connection()) as connection:
        connection.request("GET", f"/api/v1/analytics/tasks{path}", headers=service.head())
        answer = connection.getresponse()
        answer.read()
        return answer.headers["etag"]


def measure(program, database, folder):
    service = Service(program, folder, database, {"CONCORD_REQUEST_TIMEOUT_SECONDS": "300"})
    try:
        service.start()
        service.end()
        filled(database)
        # The demonstration is looked at whole when it starts.
        service.start(is_demo=False).sign_in()
        by_hand = ByHand(database)
        for (title, path), sql in zip(TITLES.items(), by_hand.statements()):
            read(service, path)
            rows = by_hand.run(sql)
            took = [(timed(lambda: read(service, path))[0], timed(lambda: by_hand.run(sql))[0]) for _ in range(TURNS)]
            ours, floor = (statistics.median(side) * 1000 for side in zip(*took))
            known = tag(service, path)
            same = statistics.median(timed(lambda: read(service, path, **{"If-None-Match": known}))[0] for _ in range(TURNS)) * 1000
            print(f"{database.name:<9} {title:<32} {ours:>9.0f} ms {floor:>9.0f} ms by hand ({rows:,} rows) {floor / ours:>6.2f}  unchanged: {same:.1f} ms", flush=True)
        by_hand.end()
    finally:
        service.kill()
        database.drop()


on_each("analytics", lambda database, folder: measure(os.path.abspath(sys.argv[1]), database, folder))
