//! What a kind's table consists of, as the machinery sees it.

use sea_orm::sea_query::ArrayType;

use crate::row::Type;

/// A column of a record table.
#[derive(Clone, Debug)]
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
    /// Whether it has translations and is searched.
    pub is_text: bool,
    /// Codes in the order lists are sorted by; empty where the values themselves count.
    pub ranks: Vec<String>,
}

impl Column {
    /// A column as its table says; what else it means is added by the kind's description.
    pub(super) const fn new(name: &'static str, ty: Type, nullable: bool) -> Self {
        Self { name, field: name, ty, nullable, target: None, is_text: false, ranks: Vec::new() }
    }
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
}

/// The record a kind stands below.
#[derive(Clone, Debug)]
pub struct Parent {
    /// Column that refers to it.
    pub column: &'static str,
    /// Columns taken over from it, besides the owner: (own column, the parent's column).
    pub inherits: &'static [(&'static str, &'static str)],
}

/// What a column of this type stores.
pub(super) fn type_of(ty: &ArrayType) -> Type {
    match ty {
        ArrayType::Uuid => Type::Id,
        ArrayType::Int => Type::Int,
        ArrayType::BigInt => Type::BigInt,
        ArrayType::Bool => Type::Bool,
        ArrayType::ChronoDate => Type::Date,
        ArrayType::ChronoDateTimeUtc => Type::Instant,
        ArrayType::Json => Type::Json,
        _ => Type::Text,
    }
}
