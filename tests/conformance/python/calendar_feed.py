"""A calendar of the demonstration, read with icalendar: calendar_feed.py URL FOLDER, then calendar_feed.py --compare FOLDER"""

import json
import pathlib
import sys
import urllib.error
import urllib.request
from datetime import date, datetime, timedelta, timezone

from icalendar import Calendar


def call(url, token=None, body=None):
    headers = {"content-type": "application/json"}
    if token:
        headers["authorization"] = f"Bearer {token}"
    data = None if body is None else json.dumps(body).encode()
    with urllib.request.urlopen(urllib.request.Request(url, data, headers)) as answer:
        return answer.read()


def fetch(url, folder):
    api = f"{url}/api/v1"
    who = {"email": "focal_point@xaa.demo", "password": "rehearsal-only-Concord-demo"}
    token = json.loads(call(f"{api}/auth/login", body=who))["access_token"]
    # A duty of hours, which is an instant and no day.
    party = {"owner": "XAA", "country": "XAA", "framework": "IHR", "status": "ratified", "confidence": "high", "source": "rehearsal"}
    call(f"{api}/participations", token, party | {"in_force_on": "2007-06-15", "in_force_precision": "day"})
    call(f"{api}/commitments/compile", token, {"owner": "XAA"})
    agency = json.loads(call(f"{api}/agencies?owner=XAA&limit=1", token))["items"][0]["code"]
    event = {"owner": "XAA", "title": "Outbreak", "kind": "detection", "obligations": ["IHR-6"], "lead_agency": agency}
    at = datetime.now(timezone.utc).strftime("%Y-%m-%dT%H:%M:%SZ")
    call(f"{api}/treaty-events", token, event | {"happened_at": at, "language": "en"})
    # What lines are folded and texts escaped for, and something that is called off.
    day = str(date.today() + timedelta(days=40))
    for number, title in enumerate(["Сравнить; согласовать, \\ отправить " * 6, "Called off", 'A "quoted" line: 100 %']):
        task = {"owner": "XAA", "title": title.strip(), "lead_agency": agency, "due_on": day, "language": "en"}
        made = json.loads(call(f"{api}/tasks", token, task))
        if number == 1:
            request = urllib.request.Request(
                f"{api}/tasks/{made['id']}/cancel",
                json.dumps({"reason": "Not needed"}).encode(),
                {"content-type": "application/json", "authorization": f"Bearer {token}", "if-match": '"1"'},
            )
            urllib.request.urlopen(request).read()
    body = {"name": "Days; of all, kinds", "alarm_days": 14}
    made = json.loads(call(f"{api}/calendars", token, body))
    address = made["feed_url"] if made["feed_url"].startswith("http") else url + made["feed_url"]
    folder.joinpath("feed.ics").write_bytes(call(address))
    folder.joinpath("feed.json").write_bytes(call(address.replace(".ics", ".json")))
    read = urllib.request.Request(f"{api}/calendars/{made['calendar']['id']}", headers={"authorization": f"Bearer {token}"})
    with urllib.request.urlopen(read) as answer:
        version = answer.headers["etag"]
    revoke = urllib.request.Request(
        f"{api}/calendars/{made['calendar']['id']}/revoke",
        b"{}",
        {"content-type": "application/json", "authorization": f"Bearer {token}", "if-match": version},
    )
    urllib.request.urlopen(revoke).read()
    try:
        call(address)
    except urllib.error.HTTPError as refused:
        assert refused.code == 404, refused.code
    else:
        raise AssertionError("a revoked address is read")


def by_python(feed):
    for line in feed.split(b"\r\n"):
        assert len(line) <= 75 and b"\n" not in line and b"\r" not in line, line
    calendar = Calendar.from_ical(feed)
    events = []
    for event in calendar.walk("VEVENT"):
        assert not event.errors, event.errors
        start = event.decoded("DTSTART")
        if isinstance(start, datetime):
            assert start.utcoffset() == timedelta(0), start
            start = start.astimezone(timezone.utc).strftime("%Y-%m-%dT%H:%M:%SZ")
        alarm = next(iter(event.walk("VALARM")), None)
        events.append(
            {
                "uid": str(event["UID"]),
                "summary": str(event["SUMMARY"]),
                "start": str(start),
                "status": str(event["STATUS"]),
                "sequence": event.get("SEQUENCE"),
                "alarm": -alarm.decoded("TRIGGER") / timedelta(days=1) if alarm else None,
            }
        )
    return {"name": str(calendar["NAME"]), "events": events}


def by_json(twin):
    def event(entry):
        return {
            "uid": entry["uid"],
            "summary": entry["summary"],
            "start": entry["at"] or entry["on"],
            "status": "CANCELLED" if entry["is_cancelled"] else "CONFIRMED",
            "sequence": entry["sequence"],
            "alarm": entry["alarm_days"],
        }

    return {"name": twin["name"], "events": [event(entry) for entry in twin["entries"]]}


def compare(folder):
    ours = by_json(json.loads(folder.joinpath("feed.json").read_text()))
    readers = {
        "icalendar": by_python(folder.joinpath("feed.ics").read_bytes()),
        "ical.js": json.loads(folder.joinpath("node.json").read_text()),
    }
    for name, theirs in readers.items():
        for mine, read in zip(ours["events"], theirs["events"]):
            assert mine == read, f"{name}: {read}, not {mine}"
        assert theirs == ours, name
    states = {event["status"] for event in ours["events"]}
    kinds = {entry["kind"] for entry in json.loads(folder.joinpath("feed.json").read_text())["entries"]}
    assert states == {"CONFIRMED", "CANCELLED"} and {"deadline", "task"} <= kinds, (states, kinds)
    assert any("T" in event["start"] for event in ours["events"]), "no instant"
    print(f"{len(ours['events'])} entries of {len(kinds)} kinds are the same to two readers and in JSON")


if sys.argv[1] == "--compare":
    compare(pathlib.Path(sys.argv[2]))
else:
    fetch(sys.argv[1], pathlib.Path(sys.argv[2]))
