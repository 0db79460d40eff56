//! Sockets and streams of somebody whom a trusted issuer vouches for.

use chrono::TimeDelta;
use serde_json::json;

use super::{PROTOCOL, Socket};
use crate::support::{
    app,
    provider::{Key, Mood, Provider},
};

#[tokio::test]
async fn a_socket_takes_an_issuer_s_token_while_it_is_good() {
    app(async |app| {
        let (key, other) = (Key::es256("first"), Key::es256("first"));
        let provider = Provider::with(&[&key]).await;
        let mut settings = provider.settings();
        settings["unknown_users"] = json!("provision");
        let service = app.trusting(&[settings.clone()]).await;
        let down = app.trusting(&[settings]).await;
        let init = |key: &Key| {
            let token = format!("Bearer {}", key.token(&provider.claims()));
            json!({"type": "connection_init", "payload": {"authorization": token}})
        };

        let mut good = Socket::open(&service, Some(PROTOCOL)).await;
        good.say(init(&key)).await;
        let greeted = good.hear().await;
        let mut forged = Socket::open(&service, Some(PROTOCOL)).await;
        forged.say(init(&other)).await;
        let refused = forged.closed().await;
        provider.is(Mood::Ill);
        let mut untold = Socket::open(&down, Some(PROTOCOL)).await;
        untold.say(init(&key)).await;
        let unreachable = untold.closed().await;
        service.state.clock.advance(TimeDelta::seconds(360));
        let over = good.closed().await;

        assert_eq!(greeted, json!({"type": "connection_ack"}));
        assert_eq!([refused, unreachable, over], [json!(4403), json!(1013), json!(4401)]);
    })
    .await;
}
