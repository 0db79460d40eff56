"""Imports under faults: each atomic unit is there whole or not at all, the import says so, the chain verifies: crashes.py PROGRAM FOLDER"""

import contextlib
import glob
import os
import random
import shutil
import socket
import subprocess
import sys
import time
from http.client import HTTPException

from service import Postgres, Service, Sqlite, postgres_server, write_tasks

POINTS = int(os.environ.get("CONCORD_CI_CRASHES", "2"))
ROWS = int(os.environ.get("CONCORD_CI_CRASH_ROWS", "4000"))
SEED = os.environ.get("CONCORD_CI_CRASH_SEED", "7")
GROUP = 500
OPEN = ("uploaded", "validating", "running")
JOB = "(SELECT id FROM import_job WHERE file_name = '{0}' AND reverts IS NULL)"
FACTS = {
    "tasks": "SELECT count(*) FROM task WHERE title LIKE '{0} %'",
    "keys": "SELECT count(DISTINCT external_key) FROM task WHERE title LIKE '{0} %'",
    "logged": "SELECT count(*) FROM change WHERE op = 'create' AND record_id IN (SELECT id FROM task WHERE title LIKE '{0} %')",
    "reported": f"SELECT count(*) FROM import_row WHERE result = 'created' AND job_id = {JOB}",
    "jobs": f"SELECT count(*) FROM import_job WHERE id IN {JOB}",
    "done": f"SELECT coalesce(max(done), 0) FROM import_job WHERE id IN {JOB}",
    "created": f"SELECT coalesce(max(created), 0) FROM import_job WHERE id IN {JOB}",
    "open": f"SELECT count(*) FROM import_job WHERE state IN {OPEN} AND id IN {JOB}",
}


def facts(database, name):
    """What is stored of an import: all in one statement, as of one instant."""
    parts = ", ".join(f"({sql.format(name)})" for sql in FACTS.values())
    return dict(zip(FACTS, map(int, database.rows(f"SELECT {parts}")[0])))


def hold(name, now, atomic, is_done):
    """Nothing is torn: what is written, logged and reported is the same, and comes in whole units."""
    same = {now[one] for one in ("tasks", "keys", "logged", "reported", "created", "done")}
    whole = {"all": now["tasks"] in (0, ROWS), "group": now["tasks"] % GROUP == 0 or now["tasks"] == ROWS, "row": True}[atomic]
    if len(same) > 1 or not whole or (is_done and (now["tasks"] != ROWS or now["open"])):
        raise SystemExit(f"{name} ({atomic}) is torn: {now}")


def verify(service):
    """The chain of the log verifies, while a service may run."""
    done = subprocess.run(
        [service.program, "log", "verify"], cwd=service.folder, env=service.environment(), capture_output=True, text=True, check=False
    )
    if done.returncode != 0:
        raise SystemExit(f"the log does not verify: {done.stdout}{done.stderr}")


