//! Signing keys: kept in the database, sealed with the installation secret, shared by all processes.

use std::{
    fmt,
    sync::{Arc, PoisonError, RwLock},
};

use aws_lc_rs::{
    aead::{AES_256_GCM, Aad, NONCE_LEN, Nonce, RandomizedNonceKey},
    signature::{Ed25519KeyPair, KeyPair},
};
use base64::{
    Engine,
    engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD},
};
use entity::signing_key;
use jsonwebtoken::{DecodingKey, EncodingKey};
use kernel::{
    clock::Clock,
    db::{Conn, Db},
    error::{Error, Result},
};
use sea_orm::{
    Statement,
    sea_query::{Expr, ExprTrait, Order, Query},
};
use serde_json::json;

use super::secret::InstallationSecret;

/// The algorithm of every key, and the only one tokens are accepted with.
const ALGORITHM: &str = "EdDSA";

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
    secret: InstallationSecret,
    keys: RwLock<Arc<[SigningKey]>>,
}

impl KeyRing {
    /// Loads the keys, making the first one where there is none.
    ///
    /// Several processes may start at once: one makes the key, the others read it.
    ///
    /// # Errors
    /// `Internal` when a key was sealed with another installation secret; what the database says.
    pub async fn open(db: &Db, clock: &Clock, secret: &InstallationSecret) -> Result<Self> {
        let mut keys = load(db.reading(), secret).await?;
        if keys.is_empty() {
            keys = first(db, clock, secret).await?;
        }
        let inner = Inner { db: db.clone(), secret: secret.clone(), keys: RwLock::new(keys.into()) };
        Ok(Self(Arc::new(inner)))
    }

    /// Loads the keys again, after one was added or retired.
    ///
    /// # Errors
    /// As for [`Self::open`]; the keys stay as they are then.
    pub async fn reload(&self) -> Result<()> {
        let keys = load(self.0.db.reading(), &self.0.secret).await?;
        *self.0.keys.write().unwrap_or_else(PoisonError::into_inner) = keys.into();
        Ok(())
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

async fn load(conn: Conn<'_>, secret: &InstallationSecret) -> Result<Vec<SigningKey>> {
    use signing_key::Column;
    let select = Query::select()
        .columns([Column::Kid, Column::PublicKey, Column::SealedPrivateKey])
        .from(signing_key::Entity)
        .and_where(Expr::col(Column::RetiredAt).is_null())
        .and_where(Expr::col(Column::Algorithm).eq(ALGORITHM))
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
    // SQLite has one writer at a time; PostgreSQL is told to let one in.
    if conn.is_postgres() {
        let lock = "LOCK TABLE signing_key IN SHARE ROW EXCLUSIVE MODE";
        conn.all_raw(Statement::from_string(conn.backend(), lock)).await?;
    }
    let mut keys = load(conn, secret).await?;
    if keys.is_empty() {
        insert(conn, clock, secret).await?;
        keys = load(conn, secret).await?;
    }
    transaction.commit().await?;
    Ok(keys)
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

/// Encrypts a private key; the key id is bound to it, so that rows cannot be swapped.
fn seal(secret: &InstallationSecret, kid: &str, pkcs8: &[u8]) -> Result<String> {
    let mut bytes = pkcs8.to_vec();
    let nonce = RandomizedNonceKey::new(&AES_256_GCM, secret.sealing_key())
        .and_then(|key| key.seal_in_place_append_tag(Aad::from(kid), &mut bytes))
        .map_err(|_| Error::Internal("a signing key cannot be sealed".into()))?;
    let mut sealed = nonce.as_ref().to_vec();
    sealed.append(&mut bytes);
    Ok(STANDARD.encode(sealed))
}

fn unseal(secret: &InstallationSecret, kid: &str, sealed: &str) -> Result<Vec<u8>> {
    let mut bytes = STANDARD.decode(sealed).map_err(|_| broken(kid))?;
    let (nonce, body) = bytes.split_at_mut_checked(NONCE_LEN).ok_or_else(|| broken(kid))?;
    let nonce = Nonce::try_assume_unique_for_key(nonce).map_err(|_| broken(kid))?;
    RandomizedNonceKey::new(&AES_256_GCM, secret.sealing_key())
        .and_then(|key| key.open_in_place(nonce, Aad::from(kid), body).map(|plain| plain.to_vec()))
        .map_err(|_| broken(kid))
}

fn broken(kid: &str) -> Error {
    Error::Internal(format!(
        "signing key {kid} cannot be opened: the installation secret is not the one it was sealed with"
    ))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_sealed_key_opens_only_with_its_secret_and_under_its_name() {
        let secret = InstallationSecret::from_text(&"a".repeat(32)).unwrap();
        let other = InstallationSecret::from_text(&"b".repeat(32)).unwrap();
        let sealed = seal(&secret, "one", b"private").unwrap();

        assert_eq!(unseal(&secret, "one", &sealed).unwrap(), b"private");
        assert!(unseal(&other, "one", &sealed).is_err());
        assert!(unseal(&secret, "two", &sealed).is_err());
        assert!(unseal(&secret, "one", "c2hvcnQ=").is_err());
    }
}
