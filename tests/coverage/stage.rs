//! The records that operations are tried on: own, shared, foreign and missing ones of every kind.

use concord::domain::KINDS;
use entity::vocab::Visibility;
use kernel::{
    KindDef,
    policy::{Class, Scope},
    record::Op,
    row::Row,
    store,
};
use model::Write;
use sea_orm::sea_query::{Cond, ExprTrait};
use serde_json::{Map, Value as Json, json};
use uuid::Uuid;

use crate::support::{
    TestApp,
    specimen::{self, Side},
};

/// System under which the staged records have keys.
pub const SYSTEM: &str = "staged";
/// The people whose accounts are tried.
const STANDING_FOR_ALL: [&str; 4] = ["officer", "bystander", "focal_point", "foreign_observer"];
/// An id that no record has.
pub const MISSING: Uuid = Uuid::from_u128(0x0198_c0de_0000_7000_8000_0000_0000_0099);

/// The world with what it lacks.
pub struct Stage<'a> {
    pub app: &'a TestApp,
    extra: Vec<(String, Uuid)>,
}

/// The kind, wherever it is named.
pub fn def_of(kind: &str) -> &'static KindDef {
    KINDS.get(kind).unwrap_or_else(|| panic!("no kind {kind}"))
}

fn members(fields: &Json) -> Map<String, Json> {
    fields.as_object().cloned().expect("an object")
}

impl<'a> Stage<'a> {
    /// Adds what the world lacks: spare records that others are unique by, records abroad, and one of every kind.
    pub async fn bare(app: &'a TestApp) -> Self {
        let mut stage = Self { app, extra: Vec::new() };
        stage.countries().await;
        stage.obligations().await;
        stage.needs().await;
        for kind in specimen::spared(KINDS.served()) {
            if stage.find(&format!("{kind}:spare")).is_some() {
                continue;
            }
            stage.stand_in(def_of(kind), "spare", Side::Home).await;
        }
        for def in KINDS.served() {
            if stage.all_of(def.name).next().is_none() {
                stage.stand_in(def, "home", Side::Home).await;
                if def.is_national() {
                    stage.share(def).await;
                }
            }
            if def.is_national() && stage.find(&format!("{}:foreign", def.name)).is_none() {
                stage.stand_in(def, "foreign", Side::Abroad).await;
            }
        }
        stage.share(def_of("working_group")).await;
        stage
    }

    /// The same, and the first target of every kind has an external key.
    pub async fn set(app: &'a TestApp) -> Self {
        let stage = Self::bare(app).await;
        for (at, def) in KINDS.all().iter().enumerate() {
            stage.key(def, at).await;
        }
        stage
    }

    /// Adds countries that records of others name, each once.
    async fn countries(&mut self) {
        for letter in 'A'..='J' {
            let code = format!("QX{letter}");
            let fields = json!({"code": code, "iso2": format!("J{letter}"), "name": code, "name_long": code,
                "official_languages": ["en"], "time_zone": "UTC", "is_partner": false, "confidence": "high"});
            self.add(format!("country:{code}"), "country", fields).await;
        }
    }

    /// Adds obligations that records of others are about, each once.
    async fn obligations(&mut self) {
        for letter in 'A'..='J' {
            let code = format!("QX{letter}");
            let fields = json!({"code": code, "framework": "CWC", "provision": code, "title": code, "summary": code,
                "category": "declaration", "domains": ["C"], "periodicity": "annual", "binding": "legally_binding", "source": code});
            self.add(format!("obligation:{code}"), "obligation", fields).await;
        }
    }

    /// Adds a record of a kind that one agency sees besides those of its owner who see all.
    pub(super) async fn share(&mut self, def: &'static KindDef) {
        let mut fields = self.new_of(def, 601);
        fields["visibility"] = json!("group");
        fields["shared_with"] = json!({"agencies": ["MES"]});
        self.add(format!("{}:shared", def.name), def.name, fields).await;
    }

    async fn stand_in(&mut self, def: &'static KindDef, name: &str, side: Side) {
        // Beyond what the callers of a test count up to.
        let mut fields = specimen::new(def, 600, side, |name| self.id(name));
        specimen::settle(def, &mut fields);
        // One that everybody of its country sees, where the kind would keep it to a group.
        let is_kept = def.declared.level == Visibility::Group;
        if def.is_national() && (is_kept || specimen::parent(def, side).is_none()) {
            fields["visibility"] = json!("national");
        }
        self.add(format!("{}:{name}", def.name), def.name, fields).await;
    }

    pub(super) async fn add(&mut self, name: String, kind: &str, fields: Json) {
        let mut unit = self.app.maker(def_of(kind)).await.begin().await.expect("a unit");
        let made = unit.apply_one(def_of(kind), Op::Create(members(&fields))).await;
        let id = made.unwrap_or_else(|error| panic!("{name}: {error:?}")).id.expect("an id");
        unit.commit().await.expect("committed");
        self.extra.push((name, id));
    }

