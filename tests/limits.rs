//! Limits: what may be spent, how much runs at a time, how large bodies are, what a panic is answered with.

mod errors;
mod pages;

use std::{net::SocketAddr, num::NonZeroU32};

use axum::{
    Router,
    body::{Body, to_bytes},
    http::{Method, Request, Response, header},
    routing::get,
};
use concord::{
    config::{Config, Front},
    origin::Peer,
    server,
};
use serde_json::{Value as Json, json};
use tower::ServiceExt;

use crate::support::{TestApp, app};

/// Settings that differ from the defaults in the front door.
pub fn config(front: Front) -> Config {
    Config { front, ..Config::default() }
}

fn units(count: u32) -> NonZeroU32 {
    NonZeroU32::new(count).expect("units")
}

/// The peer of a connection without TLS.
pub fn peer(address: &str) -> Peer {
    Peer { address: SocketAddr::new(address.parse().expect("an address"), 40_000), is_tls: false }
}

/// A read from this peer with these headers.
pub fn read(path: &str, from: Peer, headers: &[(&str, &str)]) -> Request<Body> {
    let mut request = Request::get(path).extension(from);
    for (name, value) in headers {
        request = request.header(*name, *value);
    }
    request.body(Body::empty()).expect("a request")
}

pub async fn ask(router: &Router, request: Request<Body>) -> Response<Body> {
    router.clone().oneshot(request).await.expect("an answer")
}

pub async fn body(answer: Response<Body>) -> Json {
    let bytes = to_bytes(answer.into_body(), usize::MAX).await.expect("a body");
    serde_json::from_slice(&bytes).unwrap_or_default()
}

pub fn text<'a>(answer: &'a Response<Body>, name: &str) -> &'a str {
    answer.headers().get(name).and_then(|value| value.to_str().ok()).unwrap_or_default()
}

/// Statuses of so many reads from a peer, with this header.
async fn statuses(router: &Router, count: usize, from: &str, header: (&str, &str)) -> Vec<u16> {
    let mut found = Vec::new();
    for _ in 0..count {
        let answer = ask(router, read("/api/v1/vocabularies", peer(from), &[header])).await;
        found.push(answer.status().as_u16());
    }
    found
}

#[tokio::test]
async fn a_caller_who_has_spent_its_quota_waits_whatever_its_address() {
    app(async |app| {
        let state = app.under(&config(Front { caller_rate: units(2), ..Front::default() })).await;
        let token = app.user("officer").await.token.expect("a token");
        let bearer = format!("Bearer {token}");
        let (router, headers) = (server::app(state), [("authorization", bearer.as_str())]);

        let first = ask(&router, read("/api/v1/vocabularies", peer("10.0.0.1"), &headers)).await;
        let more = statuses(&router, 1, "10.0.0.2", headers[0]).await;
        let spent = ask(&router, read("/api/v1/vocabularies", peer("10.0.0.3"), &headers)).await;

        assert_eq!(text(&first, "ratelimit-policy"), "\"address\";q=60000;w=60, \"caller\";q=2;w=60");
        assert_eq!(text(&first, "ratelimit"), "\"address\";r=59999;t=1, \"caller\";r=1;t=30");
        assert_eq!(more, [200]);
        assert!(
            (1..=30).contains(&text(&spent, "retry-after").parse::<u32>().expect("seconds")),
            "{spent:?}"
        );
        assert!(text(&spent, "ratelimit").contains("\"caller\";r=0;t=60"), "{spent:?}");
        assert_eq!(spent.status().as_u16(), 429);
        assert_eq!(body(spent).await["code"], "rate_limited");
    })
    .await;
}

