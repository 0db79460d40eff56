//! The world of the tests: two partner countries, people of every role, records of every level.

use concord::domain::{KINDS, sharing};
use kernel::{
    KindDef,
    record::Op,
    unit::{Atomic, Unit},
};
use serde::{Deserialize, Serialize};
use serde_json::{Value as Json, json};
use uuid::Uuid;

use super::TestApp;

/// Ids of the world's records with their names, in the order in which they were made.
#[derive(Debug, Default, Serialize, Deserialize)]
#[serde(transparent)]
pub struct World {
    ids: Vec<(String, Uuid)>,
}

/// People of the world: name, owner, role, agency.
pub const PEOPLE: &[(&str, &str, &str, Option<&str>)] = &[
    ("focal_point", "KGZ", "focal_point", None),
    ("secretariat", "KGZ", "secretariat", None),
    ("approver", "KGZ", "approver", None),
    ("lead", "KGZ", "agency_lead", Some("MES")),
    ("officer", "KGZ", "officer", Some("MES")),
    ("contributor", "KGZ", "officer", Some("MOH")),
    ("bystander", "KGZ", "officer", Some("MOF")),
    ("observer", "KGZ", "observer", None),
    ("portal", "KGZ", "portal", None),
    ("public_portal", "KGZ", "portal", None),
    ("foreign_focal_point", "KAZ", "focal_point", None),
    ("foreign_observer", "KAZ", "observer", None),
    ("regional", "region:CA", "regional", None),
    ("partner", "org:UNICRI", "partner", None),
    ("steward", "reference", "steward", None),
    ("operator", "installation", "operator", None),
];

impl World {
    /// Id of the record with this name.
    #[track_caller]
    pub fn id(&self, name: &str) -> Uuid {
        self.find(name).unwrap_or_else(|| panic!("the world has no {name}"))
    }

    /// Id of the record with this name, if there is one.
    pub fn find(&self, name: &str) -> Option<Uuid> {
        self.ids.iter().find(|(known, _)| known == name).map(|(_, id)| *id)
    }

    /// Names and ids of the records of a kind.
    pub fn all_of(&self, kind: &str) -> impl Iterator<Item = &(String, Uuid)> {
        self.ids.iter().filter(move |(name, _)| name.split_once(':').is_some_and(|(of, _)| of == kind))
    }

    /// Makes the world in an empty database.
    pub async fn make(app: &TestApp) -> Self {
        let mut world = Self::default();
        let mut unit = app.system().begin().await.expect("a unit");
        world.reference(&mut unit).await;
        world.bodies(&mut unit).await;
        world.people(&mut unit).await;
        world.plans(&mut unit).await;
        world.tasks(&mut unit).await;
        world.releases(&mut unit).await;
        unit.commit().await.expect("the world is committed");
        world
    }

    async fn add(&mut self, unit: &mut Unit, kind: &str, name: &str, fields: Json) -> Uuid {
        let def: &'static KindDef = KINDS.get(kind).expect("a kind");
        let op = Op::Create(fields.as_object().cloned().expect("an object"));
        let made = unit
            .apply(def, vec![op], Atomic::All)
            .await
            .unwrap_or_else(|error| panic!("{kind} {name}: {error:?}"));
        let id = made[0].id.expect("an id");
        self.ids.push((name.to_owned(), id));
        id
    }

    async fn reference(&mut self, unit: &mut Unit) {
        self.add(unit, "region", "region:CA", json!({"code": "CA", "name": "Central Asia"})).await;
        for (code, iso2, name, partner) in
            [("KGZ", "KG", "Kyrgyzstan", true), ("KAZ", "KZ", "Kazakhstan", true)]
        {
            let fields = json!({"code": code, "iso2": iso2, "name": name, "name_long": name, "official_languages": ["ky", "ru"],
                "time_zone": "Asia/Bishkek", "is_partner": partner, "confidence": "high",
                "translations": {"ru": {"name": format!("{name} (ru)")}}});
            self.add(unit, "country", &format!("country:{code}"), fields).await;
            let fields = json!({"country": code, "region": "CA", "standing": "member", "is_primary": true, "source": "test"});
            self.add(unit, "region_membership", &format!("region_membership:{code}"), fields).await;
        }
        let org = json!({"code": "UNICRI", "name": "Crime and justice institute", "kind": "un_body"});
        self.add(unit, "organisation", "organisation:UNICRI", org).await;
        let framework = json!({"code": "CWC", "name": "Chemical Weapons Convention", "short_name": "CWC", "kind": "treaty", "domains": ["C"]});
        self.add(unit, "framework", "framework:CWC", framework).await;
        for code in ["CWC-III", "CWC-VII"] {
            let fields = json!({"code": code, "framework": "CWC", "provision": code, "title": format!("Duty {code}"),
                "summary": "In own words.", "category": "declaration", "domains": ["C"], "periodicity": "continuous",
                "lead_functions": ["foreign_affairs"], "binding": "legally_binding", "source": code});
            self.add(unit, "obligation", &format!("obligation:{code}"), fields).await;
        }
        let fact = json!({"owner": "reference", "country": "KGZ", "framework": "CWC", "status": "ratified",
            "status_on": "2003-09-29", "status_precision": "day", "confidence": "high", "source": "depositary"});
        self.add(unit, "participation", "participation:fact", fact).await;
        let own = json!({"owner": "KGZ", "country": "KGZ", "framework": "CWC", "status": "ratified", "confidence": "high",
            "source": "ministry", "contests": self.id("participation:fact").to_string()});
        self.add(unit, "participation", "participation:own", own).await;
        let stated = json!({"owner": "KGZ", "framework": "CWC", "source": "list"});
        self.add(unit, "country_framework", "country_framework:KGZ", stated).await;
    }

