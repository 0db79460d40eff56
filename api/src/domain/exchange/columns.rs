//! The columns of files, by the declaration of a kind: one language for what goes out and what comes in.
//!
//! A text has its own column and one for each language that it is translated to (`title@ru`); a reference shows the code of
//! what it refers to; small objects have a column for each member (`cost.amount`). [`Column::cell`] makes a cell of a row.

mod along;
mod cell;
mod choice;
mod fit;
mod guard;
mod make;

use std::{
    collections::{BTreeSet, HashMap},
    sync::Arc,
};

use chrono::NaiveDate;
use kernel::{
    KindDef,
    figures::Late,
    record::{Columns as Read, part::Form},
    row::Row,
};
use model::VocabularyDef;

use crate::domain::plans::document::words::Speech;

pub use along::{Kept, Type, look_along};
pub use cell::Cell;
pub use choice::unknown;
pub use fit::{fitted, is_cut};
pub use guard::{CLEAR, guarded, unguarded};

/// What is written of codes and of records that are referred to.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Labels {
    /// Codes, and nothing else: what can be read in again.
    #[default]
    Codes,
    /// Labels and names in their place.
    Labels,
    /// Both, each in a column of its own.
    Both,
}

impl Labels {
    /// Every value, as it is written.
    pub const ALL: [(&'static str, Self); 3] =
        [("codes", Self::Codes), ("labels", Self::Labels), ("both", Self::Both)];
}

/// How texts are written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Texts {
    /// Base texts, and a column for each of these languages.
    Translated(BTreeSet<String>),
    /// In the language in which the caller is shown them, which a column tells.
    Shown,
}

/// A column of a file.
#[derive(Clone, Debug)]
pub struct Column {
    /// Its name in the header.
    pub name: String,
    /// Where the part stands that it is made of.
    part: usize,
    holds: Holds,
}

/// What of a part a column holds.
#[derive(Clone, Debug)]
enum Holds {
    /// All of it.
    Whole,
    /// The code of what is referred to, else its id.
    Code,
    /// The name of what is referred to.
    Name,
    /// The id of what is referred to.
    Id,
    /// A column of the record that these columns lead to, one after the other.
    Along(Vec<&'static str>, Box<Column>),
    /// The name of the country the record is of, by its code.
    Country(Arc<HashMap<String, String>>),
    /// Whether the record is late on a day.
    Late(Late, NaiveDate),
    /// The same in every row; nothing where it is empty.
    Fixed(&'static str),
    /// The label of its code.
    Label(HashMap<&'static str, String>),
    /// A member of a small object.
    Member(Member),
    /// The translation of a text, which a column holds, to a language.
    Translation(&'static str, String),
    /// The language in which the texts are shown.
    ShownIn,
}

/// The members of small objects that have columns of their own.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Member {
    Amount,
    Currency,
    Kind,
    Id,
    Agencies,
    Groups,
}

impl Member {
    const fn name(self) -> &'static str {
        match self {
            Self::Amount => "amount",
            Self::Currency => "currency",
            Self::Kind => "kind",
            Self::Id => "id",
            Self::Agencies => "agencies",
            Self::Groups => "groups",
        }
    }
}

/// The columns of a file, in their order.
#[derive(Clone, Debug)]
pub struct Columns {
    /// The kind.
    pub def: &'static KindDef,
    /// The columns.
    pub all: Vec<Column>,
}

impl Columns {
    /// The columns of a kind. Labels are in the language of `speech`.
    #[must_use]
    pub fn of(def: &'static KindDef, texts: &Texts, labels: Labels, speech: &Speech) -> Self {
        let all = make::all(def, texts, speech).filter(|column| match column.holds {
            Holds::Name | Holds::Label(_) => labels != Labels::Codes,
            Holds::Code => labels != Labels::Labels,
            Holds::Whole => labels != Labels::Labels || coded(def, column).is_none(),
            Holds::Id => false,
            _ => true,
        });
        Self { def, all: all.collect() }
    }

    /// What of records is read to fill the columns.
    #[must_use]
    pub fn read(&self) -> Read {
        self.all.iter().fold(self.def.base(), |all, column| all.and(column.read(self.def)))
    }

    /// Those of several kinds that are made for the kind of a row.
    #[must_use]
    pub fn of_row<'a>(all: &'a [Self], row: &Row) -> Option<&'a Self> {
        all.iter().find(|columns| std::ptr::eq(columns.def, row.def()))
    }

    /// Whether callers write what a column holds, so that it has to come back as it went out.
    #[must_use]
    pub fn writes(&self, column: &Column) -> bool {
        let part = self.def.parts.get(column.part).filter(|_| matches!(column.holds, Holds::Whole));
        part.is_some_and(|part| self.def.schemas.new.members().iter().any(|member| member == part.name))
    }

    /// The names in the header.
    pub fn names(&self) -> impl Iterator<Item = &str> {
        self.all.iter().map(|column| column.name.as_str())
    }
}

impl Column {
    fn read(&self, def: &KindDef) -> Read {
        let form = def.parts.get(self.part).map(|part| part.form);
        let own = form.map_or(Read::NONE, |form| def.columns_of(form));
        match &self.holds {
            Holds::ShownIn => own.and(def.named(&["translations"])).and(def.named(def.label.as_slice())),
            Holds::Along(path, _) => def.named(path.first().map_or(&[], std::slice::from_ref)),
            Holds::Late(late, _) => def.named(&[late.due, late.state]),
            _ => own,
        }
    }
}

/// The closed list of the part that a column is made of.
fn coded(def: &KindDef, column: &Column) -> Option<&'static VocabularyDef> {
    match def.parts.get(column.part)?.form {
        Form::Code(_, list)
        | Form::Level(_, list)
        | Form::Codes(_, list)
        | Form::Mask(_, list)
        | Form::Ahead(.., list)
        | Form::Overdue(.., list) => Some(list),
        _ => None,
    }
}
