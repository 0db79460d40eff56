"""The program as a process of its own, on a database of its own: started, asked, killed. For checks and measurements."""

import contextlib
import http.client
import json
import os
import re
import shutil
import signal
import sqlite3
import subprocess
import tempfile
import time
import urllib.parse

PASSWORD = "rehearsal-only-Concord-demo"


class Sqlite:
    """A database file."""

    name = "sqlite"

    def __init__(self, folder):
        self.file = os.path.join(folder, "concord.db")
        self.url = f"sqlite://{self.file}?mode=rwc"

    def rows(self, sql):
        with contextlib.closing(sqlite3.connect(self.file, timeout=60)) as connection, connection:
            return connection.execute(sql).fetchall()

    def copied(self, name):
        """A copy of the database; nobody may be at it."""
        self.rows("PRAGMA wal_checkpoint(TRUNCATE)")
        copy = Sqlite(os.path.dirname(self.file))
        copy.file = os.path.join(os.path.dirname(self.file), f"{name}.db")
        copy.url = f"sqlite://{copy.file}?mode=rwc"
        shutil.copyfile(self.file, copy.file)
        return copy

    def drop(self):
        for end in ["", "-wal", "-shm"]:
            with contextlib.suppress(FileNotFoundError):
                os.remove(self.file + end)


class Postgres:
    """A database of a server that is there."""

    name = "postgres"

    def __init__(self, server, database, template="template0"):
        self.server, self.database = server, database
        parts = urllib.parse.urlsplit(server)
        self.url = urllib.parse.urlunsplit(parts._replace(path=f"/{database}"))
        psql(server, f"CREATE DATABASE {database} TEMPLATE {template}")

    def rows(self, sql):
        lines = psql(self.url, sql).splitlines()
        return [tuple(line.split("\t")) for line in lines]

    def copied(self, name):
        return Postgres(self.server, f"{self.database}_{name}", self.database)

    def drop(self):
        psql(self.server, f"DROP DATABASE IF EXISTS {self.database} WITH (FORCE)")


def psql(url, *commands):
    """What commands answer, with tabs between values; those that begin with a backslash are psql's own."""
    given = [part for command in commands for part in ("-c", command)]
    done = subprocess.run(["psql", "-XqAt", "-F\t", "-v", "ON_ERROR_STOP=1", url, *given], capture_output=True, text=True)
    if done.returncode != 0:
        raise RuntimeError(f"psql: {done.stderr.strip()}")
    return done.stdout


def postgres_server():
    """The server for tests, where one answers."""
    url = os.environ.get("CONCORD_TEST_POSTGRES_URL") or "postgres://postgres@127.0.0.1:5432/postgres"
    with contextlib.suppress(RuntimeError, FileNotFoundError):
        psql(url, "SELECT 1")
        return url
    return None


def on_each(name, measure):
    """Measures on SQLite and, where a server answers, on PostgreSQL: each with a database and a folder of its own. DATABASES says which."""
    only = os.environ.get("DATABASES", "sqlite,postgres").split(",")
    if "sqlite" in only:
        with tempfile.TemporaryDirectory() as folder:
            measure(Sqlite(folder), folder)
    server = postgres_server()
    if server is None:
        print("postgres  SKIPPED: no server answers")
    elif "postgres" in only:
        with tempfile.TemporaryDirectory() as folder:
            measure(Postgres(server, f"concord_{name}_{os.getpid()}"), folder)


