//! One sample of each kind: who writes it, who may not, a record of the world, a new one.

use serde_json::{Value as Json, json};
use uuid::Uuid;

use crate::support::TestApp;

pub struct Sample {
    pub area: &'static str,
    pub kind: &'static str,
    pub collection: &'static str,
    /// Who may write the kind.
    pub author: &'static str,
    /// Who sees the record but may not write it.
    pub doubter: &'static str,
    /// A record of the world.
    pub existing: Uuid,
    /// A new record in the form of REST.
    pub new: Json,
    /// An edit in the form of REST.
    pub edit: Json,
}

/// An edit that every kind takes.
fn keyed() -> Json {
    json!({"source_system": "register", "external_key": "edited"})
}

/// Records that the samples refer to.
pub async fn prepare(app: &TestApp) {
    let steward = app.user("steward").await;
    steward.post("/regions", json!({"code": "RX", "name": "Another region"})).await.ok(201);
    let framework = json!({"code": "BWC", "name": "Biological Weapons Convention", "short_name": "BWC",
        "kind": "treaty", "domains": ["B"]});
    steward.post("/frameworks", framework).await.ok(201);
}

pub fn samples(app: &TestApp) -> Vec<Sample> {
    let mut all = reference(app);
    all.extend(bodies(app));
    all.extend(plans(app));
    all.extend(accounts(app));
    all
}

fn reference(app: &TestApp) -> Vec<Sample> {
    let one = |kind, collection, name: &str, new| Sample {
        area: "reference",
        kind,
        collection,
        author: "steward",
        doubter: "observer",
        existing: app.world.id(&format!("{kind}:{name}")),
        new,
        edit: keyed(),
    };
    let country = json!({"code": "TJK", "iso2": "TJ", "name": "Tajikistan", "name_long": "Tajikistan",
        "official_languages": ["tg"], "time_zone": "Asia/Dushanbe", "is_partner": true,
        "confidence": "high"});
    let framework = json!({"code": "NPT", "name": "Non-Proliferation Treaty", "short_name": "NPT",
        "kind": "treaty", "domains": ["N"]});
    let obligation = json!({"code": "CWC-X", "framework": "CWC", "provision": "X", "title": "Assistance",
        "summary": "In own words.", "category": "declaration", "domains": ["C"], "periodicity": "continuous",
        "lead_functions": ["foreign_affairs"], "binding": "legally_binding", "source": "Article X"});
    let membership = json!({"country": "KGZ", "region": "RX", "standing": "member", "source": "test"});
    let organisation = json!({"code": "OPCW", "name": "OPCW", "kind": "un_body"});
    vec![
        one("region", "regions", "CA", json!({"code": "NEW", "name": "New region"})),
        one("country", "countries", "KAZ", country),
        one("region_membership", "region-memberships", "KGZ", membership),
        one("organisation", "organisations", "UNICRI", organisation),
        one("framework", "frameworks", "CWC", framework),
        one("obligation", "obligations", "CWC-III", obligation),
    ]
}

fn national(app: &TestApp, area: &'static str, names: (&'static str, &'static str), new: Json) -> Sample {
    let (kind, collection) = names;
    let name = match kind {
        "participation" => "own",
        "agency" => "KGZ/MOF",
        "country_framework" | "working_group" => "KGZ",
        "membership" => "MOH",
        _ => "national",
    };
    let existing = app.world.id(&format!("{kind}:{name}"));
    Sample {
        area,
        kind,
        collection,
        author: "secretariat",
        doubter: "observer",
        existing,
        new,
        edit: keyed(),
    }
}

fn bodies(app: &TestApp) -> Vec<Sample> {
    let one = |kind, collection, new| national(app, "bodies", (kind, collection), new);
    let group = app.world.id("working_group:KGZ").to_string();
    let statement = json!({"owner": "KGZ", "country": "KGZ", "framework": "BWC", "status": "ratified",
        "confidence": "high", "source": "ministry"});
    let agency = json!({"owner": "KGZ", "code": "NEW", "name": "New agency", "kind": "ministry"});
    let working_group = json!({"owner": "KGZ", "name": "New group", "kind": "interagency_group"});
    vec![
        one("participation", "participations", statement),
        one(
            "country_framework",
            "country-frameworks",
            json!({"owner": "KGZ", "framework": "BWC", "source": "list"}),
        ),
        one("agency", "agencies", agency),
        one("working_group", "working-groups", working_group),
        one("membership", "memberships", json!({"working_group": group, "agency": "MOF"})),
    ]
}

fn plans(app: &TestApp) -> Vec<Sample> {
    let one = |kind, collection, new| national(app, "plans", (kind, collection), new);
    let id = |name: &str| app.world.id(name).to_string();
    let plan = json!({"owner": "KGZ", "kind": "cbrn_nap", "title": "New plan", "domains": ["C"]});
    let action = json!({"objective": id("objective:national"), "title": "New action", "lead_agency": "MES",
        "contributing_agencies": ["MOH"], "obligations": ["CWC-III"]});
    vec![
        one("plan", "plans", plan),
        one("pillar", "pillars", json!({"plan": id("plan:national"), "title": "New pillar"})),
        one("objective", "objectives", json!({"pillar": id("pillar:national"), "title": "New objective"})),
        one("action", "actions", action),
        one("task", "tasks", json!({"owner": "KGZ", "title": "New task", "lead_agency": "MES"})),
    ]
}

fn accounts(app: &TestApp) -> Vec<Sample> {
    let holder = app.world.id("bystander").to_string();
    vec![
        Sample {
            area: "accounts",
            kind: "user",
            collection: "users",
            author: "operator",
            doubter: "focal_point",
            existing: app.world.id("observer"),
            new: json!({"email": "new@test", "name": "New person"}),
            edit: json!({"name": "Another name"}),
        },
        Sample {
            area: "accounts",
            kind: "grant",
            collection: "grants",
            author: "focal_point",
            doubter: "observer",
            existing: app.world.id("grant:observer"),
            new: json!({"owner": "KGZ", "user": holder, "role": "observer"}),
            edit: keyed(),
        },
    ]
}
