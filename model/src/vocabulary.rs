//! Closed lists of codes.

/// One code of a closed list.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Term {
    /// Code in the database and in JSON (`in_review`).
    pub code: &'static str,
    /// What it means.
    pub doc: &'static str,
}

/// A closed list.
#[derive(Debug, PartialEq, Eq)]
pub struct VocabularyDef {
    /// Name of its type in both contracts.
    pub name: &'static str,
    /// What it lists.
    pub doc: &'static str,
    /// Its codes, in their order.
    pub terms: &'static [Term],
}

impl VocabularyDef {
    /// The place of a code in the list.
    #[must_use]
    pub fn rank(&self, code: &str) -> Option<usize> {
        self.terms.iter().position(|term| term.code == code)
    }
}

/// An enum that is a closed list; written by the attribute `vocabulary`.
pub trait Vocabulary: Copy + Eq + Send + Sync + 'static {
    /// The list.
    const DEF: &'static VocabularyDef;
    /// Every value, in the order of the list.
    const ALL: &'static [Self];

    /// The code of a value.
    fn code(self) -> &'static str;

    /// The value with this code.
    #[must_use]
    fn of(code: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|value| value.code() == code)
    }
}
