//! Whoever fails to sign in waits: by account, by address, longer each time, and never for good.

use std::net::IpAddr;

use chrono::TimeDelta;
use concord::signin::{
    cleaning,
    device::Device,
    keys::KeyRing,
    secret::InstallationSecret,
    session::{self, Login},
};
use futures_util::future::join_all;
use kernel::{Error, db::Db};
use serde_json::json;

use super::{PASSWORD, holding, with_password};
use crate::support::{SECRET, TestApp, app, client::Answer};

/// Fails so often that the next attempt has to wait.
async fn fail(app: &TestApp, email: &str, times: u32) {
    for _ in 0..times {
        app.anonymous().login(email, "not the right one").await.problem(401, "unauthenticated");
    }
}

fn waits(answer: &Answer) -> &str {
    answer.problem(429, "too_many_attempts");
    answer.headers["retry-after"].to_str().expect("a number")
}

#[tokio::test]
async fn after_five_failures_the_right_password_waits_too_longer_each_time() {
    app(async |app| {
        with_password(app).await;
        fail(app, "officer@test", 5).await;

        let refused = app.anonymous().login("officer@test", PASSWORD).await;
        app.state.clock.advance(TimeDelta::seconds(1));
        fail(app, "Officer@test ", 1).await;
        let longer = app.anonymous().login("officer@test", PASSWORD).await;
        app.state.clock.advance(TimeDelta::seconds(2));
        let taken = app.anonymous().login("officer@test", PASSWORD).await;

        assert_eq!((waits(&refused), waits(&longer)), ("1", "2"));
        taken.ok(200);
    })
    .await;
}

#[tokio::test]
async fn a_success_forgets_the_failures_of_its_account() {
    app(async |app| {
        with_password(app).await;
        fail(app, "officer@test", 4).await;
        app.anonymous().login("officer@test", PASSWORD).await.ok(200);

        fail(app, "officer@test", 4).await;
        let again = app.anonymous().login("officer@test", PASSWORD).await;

        again.ok(200);
    })
    .await;
}

#[tokio::test]
async fn accounts_nobody_has_wait_alike_and_one_waits_for_itself_alone() {
    app(async |app| {
        with_password(app).await;
        fail(app, "nobody@test", 5).await;

        let unknown = app.anonymous().login("nobody@test", PASSWORD).await;
        let other = app.anonymous().login("officer@test", PASSWORD).await;

        assert_eq!(waits(&unknown), "1");
        other.ok(200);
    })
    .await;
}

#[tokio::test]
async fn nobody_is_locked_out_for_longer_than_a_quarter_of_an_hour_nor_out_of_a_session() {
    app(async |app| {
        with_password(app).await;
        let signed = app.anonymous().login("officer@test", PASSWORD).await;
        for _ in 0..30 {
            app.anonymous().login("officer@test", "not the right one").await;
            app.state.clock.advance(TimeDelta::seconds(30));
        }
        app.state.clock.advance(TimeDelta::seconds(-30));

        let refused = app.anonymous().login("officer@test", PASSWORD).await;
        let renewed = json!({"refresh_token": signed.body["refresh_token"]});
        let renewed = app.anonymous().post("/auth/refresh", renewed).await;
        let me = holding(app, &renewed.ok(200)["access_token"]).get("/me").await;
        app.state.clock.advance(TimeDelta::minutes(15));
        let after = app.anonymous().login("officer@test", PASSWORD).await;

        assert!(waits(&refused).parse::<i64>().expect("seconds") <= 900);
        me.ok(200);
        after.ok(200);
    })
    .await;
}

#[tokio::test]
async fn twenty_guesses_at_once_are_five_guesses() {
    app(async |app| {
        with_password(app).await;
        let who = app.anonymous();

        let all = (0..20).map(|_| who.login("officer@test", "not the right one"));
        let answers = join_all(all).await;

        let looked_at = answers.iter().filter(|answer| answer.status == 401).count();
        let refused = answers.iter().filter(|answer| answer.status == 429).count();
        assert_eq!((looked_at, refused), (5, 15));
    })
    .await;
}

/// Delivers 5 of issue 10: an attempt counts when it has failed, not before.
#[tokio::test]
async fn right_passwords_at_once_lock_nobody_out() {
    app(async |app| {
        with_password(app).await;
        fail(app, "officer@test", 4).await;
        let who = app.anonymous();

        let all = join_all((0..12).map(|_| who.login("officer@test", PASSWORD))).await;

        let taken = all.iter().filter(|answer| answer.status == 200).count();
        assert_eq!(taken, 12, "{:?}", all.iter().map(|answer| answer.status).collect::<Vec<_>>());
        assert_eq!(app.count("sign_in_attempt").await, 0);
    })
    .await;
}

