//! Addresses of calendars: shown once, led nowhere once ended, and told by no log.

use concord::{
    config::{Config, Front},
    server,
};
use serde_json::json;

use super::{Made, made, summaries, task};
use crate::{
    limits::{ask, peer, read},
    support::{TestApp, app, client::Client, process::Process, start},
};

/// Whoever knows an address, of which both forms lead nowhere.
async fn leads_nowhere(app: &TestApp, made: &Made) {
    for path in [&made.feed, &made.json()] {
        let refused = app.anonymous().get(path).await;
        let text = refused.problem(404, "not_found").to_string();
        assert!(!text.contains("cal_"), "{text}");
    }
}

#[tokio::test]
async fn an_address_is_shown_once_and_its_token_is_kept_nowhere() {
    app(async |app| {
        let me = app.user("officer").await;
        let answer = me.post("/calendars", json!({"name": "Mine", "contents": ["tasks"]})).await;
        let address = answer.ok(201)["feed_url"].as_str().expect("an address").to_owned();
        let path = format!("/calendars/{}", answer.body["calendar"]["id"].as_str().expect("an id"));
        let token = address.trim_start_matches("/api/v1/calendars/").trim_end_matches(".ics");

        let read = me.get(&path).await;
        let history = me.get(&format!("{path}/history")).await;
        let images = app.stored("change_payload", "after").await.concat();
        let hashes = app.stored("calendar_token", "hash").await;

        assert_eq!(token.len(), 47);
        assert_eq!(answer.headers["cache-control"], "no-store");
        assert_eq!(answer.headers["location"], format!("/api/v1{path}"));
        for kept in [read.ok(200).to_string(), history.ok(200).to_string(), images, hashes.concat()] {
            assert!(!kept.contains(token), "{kept}");
        }
        assert_eq!(hashes, [kernel::crypto::sha256(&[token.as_bytes()])]);
        // A token is no key.
        Client::new(app, Some(token.to_owned())).get("/tasks").await.problem(401, "unauthenticated");
    })
    .await;
}

#[tokio::test]
async fn an_address_ends_with_its_calendar() {
    app(async |app| {
        let me = app.user("officer").await;
        let (revoked, expired) =
            (made(&me, json!({})).await, made(&me, json!({"expires_at": "2026-11-21T11:00:00Z"})).await);
        app.anonymous().get(&revoked.feed).await.ok(200);
        app.anonymous().get(&expired.feed).await.ok(200);

        app.user("focal_point")
            .await
            .act(&revoked.path(), "revoke", json!({"status_reason": "Lost"}))
            .await
            .ok(200);
        app.state.clock.advance(chrono::TimeDelta::hours(2));

        leads_nowhere(app, &revoked).await;
        leads_nowhere(app, &expired).await;
    })
    .await;
}

#[tokio::test]
async fn an_address_ends_with_the_grants_and_the_account_of_its_person() {
    app(async |app| {
        let (officer, lead) = (
            made(&app.user("officer").await, json!({})).await,
            made(&app.user("lead").await, json!({})).await,
        );
        let me = app.user("focal_point").await;
        let grant = format!("/grants/{}", app.world.id("grant:officer"));
        let account = format!("/users/{}", app.world.id("lead"));

        let ended = me.delete(&grant, &me.get(&grant).await.etag()).await;
        app.user("operator").await.edit(&account, json!({"valid_until": start()})).await.ok(200);

        assert_eq!(ended.status, 204);
        leads_nowhere(app, &officer).await;
        leads_nowhere(app, &lead).await;
    })
    .await;
}

#[tokio::test]
async fn a_calendar_is_seen_by_its_person_and_the_focal_point_and_made_by_no_key() {
    app(async |app| {
        let me = app.user("officer").await;
        let calendar = made(&me, json!({})).await;
        let key = me.post("/api-keys", json!({"name": "Copy"})).await;
        let key = Client::new(app, key.ok(201)["secret"].as_str().map(str::to_owned));

        let by_key = key.post("/calendars", json!({"name": "By a program"})).await;
        let anonymous = app.anonymous().post("/calendars", json!({"name": "Nobody's"})).await;

        by_key.problem(403, "forbidden");
        anonymous.problem(401, "unauthenticated");
        app.user("focal_point").await.get(&calendar.path()).await.ok(200);
        app.user("bystander").await.get(&calendar.path()).await.problem(404, "not_found");
        app.user("bystander")
            .await
            .get(&format!("{}/entries", calendar.path()))
            .await
            .problem(404, "not_found");
    })
    .await;
}

#[tokio::test]
async fn who_sees_a_calendar_of_others_is_told_what_it_may_see_itself() {
    app(async |app| {
        let (me, others) = (app.user("officer").await, app.user("focal_point").await);
        me.post("/tasks", task("Ours alone", json!({"visibility": "agency"}))).await.ok(201);
        let calendar = made(&me, json!({})).await;

        let by_focal_point = others.get(&format!("{}/entries", calendar.path())).await;

        assert_eq!(summaries(app, &calendar).await, ["Ours alone"]);
        assert_eq!(by_focal_point.ok(200)["entries"], json!([]));
    })
    .await;
}

#[tokio::test]
async fn whoever_tries_many_addresses_waits() {
    app(async |app| {
        let good = made(&app.user("officer").await, json!({})).await;
        let router = server::app(app.under(&Config { front: Front::default(), ..Config::default() }).await);
        let status = async |path: &str| {
            ask(&router, read(&format!("/api/v1{path}"), peer("192.0.2.7"), &[])).await.status().as_u16()
        };
        for number in 0..50 {
            assert_eq!(status(&format!("/calendars/cal_{number:0>43}.ics")).await, 404);
        }

        let late = status(&format!("/calendars/cal_{:0>43}.ics", 50)).await;

        assert_eq!((late, status(&good.feed).await), (429, 200));
    })
    .await;
}

#[tokio::test]
async fn calendars_go_with_their_person() {
    app(async |app| {
        let calendar = made(&app.user("officer").await, json!({"name": "Unforgotten days"})).await;
        let account = format!("/users/{}", app.world.id("officer"));
        let exported = app.user("officer").await.get(&format!("{account}/export")).await;

        let operator = app.user("operator").await;
        operator.act(&account, "erase", json!({"reason": "Asked for it"})).await.ok(200);

        assert_eq!(exported.ok(200)["calendars"][0]["name"], "Unforgotten days");
        assert_eq!((app.count("calendar").await, app.count("calendar_token").await), (0, 0));
        leads_nowhere(app, &calendar).await;
    })
    .await;
}

#[tokio::test]
async fn no_token_enters_the_log() {
    app(async |app| {
        let calendar = made(&app.user("officer").await, json!({})).await;
        let service = Process::start(&app.url, &[("log", "debug")]);

        let answer = service.ask(&format!("GET /api/v1{} HTTP/1.1", calendar.feed)).await;
        let bare =
            service.ask(&format!("GET /api/v1{} HTTP/1.1", calendar.feed.trim_end_matches(".ics"))).await;
        service.logged("answered 404");

        assert!(answer.contains(" 200 ") && bare.contains(" 404 "), "{answer} {bare}");
        let log = service.log().join("\n");
        assert!(log.contains("/api/v1/calendars/feed.ics") && !log.contains("cal_"), "{log}");
        assert!(!bare.contains("cal_"), "{bare}");
    })
    .await;
}
