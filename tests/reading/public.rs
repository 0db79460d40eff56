//! What everybody may see, at addresses that shared caches may keep.

use axum::http::{Method, header};
use chrono::{DateTime, TimeDelta, Utc};
use serde_json::json;

use super::header as value;
use crate::support::{
    TestApp, app,
    client::{Answer, Client},
};

async fn public(who: &Client<'_>, path: &str) -> Answer {
    who.send(Method::GET, &format!("/public/api/v1{path}"), None, Vec::new()).await
}

/// Lets everybody see the national plan of the world between two instants.
async fn released(app: &TestApp, from: DateTime<Utc>, until: DateTime<Utc>) {
    let plan = json!({"plan": app.world.id("plan:national")});
    let release = json!({"subject": plan, "audiences": ["public"], "from_at": from, "until_at": until});
    app.user("focal_point").await.post("/releases", release).await.ok(201);
}

#[tokio::test]
async fn everybody_is_answered_what_an_anonymous_caller_is() {
    app(async |app| {
        let now = app.state.clock.now();
        released(app, now, now + TimeDelta::days(30)).await;
        app.state.clock.advance(TimeDelta::seconds(1));
        let anonymous = app.anonymous();

        let mut differing = Vec::new();
        for path in [
            "/plans",
            "/tasks?total=true",
            "/countries/KGZ?lang=ru",
            "/analytics/plans?group_by=country",
            "/vocabularies",
        ] {
            let (plain, shared) = (anonymous.get(path).await, public(&anonymous, path).await);
            if plain.etag() != shared.etag() || shared.status != 200 {
                differing.push(format!("{path}: {} and {}", plain.body, shared.body));
            }
            assert_eq!(
                value(&shared, "cache-control"),
                "public, max-age=60, stale-while-revalidate=240",
                "{path}"
            );
            assert_eq!(value(&shared, "vary"), "Accept, Accept-Language, Accept-Encoding", "{path}");
            assert_eq!(value(&shared, "access-control-allow-origin"), "*", "{path}");
            assert!(!shared.headers.contains_key("ratelimit"), "{path}");
            let again = public(&anonymous.with("if-none-match", shared.etag()), path).await;
            assert_eq!((again.status, again.bytes.len()), (304, 0), "{path}");
        }

        assert!(differing.is_empty(), "{}", differing.join("\n"));
        assert_eq!(public(&anonymous, "/plans").await.body["items"].as_array().map(Vec::len), Some(1));
    })
    .await;
}

#[tokio::test]
async fn links_stay_below_the_public_address() {
    app(async |app| {
        let page = public(&app.anonymous(), "/countries?limit=1").await;
        let figures = public(&app.anonymous(), "/analytics/countries").await;

        assert!(value(&page, "link").starts_with("</public/api/v1/countries?"), "{:?}", page.headers);
        let url = figures.ok(200)["meta"]["url"].as_str().unwrap_or_default();
        assert!(url.starts_with("/public/api/v1/analytics/countries?"), "{url}");
    })
    .await;
}

#[tokio::test]
async fn credentials_and_writes_are_refused() {
    app(async |app| {
        let me = app.user("focal_point").await;
        let made = me.post("/calendars", json!({"name": "Mine"})).await;
        let feed = made.body["feed_url"].as_str().unwrap_or_default();
        let feed = feed.get(feed.find("/calendars").unwrap_or_default()..).unwrap_or_default().to_owned();

        let signed_in = public(&me, "/plans").await;
        let acting = public(&app.anonymous().with("x-concord-act-as", "KGZ"), "/plans").await;
        let viewing = public(&app.anonymous().with("x-concord-view-as", "public"), "/plans").await;
        let calendar = public(&app.anonymous(), &feed).await;
        let written = app
            .anonymous()
            .send(Method::POST, "/public/api/v1/tasks", Some("application/json"), b"{}".to_vec())
            .await;
        let hidden = public(&app.anonymous(), "/me").await;
        let nowhere = public(&app.anonymous(), "/nowhere").await;

        assert!(feed.starts_with("/calendars/"), "{}", made.body);
        for refused in [&signed_in, &acting, &viewing, &calendar] {
            refused.problem(400, "credentials_refused");
        }
        written.problem(405, "method_not_allowed");
        assert_eq!(written.headers[header::ALLOW], "GET, HEAD");
        hidden.problem(401, "unauthenticated");
        nowhere.problem(404, "not_found");
        for kept_by_nobody in [&signed_in, &hidden, &nowhere] {
            assert_eq!(value(kept_by_nobody, "cache-control"), "private, no-cache");
        }
    })
    .await;
}

#[tokio::test]
async fn nothing_is_kept_past_an_embargo() {
    app(async |app| {
        let now = app.state.clock.now();
        released(app, now + TimeDelta::seconds(100), now + TimeDelta::seconds(130)).await;
        let anonymous = app.anonymous();
        let kept = async || {
            let list = public(&anonymous, "/plans").await;
            let shown = list.ok(200)["items"].as_array().map_or(0, Vec::len);
            (value(&list, "cache-control").to_owned(), shown)
        };

        let before = kept().await;
        app.state.clock.advance(TimeDelta::seconds(70));
        let shortly = kept().await;
        app.state.clock.advance(TimeDelta::seconds(31));
        let during = kept().await;
        app.state.clock.advance(TimeDelta::seconds(30));
        let after = kept().await;

        assert_eq!(before, ("public, max-age=60, stale-while-revalidate=40".to_owned(), 0));
        assert_eq!(shortly, ("public, max-age=30, must-revalidate".to_owned(), 0));
        assert_eq!(during, ("public, max-age=29, must-revalidate".to_owned(), 1));
        assert_eq!(after.1, 0);
    })
    .await;
}
