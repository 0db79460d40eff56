"""The sets of the OData service, conditions on them made at random, and what holds of every answer: for odata.py."""

import collections
import http.client
import json
import random
import re
import sys
import time
from datetime import UTC, datetime
from decimal import Decimal
from urllib.parse import quote, quote_plus, unquote_plus, urlsplit

URL, TOKEN, SEED = sys.argv[1], sys.argv[2], int(sys.argv[3])
ROOT, SLOWEST, MOST_ROWS, LONGEST = "/odata/v4", 5, 2500, 11_000
INSIDES = re.compile(r"panicked|\.rs:\d|SELECT\s.+\sFROM\s|\b(sqlx|sea_orm|sqlite)|syntax error|no such (column|table)|/(home|usr|tmp|root)/")
# Comparisons with null are false, but for what differs from it.
HOWS = {"eq": lambda a, b: a == b, "ne": lambda a, b: a != b, "lt": lambda a, b: None not in (a, b) and a < b,
        "le": lambda a, b: None not in (a, b) and a <= b, "gt": lambda a, b: None not in (a, b) and a > b,
        "ge": lambda a, b: None not in (a, b) and a >= b}
TURNED = {"eq": "eq", "ne": "ne", "lt": "gt", "le": "ge", "gt": "lt", "ge": "le"}
PLACES = {"contains": str.__contains__, "startswith": str.startswith, "endswith": str.endswith}
TEXTS = ["", "a", "KGZ", "'", "O'Brien", "50%_", "%", "\\", "Ош", "😀", "null", "x" * 300, "\u202e", "--", "; drop", "&#+?"]
NUMBERS = ["0", "1", "-1", "50", "2.5", "-0.000001", "9000000000000.5", "9223372036854775807", "-9223372036854775808"]
DAYS = ["2026-11-28", "2024-02-29", "1992-05-09", "0001-01-01", "9999-12-31"]
IDS = ["00000000-0000-0000-0000-000000000000", "ffffffff-ffff-ffff-ffff-ffffffffffff"]
chance = random.Random(SEED)
findings, statuses, trials = collections.defaultdict(list), collections.Counter(), collections.Counter()
connection = http.client.HTTPConnection(urlsplit(URL).netloc, timeout=60)


class Mismatch(Exception):
    """The service tells something else than its plain rows."""


def encoded(query):
    """Options as an address has them, in any of the ways in which programs write them; long ones in the shortest."""
    is_long = sum(len(value) for _, value in query) > LONGEST // 6
    by, safe = (quote_plus, "$(),/'*:;@") if is_long else (chance.choice([quote, quote_plus]), chance.choice(["", "$(),/'*:;@", "-"]))
    one = lambda text: by(text, safe=safe, errors="surrogateescape")
    if not is_long and chance.random() < 0.1:
        one = lambda text: "".join(f"%{byte:02x}" for byte in text.encode(errors="surrogateescape"))
    return "&".join(f"{one(name)}={one(value)}" for name, value in query)


def ask(path, query=()):
    """Status and body of an answer, which has the form that every answer has; queries are pairs, or a text that is sent as it is."""
    sent = query if isinstance(query, str) else encoded(query)
    address, began = f"{ROOT}{path}" + (f"?{sent}" if sent else ""), time.monotonic()
    try:
        connection.request("GET", address, headers={"Authorization": f"Bearer {TOKEN}"} if TOKEN else {})
        answer = connection.getresponse()
        status, body = answer.status, answer.read().decode()
    except (OSError, http.client.HTTPException) as error:
        found("no answer at all", address, "", repr(error))
        over()
    statuses[status] += 1
    if status in (414, 431):  # Too long for an address: refused before the service is asked.
        return status, body
    told = json.loads(body, parse_float=Decimal) if "json" in answer.headers.get("content-type", "") else body
    error = told.get("error") if isinstance(told, dict) else None
    code, message = (error.get("code"), error.get("message")) if isinstance(error, dict) else (None, None)
    inside = INSIDES.search(body) if status >= 400 else None
    for what, is_so in {"an answer of 5xx": status >= 500 and (status, code) != (501, "not_supported"),
                        "an error that has not the form of OData": status >= 400 and not (code and isinstance(code, str) and message),
                        "an answer without the version of the protocol": answer.headers.get("odata-version") != "4.0",
                        "an error that tells of insides": inside and inside[0] not in unquote_plus(address),
                        "a slow answer": time.monotonic() - began > SLOWEST}.items():
        if is_so:
            found(what, address, status, body)
    return status, told


def found(what, asked, status, body):
    findings[what].append(f"GET {asked[:1500]}\n    {status} {str(body)[:600]}")


def over():
    for what, examples in findings.items():
        print(f"{what} ({len(examples)} times)", *examples[:3], sep="\n  ")
    print(f"odata: {sum(statuses.values())} requests of seed {SEED}, {dict(sorted(statuses.items()))}, {dict(sorted(trials.items()))}, {len(findings)} kinds of findings")
    sys.exit(1 if findings else 0)


def good(path, query):
    """The answer to a request that is right; none where the service says that it does not do this."""
    # Conditions compare texts as they are written, not as they are translated: so they are asked for as they are written.
    status, told = ask(path, query if isinstance(query, str) else [*query, ("lang", "*")])
    if status not in (200, 501):
        raise Mismatch(f"a request that is right is refused: {status} {told}")
    return told if status == 200 else None


