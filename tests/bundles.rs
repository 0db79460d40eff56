//! Bundles: what a country releases, signed, and shown elsewhere as it released it.

mod keys;
mod refused;
mod superseded;
mod whole;

use std::sync::Arc;

use axum::http::Method;
use concord::domain::{KINDS, exchange::bundles};
use kernel::{db::Db, record::Op, unit::Atomic};
use serde_json::{Value as Json, json};
use uuid::Uuid;

use crate::support::{
    TestApp, app,
    client::{Answer, Client},
    db,
};

/// Runs a test with an installation that has the world, and another one that knows of the same countries and treaties, where
/// nobody has grants of KGZ.
async fn two<F>(test: F)
where
    F: AsyncFnOnce(&TestApp, &Receiver),
{
    app(async |sender| {
        let url = db::blank().await;
        let db = Db::connect(&url, 4).await.expect("the database opens");
        let receiver = Receiver::on(TestApp::on(db, Arc::default(), url).await).await;

        test(sender, &receiver).await;

        receiver.app.finish().await;
    })
    .await;
}

/// Another installation.
struct Receiver {
    app: TestApp,
    people: Vec<(&'static str, Uuid)>,
}

const PEOPLE: [(&str, &str, &str); 5] = [
    ("operator", "installation", "operator"),
    ("regional", "region:CA", "regional"),
    ("partner", "org:UNICRI", "partner"),
    ("neighbour", "KAZ", "focal_point"),
    ("steward", "reference", "steward"),
];

impl Receiver {
    async fn on(app: TestApp) -> Self {
        let mut made = Self { app, people: Vec::new() };
        made.add("region", json!({"code": "CA", "name": "Central Asia"})).await;
        for (code, iso2) in [("KGZ", "KG"), ("KAZ", "KZ")] {
            let fields = json!({"code": code, "iso2": iso2, "name": code, "name_long": code, "official_languages": ["ky", "ru"],
                "time_zone": "Asia/Bishkek", "is_partner": true, "confidence": "high"});
            made.add("country", fields).await;
            let fields = json!({"country": code, "region": "CA", "standing": "member", "is_primary": true, "source": "test"});
            made.add("region_membership", fields).await;
        }
        made.add("organisation", json!({"code": "UNICRI", "name": "Institute", "kind": "un_body"})).await;
        let framework = json!({"code": "CWC", "name": "Chemical Weapons Convention", "short_name": "CWC", "kind": "treaty", "domains": ["C"]});
        made.add("framework", framework).await;
        for code in ["CWC-III", "CWC-VII"] {
            let fields = json!({"code": code, "framework": "CWC", "provision": code, "title": code, "summary": "In own words.",
                "category": "declaration", "domains": ["C"], "periodicity": "continuous", "lead_functions": ["foreign_affairs"],
                "binding": "legally_binding", "source": code});
            made.add("obligation", fields).await;
        }
        for (name, owner, role) in PEOPLE {
            let user = made.add("user", json!({"email": format!("{name}@test"), "name": name})).await;
            made.add("grant", json!({"user": user.to_string(), "owner": owner, "role": role})).await;
            made.people.push((name, user));
        }
        made
    }

    async fn add(&self, kind: &str, fields: Json) -> Uuid {
        let def = KINDS.get(kind).expect("a kind");
        let op = Op::Create(fields.as_object().cloned().expect("an object"));
        let ctx = self.app.system();
        let made = ctx.run(async |unit| unit.apply(def, vec![op.clone()], Atomic::All).await).await;
        made.unwrap_or_else(|error| panic!("{kind}: {error:?}"))[0].id.expect("an id")
    }

    async fn user(&self, name: &str) -> Client<'_> {
        let found = self.people.iter().find(|(known, _)| *known == name).expect("a person");
        self.app.person(found.1).await
    }

    /// Takes bundles of KGZ that the sender has signed.
    async fn pins(&self, sender: &TestApp) -> String {
        let ctx = sender.system();
        let key = bundles::file::public(&bundles::own(&ctx, "KGZ").await.expect("a key"));
        self.pins_key(&key).await.expect("it is pinned");
        key
    }

    async fn pins_key(&self, key: &str) -> kernel::Result<()> {
        self.app.system().run(async |unit| bundles::pin(unit, "KGZ", key).await).await
    }

