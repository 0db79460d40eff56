//! What a kind's table consists of, as the machinery sees it.

use model::{VocabularyDef, field::Column as Type};
use sea_orm::Value;

use crate::row::Row;

/// A column of a record table.
#[derive(Clone, Debug)]
#[expect(clippy::struct_excessive_bools, reason = "each is a fact of its own")]
pub struct Column {
    /// Name in the table and in images; permanent.
    pub name: &'static str,
    /// Name in the API.
    pub field: &'static str,
    /// What it stores.
    pub ty: Type,
    /// Whether it may be empty.
    pub nullable: bool,
    /// Kind the column refers to.
    pub target: Option<&'static str>,
    /// Whether it may refer to records of other owners, and holds none of those it refers to.
    pub is_of_any_owner: bool,
    /// Whether it has translations and is searched.
    pub is_text: bool,
    /// Whether it is made of the record's texts, and so is neither shown nor logged.
    pub is_derived: bool,
    /// Whether it is written beside the log, and so belongs to no image.
    pub is_unlogged: bool,
    /// Whether only the owner learns of it: a change of nothing else is not told outside.
    pub is_inside: bool,
    /// Whether it is about progress, not content.
    pub is_progress: bool,
    /// The closed list whose order lists are sorted by; none where the values themselves count.
    pub ranks: Option<&'static VocabularyDef>,
}

/// An n-n relation without attributes: an array in the record, a link table as its index.
#[derive(Clone, Debug)]
pub struct Link {
    /// Column and field of the array.
    pub column: &'static str,
    /// Table with `from_id`, `to_id`, `position`.
    pub table: &'static str,
    /// Kind at the other end; none for lists of codes.
    pub target: Option<&'static str>,
    /// Whether it may refer to records of other owners, and holds none of those it refers to.
    pub is_of_any_owner: bool,
}

/// A reference to a record of any kind.
#[derive(Clone, Debug)]
pub struct AnyLink {
    /// Name in the API.
    pub field: &'static str,
    /// Column with the kind.
    pub kind: &'static str,
    /// Column with the id.
    pub id: &'static str,
    /// Whether the record must be there: the kind stands below it, or takes it from another owner.
    pub is_checked: bool,
    /// Whether it may be a record of another owner.
    pub is_of_any_owner: bool,
    /// Field that is empty for whoever does not see the record.
    pub shows: Option<&'static str>,
}

/// The record a kind stands below.
#[derive(Clone, Debug)]
pub struct Parent {
    /// Name of the reference to it in the API.
    pub field: &'static str,
    /// Column that refers to it.
    pub column: &'static str,
    /// Kind of it; none where another column says it.
    pub target: Option<&'static str>,
    /// Column with its kind, where that may be any.
    pub kind: Option<&'static str>,
    /// Columns taken over from it, besides the owner: (own column, the parent's column).
    pub inherits: Vec<(&'static str, &'static str)>,
}

impl Parent {
    /// The kind of the record that a row stands below.
    #[must_use]
    pub fn kind_of<'a>(&self, row: &'a Row) -> Option<&'a str> {
        self.target.or_else(|| row.text(self.kind?))
    }
}

/// The typed null of a column.
#[must_use]
pub const fn null(ty: Type) -> Value {
    match ty {
        Type::Id => Value::Uuid(None),
        Type::Text => Value::String(None),
        Type::Int | Type::Mask(_) => Value::Int(None),
        Type::BigInt | Type::Decimal => Value::BigInt(None),
        Type::Bool => Value::Bool(None),
        Type::Date => Value::ChronoDate(None),
        Type::Instant => Value::ChronoDateTimeUtc(None),
        Type::Json => Value::Json(None),
    }
}
