//! Fields of a declaration.

mod flags;

use std::marker::PhantomData;

use crate::vocabulary::VocabularyDef;

/// What a field is on the faces.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Shape {
    /// An id that refers to nothing kept here.
    Id,
    /// A text.
    Text,
    /// A 32-bit integer.
    Int,
    /// A 64-bit integer.
    Long,
    /// True or false.
    Bool,
    /// A day.
    Date,
    /// An instant in UTC.
    Instant,
    /// A code of a closed list.
    Code(&'static VocabularyDef),
    /// A list of codes.
    Codes(&'static VocabularyDef),
    /// A set of codes, kept as a bit mask.
    Mask(&'static VocabularyDef),
    /// A list of texts.
    Texts,
    /// One record of this kind.
    Ref(&'static str),
    /// Any number of records of this kind.
    Refs(&'static str),
    /// An exact decimal number, kept as millionths.
    Decimal,
    /// An amount of money, in the columns `<name>_minor` and `<name>_currency`.
    Money,
    /// A record of any kind, in the columns `<name>_kind` and `<name>_id`.
    AnyRef,
    /// An object of the schema with this name, kept as it is.
    Object(&'static str),
    /// A list of objects of the schema with this name, kept as they are.
    Objects(&'static str),
    /// An object of any members, kept as it is.
    JsonObject,
}

/// What a column stores.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Column {
    /// A UUID.
    Id,
    /// Text, codes of closed lists among it.
    Text,
    /// 32-bit integer.
    Int,
    /// 64-bit integer.
    BigInt,
    /// An exact decimal number, as a 64-bit integer of millionths; a decimal text on the wire.
    Decimal,
    /// True or false.
    Bool,
    /// A day.
    Date,
    /// An instant in UTC, cut to microseconds.
    Instant,
    /// JSON.
    Json,
    /// A set of codes as a bit mask; an array of codes on the wire.
    Mask(&'static VocabularyDef),
}

impl Shape {
    /// The closed list whose codes a field holds.
    #[must_use]
    pub const fn vocabulary(self) -> Option<&'static VocabularyDef> {
        match self {
            Self::Code(list) | Self::Codes(list) | Self::Mask(list) => Some(list),
            _ => None,
        }
    }

    /// The kind a field refers to.
    #[must_use]
    pub const fn target(self) -> Option<&'static str> {
        match self {
            Self::Ref(kind) | Self::Refs(kind) => Some(kind),
            _ => None,
        }
    }

    /// Whether a field holds several values.
    #[must_use]
    pub const fn is_list(self) -> bool {
        matches!(self, Self::Codes(_) | Self::Mask(_) | Self::Texts | Self::Refs(_) | Self::Objects(_))
    }
}

/// Who may write a field, and when.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Writing {
    /// Creations and edits.
    Always,
    /// Creations only.
    NewOnly,
    /// Our own code only; callers read it.
    Never,
    /// Our own code only; callers do not see it.
    Stored,
}

/// The value of a field that is not given.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum DefaultValue {
    /// A number.
    Int(i64),
    /// True or false.
    Bool(bool),
    /// A code.
    Code(&'static str),
    /// The instant of the creation.
    Now,
}

/// How lists are narrowed by a field.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct FilterDef {
    /// Name of the parameter, where it is not the field's.
    pub name: Option<&'static str>,
    /// What it does, where that does not follow from the field.
    pub doc: Option<&'static str>,
    /// For days: the words before "at or after this day", and `<stem>_from` and `<stem>_to` as parameters.
    pub range: Option<(&'static str, &'static str)>,
}

/// A field of a declaration.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[expect(clippy::struct_excessive_bools, reason = "each is a flag of the declaration")]
pub struct FieldDef {
    /// Name in the API.
    pub name: &'static str,
    /// Column, or the first of its columns.
    pub column: &'static str,
    /// What it holds: text of both contracts.
    pub doc: &'static str,
    /// What it is on the faces.
    pub shape: Shape,
    /// Whether a record may do without it.
    pub is_nullable: bool,
    /// Least length, number of items, or value.
    pub min: Option<i64>,
    /// Greatest length, number of items, or value.
    pub max: Option<i64>,
    /// Regular expression a text matches.
    pub pattern: Option<&'static str>,
    /// Value of a new record where none is given.
    pub default: Option<DefaultValue>,
    /// Who may write it.
    pub writing: Writing,
    /// How lists are narrowed by it.
    pub filter: Option<FilterDef>,
    /// Whether lists are sorted by it.
    pub is_sort: bool,
    /// Whether it has translations and is searched.
    pub is_text: bool,
    /// Whether it names the record in references, before the first text does.
    pub is_label: bool,
    /// Whether it is about progress: contributors may write it, and after adoption everybody.
    pub is_progress: bool,
    /// Whether it is the agency that leads.
    pub is_lead: bool,
    /// Whether it lists the agencies that contribute.
    pub is_contributors: bool,
    /// Whether its value is unique in the kind.
    pub is_unique: bool,
    /// Whether owners may withhold it from others by a disclosure rule.
    pub is_disclosable: bool,
    /// Whether it names the record as its code does: of kinds that everybody may read.
    pub is_alias: bool,
    /// Field with a day that this one does not lie before.
    pub not_before: Option<&'static str>,
    /// State of the lifecycle that the field belongs to: it is given with a record made in it, and empty in all others.
    pub of_state: Option<&'static str>,
    /// Link table that is the index of a list of references.
    pub table: Option<&'static str>,
    /// Whether our own code writes it beside the log, without a new version: what is only noted, such as a last use.
    pub is_unlogged: bool,
    /// Whether it is shown inside the owner only.
    pub is_inside: bool,
    /// Whether it may refer to records of other owners that the writer reads through a live release.
    pub is_of_any_owner: bool,
    /// Field with a record of any kind: this one is empty for whoever does not see that record.
    pub shown_with: Option<&'static str>,
    /// A fact that follows: whether another field holds this code. Such a field has no column.
    pub is: Option<(&'static str, &'static str)>,
    /// A fact that follows: whether the instant in another field is past while the record is in one of these states.
    /// Such a field has no column; it shows the first code of its list inside the owner, the second one outside.
    pub overdue: Option<(&'static str, &'static [&'static str])>,
    /// Records whose day here is past are late, but where another field says one of these states, in which they are over.
    pub late: Option<(&'static str, &'static [&'static str])>,
}

impl FieldDef {
    /// Whether callers see the field.
    #[must_use]
    pub const fn is_shown(&self) -> bool {
        !matches!(self.writing, Writing::Stored)
    }

    /// Whether a creation must give the field.
    #[must_use]
    pub fn is_required(&self) -> bool {
        let may_lack =
            self.is_nullable || self.default.is_some() || (self.shape.is_list() && self.min.is_none());
        !may_lack
    }

    /// Names of its columns with what they store, in order; none for a fact that follows.
    #[must_use]
    pub fn columns(&self) -> Vec<(String, Column)> {
        let one = |column| vec![(self.column.to_owned(), column)];
        if self.is.is_some() || self.overdue.is_some() {
            return Vec::new();
        }
        match self.shape {
            Shape::Id | Shape::Ref(_) => one(Column::Id),
            Shape::Text | Shape::Code(_) => one(Column::Text),
            Shape::Int => one(Column::Int),
            Shape::Long => one(Column::BigInt),
            Shape::Decimal => one(Column::Decimal),
            Shape::Bool => one(Column::Bool),
            Shape::Date => one(Column::Date),
            Shape::Instant => one(Column::Instant),
            Shape::Codes(_)
            | Shape::Texts
            | Shape::Refs(_)
            | Shape::Object(_)
            | Shape::Objects(_)
            | Shape::JsonObject => one(Column::Json),
            Shape::Mask(list) => one(Column::Mask(list)),
            Shape::Money => vec![
                (format!("{}_minor", self.name), Column::BigInt),
                (format!("{}_currency", self.name), Column::Text),
            ],
            Shape::AnyRef => {
                vec![(format!("{}_kind", self.name), Column::Text), (format!("{}_id", self.name), Column::Id)]
            }
        }
    }
}

/// A field by its type: what domain code reads and writes rows by.
#[derive(Debug)]
pub struct Field<T> {
    /// The column.
    pub column: &'static str,
    of: PhantomData<fn() -> T>,
}

impl<T> Field<T> {
    /// The field in this column; made by the attribute [`crate::record`].
    #[must_use]
    pub const fn at(column: &'static str) -> Self {
        Self { column, of: PhantomData }
    }
}

impl<T> Clone for Field<T> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<T> Copy for Field<T> {}
