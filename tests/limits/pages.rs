//! What browsers are told: HSTS behind TLS, CSP on pages, CORS of the configured sites.

use axum::{
    body::{Body, to_bytes},
    http::{Method, Request, Response},
};
use concord::{
    config::{Config, Front},
    origin::Peer,
    server,
};

use super::{ask, config, peer, read, text};
use crate::support::app;

#[tokio::test]
async fn browsers_are_held_to_tls_where_it_is_spoken() {
    app(async |app| {
        let trusted_proxies = vec!["10.0.0.0/8".parse().expect("a network")];
        let router = server::app(app.under(&config(Front { trusted_proxies, ..Front::default() })).await);
        let proxied = [("x-forwarded-for", "192.0.2.1"), ("x-forwarded-proto", "https")];

        let plain = ask(&router, read("/", peer("192.0.2.1"), &[])).await;
        let forged = ask(&router, read("/", peer("192.0.2.1"), &proxied)).await;
        let own = ask(&router, read("/", Peer { is_tls: true, ..peer("192.0.2.1") }, &[])).await;
        let behind = ask(&router, read("/", peer("10.0.0.1"), &proxied)).await;

        let hsts = [&plain, &forged, &own, &behind].map(|answer| text(answer, "strict-transport-security"));
        assert_eq!(hsts, ["", "", "max-age=31536000", "max-age=31536000"]);
    })
    .await;
}

#[tokio::test]
async fn every_page_says_what_it_may_load_and_no_inline_script_is_it() {
    app(async |app| {
        let paths = ["/", "/docs/", "/docs/index.html", "/graphiql", "/problems", "/problems/invalid"];

        let mut policies = Vec::new();
        for path in paths {
            let answer = ask(&app.router, read(path, peer("192.0.2.1"), &[])).await;
            assert_eq!(answer.status().as_u16(), 200, "{path}");
            policies.push(text(&answer, "content-security-policy").to_owned());
        }

        assert!(policies.iter().all(|policy| policy.contains("script-src 'self';")), "{policies:?}");
    })
    .await;
}

#[tokio::test]
async fn board_and_dashboard_are_served_with_the_demonstration_only() {
    app(async |app| {
        let shown = server::app(app.state.with(|parts| parts.is_demo = true));
        let paths = [
            "/demo",
            "/demo/dashboard",
            "/demo/board.js",
            "/demo/board.css",
            "/demo/dashboard.js",
            "/demo/dashboard.css",
        ];
        let (mut with, mut without) = (Vec::new(), Vec::new());

        for path in paths {
            with.push(ask(&shown, read(path, peer("192.0.2.1"), &[])).await);
            without.push(ask(&app.router, read(path, peer("192.0.2.1"), &[])).await);
        }

        let statuses =
            |all: &[Response<Body>]| all.iter().map(|one| one.status().as_u16()).collect::<Vec<_>>();
        assert_eq!(statuses(&with), [200; 6]);
        assert_eq!(statuses(&without), [404; 6]);
        assert!(with.iter().all(|one| text(one, "content-security-policy").contains("script-src 'self';")));
        let dashboard = body(with.swap_remove(1)).await;
        let board = body(with.swap_remove(0)).await;
        assert!(board.contains("src=\"demo/board.js?v="), "{board}");
        assert!(dashboard.contains("src=\"../demo/dashboard.js?v="), "{dashboard}");
        for page in [&board, &dashboard] {
            assert!(
                !page.contains("http:") && !page.contains("https:") && !page.contains("<style"),
                "{page}"
            );
            assert!(page.contains("focal_point@xaa.demo") && !page.contains("{readers}"), "{page}");
        }
    })
    .await;
}

#[tokio::test]
async fn the_landing_page_leads_to_the_demonstration_where_there_is_one() {
    app(async |app| {
        let of_demo = server::app(app.state.with(|parts| parts.is_demo = true));

        let with = body(ask(&of_demo, read("/", peer("192.0.2.1"), &[])).await).await;
        let without = body(ask(&app.router, read("/", peer("192.0.2.1"), &[])).await).await;

        let leads = |page: &str| page.contains("href=\"demo\"") && page.contains("href=\"demo/dashboard\"");
        assert!(leads(&with), "{with}");
        assert!(!without.contains("href=\"demo") && without.contains("href=\"health/ready\""), "{without}");
    })
    .await;
}

async fn body(answer: Response<Body>) -> String {
    let page = to_bytes(answer.into_body(), usize::MAX).await.expect("a page");
    String::from_utf8(page.to_vec()).expect("text")
}

#[tokio::test]
async fn pages_of_the_configured_sites_may_call_and_no_others() {
    app(async |app| {
        let settings = [("CONCORD_CORS_ORIGINS".to_owned(), "https://portal.example.org".to_owned())];
        let config = Config::read(None, settings).expect("settings");
        let router = server::app(app.under(&config).await);
        let preflight = |site: &str| {
            let request =
                Request::builder().method(Method::OPTIONS).uri("/api/v1/tasks").header("origin", site);
            let request = request.header("access-control-request-method", "PATCH");
            request.header("access-control-request-headers", "if-match,authorization").body(Body::empty())
        };

        let known = ask(&router, preflight("https://portal.example.org").expect("a request")).await;
        let unknown = ask(&router, preflight("https://evil.example.org").expect("a request")).await;
        let origin = [("origin", "https://portal.example.org")];
        let read_there = ask(&router, read("/api/v1/countries", peer("192.0.2.1"), &origin)).await;
        let off = ask(&app.router, read("/api/v1/countries", peer("192.0.2.1"), &origin)).await;

        let allowed = |answer| text(answer, "access-control-allow-origin");
        assert_eq!((known.status().as_u16(), allowed(&known)), (200, "https://portal.example.org"));
        let sent = text(&known, "access-control-allow-headers");
        let names = ["if-match", "idempotency-key", "x-concord-act-as", "last-event-id"];
        assert!(names.iter().all(|name| sent.contains(name)), "{known:?}");
        assert!(text(&known, "access-control-allow-methods").contains("PATCH"), "{known:?}");
        assert_eq!([&unknown, &off].map(allowed), ["", ""]);
        assert_eq!(allowed(&read_there), "https://portal.example.org");
        let shown = text(&read_there, "access-control-expose-headers");
        let names = ["etag", "ratelimit", "ratelimit-policy", "idempotency-replayed", "x-request-id"];
        assert!(names.iter().all(|name| shown.contains(name)), "{read_there:?}");
        assert_eq!(text(&known, "access-control-allow-credentials"), "");
    })
    .await;
}
