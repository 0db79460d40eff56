//! Whoever applies every change holds what the lists give, whatever happens meanwhile.

use std::collections::{BTreeMap, BTreeSet};

use chrono::TimeDelta;
use concord::domain::{
    KINDS,
    sharing::{self, term},
};
use kernel::{KindDef, record::Op, store};
use sea_orm::sea_query::{Cond, ExprTrait};
use serde_json::{Map, Value as Json, json};
use uuid::Uuid;

use crate::support::{TestApp, app, client::Client, dice::Dice};

/// Those who follow the feed.
const FOLLOWERS: &[&str] = &[
    "focal_point",
    "officer",
    "contributor",
    "bystander",
    "observer",
    "public_portal",
    "foreign_focal_point",
    "foreign_observer",
    "regional",
    "partner",
    "operator",
    "anonymous",
    "focal_point as public",
    "focal_point as partners",
    "focal_point as network",
    "focal_point as region:CA",
    "focal_point as agency:MOF",
];

/// Steps of one walk.
const STEPS: usize = 90;

/// What a follower holds: plain members of each record by kind and id.
type Held = BTreeMap<(String, String), Json>;

/// The members that no other record has a say in.
fn plain(record: &Json) -> Json {
    let members = record.as_object().expect("a record").iter();
    let plain = members.filter(|(name, value)| {
        *name != "can" && (value.is_string() || value.is_number() || value.is_boolean())
    });
    Json::Object(plain.map(|(name, value)| (name.clone(), value.clone())).collect::<Map<_, _>>())
}

async fn client<'a>(app: &'a TestApp, name: &str) -> Client<'a> {
    match name.split_once(" as ") {
        Some((name, audience)) => app.user(name).await.with("x-concord-view-as", audience),
        None if name == "anonymous" => app.anonymous(),
        None => app.user(name).await,
    }
}

/// Kinds whose records may come, go or change on a walk: a country's.
fn walked() -> impl Iterator<Item = &'static KindDef> {
    KINDS.served().filter(|def| def.is_national())
}

/// Those of them that there are records of. Lists of others stay empty: no step makes the first record of a kind.
async fn peopled(app: &TestApp) -> Vec<&'static KindDef> {
    let mut found = Vec::new();
    for def in walked() {
        let row = store::first(app.state.db.reading(), def, Cond::all()).await.expect("a read");
        found.extend(row.map(|_| def));
    }
    found
}

/// Everything the lists of these kinds give.
async fn lists(client: &Client<'_>, kinds: impl Iterator<Item = &'static KindDef>) -> Held {
    let mut held = Held::new();
    for def in kinds {
        let mut after = String::new();
        loop {
            let answer = client.get(&format!("/{}?limit=200{after}", def.collection)).await;
            if answer.status == 401 {
                break;
            }
            let page = answer.ok(200);
            for record in page["items"].as_array().expect("items") {
                let id = record["id"].as_str().expect("an id").to_owned();
                held.insert((def.name.to_owned(), id), plain(record));
            }
            let Some(next) = page["page"]["next"].as_str() else { break };
            after = format!("&after={next}");
        }
    }
    held
}

/// Somebody who follows the feed.
struct Mirror {
    name: &'static str,
    after: Option<String>,
    held: Held,
    resets: usize,
}

impl Mirror {
    /// What it holds of these kinds.
    fn holds_of(&self, kinds: impl Iterator<Item = &'static KindDef>) -> Held {
        let names: Vec<&str> = kinds.map(|def| def.name).collect();
        let held = self.held.iter().filter(|((kind, _), _)| names.contains(&kind.as_str()));
        held.map(|(key, record)| (key.clone(), record.clone())).collect()
    }

    /// Applies what was told since the last time; begins anew where the feed says so.
    async fn follow(&mut self, client: &Client<'_>, limit: usize) {
        loop {
            let from = self.after.as_ref().map_or(String::new(), |cursor| format!("&after={cursor}"));
            let answer = client.get(&format!("/changes?limit={limit}{from}")).await;
            if answer.status == 410 {
                self.resets += 1;
                self.after = Some(super::now(client).await);
                self.held = lists(client, KINDS.served()).await;
                continue;
            }
            let page = answer.ok(200);
            for change in page["items"].as_array().expect("items") {
                let key = ["kind", "id"].map(|name| change[name].as_str().expect("a text").to_owned());
                if change["event"] == "disappeared" {
                    self.held.remove(&key.into());
                } else {
                    self.held.insert(key.into(), plain(&change["record"]));
                }
            }
            self.after = page["next"].as_str().map(str::to_owned);
            if page["has_more"] == false {
                return;
            }
        }
    }
}

