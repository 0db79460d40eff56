//! The records that operations are tried on: own, shared, foreign and missing ones of every kind.

use std::collections::HashMap;

use concord::domain::KINDS;
use kernel::{KindDef, policy::Scope, record::Op, row::Row, store};
use sea_orm::sea_query::{Cond, ExprTrait};
use serde_json::{Map, Value as Json, json};
use uuid::Uuid;

use crate::support::TestApp;

/// System under which the staged records have keys.
pub const SYSTEM: &str = "staged";
/// An id that no record has.
pub const MISSING: Uuid = Uuid::from_u128(0x0198_c0de_0000_7000_8000_0000_0000_0099);

/// The world with what it lacks.
pub struct Stage<'a> {
    pub app: &'a TestApp,
    extra: HashMap<&'static str, Uuid>,
}

/// The kind, wherever it is named.
pub fn def_of(kind: &str) -> &'static KindDef {
    KINDS.get(kind).unwrap_or_else(|| panic!("no kind {kind}"))
}

fn members(fields: &Json) -> Map<String, Json> {
    fields.as_object().cloned().expect("an object")
}

impl<'a> Stage<'a> {
    /// Adds what the world lacks, and gives the first target of every kind an external key.
    pub async fn set(app: &'a TestApp) -> Self {
        let mut stage = Self { app, extra: HashMap::new() };
        let country = json!({"code": "QZZ", "iso2": "QZ", "name": "Nowhere", "name_long": "Nowhere",
            "official_languages": ["en"], "time_zone": "Asia/Bishkek", "is_partner": false,
            "confidence": "high"});
        stage.add("country:QZZ", "country", country).await;
        let treaty =
            json!({"code": "FRX", "name": "Treaty", "short_name": "FRX", "kind": "treaty", "domains": ["C"]});
        stage.add("framework:FRX", "framework", treaty).await;
        let own = json!({"owner": "KAZ", "country": "KAZ", "framework": "CWC", "status": "ratified",
            "confidence": "high", "source": "ministry"});
        stage.add("participation:foreign", "participation", own).await;
        let stated = json!({"owner": "KAZ", "framework": "CWC", "source": "list"});
        stage.add("country_framework:foreign", "country_framework", stated).await;
        let group = json!({"owner": "KAZ", "name": "Group", "kind": "interagency_group", "language": "en"});
        let group = stage.add("working_group:foreign", "working_group", group).await;
        let seat = json!({"working_group": group.to_string(), "agency": "MES"});
        stage.add("membership:foreign", "membership", seat).await;
        let shared = json!({"owner": "KGZ", "name": "Quiet", "kind": "interagency_group", "language": "en",
            "visibility": "group", "shared_with": {"agencies": ["MES"]}});
        stage.add("working_group:shared", "working_group", shared).await;
        for (at, def) in KINDS.all().iter().enumerate() {
            stage.key(def, at).await;
        }
        stage
    }

    async fn add(&mut self, name: &'static str, kind: &str, fields: Json) -> Uuid {
        let mut unit = self.app.system().begin().await.expect("a unit");
        let made = unit.apply_one(def_of(kind), Op::Create(members(&fields))).await;
        let id = made.unwrap_or_else(|error| panic!("{name}: {error:?}")).id.expect("an id");
        unit.commit().await.expect("committed");
        self.extra.insert(name, id);
        id
    }

    /// Gives records of the bare world external keys, hidden ones among them.
    pub async fn key_world(app: &'a TestApp) {
        let stage = Self { app, extra: HashMap::new() };
        for (kind, name) in [("task", "task:agency"), ("plan", "plan:group"), ("agency", "agency:KAZ/MES")] {
            let (def, id) = (def_of(kind), stage.id(name));
            stage.name(def, id, &Self::key_of(def)).await;
        }
    }

    async fn key(&self, def: &'static KindDef, at: usize) {
        let Some((_, id)) = self.targets(def.name).first().copied() else { return };
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

    pub fn id(&self, name: &str) -> Uuid {
        self.extra.get(name).copied().unwrap_or_else(|| self.app.world.id(name))
    }

    /// Own, shared, foreign and missing records of a kind.
    pub fn targets(&self, kind: &str) -> Vec<(&'static str, Uuid)> {
        let names: &[&'static str] = match kind {
            "region" => &["region:CA"],
            "country" => &["country:KGZ", "country:KAZ"],
            "region_membership" => &["region_membership:KGZ", "region_membership:KAZ"],
            "organisation" => &["organisation:UNICRI"],
            "framework" => &["framework:CWC"],
            "obligation" => &["obligation:CWC-III"],
            "participation" => &["participation:own", "participation:fact", "participation:foreign"],
            "country_framework" => &["country_framework:KGZ", "country_framework:foreign"],
            "agency" => &["agency:KGZ/MES", "agency:KGZ/MOH", "agency:KAZ/MES", "agency:region:CA/SEC"],
            "working_group" => &["working_group:KGZ", "working_group:shared", "working_group:foreign"],
            "membership" => &["membership:MOH", "membership:foreign"],
            "plan" => &["plan:national", "plan:group", "plan:released", "plan:foreign", "plan:regional"],
            "pillar" => &["pillar:national", "pillar:group", "pillar:released", "pillar:foreign"],
            "objective" => {
                &["objective:national", "objective:group", "objective:released", "objective:foreign"]
            }
            "action" => &["action:national", "action:group", "action:released", "action:foreign"],
            "task" => &[
                "task:national",
                "task:group",
                "task:agency",
                "task:others",
                "task:released",
                "task:foreign",
            ],
            "user" => &["user:officer", "user:bystander", "user:focal_point", "user:foreign_observer"],
            "grant" => &["grant:officer", "grant:bystander", "grant:focal_point", "grant:foreign_observer"],
            "release" | "release_set" => return Vec::new(),
            _ => panic!("the coverage test has no records of the kind {kind}; name some"),
        };
        names.iter().map(|name| (*name, self.id(name))).chain([("missing", MISSING)]).collect()
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

    /// Deletes a record as the service itself.
    pub async fn remove(&self, def: &'static KindDef, id: Uuid) {
        let Some(row) = self.row(def, id).await else { return };
        let mut unit = self.app.system().begin().await.expect("a unit");
        let op = Op::Delete { id, version: Some(row.version()) };
        unit.apply_one(def, op).await.unwrap_or_else(|error| panic!("{} {id}: {error:?}", def.name));
        unit.commit().await.expect("committed");
    }
}