def walked(path, query):
    """All rows behind the links, and the total that was told; none as `good`."""
    told, rows = good(path, query), []
    while told is not None:
        rows += told["value"]
        if "@odata.nextLink" not in told:
            return rows, told.get("@odata.count")
        link = urlsplit(told["@odata.nextLink"])
        told = good(link.path.removeprefix(ROOT), link.query)
    return None


def quoted(text):
    return "'" + text.replace("'", "''") + "'"


def same(what, got, wanted):
    """Compares rows or figures, in any order."""
    plain = lambda cell: str(Decimal(cell).normalize()) if type(cell) in (int, Decimal) else cell
    one, other = (sorted(json.dumps({name: plain(cell) for name, cell in row.items()}, sort_keys=True, default=str) for row in rows) for rows in (got, wanted))
    if one != other:
        more, less = [row for row in one if row not in other], [row for row in other if row not in one]
        raise Mismatch(f"{what}: {len(one)} rather than {len(other)}; too many {more[:2]}, missing {less[:2]}")


class Set:
    """An entity set: what it is made of by the metadata, and the rows that the caller reads."""

    def __init__(self, name, said):
        self.path, self.key, self.known, self.plain, self.is_refused = f"/{name}", said["$Key"][0], {}, None, False
        members = {of: what for of, what in said.items() if isinstance(what, dict)}
        self.ways = {of: what["$Type"].removeprefix("Concord.").removesuffix("_row") for of, what in members.items() if "$Kind" in what}
        self.types = {of: what.get("$Type", "Edm.String").removeprefix("Edm.") for of, what in members.items() if of not in self.ways}

    def rows(self):
        """The plain rows; none of sets that are refused to the caller, or are too long to be held against others."""
        if self.plain is None:
            status, told = ask(f"{self.path}/$count")
            self.is_refused = status != 200
            self.plain = walked(self.path, ())[0] if status == 200 and int(told) <= MOST_ROWS else []
        return self.plain

    def does(self, option, of):
        """Whether the service filters or orders by a column."""
        if (option, of) not in self.known:
            query = [(option, f"{of} eq null" if option == "$filter" else of), ("$top", "0")]
            self.known[option, of] = good(self.path, query) is not None
        return self.known[option, of]

    def columns(self, option=None):
        some = chance.sample(list(self.types), min(6, len(self.types)))
        return [of for of in some if option is None or self.does(option, of)]

    def value(self, row, of):
        """A cell as it compares."""
        return datetime.fromisoformat(row[of]).astimezone(UTC) if row[of] and self.types[of] == "DateTimeOffset" else row[of]

    def literal(self, of):
        """A literal for a column, and what it means; often one that a row has."""
        ty, row = self.types[of], chance.choice(self.plain) if self.plain and chance.random() < 0.6 else None
        if chance.random() < 0.1 or row and row[of] is None:
            return "null", None
        odd = {"Boolean": [True, False], "Int64": [text for text in NUMBERS if "." not in text], "Decimal": NUMBERS[:6], "Guid": IDS, "Date": DAYS,
               "DateTimeOffset": [f"{day}T{at}" for day in DAYS[:3] for at in ("00:00:00Z", "23:59:59.123456Z", "05:30:00+05:30")]}.get(ty, TEXTS)
        value = row[of] if row else chance.choice(odd)
        text = quoted(value) if ty == "String" else str(value).lower() if ty == "Boolean" else str(value)
        means = {"Int64": Decimal, "Decimal": Decimal, "DateTimeOffset": lambda text: datetime.fromisoformat(text).astimezone(UTC)}.get(ty, lambda same: same)
        return text.upper() if ty == "Guid" and chance.random() < 0.3 else text, means(value)

    def comparison(self):
        """A condition on one column, and what it says of a row."""
        of, form, how = next(iter(self.columns("$filter")), None), chance.random(), chance.choice(list(HOWS))
        if of is None:
            return "true", lambda row: True
        if self.types[of] == "String" and form < 0.35:
            name, text = chance.choice(list(PLACES)), self.literal(of)[1] or "a"
            part, (end, is_so) = chance.choice([text[:3], text[-3:], text[1:4], text]), chance.choice([("", True), (" eq true", True), (" ne true", False)])
            return f"{name}({of},{quoted(part)}){end}", lambda row: (row[of] is not None and PLACES[name](row[of], part)) == is_so
        if self.types[of] in ("Date", "DateTimeOffset") and form < 0.25:
            year = chance.choice([1, 1992, 2024, 2026, 2027, 9998])
            return f"year({of}) {how} {year}", lambda row: HOWS[how](int(row[of][:4]) if row[of] else None, year)
        if self.types[of] == "Boolean" and form < 0.25:
            return of, lambda row: row[of] is True
        if form < 0.5:
            some = [self.literal(of) for _ in range(chance.choice([1, 3, 30]))]
            return f"{of} in ({','.join(text for text, _ in some)})", lambda row: self.value(row, of) in [value for _, value in some]
        text, value = self.literal(of)
        return f"{text} {TURNED[how]} {of}" if form > 0.9 else f"{of} {how} {text}", lambda row: HOWS[how](self.value(row, of), value)

    def condition(self, depth=0):
        form = chance.random()
        if depth > 3 or form < 0.4:
            return self.comparison()
        (text, test), deep = self.condition(depth + 1), chance.randrange(1, 20)
        if form < 0.62:
            return (f"not ({text})", lambda row: not test(row)) if form < 0.55 else ("(" * deep + text + ")" * deep, test)
        other, also = self.condition(depth + 1)
        return (f"({text}) and ({other})", lambda row: test(row) and also(row)) if form < 0.81 else (f"({text} or {other})", lambda row: test(row) or also(row))
