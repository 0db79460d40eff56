//! Passwords: how they are stored, compared, and which ones are too easy.

use argon2::{
    Algorithm, Argon2, Params, Version,
    password_hash::{Error as HashError, PasswordHasher, PasswordVerifier},
};
use kernel::error::{Code, Error, Result, Violation};
use tokio::{sync::Semaphore, task::spawn_blocking};

use super::{secret::random, weakness::weakness};

/// Characters a password has at least. Source: NIST SP 800-63B-4, passwords without a second factor.
pub const MIN_CHARS: usize = 15;
/// Characters a password has at most.
pub const MAX_CHARS: usize = 128;

/// Memory of one hash. Source, with the next two: OWASP Password Storage Cheat Sheet, Argon2id.
const MEMORY_KIB: u32 = 19 * 1024;
const PASSES: u32 = 2;
const LANES: u32 = 1;

/// Hashes made at a time; more wait, so that a flood of sign-ins cannot take all memory.
static GATE: Semaphore = Semaphore::const_new(4);

/// Hash of random bytes nobody kept, compared where there is no other, so that it takes as long.
const DUMMY: &str =
    "$argon2id$v=19$m=19456,t=2,p=1$rlxgWLTJPTEAo6/caA3cIQ$eyXuceK0WQ7lnCi9A0aA1K3Oa5YASeeRmeUOm4WoVAU";

/// Hashes a password with Argon2id as a PHC string; on a thread for blocking work.
///
/// # Errors
/// `Internal` when the hash cannot be made.
pub async fn hash(password: &str) -> Result<String> {
    let password = password.to_owned();
    blocking(move || {
        let salt = random::<16>()?;
        let params = Params::new(MEMORY_KIB, PASSES, LANES, None).map_err(|error| failed(&error))?;
        Argon2::new(Algorithm::Argon2id, Version::V0x13, params)
            .hash_password_with_salt(password.as_bytes(), &salt)
            .map(|hash| hash.to_string())
            .map_err(|error| failed(&error))
    })
    .await
}

/// Tells whether a password is the one that was hashed; without a hash it takes as long and says no.
///
/// # Errors
/// `Internal` when the stored hash cannot be read.
pub async fn verify(password: &str, hash: Option<&str>) -> Result<bool> {
    let password = password.to_owned();
    let known = hash.is_some();
    let hash = hash.unwrap_or(DUMMY).to_owned();
    blocking(move || match Argon2::default().verify_password(password.as_bytes(), hash.as_str()) {
        Ok(()) => Ok(known),
        Err(HashError::PasswordInvalid) => Ok(false),
        Err(error) => Err(failed(&error)),
    })
    .await
}

async fn blocking<T: Send + 'static>(work: impl FnOnce() -> Result<T> + Send + 'static) -> Result<T> {
    let permit = GATE.acquire().await.map_err(|error| failed(&error))?;
    let task = move || {
        let done = work();
        drop(permit);
        done
    };
    spawn_blocking(task).await.map_err(|error| failed(&error))?
}

fn failed(error: &dyn std::fmt::Display) -> Error {
    Error::Internal(format!("a password cannot be hashed: {error}"))
}

/// Says what is wrong with a new password of the person with this address and name.
#[must_use]
pub fn check(pointer: &str, password: &str, email: &str, name: &str) -> Vec<Violation> {
    let long = password.chars().count();
    let length = (!(MIN_CHARS..=MAX_CHARS).contains(&long))
        .then(|| format!("a password has {MIN_CHARS} to {MAX_CHARS} characters; this one has {long}"));
    let ease = weakness(password, email, name).map(|why| format!("the password {why}; take another one"));
    length.into_iter().chain(ease).map(|detail| Violation::new(pointer, Code::WeakPassword, detail)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn easy_passwords_are_refused() {
        let easy = [
            "aaaaaaaaaaaaaaaaaaaa",
            "123456789012345678",
            "abcdefghijklmnopqrst",
            "9876543210987654",
            "qwertyuiopasdfghjkl",
            "йцукенгшщзхъфывапролджэ",
            "Correct-Horse-Battery-Staple",
            "1Q2w3E4r 5T6y7U8i",
            "PasswordPassword",
            "abcabcabcabcabcabc",
            "password1234567890",
            "aigul.asanova@2026",
            "Aigul Asanova 123!",
            "concord-cbrn-2026!",
            "abababababababab",
        ];
        let accepted: Vec<_> = easy
            .iter()
            .filter(|easy| check("/password", easy, "aigul.asanova@mes.kg", "Aigul Asanova").is_empty())
            .collect();

        assert_eq!(accepted, Vec::<&&str>::new());
    }

    #[test]
    fn good_passwords_pass() {
        let good = [
            "seven quiet rivers",
            "t7#Kp!vz0Lq2Wn9x",
            "тихая река под горой",
            "суу таза болсун деңиз",
            "rehearsal-only-Concord-demo",
        ];
        let refused: Vec<_> = good.iter().flat_map(|good| check("/p", good, "a@b.c", "A. B.")).collect();

        assert_eq!(refused, []);
    }

    #[test]
    fn length_counts_characters() {
        let found = check("/password", "four quiet one", "a@b.c", "A");
        assert_eq!(found.iter().map(|v| v.code).collect::<Vec<_>>(), [Code::WeakPassword]);
        assert_eq!(check("/password", &"seven quiet rivers".repeat(8), "a@b.c", "A").len(), 1);
    }

    #[test]
    fn the_dummy_takes_as_long_as_a_hash() {
        assert!(DUMMY.starts_with("$argon2id$v=19$m=19456,t=2,p=1$"));
    }
}