/// The world that changes at random.
struct Walk<'a> {
    app: &'a TestApp,
    dice: Dice,
    releases: Vec<Uuid>,
    /// Steps of each sort that did something.
    done: BTreeMap<&'static str, usize>,
}

impl Walk<'_> {
    async fn step(&mut self) {
        let (what, done) = match self.dice.roll(12) {
            0 | 1 => ("create", self.create().await),
            2 => ("title", self.edit_task(json!({"title": "Other"})).await),
            3 => ("level", self.level().await),
            4 => ("share", self.share().await),
            5 => ("delete", self.delete().await),
            6 => ("plan", self.narrow_or_widen().await),
            7 | 8 => ("release", self.release().await),
            9 => ("revoke", self.revoke().await),
            10 => ("seat", self.seat().await),
            _ => ("clock", self.clock().await),
        };
        *self.done.entry(what).or_default() += usize::from(done);
    }

    async fn apply(&self, kind: &str, op: Op) -> bool {
        let def = KINDS.get(kind).expect("a kind");
        self.app.system().write(async |unit| unit.apply_one(def, op.clone()).await).await.is_ok()
    }

    async fn ids(&self, kind: &str) -> Vec<Uuid> {
        let def = KINDS.get(kind).expect("a kind");
        let rows = store::all(self.app.state.db.reading(), def, Cond::all()).await.expect("rows");
        rows.iter().map(kernel::row::Row::id).collect()
    }

    fn agency(&mut self) -> &'static str {
        self.dice.pick(&["MES", "MOH", "MOF"]).expect("an agency")
    }

    fn plan(&mut self) -> Uuid {
        self.app.world.id(self.dice.pick(&["plan:national", "plan:group", "plan:released"]).expect("a plan"))
    }

    async fn create(&mut self) -> bool {
        let level = self.dice.pick(&["agency", "group", "national"]);
        let mut task = json!({"owner": "KGZ", "title": "Made", "lead_agency": self.agency(), "visibility": level,
            "contributing_agencies": [self.agency()], "language": "en"});
        if self.dice.roll(2) == 0 {
            task["plan"] = json!(self.plan());
        }
        self.apply("task", Op::Create(task.as_object().cloned().expect("an object"))).await
    }

    async fn edit(&mut self, kind: &str, id: Option<Uuid>, fields: Json) -> bool {
        let Some(id) = id else { return false };
        let version = self.version(kind, id).await;
        let fields = fields.as_object().cloned().expect("an object");
        self.apply(kind, Op::Update { id, version, fields }).await
    }

    async fn version(&self, kind: &str, id: Uuid) -> Option<i32> {
        let def = KINDS.get(kind).expect("a kind");
        let cond = Cond::all().add(def.col("id").eq(id));
        let row = store::first(self.app.state.db.reading(), def, cond).await.expect("a read");
        row.map(|row| row.version())
    }

    async fn edit_task(&mut self, fields: Json) -> bool {
        let id = self.dice.pick(&self.ids("task").await);
        self.edit("task", id, fields).await
    }

    async fn level(&mut self) -> bool {
        let level = self.dice.pick(&["agency", "group", "national"]);
        self.edit_task(json!({ "visibility": level })).await
    }

    async fn share(&mut self) -> bool {
        let with = self.agency();
        self.edit_task(json!({"visibility": "group", "shared_with": {"agencies": [with]}})).await
    }

    async fn delete(&mut self) -> bool {
        let Some(id) = self.dice.pick(&self.ids("task").await) else { return false };
        let version = self.version("task", id).await;
        self.apply("task", Op::Delete { id, version }).await
    }

    async fn narrow_or_widen(&mut self) -> bool {
        let (plan, level) = (self.plan(), self.dice.pick(&["group", "national", "national"]));
        self.edit("plan", Some(plan), json!({ "visibility": level })).await
    }

    async fn release(&mut self) -> bool {
        let audience =
            self.dice.pick(&["partners", "public", "region:CA", "country:KAZ", "network", "org:UNICRI"]);
        let hours = |dice: &mut Dice| TimeDelta::hours(i64::try_from(dice.roll(4)).expect("hours"));
        let from_at = self.app.state.clock.now() + hours(&mut self.dice) - TimeDelta::hours(1);
        let until_at =
            (self.dice.roll(2) == 0).then(|| from_at + TimeDelta::hours(1) + hours(&mut self.dice));
        let release = sharing::NewRelease {
            audiences: audience.into_iter().map(str::to_owned).collect(),
            basis: None,
            purpose: None,
            from_at,
            until_at,
            key: None,
        };
        let plan = self.plan();
        let ctx = self.app.system();
        let made = super::made(&ctx, plan, &release).await;
        self.releases.extend(made.as_ref().ok());
        made.is_ok()
    }

    async fn revoke(&mut self) -> bool {
        let Some(id) = self.dice.pick(&self.releases) else { return false };
        self.releases.retain(|known| *known != id);
        let version = self.version("release", id).await;
        super::revoke(&self.app.system(), id, version).await.is_ok()
    }

    /// Gives an agency a seat in the working group, or takes one away.
    async fn seat(&mut self) -> bool {
        if self.dice.roll(2) == 0 {
            let agency = self.agency();
            let seat = json!({"working_group": self.app.world.id("working_group:KGZ"), "agency": agency});
            return self.apply("membership", Op::Create(seat.as_object().cloned().expect("an object"))).await;
        }
        let Some(id) = self.dice.pick(&self.ids("membership").await) else { return false };
        let version = self.version("membership", id).await;
        self.apply("membership", Op::Delete { id, version }).await
    }

    async fn clock(&mut self) -> bool {
        self.app.state.clock.advance(TimeDelta::hours(1));
        term::keep_terms(&self.app.system()).await.expect("the terms are kept") > 0
    }
}