    async fn receives(&self, bytes: &[u8]) -> Answer {
        send(&self.user("operator").await, bytes).await
    }

    /// How many records of KGZ somebody sees.
    async fn sees(&self, name: &str, list: &str) -> u64 {
        let client = if name == "anonymous" { self.app.anonymous() } else { self.user(name).await };
        let answer = client.get(&format!("/{list}?owner=KGZ&total=true")).await;
        answer.ok(200)["page"]["total"].as_u64().expect("a total")
    }
}

async fn send(client: &Client<'_>, bytes: &[u8]) -> Answer {
    let kind = Some("application/octet-stream");
    client.send(Method::POST, "/api/v1/bundles", kind, bytes.to_vec()).await
}

/// Has the sender make a bundle; answers its file.
async fn made(me: &Client<'_>, body: Json) -> Vec<u8> {
    let answer = me.with("prefer", "wait=25").post("/exports", json!({"bundle": body})).await;
    let snapshot = answer.ok(200);
    assert_eq!(snapshot["state"], "completed", "{snapshot}");
    let path = format!("/exports/{}/files/KGZ.bundle.ndjson", snapshot["id"].as_str().expect("an id"));
    let file = me.get(&path).await;
    assert_eq!(file.status, 200);
    file.bytes
}

/// Releases the national plan with its agencies; answers the release.
async fn release(me: &Client<'_>, sender: &TestApp, audience: &str, more: Json) -> String {
    let plan = sender.world.id("plan:national");
    let mut body = json!({"subject": {"plan": plan}, "audiences": [audience], "include_references": true});
    body.as_object_mut().expect("an object").extend(more.as_object().cloned().unwrap_or_default());
    let made = me.post("/releases", body).await;
    made.ok(201);
    made.id()
}

/// The lines of a file.
fn lines(bytes: &[u8]) -> Vec<Json> {
    bytes
        .split(|byte| *byte == b'\n')
        .filter(|line| !line.is_empty())
        .map(|line| serde_json::from_slice(line).expect("JSON"))
        .collect()
}

#[tokio::test]
async fn what_is_released_is_shown_elsewhere_as_it_is_here() {
    two(async |sender, receiver| {
        let me = sender.user("focal_point").await;
        release(&me, sender, "partners", json!({})).await;
        receiver.pins(sender).await;
        let bytes = made(&me, json!({"audiences": ["partners"]})).await;

        let taken = receiver.receives(&bytes).await;

        let taken = taken.ok(200).clone();
        assert_eq!(
            (&taken["owner"], &taken["state"], &taken["is_live"]),
            (&json!("KGZ"), &json!("current"), &json!(true))
        );
        let records = lines(&bytes).iter().filter(|line| line.get("record").is_some()).count();
        assert_eq!(taken["records"], records);
        let (here, there) = (sender.user("partner").await, receiver.user("partner").await);
        for list in ["plans", "pillars", "objectives", "actions", "tasks", "agencies"] {
            let query = format!("/{list}?owner=KGZ&lang=*");
            let [mine, theirs] = [here.get(&query).await, there.get(&query).await];
            let shown = |answer: &Answer| {
                let all = answer.ok(200)["items"].as_array().cloned().expect("items");
                let mut all: Vec<Json> = all.into_iter().map(same_everywhere).collect();
                all.sort_by_key(|one| one["id"].to_string());
                all
            };
            assert_eq!(shown(&theirs), shown(&mine), "{list}");
        }
        assert!(receiver.sees("partner", "actions").await > 0);
        // Nobody else sees anything of it.
        for name in ["anonymous", "neighbour", "regional", "operator", "steward"] {
            assert_eq!(receiver.sees(name, "plans").await, 0, "{name}");
        }
    })
    .await;
}

/// A record without what differs from installation to installation: instants of writing, ids of what belongs to nobody.
fn same_everywhere(mut record: Json) -> Json {
    for name in ["created_at", "updated_at"] {
        record.as_object_mut().expect("an object").remove(name);
    }
    for value in record.as_object_mut().expect("an object").values_mut() {
        let all = match value {
            Json::Array(all) => all.iter_mut().collect(),
            one => vec![one],
        };
        for one in all {
            let is_anybodys =
                one.get("code").and_then(Json::as_str).is_some_and(|code| code.starts_with("CWC"));
            if is_anybodys {
                let reference = one.as_object_mut().expect("a reference");
                reference.remove("id");
                reference.remove("name");
            }
        }
    }
    record
}

