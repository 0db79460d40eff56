//! What records of a kind can be grouped by: made of its declaration.

use model::{
    FieldDef, Shape, Vocabulary, VocabularyDef,
    access::{Handling, Visibility},
};

use crate::record::KindDef;

/// How records are told apart.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum By {
    /// Whose they are.
    Owner,
    /// The country that they are of.
    Country,
    /// The regions of that country now; a record counts in each.
    Region,
    /// A code of a closed list in a column.
    Code(&'static str, &'static VocabularyDef),
    /// Codes in an array column; a record counts in each.
    Codes(&'static str, &'static VocabularyDef),
    /// Codes in a mask; a record counts in each.
    Mask(&'static str, &'static VocabularyDef),
    /// Whether a column says so.
    Truth(&'static str),
    /// Whether a column holds a code.
    Holds(&'static str, &'static str),
    /// A whole number in a column.
    Number(&'static str),
    /// A text in a column that lists are narrowed by.
    Text(&'static str),
    /// A day in a column.
    Day(&'static str),
    /// An instant in a column.
    Instant(&'static str),
    /// The record of a kind that a column refers to.
    Ref(&'static str, &'static str),
    /// The records of a kind that an array column refers to; a record counts in each.
    Refs(&'static str, &'static str),
}

/// What days are put together to.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Step {
    /// Single days.
    #[default]
    Day,
    /// Months.
    Month,
    /// Quarters.
    Quarter,
    /// Years.
    Year,
}

impl Step {
    /// Every step by its name.
    pub const ALL: [(&'static str, Self); 4] =
        [("day", Self::Day), ("month", Self::Month), ("quarter", Self::Quarter), ("year", Self::Year)];
}

/// Something that records of a kind can be grouped by.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Dimension {
    /// Its name: that of the field.
    pub name: &'static str,
    /// What it is.
    pub doc: &'static str,
    /// How it tells records apart.
    pub by: By,
}

impl Dimension {
    /// Whether it is about days, which can be put together.
    #[must_use]
    pub const fn has_steps(self) -> bool {
        matches!(self.by, By::Day(_) | By::Instant(_))
    }
}

/// A dimension, with what days are put together to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Grouping {
    /// The dimension.
    pub of: Dimension,
    /// What its days are put together to.
    pub step: Step,
}

/// What records of a kind can be grouped by.
#[must_use]
pub fn dimensions(def: &KindDef) -> Vec<Dimension> {
    let own = def.declared.fields.iter().filter(|field| tells(def, field));
    let own: Vec<Dimension> = own
        .filter_map(|field| Some(Dimension { name: field.name, doc: field.doc, by: own_by(def, field)? }))
        .collect();
    let has = |name: &str| own.iter().any(|one| one.name == name);
    let mut all: Vec<Dimension> = common(def).into_iter().filter(|one| !has(one.name)).collect();
    all.extend(own);
    all
}

/// Whether everybody who sees a record is told the field, but where it is withheld.
fn tells(def: &KindDef, field: &FieldDef) -> bool {
    let is_working =
        def.lifecycle.and_then(|cycle| cycle.working).is_some_and(|(working, _)| working == field.column);
    field.is_shown()
        && !field.is_inside
        && field.shown_with.is_none()
        && field.overdue.is_none()
        && !is_working
        // Of a record that has a country the country stands before the record with it.
        && field.name != "country"
}

fn own_by(def: &KindDef, field: &'static FieldDef) -> Option<By> {
    if let Some((of, code)) = field.is {
        return Some(By::Holds(def.declared.field(of)?.column, code));
    }
    Some(match field.shape {
        Shape::Code(list) => By::Code(field.column, list),
        Shape::Codes(list) => By::Codes(field.column, list),
        Shape::Mask(list) => By::Mask(field.column, list),
        Shape::Bool => By::Truth(field.column),
        Shape::Int => By::Number(field.column),
        Shape::Text if !field.is_text && field.filter.is_some() => By::Text(field.column),
        Shape::Date => By::Day(field.column),
        Shape::Instant => By::Instant(field.column),
        Shape::Ref(kind) => By::Ref(field.column, kind),
        Shape::Refs(kind) => By::Refs(field.column, kind),
        _ => return None,
    })
}

/// What every list can be grouped by.
fn common(def: &KindDef) -> Vec<Dimension> {
    let one = |name, doc, by| Dimension { name, doc, by };
    let mut all = vec![one("owner", "Who the record belongs to.", By::Owner)];
    if def.country_column().is_some() {
        all.push(one("country", "Country the record is of (ISO 3166-1 alpha-3).", By::Country));
        all.push(one("region", "Regions of that country now; a record counts in each.", By::Region));
    }
    if def.is_national() && !def.declared.or_fact {
        let level = By::Code("visibility", Visibility::DEF);
        all.push(one("visibility", "Who sees the record inside its country.", level));
    }
    if def.is_national() {
        let handling = By::Code("handling", Handling::DEF);
        all.push(one("handling", "Care the record asks for when it is passed on.", handling));
    }
    all.push(one("created_at", "When the record was made.", By::Instant("created_at")));
    all.push(one("updated_at", "When the record was last changed.", By::Instant("updated_at")));
    all
}
