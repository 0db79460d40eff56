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
/// Characters a password beside a second factor has at least. Source: the same.
pub const MIN_CHARS_WITH_FACTOR: usize = 8;
/// Characters a password has at most: twice what NIST SP 800-63B-4 asks to be taken, and soon hashed.
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

/// Whether a password is the one that was hashed; without a hash it takes as long and says no.
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

/// Whose password it is to be.
#[derive(Clone, Copy)]
pub struct Holder<'a> {
    /// E-mail address.
    pub email: &'a str,
    /// Name.
    pub name: &'a str,
    /// Whether signing in asks for a code besides.
    pub has_factor: bool,
}

/// Says what is wrong with a new password of this person.
#[must_use]
pub fn check(pointer: &str, password: &str, of: Holder<'_>) -> Vec<Violation> {
    let least = if of.has_factor { MIN_CHARS_WITH_FACTOR } else { MIN_CHARS };
    let long = password.chars().count();
    let length = match long {
        _ if long < least => Some(Code::WeakPassword),
        _ if long > MAX_CHARS => Some(Code::TooLong),
        _ => None,
    };
    let length = length
        .map(|code| (code, format!("a password has {least} to {MAX_CHARS} characters; this one has {long}")));
    let ease = weakness(password, of.email, of.name)
        .map(|why| (Code::WeakPassword, format!("the password {why}; take another one")));
    length.into_iter().chain(ease).map(|(code, detail)| Violation::new(pointer, code, detail)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOBODY: Holder<'_> = Holder { email: "a@b.c", name: "A. B.", has_factor: false };

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
        let aigul = Holder { email: "aigul.asanova@example.org", name: "Aigul Asanova", has_factor: false };
        let accepted: Vec<_> =
            easy.iter().filter(|easy| check("/password", easy, aigul).is_empty()).collect();

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
        let refused: Vec<_> = good.iter().flat_map(|good| check("/p", good, NOBODY)).collect();

        assert_eq!(refused, []);
    }

    #[test]
    fn length_counts_characters() {
        let codes =
            |password: &str, of| check("/password", password, of).iter().map(|v| v.code).collect::<Vec<_>>();
        let beside = Holder { has_factor: true, ..NOBODY };

        assert_eq!(codes("four quiet one", NOBODY), [Code::WeakPassword]);
        assert_eq!(codes(&"seven quiet rivers".repeat(8), NOBODY), [Code::TooLong]);
        assert_eq!(codes("four quiet one", beside), []);
        // Too short, and too little beside known words.
        assert_eq!(codes("t7#Kp!v", beside), [Code::WeakPassword; 2]);
    }

    #[test]
    fn the_dummy_takes_as_long_as_a_hash() {
        assert!(DUMMY.starts_with("$argon2id$v=19$m=19456,t=2,p=1$"));
    }
}
