//! A service that is killed while it writes leaves nothing to clean up.

use std::time::Duration;

use concord::signin::{session, token};
use kernel::clock::Clock;
use serde_json::Value as Json;
use tokio::time::{sleep, timeout};

use super::{counts, is_replayed, keyed, task};
use crate::support::{
    TestApp, app,
    client::{Answer, Client},
    dice::Dice,
    process::{PATIENCE, Process},
};

/// Services that are killed.
const ROUNDS: i64 = 5;
/// Milliseconds after the call within which they are.
const SOON: u64 = 40;

/// A token that is good for a service with the clock of this machine.
async fn token_now(app: &TestApp, name: &str) -> String {
    let (user, clock) = (app.world.id(name), Clock::system());
    let mut ctx = app.system();
    ctx.clock = clock.clone();
    let session = session::open_session(&ctx, user).await.expect("a session");
    token::issue(&app.state.keys, &clock, user, session).expect("a token")
}

fn request(token: &str, key: &str, body: &Json) -> String {
    let body = body.to_string();
    format!(
        "POST /api/v1/tasks HTTP/1.1\r\nhost: concord\r\nauthorization: Bearer {token}\r\nidempotency-key: {key}\r\n\
         content-type: application/json\r\ncontent-length: {}\r\n\r\n{body}",
        body.len()
    )
}

/// The answer to the same call again, once it is no longer taken for one that is still going on.
async fn repeated(me: &Client<'_>, task: &Json) -> Answer {
    let answered = async {
        loop {
            let answer = me.post("/tasks", task.clone()).await;
            // The server of the database may not have noticed yet that its client is gone.
            if answer.status != 409 {
                return answer;
            }
            sleep(Duration::from_millis(10)).await;
        }
    };
    timeout(PATIENCE, answered).await.expect("a key is free once the one who held it is dead")
}

#[tokio::test]
async fn a_call_to_a_service_that_is_killed_is_done_once_when_it_is_repeated() {
    app(async |app| {
        let mut dice = Dice::of(0x0dd_ba11);
        let (token, before) = (token_now(app, "focal_point").await, counts(app).await);
        for round in 0..ROUNDS {
            let key = format!("killed-{round}");
            let me = keyed(app, "focal_point", &key).await;
            let title = format!("Round {round}");
            let mut service = Process::start(&app.url, &[]);
            let mut wire = service.connect().await;

            wire.send(&request(&token, &key, &task(&title))).await;
            sleep(Duration::from_millis(dice.below(SOON))).await;
            service.signal("KILL");
            service.exit().await;
            let answer = repeated(&me, &task(&title)).await;

            let history = me.get(&format!("/tasks/{}/history", answer.id())).await;
            assert_eq!(answer.ok(201)["title"], title.as_str());
            assert_eq!(history.ok(200)["items"].as_array().map(Vec::len), Some(1));
            // Asked now, with no other process: one that lives long enough forgets what is long past by its clock.
            let again = me.post("/tasks", task(&title)).await;
            assert_eq!((again.id(), is_replayed(&again)), (answer.id(), true), "the key is kept");
        }

        let ([tasks, ..], [now, ..]) = (before, counts(app).await);
        assert_eq!(now, tasks + ROUNDS);
    })
    .await;
}
