//! Bearer tokens of trusted issuers.

mod forged;
mod keys;
mod people;
mod tls;
mod unknown;

use serde_json::Value as Json;
use uuid::Uuid;

use crate::support::{
    TestApp, app,
    provider::{Key, Provider},
};

/// A service that trusts a provider with one key, whose subject `person-1` is an account of the world.
struct Stage<'a> {
    app: &'a TestApp,
    service: TestApp,
    provider: Provider,
    key: Key,
}

impl Stage<'_> {
    /// Status of a read on each face with this token, and the code of the refusal.
    async fn tried(&self, token: &str) -> (u16, u16, String) {
        let who = self.service.holder(token.to_owned());
        let rest = who.get("/tasks?limit=1").await;
        let graphql = who.graphql("{ tasks(first: 1) { totalCount } }", Json::Null).await;
        (rest.status, graphql.status, rest.body["code"].as_str().unwrap_or_default().to_owned())
    }

    /// A token of the ordinary claims with some of them changed.
    fn token(&self, change: impl FnOnce(&mut Json)) -> String {
        let mut claims = self.provider.claims();
        change(&mut claims);
        self.key.token(&claims)
    }
}

/// Links a subject of a provider to an account of the world.
async fn link(service: &TestApp, provider: &Provider, subject: &str, account: Uuid) {
    let issuer = trusted(&provider.settings());
    let linked = concord::signin::issuers::link(&service.system(), &issuer, subject, account).await;
    linked.expect("the subject is linked");
}

/// An issuer as the settings have it.
fn trusted(settings: &Json) -> concord::config::Issuer {
    let given = [("CONCORD_ISSUERS".to_owned(), serde_json::json!([settings]).to_string())];
    concord::config::Config::read(None, given).expect("settings").issuers.remove(0)
}

/// Runs a test where `person-1` is this account, and these settings differ from the ordinary ones.
async fn stage<F>(account: &str, settings: &[(&str, Json)], test: F)
where
    F: AsyncFnOnce(&Stage<'_>),
{
    app(async |app| {
        let key = Key::es256("first");
        let provider = Provider::with(&[&key]).await;
        let mut trusted = provider.settings();
        for (name, value) in settings {
            trusted[*name] = value.clone();
        }
        let service = app.trusting(&[trusted]).await;
        if let Some(id) = app.world.find(&format!("user:{account}")).or_else(|| app.world.find(account)) {
            link(&service, &provider, "person-1", id).await;
        }

        test(&Stage { app, service, provider, key }).await;
    })
    .await;
}
