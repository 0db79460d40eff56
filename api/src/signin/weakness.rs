//! Which passwords are too easy, however long they are.

use std::collections::BTreeSet;

/// Characters of the longest piece that counts as one when it is repeated.
const LONGEST_PIECE: usize = 14;
/// Letters besides known words that a password needs to be more than those words.
const MIN_OWN_CHARS: usize = 8;
/// Different characters a password needs.
const MIN_DIFFERENT: usize = 5;

/// Says why a password is too easy, if it is.
pub(super) fn weakness(password: &str, email: &str, name: &str) -> Option<&'static str> {
    let folded = fold(password);
    if COMMON.contains(&folded.as_str()) {
        return Some("is one of the most common ones");
    }
    let own = without_words(&folded, email, name);
    let own: Vec<char> = own.chars().collect();
    let all: Vec<char> = folded.chars().collect();
    if all.iter().collect::<BTreeSet<_>>().len() < MIN_DIFFERENT || repeats(&all) || repeats(&own) {
        return Some("repeats itself");
    }
    if runs(&all) || runs(&own) {
        return Some("follows the alphabet, the numbers or the keyboard");
    }
    (own.len() < MIN_OWN_CHARS).then_some("is little more than your address, your name or an obvious word")
}

/// Lower case without white space and the usual separators.
fn fold(text: &str) -> String {
    let skipped = |c: &char| c.is_whitespace() || matches!(c, '-' | '_' | '.');
    text.chars().filter(|c| !skipped(c)).flat_map(char::to_lowercase).collect()
}

/// Cuts the address, the name and obvious words out of a folded password.
fn without_words(folded: &str, email: &str, name: &str) -> String {
    let local = email.split('@').next().unwrap_or_default();
    let parts = local.split(['.', '-', '_', '+']).chain(name.split_whitespace());
    let mut words: Vec<String> = parts.chain([local, name]).map(fold).collect();
    words.extend(OBVIOUS.map(str::to_owned));
    words.retain(|word| word.chars().count() >= 3);
    words.sort_by_key(|word| std::cmp::Reverse(word.len()));
    words.iter().fold(folded.to_owned(), |left, word| left.replace(word.as_str(), ""))
}

/// Whether a text is a short piece written again and again.
fn repeats(text: &[char]) -> bool {
    let longest = (text.len() / 2).min(LONGEST_PIECE);
    (1..=longest).any(|period| text.iter().zip(text.iter().skip(period)).all(|(one, next)| one == next))
}

/// Whether two of three characters follow from the one before.
fn runs(text: &[char]) -> bool {
    let steps = text.len().saturating_sub(1);
    let easy = text.iter().zip(text.iter().skip(1)).filter(|(one, next)| neighbours(**one, **next)).count();
    steps > 0 && easy * 3 >= steps * 2
}

fn neighbours(one: char, next: char) -> bool {
    let beside = |row: &str| {
        let at = |wanted| row.chars().position(|c| c == wanted);
        at(one).zip(at(next)).is_some_and(|(one, next)| one.abs_diff(next) == 1)
    };
    one == next || u32::from(one).abs_diff(u32::from(next)) == 1 || ROWS.iter().any(|row| beside(row))
}

/// Rows of the Latin and the Russian keyboard; the digits close the circle.
const ROWS: [&str; 7] =
    ["qwertyuiop", "asdfghjkl", "zxcvbnm", "1234567890", "йцукенгшщзхъ", "фывапролджэ", "ячсмитьбю"];

/// Words that are too close at hand to count.
const OBVIOUS: [&str; 16] = [
    "password",
    "passwort",
    "passphrase",
    "пароль",
    "сырсөз",
    "concord",
    "cbrn",
    "unicri",
    "admin",
    "login",
    "welcome",
    "qwerty",
    "йцукен",
    "letmein",
    "iloveyou",
    "changeme",
];

/// Long passwords that many people take, folded; what the other rules find is not listed.
const COMMON: [&str; 21] = [
    "1q2w3e4r5t6y7u8i",
    "1q2w3e4r5t6y7u8i9o0p",
    "1qaz2wsx3edc4rfv",
    "1qaz2wsx3edc4rfv5tgb",
    "qazwsxedcrfvtgb",
    "qazwsxedcrfvtgbyhnujm",
    "q1w2e3r4t5y6u7i8",
    "q1w2e3r4t5y6u7i8o9p0",
    "zaq12wsxcde34rfv",
    "!qaz@wsx#edc$rfv",
    "correcthorsebatterystaple",
    "thequickbrownfox",
    "thequickbrownfoxjumpsoverthelazydog",
    "maytheforcebewithyou",
    "tobeornottobethatisthequestion",
    "iamthewalrusgoogoogjoob",
    "onceuponatimethere",
    "supercalifragilisticexpialidocious",
    "нашамашагромкоплачет",
    "мамамылараму123456",
    "янезнаюсвойпароль",
];
