//! The entity sets: every list, and every flat view.

use kernel::{Ctx, Result};

use crate::domain::{
    KINDS,
    flat::{Table, VIEWS, described_view, view},
};

/// An entity set.
pub(super) struct Set {
    /// Its name.
    pub(super) name: String,
    /// What its entities are made of.
    pub(super) table: Table,
}

/// The name of the set of a list; names have no hyphens.
pub(super) fn name(collection: &str) -> String {
    collection.replace('-', "_")
}

/// The names of all sets, in order.
pub(super) fn names() -> Vec<String> {
    let lists = KINDS.served().map(|def| name(def.collection));
    let mut all: Vec<String> = lists.chain(VIEWS.iter().map(|view| view.name.to_owned())).collect();
    all.sort();
    all
}

/// All sets, by name.
pub(super) fn all(ctx: &Ctx) -> Vec<Set> {
    let lists = KINDS.served().map(|def| Set { name: name(def.collection), table: Table::of_kind(ctx, def) });
    let views = VIEWS
        .iter()
        .filter_map(|view| Some(Set { name: view.name.to_owned(), table: described_view(view.name)? }));
    let mut all: Vec<Set> = lists.chain(views).collect();
    all.sort_by(|one, other| one.name.cmp(&other.name));
    all
}

/// The set with a name.
pub(super) async fn find(ctx: &Ctx, wanted: &str) -> Result<Option<Set>> {
    let of = |table: Table| Set { name: wanted.to_owned(), table };
    match KINDS.served().find(|def| name(def.collection) == wanted) {
        Some(def) => Ok(Some(of(Table::of_kind(ctx, def)))),
        None => Ok(view(ctx, wanted).await?.map(of)),
    }
}
