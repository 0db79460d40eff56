//! Sealing: secrets in the database are encrypted with the installation secret.

use aws_lc_rs::aead::{AES_256_GCM, Aad, NONCE_LEN, Nonce, RandomizedNonceKey};
use base64::{Engine, engine::general_purpose::STANDARD};
use kernel::error::{Error, Result};

use super::secret::InstallationSecret;

/// Encrypts a secret; its name is bound to it, so that rows cannot be swapped.
pub(super) fn seal(secret: &InstallationSecret, name: &str, plain: &[u8]) -> Result<String> {
    let mut bytes = plain.to_vec();
    let nonce = RandomizedNonceKey::new(&AES_256_GCM, secret.sealing_key())
        .and_then(|key| key.seal_in_place_append_tag(Aad::from(name), &mut bytes))
        .map_err(|_| Error::Internal("a secret cannot be sealed".into()))?;
    let mut sealed = nonce.as_ref().to_vec();
    sealed.append(&mut bytes);
    Ok(STANDARD.encode(sealed))
}

/// Decrypts a secret sealed under this name.
pub(super) fn unseal(secret: &InstallationSecret, name: &str, sealed: &str) -> Result<Vec<u8>> {
    let mut bytes = STANDARD.decode(sealed).map_err(|_| broken(name))?;
    let (nonce, body) = bytes.split_at_mut_checked(NONCE_LEN).ok_or_else(|| broken(name))?;
    let nonce = Nonce::try_assume_unique_for_key(nonce).map_err(|_| broken(name))?;
    RandomizedNonceKey::new(&AES_256_GCM, secret.sealing_key())
        .and_then(|key| key.open_in_place(nonce, Aad::from(name), body).map(|plain| plain.to_vec()))
        .map_err(|_| broken(name))
}

/// What is said of a secret that cannot be opened.
pub(super) fn broken(name: &str) -> Error {
    Error::Internal(format!(
        "what is sealed as {name} cannot be opened: the installation secret is not the one it was sealed with"
    ))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_sealed_secret_opens_only_with_its_key_and_under_its_name() {
        let secret = InstallationSecret::from_text(&"a".repeat(32)).unwrap();
        let other = InstallationSecret::from_text(&"b".repeat(32)).unwrap();
        let sealed = seal(&secret, "one", b"private").unwrap();

        assert_eq!(unseal(&secret, "one", &sealed).unwrap(), b"private");
        assert!(unseal(&other, "one", &sealed).is_err());
        assert!(unseal(&secret, "two", &sealed).is_err());
        assert!(unseal(&secret, "one", "c2hvcnQ=").is_err());
    }
}