    /// Gives records of the bare world external keys, hidden ones among them.
    pub async fn key_world(app: &'a TestApp) {
        let stage = Self { app, extra: Vec::new() };
        for (kind, name) in [("task", "task:agency"), ("plan", "plan:group"), ("agency", "agency:KAZ/MES")] {
            let (def, id) = (def_of(kind), stage.id(name));
            stage.name(def, id, &Self::key_of(def)).await;
        }
    }

    async fn key(&self, def: &'static KindDef, at: usize) {
        let Some((_, id)) = self.targets(def.name).into_iter().next() else { return };
        self.name(def, id, &format!("k{at}")).await;
    }

    async fn name(&self, def: &'static KindDef, id: Uuid, key: &str) {
        let fields = json!({"source_system": SYSTEM, "external_key": key});
        let version = self.row(def, id).await.map(|row| row.version());
        let mut unit = self.app.system().begin().await.expect("a unit");
        let op = Op::Update { id, version, fields: members(&fields) };
        unit.apply_one(def, op).await.unwrap_or_else(|error| panic!("{}: {error:?}", def.name));
        unit.commit().await.expect("committed");
    }

    /// The key of the first target of a kind.
    pub fn key_of(def: &KindDef) -> String {
        let at = KINDS.all().iter().position(|other| other.name == def.name).expect("a kind");
        format!("k{at}")
    }

    fn all_of(&self, kind: &str) -> impl Iterator<Item = &(String, Uuid)> {
        let of_kind = move |one: &&(String, Uuid)| one.0.split_once(':').is_some_and(|(of, _)| of == kind);
        self.app.world.all_of(kind).chain(self.extra.iter().filter(of_kind))
    }

    fn find(&self, name: &str) -> Option<Uuid> {
        let extra = self.extra.iter().find(|(known, _)| known == name).map(|(_, id)| *id);
        extra.or_else(|| self.app.world.find(name))
    }

    /// The record of a name (`plan:national`), or the first one of a kind (`plan`).
    pub fn id(&self, name: &str) -> Uuid {
        self.find(name).or_else(|| self.first(name)).unwrap_or_else(|| panic!("there is no {name}"))
    }

    /// The first record of a kind, if there is one.
    pub fn first(&self, kind: &str) -> Option<Uuid> {
        self.all_of(kind).next().map(|(_, id)| *id)
    }

    /// What makes a new record of a kind at home.
    pub fn new_of(&self, def: &KindDef, n: u32) -> Json {
        specimen::new(def, n, Side::Home, |name| self.id(name))
    }

    /// Own, shared, foreign and missing records of a kind; of people and their grants four stand for all.
    pub fn targets(&self, kind: &str) -> Vec<(String, Uuid)> {
        let def = def_of(kind);
        if !def.is_served() {
            return Vec::new();
        }
        let is_account = matches!(def.class, Class::Person | Class::Grant);
        let stands =
            |name: &str| name.split_once(':').is_some_and(|(_, who)| STANDING_FOR_ALL.contains(&who));
        let chosen = self.all_of(kind).filter(|(name, _)| !is_account || stands(name)).cloned();
        chosen.chain([("missing".to_owned(), MISSING)]).collect()
    }

    /// A record as it is stored, hidden or not.
    pub async fn row(&self, def: &'static KindDef, id: Uuid) -> Option<Row> {
        let cond = Cond::all().add(def.col("id").eq(id));
        store::first(self.app.system().db.reading(), def, cond).await.expect("an answer")
    }

    /// Records of a kind with this external key, of any system and hidden or not.
    pub async fn with_key(&self, def: &'static KindDef, key: &str) -> Vec<Uuid> {
        let cond = Cond::all().add(def.col("external_key").eq(key));
        let rows = store::all(self.app.system().db.reading(), def, cond).await.expect("an answer");
        rows.iter().map(Row::id).collect()
    }

    /// The facts the policy needs of a stored record.
    pub async fn scope(&self, def: &'static KindDef, id: Uuid) -> Option<Scope> {
        let mut scope = self.row(def, id).await?.scope();
        let found = store::holdings(self.app.system().db.reading(), &[id].into()).await.expect("holdings");
        scope.holdings = found.into_values().next().unwrap_or_default();
        Some(scope)
    }

    /// Deletes a record as the service itself, where it can be deleted.
    pub async fn remove(&self, def: &'static KindDef, id: Uuid) {
        let row = self.row(def, id).await.filter(|_| def.declared.takes(Write::Delete));
        let Some(row) = row else { return };
        let mut unit = self.app.system().begin().await.expect("a unit");
        let op = Op::Delete { id, version: Some(row.version()) };
        unit.apply_one(def, op).await.unwrap_or_else(|error| panic!("{} {id}: {error:?}", def.name));
        unit.commit().await.expect("committed");
    }
}