#[tokio::test]
async fn agencies_that_are_not_released_are_not_told() {
    two(async |sender, receiver| {
        let me = sender.user("focal_point").await;
        release(&me, sender, "partners", json!({"include_references": false})).await;
        receiver.pins(sender).await;

        let bytes = made(&me, json!({"audiences": ["partners"]})).await;
        receiver.receives(&bytes).await.ok(200);

        let text = String::from_utf8(bytes).expect("text");
        for name in ["MES", "MOH", "Agency"] {
            let agency = sender.world.find(&format!("agency:KGZ/{name}"));
            assert!(agency.is_none_or(|id| !text.contains(&id.to_string())), "{name}");
        }
        let partner = receiver.user("partner").await;
        let tasks = partner.get("/tasks?owner=KGZ").await;
        for task in tasks.ok(200)["items"].as_array().expect("items") {
            assert_eq!(task["lead_agency"], Json::Null, "{task}");
        }
        assert_eq!(receiver.sees("partner", "agencies").await, 0);
    })
    .await;
}

#[tokio::test]
async fn only_a_focal_point_has_a_bundle_made() {
    app(async |app| {
        let ask = json!({"bundle": {"audiences": ["partners"]}});
        for name in ["secretariat", "officer", "approver", "observer", "partner", "regional", "operator"] {
            app.user(name).await.post("/exports", ask.clone()).await.problem(403, "forbidden");
        }
        app.anonymous().post("/exports", ask).await.problem(401, "unauthenticated");
        let me = app.user("focal_point").await;
        let wrong = json!({"bundle": {"audiences": ["agency:MES", "country:KGZ", "nobody"], "plan": Uuid::nil(),
            "valid_until": "2020-01-01T00:00:00Z"}});

        let answer = me.post("/exports", wrong).await;
        let both = me.post("/exports", json!({"bundle": {"audiences": ["public"]}, "gzip": true})).await;

        answer.problem(422, "invalid");
        let pointers: Vec<String> = answer.violations().into_iter().map(|(pointer, _)| pointer).collect();
        let wanted = ["/bundle/audiences/0", "/bundle/audiences/1", "/bundle/audiences/2", "/bundle/plan", "/bundle/valid_until"];
        assert_eq!(pointers, wanted);
        assert_eq!(both.problem(422, "invalid")["errors"][0]["pointer"], "/bundle");
    })
    .await;
}

#[tokio::test]
async fn graphql_asks_for_lists_and_withdraws() {
    two(async |sender, receiver| {
        let me = sender.user("focal_point").await;
        release(&me, sender, "partners", json!({})).await;
        receiver.pins(sender).await;
        let bytes = made(&me, json!({"audiences": ["partners"]})).await;
        receiver.receives(&bytes).await.ok(200);
        let operator = receiver.user("operator").await;

        let asked = me.graphql("mutation { createSnapshot(input: {bundle: {audiences: [\"partners\"]}}) { bundle { audiences plan } } }", json!({})).await;
        let own = me.graphql("{ bundles { items { id owner state records } } }", json!({})).await;
        let all = operator.graphql("{ bundles { items { id owner state isLive key } } }", json!({})).await;
        let id = all.data()["bundles"]["items"][0]["id"].clone();
        let text = "mutation($id: ID!) { withdrawBundle(input: {id: $id}) { state isLive } }";
        let gone = operator.graphql(text, json!({"id": id})).await;
        let hidden = receiver.user("neighbour").await.graphql("{ bundles { items { id } } }", json!({})).await;

        assert_eq!(asked.data()["createSnapshot"]["bundle"], json!({"audiences": ["partners"], "plan": null}));
        assert_eq!(own.data()["bundles"]["items"][0]["state"], "MADE".to_lowercase());
        assert_eq!(all.data()["bundles"]["items"][0]["isLive"], true);
        assert_eq!(gone.data()["withdrawBundle"], json!({"state": "withdrawn", "isLive": false}));
        assert_eq!(hidden.data()["bundles"]["items"], json!([]));
        assert_eq!(receiver.sees("partner", "plans").await, 0);
    })
    .await;
}
