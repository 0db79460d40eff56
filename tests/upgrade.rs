//! Databases that release 0.1.0 made come up with all that is in them.
//!
//! They are real ones: `tests/upgrade/0.1.0/README.md` says how they were made, and what is kept of the answers the
//! release gave.

mod compare;
mod old;

use axum::http::Method;
use chrono::TimeDelta;
use concord::{migrate, seed};
use kernel::change;
use serde_json::{Value as Json, json};
use totp_rs::{Builder, Secret};

use crate::support::{TestApp, client::Client};
use compare::{differences, text, texts};
use old::{PASSWORD, upgraded};

/// The tables of the kinds with a sorted text.
const ORDERED: [&str; 13] = [
    "region",
    "country",
    "organisation",
    "framework",
    "obligation",
    "agency",
    "working_group",
    "plan",
    "pillar",
    "objective",
    "action",
    "task",
    "\"user\"",
];

impl<'a> Client<'a> {
    /// Somebody who signs in with the password that the release kept; nobody where there is no address.
    async fn signed_in(app: &'a TestApp, email: &str) -> Self {
        if email.is_empty() {
            return app.anonymous();
        }
        let tokens = app.anonymous().login(email, PASSWORD).await;
        Self::new(app, Some(text(tokens.ok(200), "/access_token").to_owned()))
    }

    /// Every record of a list, with all translations.
    async fn all(&self, list: &str) -> Json {
        let (join, mut items) = (if list.contains('?') { '&' } else { '?' }, Vec::new());
        let mut after = String::new();
        loop {
            let page = self.get(&format!("/{list}{join}lang=*&limit=200{after}")).await;
            items.extend(page.ok(200)["items"].as_array().expect("items").iter().cloned());
            match page.body["page"]["next"].as_str() {
                Some(next) => after = format!("&after={next}"),
                None => return Json::Array(items),
            }
        }
    }
}

/// The end of the log as the release printed it.
fn head(told: &Json) -> change::Head {
    change::Head {
        seq: told["head"]["seq"].as_i64().expect("a number"),
        hash: text(told, "/head/hash").to_owned(),
    }
}

#[tokio::test]
async fn the_log_is_whole_and_a_second_start_finds_nothing_to_do() {
    upgraded(async |app, told| {
        let head = head(told);
        let report = change::verify(&app.system(), Some(&head)).await.expect("the log can be read");
        let again = migrate::up(&app.state.db).await.expect("the schema goes up");

        // Its release has got a subject and a state, in one change set.
        assert_eq!(change::head(&app.system()).await.expect("a head").seq, head.seq + 1);
        assert_eq!((report.sets.cast_signed(), report.findings), (head.seq + 1, Vec::new()));
        assert_eq!(again, Vec::<String>::new());
    })
    .await;
}

#[tokio::test]
async fn every_record_reads_as_it_did() {
    upgraded(async |app, told| {
        let mut found = Vec::new();
        for (who, lists) in told["lists"].as_object().expect("callers") {
            let me = Client::signed_in(app, who).await;
            for (list, items) in lists.as_object().expect("lists") {
                let now = me.all(list).await;
                found.extend(differences(&format!("{who} {list}"), items, &now));
            }
        }

        assert_eq!(found, Vec::<String>::new());
    })
    .await;
}

#[tokio::test]
async fn histories_and_moves_read_as_they_did() {
    upgraded(async |app, told| {
        let mut found = Vec::new();
        for (who, paths) in told["single"].as_object().expect("callers") {
            let me = Client::signed_in(app, who).await;
            for (path, was) in paths.as_object().expect("paths") {
                let now = me.get(&format!("/{path}")).await;
                found.extend(differences(path, was, now.ok(200)));
            }
            for path in texts(told, "/gone") {
                me.get(&format!("/{path}")).await.problem(404, "not_found");
            }
        }

        assert_eq!(found, Vec::<String>::new());
    })
    .await;
}

#[tokio::test]
async fn what_was_found_is_found_and_word_forms_besides() {
    upgraded(async |app, told| {
        let mut lost = Vec::new();
        for (who, searches) in told["searches"].as_object().expect("callers") {
            let me = Client::signed_in(app, who).await;
            for path in searches.as_object().expect("searches").keys() {
                let now = me.get(&format!("/{}", path.replace("q=", "limit=200&q="))).await;
                let now: Vec<&str> = now.ok(200)["items"]
                    .as_array()
                    .expect("items")
                    .iter()
                    .map(|item| text(item, "/id"))
                    .collect();
                let was = texts(&searches[path], "");
                lost.extend(was.into_iter().filter(|id| !now.contains(id)).map(|id| format!("{path}: {id}")));
            }
        }
        let me = Client::signed_in(app, "secretariat@kgz.demo").await;
        let forms = me.get("/tasks?source_system=tracker&q=емкость%20проверить").await;

        assert_eq!(lost, Vec::<String>::new());
        assert_eq!(forms.ok(200)["items"][0]["external_key"], "yo");
    })
    .await;
}

