//! The harness: a database of its own for every test, a world to act in, callers by role.

pub mod client;
pub mod contract;
pub mod db;
pub mod dice;
pub mod process;
pub mod provider;
pub mod rows;
pub mod specimen;
pub mod world;

use std::sync::Arc;

use axum::Router;
use chrono::{DateTime, Utc};
use concord::{
    config::Config,
    server,
    signin::{secret::InstallationSecret, session, token},
    state::AppState,
};
use kernel::{Actor, Ctx, KindDef, cause::Cause, change, clock::Clock, db::Db, policy::Class};

use client::Client;
use uuid::Uuid;
use world::World;

/// The installation secret of every test.
pub const SECRET: &str = "tests-only-0123456789abcdef-0123456789abcdef";

/// The instant at which every test begins.
pub fn start() -> DateTime<Utc> {
    "2026-11-21T10:00:00Z".parse().expect("an instant")
}

/// A running service with a database of its own.
pub struct TestApp {
    pub state: AppState,
    pub router: Router,
    pub world: Arc<World>,
    pub url: String,
}

/// Runs a test in a fresh copy of the world, and then verifies the log against every record.
pub async fn app<F>(test: F)
where
    F: AsyncFnOnce(&TestApp),
{
    let (url, world) = db::fresh().await;
    let db = Db::connect(&url, 4).await.expect("the database opens");
    let app = TestApp::on(db, world, url).await;

    test(&app).await;

    app.finish().await;
}

impl TestApp {
    /// Verifies the log against every record, and ends the process with its database.
    pub async fn finish(self) {
        let report = change::verify(&self.system(), None).await.expect("the log can be read");
        assert_eq!(report.findings, [], "every write goes through the write path");
        self.end().await;
    }

    /// Ends the process with its database.
    pub async fn end(self) {
        let url = self.url.clone();
        self.close().await;
        db::remove(&url).await;
    }

    /// Ends the process; others may go on with its database.
    pub async fn close(self) {
        let Self { state, router, .. } = self;
        drop(router);
        state.db.close().await.expect("the database closes");
    }

    pub async fn on(db: Db, world: Arc<World>, url: String) -> Self {
        Self::at(Clock::fixed(start()), db, world, url).await
    }

    /// The service at another instant than that of most tests.
    pub async fn at(clock: Clock, db: Db, world: Arc<World>, url: String) -> Self {
        let secret = InstallationSecret::from_text(SECRET).expect("a secret");
        let state = AppState::new(db, clock, &secret, &Config::default()).await.expect("a state");
        let router = server::app(state.clone());
        Self { state, router, world, url }
    }

    /// The same service and database under other settings.
    pub async fn under(&self, config: &Config) -> AppState {
        let secret = InstallationSecret::from_text(SECRET).expect("a secret");
        AppState::new(self.state.db.clone(), Clock::fixed(start()), &secret, config).await.expect("a state")
    }

    /// Waits until the work behind answers is done.
    pub async fn finish_tasks(&self) {
        self.state.tasks.close();
        self.state.tasks.wait().await;
        self.state.tasks.reopen();
    }

    /// The context of the service itself.
    pub fn system(&self) -> Ctx {
        let mut ctx = self.state.ctx(None).acting(Actor::system());
        ctx.cause = Cause::Seed;
        ctx
    }

    /// Who makes records of a kind that no test is about: a person its keys, the service itself all others.
    pub async fn maker(&self, def: &KindDef) -> Ctx {
        if def.class != Class::Key {
            return self.system();
        }
        self.state.ctx(None).acting(self.actor("secretariat").await)
    }

    /// Somebody who is not signed in.
    pub fn anonymous(&self) -> Client<'_> {
        Client::new(self, None)
    }

    /// The user with this name in the world, signed in.
    pub async fn user(&self, name: &str) -> Client<'_> {
        self.person(self.world.id(name)).await
    }

    /// The user with this id, signed in.
    pub async fn person(&self, user: Uuid) -> Client<'_> {
        let ctx = self.system();
        let session = session::open_session(&ctx, user).await.expect("a session");
        let token = token::issue(&self.state.keys, &self.state.clock, user, session).expect("a token");
        Client::new(self, Some(token))
    }

    /// The user with this address, signed in.
    pub async fn addressee(&self, email: &str) -> Client<'_> {
        let found = self.user("operator").await.get(&format!("/users?email={email}")).await;
        let id = found.ok(200)["items"][0]["id"].as_str().expect("an account").to_owned();
        self.person(id.parse().expect("an id")).await
    }

    /// The caller as the policy sees it.
    pub async fn actor(&self, name: &str) -> Actor {
        if name == "anonymous" {
            return concord::signin::standing::load_actor(&self.state.ctx(None), None, None)
                .await
                .expect("an actor");
        }
        let user = self.world.id(name);
        let session = session::open_session(&self.system(), user).await.expect("a session");
        concord::signin::standing::load_actor(&self.state.ctx(None), Some((user, session)), None)
            .await
            .expect("an actor")
    }
}
