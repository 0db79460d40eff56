//! Conditions that callers put together themselves: comparisons, joined by and, or and not.

use sea_orm::Value;

/// A condition on records of a kind. Each is true or false: comparisons with nothing are false, but for what differs from
/// something.
#[derive(Clone, Debug, PartialEq)]
pub enum Predicate {
    /// All of these hold.
    All(Vec<Self>),
    /// Any of these holds.
    Any(Vec<Self>),
    /// This does not hold.
    Not(Box<Self>),
    /// A value compares so with another one; with nothing only as equal or different.
    Compare(Operand, Comparison, Value),
    /// A value is one of these.
    In(Operand, Vec<Value>),
    /// A text has another one in this place, letter by letter.
    Has(Operand, Place, String),
    /// What holds for every record, or for none.
    Known(bool),
}

/// A value of a record, as its caller sees it: nothing where the field is withheld, or the record that is referred to is hidden.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Operand {
    /// What a column holds.
    Column(&'static str),
    /// Whether a column holds a code.
    Holds(&'static str, &'static str),
    /// The code of its country.
    Country,
    /// A value of the record of a kind that a column refers to.
    Of(&'static str, &'static str, Box<Self>),
}

/// How values are compared.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Comparison {
    /// They are equal.
    Eq,
    /// They differ.
    Ne,
    /// The first one is less.
    Lt,
    /// The first one is not greater.
    Le,
    /// The first one is greater.
    Gt,
    /// The first one is not less.
    Ge,
}

impl Comparison {
    /// The comparison that holds for two values where this one does not.
    #[must_use]
    pub const fn opposite(self) -> Self {
        match self {
            Self::Eq => Self::Ne,
            Self::Ne => Self::Eq,
            Self::Lt => Self::Ge,
            Self::Le => Self::Gt,
            Self::Gt => Self::Le,
            Self::Ge => Self::Lt,
        }
    }
}

/// Where a text stands in another one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Place {
    /// At its beginning.
    Start,
    /// At its end.
    End,
    /// Anywhere.
    Anywhere,
}

impl Predicate {
    /// How many values it names.
    #[must_use]
    pub fn values(&self) -> usize {
        match self {
            Self::All(parts) | Self::Any(parts) => parts.iter().map(Self::values).sum(),
            Self::Not(part) => part.values(),
            Self::In(_, values) => values.len(),
            Self::Compare(..) | Self::Has(..) => 1,
            Self::Known(_) => 0,
        }
    }
}
