//! Hashing passwords with Argon2id, in as many buffers as hashes may be made at a time.
//!
//! A hash takes 19 MiB. Asked of the allocator each time, on one of many threads, they would stay in its arenas; so
//! each buffer is made once and used again.

use std::{
    num::NonZeroUsize,
    sync::{Arc, LazyLock, Mutex, PoisonError},
    thread::available_parallelism,
};

use argon2::{
    Algorithm, Argon2, Block, Params, PasswordHash, Version,
    password_hash::phc::{Output, ParamsString, Salt},
};
use kernel::{
    crypto::random,
    error::{Error, Result},
};
use tokio::{
    sync::{OwnedSemaphorePermit, Semaphore},
    task::spawn_blocking,
};

/// Memory of one hash. Source, with the next two: OWASP Password Storage Cheat Sheet, Argon2id.
const MEMORY_KIB: u32 = 19 * 1024;
const PASSES: u32 = 2;
const LANES: u32 = 1;

/// Hashes made at a time at most, whatever the number of cores: some 80 a second, while other requests have cores left.
pub const MOST_AT_ONCE: usize = 2;

/// Hash of random bytes nobody kept, compared where there is no other, so that it takes as long.
const DUMMY: &str =
    "$argon2id$v=19$m=19456,t=2,p=1$rlxgWLTJPTEAo6/caA3cIQ$eyXuceK0WQ7lnCi9A0aA1K3Oa5YASeeRmeUOm4WoVAU";

static POOL: LazyLock<Pool> = LazyLock::new(|| {
    // More than the cores would share them, and each take memory for longer.
    let cores = available_parallelism().map_or(1, NonZeroUsize::get);
    Pool { places: Arc::new(Semaphore::new(cores.min(MOST_AT_ONCE))), buffers: Mutex::default() }
});

/// Places for hashes, and the buffers that no hash is made in now.
struct Pool {
    places: Arc<Semaphore>,
    buffers: Mutex<Vec<Vec<Block>>>,
}

/// The right to make one hash now.
#[derive(Debug)]
pub struct Place {
    _held: OwnedSemaphorePermit,
}

impl Place {
    /// A place, if one is free.
    pub fn free() -> Option<Self> {
        Arc::clone(&POOL.places).try_acquire_owned().ok().map(|held| Self { _held: held })
    }

    /// A place, waited for in turn.
    ///
    /// # Errors
    /// None: the places are never closed.
    pub async fn wait() -> Result<Self> {
        let place = Arc::clone(&POOL.places).acquire_owned().await;
        Ok(Self { _held: place.map_err(|error| failed(&error))? })
    }

    /// Works in a buffer, on a thread for blocking work.
    async fn work<T, F>(self, work: F) -> Result<T>
    where
        T: Send + 'static,
        F: FnOnce(&mut Vec<Block>) -> Result<T> + Send + 'static,
    {
        let task = move || {
            let free = || POOL.buffers.lock().unwrap_or_else(PoisonError::into_inner);
            let mut buffer = free().pop().unwrap_or_default();
            let done = work(&mut buffer);
            free().push(buffer);
            drop(self);
            done
        };
        spawn_blocking(task).await.map_err(|error| failed(&error))?
    }

    /// Whether a password is the one that was hashed; without a hash it takes as long and says no.
    ///
    /// # Errors
    /// `Internal` when the stored hash cannot be read.
    pub async fn verify(self, password: &str, hash: Option<&str>) -> Result<bool> {
        let password = password.to_owned();
        let known = hash.is_some();
        let hash = hash.unwrap_or(DUMMY).to_owned();
        self.work(move |buffer| {
            let stored = PasswordHash::new(&hash).map_err(|error| failed(&error))?;
            let (Some(salt), Some(output)) = (stored.salt, stored.hash) else {
                return Err(failed(&"it has no salt or no hash"));
            };
            let algorithm = Algorithm::try_from(stored.algorithm.as_str()).map_err(|error| failed(&error))?;
            let version = stored.version.map_or(Ok(Version::V0x13), Version::try_from);
            let version = version.map_err(|error| failed(&error))?;
            let params = Params::try_from(&stored).map_err(|error| failed(&error))?;
            let argon = Argon2::new(algorithm, version, params);
            Ok(output_of(&argon, &password, &salt, buffer)? == output && known)
        })
        .await
    }
}

