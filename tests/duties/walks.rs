//! What holds of commitments and deadlines whatever happens: walks at random, and after each step everything is looked at.

mod walker;

use std::collections::{BTreeMap, BTreeSet};

use chrono::{Datelike, Months, NaiveDate};
use concord::domain::{Registered, treaties::compile};
use entity::{Commitment, Deadline, commitment, deadline, vocab::DeadlineStatus};
use kernel::{Ctx, cause::Cause, row::Row, store};
use sea_orm::sea_query::Cond;
use serde_json::{Value as Json, json};
use uuid::Uuid;

use crate::{
    bad_input::head,
    support::{TestApp, app},
};
use walker::Walker;

/// Statuses of a State that is bound.
const BOUND: [&str; 3] = ["ratified", "acceded", "in_force"];

/// What is stored.
struct Stored {
    commitments: BTreeMap<Uuid, Row>,
    deadlines: Vec<Row>,
}

impl Stored {
    async fn of(app: &TestApp) -> Self {
        let conn = app.state.db.reading();
        let commitments = store::all(conn, Commitment::def(), Cond::all()).await.expect("commitments");
        let deadlines = store::all(conn, Deadline::def(), Cond::all()).await.expect("deadlines");
        Self { commitments: commitments.into_iter().map(|row| (row.id(), row)).collect(), deadlines }
    }

    /// Ids of deadlines by what tells them.
    fn ids(&self) -> BTreeMap<(Uuid, String), Uuid> {
        let key = |row: &Row| Some((row.read(deadline::COMMITMENT)?, row.read(deadline::ORIGIN)?));
        self.deadlines.iter().filter_map(|row| Some((key(row)?, row.id()))).collect()
    }

    fn upcoming(&self) -> impl Iterator<Item = &Row> {
        self.deadlines.iter().filter(|row| row.read(deadline::STATUS) == Some(DeadlineStatus::Upcoming))
    }
}

/// First day on which a State may be bound that says so; none for one that is not bound.
fn bound_from(participation: &Json, framework: &Json) -> Option<NaiveDate> {
    let is_bound = BOUND.iter().any(|status| participation["status"] == *status);
    let in_force: NaiveDate = framework["in_force_on"].as_str().filter(|_| is_bound)?.parse().ok()?;
    let own = participation["in_force_on"].as_str().and_then(|day| day.parse::<NaiveDate>().ok());
    let first = match participation["in_force_precision"].as_str() {
        Some("month") => own.and_then(|day| day.with_day(1)),
        Some("year") => own.and_then(|day| day.with_day(1)?.with_month(1)),
        _ => own,
    };
    Some(first.map_or(in_force, |first| std::cmp::max(first, in_force)))
}

/// Everything that does not hold, one line each.
async fn faults(app: &TestApp, walker: &Walker<'_>, stored: &Stored) -> Vec<String> {
    let mut from: BTreeMap<Uuid, NaiveDate> = BTreeMap::new();
    for path in &walker.participations {
        let own = walker.focal.get(path).await.ok(200).clone();
        let id = own["framework"]["id"].as_str().expect("an id").to_owned();
        let framework = walker.focal.get(&format!("/frameworks/{id}")).await.ok(200).clone();
        from.extend(bound_from(&own, &framework).map(|day| (id.parse().expect("an id"), day)));
    }
    let parts = walker.steward.get("/obligations?limit=200").await.ok(200)["items"].clone();
    let parts: BTreeSet<Uuid> = parts
        .as_array()
        .into_iter()
        .flatten()
        .filter(|one| !one["part_of"].is_null())
        .filter_map(|one| one["id"].as_str()?.parse().ok())
        .collect();
    let mut found = Vec::new();
    let mut days = BTreeSet::new();
    for row in stored.upcoming() {
        let what = format!("{:?} {:?}", row.read(deadline::RULE), row.read(deadline::DUE_ON));
        let above = &stored.commitments[&row.read(deadline::COMMITMENT).expect("a commitment")];
        let by_hand = row.read(deadline::DUE_REASON).is_some();
        // What was moved by hand is judged by the day of its rule.
        let on = row.read(deadline::RULE_DUE_ON).or(row.read(deadline::DUE_ON)).expect("a day");
        let says = above.text(commitment::APPLICABILITY.column).unwrap_or_default();
        if ["not_applicable", "in_abeyance"].contains(&says) {
            found.push(format!("{what}: it is {says}"));
        }
        if parts.contains(&row.read(deadline::OBLIGATION).expect("an obligation")) {
            found.push(format!("{what}: it is a part of a whole"));
        }
        match from.get(&row.read(deadline::FRAMEWORK).expect("a framework")) {
            None => found.push(format!("{what}: no party")),
            Some(first) if on < *first => found.push(format!("{what}: before entry into force on {first}")),
            Some(_) => {}
        }
        if !by_hand && !days.insert((above.id(), row.read(deadline::DUE_ON), row.read(deadline::EVENT))) {
            found.push(format!("{what}: twice"));
        }
    }
    let of: BTreeSet<_> =
        stored.commitments.values().map(|row| (row.owner(), row.read(commitment::OBLIGATION))).collect();
    if of.len() != stored.commitments.len() || stored.ids().len() != stored.deadlines.len() {
        found.push("something is there twice".into());
    }
    if app.count("commitment WHERE owner = 'KAZ'").await > 0 {
        found.push("a country that did not ask has commitments".into());
    }
    found
}

