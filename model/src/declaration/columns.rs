//! The columns that records have besides their own fields.

use super::{Class, Declaration};
use crate::{
    Shape,
    access::Visibility,
    field::{Column, Field, FieldDef},
};

impl Declaration {
    /// The columns that every kind of this class has before its own: name, what it stores, whether it may be empty.
    #[must_use]
    pub fn standard_columns(&self) -> Vec<(&'static str, Column, bool)> {
        let mut all = META.to_vec();
        if self.is_national() {
            all.extend(NATIONAL);
        }
        if self.has_texts {
            all.extend(TEXTS);
        }
        if self.has_editions {
            all.extend(EDITIONS);
        }
        if self.class == Class::Comment {
            all.extend(&EDITIONS[1..]);
        }
        if self.named.is_some() {
            all.push((standard::NAMED, Column::Text, true));
        }
        all.extend(self.derived_columns().into_iter().map(|name| (name, Column::Text, false)));
        all
    }

    /// The columns that are made of the texts of a record: what is searched, and what its order is by.
    #[must_use]
    pub fn derived_columns(&self) -> Vec<&'static str> {
        let search = self.has_texts.then_some("search");
        let orders = self.ordered_text().into_iter().flat_map(|field| {
            let orders = if field.is_text { &ORDERS[..] } else { &ORDERS[..1] };
            orders.iter().map(|(_, column)| *column)
        });
        search.into_iter().chain(orders).collect()
    }

    /// The text by which records are put into alphabetical order: the translated one first; no code, whose
    /// letters are bound by a pattern.
    #[must_use]
    pub fn ordered_text(&self) -> Option<&'static FieldDef> {
        let sorted = || self.fields.iter().filter(|field| field.is_sort);
        let is_free = |field: &&FieldDef| field.shape == Shape::Text && field.pattern.is_none();
        sorted().find(|field| field.is_text).or_else(|| sorted().find(is_free))
    }
}

/// The languages that texts are ordered in, each with the column of its sort keys; the first one is for every
/// other language.
pub const ORDERS: [(&str, &str); 5] =
    [("und", "order_und"), ("en", "order_en"), ("fr", "order_fr"), ("ky", "order_ky"), ("ru", "order_ru")];

const META: [(&str, Column, bool); 9] = [
    ("id", Column::Id, false),
    ("owner", Column::Text, false),
    ("external_key", Column::Text, true),
    ("source_system", Column::Text, true),
    ("version", Column::Int, false),
    ("created_at", Column::Instant, false),
    ("created_by", Column::Id, true),
    ("updated_at", Column::Instant, false),
    ("updated_by", Column::Id, true),
];

const NATIONAL: [(&str, Column, bool); 4] = [
    ("visibility", Column::Text, false),
    ("handling", Column::Text, false),
    ("shared_set_id", Column::Id, true),
    ("release_set_id", Column::Id, true),
];

const TEXTS: [(&str, Column, bool); 2] =
    [("language", Column::Text, false), ("translations", Column::Json, false)];

const EDITIONS: [(&str, Column, bool); 2] =
    [(standard::PENDING, Column::Json, true), (standard::DRAFTED_IN, Column::Int, true)];

/// Fields that records have besides their own.
pub mod standard {
    use super::{Field, Visibility};

    /// What the next edition of its plan changes of a record; columns of the edition, which callers do not see.
    pub const PENDING: &str = "pending";
    /// Number of the edition that a record belongs to which is not in force yet.
    pub const DRAFTED_IN: &str = "drafted_in";
    /// What the country that a record names is called as an owner.
    pub const NAMED: &str = "named";

    /// Who sees the record inside its country.
    pub const VISIBILITY: Field<Visibility> = Field::at("visibility");
}
