//! An attacker who is nobody reads a cube on every day, over HTTP, and takes every figure from every other.

use std::collections::{BTreeMap, BTreeSet};

use chrono::TimeDelta;
use serde_json::{Value as Json, json};

use super::{CODES, Country, stage};
use crate::support::{TestApp, app, dice::Dice};

/// Gaps by area and country.
type Truth = BTreeMap<String, BTreeMap<&'static str, i64>>;

/// What is counted of a country, and the release by which it is.
#[derive(Default)]
struct Own {
    gaps: Vec<(&'static str, String)>,
    release: Option<String>,
}

const AREAS: [&str; 3] = ["BORDER", "LABS", "LAW"];

/// Something that a country does.
async fn live(dice: &mut Dice, (country, own): (&Country<'_>, &mut Own)) {
    let me = country.me().await;
    match (dice.roll(8), own.release.take()) {
        (0, Some(release)) => {
            me.act(&format!("/releases/{release}"), "revoke", json!({})).await.ok(200);
        }
        (1, release) if !own.gaps.is_empty() => {
            own.release = release;
            let at = dice.roll(own.gaps.len());
            let area = dice.pick(&AREAS).expect("an area");
            me.edit(&format!("/gaps/{}", own.gaps[at].1), json!({"area": area})).await.ok(200);
            own.gaps[at].0 = area;
        }
        (2 | 3, None) => own.release = Some(country.release("count", "public").await),
        (_, release) => {
            own.release = release;
            let area = dice.pick(&AREAS).expect("an area");
            own.gaps.push((area, country.gap(area, json!({})).await));
        }
    }
}

fn truth(countries: &[Country<'_>], owned: &[Own]) -> Truth {
    let mut all = Truth::new();
    for (country, own) in countries.iter().zip(owned).filter(|(_, own)| own.release.is_some()) {
        for (area, _) in &own.gaps {
            *all.entry((*area).to_owned()).or_default().entry(country.code).or_default() += 1;
        }
    }
    all
}

/// What is shown on a day, by area: countries, gaps, and the day on which that was counted.
async fn read(app: &TestApp) -> BTreeMap<String, (i64, i64, String)> {
    let told = app.anonymous().get("/cubes/gaps-by-area").await;
    let rows = told.ok(200)["rows"].as_array().cloned().unwrap_or_default();
    let shown = rows.into_iter().filter(|row| row["region"] == "CA" && !row["gaps"].is_null());
    let number = |value: &Json| value.as_i64().unwrap_or_default();
    let text = |value: &Json| value.as_str().unwrap_or_default().to_owned();
    shown
        .map(|row| {
            (text(&row["area"]), (number(&row["countries"]), number(&row["gaps"]), text(&row["since"])))
        })
        .collect()
}

/// Countries in which two sums of cells differ.
fn apart(one: &[&BTreeMap<&'static str, i64>], other: &[&BTreeMap<&'static str, i64>]) -> usize {
    let codes: BTreeSet<&str> = one.iter().chain(other).flat_map(|cell| cell.keys().copied()).collect();
    let sum = |cells: &[&BTreeMap<&'static str, i64>], code: &str| {
        cells.iter().filter_map(|cell| cell.get(code)).sum::<i64>()
    };
    codes.into_iter().filter(|code| sum(one, code) != sum(other, code)).count()
}

#[tokio::test]
async fn nothing_that_is_read_day_by_day_tells_of_one_country_or_two() {
    app(async |app| {
        let countries = stage(app, &CODES).await;
        let mut dice = Dice::of(7);
        let mut owned: Vec<Own> = CODES.iter().map(|_| Own::default()).collect();
        for (country, own) in countries.iter().zip(&mut owned) {
            for area in AREAS {
                own.gaps.push((area, country.gap(area, json!({})).await));
            }
        }
        for (country, own) in countries.iter().zip(&mut owned).take(4) {
            own.release = Some(country.release("count", "public").await);
        }
        let (mut days, mut truths) = (Vec::new(), BTreeMap::new());

        for _ in 0..24 {
            truths.insert(app.state.clock.today().to_string(), truth(&countries, &owned));
            days.push(read(app).await);
            app.state.clock.advance(TimeDelta::days(1));
            for _ in 0..dice.roll(4) {
                let at = dice.roll(countries.len());
                live(&mut dice, (&countries[at], &mut owned[at])).await;
            }
        }

        // Each figure is what was counted on its day, of three countries at least.
        for (area, (number, gaps, since)) in days.iter().flatten() {
            let counted = &truths[since][area];
            assert_eq!(
                (*number, *gaps),
                (i64::try_from(counted.len()).expect("few"), counted.values().sum())
            );
            assert!(*number >= 3, "{area} of {since}");
        }
        for (at, now) in days.iter().enumerate() {
            for then in &days[..at] {
                // Each cell beside itself, each sum of cells that are shown on both days, and all that is shown.
                let shown = |day: &BTreeMap<String, (i64, i64, String)>, areas: &[&String]| -> Vec<_> {
                    let cells =
                        areas.iter().filter_map(|area| Some(((*area).clone(), day.get(*area)?.2.clone())));
                    cells.map(|(area, since)| truths[&since][&area].clone()).collect()
                };
                let both: Vec<&String> = now.keys().filter(|area| then.contains_key(*area)).collect();
                let all: Vec<&String> =
                    now.keys().chain(then.keys()).collect::<BTreeSet<_>>().into_iter().collect();
                let alone = both.iter().map(|area| vec![*area]);
                for areas in alone.chain([both.clone(), all]) {
                    let (one, other) = (shown(now, &areas), shown(then, &areas));
                    let apart = apart(&one.iter().collect::<Vec<_>>(), &other.iter().collect::<Vec<_>>());
                    assert!(apart == 0 || apart >= 3, "{areas:?} of day {at} differ in {apart}");
                }
            }
        }
        let shown = days.iter().map(BTreeMap::len).sum::<usize>();
        let made: BTreeSet<&String> = days.iter().flatten().map(|(_, (.., since))| since).collect();
        assert!(shown > 20 && made.len() > 2, "{shown} {made:?}");
    })
    .await;
}
