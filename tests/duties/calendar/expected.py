#!/usr/bin/env python3
"""Works out, without any code of the service, what its compiler of deadlines must lead to, and writes it beside this file.

- due_days.csv: every day of 2020 to 2035 by every calendar rule of api/data/obligations.csv, by python-dateutil;
- edges.csv: the same for rules that meet the ends of months and years, leap days and weeks;
- day_ends.csv: by how many minutes local time is ahead of UTC in the last second of each of these days, for each country of
  api/data/countries.csv, by the time zone data of this machine; days alike are one line;
- hours.csv: instants around each change of the clocks in these countries, and what lies 24 and 48 hours after them.

Run it after a change of one of the two files: python3 tests/duties/calendar/expected.py (needs python-dateutil, python 3.9).
"""

import csv
from datetime import date, datetime, time, timedelta, timezone
from pathlib import Path
from zoneinfo import ZoneInfo

from dateutil.rrule import rrulestr

HERE = Path(__file__).resolve().parent
DATA = HERE.parents[2] / "api" / "data"
FIRST, LAST = date(2020, 1, 1), date(2035, 12, 31)
QUARTER = timedelta(minutes=15)
# Rules with their first day, where they need one.
EDGES = [
    ("FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=29", ""),
    ("FREQ=YEARLY;INTERVAL=4;BYMONTH=2;BYMONTHDAY=29", "2016-02-29"),
    ("FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=-1", ""),
    ("FREQ=YEARLY;BYMONTH=12;BYMONTHDAY=31", ""),
    ("FREQ=YEARLY;BYYEARDAY=366", ""),
    ("FREQ=YEARLY;BYYEARDAY=-1", ""),
    ("FREQ=YEARLY;BYYEARDAY=60", ""),
    ("FREQ=YEARLY;BYMONTH=3;BYDAY=-1FR", ""),
    ("FREQ=YEARLY;BYMONTH=1;BYDAY=1MO", ""),
    ("FREQ=YEARLY;BYMONTH=6,12;BYMONTHDAY=30", ""),
    ("FREQ=YEARLY;BYMONTH=4;BYDAY=MO,TU,WE,TH,FR;BYSETPOS=1", ""),
    ("FREQ=YEARLY;INTERVAL=3;BYMONTH=12;BYMONTHDAY=31", "2019-12-31"),
    ("FREQ=YEARLY;BYMONTH=4;BYMONTHDAY=15;COUNT=3", "2021-04-15"),
    ("FREQ=YEARLY;BYMONTH=4;BYMONTHDAY=15;UNTIL=20300415T000000Z", ""),
    ("FREQ=MONTHLY;BYMONTHDAY=31", ""),
    ("FREQ=MONTHLY;BYMONTHDAY=-1", ""),
    ("FREQ=MONTHLY;INTERVAL=3;BYMONTHDAY=-1", "2019-12-31"),
    ("FREQ=MONTHLY;BYDAY=2WE", ""),
    ("FREQ=WEEKLY;BYDAY=TH", ""),
    ("FREQ=WEEKLY;INTERVAL=2;BYDAY=MO", "2019-12-30"),
    ("FREQ=YEARLY;BYWEEKNO=20;BYDAY=MO", ""),
]


def read(name):
    with open(DATA / name, newline="", encoding="utf-8") as file:
        return list(csv.DictReader(file))


def write(name, head, rows):
    with open(HERE / name, "w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(head)
        writer.writerows(rows)


def due_days():
    """Obligation, due day, and the period covered: the years from the last due day on, or the year to come."""
    found, fuller = {}, {}
    for line in read("obligations.csv"):
        if not line["rrule"]:
            continue
        start = datetime.fromisoformat(line["dtstart"] or "1970-01-01")
        rule = rrulestr(line["rrule"], dtstart=start)
        days = [at.date() for at in rule.between(datetime(2000, 1, 1), datetime(2036, 1, 1))]
        apart = days[1].year - days[0].year
        for day in days:
            if line["covers"] == "next_year":
                period = (day.year + 1, day.year + 1)
            else:
                period = (day.year - apart, day.year - 1)
            found[line["code"], day] = period
        fuller[line["code"]] = line["superseded_in_period_by"]
    rows = []
    for (code, day), (first, last) in sorted(found.items()):
        if FIRST <= day <= LAST and (fuller[code], day) not in found:
            rows.append([code, day, date(first, 1, 1), date(last, 12, 31)])
    return rows


def edges():
    rows = []
    for rule, first in EDGES:
        start = datetime.fromisoformat(first or "1970-01-01")
        times = rrulestr(rule.replace("000000Z", "000000"), dtstart=start)
        days = times.between(datetime(2020, 1, 1), datetime(2035, 12, 31), inc=True)
        rows.append([rule, first, ";".join(str(at.date()) for at in days)])
    return rows


def last_seconds(zone):
    """Each day with the last second that is on it there: the last quarter of an hour of which the first second is, to its end."""
    ends = {}
    at = datetime.combine(FIRST, time(), timezone.utc) - timedelta(days=1)
    end = datetime.combine(LAST, time(), timezone.utc) + timedelta(days=2)
    while at < end:
        ends[at.astimezone(zone).date()] = at + QUARTER - timedelta(seconds=1)
        at += QUARTER
    return ends


def day_ends(zones):
    rows = []
    for country, zone in zones:
        ends = last_seconds(zone)
        day, run = FIRST, None
        while day <= LAST:
            ahead = datetime.combine(day, time(23, 59, 59), timezone.utc) - ends[day]
            minutes = int(ahead / timedelta(minutes=1))
            if run and run[-1] == minutes:
                run[3] = day
            else:
                run = [country, zone.key, day, day, minutes]
                rows.append(run)
            day += timedelta(days=1)
    return rows


def hours(zones):
    """What happens at noon, local time, before and after each change of clocks of 2026 and 2027, and what is due by the hour."""
    rows = []
    for country, zone in zones:
        day = date(2026, 1, 1)
        while day < date(2028, 1, 1):
            noon = datetime.combine(day, time(12), zone)
            after = datetime.combine(day + timedelta(days=1), time(12), zone)
            if noon.utcoffset() != after.utcoffset():
                for count in (24, 48):
                    happened = noon.astimezone(timezone.utc)
                    due = happened + timedelta(hours=count)
                    local = due.astimezone(zone)
                    rows.append([country, zone.key, f"{happened:%Y-%m-%dT%H:%M:%SZ}", count, f"{due:%Y-%m-%dT%H:%M:%SZ}", local.date()])
            day += timedelta(days=1)
    return rows


def main():
    zones = [(line["iso3"], ZoneInfo(line["time_zones"].split(";")[0])) for line in read("countries.csv")]
    write("due_days.csv", ["obligation", "due_on", "period_from", "period_to"], due_days())
    write("edges.csv", ["rrule", "dtstart", "due_days"], edges())
    write("day_ends.csv", ["country", "time_zone", "from_on", "until_on", "minutes_ahead"], day_ends(zones))
    write("hours.csv", ["country", "time_zone", "happened_at", "hours", "due_at", "due_on"], hours(zones))


if __name__ == "__main__":
    main()
