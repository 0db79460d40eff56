//! The words of OData expressions.

use kernel::Code;

use super::refusal::{Refusal, unsupported};

/// A word of an expression.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Word {
    /// A name, a keyword, or the name of a function.
    Name(String),
    /// A text in quotes.
    Text(String),
    /// A number, a day, an instant or an id, as it is written.
    Value(String),
    /// A bracket, a comma, or a slash.
    Sign(char),
}

/// Longest expression, in bytes.
const LONGEST: usize = 16_384;
/// Words of an expression at most.
const MOST: usize = 4_000;

/// The words of an expression.
pub(super) fn words(option: &'static str, text: &str) -> Result<Vec<Word>, Refusal> {
    if text.len() > LONGEST {
        let why = format!("`{option}` has at most {LONGEST} bytes");
        return Err(Refusal::new(option, Code::OutOfRange, why));
    }
    let mut all = Vec::new();
    let mut letters = text.char_indices().peekable();
    while let Some((start, letter)) = letters.next() {
        let word = match letter {
            ' ' | '\t' => continue,
            '(' | ')' | ',' | '/' | '*' | ';' | '=' => Word::Sign(letter),
            '\'' => Word::Text(quoted(option, &mut letters)?),
            '@' => return Err(unsupported(option, "parameter aliases")),
            _ if letter.is_ascii_alphanumeric() || "-_$.".contains(letter) => {
                let mut end = start + letter.len_utf8();
                while let Some((at, next)) = letters.peek().copied() {
                    if !(next.is_alphanumeric() || "-_$.:+".contains(next)) {
                        break;
                    }
                    end = at + next.len_utf8();
                    letters.next();
                }
                let word = text.get(start..end).unwrap_or_default().to_owned();
                if is_name(&word) { Word::Name(word) } else { Word::Value(word) }
            }
            _ => {
                let why = format!("`{option}`: {letter:?} at place {} means nothing here", start + 1);
                return Err(Refusal::new(option, Code::BadFormat, why));
            }
        };
        all.push(word);
        if all.len() > MOST {
            let why = format!("`{option}` has at most {MOST} words");
            return Err(Refusal::new(option, Code::OutOfRange, why));
        }
    }
    Ok(all)
}

/// Whether a word names something: no number, day, instant or id.
fn is_name(word: &str) -> bool {
    let is_start =
        word.starts_with(|first: char| first.is_ascii_alphabetic() || first == '_' || first == '$');
    is_start && uuid::Uuid::try_parse(word).is_err()
}

/// The rest of a text in quotes; a quote in it is written twice.
fn quoted(
    option: &'static str,
    letters: &mut std::iter::Peekable<std::str::CharIndices<'_>>,
) -> Result<String, Refusal> {
    let mut text = String::new();
    while let Some((_, letter)) = letters.next() {
        if letter != '\'' {
            text.push(letter);
        } else if letters.next_if(|(_, next)| *next == '\'').is_some() {
            text.push('\'');
        } else {
            return Ok(text);
        }
    }
    Err(Refusal::new(option, Code::BadFormat, format!("`{option}`: a text has no closing quote")))
}

/// Words that are read one after the other.
pub(super) struct Reading {
    pub(super) option: &'static str,
    words: std::iter::Peekable<std::vec::IntoIter<Word>>,
}

impl Reading {
    pub(super) fn of(option: &'static str, text: &str) -> Result<Self, Refusal> {
        Ok(Self { option, words: words(option, text)?.into_iter().peekable() })
    }

    pub(super) fn next(&mut self) -> Option<Word> {
        self.words.next()
    }

    pub(super) fn peek(&mut self) -> Option<&Word> {
        self.words.peek()
    }

    /// Whether a sign follows; then it is read.
    pub(super) fn takes(&mut self, sign: char) -> bool {
        self.words.next_if_eq(&Word::Sign(sign)).is_some()
    }

    /// Whether a keyword follows; then it is read.
    pub(super) fn takes_word(&mut self, word: &str) -> bool {
        self.words.next_if(|next| matches!(next, Word::Name(name) if name == word)).is_some()
    }

    /// Reads a sign.
    pub(super) fn expect(&mut self, sign: char) -> Result<(), Refusal> {
        if self.takes(sign) { Ok(()) } else { Err(self.bad(&format!("`{sign}` is missing"))) }
    }

    /// Reads a name.
    pub(super) fn name(&mut self, what: &str) -> Result<String, Refusal> {
        match self.next() {
            Some(Word::Name(name)) => Ok(name),
            _ => Err(self.bad(&format!("the name of {what} is missing"))),
        }
    }

    /// Refuses what is left over.
    pub(super) fn end(mut self) -> Result<(), Refusal> {
        match self.next() {
            None => Ok(()),
            Some(word) => Err(self.bad(&format!("{} is left over", word.shown()))),
        }
    }

    pub(super) fn bad(&self, why: &str) -> Refusal {
        Refusal::new(self.option, Code::BadFormat, format!("`{}`: {why}", self.option))
    }
}

impl Word {
    /// The word as errors show it.
    pub(super) fn shown(&self) -> String {
        let text = match self {
            Self::Name(text) | Self::Value(text) => text.clone(),
            Self::Text(text) => format!("'{text}'"),
            Self::Sign(sign) => sign.to_string(),
        };
        kernel::input::cut(&text.into())
    }
}
