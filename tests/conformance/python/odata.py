"""Walks every entity set of the demonstration as programs for tables do, and sends what their connectors send: odata.py URL"""

import base64
import json
import sys
import urllib.error
import urllib.parse
import urllib.request
from datetime import UTC, datetime, timedelta

root = f"{sys.argv[1]}/odata/v4"
api = f"{sys.argv[1]}/api/v1"


def ask(url: str, headers: dict[str, str], body: object = None) -> tuple[int, dict, bytes]:
    """Status, headers and body of an answer; addresses may hold spaces and quotes."""
    parts = urllib.parse.urlsplit(url)
    query = urllib.parse.quote(parts.query, safe="=&$(),/*'%:;@")
    url = urllib.parse.urlunsplit((*parts[:3], query, ""))
    data = None if body is None else json.dumps(body).encode()
    try:
        with urllib.request.urlopen(urllib.request.Request(url, data, headers)) as answer:
            return answer.status, dict(answer.headers), answer.read()
    except urllib.error.HTTPError as error:
        return error.code, dict(error.headers), error.read()


def key() -> str:
    """The secret of a key that a focal point makes for a program."""
    kind = {"Content-Type": "application/json"}
    who = {"email": "focal_point@kgz.demo", "password": "rehearsal-only-Concord-demo"}
    token = json.loads(ask(f"{api}/auth/login", kind, who)[2])["access_token"]
    wanted = {"name": "Tables", "read_ceiling": "national", "expires_at": f"{datetime.now(UTC) + timedelta(days=1):%Y-%m-%dT%H:%M:%SZ}"}
    status, _, made = ask(f"{api}/api-keys", {**kind, "Authorization": f"Bearer {token}"}, wanted)
    assert status == 201, made
    return json.loads(made)["secret"]


basic = base64.b64encode(f"anyone:{key()}".encode()).decode()
# As the connectors of Power BI and Excel begin each request.
us = {
    "Authorization": f"Basic {basic}",
    "Accept": "application/json;odata.metadata=minimal;q=1.0,application/json;odata=minimalmetadata;q=0.9,application/atom+xml;q=0.8,*/*;q=0.1",
    "OData-MaxVersion": "4.0",
    "MaxDataServiceVersion": "3.0",
}


def read(path: str) -> dict:
    status, headers, body = ask(path if path.startswith("http") else f"{root}{path}", us)
    assert status == 200, (path, status, body[:500])
    assert headers["odata-version"] == "4.0", headers
    assert headers["content-type"].startswith("application/json"), headers
    return json.loads(body)


service = read("/")
assert read("")["value"] == service["value"]
metadata = json.loads(ask(f"{root}/$metadata?$format=json", us)[2])["Concord"]
xml = ask(f"{root}/$metadata", {**us, "Accept": "application/xml"})
assert xml[0] == 200 and xml[1]["content-type"].startswith("application/xml"), xml[:2]

walked = 0
for entry in service["value"]:
    name = entry["name"]
    kind = metadata[f"{name}_row"]
    properties = [of for of, said in kind.items() if not of.startswith(("$", "@")) and said.get("$Kind") != "NavigationProperty"]
    ways = [of for of, said in kind.items() if not of.startswith("$") and isinstance(said, dict) and said.get("$Kind") == "NavigationProperty"]
    # The preview of a navigator, then all of it with a total.
    first = read(f"/{name}?$top=1000")
    assert all(list(row) == properties for row in first["value"]), (name, properties)
    rows, page = [], read(f"/{name}?$count=true&$select={','.join(properties)}")
    while True:
        rows += page["value"]
        assert page["@odata.count"] >= len(rows), name
        if "@odata.nextLink" not in page:
            break
        page = read(page["@odata.nextLink"])
    counted = int(ask(f"{root}/{name}/$count", us)[2])
    assert len(rows) == counted == page["@odata.count"], (name, len(rows), counted)
    identity = kind["$Key"][0]
    keys = [row[identity] for row in rows]
    assert len(set(keys)) == len(keys), name
    if rows:
        literal = keys[0] if kind[identity].get("$Type") == "Edm.Guid" else "'" + keys[0].replace("'", "''") + "'"
        single = read(f"/{name}({urllib.parse.quote(literal)})")
        assert single[identity] == keys[0] and "$entity" in single["@odata.context"], name
        same = read(f"/{name}?$filter={identity} eq {literal}")
        assert [row[identity] for row in same["value"]] == [keys[0]], name
    for way in ways[:3]:
        led = read(f"/{name}?$top=5&$expand={way}")
        assert all(row[way] is None or row[way]["id"] == row[f"{way}_id"] for row in led["value"]), (name, way)
    total = read(f"/{name}?$apply=aggregate($count as n)")
    assert total["value"] == [{"n": counted}], (name, total)
    walked += len(rows)

# What queries fold to.
for query in [
    "/tasks?$filter=status eq 'done' and due_on ge 2026-01-01 and due_on lt 2027-01-01&$select=id,title,due_on&$orderby=due_on desc&$top=1000",
    "/tasks?$filter=(status eq 'planned' or status eq 'in_progress') and not contains(title,'x')&$count=true&$top=0",
    "/task_flat?$filter=country eq 'KGZ' and (startswith(title,'A') or plan_title ne null)&$top=1000",
    "/plan_action_flat?$apply=filter(country eq 'KGZ')/groupby((pillar_title,status),aggregate($count as Count,progress_percent with average as Mean))&$orderby=pillar_title",
    "/tasks?$apply=groupby((lead_agency_id,status),aggregate($count as n,estimate_days with sum as days))&$filter=n gt 0",
    "/participation_flat?$apply=groupby((framework_code,standing),aggregate($count as n))",
    "/deadlines?$filter=year(due_on) eq 2027&$expand=obligation($select=code,title),lead_agency",
    "/country_overview_flat?$filter=region eq 'CA'&$orderby=country_name",
]:
    read(query)
status, _, body = ask(f"{root}/tasks?$filter=tolower(title) eq 'x'", us)
assert status == 501 and json.loads(body)["error"]["code"] == "not_supported", body
status, headers, body = ask(f"{root}/tasks", {"Authorization": "Basic " + base64.b64encode(b"a:b").decode()})
assert status == 401 and headers["www-authenticate"].startswith("Basic"), (status, headers)

print(f"odata: {walked} entities of {len(service['value'])} sets were walked")
