//! Passwords: how they are stored, compared, and which ones are too easy.

mod hashing;

use kernel::error::{Code, Violation};

use super::weakness::weakness;

pub(super) use hashing::Place;
pub use hashing::{MOST_AT_ONCE, hash};

/// Characters a password has at least. Source: NIST SP 800-63B-4, passwords without a second factor.
pub const MIN_CHARS: usize = 15;
/// Characters a password beside a second factor has at least. Source: the same.
pub const MIN_CHARS_WITH_FACTOR: usize = 8;
/// Characters a password has at most: twice what NIST SP 800-63B-4 asks to be taken, and soon hashed.
pub const MAX_CHARS: usize = 128;

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
}
