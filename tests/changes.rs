//! The feed of changes: states, not pictures; nothing hidden is told, nothing visible is missed.

mod beginning;
mod mirror;
mod pages;
mod prices;
mod restored;
mod socket;
pub mod stream;

use std::time::Duration;

use chrono::TimeDelta;
use concord::domain::{
    KINDS, Registered, moves,
    sharing::{self, term},
};
use kernel::{
    Actor, Ctx, View,
    change::feed::{self, Stretch},
};
use serde_json::{Value as Json, json};
use tokio::time::{sleep, timeout};
use uuid::Uuid;

use crate::support::{TestApp, app, client::Client, start};

/// Reads the feed to its end: the changes, and where to go on.
async fn read(client: &Client<'_>, after: Option<&str>) -> (Vec<Json>, String) {
    let (mut found, mut after) = (Vec::new(), after.map(str::to_owned));
    loop {
        let from = after.map_or(String::new(), |cursor| format!("&after={cursor}"));
        let answer = client.get(&format!("/changes?limit=200{from}")).await;
        let page = answer.ok(200);
        found.extend(page["items"].as_array().expect("items").iter().cloned());
        let next = page["next"].as_str().expect("a cursor").to_owned();
        if page["has_more"] == false {
            return (found, next);
        }
        after = Some(next);
    }
}

/// Where the feed ends now.
async fn now(client: &Client<'_>) -> String {
    let answer = client.get("/changes?after=now").await;
    assert_eq!(answer.ok(200)["items"], json!([]));
    answer.body["next"].as_str().expect("a cursor").to_owned()
}

/// Waits until so many streams are open; they open and close in tasks of their own.
async fn until_open(app: &TestApp, streams: usize) {
    let open = async {
        while app.state.streams.open() != streams {
            sleep(Duration::from_millis(10)).await;
        }
    };
    let waited = timeout(Duration::from_secs(20), open).await;
    assert!(waited.is_ok(), "{} streams are open, not {streams}", app.state.streams.open());
}

/// Event and id of each change.
fn told(changes: &[Json]) -> Vec<(String, Uuid)> {
    let text = |value: &Json| value.as_str().expect("a text").to_owned();
    changes.iter().map(|one| (text(&one["event"]), text(&one["id"]).parse().expect("an id"))).collect()
}

/// Releases the national plan to partners between two instants, in hours from the start.
async fn release(app: &TestApp, from: i64, until: Option<i64>) -> Uuid {
    let release = sharing::NewRelease {
        audiences: vec!["partners".into()],
        basis: None,
        purpose: None,
        from_at: start() + TimeDelta::hours(from),
        until_at: until.map(|hours| start() + TimeDelta::hours(hours)),
        key: None,
    };
    let ctx = app.state.ctx(None).acting(app.actor("focal_point").await);
    let plan = app.world.id("plan:national");
    made(&ctx, plan, &release).await.expect("a release")
}

async fn made(ctx: &Ctx, plan: Uuid, release: &sharing::NewRelease) -> kernel::Result<Uuid> {
    let mut unit = ctx.begin().await?;
    match sharing::release(&mut unit, plan, release).await {
        Ok(id) => unit.commit().await.map(|()| id),
        Err(error) => {
            unit.rollback().await;
            Err(error)
        }
    }
}

/// Revokes a release, as its caller may.
pub async fn revoke(ctx: &Ctx, id: Uuid, version: Option<i32>) -> kernel::Result<()> {
    let step = entity::Release::def().lifecycle.and_then(|cycle| cycle.find("revoke")).expect("a move");
    let input = serde_json::Map::new();
    ctx.write(async |unit| moves::make(unit, entity::Release::def(), step, id, version, &input).await)
        .await
        .map(drop)
}

/// Moves the clock and lets the clock job run.
async fn pass(app: &TestApp, hours: i64) -> usize {
    app.state.clock.advance(TimeDelta::hours(hours));
    term::keep_terms(&app.system()).await.expect("the terms are kept")
}

fn released(app: &TestApp) -> Vec<Uuid> {
    let mut ids = ["plan", "pillar", "objective", "action"]
        .map(|kind| app.world.id(&format!("{kind}:national")))
        .to_vec();
    ids.sort();
    ids
}

/// The ids of all changes, which are all of one event.
#[track_caller]
fn all(changes: &[Json], event: &str) -> Vec<Uuid> {
    let told = told(changes);
    assert!(told.iter().all(|(of, _)| of == event), "{told:?}");
    let mut ids: Vec<Uuid> = told.into_iter().map(|(_, id)| id).collect();
    ids.sort();
    ids
}

