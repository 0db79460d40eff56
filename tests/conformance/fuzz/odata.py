"""Asks the OData service at random, by a grammar made of its metadata: odata.py URL TOKEN SEED SECONDS (an empty TOKEN: nobody)

What conditions, orders, figures and ways to others tell is held against a plain read of the same caller, so that nothing gets
through them that cannot be read. Of what is nearly right, no answer may break, be slow, or tell of insides.
"""

import collections
import itertools
import sys
import time
from decimal import Decimal
from urllib.parse import quote

from odata_sets import DAYS, HOWS, IDS, LONGEST, NUMBERS, Mismatch, Set, ask, chance, encoded, found, good, over, quoted, same, trials, walked

WRONG = ["2026-02-30", "1e400", "INF", "99999999999999999999", "guid'1'", "'open", "2026-13-01T00:00:00Z", "@p", "-", "$it", "id", "()", "ß"]
OPTIONS = ["$filter", "$filter", "$orderby", "$select", "$expand", "$apply", "$skiptoken", "$top", "$skip", "$count", "$format", "$search", "lang", "x", "$Filter", ""]


def filters(of):
    """A condition and its contrary part the rows, both as the plain rows say, and counts count them."""
    text, test = of.condition()
    for said, is_so in [(text, True), (f"not ({text})", False)]:
        yield said
        if (told := walked(of.path, [("$filter", said), ("$count", "true")])) is not None:
            same("$filter", told[0], [row for row in of.rows() if test(row) == is_so])
            if not told[1] == len(told[0]) == int(good(f"{of.path}/$count", [("$filter", said)])):
                raise Mismatch(f"the counts are not the number of rows, {len(told[0])}")