    async fn bodies(&mut self, unit: &mut Unit) {
        for (owner, code) in
            [("KGZ", "MES"), ("KGZ", "MOH"), ("KGZ", "MOF"), ("KAZ", "MES"), ("region:CA", "SEC")]
        {
            let fields = json!({"owner": owner, "code": code, "name": format!("Agency {code}"), "kind": "ministry", "language": "en"});
            self.add(unit, "agency", &format!("agency:{owner}/{code}"), fields).await;
        }
        let group = json!({"owner": "KGZ", "name": "Interagency group", "kind": "interagency_group", "language": "en"});
        let group = self.add(unit, "working_group", "working_group:KGZ", group).await;
        let member = json!({"working_group": group.to_string(), "agency": "MOH"});
        self.add(unit, "membership", "membership:MOH", member).await;
    }

    async fn people(&mut self, unit: &mut Unit) {
        for (name, owner, role, agency) in PEOPLE {
            let user = json!({"email": format!("{name}@test"), "name": name});
            let id = self.add(unit, "user", name, user).await;
            self.ids.push((format!("user:{name}"), id));
            let mut grant = json!({"user": id.to_string(), "owner": owner, "role": role});
            if let Some(agency) = agency {
                grant["agency"] = json!(agency);
            }
            if *name == "portal" {
                grant["read_ceiling"] = json!("national");
                grant["write_kinds"] = json!(["task"]);
                grant["source_systems"] = json!(["portal"]);
            }
            self.add(unit, "grant", &format!("grant:{name}"), grant).await;
        }
    }

    async fn plans(&mut self, unit: &mut Unit) {
        let open = [
            ("national", "KGZ"),
            ("group", "KGZ"),
            ("released", "KGZ"),
            ("foreign", "KAZ"),
            ("regional", "region:CA"),
        ];
        for (name, owner) in open {
            let level = if name == "group" { "group" } else { "national" };
            let mut plan = json!({"owner": owner, "kind": "cbrn_nap", "title": format!("Plan {name}"), "domains": ["C", "B"],
                "language": "en", "visibility": level});
            if name == "group" {
                plan["shared_with"] = json!({"groups": [self.id("working_group:KGZ").to_string()]});
            }
            let plan = self.add(unit, "plan", &format!("plan:{name}"), plan).await;
            let pillar = json!({"plan": plan.to_string(), "title": format!("Pillar {name}"), "position": 1});
            let pillar = self.add(unit, "pillar", &format!("pillar:{name}"), pillar).await;
            let objective = json!({"pillar": pillar.to_string(), "title": format!("Objective {name}")});
            let objective = self.add(unit, "objective", &format!("objective:{name}"), objective).await;
            let lead = if owner == "region:CA" { "SEC" } else { "MES" };
            let mut action = json!({"objective": objective.to_string(), "title": format!("Action {name}"), "lead_agency": lead,
                "obligations": ["CWC-III"]});
            if owner == "KGZ" {
                action["contributing_agencies"] = json!(["MOH"]);
            }
            self.add(unit, "action", &format!("action:{name}"), action).await;
        }
    }

    async fn tasks(&mut self, unit: &mut Unit) {
        for level in ["national", "group", "agency"] {
            let mut task = json!({"owner": "KGZ", "title": format!("Task {level}"), "lead_agency": "MES", "visibility": level,
                "contributing_agencies": ["MOH"], "language": "en"});
            if level == "group" {
                task["shared_with"] = json!({"agencies": ["MOF"]});
            }
            self.add(unit, "task", &format!("task:{level}"), task).await;
        }
        let other = json!({"owner": "KGZ", "title": "Task of others", "lead_agency": "MOF", "visibility": "agency", "language": "en"});
        self.add(unit, "task", "task:others", other).await;
        let foreign = json!({"owner": "KAZ", "title": "Task abroad", "lead_agency": "MES", "language": "en"});
        self.add(unit, "task", "task:foreign", foreign).await;
        let plan = self.id("plan:released").to_string();
        let released = json!({"owner": "KGZ", "title": "Task released", "lead_agency": "MES", "plan": plan, "language": "en"});
        self.add(unit, "task", "task:released", released).await;
    }

    async fn releases(&mut self, unit: &mut Unit) {
        let release = sharing::NewRelease {
            audiences: vec!["partners".into()],
            basis: None,
            purpose: None,
            from_at: super::start(),
            until_at: None,
            key: None,
        };
        let id = sharing::release(unit, self.id("plan:released"), &release).await.expect("a release");
        self.ids.push(("release:partners".into(), id));
    }
}