#[tokio::test]
async fn a_change_is_told_with_the_record_as_it_is_now() {
    app(async |app| {
        let me = app.user("focal_point").await;
        let after = now(&me).await;
        let path = format!("/tasks/{}", app.world.id("task:national"));
        me.edit(&path, json!({"title": "First"})).await.ok(200);
        me.edit(&path, json!({"title": "Second"})).await.ok(200);

        let (changes, next) = read(&me, Some(&after)).await;
        let (none, _) = read(&me, Some(&next)).await;

        assert_eq!(changes.len(), 1, "{changes:?}");
        assert_eq!((&changes[0]["event"], &changes[0]["kind"]), (&json!("changed"), &json!("task")));
        let mut read = me.get(&path).await.ok(200).clone();
        read.as_object_mut().expect("a record").remove("can");
        assert_eq!(changes[0]["record"], read);
        assert_eq!(none, Vec::<Json>::new());
    })
    .await;
}

#[tokio::test]
async fn what_becomes_visible_appears_and_what_is_hidden_disappears() {
    app(async |app| {
        let (me, observer) = (app.user("focal_point").await, app.user("observer").await);
        let path = format!("/tasks/{}", app.world.id("task:national"));
        let after = now(&observer).await;

        me.edit(&path, json!({"visibility": "group"})).await.ok(200);
        let (hidden, after) = read(&observer, Some(&after)).await;
        me.edit(&path, json!({"title": "Behind the curtain"})).await.ok(200);
        let (silent, after) = read(&observer, Some(&after)).await;
        me.edit(&path, json!({"visibility": "national"})).await.ok(200);
        let (shown, after) = read(&observer, Some(&after)).await;
        let etag = me.get(&path).await.etag();
        me.delete(&path, &etag).await.ok(204);
        let (gone, _) = read(&observer, Some(&after)).await;

        let id = app.world.id("task:national");
        assert_eq!(told(&hidden), [("disappeared".to_owned(), id)]);
        assert_eq!(hidden[0]["record"], Json::Null);
        assert_eq!(told(&silent), []);
        assert_eq!(told(&shown), [("appeared".to_owned(), id)]);
        assert_eq!(told(&gone), [("disappeared".to_owned(), id)]);
    })
    .await;
}

#[tokio::test]
async fn what_a_caller_could_never_see_is_not_told() {
    app(async |app| {
        let (me, observer) = (app.user("focal_point").await, app.user("observer").await);
        let after = now(&observer).await;
        let task = json!({"title": "Secret", "owner": "KGZ", "language": "en", "lead_agency": "MES", "visibility": "group"});
        let made = me.post("/tasks", task).await;
        let path = format!("/tasks/{}", made.id());
        me.edit(&path, json!({"title": "Still secret"})).await.ok(200);
        let etag = me.get(&path).await.etag();
        me.delete(&path, &etag).await.ok(204);

        let (changes, _) = read(&observer, Some(&after)).await;

        assert_eq!(changes, Vec::<Json>::new());
    })
    .await;
}

#[tokio::test]
async fn a_release_appears_at_its_beginning_and_disappears_at_its_end() {
    app(async |app| {
        let partner = app.user("partner").await;
        let after = now(&partner).await;
        release(app, 2, Some(4)).await;
        let (early, after) = read(&partner, Some(&after)).await;

        let began = pass(app, 3).await;
        let partner = app.user("partner").await;
        let (appeared, after) = read(&partner, Some(&after)).await;
        let ended = pass(app, 2).await;
        let partner = app.user("partner").await;
        let (gone, after) = read(&partner, Some(&after)).await;
        let again = pass(app, 1).await;
        let partner = app.user("partner").await;
        let (silent, _) = read(&partner, Some(&after)).await;

        assert_eq!((early, silent), (Vec::new(), Vec::new()));
        assert_eq!((began, ended, again), (1, 1, 0));
        assert_eq!(all(&appeared, "appeared"), released(app));
        assert_eq!(all(&gone, "disappeared"), released(app));
    })
    .await;
}

#[tokio::test]
async fn a_revoked_release_disappears_at_once() {
    app(async |app| {
        let partner = app.user("partner").await;
        let after = now(&partner).await;
        let id = release(app, 0, None).await;
        let (appeared, after) = read(&partner, Some(&after)).await;

        let ctx = app.state.ctx(None).acting(app.actor("focal_point").await);
        revoke(&ctx, id, Some(1)).await.expect("revoked");
        let (gone, _) = read(&partner, Some(&after)).await;

        assert_eq!(all(&appeared, "appeared"), released(app));
        assert_eq!(all(&gone, "disappeared"), released(app));
        assert_eq!(pass(app, 1).await, 0);
    })
    .await;
}

