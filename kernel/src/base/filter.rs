//! Filters: made of the declaration, read from addresses and inputs alike.

mod narrowing;
mod offered;
mod predicate;

use model::VocabularyDef;
pub use narrowing::Narrowing;
pub(crate) use offered::filters;
pub use predicate::{Comparison, Operand, Place, Predicate};

use crate::spelling;

/// Values that all filters of one list may name together; every one is bound in the statement.
pub const MAX_VALUES: usize = 1_000;

/// Words that `q` may have.
pub const MAX_WORDS: usize = 20;

/// What a filter takes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Accepts {
    /// Any of these ids.
    Ids,
    /// Any of these texts.
    Texts,
    /// Any of these codes.
    Codes(&'static VocabularyDef),
    /// True or false.
    Bool,
    /// A day.
    Day,
    /// An instant.
    Instant,
    /// Words.
    Words,
}

impl Accepts {
    /// Whether several values may be given, of which any fits.
    #[must_use]
    pub const fn is_list(self) -> bool {
        matches!(self, Self::Ids | Self::Texts | Self::Codes(_))
    }

    /// A value as records keep it: a text in its one spelling, a code in the case of its list.
    fn kept(self, value: &str) -> String {
        match self {
            Self::Texts => spelling::key(value),
            Self::Codes(list) => {
                let term = list.terms.iter().find(|term| term.code.eq_ignore_ascii_case(value));
                term.map_or(value, |term| term.code).to_owned()
            }
            _ => value.to_owned(),
        }
    }
}

/// How a filter narrows a list.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Rule {
    /// Any of the values in a column.
    Any(&'static str),
    /// The value of a column.
    Is(&'static str),
    /// Whether a column holds a code.
    Holds(&'static str, &'static str),
    /// Days of a column from this one on.
    From(&'static str),
    /// Days of a column up to this one.
    Until(&'static str),
    /// Any of the codes in a mask.
    Mask(&'static str, &'static VocabularyDef),
    /// Any of the codes in an array column.
    Listed(&'static str),
    /// A column that refers to any of the records, by id or code.
    Refers(&'static str, &'static str),
    /// Links to any of the records, by id or code.
    Linked(&'static str, &'static str),
    /// Releases that any of the records is in.
    Shows,
    /// Changed at this instant or later.
    Since,
    /// All of the words in any language.
    Words,
    /// Of any of these countries.
    Country,
    /// Of countries that are members of any of these regions.
    Region,
}

/// One filter of a list.
#[derive(Clone, Debug)]
pub struct Filter {
    /// Name of the parameter.
    pub name: &'static str,
    /// What it does: text of both contracts.
    pub doc: &'static str,
    /// What it takes.
    pub accepts: Accepts,
    /// Whether it says anything about records of the kind; given otherwise, it is refused.
    pub applies: bool,
    pub(crate) rule: Rule,
}
