//! A walk at random: whatever is moved, narrowed, released and taken back, nothing is visible beyond its owner without
//! a live release, nor below what is hidden.

use std::collections::{BTreeMap, BTreeSet};

use concord::domain::{KINDS, sharing::term};
use entity::release;
use kernel::{row::Row, store};
use sea_orm::sea_query::Cond;
use serde_json::{Value as Json, json};
use uuid::Uuid;

use super::in_hours;
use crate::support::{TestApp, app, client::Client, dice::Dice};

const READERS: [(&str, &[&str]); 3] = [
    ("partner", &["public", "partners", "org:UNICRI"]),
    ("regional", &["public", "region:CA"]),
    ("foreign_observer", &["public", "country:KAZ"]),
];

async fn rows(app: &TestApp, kind: &str) -> Vec<Row> {
    let def = KINDS.get(kind).expect("a kind");
    store::all(app.state.db.reading(), def, Cond::all()).await.expect("rows")
}

/// The releases in force of each set, with their audiences.
async fn live(app: &TestApp) -> BTreeMap<Uuid, BTreeSet<String>> {
    let now = app.state.clock.now();
    let is_live = |row: &&Row| {
        row.read(release::REVOKED_AT).is_none()
            && row.text("status").is_some_and(|status| !["suspended", "ended"].contains(&status))
            && row.read(release::FROM_AT).is_some_and(|from| from <= now)
            && row.read(release::UNTIL_AT).is_none_or(|until| until > now)
            && row.text("mode") == Some("read")
    };
    let releases = rows(app, "release").await;
    let audiences: BTreeMap<Uuid, Vec<String>> = releases
        .iter()
        .filter(is_live)
        .map(|row| (row.id(), row.read(release::AUDIENCES).unwrap_or_default()))
        .collect();
    let sets = rows(app, "release_set").await;
    sets.iter()
        .map(|set| {
            (
                set.id(),
                set.ids("releases").iter().filter_map(|id| audiences.get(id)).flatten().cloned().collect(),
            )
        })
        .collect()
}

/// What is shown to somebody without a live release to it, or below something hidden.
async fn wrong(app: &TestApp, name: &str, audiences: &[&str]) -> Vec<String> {
    let (client, sets) = (app.user(name).await, live(app).await);
    let mut seen: BTreeSet<Uuid> = BTreeSet::new();
    let mut all = Vec::new();
    for def in KINDS.served().filter(|def| def.is_national()) {
        let page = client.get(&format!("/{}?limit=200&owner=KGZ", def.collection)).await;
        let ids: BTreeSet<Uuid> = page.ok(200)["items"]
            .as_array()
            .expect("items")
            .iter()
            .map(|one| one["id"].as_str().expect("an id").parse().expect("an id"))
            .collect();
        seen.extend(&ids);
        all.extend(rows(app, def.name).await.into_iter().filter(|row| row.owner() == "KGZ"));
    }
    let mut found = Vec::new();
    for row in &all {
        let released = row.uuid("release_set_id").and_then(|set| sets.get(&set));
        let is_released = released.is_some_and(|of| audiences.iter().any(|one| of.contains(*one)));
        let parent = row.def().parent.iter().find_map(|parent| row.uuid(parent.column));
        let is_seen = seen.contains(&row.id());
        if is_seen != is_released || (is_seen && parent.is_some_and(|parent| !seen.contains(&parent))) {
            found.push(format!(
                "{name}: {} {} seen {is_seen}, released {is_released}, below {parent:?}",
                row.def().name,
                row.id()
            ));
        }
    }
    found
}

struct Walk<'a> {
    app: &'a TestApp,
    me: Client<'a>,
    dice: Dice,
    done: BTreeMap<&'static str, usize>,
}

