"""Measures what readers notice of many webhooks that are due at once: webhooks.py PROGRAM

One webhook is registered and then copied within the database: its key follows from its id. All of them send to one receiver, which
shares the processor. HOOKS is how many there are, DATABASES which databases are measured (sqlite,postgres).
"""

import http.server
import multiprocessing
import os
import sys
import time

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "../tests/conformance/python"))

from readers import READERS, median, read_beside  # noqa: E402
from service import Service, on_each, psql  # noqa: E402

HOOKS = int(os.environ.get("HOOKS", "1000"))
ID = {"sqlite": "randomblob(16)", "postgres": "gen_random_uuid()"}
SERIES = {"sqlite": "(WITH RECURSIVE c(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM c WHERE n < {0}) SELECT n FROM c)",
          "postgres": "generate_series(1, {0})"}


class Receiver:
    """Takes messages in a process of its own, so that it takes no turns from the readers in this one, and counts them."""

    def __init__(self):
        self.count, ports = multiprocessing.Value("i", 0), multiprocessing.Queue()
        self.process = multiprocessing.Process(target=take, args=(self.count, ports), daemon=True)
        self.process.start()
        self.port = ports.get()

    @property
    def taken(self):
        return self.count.value

    def end(self):
        self.process.terminate()


def take(count, ports):
    class Taking(http.server.BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_POST(self):  # noqa: N802
            self.rfile.read(int(self.headers["content-length"]))
            self.send_response(204)
            self.end_headers()
            with count.get_lock():
                count.value += 1

        def log_message(self, *_):
            pass

    class Server(http.server.ThreadingHTTPServer):
        daemon_threads, request_queue_size = True, 256

    server = Server(("127.0.0.1", 0), Taking)
    ports.put(server.server_port)
    server.serve_forever()


def copied(database, count):
    """Copies the webhook that is there."""
    columns = "owner, user_id, api_key_id, url, kinds, countries, events, signature, key_number, previous_until, state, reason, cursor, seen, failures, due_at, attempts, ping_id, created_at"
    hook = ", ".join(f"w.{name}" for name in columns.split(", "))
    sql = f"INSERT INTO webhook (id, {columns}) SELECT {ID[database.name]}, {hook} FROM webhook w, {SERIES[database.name].format(count)} made"
    psql(database.url, sql) if database.name == "postgres" else database.rows(sql)


def task(service, title):
    status, said = service.ask("POST", "/tasks", {"owner": "KGZ", "lead_agency": "MES", "language": "en", "title": title})
    if status != 201:
        raise RuntimeError(f"{status} {said[:500]}")


def taken(receiver, count, patience=600):
    """Waits for messages; answers how many seconds they took."""
    began = time.monotonic()
    while receiver.taken < count:
        if time.monotonic() - began > patience:
            raise RuntimeError(f"{receiver.taken} of {count} messages came")
        time.sleep(0.02)
    return time.monotonic() - began


def measure(program, database, folder):
    receiver = Receiver()
    service = Service(program, folder, database, {"CONCORD_WEBHOOK_NETWORKS": "127.0.0.1"})
    try:
        service.start().sign_in()
        status, said = service.ask("POST", "/webhooks", {"url": f"http://127.0.0.1:{receiver.port}/", "kinds": ["task"]})
        if status != 201:
            raise RuntimeError(f"{status} {said[:500]}")
        task(service, "First")
        taken(receiver, 1)
        copied(database, HOOKS - 1)
        alone, _, _ = read_beside(service, lambda: time.sleep(5))
        task(service, "Told to all")
        beside, failed, took = read_beside(service, lambda: taken(receiver, 1 + HOOKS))
        halves = [median(some) for some in (alone, beside)]
        print(f"{database.name:<9} {HOOKS:,} webhooks due at once, all told in {took:.1f} s; {READERS} readers, refused {len(failed)} of {len(beside)}; "
              f"median alone {halves[0]:.1f}, beside {halves[1]:.1f} ms: {halves[1] / halves[0]:.2f} times; asked: 1.5", flush=True)
    finally:
        service.kill()
        receiver.end()
        database.drop()


on_each("webhooks", lambda database, folder: measure(os.path.abspath(sys.argv[1]), database, folder))
