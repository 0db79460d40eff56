//! Sealing: secrets in the database are encrypted with the installation secret.

use base64::{Engine, engine::general_purpose::STANDARD};
use kernel::{
    crypto,
    error::{Error, Result},
};

use super::secret::InstallationSecret;

/// Encrypts a secret; its name is bound to it, so that rows cannot be swapped.
pub(super) fn seal(secret: &InstallationSecret, name: &str, plain: &[u8]) -> Result<String> {
    let sealed = crypto::seal(secret.sealing_key(), name, plain);
    Ok(STANDARD.encode(sealed.ok_or_else(|| Error::Internal("a secret cannot be sealed".into()))?))
}

/// Decrypts a secret sealed under this name.
pub(super) fn unseal(secret: &InstallationSecret, name: &str, sealed: &str) -> Result<Vec<u8>> {
    let bytes = STANDARD.decode(sealed).ok();
    bytes.and_then(|bytes| crypto::unseal(secret.sealing_key(), name, bytes)).ok_or_else(|| broken(name))
}

/// What is said of a secret that cannot be opened.
pub(super) fn broken(name: &str) -> Error {
    Error::Internal(format!(
        "what is sealed as {name} cannot be opened: the installation secret is not the one this database was used \
         with. Give the old one (CONCORD_SECRET, or the file of CONCORD_SECRET_FILE); a new one cannot open it"
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
