//! Declarations of kinds.

mod columns;

use std::marker::PhantomData;

pub use columns::{ORDERS, standard};

use crate::{Lifecycle, access::Visibility, field::FieldDef};

/// Which rows of the access tables a kind falls under.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Class {
    /// Facts that belong to nobody.
    Reference,
    /// Records of a country, region or organisation without a lead agency.
    National,
    /// Records with a lead agency.
    Work,
    /// What people say of another record: it has the circle of that record, and its author writes it.
    Comment,
    /// Users.
    Person,
    /// Grants.
    Grant,
    /// API keys.
    Key,
    /// Releases and their sets.
    Shared,
}

impl Class {
    /// Whether kinds of the class belong to countries, regions and organisations, and have circles inside them.
    #[must_use]
    pub const fn is_national(self) -> bool {
        matches!(self, Self::National | Self::Work | Self::Comment)
    }

    /// Whether kinds of the class have a lead agency and contributors, whose circle is narrower.
    #[must_use]
    pub const fn has_agencies(self) -> bool {
        matches!(self, Self::Work | Self::Comment)
    }
}

/// How far the code of a kind is unique.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Code {
    /// In the installation: the code addresses the record.
    Everywhere,
    /// Within one owner.
    PerOwner,
}

/// A standard write, which callers may make of records of a kind.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Write {
    /// Creations.
    Create,
    /// Edits.
    Update,
    /// Deletions.
    Delete,
}

impl Write {
    /// All of them.
    pub const ALL: &[Self] = &[Self::Create, Self::Update, Self::Delete];
}

/// Records of another kind that hang on a record: an edge of GraphQL.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ChildrenDef {
    /// Name in the API.
    pub name: &'static str,
    /// What they are.
    pub doc: &'static str,
    /// Their kind.
    pub kind: &'static str,
    /// Their field that leads here, where it is not the only one that does.
    pub via: Option<&'static str>,
}

/// Stands in a declaration for records of the kind `K` that hang on the record.
#[derive(Debug)]
pub struct Children<K>(PhantomData<fn() -> K>);

/// A record kind; written by the attribute [`crate::record`].
pub trait Kind: Send + Sync + 'static {
    /// Singular name (`working_group`).
    const NAME: &'static str;
    /// The declaration.
    const DECLARATION: &'static Declaration;
}

/// What a kind says of itself.
#[derive(Clone, Copy, Debug)]
#[expect(clippy::struct_excessive_bools, reason = "each is a flag of the declaration")]
pub struct Declaration {
    /// Singular name, also the table's (`working_group`).
    pub name: &'static str,
    /// Name of its type in both contracts (`WorkingGroup`).
    pub type_name: &'static str,
    /// Plural name in addresses (`working-groups`).
    pub plural: &'static str,
    /// What a record is: text of both contracts.
    pub doc: &'static str,
    /// Rows of the access tables that apply.
    pub class: Class,
    /// Part of the contract its operations stand in; none for kinds without operations.
    pub area: Option<&'static str>,
    /// Whether records have texts in several languages.
    pub has_texts: bool,
    /// Whether what changes in the next edition of a plan is held apart from what is in force.
    pub has_editions: bool,
    /// Fields with the record it stands below, best first.
    pub below: &'static [&'static str],
    /// How far its field `code` is unique, if it has one.
    pub code: Option<Code>,
    /// What a record is called as an owner: this prefix and its code.
    pub owns: Option<&'static str>,
    /// The owner every record has, where there is only one.
    pub fixed: Option<&'static str>,
    /// Whether facts of the kind may belong to nobody, besides records of countries.
    pub or_fact: bool,
    /// Whether only countries own such records, not regions or organisations.
    pub of_countries: bool,
    /// Whether only the focal point writes such records.
    pub by_focal_point: bool,
    /// Whether the lead agency writes no more of it than progress.
    pub by_full: bool,
    /// Whether the owner is the one that the caller acts for, and is not said.
    pub of_caller: bool,
    /// The country that a record names, and that reads it and decides about it beside the owner.
    pub named: Option<&'static str>,
    /// States in which others than the owner and the named country see a record; all, where there are none.
    pub shown_in: &'static [&'static str],
    /// Who sees a new record inside its owner, where that is not said and the record above is no narrower.
    pub level: Visibility,
    /// Tables that are no records and hold on to one: (table, column).
    pub held: &'static [(&'static str, &'static str)],
    /// Fields that together are unique.
    pub unique: &'static [&'static [&'static str]],
    /// Body of a creation, for the contract.
    pub example: &'static str,
    /// Its own fields.
    pub fields: &'static [FieldDef],
    /// What hangs on its records.
    pub children: &'static [ChildrenDef],
    /// Its lifecycle, if it has one.
    pub moves: Option<&'static Lifecycle>,
    /// The standard writes that callers may make, besides moves.
    pub writes: &'static [Write],
}

impl Declaration {
    /// The declaration of a kind with these fields.
    #[must_use]
    pub const fn new(
        (name, type_name): (&'static str, &'static str),
        doc: &'static str,
        fields: &'static [FieldDef],
        children: &'static [ChildrenDef],
    ) -> Self {
        Self {
            name,
            type_name,
            plural: "",
            doc,
            class: Class::National,
            area: None,
            has_texts: false,
            has_editions: false,
            below: &[],
            code: None,
            owns: None,
            fixed: None,
            or_fact: false,
            of_countries: false,
            by_focal_point: false,
            by_full: false,
            of_caller: false,
            named: None,
            shown_in: &[],
            level: Visibility::National,
            held: &[],
            unique: &[],
            example: "{}",
            fields,
            children,
            moves: None,
            writes: Write::ALL,
        }
    }