/// Hashes a password with Argon2id as a PHC string.
///
/// # Errors
/// `Internal` when the hash cannot be made.
pub async fn hash(password: &str) -> Result<String> {
    let password = password.to_owned();
    let work = move |buffer: &mut Vec<Block>| {
        let salt = Salt::new(&random::<16>()?).map_err(|error| failed(&error))?;
        let params = Params::new(MEMORY_KIB, PASSES, LANES, None).map_err(|error| failed(&error))?;
        let written = ParamsString::try_from(&params).map_err(|error| failed(&error))?;
        let argon = Argon2::new(Algorithm::Argon2id, Version::V0x13, params);
        let hash = PasswordHash {
            algorithm: Algorithm::Argon2id.ident(),
            version: Some(Version::V0x13.into()),
            params: written,
            hash: Some(output_of(&argon, &password, &salt, buffer)?),
            salt: Some(salt),
        };
        Ok(hash.to_string())
    };
    Place::wait().await?.work(work).await
}

/// Computes a hash in a buffer, which grows to what the parameters ask for.
fn output_of(argon: &Argon2<'_>, password: &str, salt: &[u8], buffer: &mut Vec<Block>) -> Result<Output> {
    let params = argon.params();
    let lacking = params.block_count().saturating_sub(buffer.len());
    if lacking > 0 {
        buffer.reserve_exact(lacking);
        buffer.resize(params.block_count(), Block::new());
    }
    let length = params.output_len().unwrap_or(Params::DEFAULT_OUTPUT_LEN);
    let mut out = vec![0; length];
    argon
        .hash_password_into_with_memory(password.as_bytes(), salt, &mut out, buffer)
        .map_err(|error| failed(&error))?;
    Output::new(&out).map_err(|error| failed(&error))
}

fn failed(error: &dyn std::fmt::Display) -> Error {
    Error::Internal(format!("a password cannot be hashed: {error}"))
}

#[cfg(test)]
mod tests {
    use argon2::password_hash::{PasswordHasher, PasswordVerifier};
    use futures_util::future::join_all;

    use super::*;

    async fn verify(password: &str, hash: Option<&str>) -> Result<bool> {
        Place::wait().await?.verify(password, hash).await
    }

    #[test]
    fn the_dummy_takes_as_long_as_a_hash() {
        assert!(DUMMY.starts_with("$argon2id$v=19$m=19456,t=2,p=1$"));
    }

    #[tokio::test]
    async fn hashes_are_those_of_the_library() {
        let ours = hash("seven quiet rivers").await.unwrap();
        let params = Params::new(64, 1, 2, None).unwrap();
        let small = Argon2::from(params).hash_password_with_salt(b"seven quiet rivers", b"0123456789abcdef");
        let small = small.unwrap().to_string();

        Argon2::default().verify_password(b"seven quiet rivers", ours.as_str()).unwrap();
        assert!(verify("seven quiet rivers", Some(&ours)).await.unwrap());
        assert!(verify("seven quiet rivers", Some(&small)).await.unwrap());
        assert!(!verify("seven quiet river", Some(&ours)).await.unwrap());
        assert!(!verify("seven quiet rivers", None).await.unwrap());
        verify("seven quiet rivers", Some("$argon2id$v=19$m=64,t=1,p=2")).await.unwrap_err();
    }

    #[tokio::test]
    async fn fifty_hashes_at_once_take_no_more_buffers_than_there_are_places() {
        let all = join_all((0..50).map(|_| verify("seven quiet rivers", None))).await;

        assert!(all.into_iter().all(|right| !right.unwrap()));
        let buffers = POOL.buffers.lock().unwrap();
        assert!(buffers.len() <= MOST_AT_ONCE, "{} buffers", buffers.len());
    }
}