async fn walk(app: &TestApp, seed: u64) {
    let mut walk = Walk { app, dice: Dice::of(seed), releases: Vec::new(), done: BTreeMap::new() };
    let mut mirrors: Vec<Mirror> =
        FOLLOWERS.iter().map(|name| Mirror { name, after: None, held: Held::new(), resets: 0 }).collect();
    let peopled = self::peopled(app).await;
    for step in 0..STEPS {
        walk.step().await;
        let last = step + 1 == STEPS;
        for mirror in &mut mirrors {
            if !last && walk.dice.roll(6) > 0 {
                continue;
            }
            let client = client(app, mirror.name).await;
            mirror.follow(&client, 1 + walk.dice.roll(40)).await;
            let (held, lists) = if last {
                (mirror.held.clone(), lists(&client, KINDS.served()).await)
            } else {
                (mirror.holds_of(walked()), lists(&client, peopled.iter().copied()).await)
            };
            let differs = |key: &&(String, String)| held.get(*key) != lists.get(*key);
            let all: BTreeSet<_> = held.keys().chain(lists.keys()).collect();
            let differing: Vec<_> =
                all.into_iter().filter(differs).map(|key| (key, held.get(key), lists.get(key))).collect();
            assert_eq!(differing, [], "seed {seed}, step {step}, {}", mirror.name);
        }
    }
    // What was tried must have happened, else nothing is shown by it.
    let did: Vec<&str> = walk.done.iter().filter(|(_, times)| **times > 0).map(|(what, _)| *what).collect();
    assert_eq!(
        did,
        ["clock", "create", "delete", "level", "plan", "release", "revoke", "seat", "share", "title"]
    );
    assert!(mirrors.iter().any(|mirror| mirror.resets > 0), "rights changed for nobody");
}

#[tokio::test]
async fn applying_every_change_gives_what_the_lists_give() {
    app(async |app| walk(app, 0x5eed_0001).await).await;
}

#[tokio::test]
async fn applying_every_change_gives_what_the_lists_give_on_another_walk() {
    app(async |app| walk(app, 0x00c0_ffee).await).await;
}
