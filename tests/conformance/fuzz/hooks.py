"""Lends the fuzzing what it cannot make up: ids of records that exist, their present versions, an owner.

Every second request keeps what was made up, so that both sides of each rule are tried.
"""

import itertools
import os

import requests
import schemathesis

URL = f"{os.environ['URL']}/api/v1"
HEADERS = {"Authorization": f"Bearer {os.environ['TOKEN']}"} if os.environ.get("TOKEN") else {}
OWNER = os.environ.get("OWNER")
ACT_AS = "X-Concord-Act-As"
VIEW_AS = "X-Concord-View-As"

requests_made = itertools.count()
known: dict[str, list[str]] = {}


def ids(collection: str) -> list[str]:
    """Ids of up to fifty records of a collection that the caller sees; read once."""
    if collection not in known:
        answer = requests.get(f"{URL}/{collection}", headers=HEADERS, timeout=10)
        items = answer.json().get("items", []) if answer.ok else []
        known[collection] = [item["id"] for item in items]
    return known[collection]


def collection_of(member: str) -> str | None:
    """The collection that a member of a body refers to by id."""
    name = member.removesuffix("_id").replace("lead_agency", "agency").replace("_", "-")
    plural = name[:-1] + "ies" if name.endswith("y") else name + "s"
    return plural if member.endswith("_id") or name in ("agency", "action", "plan") else None


@schemathesis.hook
def before_call(context, case, kwargs):
    number = next(requests_made)
    # Waiting for changes that nobody makes would take the time of all others.
    if isinstance((case.query or {}).get("wait"), int):
        case.query["wait"] = min(case.query["wait"], 0)
    # An owner the caller holds no grant of is refused before anything else is looked at.
    if number % 8 and ACT_AS in (case.headers or {}):
        if OWNER:
            case.headers[ACT_AS] = OWNER
        else:
            del case.headers[ACT_AS]
    # So is an audience that does not exist, or that the caller may not view as.
    if number % 8 and VIEW_AS in (case.headers or {}):
        del case.headers[VIEW_AS]
    if number % 2 == 0:
        return
    collection = case.path.split("/")[1]
    some = ids(collection) if "id" in (case.path_parameters or {}) else []
    if some:
        here = some[number // 2 % len(some)]
        case.path_parameters["id"] = here
        tag = requests.get(f"{URL}/{collection}/{here}", headers=HEADERS, timeout=10).headers.get("ETag")
        if tag and case.headers is not None and "If-Match" in case.headers:
            case.headers["If-Match"] = tag
    if isinstance(case.body, dict):
        if OWNER and isinstance(case.body.get("owner"), str):
            case.body["owner"] = OWNER
        for member, value in case.body.items():
            others = ids(collection_of(member)) if isinstance(value, str) and collection_of(member) else []
            if others:
                case.body[member] = others[number % len(others)]
