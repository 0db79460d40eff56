//! The installation secret and the keys that follow from it.

use std::{fmt, fs, io::Write, path::Path};

use aws_lc_rs::hkdf;
use kernel::{crypto::random, error::Result};

use crate::host::files;

/// Characters an installation secret has at least.
const MIN_CHARS: usize = 32;

/// A derived key of 256 bits.
pub type Key = [u8; 32];

/// Keys of one installation, derived from its secret.
///
/// The secret itself is not kept. Each key is made by HKDF-SHA256 with an info text of its own, so none
/// tells anything about another; the info texts are permanent, or what was sealed and signed is lost.
#[derive(Clone)]
pub struct InstallationSecret {
    cursor: Key,
    sealing: Key,
    head: Key,
    attempts: Key,
    codes: Key,
    refresh: Key,
}

impl InstallationSecret {
    /// Takes the secret from text; white space around it does not count.
    ///
    /// # Errors
    /// When it has fewer than 32 characters.
    pub fn from_text(text: &str) -> Result<Self, SecretError> {
        let text = text.trim();
        if text.chars().count() < MIN_CHARS {
            return Err(SecretError(format!(
                "the installation secret needs at least {MIN_CHARS} characters; `concord secret new` makes one"
            )));
        }
        let prk = hkdf::Salt::new(hkdf::HKDF_SHA256, b"concord").extract(text.as_bytes());
        Ok(Self {
            cursor: derive(&prk, b"concord cursor key v1")?,
            sealing: derive(&prk, b"concord key-encryption key v1")?,
            head: derive(&prk, b"concord log head key v1")?,
            attempts: derive(&prk, b"concord sign-in attempts key v1")?,
            codes: derive(&prk, b"concord recovery codes key v1")?,
            refresh: derive(&prk, b"concord refresh token key v1")?,
        })
    }

    /// Takes the secret from the settings, else from its file.
    ///
    /// # Errors
    /// When the file cannot be read or the secret is too short; no message shows the secret.
    pub fn read(given: Option<&str>, file: &Path) -> Result<Self, SecretError> {
        if let Some(text) = given {
            return Self::from_text(text);
        }
        let text = fs::read_to_string(file).map_err(|error| {
            SecretError(format!(
                "the installation secret cannot be read from {}: {error}; \
                 `concord secret new` makes one, or set CONCORD_SECRET",
                file.display()
            ))
        })?;
        Self::from_text(&text)
    }

    /// Makes a new secret of 64 hexadecimal digits in a file only its user can read.
    ///
    /// # Errors
    /// When the file exists already or cannot be written.
    pub fn create(path: &Path) -> Result<Self, SecretError> {
        let fails = |what: &dyn fmt::Display| SecretError(format!("cannot make {}: {what}", path.display()));
        let text = hex::encode(random::<32>().map_err(|error| fails(&error))?);

        let mut file = files::create(path).map_err(|error| fails(&error))?;

        file.write_all(format!("{text}\n").as_bytes()).and_then(|()| file.sync_all()).map_err(|error| {
            // A half-written secret must not be taken for one at the next start.
            let left = fs::remove_file(path).err().map(|e| format!("; remove it by hand: {e}"));
            fails(&format!("{error}{}", left.unwrap_or_default()))
        })?;
        Self::from_text(&text)
    }

    /// The key that signs cursors.
    #[must_use]
    pub const fn cursor_key(&self) -> &Key {
        &self.cursor
    }

    /// The key that private signing keys are encrypted with in the database.
    #[must_use]
    pub const fn sealing_key(&self) -> &Key {
        &self.sealing
    }

    /// The HMAC key that hides whose attempts to sign in are counted.
    pub(super) const fn attempts_key(&self) -> &Key {
        &self.attempts
    }

    /// The HMAC key that hides recovery codes.
    pub(super) const fn codes_key(&self) -> &Key {
        &self.codes
    }

    /// The HMAC key by which a refresh token follows from the one before.
    pub(super) const fn refresh_key(&self) -> &Key {
        &self.refresh
    }

    /// The HMAC key that signs heads of the change log.
    #[must_use]
    pub const fn head_key(&self) -> &Key {
        &self.head
    }
}

impl fmt::Debug for InstallationSecret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("InstallationSecret(***)")
    }
}

/// Why there is no usable installation secret, and what to do about it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SecretError(String);

impl SecretError {
    /// The secret is missing that a database was used with.
    #[must_use]
    pub fn lost(file: &Path, database: &str) -> Self {
        Self(format!(
            "the installation secret is missing, and {database} was used with one before: put that old secret into {} \
             or CONCORD_SECRET, from where you keep it apart from the backups. A new one cannot open what this \
             database holds",
            file.display()
        ))
    }
}

impl fmt::Display for SecretError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl std::error::Error for SecretError {}

fn derive(prk: &hkdf::Prk, info: &[u8]) -> Result<Key, SecretError> {
    let mut key = Key::default();
    prk.expand(&[info], hkdf::HKDF_SHA256)
        .and_then(|okm| okm.fill(&mut key))
        .map_err(|_| SecretError("no key can be derived from the installation secret".into()))?;
    Ok(key)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn short_secrets_are_refused_without_being_shown() {
        let error = InstallationSecret::from_text("  hunter-hunter-hunter-hunter-123  ").unwrap_err();

        assert!(error.to_string().contains("32 characters") && !error.to_string().contains("hunter"));
    }

    #[test]
    fn keys_differ_and_follow_from_the_trimmed_text() {
        let one = InstallationSecret::from_text(&"s".repeat(32)).unwrap();
        let same = InstallationSecret::from_text(&format!(" {}\n", "s".repeat(32))).unwrap();

        assert_eq!((one.cursor, one.sealing, one.head), (same.cursor, same.sealing, same.head));
        assert!(one.cursor != one.sealing && one.sealing != one.head && one.cursor != one.head);
        assert_eq!(format!("{one:?}"), "InstallationSecret(***)");
    }
}
