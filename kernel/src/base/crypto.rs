//! Hashing and sealing, as more than one part needs them.

use aws_lc_rs::{
    aead::{AES_256_GCM, Aad, NONCE_LEN, Nonce, RandomizedNonceKey},
    digest, rand,
};

use crate::error::{Error, Result};

/// SHA-256 over the parts one after the other, in small hex digits.
#[must_use]
pub fn sha256(parts: &[&[u8]]) -> String {
    let mut context = digest::Context::new(&digest::SHA256);
    for part in parts {
        context.update(part);
    }
    hex::encode(context.finish())
}

/// SHA-256 over bytes as they come.
pub struct Hasher(digest::Context);

impl Default for Hasher {
    fn default() -> Self {
        Self(digest::Context::new(&digest::SHA256))
    }
}

impl std::fmt::Debug for Hasher {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Hasher").finish_non_exhaustive()
    }
}

impl Hasher {
    /// Takes in more bytes.
    pub fn update(&mut self, bytes: &[u8]) {
        self.0.update(bytes);
    }

    /// The hash, in small hex digits.
    #[must_use]
    pub fn done(self) -> String {
        hex::encode(self.0.finish())
    }
}

/// Random bytes fit for secrets.
///
/// # Errors
/// `Internal` where the system gives none.
pub fn random<const N: usize>() -> Result<[u8; N]> {
    let mut bytes = [0; N];
    rand::fill(&mut bytes).map_err(|_| Error::Internal("the system gives no random bytes".into()))?;
    Ok(bytes)
}

/// Encrypts with AES-256-GCM: nonce, then text and tag. The name is bound to it; `None` for a key of another
/// length than 32 bytes, or where the system gives no random bytes.
#[must_use]
pub fn seal(key: &[u8], name: &str, plain: &[u8]) -> Option<Vec<u8>> {
    let mut body = plain.to_vec();
    let key = RandomizedNonceKey::new(&AES_256_GCM, key).ok()?;
    let nonce = key.seal_in_place_append_tag(Aad::from(name), &mut body).ok()?;
    Some([nonce.as_ref().as_slice(), &body].concat())
}

/// What [`seal`] encrypted with this key under this name; `None` for anything else.
#[must_use]
pub fn unseal(key: &[u8], name: &str, mut sealed: Vec<u8>) -> Option<Vec<u8>> {
    let (nonce, body) = sealed.split_at_mut_checked(NONCE_LEN)?;
    let nonce = Nonce::try_assume_unique_for_key(nonce).ok()?;
    let key = RandomizedNonceKey::new(&AES_256_GCM, key).ok()?;
    key.open_in_place(nonce, Aad::from(name), body).ok().map(|plain| plain.to_vec())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_sealed_opens_only_with_its_key_and_under_its_name() {
        let (key, other) = ([1; 32], [2; 32]);

        let sealed = seal(&key, "one", b"private").unwrap();

        assert_eq!(unseal(&key, "one", sealed.clone()).as_deref(), Some(b"private".as_slice()));
        assert_eq!(unseal(&other, "one", sealed.clone()), None);
        assert_eq!(unseal(&key, "two", sealed.clone()), None);
        assert_eq!(unseal(&key, "one", sealed[..11].to_vec()), None);
        assert_ne!(seal(&key, "one", b"private").unwrap(), sealed, "a nonce was used twice");
    }

    #[test]
    fn hashes_are_those_of_the_standard() {
        // FIPS 180-4, example "abc".
        let abc = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";

        assert_eq!(sha256(&[b"a", b"bc"]), abc);
    }
}