#[tokio::test]
async fn right_passwords_of_many_at_one_address_lock_the_address_not_out() {
    app(async |app| {
        with_password(app).await;
        let here = "192.0.2.1".parse().expect("an address");
        for guess in 0..48 {
            let email = format!("nobody{guess}@test");
            tried(app, &email, "not the right one", here).await.expect_err("refused");
        }

        let all = join_all((0..12).map(|_| tried(app, "officer@test", PASSWORD, here))).await;

        assert!(all.iter().all(Result::is_ok), "{all:?}");
    })
    .await;
}

#[tokio::test]
async fn of_wrong_and_right_passwords_at_once_the_wrong_ones_count() {
    app(async |app| {
        with_password(app).await;
        let who = app.anonymous();

        let mut all: Vec<_> = (0..4).map(|_| who.login("officer@test", "not the right one")).collect();
        all.extend((0..8).map(|_| who.login("officer@test", PASSWORD)));
        let answers = join_all(all).await;

        let statuses: Vec<u16> = answers.iter().map(|answer| answer.status).collect();
        assert_eq!(statuses.iter().filter(|status| **status == 200).count(), 8, "{statuses:?}");
        assert_eq!(statuses.iter().filter(|status| **status == 401).count(), 4, "{statuses:?}");
    })
    .await;
}

/// Tries a password at an address.
async fn tried(app: &TestApp, email: &str, password: &str, from: IpAddr) -> Result<(), Error> {
    let device = Device::new(Some(from), "test");
    let who = Login { email, password, code: None, device: &device };
    session::login(&app.system(), &app.state.keys, who).await.map(drop)
}

#[tokio::test]
async fn an_address_that_guesses_at_many_accounts_waits_and_a_success_does_not_clear_it() {
    app(async |app| {
        with_password(app).await;
        let (here, there) = ("192.0.2.1".parse().expect("one"), "192.0.2.2".parse().expect("another"));
        for guess in 0..49 {
            let email = format!("nobody{guess}@test");
            tried(app, &email, "not the right one", here).await.expect_err("refused");
        }
        tried(app, "officer@test", PASSWORD, here).await.expect("signed in");
        tried(app, "somebody@test", "not the right one", here).await.expect_err("refused");

        let refused = tried(app, "officer@test", PASSWORD, here).await;
        let elsewhere = tried(app, "officer@test", PASSWORD, there).await;

        assert!(matches!(refused, Err(Error::TooManyAttempts { seconds: 1 })), "{refused:?}");
        assert!(elsewhere.is_ok(), "{elsewhere:?}");
    })
    .await;
}

#[tokio::test]
async fn waits_hold_over_a_restart() {
    app(async |app| {
        with_password(app).await;
        fail(app, "officer@test", 5).await;

        let db = Db::connect(&app.url, 2).await.expect("the database opens");
        let secret = InstallationSecret::from_text(SECRET).expect("a secret");
        let ring = KeyRing::open(&db, &app.state.clock, &secret).await.expect("keys");
        let mut ctx = app.system();
        ctx.db = db.clone();
        let device = Device::default();
        let who = Login { email: "officer@test", password: PASSWORD, code: None, device: &device };
        let refused = session::login(&ctx, &ring, who).await.map(drop);
        drop((ring, ctx));
        db.close().await.expect("closed");

        assert!(matches!(refused, Err(Error::TooManyAttempts { .. })), "{refused:?}");
    })
    .await;
}

#[tokio::test]
async fn guesses_at_the_old_password_count_too() {
    app(async |app| {
        with_password(app).await;
        let me = app.user("officer").await;
        let change = |old: &str| json!({"old_password": old, "new_password": "eight quiet mountains"});
        for _ in 0..5 {
            me.post("/auth/password", change("not the old one")).await.problem(422, "invalid");
        }

        let refused = me.post("/auth/password", change(PASSWORD)).await;

        assert_eq!(waits(&refused), "1");
    })
    .await;
}

#[tokio::test]
async fn counters_hold_no_address_and_are_deleted_when_all_is_forgiven() {
    app(async |app| {
        fail(app, "nobody@test", 2).await;
        let keys = app.stored("sign_in_attempt", "key").await;

        let early = cleaning::attempts(&app.system(), 10).await.expect("deleted");
        app.state.clock.advance(TimeDelta::days(8));
        let late = cleaning::attempts(&app.system(), 10).await.expect("deleted");

        assert_eq!((keys.len(), keys[0].len()), (1, 64));
        assert_eq!((early, late), (0, 1));
    })
    .await;
}
