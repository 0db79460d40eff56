//! Bodies that are packed, and those that are not what they say.

use axum::http::{Method, header};
use concord::coding::Coding;
use serde_json::{Value as Json, json};

use crate::support::{
    app,
    client::{Answer, Client},
};

const JSON: Option<&str> = Some("application/json");

async fn send(who: &Client<'_>, coding: &str, path: &str, body: Vec<u8>) -> Answer {
    who.with("content-encoding", coding).send(Method::POST, path, JSON, body).await
}

fn task(title: &str) -> Json {
    json!({"owner": "KGZ", "title": title, "lead_agency": "MES", "language": "en"})
}

async fn packed(coding: Coding, body: &Json) -> Vec<u8> {
    coding.pack(body.to_string().as_bytes()).await.to_vec()
}

#[tokio::test]
async fn packed_bodies_are_taken_on_both_faces() {
    app(async |app| {
        let me = app.user("officer").await;
        let items = json!({"items": [{"op": "create", "data": task("In a packed batch")}]});
        let query = json!({"query": "mutation($i: NewTask!) { createTask(input: $i) { task { title } } }",
            "variables": {"i": {"owner": "KGZ", "title": "Packed", "leadAgency": "MES", "language": "en"}}});

        let gzip = send(&me, "gzip", "/api/v1/tasks", packed(Coding::Gzip, &task("By gzip")).await).await;
        let zstd = send(&me, "ZSTD", "/api/v1/tasks", packed(Coding::Zstd, &task("By zstd")).await).await;
        let batch = send(&me, "x-gzip", "/api/v1/tasks/batch", packed(Coding::Gzip, &items).await).await;
        let graphql = send(&me, "zstd", "/graphql", packed(Coding::Zstd, &query).await).await;
        let plain = send(&me, "identity", "/api/v1/tasks", task("Plain").to_string().into_bytes()).await;

        assert_eq!(gzip.ok(201)["title"], "By gzip");
        assert_eq!(zstd.ok(201)["title"], "By zstd");
        assert_eq!(batch.ok(200)["outcomes"][0]["result"], "created");
        assert_eq!(graphql.data()["createTask"]["task"]["title"], "Packed");
        plain.ok(201);
    })
    .await;
}

#[tokio::test]
async fn other_codings_are_refused_with_those_that_are_taken() {
    app(async |app| {
        let me = app.user("officer").await;
        let body = || task("Coded").to_string().into_bytes();

        let mut refused = Vec::new();
        for coding in ["br", "deflate", "gzip, gzip", "zstd, gzip", "ü"] {
            let answer = send(&me, coding, "/api/v1/tasks", body()).await;
            answer.problem(415, "unsupported_media_type");
            refused.push(answer.headers[header::ACCEPT_ENCODING].clone());
        }
        let graphql = send(&me, "br", "/graphql", body()).await;
        let form = me.send(Method::POST, "/api/v1/tasks", Some("text/plain"), body()).await;

        assert_eq!(refused, ["gzip, zstd"; 5]);
        graphql.problem(415, "unsupported_media_type");
        assert!(
            form.problem(415, "unsupported_media_type").is_object()
                && !form.headers.contains_key(header::ACCEPT_ENCODING)
        );
    })
    .await;
}

#[tokio::test]
async fn a_body_that_is_not_what_it_says_is_refused() {
    app(async |app| {
        let me = app.user("officer").await;
        let whole = packed(Coding::Gzip, &task("Cut off")).await;
        let (plain, cut) = (task("Plain").to_string().into_bytes(), whole[..whole.len() - 6].to_vec());

        let mut told = Vec::new();
        for (coding, body) in
            [("gzip", plain.clone()), ("zstd", plain), ("gzip", cut), ("zstd", whole.clone())]
        {
            let answer = send(&me, coding, "/api/v1/tasks", body).await;
            told.push(answer.problem(400, "bad_request")["detail"].as_str().unwrap_or_default().to_owned());
        }
        let untold = me.send(Method::POST, "/api/v1/tasks", JSON, whole).await;

        let of = |name: &str| {
            format!("the body is not {name}, or not all of it, though `Content-Encoding` says so")
        };
        assert_eq!(told, [of("gzip"), of("zstd"), of("gzip"), of("zstd")]);
        untold.problem(400, "malformed_json");
    })
    .await;
}

#[tokio::test]
async fn the_limit_counts_what_is_unpacked() {
    app(async |app| {
        let me = app.user("officer").await;
        let body = |blanks: usize| format!("{}{}", " ".repeat(blanks), task("Within")).into_bytes();
        let most = app.state.limits.bodies.write_bytes;
        let fits = body(most - task("Within").to_string().len());

        let within = send(&me, "gzip", "/api/v1/tasks", Coding::Gzip.pack(&fits).await.to_vec()).await;
        let mut bombs = Vec::new();
        for coding in [Coding::Gzip, Coding::Zstd] {
            // 64 MiB, in some kilobytes.
            let bomb = coding.pack(&body(64 << 20)).await.to_vec();
            assert!(bomb.len() < 100_000, "{}", bomb.len());
            bombs.push(send(&me, coding.name(), "/api/v1/tasks", bomb).await);
        }

        within.ok(201);
        for bomb in bombs {
            bomb.problem(413, "payload_too_large");
        }
    })
    .await;
}

#[tokio::test]
async fn a_packed_call_is_repeated_however_it_is_packed() {
    app(async |app| {
        let me = app.user("officer").await.with("idempotency-key", "packed");
        let body = task("Once");

        let first = send(&me, "gzip", "/api/v1/tasks", packed(Coding::Gzip, &body).await).await;
        let again = send(&me, "zstd", "/api/v1/tasks", packed(Coding::Zstd, &body).await).await;
        let plain = me.send(Method::POST, "/api/v1/tasks", JSON, body.to_string().into_bytes()).await;
        let other = send(&me, "gzip", "/api/v1/tasks", packed(Coding::Gzip, &task("Twice")).await).await;

        first.ok(201);
        assert_eq!([again.id(), plain.id()], [first.id(), first.id()]);
        assert_eq!(again.headers["idempotency-replayed"], "true");
        other.problem(422, "idempotency_key_reused");
    })
    .await;
}