impl Walk<'_> {
    async fn any(&mut self, kind: &str) -> Uuid {
        let all: Vec<Uuid> =
            rows(self.app, kind).await.iter().filter(|row| row.owner() == "KGZ").map(Row::id).collect();
        self.dice.pick(&all).expect("a record")
    }

    fn audience(&mut self) -> &'static str {
        self.dice
            .pick(&["partners", "public", "region:CA", "country:KAZ", "org:UNICRI"])
            .expect("an audience")
    }

    async fn release(&mut self) -> u16 {
        let hours = i64::try_from(self.dice.roll(3)).expect("hours");
        let now = (self.app.state.clock.now() - crate::support::start()).num_hours();
        let kind = self.dice.pick(&["plan", "pillar", "objective", "action", "task"]).expect("a kind");
        let subject = match self.dice.roll(4) {
            0 | 1 => json!({"plan": self.any("plan").await}),
            2 => json!({"kind": kind}),
            _ => json!({"record": {"kind": kind, "id": self.any(kind).await}}),
        };
        let mut body = json!({"subject": subject, "audiences": [self.audience()], "from_at": in_hours(now + hours),
            "include_future": self.dice.roll(2) == 0});
        if self.dice.roll(2) == 0 {
            body["until_at"] =
                json!(in_hours(now + hours + 1 + i64::try_from(self.dice.roll(3)).expect("hours")));
        }
        self.me.post("/releases", body).await.status
    }

    async fn revoke(&mut self) -> u16 {
        let id = self.any("release").await;
        self.me.act(&format!("/releases/{id}"), "revoke", json!({})).await.status
    }

    async fn edit(&mut self, kind: &str, body: Json) -> u16 {
        let id = self.any(kind).await;
        let path = format!("/{kind}s/{id}");
        self.me.edit(&path, body).await.status
    }

    async fn level(&mut self) -> u16 {
        let kind = self.dice.pick(&["plan", "pillar", "objective", "action", "task"]).expect("a kind");
        let level = self.dice.pick(&["group", "national", "national"]).expect("a level");
        self.edit(kind, json!({"visibility": level})).await
    }

    async fn shift(&mut self) -> u16 {
        let pillars: Vec<Row> = rows(self.app, "pillar").await;
        let pillar = self
            .dice
            .pick(&pillars.iter().filter(|row| row.owner() == "KGZ").map(Row::id).collect::<Vec<_>>());
        self.edit("objective", json!({"pillar": pillar})).await
    }

    async fn add(&mut self) -> u16 {
        let plan = self.any("plan").await;
        self.me.post("/pillars", json!({"plan": plan, "title": "More", "language": "en"})).await.status
    }

    async fn step(&mut self) {
        let (what, status) = match self.dice.roll(10) {
            0..=2 => ("release", self.release().await),
            3 | 4 => ("revoke", self.revoke().await),
            5 | 6 => ("level", self.level().await),
            7 => ("shift", self.shift().await),
            8 => ("add", self.add().await),
            _ => {
                self.app.state.clock.advance(chrono::TimeDelta::hours(1));
                term::keep_terms(&self.app.system()).await.expect("the terms are kept");
                self.me = self.app.user("focal_point").await;
                ("clock", 200)
            }
        };
        *self.done.entry(what).or_default() += usize::from(status < 300);
    }
}

async fn walk(app: &TestApp, seed: u64) {
    let mut walk =
        Walk { app, me: app.user("focal_point").await, dice: Dice::of(seed), done: BTreeMap::new() };
    for step in 0..60 {
        walk.step().await;
        if step % 3 == 0 {
            for (name, audiences) in READERS {
                assert_eq!(wrong(app, name, audiences).await, [""; 0], "seed {seed}, step {step}");
            }
        }
    }
    let did: Vec<_> = walk.done.iter().filter(|(_, times)| **times > 0).map(|(what, _)| *what).collect();
    assert_eq!(did, ["add", "clock", "level", "release", "revoke", "shift"]);
}

#[tokio::test]
async fn nothing_is_visible_without_a_live_release_and_nothing_below_the_hidden() {
    app(async |app| walk(app, 11).await).await;
    app(async |app| walk(app, 12).await).await;
}
