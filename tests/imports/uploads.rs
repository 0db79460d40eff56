//! Files that come in parts.

use axum::http::Method;
use base64::{Engine, engine::general_purpose::STANDARD};
use serde_json::{Value as Json, json};
use sha2_of::sha256;

use super::{counts, send};
use crate::{
    log::unverified::sql,
    support::{
        app,
        client::{Answer, Client},
    },
};

mod sha2_of {
    /// SHA-256 of bytes.
    pub fn sha256(bytes: &[u8]) -> Vec<u8> {
        hex::decode(kernel::crypto::sha256(&[bytes])).expect("digits")
    }
}

const FILE: &str = "title,owner,lead_agency,language\nDrill,KGZ,MES,en\nStock,KGZ,MES,en\n";

async fn part(me: &Client<'_>, id: &str, number: u32, bytes: &[u8]) -> Answer {
    let path = format!("/api/v1/imports/uploads/{id}/parts/{number}");
    let digest = format!("sha-256=:{}:", STANDARD.encode(sha256(bytes)));
    let me = me.with("content-digest", digest);
    me.send(Method::PUT, &path, Some("application/octet-stream"), bytes.to_vec()).await
}

#[tokio::test]
async fn a_file_comes_in_parts_and_parts_come_again() {
    app(async |app| {
        let me = app.user("secretariat").await;
        let opened = me.post("/imports/uploads?kind=tasks", json!({})).await;
        let id = opened.ok(201)["id"].as_str().expect("an id").to_owned();
        let (first, second) = FILE.as_bytes().split_at(40);

        part(&me, &id, 2, second).await.ok(200);
        let early = me.post(&format!("/imports/uploads/{id}/complete"), json!({})).await;
        part(&me, &id, 1, b"half of it").await.ok(200);
        part(&me, &id, 1, first).await.ok(200);
        let there = me.get(&format!("/imports/uploads/{id}")).await;
        let wrong =
            me.post(&format!("/imports/uploads/{id}/complete"), json!({"sha256": "0".repeat(64)})).await;
        let whole = hex::encode(sha256(FILE.as_bytes()));
        let done = me.post(&format!("/imports/uploads/{id}/complete"), json!({ "sha256": whole })).await;
        let again = me.post(&format!("/imports/uploads/{id}/complete"), json!({})).await;

        assert!(
            early.problem(422, "invalid")["errors"][0]["detail"].as_str().unwrap().contains('1'),
            "{}",
            early.body
        );
        assert_eq!(there.ok(200)["parts"].as_array().map(Vec::len), Some(2));
        assert_eq!(
            (there.body["bytes"].as_u64(), &there.body["state"]),
            (u64::try_from(FILE.len()).ok(), &json!("open"))
        );
        wrong.problem(422, "invalid");
        assert_eq!(
            (counts(done.ok(200)), done.body["id"].as_str()),
            ([2, 0, 0, 0, 0], Some(id.as_str())),
            "{}",
            done.body
        );
        assert_eq!(again.ok(200)["id"], done.body["id"]);
        me.get(&format!("/imports/uploads/{id}")).await.problem(404, "not_found");
        assert_eq!(app.count("import_upload_part").await, 0);
    })
    .await;
}

#[tokio::test]
async fn what_does_not_fit_is_refused_and_others_see_nothing() {
    app(async |app| {
        let (me, other) = (app.user("secretariat").await, app.user("focal_point").await);
        let opened = me.post("/imports/uploads?kind=tasks", json!({})).await;
        let id = opened.ok(201)["id"].as_str().expect("an id").to_owned();
        let path = format!("/api/v1/imports/uploads/{id}/parts");
        let put = async |number: &str, digest: Option<&str>, bytes: &[u8]| {
            let me =
                digest.map_or_else(|| me.with("x-none", "1"), |digest| me.with("content-digest", digest));
            me.send(
                Method::PUT,
                &format!("{path}/{number}"),
                Some("application/octet-stream"),
                bytes.to_vec(),
            )
            .await
        };
        let none = STANDARD.encode([0; 32]);

        put("1", Some(&format!("sha-256=:{none}:")), b"x").await.problem(422, "invalid");
        put("1", Some("sha-256=nonsense"), b"x").await.problem(400, "bad_request");
        put("1", Some("sha-256=:\u{44f}:"), b"x").await.problem(400, "bad_request");
        put("0", None, b"x").await.problem(400, "bad_request");
        put("1001", None, b"x").await.problem(400, "bad_request");
        put("1", None, b"").await.problem(422, "invalid");
        put("1", None, &vec![b'x'; (16 << 20) + 1]).await.problem(413, "payload_too_large");
        other.get(&format!("/imports/uploads/{id}")).await.problem(404, "not_found");
        part(&other, &id, 1, b"x").await.problem(404, "not_found");
        other.post(&format!("/imports/uploads/{id}/complete"), json!({})).await.problem(404, "not_found");
        let unknown = me.post("/imports/uploads?kind=nonsense", json!({})).await;
        unknown.problem(400, "bad_request");
        let gone = me.send(Method::DELETE, &format!("/api/v1/imports/uploads/{id}"), None, Vec::new()).await;
        assert_eq!((gone.status, &gone.body), (204, &Json::Null));
        me.get(&format!("/imports/uploads/{id}")).await.problem(404, "not_found");
    })
    .await;
}

#[tokio::test]
async fn of_a_file_that_was_imported_before_that_import_is_answered_each_time() {
    app(async |app| {
        let me = app.user("secretariat").await;
        let first = send(&me, "kind=tasks", FILE).await;
        let id = me.post("/imports/uploads?kind=tasks", json!({})).await.id();
        part(&me, &id, 1, FILE.as_bytes()).await.ok(200);
        let path = format!("/imports/uploads/{id}/complete");

        let (once, twice) = (me.post(&path, json!({})).await, me.post(&path, json!({})).await);

        assert_eq!((&once.ok(200)["id"], &twice.ok(200)["id"]), (&first.ok(200)["id"], &first.body["id"]));
        assert_eq!(app.count("import_job").await, 1);
    })
    .await;
}

#[tokio::test]
async fn a_file_in_parts_is_as_large_as_another_one_may_be() {
    app(async |app| {
        let me = app.user("secretariat").await;
        let id = me.post("/imports/uploads?kind=tasks", json!({})).await.id();
        part(&me, &id, 1, FILE.as_bytes()).await.ok(200);
        sql(app, "UPDATE import_upload_part SET bytes = 268435456").await.expect("it is done");

        let more = part(&me, &id, 2, b"x").await;

        let told = more.problem(413, "payload_too_large")["detail"].as_str().expect("a text").to_owned();
        assert_eq!(told, "a file has at most 268435456 bytes, and these parts have 268435457");
    })
    .await;
}

#[tokio::test]
async fn of_more_uploads_than_may_be_open_the_oldest_one_gives_way() {
    app(async |app| {
        let me = app.user("secretariat").await;
        let mut ids = Vec::new();
        for _ in 0..21 {
            ids.push(me.post("/imports/uploads?kind=tasks", json!({})).await.id());
        }

        let (first, second) = (&ids[0], &ids[1]);

        me.get(&format!("/imports/uploads/{first}")).await.problem(404, "not_found");
        me.get(&format!("/imports/uploads/{second}")).await.ok(200);
        assert_eq!(app.anonymous().get("/limits").await.ok(200)["imports"]["uploads"], 20);
    })
    .await;
}
