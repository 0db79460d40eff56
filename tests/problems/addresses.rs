//! Addresses: those that do not exist, and links under another one.

use axum::http::Method;
use concord::{config::Config, server};
use serde_json::json;

use super::page;
use crate::support::{TestApp, app, client::Client};

/// What is said of an address.
async fn detail(who: &Client<'_>, method: Method, path: &str) -> String {
    let answer = who.send(method, path, None, Vec::new()).await;
    answer.problem(404, "not_found")["detail"].as_str().unwrap_or_default().to_owned()
}

#[tokio::test]
async fn an_address_that_does_not_exist_is_said_to_be_unknown() {
    app(async |app| {
        let me = app.user("officer").await;

        let slash = detail(&me, Method::GET, "/api/v1/tasks/").await;
        let write = detail(&me, Method::POST, "/api/v1/tasks/").await;
        let misspelt = detail(&me, Method::GET, "/api/v1/taks").await;
        let unknown = detail(&me, Method::GET, "/api/v1/xxxxxxxxxxxx").await;
        let outside = detail(&app.anonymous(), Method::GET, "/tasks").await;
        let file = detail(&app.anonymous(), Method::GET, "/graphiql/nothing.js").await;
        let docs = detail(&app.anonymous(), Method::GET, "/docs/nothing.js").await;
        let code = detail(&app.anonymous(), Method::GET, "/problems/not_fuond").await;
        let hidden =
            detail(&me, Method::GET, &format!("/api/v1/tasks/{}", app.world.id("task:foreign"))).await;

        let without = "there is no such address; did you mean `/api/v1/tasks`, without the slash at the end?";
        assert_eq!([slash.as_str(), write.as_str()], [without; 2]);
        assert_eq!(misspelt, "there is no such address; did you mean `/api/v1/tasks`?");
        assert_eq!([unknown, file, docs], ["there is no such address"; 3]);
        assert_eq!(
            outside,
            "there is no such address; did you mean `/api/v1/tasks`? Operations lie below `/api/v1`"
        );
        assert_eq!(code, "there is no such code of errors; did you mean `/problems/not_found`?");
        assert_eq!(hidden, "no record with this address is visible to you");
    })
    .await;
}

/// The same service at another address.
async fn moved(app: &TestApp, url: &str) -> TestApp {
    let settings = [("CONCORD_PUBLIC_URL".to_owned(), url.to_owned())];
    let state = app.under(&Config::read(None, settings).expect("settings")).await;
    let router = server::app(state.clone());
    TestApp { state, router, world: app.world.clone(), url: app.url.clone() }
}

#[tokio::test]
async fn every_link_begins_with_the_public_address() {
    app(async |app| {
        let moved = moved(app, "https://example.org/concord/").await;
        let (here, there) = (app.user("officer").await, app.user("officer").await);
        let there = there.at(&moved);

        let made = there.post("/tasks", crate::reading::task("Behind a proxy")).await;
        let list = there.get("/tasks?limit=1").await;
        let problem = there.get("/tasks?lmit=1").await;
        let contract = page(&moved, "/openapi.json").await;
        let docs = page(&moved, "/docs").await;
        let kept = there.send(Method::GET, "/concord/api/v1/tasks?limit=1", None, Vec::new()).await;
        let part = page(&moved, "/concord/graphiql/init.js").await;
        let root = page(&moved, "/concord").await;
        let plain = here.get("/tasks?limit=1").await;

        let base = "https://example.org/concord";
        assert_eq!(made.headers["location"], format!("{base}/api/v1/tasks/{}", made.id()));
        let link = list.headers["link"].to_str().expect("a text");
        assert!(
            link.starts_with(&format!("<{base}/api/v1/tasks?")) && link.ends_with("rel=\"next\""),
            "{link}"
        );
        assert_eq!(problem.body["type"], format!("{base}/problems/unknown_parameter"));
        assert_eq!(problem.body["instance"], "/concord/api/v1/tasks");
        assert_eq!(contract.ok(200)["servers"], json!([{"url": format!("{base}/api/v1")}]));
        assert_eq!(docs.headers["location"], format!("{base}/docs/"));
        assert_eq!(
            (root.status, &root.headers["location"]),
            (308, &format!("{base}/").parse().expect("a value"))
        );
        assert_eq!((kept.status, part.status), (200, 200));
        assert_eq!(kept.headers["link"], list.headers["link"]);
        assert_eq!(kept.ok(200)["page"], list.body["page"]);
        assert!(
            plain.headers["link"].to_str().expect("a text").starts_with("</api/v1/tasks?"),
            "{:?}",
            plain.headers
        );
    })
    .await;
}

#[tokio::test]
async fn pages_link_relative_to_themselves() {
    app(async |app| {
        let paths = [
            "/",
            "/graphiql",
            "/graphiql/init.js",
            "/problems",
            "/problems/not_found",
            "/docs/",
            "/docs/swagger-initializer.js",
        ];

        let mut absolute = Vec::new();
        for path in paths {
            let text = String::from_utf8_lossy(&page(app, path).await.bytes).into_owned();
            let links = ["href=\"/", "src=\"/", "url: \"/", "\"url\": \"/", "fetch(\"/"];
            absolute.extend(
                links.iter().filter(|link| text.contains(*link)).map(|link| format!("{path}: {link}")),
            );
        }

        assert_eq!(absolute, [""; 0]);
    })
    .await;
}
