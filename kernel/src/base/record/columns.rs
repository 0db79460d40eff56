//! Some of a kind's columns: what a read selects and its rows hold.

use model::{
    Class,
    declaration::standard::{DRAFTED_IN, NAMED, PENDING},
};

use super::{KindDef, part::Form};
use crate::policy::CONSENT;

/// Some columns of a kind, by their places.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Columns(u128);

impl Columns {
    /// Columns that a kind may have.
    pub const MOST: usize = 128;
    /// All of them.
    pub const ALL: Self = Self(u128::MAX);
    /// None of them.
    pub const NONE: Self = Self(0);

    /// The column at a place.
    #[must_use]
    pub const fn at(place: usize) -> Self {
        if place < Self::MOST { Self(1 << place) } else { Self::NONE }
    }

    /// These and the others.
    #[must_use]
    pub const fn and(self, others: Self) -> Self {
        Self(self.0 | others.0)
    }

    /// These without the others.
    #[must_use]
    pub const fn but(self, others: Self) -> Self {
        Self(self.0 & !others.0)
    }

    /// How many of them stand before a place.
    #[must_use]
    pub fn before(self, place: usize) -> usize {
        let before = if place < Self::MOST { (1 << place) - 1 } else { u128::MAX };
        usize::try_from((self.0 & before).count_ones()).unwrap_or(Self::MOST)
    }

    /// Whether the column at a place is among them.
    #[must_use]
    pub const fn has(self, place: usize) -> bool {
        self.0 & Self::at(place).0 != 0
    }
}

impl KindDef {
    /// The columns with these names, as far as the kind has them.
    #[must_use]
    pub fn named(&self, names: &[&str]) -> Columns {
        let places = names.iter().filter_map(|name| self.at(name));
        places.fold(Columns::NONE, |all, place| all.and(Columns::at(place)))
    }

    /// What every row that is shown holds: which record it is, and whose.
    #[must_use]
    pub fn base(&self) -> Columns {
        self.named(&["id", "owner"])
    }

    /// What showing whole records takes: everything but what is made of their texts.
    #[must_use]
    pub fn shown(&self) -> Columns {
        let derived = self.columns.iter().filter(|column| column.is_derived).map(|column| column.name);
        let unseen: Vec<_> = derived.chain([PENDING, DRAFTED_IN]).collect();
        Columns::ALL.but(self.named(&unseen))
    }

    /// What a form of a part is made of, besides [`KindDef::base`].
    #[must_use]
    pub fn columns_of(&self, form: Form) -> Columns {
        match form {
            Form::Column(at)
            | Form::Code(at, _)
            | Form::Level(at, _)
            | Form::Codes(at, _)
            | Form::Mask(at, _)
            | Form::Decimal(at)
            | Form::Texts(at)
            | Form::Inside(at)
            | Form::Ref(at)
            | Form::Refs(at)
            | Form::Country(at)
            | Form::Regions(at)
            | Form::IsDemo(at)
            | Form::Object(at, _)
            | Form::Objects(at, _)
            | Form::Is(at, _) => Columns::at(at),
            Form::Version(at) => Columns::at(at).and(self.of_parties()),
            Form::Text(at) => Columns::at(at).and(self.named(&["language", "translations"])),
            Form::Money(one, other)
            | Form::AnyRef(one, other)
            | Form::Ahead(one, other, ..)
            | Form::Overdue(one, other, ..) => Columns::at(one).and(Columns::at(other)),
            Form::SharedWith => self.named(&["shared_set_id"]),
            Form::Translations => self.named(&["translations"]),
            Form::Languages => {
                let texts = self.columns.iter().filter(|column| column.is_text).map(|column| column.name);
                self.named(&texts.chain(["language", "translations"]).collect::<Vec<_>>())
            }
            Form::Can => self.of_scope(),
        }
    }

    /// What tells who writes a record from outside its owner.
    pub(crate) fn of_parties(&self) -> Columns {
        let author = (self.class == Class::Comment).then_some("created_by");
        self.named(&author.into_iter().chain([NAMED]).collect::<Vec<_>>())
    }

    /// What [`crate::row::Row::scope`] is made of, besides [`KindDef::base`].
    #[must_use]
    pub fn of_scope(&self) -> Columns {
        let state = self.shown_in().map(|(column, _)| column);
        let special = [self.lead, self.contributors, self.plan_column(), state].into_iter().flatten();
        let by_name = ["visibility", "shared_set_id", "release_set_id", "user_id", "role", CONSENT];
        self.named(&special.chain(by_name).collect::<Vec<_>>()).and(self.of_parties())
    }
}
