//! What the compiler leads to, beside what `calendar/expected.py` worked out by other means.

use std::collections::{BTreeMap, BTreeSet};

use chrono::{DateTime, Duration, NaiveDate, NaiveTime, Utc};
use chrono_tz::Tz;
use concord::domain::{
    Registered,
    treaties::{
        compile,
        rules::{Calendar, Offset, end_of},
    },
};
use entity::{
    Compilation, Country, Deadline, Framework, Obligation, Participation, country, deadline, framework,
    obligation, vocab::DueBasis,
};
use kernel::{
    Ctx, KindDef,
    cause::Cause,
    record::Op,
    row::Row,
    store,
    unit::{Atomic, Unit},
};
use sea_orm::sea_query::Cond;
use serde_json::{Value as Json, json};
use uuid::Uuid;

use crate::{seeding::empty, support::TestApp};

const DUE_DAYS: &str = include_str!("calendar/due_days.csv");
const EDGES: &str = include_str!("calendar/edges.csv");
const DAY_ENDS: &str = include_str!("calendar/day_ends.csv");
const HOURS: &str = include_str!("calendar/hours.csv");

fn lines(text: &str) -> Vec<Vec<String>> {
    let mut reader = csv::Reader::from_reader(text.as_bytes());
    let cells =
        |line: csv::Result<csv::StringRecord>| line.expect("a line").iter().map(str::to_owned).collect();
    reader.records().map(cells).collect()
}

fn day(text: &str) -> NaiveDate {
    text.parse().expect("a day")
}

fn last() -> NaiveDate {
    day("2035-12-31")
}

/// The last second of days in a country, by the fixture.
struct DayEnds(Vec<(String, Tz, (NaiveDate, NaiveDate), Duration)>);

impl DayEnds {
    fn read() -> Self {
        let minutes = |text: &str| Duration::minutes(text.parse().expect("minutes"));
        let read = |line: &Vec<String>| {
            let zone = line[1].parse().expect("a time zone");
            (line[0].clone(), zone, (day(&line[2]), day(&line[3])), minutes(&line[4]))
        };
        Self(lines(DAY_ENDS).iter().map(read).collect())
    }

    fn of(&self, country: &str, on: NaiveDate) -> DateTime<Utc> {
        let is_it = |(code, _, (from, to), _): &&(String, Tz, (NaiveDate, NaiveDate), Duration)| {
            code == country && (*from..=*to).contains(&on)
        };
        ends(on, self.0.iter().find(is_it).expect("a country").3)
    }
}

fn ends(on: NaiveDate, ahead: Duration) -> DateTime<Utc> {
    on.and_time(NaiveTime::from_hms_opt(23, 59, 59).expect("a time")).and_utc() - ahead
}

#[test]
fn the_last_second_of_every_day_is_that_of_the_time_zone() {
    let all = DayEnds::read();
    let wrong = |(_, zone, (from, to), ahead): &(String, Tz, (NaiveDate, NaiveDate), Duration)| {
        let days = from.iter_days().take_while(|on| on <= to);
        days.filter(|on| end_of(*on, *zone) != ends(*on, *ahead)).map(|on| format!("{zone} {on}")).collect()
    };

    let wrong: Vec<String> = all.0.iter().flat_map(|line| -> Vec<String> { wrong(line) }).collect();

    let countries: BTreeSet<&str> = all.0.iter().map(|(code, ..)| code.as_str()).collect();
    assert_eq!(countries.len(), 65, "64 partners and Turkmenistan");
    assert_eq!(wrong, Vec::<String>::new());
}

#[test]
fn a_day_that_clocks_end_twice_ends_the_second_time() {
    // Put back at a minute past midnight, to 23:01 of the day before.
    let newfoundland = end_of(day("2010-11-06"), "America/St_Johns".parse().expect("a zone"));
    // Put back at one in the morning, to midnight: the day before has ended.
    let azores = end_of(day("2027-10-30"), "Atlantic/Azores".parse().expect("a zone"));
    // Put forward at midnight, to one in the morning.
    let beirut = end_of(day("2027-03-27"), "Asia/Beirut".parse().expect("a zone"));

    assert_eq!(newfoundland.to_rfc3339(), "2010-11-07T03:29:59+00:00");
    assert_eq!(azores.to_rfc3339(), "2027-10-30T23:59:59+00:00");
    assert_eq!(beirut.to_rfc3339(), "2027-03-27T21:59:59+00:00");
}

#[test]
fn hours_are_hours_where_clocks_change() {
    let all = lines(HOURS);
    let wrong = |line: &&Vec<String>| {
        let zone: Tz = line[1].parse().expect("a time zone");
        let [happened, due] =
            [&line[2], &line[4]].map(|text| text.parse::<DateTime<Utc>>().expect("an instant"));
        let offset = Offset::read(&format!("PT{}H", line[3])).expect("a duration");
        offset.from_instant(happened, zone) != Some((day(&line[5]), due))
    };

    assert!(all.len() > 60, "{} lines", all.len());
    assert_eq!(all.iter().filter(wrong).collect::<Vec<_>>(), Vec::<&Vec<String>>::new());
}

#[test]
fn ends_of_months_and_years_leap_days_and_weeks_are_met() {
    let mut expected: BTreeMap<(String, String), Vec<NaiveDate>> = BTreeMap::new();
    for line in lines(EDGES) {
        expected.insert((line[0].clone(), line[1].clone()), line[2].split(';').map(day).collect());
    }

    let found = expected.keys().map(|(rule, first)| {
        let read = Calendar::read(rule, first.parse().ok()).expect("a rule");
        ((rule.clone(), first.clone()), read.days(day("2020-01-01"), last()))
    });

    let found: BTreeMap<_, _> = found.collect();
    assert_eq!(expected.len(), 21);
    assert_eq!(found, expected);
}

