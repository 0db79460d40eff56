"""Reads lists of the demonstration as CSV, NDJSON and workbooks, and holds them against each other: exports.py URL"""

import io
import json
import sys
import urllib.request

import openpyxl
import pandas

url = f"{sys.argv[1]}/api/v1"


def ask(path: str, body: object = None, token: str = "") -> bytes:
    headers = {"Content-Type": "application/json", **({"Authorization": f"Bearer {token}"} if token else {})}
    data = None if body is None else json.dumps(body).encode()
    with urllib.request.urlopen(urllib.request.Request(url + path, data, headers)) as answer:
        return answer.read()


def text(value: object) -> str:
    """A cell as CSV has it, without what the two say differently of numbers and instants."""
    return "" if pandas.isna(value) else str(value)


who = {"email": "focal_point@kgz.demo", "password": "rehearsal-only-Concord-demo"}
token = json.loads(ask("/auth/login", who))["access_token"]
rows = 0
for kind in ["tasks", "actions", "plans", "frameworks", "countries", "participations", "gaps", "users"]:
    total = json.loads(ask(f"/{kind}?limit=1&total=true", token=token))["page"]["total"]
    table = pandas.read_csv(io.BytesIO(ask(f"/{kind}.csv", token=token)), dtype=str, keep_default_na=False)
    lines = pandas.read_json(io.BytesIO(ask(f"/{kind}.ndjson", token=token)), lines=True, dtype=False)
    book = openpyxl.load_workbook(io.BytesIO(ask(f"/{kind}.xlsx", token=token)))
    sheet = book[kind]
    cells = list(sheet.iter_rows(values_only=True))
    names = list(cells[0])
    assert len(table) == len(lines) == len(cells) - 1 == total, (kind, total, len(table), len(lines), len(cells))
    assert names == list(table.columns), (kind, names)
    # A frame of no lines has no columns.
    assert list(table["id"]) == list(lines.get("id", [])) == [row[0] for row in cells[1:]], kind
    assert sheet.freeze_panes == "A2" and sheet["A1"].font.b, kind
    assert all(cell.data_type != "f" for row in sheet.iter_rows() for cell in row), "a formula"
    for name in [name for name in ["title", "name", "title@ru", "name@ru", "status"] if name in names]:
        at = names.index(name)
        assert [text(row[at]) for row in cells[1:]] == list(table[name]), (kind, name)
    rows += total

excel = ask("/tasks.csv?excel=1&separator=semicolon&columns=title,due_on", token=token)
assert excel.startswith(b"\xef\xbb\xbf") and excel.count(b"\r\n") >= 2, excel[:40]
assert list(pandas.read_csv(io.BytesIO(excel), sep=";").columns) == ["title", "due_on"]
print(f"{rows} records of 8 lists are the same in three forms")
