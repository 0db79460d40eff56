//! Signing keys: kept in the database, sealed with the installation secret, shared by all processes.
//!
//! A key that was replaced verifies until the last token it may have signed is over.

use std::{
    fmt,
    num::NonZeroUsize,
    sync::{Arc, Mutex, PoisonError, RwLock},
    time::Duration,
};

use aws_lc_rs::signature::{Ed25519KeyPair, KeyPair};
use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use chrono::{DateTime, TimeDelta, Utc};
use entity::signing_key;
use jsonwebtoken::{DecodingKey, EncodingKey};
use kernel::{
    cache::Cache,
    clock::Clock,
    db::{Conn, Db},
    error::{Error, Result},
};
use sea_orm::{
    Statement,
    sea_query::{Expr, ExprTrait, Order, Query},
};
use serde_json::json;
use tokio::time::Instant;

use super::{
    seal::{broken, seal, unseal},
    secret::InstallationSecret,
    throttle::Turns,
    token::{Claims, LIFETIME_MINUTES},
};

/// The algorithm of every key, and the only one tokens are accepted with.
const ALGORITHM: &str = "EdDSA";

/// Minutes a replaced key still verifies: the life of a token, and what other processes need to notice.
pub const RETIRED_MINUTES: i64 = LIFETIME_MINUTES + 5;

/// Least time between two looks for a key that a token names and nobody knows.
const LOOK_AGAIN: Duration = Duration::from_secs(1);

/// One signing key, opened.
pub(super) struct SigningKey {
    pub(super) kid: String,
    pub(super) encoding: EncodingKey,
    pub(super) decoding: DecodingKey,
    public: String,
}

/// The keys in use; clones share them.
#[derive(Clone)]
pub struct KeyRing(Arc<Inner>);

struct Inner {
    db: Db,
    clock: Clock,
    secret: InstallationSecret,
    keys: RwLock<Arc<[SigningKey]>>,
    looked: Mutex<Option<Instant>>,
    verified: Cache<String, Verified>,
    turns: Turns,
}

/// A token whose signature was checked.
#[derive(Clone)]
struct Verified {
    kid: String,
    claims: Claims,
}

/// Tokens remembered at most; the one that was used longest ago goes first.
const MOST_VERIFIED: NonZeroUsize = NonZeroUsize::new(10_000).unwrap();

impl KeyRing {
    /// Loads the keys, making the first one where there is none.
    ///
    /// Several processes may start at once: one makes the key, the others read it.
    ///
    /// # Errors
    /// `Internal` when a key was sealed with another installation secret; what the database says.
    pub async fn open(db: &Db, clock: &Clock, secret: &InstallationSecret) -> Result<Self> {
        let mut keys = load(db.reading(), secret, clock.now()).await?;
        if keys.is_empty() {
            keys = first(db, clock, secret).await?;
        }
        Ok(Self(Arc::new(Inner {
            db: db.clone(),
            clock: clock.clone(),
            secret: secret.clone(),
            keys: RwLock::new(keys.into()),
            looked: Mutex::default(),
            verified: Cache::of(MOST_VERIFIED),
            turns: Turns::default(),
        })))
    }

    /// Checks that the keys of a database open with this secret; makes no key.
    ///
    /// # Errors
    /// As for [`Self::open`].
    pub async fn opens(db: &Db, clock: &Clock, secret: &InstallationSecret) -> Result<()> {
        load(db.reading(), secret, clock.now()).await.map(drop)
    }

    /// Loads the keys again, after one was added or retired.
    ///
    /// # Errors
    /// As for [`Self::open`]; the keys stay as they are then.
    pub async fn reload(&self) -> Result<()> {
        let keys = load(self.0.db.reading(), &self.0.secret, self.0.clock.now()).await?;
        *self.0.keys.write().unwrap_or_else(PoisonError::into_inner) = keys.into();
        Ok(())
    }

    /// Loads the keys again because a token names one that is not known; once a second at most.
    ///
    /// # Errors
    /// As for [`Self::open`].
    pub(super) async fn look_again(&self) -> Result<()> {
        {
            let mut looked = self.0.looked.lock().unwrap_or_else(PoisonError::into_inner);
            if looked.is_some_and(|at| at.elapsed() < LOOK_AGAIN) {
                return Ok(());
            }
            *looked = Some(Instant::now());
        }
        self.reload().await
    }

    /// What a token says whose signature was checked before, while its key is in use.
    pub(super) fn recall(&self, hash: &str) -> Option<Claims> {
        let found = self.0.verified.get(hash)?;
        self.keys().iter().any(|key| key.kid == found.kid).then_some(found.claims)
    }

    /// Remembers what a token says, under the token's hash.
    pub(super) fn remember(&self, hash: String, kid: &str, claims: &Claims) {
        let found = Verified { kid: kid.to_owned(), claims: claims.clone() };
        self.0.verified.put(hash, found);
    }

    /// Makes a new key that signs from now on, and retires the others; they verify for 20 minutes more.
    ///
    /// Takes effect in this process with [`Self::reload`] after the commit, in others within seconds.
    ///
    /// # Errors
    /// What the database says.
    pub async fn rotate(&self, conn: Conn<'_>) -> Result<()> {
        let (clock, now) = (&self.0.clock, self.0.clock.now());
        alone(conn).await?;
        let retire = Query::update()
            .table(signing_key::Entity)
            .value(signing_key::Column::RetiredAt, now)
            .and_where(Expr::col(signing_key::Column::RetiredAt).is_null())
            .take();
        conn.run(&retire).await?;
        insert(conn, clock, &self.0.secret).await
    }