#[tokio::test]
async fn a_forged_header_gains_nothing_and_a_trusted_proxy_is_believed() {
    app(async |app| {
        let trusted_proxies = vec!["10.0.0.0/8".parse().expect("a network")];
        let front = Front { address_rate: units(2), trusted_proxies, ..Front::default() };
        let router = server::app(app.under(&config(front)).await);
        let from = |client: &'static str| ("x-forwarded-for", client);

        let stranger = statuses(&router, 2, "192.0.2.1", from("198.51.100.1")).await;
        let forged = statuses(&router, 1, "192.0.2.1", from("198.51.100.2")).await;
        let one = statuses(&router, 3, "10.0.0.1", from("203.0.113.1")).await;
        let padded = statuses(&router, 1, "10.0.0.1", from("198.51.100.9, 203.0.113.1")).await;
        let other = statuses(&router, 1, "10.0.0.1", from("203.0.113.2")).await;

        assert_eq!((stranger, forged), (vec![200, 200], vec![429]));
        assert_eq!((one, padded), (vec![200, 200, 429], vec![429]));
        assert_eq!(other, [200]);
    })
    .await;
}

fn post(path: &str, body: &Json) -> Request<Body> {
    let request = Request::post(path).extension(peer("192.0.2.1"));
    let request = request.header(header::CONTENT_TYPE, "application/json");
    request.body(Body::from(body.to_string())).expect("a request")
}

#[tokio::test]
async fn an_attempt_to_sign_in_costs_more_than_a_read() {
    app(async |app| {
        let state = app.under(&config(Front { address_rate: units(108), ..Front::default() })).await;
        let router = server::app(state);

        let login =
            post("/api/v1/auth/login", &json!({"email": "nobody@test", "password": "a long pass phrase"}));
        let login = ask(&router, login).await;

        assert_eq!((login.status().as_u16(), text(&login, "ratelimit")), (401, "\"address\";r=8;t=56"));
    })
    .await;
}

#[tokio::test]
async fn a_document_is_paid_by_what_it_cost_and_never_by_what_it_could_return() {
    app(async |app| {
        let state = app.under(&config(Front { address_rate: units(5), ..Front::default() })).await;
        let router = server::app(state);
        let nested = "plans(first: 200) { nodes { pillars(first: 200) { nodes { objectives(first: 200) { nodes { title } } } } } }";
        let fields = |count: usize| {
            (0..count).map(|at| format!("f{at}: countries(first: 200) {{ totalCount nodes {{ code }} }} ")).collect::<String>()
        };
        let asked = async |fields: &str| ask(&router, post("/graphql", &json!({ "query": format!("{{ {fields} }}") }))).await;

        let wide = asked(nested).await;
        let many = asked(&fields(20)).await;
        let few = asked(&fields(1)).await;
        let none = asked(&fields(1)).await;
        let refused = asked(&fields(1)).await;

        // One for the request; twenty lists and their totals are forty statements, each of them ten rows or more.
        assert!(text(&wide, "ratelimit").starts_with("\"address\";r=4;"), "{wide:?}");
        assert!(text(&many, "ratelimit").starts_with("\"address\";r=3;"), "{many:?}");
        assert!(text(&few, "ratelimit").starts_with("\"address\";r=2;"), "{few:?}");
        assert_eq!((none.status().as_u16(), refused.status().as_u16()), (200, 200));
    })
    .await;
}

#[tokio::test]
async fn a_mutation_costs_what_the_same_writes_cost_by_rest() {
    app(async |app| {
        let state = app.under(&config(Front { address_rate: units(200), ..Front::default() })).await;
        let router = server::app(state);
        // What is made once for the process is made before: units come back while it is.
        app.anonymous().graphql("{ __typename }", json!({})).await.ok(200);
        let batch = "tasksBatch(input: {items: []}) { __typename }";
        let query = format!("mutation {{ a: {batch} ...B }} fragment B on Mutation {{ b: {batch} c: startTask(input: {{id: \"x\"}}) {{ __typename }} }}");

        let answer = ask(&router, post("/graphql", &json!({ "query": query }))).await;

        // One for the request, 50 for each batch, 5 for the move.
        assert!(text(&answer, "ratelimit").starts_with("\"address\";r=94;"), "{answer:?}");
    })
    .await;
}

