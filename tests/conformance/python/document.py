"""Reads the documents of the demonstration's plans back, and holds them against their JSON: document.py URL FOLDER"""

import io
import json
import pathlib
import sys
import urllib.request

import docx

url, folder = f"{sys.argv[1]}/api/v1", pathlib.Path(sys.argv[2])


def ask(path: str, body: object = None, token: str = "") -> bytes:
    headers = {"Content-Type": "application/json", **({"Authorization": f"Bearer {token}"} if token else {})}
    data = None if body is None else json.dumps(body).encode()
    with urllib.request.urlopen(urllib.request.Request(url + path, data, headers)) as answer:
        return answer.read()


who = {"email": "focal_point@kgz.demo", "password": "rehearsal-only-Concord-demo"}
token = json.loads(ask("/auth/login", who))["access_token"]
plans = json.loads(ask("/plans?limit=200", token=token))["items"]
assert len(plans) > 1, plans


def ranked(part: dict) -> str:
    return f"{part['number']} {part['title']['text']}" if part["number"] else part["title"]["text"]


def check(plan: str, language: str) -> int:
    told = json.loads(ask(f"/plans/{plan}/document?lang={language}", token=token))
    file = ask(f"/plans/{plan}/document?lang={language}&format=docx", token=token)
    (folder / f"document-{plan[-6:]}-{language}.docx").write_bytes(file)
    read = docx.Document(io.BytesIO(file))
    words = told["words"]
    assert read.core_properties.title == told["title"]["text"], read.core_properties.title
    styles = {paragraph.style.name: paragraph.text for paragraph in read.paragraphs}
    assert styles["Title"] == told["title"]["text"], styles
    headings = [one.text for one in read.paragraphs if one.style.name.startswith("Heading")]
    assert words["overview"] in headings, headings
    objectives = [one for pillar in told["pillars"] for one in pillar["objectives"]]
    for word, parts in (("pillar", told["pillars"]), ("objective", objectives)):
        for part in parts:
            assert f"{words[word]} {ranked(part)}" in headings, (part, headings)
    tables = [[[cell.text for cell in row.cells] for row in table.rows] for table in read.tables]
    rows = [row for table in tables for row in table]
    actions = [action for objective in objectives for action in objective["actions"]]
    columns = {key: place for place, key in enumerate(told["columns"])}
    for action in actions:
        title, number = action["title"]["text"], action["number"] or ""
        found = [row for row in rows if len(row) == len(columns) and row[0] == number and title in row[columns["action"]]]
        assert len(found) == 1, (action, found)
        said = {key: found[0][place] for key, place in columns.items()}
        assert said.get("lead", "") == ((action["lead"] or {}).get("name") or ""), said
        assert said.get("partners", "") == "\n".join(one["name"] for one in action["partners"]), said
        assert said.get("period", "") == (action["period"] or {}).get("text", ""), said
        assert said.get("cost", "").startswith((action["cost"] or {}).get("text", "")), said
        assert said["status"] == action["status"]["label"], said
        assert said["progress"].startswith(action["progress_text"]), said
    heads = [table for table in read.tables if "w:tblHeader" in table.rows[0]._tr.xml]
    assert len(heads) >= (1 if told["pillars"] else 0), len(heads)
    for served in told["obligations"]:
        assert any(row[0] == served["obligation"]["code"] for row in rows if len(row) == 3), served
    return len(actions)


read = sum(check(plan["id"], language) for plan in plans for language in ("en", "ru", "ky", "fr"))
print(f"{len(plans)} plans are read back in 4 languages, {read} actions in all")