    /// Names the collection.
    #[must_use]
    pub const fn plural(mut self, name: &'static str) -> Self {
        self.plural = name;
        self
    }

    /// Says which rows of the access tables apply.
    #[must_use]
    pub const fn class(mut self, class: Class) -> Self {
        self.class = class;
        if matches!(class, Class::Reference) {
            self.fixed = Some("reference");
        }
        self
    }

    /// Gives the kind operations, in this part of the contract.
    #[must_use]
    pub const fn area(mut self, name: &'static str) -> Self {
        self.area = Some(name);
        self
    }

    /// Gives records a lifecycle.
    #[must_use]
    pub const fn moves(mut self, cycle: &'static Lifecycle) -> Self {
        self.moves = Some(cycle);
        self
    }

    /// Leaves callers these standard writes only.
    #[must_use]
    pub const fn writes(mut self, which: &'static [Write]) -> Self {
        self.writes = which;
        self
    }

    /// Gives records texts in several languages.
    #[must_use]
    pub const fn texts(mut self) -> Self {
        self.has_texts = true;
        self
    }

    /// Holds what changes in the next edition of a plan apart from what is in force.
    #[must_use]
    pub const fn editions(mut self) -> Self {
        self.has_editions = true;
        self
    }

    /// Puts records below the one in the first of these fields that is filled.
    #[must_use]
    pub const fn below(mut self, fields: &'static [&'static str]) -> Self {
        self.below = fields;
        self
    }

    /// Says how far the field `code` is unique.
    #[must_use]
    pub const fn code(mut self, code: Code) -> Self {
        self.code = Some(code);
        self
    }

    /// Makes records owners, called by this prefix and their code.
    #[must_use]
    pub const fn owns(mut self, prefix: &'static str) -> Self {
        self.owns = Some(prefix);
        self
    }

    /// Gives all records one owner.
    #[must_use]
    pub const fn fixed(mut self, owner: &'static str) -> Self {
        self.fixed = Some(owner);
        self
    }

    /// Lets facts of the kind belong to nobody.
    #[must_use]
    pub const fn or_fact(mut self) -> Self {
        self.or_fact = true;
        self
    }

    /// Keeps the kind to countries.
    #[must_use]
    pub const fn of_countries(mut self) -> Self {
        self.of_countries = true;
        self
    }

    /// Keeps writing to the focal point.
    #[must_use]
    pub const fn by_focal_point(mut self) -> Self {
        self.by_focal_point = true;
        self
    }

    /// Leaves progress alone to the lead agency and the contributors.
    #[must_use]
    pub const fn by_full(mut self) -> Self {
        self.by_full = true;
        self
    }

    /// Gives records the owner that their maker acts for.
    #[must_use]
    pub const fn of_caller(mut self) -> Self {
        self.of_caller = true;
        self
    }

    /// Lets the country in this field read a record and decide about it.
    #[must_use]
    pub const fn named(mut self, field: &'static str) -> Self {
        self.named = Some(field);
        self
    }

    /// Shows records to others than their owner and the country they name in these states only.
    #[must_use]
    pub const fn shown_in(mut self, states: &'static [&'static str]) -> Self {
        self.shown_in = states;
        self
    }

    /// Says who sees new records inside their owner, where nobody says it.
    #[must_use]
    pub const fn level(mut self, level: Visibility) -> Self {
        self.level = level;
        self
    }

    /// Names tables that hold on to a record, so that it cannot be deleted.
    #[must_use]
    pub const fn held(mut self, by: &'static [(&'static str, &'static str)]) -> Self {
        self.held = by;
        self
    }

    /// Names fields that together are unique.
    #[must_use]
    pub const fn unique(mut self, keys: &'static [&'static [&'static str]]) -> Self {
        self.unique = keys;
        self
    }

    /// Gives the contract a body of a creation.
    #[must_use]
    pub const fn example(mut self, body: &'static str) -> Self {
        self.example = body;
        self
    }

    /// Whether records have a visibility inside their country.
    #[must_use]
    pub const fn is_national(&self) -> bool {
        self.class.is_national()
    }

    /// Whether callers may make this standard write.
    #[must_use]
    pub fn takes(&self, write: Write) -> bool {
        self.writes.contains(&write)
    }

    /// Whether callers may create or edit by external key, which is both.
    #[must_use]
    pub fn takes_upserts(&self) -> bool {
        self.takes(Write::Create) && self.takes(Write::Update)
    }

    /// The name in words (`working group`).
    #[must_use]
    pub fn words(&self) -> String {
        self.name.replace('_', " ")
    }

    /// The name in words with its article (`an action`, `a user`).
    #[must_use]
    pub fn one(&self) -> String {
        let words = self.words();
        // "a user", "a unit"; all other names that begin with a vowel take "an".
        let article = if words.starts_with(['a', 'e', 'i', 'o']) { "an" } else { "a" };
        format!("{article} {words}")
    }

    /// The plural in words (`working groups`).
    #[must_use]
    pub fn plural_words(&self) -> String {
        self.plural.replace('-', " ")
    }

    /// The field with this name.
    #[must_use]
    pub fn field(&self, name: &str) -> Option<&'static FieldDef> {
        self.fields.iter().find(|field| field.name == name)
    }
}