def pages(of):
    """Orders are orders of all rows, null last; parts of them are what stands in the whole, and columns of them change no row."""
    keys = [(column, chance.choice([" desc", " asc", ""])) for column in of.columns("$orderby")[:chance.choice([0, 1, 2, 3])]]
    order, some = [("$orderby", ",".join(column + way for column, way in keys))] if keys else [], of.columns()[:3]
    top, skip = chance.choice([0, 1, 2, 10_000_000]), chance.choice([0, 1, len(of.rows()) // 2, len(of.rows()), 10_000_000])
    yield order, top, skip, some
    whole, total = walked(of.path, [*order, ("$count", "true")])
    same("$orderby", whole, of.rows())
    for (one, other), (column, way) in itertools.product(itertools.pairwise(whole), [key for key in keys[:1] if f"{key[0]}_label" not in of.types]):
        cells = of.value(one, column), of.value(other, column)  # Codes, which have labels, are ordered by their rank.
        if cells[1] is not None and cells[0] != cells[1] and (cells[0] is None or (cells[0] < cells[1]) == (way == " desc")):
            raise Mismatch(f"{cells[0]!r} stands before {cells[1]!r}")
    if total != len(whole) or walked(of.path, [*order, ("$top", str(top)), ("$skip", str(skip))])[0] != whole[skip:skip + top]:
        raise Mismatch("a part does not stand in the whole, or the total is not that of the rows")
    if walked(of.path, [*order, ("$select", ",".join(some))])[0] != [{name: row[name] for name in some} for row in whole]:
        raise Mismatch("$select changes the rows")


def figures(of):
    """Groups and figures are what comes of putting the plain rows together."""
    by, (text, test) = of.columns()[:chance.choice([0, 1, 2, 3])], chance.choice([of.condition(), ("true", lambda row: True)])
    ways = [(column, way) for column in of.columns() for way in ["min", "max", "countdistinct"] + ["sum", "average"] * 2 * (of.types[column] in ("Int64", "Decimal"))]
    some = [(column, way, f"figure{at}") for at, (column, way) in enumerate(chance.sample(ways, min(len(ways), 3)))]
    said = f"aggregate({','.join(['$count as n', *(f'{column} with {way} as {name}' for column, way, name in some)])})"
    said = f"filter({text})/" + (f"groupby(({','.join(by)}),{said})" if by else said)
    yield said
    if (told := walked(of.path, [("$apply", said)])) is None:
        return
    groups, wanted = collections.defaultdict(list, {} if by else {(): []}), []
    for row in filter(test, of.rows()):
        groups[tuple(row[column] for column in by)].append(row)
    for key, rows in groups.items():
        wanted.append({**dict(zip(by, key)), "n": len(rows)})
        for column, way, name in some:
            cells = sorted((row[column] for row in rows if row[column] is not None), key=lambda cell: of.value({column: cell}, column))
            how = {"min": lambda: cells[0], "max": lambda: cells[-1], "sum": lambda: sum(cells),  # Means are cut to millionths.
                   "average": lambda: Decimal(int(Decimal(sum(cells)) * 10**6 / len(cells))) / 10**6}
            wanted[-1][name] = len(set(cells)) if way == "countdistinct" else how[way]() if cells else None
    same("$apply", told[0], wanted)
    many = [("$apply", said), ("$filter", "n ge 2"), ("$orderby", ",".join(["n desc", *by][:3]))]
    whole = walked(of.path, many)[0]
    same("$filter after $apply", whole, [row for row in wanted if row["n"] >= 2])
    if walked(of.path, [*many, ("$top", "3"), ("$skip", "1")])[0] != whole[1:4]:
        raise Mismatch("a part of the groups does not stand in the whole")


def others(of):
    """What a way leads to is what the caller reads there, or nothing; an entity by its key is the one in the list."""
    way, row = chance.choice(list(of.ways) or [None]), chance.choice(of.rows())
    key = row[of.key] if of.types[of.key] == "Guid" else quoted(row[of.key])
    yield way, key
    told = good(f"{of.path}({quote(chance.choice([key, f'{of.key}={key}']), safe='')})", ())
    same("by key", [{name: told.get(name) for name in of.types}], [row])
    if way:
        target = sets[of.ways[way]]
        there, names = {row[target.key]: row for row in target.rows()}, chance.choice([list(target.types), target.columns()[:2] + [target.key]])
        if (told := walked(of.path, [("$expand", f"{way}($select={','.join(names)})")])) is not None and not target.is_refused:
            led = lambda row: (one := there.get(row[f"{way}_id"])) and {name: one[name] for name in names}
            same("$expand", told[0], [{**row, way: led(row)} for row in of.rows()])


def nonsense(of):
    """What is nearly right breaks nothing, and gets no rows that a plain read has not."""
    text, column = of.condition()[0], chance.choice(list(of.types))
    many = lambda one, between, most=LONGEST: between.join([one] * min(1900, max(1, most // len(one + between))))
    some = chance.choice([text, text, text, "(" * 100 + text + ")" * 100, "not " * 100 + text, many(text, " or ", LONGEST // 4), many("true", " and "), many("true", " or "),
                          f"{column} {chance.choice(['eq', 'in', 'has', 'mod', 'EQ', 'le'])} {chance.choice(WRONG + NUMBERS + DAYS + IDS)}",
                          f"{chance.choice(['tolower', 'year', 'contains', 'now', 'any'])}({column}{chance.choice(['', ',1', ',null', chr(39)])})",
                          f"contains({column},'a') {chance.choice(list(HOWS))} {chance.choice(['null', 'true', column])}",
                          f"{column} in ({','.join(chance.choices(NUMBERS + DAYS + IDS, k=chance.choice([0, 2, 300])))})"])
    for at in (chance.randrange(len(some) + 1) for _ in range(chance.choice([0, 0, 1, 3]))):
        some = some[:at] + chance.choice([*"'(),/ \0\né😀$;=-+%", "\udcff", " not ", "null"]) + some[at + chance.choice([0, 0, 1]):]
    option = chance.choice(OPTIONS)
    value = {"$apply": [f"filter({some})/aggregate($count as n)", f"groupby(({some}))", f"aggregate({column} with {some} as n)", f"groupby(({column}),aggregate($count as {column}))"],
             "$skiptoken": ["", "0", "-1", "99999999999999999999", "MCA", "MCBhYmM", "OTkg", "////", some[:40]], "$skip": ["-1", "", "10000000", "x"],
             "$top": ["-1", "", "1e3", "10000001", "99999999999999999999", "1.5"], "$expand": ["*", column, *of.ways, *(f"{way}($select=id;$top=1)" for way in of.ways), some]}
    query = [(option, chance.choice(value.get(option, [some])))]
    query += chance.choice([[], [], query, [("$top", "5")], [("$count", "true"), ("$top", "0")]])
    sent = encoded(query) + chance.choice(["", "", "", "&%zz", "&&", "&%24top=%31", "&$top=%", "&=", "&$filter", "&%ff=%fe"])
    end = chance.choice(["", "", "", "", "/$count", "()", "(%27%27)", f"({IDS[0]})", "/", "/x", "%ff", "/$metadata", "('", "(%27a=b(%27)"])
    yield end, sent
    status, told = ask(of.path + end, sent)
    keys = {row[of.key] for row in of.rows()}
    if of.is_refused and status == 200 or keys and not end and status == 200 and any(row.get(of.key, next(iter(keys))) not in keys for row in told["value"]) and option != "$apply":
        raise Mismatch("rows are told of that a plain read has not")


def tried(of, trial):
    """One trial; once more with rows that are read anew, for they may have become others meanwhile."""
    state, asked = chance.getstate(), None
    for is_last in (False, True):
        chance.setstate(state)
        try:
            for asked in trial(of):
                pass
            return
        except Mismatch as mismatch:
            for one in [of, *(sets[target] for target in of.ways.values())]:
                one.plain = None
            of.rows()
            if is_last:
                found(trial.__doc__, f"{of.path}: {asked}", "but", mismatch)


kinds = ask("/$metadata", [("$format", "json")])[1]["Concord"]
sets = {name: Set(name, kinds[f"{name}_row"]) for name, entry in kinds["Container"].items() if isinstance(entry, dict) and entry.get("$Collection")}
until, full = time.monotonic() + float(sys.argv[4]), [of for of in sets.values() if of.rows()]
while time.monotonic() < until:
    is_full = full and chance.random() < 0.7
    of, trial = (chance.choice(full), chance.choice([filters, filters, pages, figures, others, nonsense])) if is_full else (chance.choice(list(sets.values())), nonsense)
    tried(of, trial)
    trials[trial.__name__] += 1
over()