class Trial:
    """Imports of one database, each with a name and records of its own."""

    def __init__(self, service, dice):
        self.service, self.dice, self.number = service, dice, 0
        self.database, self.usual, self.caught = service.database, 1.0, 0

    def begin(self, atomic):
        """Writes a file; answers name, query and path of it."""
        self.number += 1
        name = f"Fault{self.number}"
        file = os.path.join(self.service.folder, f"{name}.csv")
        write_tasks(file, ROWS, self.number * 1_000_000, name)
        size = f"&group_size={GROUP}" if atomic == "group" else ""
        return name, f"kind=tasks&atomic={atomic}{size}&name={name}", file

    def send(self, query, file):
        """Sends a file to a service that may be gone before it answers."""
        with contextlib.suppress(OSError, RuntimeError, ValueError, HTTPException):
            return self.service.send(query, file)
        return None

    def settle(self, name, query, file, atomic, service=None):
        """Waits for the end of an import that was broken off, sends it where it never came in, and holds it against what is stored."""
        service = service or self.service
        if facts(self.database, name)["jobs"] == 0:
            service.send(query, file)
        over = time.monotonic() + 120
        while (now := facts(self.database, name))["open"] and time.monotonic() < over:
            time.sleep(0.1)
        hold(name, now, atomic, True)
        verify(service)

    def alone(self):
        """An import that nothing disturbs tells how long one takes."""
        for atomic in ["all", "row"]:
            name, query, file = self.begin(atomic)
            began = time.monotonic()
            self.service.finished(self.service.send(query, file)["id"])
            self.usual = time.monotonic() - began
            hold(name, facts(self.database, name), atomic, True)

    def quiet(self):
        """Waits until no connection of a killed process is left at the server."""
        if self.database.name != "postgres":
            return
        left = "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()"
        while int(self.database.rows(left)[0][0]):
            time.sleep(0.05)

    @contextlib.contextmanager
    def killing(self):
        """Has the process killed at any point of what is done meanwhile."""
        killer = subprocess.Popen(["sh", "-c", f"sleep {self.dice.uniform(0.02, self.usual):.3f}; kill -9 {self.service.process.pid}"])
        yield
        killer.wait()
        self.service.process.wait()
        self.quiet()

    def killed(self):
        """A process is killed at any point of an import, and another one goes on."""
        atomic = self.dice.choice(["all", "group", "row"])
        name, query, file = self.begin(atomic)
        with self.killing():
            self.send(query, file)
        now = facts(self.database, name)
        hold(name, now, atomic, False)
        self.caught += now["open"]
        self.service.start(is_demo=False).sign_in()
        self.settle(name, query, file, atomic)

    def taken_back(self):
        """A process is killed at any point of taking an import back, and another one goes on."""
        name, query, file = self.begin(self.dice.choice(["all", "group"]))
        path = f"/imports/{self.service.send(query, file)['id']}/revert"
        self.service.finished(path.split("/")[2])
        with self.killing(), contextlib.suppress(OSError, HTTPException):
            self.service.ask("POST", path)
        reverts = f"SELECT count(*), count(finished_at) FROM import_job WHERE reverts IN {JOB.format(name)}"
        count = lambda: tuple(map(int, self.database.rows(reverts)[0]))
        left = lambda: int(self.database.rows(FACTS["tasks"].format(name))[0][0])
        if left() % GROUP and left() != ROWS:
            raise SystemExit(f"{name} is torn while it is taken back: {left()} tasks")
        self.service.start(is_demo=False).sign_in()
        if count()[0] == 0:
            self.service.ask("POST", path)
        over = time.monotonic() + 120
        while count()[0] != count()[1] and time.monotonic() < over:
            time.sleep(0.1)
        if count() != (1, 1) or left():
            raise SystemExit(f"{name} is not taken back once and whole: {count()}, {left()} tasks")
        verify(self.service)

    def gone(self):
        """A sender leaves in the middle of its file: nothing is kept of it."""
        name, query, file = self.begin("all")
        with open(file, "rb") as body, socket.create_connection(self.service.address) as connection:
            content = body.read()
            head = "".join(f"{key}: {value}\r\n" for key, value in self.service.head().items())
            line = f"POST /api/v1/imports?{query} HTTP/1.1\r\nhost: concord\r\n{head}content-length: {len(content)}\r\n\r\n"
            connection.sendall(line.encode() + content[: len(content) // 2])
            time.sleep(0.2)
        time.sleep(0.3)
        now = facts(self.database, name)
        if any(now.values()):
            raise SystemExit(f"half a file left something behind: {now}")
        self.settle(name, query, file, "all")

    def cut(self):
        """All connections of the service are cut at once: it goes on by itself."""
        sql = "SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()"
        self.disturbed("group", lambda: self.database.rows(sql))

    def disturbed(self, atomic, disturb):
        name, query, file = self.begin(atomic)
        self.send(query, file)
        time.sleep(self.dice.uniform(0.1, 0.5) * self.usual)
        disturb()
        hold(name, facts(self.database, name), atomic, False)
        self.settle(name, query, file, atomic)

    def two(self):
        """Two processes at one database: one import is done once, and the other process goes on where the first is killed."""
        other = Service(self.service.program, self.service.folder, self.database).start(is_demo=False)
        try:
            for atomic in ["group", "all"]:
                name, query, file = self.begin(atomic)
                self.send(query, file)
                time.sleep(self.dice.uniform(0.1, 0.6) * self.usual)
                self.service.kill()
                self.settle(name, query, file, atomic, other.sign_in())
                self.service.start(is_demo=False).sign_in()
        finally:
            other.kill()


class Server:
    """A PostgreSQL server of one's own, which may be restarted."""

    def __init__(self, folder):
        found = sorted(glob.glob("/usr/lib/postgresql/*/bin/pg_ctl")) or [shutil.which("pg_ctl")]
        self.programs = os.path.dirname(found[-1]) if found[-1] else None
        self.folder = os.path.join(folder, "server")
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            self.port = free.getsockname()[1]
        self.url = f"postgres://postgres@127.0.0.1:{self.port}/postgres"

    def run(self, program, *arguments):
        # The server refuses to run as root, so root lends it another user.
        user = ["setpriv", "--reuid=nobody", "--regid=nogroup", "--clear-groups"] if os.getuid() == 0 else []
        command = [*user, os.path.join(self.programs, program), "-D", f"{self.folder}/data", *arguments]
        subprocess.run(command, cwd="/", check=True, stdout=subprocess.DEVNULL)

    def start(self):
        os.mkdir(self.folder)
        if os.getuid() == 0:
            shutil.chown(self.folder, "nobody")
            for above in [os.path.dirname(self.folder), os.path.dirname(os.path.dirname(self.folder))]:
                os.chmod(above, os.stat(above).st_mode | 0o011)
        self.run("initdb", "-U", "postgres", "-A", "trust", "-E", "UTF8", "--locale=C", "--no-sync")
        settings = f"-p {self.port} -k {self.folder} -c listen_addresses=127.0.0.1 -c max_connections=60"
        self.run("pg_ctl", "-l", f"{self.folder}/log", "-w", "-o", settings, "start")

    def restart(self, how):
        self.run("pg_ctl", "-l", f"{self.folder}/log", "-w", "-m", how, "restart")

    def stop(self):
        self.run("pg_ctl", "-m", "immediate", "-w", "stop")


def full_disk(program, folder):
    """The disk is full in the middle of an import: what was committed stays, and the import goes on once there is room."""
    place = os.path.join(folder, "small")
    os.mkdir(place)
    mounted = subprocess.run(["mount", "-t", "tmpfs", "-o", "size=400m", "tmpfs", place], capture_output=True, check=False)
    if mounted.returncode != 0:
        return "a full disk SKIPPED: no file system can be mounted"
    ballast, service = os.path.join(place, "ballast"), Service(program, place, Sqlite(place))
    try:
        trial = Trial(service.start().sign_in(), random.Random(SEED))
        name, query, file = trial.begin("group")
        service.database.rows("PRAGMA wal_checkpoint(TRUNCATE)")
        room = shutil.disk_usage(place).free
        with open(ballast, "wb") as fill:
            fill.write(b"\0" * max(room - os.path.getsize(file) - (3 << 20), 0))
        trial.send(query, file)
        time.sleep(3)
        now = facts(service.database, name)
        hold(name, now, "group", False)
        if now["tasks"] == ROWS:
            raise SystemExit("the disk was not full")
        os.remove(ballast)
        trial.settle(name, query, file, "group")
    finally:
        service.kill()
        subprocess.run(["umount", place], check=False)
    return "a full disk"


def trial_on(program, folder, database, points, more=()):
    os.makedirs(folder, exist_ok=True)
    service = Service(program, folder, database)
    try:
        trial = Trial(service.start().sign_in(), random.Random(f"{SEED} {database.name}"))
        trial.alone()
        for _ in range(points):
            trial.killed()
        for _ in range(-(-points // 4)):
            trial.taken_back()
        for step in more:
            step(trial)
        service.end()
        return f"{points} kills on {database.name}, {trial.caught} of them with an import at work, and while imports are taken back"
    finally:
        service.kill()
        database.drop()


def main():
    program, folder = map(os.path.abspath, sys.argv[1:3])
    told = [trial_on(program, folder, Sqlite(folder), POINTS, [Trial.gone]), full_disk(program, folder)]
    url = postgres_server()
    if url:
        own = os.path.join(folder, "shared")
        database = Postgres(url, f"concord_crashes_{os.getpid()}")
        told.append(trial_on(program, own, database, POINTS, [Trial.gone, Trial.cut, Trial.two]) + ", connections cut, two processes")
    server = Server(folder)
    if server.programs:
        server.start()
        try:
            restarts = [lambda trial, how=how: trial.disturbed("group", lambda: server.restart(how)) for how in ["fast", "immediate"]]
            own = os.path.join(folder, "restarted")
            trial_on(program, own, Postgres(server.url, "concord"), 0, restarts)
        finally:
            server.stop()
        told.append("server restarted")
    print(f"imports of {ROWS} rows: {'; '.join(told)}: nothing torn, lost or doubled")


main()
