//! A whole country goes out and comes in: records of every kind that the demonstration has.

use std::sync::Arc;

use concord::{
    domain::{KINDS, exchange::bundles},
    seed,
};
use kernel::{db::Db, record::Op, unit::Atomic};
use model::Class;
use serde_json::{Value as Json, json};

use super::{lines, send};
use crate::{
    seeding::{demo, empty, sign_in},
    support::{TestApp, db},
};

/// Releases all records of a kind to everybody; kinds that cannot be are passed over.
async fn release(me: &crate::support::client::Client<'_>, kind: &str) {
    me.post("/releases", json!({"subject": {"kind": kind}, "audiences": ["public"]})).await;
}

#[tokio::test]
async fn records_of_every_kind_of_the_demonstration_go_out_and_come_in() {
    empty(async |sender| {
        demo(sender).await;
        let me = sign_in(sender, "focal_point@xaa.demo").await;
        let held = || KINDS.served().filter(|def| def.is_national() && def.class != Class::Comment);
        for def in held() {
            release(&me, def.name).await;
        }
        let asked = json!({"bundle": {"audiences": ["public"]}});
        let made = me.with("prefer", "wait=25").post("/exports", asked).await;
        let id = made.ok(200)["id"].as_str().expect("an id").to_owned();
        let file = me.get(&format!("/exports/{id}/files/XAA.bundle.ndjson")).await;
        let key = bundles::file::public(&bundles::own(&sender.system(), "XAA").await.expect("a key"));

        let url = db::blank().await;
        let there = TestApp::on(Db::connect(&url, 4).await.expect("it opens"), Arc::default(), url).await;
        let ctx = there.system();
        seed::reference(&ctx).await.expect("the reference data");
        let mut countries = Vec::new();
        for code in ["XAA", "XAB"] {
            countries.push(sender.anonymous().get(&format!("/countries/{code}")).await.ok(200).clone());
        }
        let unknown = prepare(&there, &countries[..1], "first").await;
        ctx.run(async |unit| bundles::pin(unit, "XAA", &key).await).await.expect("pinned");
        let refused = send(&there.person(unknown).await, &file.bytes).await;
        let operator = prepare(&there, &countries[1..], "second").await;
        let answer = send(&there.person(operator).await, &file.bytes).await;

        refused.problem(422, "invalid");
        let told = &refused.body["errors"];
        assert!(told.to_string().contains("no country \\\"XAB\\\" is known here"), "{told}");
        answer.ok(200);
        let mut kinds: Vec<String> = lines(&file.bytes)
            .iter()
            .filter_map(|line| Some(line.get("record")?["kind"].as_str()?.to_owned()))
            .collect();
        kinds.dedup();
        assert!(kinds.len() > 20, "{kinds:?}");
        let (here, away) = (sender.anonymous(), there.anonymous());
        for def in held().filter(|def| kinds.iter().any(|kind| kind == def.name)) {
            let path = format!("/{}?owner=XAA&total=true&limit=200", def.collection);
            let [one, other] = [here.get(&path).await, away.get(&path).await];
            let ids = |answer: &Json| {
                let mut all: Vec<String> = answer["items"]
                    .as_array()
                    .expect("items")
                    .iter()
                    .map(|one| one["id"].to_string())
                    .collect();
                all.sort();
                all
            };
            assert_eq!(ids(other.ok(200)), ids(one.ok(200)), "{}", def.name);
        }
        there.finish().await;
    })
    .await;
}

/// Makes countries known, and an operator.
async fn prepare(there: &TestApp, countries: &[Json], name: &str) -> uuid::Uuid {
    let add = async |kind: &str, fields: Json| {
        let def = KINDS.get(kind).expect("a kind");
        let mut fields = fields.as_object().cloned().expect("an object");
        fields.retain(|name, value| !value.is_null() && def.schemas.new.members().contains(name));
        let op = Op::Create(fields);
        let made =
            there.system().run(async |unit| unit.apply(def, vec![op.clone()], Atomic::All).await).await;
        made.unwrap_or_else(|error| panic!("{kind}: {error:?}"))[0].id.expect("an id")
    };
    for country in countries {
        add("country", country.clone()).await;
    }
    let user = add("user", json!({"email": format!("{name}@test"), "name": name})).await;
    add("grant", json!({"user": user.to_string(), "owner": "installation", "role": "operator"})).await;
    user
}
