//! What every request shares.

use std::{ops::Deref, sync::Arc};

use kernel::{
    Actor, Ctx, Error, View, cause::Cause, clock::Clock, db::Db, idempotency::Claims, standings::Standings,
    view::Locale,
};
use tokio_util::{sync::CancellationToken, task::TaskTracker};

use crate::{
    domain::KINDS,
    graphql::{ConcordSchema, stored::StoredDocuments},
    jobs::Service,
    limits::Limits,
    outgoing::hooks::Hooks,
    signin::{issuers::Issuers, keys::KeyRing, secret::InstallationSecret},
    streams::Streams,
};

/// A running service; every request takes a handle of it.
#[derive(Clone)]
pub struct AppState(Arc<Parts>);

impl Deref for AppState {
    type Target = Parts;

    fn deref(&self) -> &Parts {
        &self.0
    }
}

/// The parts of a running service.
#[derive(Clone)]
pub struct Parts {
    /// The database.
    pub db: Db,
    /// The clock.
    pub clock: Clock,
    /// Keys that sign access tokens.
    pub keys: KeyRing,
    /// Issuers whose tokens are accepted besides our own.
    pub issuers: Issuers,
    /// Where webhooks are sent to.
    pub hooks: Hooks,
    /// Key that signs cursors.
    pub cursor_key: Arc<[u8]>,
    /// The GraphQL schema.
    pub schema: ConcordSchema,
    /// GraphQL documents that the operator stores.
    pub stored: StoredDocuments,
    /// Whether the service shows the demonstration.
    pub is_demo: bool,
    /// What is bounded.
    pub limits: Arc<Limits>,
    /// Cancelled when the service is told to stop: jobs and streams end, readiness falls.
    pub stopping: CancellationToken,
    /// Tasks that are waited for before the process ends: connections, writes, jobs, streams.
    pub tasks: TaskTracker,
    /// The callers that this process remembers.
    pub standings: Standings,
    /// The calls under an idempotency key that run in this process.
    pub claims: Claims,
    /// Answers that go on, and who holds them.
    pub streams: Streams,
}

impl AppState {
    /// Puts the parts together.
    ///
    /// # Errors
    /// What the database says; what is wrong with a file of a trusted issuer.
    pub async fn new(
        db: Db,
        clock: Clock,
        secret: &InstallationSecret,
        config: &crate::config::Config,
    ) -> kernel::Result<Self> {
        let keys = KeyRing::open(&db, &clock, secret).await?;
        Ok(Self(Arc::new(Parts {
            db,
            clock,
            keys,
            issuers: Issuers::of(&config.issuers)?,
            hooks: Hooks::to(&config.webhook_networks).map_err(Error::Internal)?,
            cursor_key: Arc::from(secret.cursor_key().to_vec()),
            schema: crate::graphql::schema(),
            stored: StoredDocuments::default(),
            is_demo: false,
            limits: Arc::new(Limits::of(config)),
            stopping: CancellationToken::new(),
            tasks: TaskTracker::new(),
            standings: Standings::default(),
            claims: Claims::default(),
            streams: Streams::default(),
        })))
    }

    /// The same service with other parts.
    #[must_use]
    pub fn with(&self, change: impl FnOnce(&mut Parts)) -> Self {
        let mut parts = Parts::clone(self);
        change(&mut parts);
        Self(Arc::new(parts))
    }

    /// The context of an anonymous caller; authentication puts the caller in.
    #[must_use]
    pub fn ctx(&self, request_id: Option<&str>) -> Ctx {
        let view = View {
            db: self.db.clone(),
            actor: Arc::new(Actor::anonymous()),
            clock: self.clock.clone(),
            locale: Arc::new(Locale::default()),
            kinds: KINDS.registry(),
            cursor_key: self.cursor_key.clone(),
            standings: self.standings.clone(),
            watch: None,
            reads: None,
        };
        Ctx {
            view,
            request_id: request_id.map(Arc::from),
            language: None,
            cause: Cause::Request,
            idempotency: None,
            kinds: &KINDS,
            claims: self.claims.clone(),
        }
    }

    /// What background jobs work with, until `stopping` is set.
    #[must_use]
    pub fn service(&self, stopping: CancellationToken) -> Service {
        let mut ctx = self.ctx(None).acting(Actor::system());
        ctx.cause = Cause::Job;
        Service { ctx, keys: self.keys.clone(), hooks: self.hooks.clone(), stopping }
    }
}