#[tokio::test]
async fn only_the_focal_point_of_the_owner_revokes() {
    app(async |app| {
        let id = release(app, 0, None).await;

        let mut refused = Vec::new();
        for name in ["secretariat", "foreign_focal_point", "partner"] {
            let ctx = app.state.ctx(None).acting(app.actor(name).await);
            let done = revoke(&ctx, id, Some(1)).await;
            refused.push(done.expect_err("a refusal").code().name());
        }

        assert_eq!(refused, ["forbidden", "not_found", "not_found"]);
        assert_eq!(
            app.user("partner").await.get(&format!("/plans/{}", app.world.id("plan:national"))).await.status,
            200
        );
    })
    .await;
}

#[tokio::test]
async fn an_account_appears_and_disappears_with_its_grants() {
    app(async |app| {
        let (me, operator) = (app.user("focal_point").await, app.user("operator").await);
        let after = now(&me).await;
        let user = operator.post("/users", json!({"email": "new@example.test", "name": "New"})).await.id();
        let (unknown, after) = read(&me, Some(&after)).await;

        let grant = json!({"user": "new@example.test", "owner": "KGZ", "role": "observer"});
        let grant = me.post("/grants", grant).await;
        let (offered, after) = read(&me, Some(&after)).await;
        app.person(user.parse().expect("an id")).await.accept_offers().await;
        let (held, after) = read(&me, Some(&after)).await;
        let path = format!("/grants/{}", grant.id());
        let etag = me.get(&path).await.etag();
        me.delete(&path, &etag).await.ok(204);
        let (gone, _) = read(&me, Some(&after)).await;

        let of_user = |changes: &[Json]| {
            let found: Vec<String> = changes
                .iter()
                .filter(|one| one["id"] == json!(user))
                .map(|one| one["event"].to_string())
                .collect();
            found.join(" ")
        };
        assert_eq!((unknown, of_user(&offered)), (Vec::<Json>::new(), String::new()));
        assert_eq!(
            (of_user(&held), of_user(&gone)),
            ("\"appeared\"".to_owned(), "\"disappeared\"".to_owned())
        );
    })
    .await;
}

#[tokio::test]
async fn a_page_that_ends_between_a_grant_and_its_account_loses_neither() {
    app(async |app| {
        let (me, operator) = (app.user("focal_point").await, app.user("operator").await);
        let user = operator.post("/users", json!({"email": "new@example.test", "name": "New"})).await.id();
        let grant = json!({"user": "new@example.test", "owner": "KGZ", "role": "observer"});
        let grant = me.post("/grants", grant).await.id();
        let mut after = now(&me).await;
        app.person(user.parse().expect("an id")).await.accept_offers().await;

        let mut found = Vec::new();
        for _ in 0..3 {
            let page = me.get(&format!("/changes?limit=1&after={after}")).await.ok(200).clone();
            found.extend(told(page["items"].as_array().expect("items")));
            after = page["next"].as_str().expect("a cursor").to_owned();
        }

        let ids = [("changed", grant), ("appeared", user)];
        assert_eq!(found, ids.map(|(event, id)| (event.to_owned(), id.parse().expect("an id"))));
    })
    .await;
}

#[tokio::test]
async fn changes_that_cannot_concern_a_caller_are_not_read() {
    app(async |app| {
        let me = app.user("focal_point").await;
        let path = format!("/tasks/{}", app.world.id("task:national"));
        let begin = feed::end(&app.system()).await.expect("the log has an end");
        for at in 0..30 {
            me.edit(&path, json!({ "title": format!("Hidden {at}") })).await.ok(200);
        }
        let operator = app.user("operator").await;
        for at in 0..30 {
            let path = format!("/users/{}", app.world.id("officer"));
            operator.edit(&path, json!({ "name": format!("Officer {at}") })).await.ok(200);
        }
        let db = app.system().db.bounded(20);
        let end = feed::end(&app.system()).await.expect("the log has an end");
        let read = async |actor: Actor| {
            let view = View { db: db.clone(), ..app.system().view }.acting(actor);
            feed::since(&view, Stretch { after: begin, until: end, begun: 0 }, KINDS.all(), 50).await
        };

        let stranger = read(Actor::anonymous()).await.expect("few rows are read");
        let abroad = read(app.actor("foreign_observer").await).await.expect("few rows are read");
        let owner = read(app.actor("focal_point").await).await;

        assert_eq!((stranger.news.len(), stranger.has_more), (0, false));
        assert_eq!((abroad.news.len(), abroad.has_more), (0, false));
        assert_eq!(owner.map_err(|error| error.code().name()).map(|_| ()), Err("result_too_large"));
    })
    .await;
}
