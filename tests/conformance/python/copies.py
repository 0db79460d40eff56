"""Copies by the recipes, in DuckDB and PostgreSQL, are what the lists are, whatever is written: copies.py PROGRAM FOLDER RECIPES"""

import json
import os
import subprocess
import sys

import duckdb
import psycopg

from service import Postgres, Service, Sqlite, postgres_server

program, folder, recipes = map(os.path.abspath, sys.argv[1:4])


class Copy:
    """A copy, and how it is read."""

    def __init__(self, recipe, place, connect):
        self.recipe, self.place, self.connect = recipe, place, connect

    def renew(self, service, key):
        known = {"CONCORD_URL": "http://%s:%d" % service.address, "CONCORD_KEY": key}
        told = subprocess.run(
            [sys.executable, os.path.join(recipes, self.recipe), self.place],
            cwd=folder, env={**os.environ, **known}, capture_output=True, text=True, check=False,
        )
        assert told.returncode == 0, told.stderr

    def records(self):
        with self.connect(self.place) as connection:
            return sorted((kind, str(id), version) for kind, id, version in connection.execute("SELECT kind, id, version FROM record").fetchall())


def everything(reader, lists):
    """What the lists tell: kind, id and version of each record."""
    told = []
    for kind, path in lists.items():
        after = ""
        while after is not None:
            page = reader.read(f"/{path}?limit=200{after and f'&after={after}'}")
            told += [(kind, one["id"], one["version"]) for one in page["items"]]
            after = page["page"]["next"]
    return sorted(told)


def hold(copies, reader, key, lists, what):
    """After a run of each recipe its copy is what the lists are."""
    shown = everything(reader, lists)
    for copy in copies:
        copy.renew(reader, key)
        assert copy.records() == shown, (what, copy.recipe, sorted(set(copy.records()) ^ set(shown))[:20])
    return len(shown)


def write(service, path, method="POST", body=None, **head):
    status, said = service.ask(method, path, body, **head)
    assert status in (200, 201, 204), (path, status, said[:500])
    return json.loads(said) if said else None


def made_key(service, **bounds):
    return write(service, "/api-keys", body={"name": "A copy", "is_read_only": True, **bounds})["secret"]


def begun(service):
    """Three tasks that the country sees."""
    task = {"owner": "KGZ", "lead_agency": "MES", "language": "en", "visibility": "national"}
    return [write(service, "/tasks", body={**task, "title": f"Step {at}"})["id"] for at in range(3)]


def worked(service, edited, hidden, deleted):
    """One is edited, one is kept to the bodies concerned, one is deleted."""
    first = {"If-Match": '"1"'}
    write(service, f"/tasks/{edited}", "PATCH", {"title": "Anew"}, **first)
    write(service, f"/tasks/{hidden}", "PATCH", {"visibility": "group"}, **first)
    write(service, f"/tasks/{deleted}", "DELETE", **first)


def main():
    service = Service(program, folder, Sqlite(folder))
    server = postgres_server()
    store = Postgres(server, f"concord_copy_{os.getpid()}") if server else None
    copies = [Copy("copy_duckdb.py", os.path.join(folder, "copy.duckdb"), duckdb.connect)]
    if store:
        copies.append(Copy("copy_postgres.py", store.url, psycopg.connect))
    try:
        service.start().sign_in("portal@kgz.demo")
        owner = service.token
        key = made_key(service)
        secretariat = Service(program, folder, service.database)
        secretariat.address = service.address
        secretariat.sign_in()
        service.token = key
        manifest = json.loads(service.ask("POST", "/exports", {}, Prefer="wait=20")[1])
        lists = {file["kind"]: file["name"].split(".")[0] for file in manifest["files"]}
        first = hold(copies, service, key, lists, "the snapshot")
        tasks = begun(secretariat)
        hold(copies, service, key, lists, "new tasks")
        worked(secretariat, *tasks)
        hold(copies, service, key, lists, "a day's work")
        # Another key, which reads less: the cursor is of no use to it, and the copies are made anew.
        service.token = owner
        service.token = key = made_key(service, read_kinds=["task", "agency"])
        hold(copies, service, key, lists, "another key")
        print(f"{first} records of {len(lists)} kinds, copied by {len(copies)} recipes: ids and versions are those of the lists after each write")
    finally:
        service.kill()
        if store:
            store.drop()


main()
