//! What may be kept of answers, and static ones that are compressed once.

use axum::http::{Method, header};
use serde_json::json;

use super::at;
use crate::support::{
    app,
    client::{Answer, Client},
};

fn kept(answer: &Answer) -> String {
    let values = answer.headers.get_all(header::CACHE_CONTROL).iter();
    values.filter_map(|value| value.to_str().ok()).collect::<Vec<_>>().join(" AND ")
}

async fn page(who: &Client<'_>, path: &str) -> Answer {
    who.send(Method::GET, path, None, Vec::new()).await
}

#[tokio::test]
async fn answers_say_who_may_keep_them() {
    app(async |app| {
        let (me, anonymous) = (app.user("officer").await, app.anonymous());
        let task = at(app, "tasks", "task:national");

        let mut private = Vec::new();
        for path in
            [task.as_str(), "/tasks", "/me", "/countries", "/limits", "/me/sessions", "/nowhere", "/changes"]
        {
            private.push(kept(&me.get(path).await));
        }
        let hidden = anonymous.get(&task).await;
        let plans = anonymous.get("/plans").await;
        let mut public = Vec::new();
        for path in ["/countries", "/frameworks/CWC", "/vocabularies", "/countries?region=CA"] {
            public.push(kept(&anonymous.get(path).await));
        }
        let keys = page(&anonymous, "/.well-known/jwks.json").await;
        let missing = anonymous.get("/countries/XXX").await;
        let graphql = me.graphql("{ me { name } }", json!({})).await;
        let written = me.post("/tasks", super::task("Kept by its caller")).await;

        assert_eq!(private, ["private, no-cache"; 8]);
        assert_eq!([&hidden, &plans, &missing, &graphql, &written].map(kept), ["private, no-cache"; 5]);
        public.push(kept(&keys));
        assert_eq!(public, ["public, max-age=60, must-revalidate"; 5]);
    })
    .await;
}

#[tokio::test]
async fn answers_with_secrets_are_kept_nowhere() {
    app(async |app| {
        let operator = app.user("focal_point").await;
        let user = app.world.id("officer");

        let login = app.anonymous().login("nobody@test", "no password of anybody").await;
        let token = operator.post(&format!("/users/{user}/password-token"), json!({})).await;
        let health = page(&app.anonymous(), "/health/live").await;

        assert_eq!([&login, &token, &health].map(kept), ["no-store"; 3]);
        assert!(token.status < 300, "{}", token.body);
    })
    .await;
}

#[tokio::test]
async fn each_read_of_json_has_a_tag_that_spares_the_body() {
    app(async |app| {
        let me = app.user("officer").await;
        let moves = format!("{}/moves", at(app, "tasks", "task:national"));

        let mut answered = Vec::new();
        for path in ["/me", "/limits", "/vocabularies", "/me/sessions", moves.as_str(), "/countries/KGZ"] {
            let read = me.get(path).await;
            let again = me.with("if-none-match", read.etag()).get(path).await;
            assert!(read.etag().starts_with('"'), "{path} {}", read.etag());
            answered.push((read.status, again.status, again.bytes.len(), kept(&again) == kept(&read)));
        }

        assert_eq!(answered, [(200, 304, 0, true); 6]);
        let query = "/graphql?query=%7Bcountries(first:1)%7BtotalCount%7D%7D";
        let read = page(&me, query).await;
        let again = page(&me.with("if-none-match", read.etag()), query).await;
        assert_eq!((read.status, again.status, again.bytes.len()), (200, 304, 0));
    })
    .await;
}

#[tokio::test]
async fn static_answers_are_coded_tagged_and_checked() {
    app(async |app| {
        let who = app.anonymous();
        let paths = [
            "/",
            "/openapi.json",
            "/schema.graphql",
            "/graphiql",
            "/graphiql/graphiql.min.js",
            "/docs/",
            "/docs/swagger-ui-bundle.js",
            "/problems",
            "/problems/invalid",
        ];

        for path in paths {
            let plain = page(&who, path).await;
            let zipped = page(&who.with("accept-encoding", "gzip"), path).await;
            let zstd = page(&who.with("accept-encoding", "gzip, zstd"), path).await;
            let again = page(&who.with("if-none-match", zipped.etag()), path).await;

            assert_eq!(plain.status, 200, "{path}");
            assert_eq!(kept(&plain), "public, no-cache", "{path}");
            assert_eq!(
                (plain.bytes == zipped.bytes, zipped.etag()),
                (true, format!("W/{}", plain.etag())),
                "{path}"
            );
            assert_eq!(zipped.headers[header::CONTENT_ENCODING], "gzip", "{path}");
            assert_eq!(zstd.headers[header::CONTENT_ENCODING], "zstd", "{path}");
            assert_eq!((again.status, again.bytes.len(), kept(&again)), (304, 0, kept(&plain)), "{path}");
        }
    })
    .await;
}

/// The addresses that a page loads.
fn loaded(page: &Answer) -> Vec<String> {
    let text = String::from_utf8_lossy(&page.bytes).into_owned();
    let parts = text.split(['"', '\'']).filter(|part| part.contains("?v="));
    parts.map(|part| part.trim_start_matches("./").to_owned()).collect()
}

#[tokio::test]
async fn what_a_page_loads_is_kept_for_ever_under_the_hash_of_its_content() {
    app(async |app| {
        let who = app.anonymous();
        let (ide, docs) = (page(&who, "/graphiql").await, page(&who, "/docs/").await);
        let (of_ide, of_docs) = (loaded(&ide), loaded(&docs));

        let mut answers = Vec::new();
        for path in
            of_ide.iter().map(|one| format!("/{one}")).chain(of_docs.iter().map(|one| format!("/docs/{one}")))
        {
            let answer = page(&who, &path).await;
            answers.push((answer.status, kept(&answer)));
        }
        let old = page(&who, "/graphiql/init.js?v=0123456789abcdef").await;

        assert!(of_ide.len() >= 6 && of_docs.len() >= 4, "{of_ide:?} {of_docs:?}");
        assert!(
            answers.iter().all(|one| *one == (200, "public, max-age=31536000, immutable".into())),
            "{answers:?}"
        );
        assert_eq!(kept(&old), "public, no-cache");
    })
    .await;
}