#[tokio::test]
async fn lists_are_in_the_order_of_the_alphabet() {
    upgraded(async |app, _| {
        let me = Client::signed_in(app, "secretariat@kgz.demo").await;
        let keys = async |language: &str| {
            let list = me.get(&format!("/tasks?source_system=tracker&sort=title&lang={language}")).await;
            let items = list.ok(200)["items"].as_array().cloned().unwrap_or_default();
            items.iter().map(|item| text(item, "/external_key").to_owned()).collect::<Vec<_>>()
        };

        assert_eq!(keys("ru").await, ["pharmacy", "yo", "journal", "eyes", "poisons"]);
        assert_eq!(keys("ky").await, ["pharmacy", "yo", "eyes", "journal", "poisons"]);
        for table in ORDERED {
            assert_eq!(app.count(&format!("{table} WHERE order_und = ''")).await, 0, "{table}");
        }
    })
    .await;
}

#[tokio::test]
async fn what_is_written_now_goes_on_with_the_old_log() {
    upgraded(async |app, told| {
        let me = Client::signed_in(app, "secretariat@kgz.demo").await;
        let task = format!("/tasks/{}", text(told, "/titles/poisons"));

        me.edit(&task, json!({"description": "After the upgrade"})).await.ok(200);
        me.act(&task, "submit", json!({})).await.ok(200);
        let done = me.act(&task, "complete", json!({})).await;
        assert_eq!(done.ok(200)["completed_on"], app.state.clock.now().date_naive().to_string());
        let head = head(told);
        let report = change::verify(&app.system(), Some(&head)).await.expect("the log can be read");
        assert_eq!((report.sets.cast_signed(), report.findings), (head.seq + 4, Vec::new()));

        seed::reference(&app.system()).await.expect("the reference data");
        let again = seed::reference(&app.system()).await.expect("the reference data");
        assert!(again.kinds.iter().all(|(_, counts)| counts.created + counts.updated == 0), "{again:?}");
    })
    .await;
}

#[tokio::test]
async fn who_was_signed_in_or_invited_still_is() {
    upgraded(async |app, told| {
        let nobody = app.anonymous();

        let observer = Client::new(app, Some(text(told, "/access_token").to_owned()));
        assert_eq!(observer.get("/me").await.ok(200)["email"], "observer@kgz.demo");
        nobody.post("/auth/refresh", json!({"refresh_token": told["refresh_token"]})).await.ok(200);
        let accepted = json!({"token": told["invitation"], "password": "felt tents on the summer pasture"});
        nobody.post("/auth/accept", accepted).await.ok(204);
        nobody.login("invited@kgz.demo", "felt tents on the summer pasture").await.ok(200);
        nobody.login("observer@kgz.demo", "another pass phrase").await.problem(401, "unauthenticated");

        app.state.clock.advance(TimeDelta::seconds(60));
        let secret = Secret::try_from_base32(text(told, "/second_factor")).expect("base32");
        let totp = Builder::new().with_secret(secret.as_bytes().to_vec()).build().expect("an authenticator");
        let second = u64::try_from(app.state.clock.now().timestamp()).expect("a second");
        let code = totp.generate(second).to_string();
        nobody.login_with_code("approver@kgz.demo", PASSWORD, &code).await.ok(200);
    })
    .await;
}

#[tokio::test]
async fn copies_and_repeated_calls_go_on() {
    upgraded(async |app, told| {
        let focal_point = Client::signed_in(app, "focal_point@kgz.demo").await;
        let page = focal_point.get(&format!("/changes?limit=200&after={}", text(told, "/cursor"))).await;
        let changed: Vec<&str> =
            page.ok(200)["items"].as_array().expect("items").iter().map(|item| text(item, "/id")).collect();
        assert!(changed.contains(&text(told, "/once/id")), "{changed:?}");

        let secretariat = Client::signed_in(app, "secretariat@kgz.demo")
            .await
            .with("idempotency-key", text(told, "/once/key"));
        let body = text(told, "/once/body").as_bytes().to_vec();
        let again = secretariat.send(Method::POST, "/api/v1/tasks", Some("application/json"), body).await;
        assert_eq!(again.ok(201)["id"], told["once"]["id"]);
    })
    .await;
}
