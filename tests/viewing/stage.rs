//! A world with releases to every sort of audience, and people of audiences the world has nobody of.

use concord::domain::{KINDS, sharing};
use kernel::record::Op;
use serde_json::{Value as Json, json};
use uuid::Uuid;

use crate::support::{TestApp, start};

/// Releases a plan with what stands below it.
pub async fn release(app: &TestApp, plan: Uuid, audience: &str) {
    let release = sharing::NewRelease {
        audiences: vec![audience.to_owned()],
        basis: None,
        purpose: None,
        from_at: start(),
        until_at: None,
        key: None,
    };
    app.system().run(async |unit| sharing::release(unit, plan, &release).await).await.expect("a release");
}

/// Makes a record as the service itself.
pub async fn add(app: &TestApp, kind: &str, fields: Json) -> Uuid {
    let op = Op::Create(fields.as_object().cloned().expect("an object"));
    let def = KINDS.get(kind).expect("a kind");
    let made = app.system().run(async |unit| unit.apply_one(def, op.clone()).await).await;
    made.unwrap_or_else(|error| panic!("{kind}: {error:?}")).id.expect("an id")
}

/// Somebody with one grant.
async fn person(app: &TestApp, name: &str, grant: Json) -> Uuid {
    let user = add(app, "user", json!({"email": format!("{name}@test"), "name": name})).await;
    let mut grant = grant;
    grant["user"] = json!(user);
    add(app, "grant", grant).await;
    user
}

/// The audiences that a plan of the country is released to, each one to itself.
const AUDIENCES: [&str; 6] = ["public", "partners", "network", "region:CA", "country:KAZ", "org:UNICRI"];

/// A plan with an action and tasks below it.
async fn plan(app: &TestApp, owner: &str, title: &str) -> Uuid {
    let plan = json!({"owner": owner, "kind": "cbrn_nap", "title": format!("Plan {title}"), "domains": ["C"],
        "language": "en", "translations": {"ru": {"title": format!("План {title}")}}});
    let plan = add(app, "plan", plan).await;
    let pillar = json!({"plan": plan, "title": format!("Pillar {title}"), "position": 1});
    let pillar = add(app, "pillar", pillar).await;
    let objective = json!({"pillar": pillar, "title": format!("Objective {title}")});
    let objective = add(app, "objective", objective).await;
    let action = json!({"objective": objective, "title": format!("Action {title}"), "lead_agency": "MES",
        "obligations": ["CWC-III"]});
    let action = add(app, "action", action).await;
    let levels =
        if title.ends_with("for partners") { &["national", "group", "agency"][..] } else { &["national"] };
    for level in levels {
        let task = json!({"owner": owner, "action": action, "title": format!("Task {title} {level}"), "lead_agency": "MES",
            "visibility": level});
        add(app, "task", task).await;
    }
    plan
}

/// Adds plans of the country for every audience and plans of another one, and answers the people who were missing:
/// of an organisation and a country that nothing is released to by name.
pub async fn set(app: &TestApp) -> Vec<(&'static str, Uuid)> {
    for (code, iso2) in [("UZB", "UZ"), ("TJK", "TJ")] {
        let country = json!({"code": code, "iso2": iso2, "name": code, "name_long": code, "official_languages": ["ru"],
            "time_zone": "Asia/Tashkent", "is_partner": true, "confidence": "high"});
        add(app, "country", country).await;
        let seat = json!({"country": code, "region": "CA", "standing": "member", "is_primary": true, "source": "test"});
        add(app, "region_membership", seat).await;
    }
    let agency =
        json!({"owner": "TJK", "code": "MES", "name": "Emergencies", "kind": "ministry", "language": "en"});
    add(app, "agency", agency).await;
    for audience in AUDIENCES {
        let id = plan(app, "KGZ", &format!("for {audience}")).await;
        release(app, id, audience).await;
    }
    for audience in ["public", "partners", "country:KGZ"] {
        let id = plan(app, "TJK", &format!("of others for {audience}")).await;
        release(app, id, audience).await;
    }
    let org = json!({"code": "OPCW", "name": "Prohibition of chemical weapons", "kind": "un_body"});
    add(app, "organisation", org).await;
    let people = [("other_partner", "org:OPCW", "partner"), ("other_secretariat", "UZB", "secretariat")];
    let mut added = Vec::new();
    for (name, owner, role) in people {
        added.push((name, person(app, name, json!({"owner": owner, "role": role})).await));
    }
    added
}
