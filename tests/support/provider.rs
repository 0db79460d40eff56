//! A provider of OpenID Connect on a port of this machine, and what it, or somebody else, signs.

use std::{
    sync::{
        Arc, Mutex,
        atomic::{AtomicUsize, Ordering},
    },
    time::Duration,
};

use aws_lc_rs::{
    rand::SystemRandom,
    rsa::{self, KeySize},
    signature::{self, ECDSA_P256_SHA256_FIXED_SIGNING, EcdsaKeyPair, Ed25519KeyPair, KeyPair, RsaEncoding},
};
use axum::{
    Json as Answer, Router,
    extract::State,
    http::{StatusCode, header},
    response::{IntoResponse, Response},
    routing::get,
};
use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD as BASE64};
use concord::{config::Config, server};
use serde_json::{Value as Json, json};
use tokio::net::TcpListener;

use super::{TestApp, client::Client, start};

type Sign = Box<dyn Fn(&[u8]) -> Vec<u8> + Send + Sync>;

/// A key: its public half as a JWK, and what signs with the private one.
pub struct Key {
    pub alg: &'static str,
    pub jwk: Json,
    sign: Sign,
}

impl Key {
    pub fn es256(kid: &str) -> Self {
        let pair = EcdsaKeyPair::generate(&ECDSA_P256_SHA256_FIXED_SIGNING).expect("a key");
        let point = pair.public_key().as_ref();
        let (x, y) = (BASE64.encode(&point[1..33]), BASE64.encode(&point[33..65]));
        let sign =
            move |text: &[u8]| pair.sign(&SystemRandom::new(), text).expect("a signature").as_ref().to_vec();
        let jwk =
            json!({"kty": "EC", "crv": "P-256", "kid": kid, "use": "sig", "alg": "ES256", "x": x, "y": y});
        Self { alg: "ES256", jwk, sign: Box::new(sign) }
    }

    pub fn eddsa(kid: &str) -> Self {
        let pair = Ed25519KeyPair::generate().expect("a key");
        let x = BASE64.encode(pair.public_key().as_ref());
        let jwk = json!({"kty": "OKP", "crv": "Ed25519", "kid": kid, "x": x});
        Self { alg: "EdDSA", jwk, sign: Box::new(move |text| pair.sign(text).as_ref().to_vec()) }
    }

    pub fn rs256(kid: &str) -> Self {
        Self::rsa(kid, "RS256", &signature::RSA_PKCS1_SHA256)
    }

    pub fn ps256(kid: &str) -> Self {
        Self::rsa(kid, "PS256", &signature::RSA_PSS_SHA256)
    }

    fn rsa(kid: &str, alg: &'static str, encoding: &'static dyn RsaEncoding) -> Self {
        let pair = rsa::KeyPair::generate(KeySize::Rsa2048).expect("a key");
        // The modulus of 2048 bits stands at one place of the DER, and the exponent is 65537.
        let modulus = BASE64.encode(&pair.public_key().as_ref()[9..265]);
        let sign = move |text: &[u8]| {
            let mut signed = vec![0; pair.public_modulus_len()];
            pair.sign(encoding, &SystemRandom::new(), text, &mut signed).expect("a signature");
            signed
        };
        let jwk = json!({"kty": "RSA", "kid": kid, "n": modulus, "e": "AQAB"});
        Self { alg, jwk, sign: Box::new(sign) }
    }

    /// The same key with another member in its public half.
    pub fn with(mut self, name: &str, value: Json) -> Self {
        self.jwk[name] = value;
        self
    }

    /// The header of an ordinary token.
    pub fn header(&self) -> Json {
        json!({"alg": self.alg, "typ": "at+jwt", "kid": self.jwk["kid"]})
    }

    /// A token of these claims.
    pub fn token(&self, claims: &Json) -> String {
        self.signed(&self.header().to_string(), &claims.to_string())
    }

    /// A token of these texts, whatever they are.
    pub fn signed(&self, header: &str, claims: &str) -> String {
        let message = format!("{}.{}", BASE64.encode(header), BASE64.encode(claims));
        let signed = (self.sign)(message.as_bytes());
        format!("{message}.{}", BASE64.encode(signed))
    }
}

/// How a provider answers.
#[derive(Clone, Debug, Default, PartialEq)]
pub enum Mood {
    #[default]
    Well,
    /// 503 to everything.
    Ill,
    /// Elsewhere: a redirect to this address.
    Elsewhere(String),
    /// With a description that is right, and too long.
    Huge,
    /// Not at all.
    Silent,
}