async fn walk(app: &TestApp, seed: u64) {
    let mut walker = Walker::begin(app, seed).await;
    let job = Ctx { cause: Cause::Job, ..app.system() };
    let mut ids = BTreeMap::new();
    let mut taken = 0;
    for number in 0..30 {
        taken += u32::from(walker.step().await);

        let before = head(app).await;
        compile::daily(&job).await.expect("a day");

        assert_eq!(
            head(app).await,
            before,
            "walk {seed}, step {number} left something to do: {}",
            walker.last
        );
        let stored = Stored::of(app).await;
        assert_eq!(
            faults(app, &walker, &stored).await,
            Vec::<String>::new(),
            "walk {seed}, step {number}: {}",
            walker.last
        );
        let now = stored.ids();
        let lost: Vec<_> = ids.iter().filter(|(key, id)| now.get(*key) != Some(*id)).collect();
        assert_eq!(
            lost,
            Vec::<(&(Uuid, String), &Uuid)>::new(),
            "walk {seed}, step {number}: ids are for life"
        );
        ids = now;
    }
    assert!(taken > 10, "walk {seed}: {taken} steps were taken");
    assert!(ids.len() > 5, "walk {seed}: {} deadlines", ids.len());
}

#[tokio::test]
async fn whatever_happens_the_day_after_finds_nothing_to_do_and_ids_stay() {
    for seed in 1..=4 {
        app(async |app| walk(app, seed).await).await;
    }
}

#[tokio::test]
async fn a_horizon_that_moves_leaves_nothing_to_a_country_that_is_no_party_any_more() {
    app(async |app| {
        let own = super::world(app, Some("2005-01-01")).await;
        let me = app.user("focal_point").await;
        super::compiled(&me).await;
        let asked =
            me.get("/compilations").await.ok(200)["items"][0]["id"].as_str().expect("an id").to_owned();
        me.edit(&format!("/compilations/{asked}"), json!({"horizon_years": 10})).await.ok(200);
        super::compiled(&me).await;
        let far = super::deadlines(&me).await;

        me.edit(&format!("/compilations/{asked}"), json!({"horizon_years": 1, "from_on": "2027-06-01"}))
            .await
            .ok(200);
        super::compiled(&me).await;
        let kept = me.get("/deadlines?status=upcoming&total=true").await;
        me.edit(&own, json!({"status": "not_party"})).await.ok(200);
        let left = me.get("/deadlines?status=upcoming&total=true").await;

        let last = app.state.clock.today().checked_add_months(Months::new(120)).expect("a day");
        assert!(far.iter().any(|(_, day, _)| day.starts_with(&(last.year()).to_string())), "{far:?}");
        assert_eq!(kept.ok(200)["page"]["total"], json!(far.len()), "what is there stays");
        assert_eq!(left.ok(200)["page"]["total"], 0);
    })
    .await;
}