fn op(fields: &Json) -> Op {
    Op::Create(fields.as_object().cloned().expect("an object"))
}

async fn made(unit: &mut Unit, def: &'static KindDef, fields: Vec<Json>) {
    unit.apply(def, fields.iter().map(op).collect(), Atomic::All).await.expect("records");
}

async fn all(app: &TestApp, def: &'static KindDef) -> Vec<Row> {
    store::all(app.state.db.reading(), def, Cond::all()).await.expect("rows")
}

async fn codes(app: &TestApp, def: &'static KindDef, column: &str) -> BTreeMap<Uuid, String> {
    let all = all(app, def).await;
    all.iter().filter_map(|row| Some((row.id(), row.text(column)?.to_owned()))).collect()
}

/// What says that a country is bound since 2018, or since there is something to be bound by.
fn bound(country: &str, framework: &Row) -> Json {
    let days = [framework::ADOPTED_ON, framework::IN_FORCE_ON].map(|field| framework.read(field));
    let since = days.into_iter().flatten().chain([day("2018-01-01")]).max();
    json!({"owner": country, "country": country, "framework": framework.text("code"), "status": "ratified", "in_force_on": since,
        "in_force_precision": "day", "confidence": "high", "source": "test"})
}

fn asks(country: &str) -> Json {
    json!({"owner": country, "from_on": "2020-01-01", "horizon_years": 10})
}

/// The reference data, a State that is bound by everything, and all countries bound by two treaties.
async fn world(app: &TestApp) -> Ctx {
    let ctx = Ctx { cause: Cause::Job, ..app.system() };
    concord::seed::reference(&app.system()).await.expect("the reference data");
    let frameworks = all(app, Framework::def()).await;
    let countries = codes(app, Country::def(), country::CODE.column).await;
    let mut unit = ctx.begin().await.expect("a unit");
    let state = json!({"code": "XAB", "iso2": "XB", "name": "Island", "name_long": "The island", "official_languages": ["en"],
        "time_zone": "Pacific/Auckland", "is_partner": false, "confidence": "high"});
    made(&mut unit, Country::def(), vec![state]).await;
    let mut facts: Vec<Json> = frameworks.iter().map(|row| bound("XAB", row)).collect();
    let two = ["BASEL", "AP"];
    let two = frameworks.iter().filter(|row| two.map(Some).contains(&row.text(framework::CODE.column)));
    for framework in two {
        facts.extend(countries.values().map(|code| bound(code, framework)));
    }
    made(&mut unit, Participation::def(), facts).await;
    let everybody = countries.values().map(String::as_str).chain(["XAB"]);
    made(&mut unit, Compilation::def(), everybody.map(asks).collect()).await;
    unit.commit().await.expect("a world");
    ctx
}

/// The deadlines of the calendar up to 2035: owner, obligation, due day, instant, period.
async fn found(app: &TestApp) -> Vec<(String, String, NaiveDate, DateTime<Utc>, Vec<NaiveDate>)> {
    let obligations = codes(app, Obligation::def(), obligation::CODE.column).await;
    let rows = all(app, Deadline::def()).await;
    let read = |row: &Row| {
        let on = row.read(deadline::DUE_ON)?;
        let period =
            [deadline::PERIOD_FROM, deadline::PERIOD_TO].into_iter().filter_map(|field| row.read(field));
        let code = obligations.get(&row.read(deadline::OBLIGATION)?)?.clone();
        (row.read(deadline::BASIS)? == DueBasis::Calendar && on <= last()).then(|| {
            (
                row.owner().to_owned(),
                code,
                on,
                row.read(deadline::DUE_AT).expect("an instant"),
                period.collect(),
            )
        })
    };
    rows.iter().filter_map(read).collect()
}

#[tokio::test]
async fn every_calendar_rule_leads_to_the_days_that_were_worked_out_by_other_means() {
    empty(async |app| {
        let ctx = world(app).await;

        compile::daily(&ctx).await.expect("a day");
        let all = found(app).await;
        let sets = app.count("change_set").await;
        compile::daily(&ctx).await.expect("a day");

        let own = all.iter().filter(|(owner, ..)| owner == "XAB");
        let mut own: Vec<Vec<String>> = own
            .map(|(_, code, on, _, period)| {
                let days = std::iter::once(on).chain(period).map(ToString::to_string);
                std::iter::once(code.clone()).chain(days).collect()
            })
            .collect();
        own.sort();
        assert_eq!(own, lines(DUE_DAYS));
        let rules: BTreeSet<&String> = own.iter().map(|line| &line[0]).collect();
        assert_eq!(rules.len(), 11);
        let ends = DayEnds::read();
        let others: Vec<_> = all.iter().filter(|(owner, ..)| owner != "XAB").collect();
        let wrong = |(owner, _, on, at, _): &&&(String, String, NaiveDate, DateTime<Utc>, Vec<NaiveDate>)| {
            ends.of(owner, *on) != *at
        };
        let two = others.iter().filter(|(_, code, ..)| ["BASEL-13-3", "AP-ANNUAL"].contains(&code.as_str()));
        assert_eq!(two.count(), 65 * 2 * 16);
        assert_eq!(others.iter().filter(wrong).collect::<Vec<_>>(), Vec::<&&_>::new());
        assert_eq!(app.count("change_set").await, sets, "the next run writes nothing");
    })
    .await;
}
