"""Asks the service at CONCORD_URL, with the API key in CONCORD_KEY if there is one. Nothing but the standard library."""
import gzip, json, os, urllib.error, urllib.parse, urllib.request

BASE = os.environ.get("CONCORD_URL", "http://127.0.0.1:8080") + "/api/v1"


class Refused(Exception):
    """A refusal: status, code and detail."""


def fetch(path, body=None, **query):
    """The bytes of an answer."""
    request = urllib.request.Request(f"{BASE}{path}?{urllib.parse.urlencode(query)}", body and json.dumps(body).encode())
    request.add_header("Content-Type", "application/json")
    request.add_header("Prefer", "wait=20")
    if os.environ.get("CONCORD_KEY"):
        request.add_header("Authorization", f"Bearer {os.environ['CONCORD_KEY']}")
    try:
        with urllib.request.urlopen(request, timeout=120) as answer:
            return answer.read()
    except urllib.error.HTTPError as refusal:
        problem = json.load(refusal)
        raise Refused(refusal.code, problem["code"], problem["detail"]) from None


def ask(path, body=None, **query):
    """The JSON of an answer."""
    return json.loads(fetch(path, body, **query))


def listed(path, **query):
    """All records of a list, page by page."""
    after = {}
    while after is not None:
        page = ask(path, limit=200, **query, **after)
        yield from page["items"]
        after = page["page"]["next"] and {"after": page["page"]["next"]}


def pages(after):
    """What makes a copy true: pages of (is it begun anew, changes, cursor to keep with them).

    Without a cursor, or where it is of no more use, a snapshot comes first; then what the feed tells since.
    """
    if after:
        try:
            return (yield from feed(after))
        except Refused as refusal:
            if refusal.args[1] not in ("rights_changed", "log_replaced", "cursor_invalid"):
                raise
    made = ask("/exports", {"format": "ndjson"})
    while made["state"] not in ("completed", "failed"):
        made = ask(f"/exports/{made['id']}")
    if made["state"] == "failed":
        raise SystemExit(made["error"])
    yield True, stored(made), made["changes_after"]
    yield from feed(made["changes_after"])


def stored(made):
    """All records of a snapshot, in the form in which the feed tells them."""
    for file in made["files"]:
        for line in gzip.decompress(fetch(f"/exports/{made['id']}/files/{file['name']}")).splitlines():
            record = json.loads(line)
            yield {"event": "appeared", "kind": file["kind"], "id": record["id"], "record": record}


def feed(after):
    has_more = True
    while has_more:
        page = ask("/changes", limit=200, after=after)
        after, has_more = page["next"], page["has_more"]
        yield False, page["items"], after