#[tokio::test]
async fn what_is_more_than_can_run_is_sent_away_and_health_still_answers() {
    app(async |app| {
        let state = app.under(&config(Front { max_requests: 1, ..Front::default() })).await;
        let running = state.limits.places.claim(None);
        running.enter().await.expect("a place");
        let router = server::app(state);

        let shed = ask(&router, read("/api/v1/vocabularies", peer("192.0.2.1"), &[])).await;
        let live = ask(&router, read("/health/live", peer("192.0.2.1"), &[])).await;
        running.leave();
        let after = ask(&router, read("/api/v1/vocabularies", peer("192.0.2.1"), &[])).await;

        assert_eq!((shed.status().as_u16(), text(&shed, "retry-after")), (503, "2"));
        assert_eq!(text(&shed, "content-type"), "application/problem+json");
        assert_eq!((live.status().as_u16(), after.status().as_u16()), (200, 200));
    })
    .await;
}

async fn endless() -> &'static str {
    std::future::pending().await
}

#[tokio::test]
async fn a_request_that_takes_too_long_is_answered_503() {
    app(async |app| {
        let state = app.under(&Config { request_timeout_seconds: 1, ..Config::default() }).await;
        let routes = Router::new().route("/endless", get(endless).post(endless));
        let router = server::guarded(routes.route("/quick", get(async || "done")), state);
        let write = Request::post("/endless").extension(peer("192.0.2.1")).body(Body::empty());

        let (late, late_write) = tokio::join!(
            ask(&router, read("/endless", peer("192.0.2.1"), &[])),
            ask(&router, write.expect("a request")),
        );
        let quick = ask(&router, read("/quick", peer("192.0.2.1"), &[])).await;

        assert_eq!([&late, &late_write, &quick].map(|answer| answer.status().as_u16()), [503, 503, 200]);
        assert_eq!(text(&late, "content-type"), "application/problem+json");
        assert_eq!(body(late).await["code"], "unavailable");
    })
    .await;
}

/// The status of a body of so many bytes sent to an address.
async fn sent(app: &TestApp, path: &str, bytes: u64) -> u16 {
    let me = app.user("officer").await;
    let bytes = usize::try_from(bytes).expect("a size");
    let body = format!("{{\"x\": \"{}\"}}", "y".repeat(bytes - 9));
    me.send(Method::POST, path, Some("application/json"), body.into_bytes()).await.status
}

#[tokio::test]
async fn the_limits_listed_are_those_enforced() {
    app(async |app| {
        let list = app.anonymous().get("/limits").await.ok(200).clone();
        let bytes = |name: &str| list["bodies"][name].as_u64().expect("bytes");
        let limits = [
            ("/api/v1/tasks", bytes("write_bytes")),
            ("/api/v1/tasks/batch", bytes("batch_bytes")),
            ("/api/v1/auth/login", bytes("sign_in_bytes")),
            ("/graphql", bytes("graphql_bytes")),
        ];

        let mut found = Vec::new();
        for (path, most) in limits {
            found.push((sent(app, path, most).await == 413, sent(app, path, most + 1).await == 413));
        }
        let page = list["pages"]["limit_max"].as_u64().expect("a number");
        let within = app.anonymous().get(&format!("/countries?limit={page}")).await;
        let above = app.anonymous().get(&format!("/countries?limit={}", page + 1)).await;

        assert_eq!(found, [(false, true); 4]);
        within.ok(200);
        above.problem(400, "limit_out_of_range");
        assert_eq!([&list["graphql"]["rows"], &list["graphql"]["rows_anonymous"]], [20_000, 5_000]);
        let wait = list["streams"]["wait_seconds"].as_u64().expect("seconds");
        let longer = app.anonymous().get(&format!("/changes?wait={}", wait + 1)).await;
        longer.problem(400, "bad_request");
        assert_eq!(
            list["rates"]["costs"],
            json!({"read": 1, "write": 5, "batch": 50, "sign_in": 100, "export": 9, "export_rows_per_unit": 1_000, "graphql_rows_per_unit": 500, "graphql_bytes_per_unit": 200_000, "introspection_per_unit": 10})
        );
    })
    .await;
}