    /// The installation secret, for what else is sealed or hashed with it.
    pub(super) fn secret(&self) -> &InstallationSecret {
        &self.0.secret
    }

    /// Who attempts to sign in to which account now.
    pub(super) fn turns(&self) -> &Turns {
        &self.0.turns
    }

    /// The public keys as a JSON Web Key Set (RFC 7517, RFC 8037).
    #[must_use]
    pub fn jwks(&self) -> serde_json::Value {
        let key = |key: &SigningKey| {
            json!({
                "kty": "OKP",
                "crv": "Ed25519",
                "use": "sig",
                "alg": ALGORITHM,
                "kid": key.kid,
                "x": key.public,
            })
        };
        json!({ "keys": self.keys().iter().map(key).collect::<Vec<_>>() })
    }

    /// Id of the key that signs.
    #[must_use]
    pub fn signing_kid(&self) -> Option<String> {
        self.keys().first().map(|key| key.kid.clone())
    }

    /// The keys in use, newest first; the newest signs.
    pub(super) fn keys(&self) -> Arc<[SigningKey]> {
        Arc::clone(&self.0.keys.read().unwrap_or_else(PoisonError::into_inner))
    }
}

impl fmt::Debug for KeyRing {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let keys = self.keys();
        f.debug_list().entries(keys.iter().map(|key| key.kid.as_str())).finish()
    }
}

/// Whether the database has keys, and so was used with an installation secret.
///
/// # Errors
/// What the database says, also where it has no such table.
pub async fn are_there(conn: Conn<'_>) -> Result<bool> {
    let any = Query::select().column(signing_key::Column::Kid).from(signing_key::Entity).limit(1).take();
    Ok(conn.one(&any).await?.is_some())
}

async fn load(conn: Conn<'_>, secret: &InstallationSecret, now: DateTime<Utc>) -> Result<Vec<SigningKey>> {
    use signing_key::Column;
    let retired = Expr::col(Column::RetiredAt);
    let verifies =
        retired.clone().is_null().or(retired.clone().gt(now - TimeDelta::minutes(RETIRED_MINUTES)));
    let select = Query::select()
        .columns([Column::Kid, Column::PublicKey, Column::SealedPrivateKey])
        .from(signing_key::Entity)
        .and_where(verifies)
        .and_where(Expr::col(Column::Algorithm).eq(ALGORITHM))
        .order_by_expr(retired.is_null(), Order::Desc)
        .order_by(Column::CreatedAt, Order::Desc)
        .order_by(Column::Kid, Order::Desc)
        .take();
    let mut keys = Vec::new();
    for row in conn.all(&select).await? {
        let (kid, public, sealed): (String, String, String) =
            (row.try_get_by_index(0)?, row.try_get_by_index(1)?, row.try_get_by_index(2)?);
        let pkcs8 = unseal(secret, &kid, &sealed)?;
        let bytes = URL_SAFE_NO_PAD.decode(&public).map_err(|_| broken(&kid))?;
        keys.push(SigningKey {
            encoding: EncodingKey::from_ed_der(&pkcs8),
            decoding: DecodingKey::from_ed_der(&bytes),
            kid,
            public,
        });
    }
    Ok(keys)
}

/// Makes the first key, unless another process was quicker.
async fn first(db: &Db, clock: &Clock, secret: &InstallationSecret) -> Result<Vec<SigningKey>> {
    let transaction = db.begin(true).await?;
    let conn = db.within(&transaction);
    alone(conn).await?;
    let mut keys = load(conn, secret, clock.now()).await?;
    if keys.is_empty() {
        insert(conn, clock, secret).await?;
        keys = load(conn, secret, clock.now()).await?;
    }
    transaction.commit().await?;
    Ok(keys)
}

/// Lets one writer of keys in at a time: SQLite has one anyway, PostgreSQL is told.
async fn alone(conn: Conn<'_>) -> Result<()> {
    if conn.is_postgres() {
        let lock = "LOCK TABLE signing_key IN SHARE ROW EXCLUSIVE MODE";
        conn.all_raw(Statement::from_string(conn.backend(), lock)).await?;
    }
    Ok(())
}

async fn insert(conn: Conn<'_>, clock: &Clock, secret: &InstallationSecret) -> Result<()> {
    use signing_key::Column;
    let unmade = |_| Error::Internal("no signing key can be made".into());
    let pair = Ed25519KeyPair::generate().map_err(unmade)?;
    let pkcs8 = pair.to_pkcs8().map_err(unmade)?;
    let kid = clock.id().to_string();
    let sealed = seal(secret, &kid, pkcs8.as_ref())?;

    let mut row = Query::insert();
    row.into_table(signing_key::Entity).columns([
        Column::Kid,
        Column::Algorithm,
        Column::PublicKey,
        Column::SealedPrivateKey,
        Column::CreatedAt,
    ]);
    row.values_panic([
        Expr::val(kid),
        Expr::val(ALGORITHM),
        Expr::val(URL_SAFE_NO_PAD.encode(pair.public_key().as_ref())),
        Expr::val(sealed),
        Expr::val(clock.now()),
    ]);
    conn.run(&row).await?;
    Ok(())
}