#[derive(Default)]
struct Told {
    url: String,
    /// What it says of itself where that is not the truth.
    description: Option<Json>,
    keys: Vec<Json>,
    mood: Mood,
}

/// A provider.
#[derive(Clone, Default)]
pub struct Provider {
    pub url: String,
    told: Arc<Mutex<Told>>,
    asked: Arc<AtomicUsize>,
}

impl Provider {
    /// A provider that has these keys.
    pub async fn with(keys: &[&Key]) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
        let url = format!("http://{}", listener.local_addr().expect("an address"));
        let provider = Self { url: url.clone(), ..Self::default() };
        provider.told.lock().expect("what it tells").url = url;
        provider.has(keys);
        let router = Router::new()
            .route("/.well-known/openid-configuration", get(describe))
            .route("/keys", get(tell_keys))
            .with_state(provider.clone());
        tokio::spawn(async move { axum::serve(listener, router).await });
        provider
    }

    /// From now on it has these keys and no others.
    pub fn has(&self, keys: &[&Key]) {
        self.told.lock().expect("what it tells").keys = keys.iter().map(|key| key.jwk.clone()).collect();
    }

    pub fn is(&self, mood: Mood) {
        self.told.lock().expect("what it tells").mood = mood;
    }

    /// Lets it describe itself so.
    pub fn describes(&self, description: Json) {
        self.told.lock().expect("what it tells").description = Some(description);
    }

    /// How often it was asked anything.
    pub fn asked(&self) -> usize {
        self.asked.load(Ordering::SeqCst)
    }

    /// What the settings say of it.
    pub fn settings(&self) -> Json {
        json!({
            "issuer": self.url, "audience": "concord", "owner": "KGZ", "algorithms": ["ES256"],
            "claim": ["realm_access", "roles"],
            "grants": {"desk": "secretariat", "rescue": "officer:MES", "watch": "observer", "chief": "focal_point"},
        })
    }

    /// The claims of an ordinary token: a person of the desk, at the start of every test.
    pub fn claims(&self) -> Json {
        let now = start().timestamp();
        json!({
            "iss": self.url, "aud": "concord", "sub": "person-1", "iat": now, "exp": now + 300,
            "name": "Person One", "realm_access": {"roles": ["desk", "offline_access"]},
        })
    }

    async fn mood(&self) -> Option<Response> {
        self.asked.fetch_add(1, Ordering::SeqCst);
        let mood = self.told.lock().expect("what it tells").mood.clone();
        match mood {
            Mood::Well | Mood::Huge => None,
            Mood::Ill => Some(StatusCode::SERVICE_UNAVAILABLE.into_response()),
            Mood::Elsewhere(to) => Some((StatusCode::FOUND, [(header::LOCATION, to)]).into_response()),
            Mood::Silent => {
                tokio::time::sleep(Duration::from_secs(60)).await;
                None
            }
        }
    }
}

async fn describe(State(provider): State<Provider>) -> Response {
    if let Some(other) = provider.mood().await {
        return other;
    }
    let told = provider.told.lock().expect("what it tells");
    let mut truth = json!({"issuer": told.url, "jwks_uri": format!("{}/keys", told.url)});
    if told.mood == Mood::Huge {
        truth["padding"] = json!("x".repeat(concord::outgoing::MOST_BYTES));
    }
    Answer(told.description.clone().unwrap_or(truth)).into_response()
}

async fn tell_keys(State(provider): State<Provider>) -> Response {
    if let Some(other) = provider.mood().await {
        return other;
    }
    Answer(json!({"keys": provider.told.lock().expect("what it tells").keys})).into_response()
}

impl TestApp {
    /// The same service and database where these issuers are trusted; it remembers nothing yet.
    pub async fn trusting(&self, issuers: &[Json]) -> Self {
        let given = [("CONCORD_ISSUERS".to_owned(), json!(issuers).to_string())];
        let config = Config::read(None, given).expect("settings");
        let state = self.under(&config).await;
        let router = server::app(state.clone());
        Self { state, router, world: self.world.clone(), url: self.url.clone() }
    }

    /// Whoever has this token.
    pub fn holder(&self, token: String) -> Client<'_> {
        Client::new(self, Some(token))
    }
}