class Service:
    """A demonstration that serves on a port of its own, until it is stopped or killed."""

    def __init__(self, program, folder, database, settings=None, limits=None):
        self.program, self.folder, self.database = program, folder, database
        self.settings, self.limits, self.process = settings or {}, limits, None
        self.token = None

    def environment(self):
        rates = {"CONCORD_CALLER_RATE": "100000000", "CONCORD_ADDRESS_RATE": "100000000"}
        own = {"CONCORD_DATABASE_URL": self.database.url, "CONCORD_LISTEN": "127.0.0.1:0", "CONCORD_LOG_FORMAT": "json"}
        plain = {name: value for name, value in os.environ.items() if not name.startswith("CONCORD_")}
        return {**plain, **rates, **own, **self.settings}

    def start(self, *, is_demo=True):
        # Each start has a log of its own, for that is where the address stands.
        self.log = os.path.join(self.folder, f"service-{time.monotonic_ns()}.log")
        with open(self.log, "wb") as log:
            self.process = subprocess.Popen(
                [self.program, "serve", *(["--demo"] if is_demo else [])],
                cwd=self.folder, env=self.environment(), stdout=log, stderr=log, preexec_fn=self.limits,
            )
        for _ in range(1200):
            found = re.search(r'"address":"([0-9.]+):([0-9]+)"', self.said())
            if found:
                self.address = (found[1], int(found[2]))
                return self
            if self.process.poll() is not None:
                break
            time.sleep(0.05)
        raise RuntimeError(f"the service does not start: {self.said()[-2000:]}")

    def said(self):
        with open(self.log, encoding="utf-8", errors="replace") as log:
            return log.read()

    def end(self, by=signal.SIGTERM):
        if self.process and self.process.poll() is None:
            self.process.send_signal(by)
            self.process.wait(60)

    def kill(self):
        self.end(signal.SIGKILL)

    def connection(self, timeout=600):
        return http.client.HTTPConnection(*self.address, timeout=timeout)

    def sign_in(self, who="secretariat@kgz.demo"):
        self.token = json.loads(self.ask("POST", "/auth/login", {"email": who, "password": PASSWORD})[1])["access_token"]
        return self

    def head(self, **more):
        return {**({"Authorization": f"Bearer {self.token}"} if self.token else {}), **more}

    def ask(self, method, path, body=None, **head):
        """Status and body of an answer; objects are sent as JSON, files as they are."""
        if isinstance(body, dict):
            body, head = json.dumps(body).encode(), {"Content-Type": "application/json", **head}
        elif body is not None:
            head = {"Content-Type": "application/octet-stream", **head}
        with contextlib.closing(self.connection()) as connection:
            connection.request(method, f"/api/v1{path}", body, self.head(**head))
            answer = connection.getresponse()
            return answer.status, answer.read()

    def read(self, path):
        status, body = self.ask("GET", path)
        if status != 200:
            raise RuntimeError(f"GET {path}: {status} {body[:500]}")
        return json.loads(body)

    def send(self, query, file):
        """The import that a file becomes."""
        with open(file, "rb") as body:
            status, said = self.ask("POST", f"/imports?{query}", body)
        if status not in (200, 202):
            raise RuntimeError(f"POST /imports?{query}: {status} {said[:1000]}")
        return json.loads(said)

    def finished(self, job, every=0.05, patience=1800):
        """An import once it is done."""
        over = time.monotonic() + patience
        while time.monotonic() < over:
            now = self.read(f"/imports/{job}")
            if now["finished_at"]:
                return now
            time.sleep(every)
        raise RuntimeError(f"the import is not done: {now}")

    def memory(self, which="VmRSS"):
        """Memory of the process in MiB: now, or the most it has had (VmHWM)."""
        with open(f"/proc/{self.process.pid}/status", encoding="ascii") as status:
            return int(re.search(rf"{which}:\s+(\d+)", status.read())[1]) / 1024

    def forget_peak(self):
        """Lets VmHWM begin anew."""
        with open(f"/proc/{self.process.pid}/clear_refs", "w", encoding="ascii") as clear:
            clear.write("5")


def write_tasks(file, count, first=0, title="Task"):
    """Writes a CSV file of tasks with external keys."""
    with open(file, "w", encoding="utf-8") as out:
        out.write("source_system,external_key,owner,lead_agency,language,title,description,due_on\n")
        for at in range(first, first + count):
            out.write(f"bulk,T-{at},KGZ,MES,en,{title} {at},Compare national law with each treaty and list the gaps.,2027-03-31\n")
