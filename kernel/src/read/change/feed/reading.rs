//! Reading the log, as far as it concerns a caller and the kinds it asks for.

use std::collections::BTreeSet;

use sea_orm::{
    QueryResult,
    sea_query::{Alias, Condition, Expr, ExprTrait, JoinType, Order, Query, SelectStatement},
};
use serde_json::Value as Json;
use uuid::Uuid;

use super::{Position, Told};
use crate::{
    error::Result,
    policy::{Class, Holding, Scope},
    record::KindDef,
    view::View,
};

/// The kinds that are asked for.
pub(super) struct Kinds<'a> {
    pub(super) wanted: &'a [&'static KindDef],
    /// The kind of accounts, if it is asked for: who sees an account depends on its grants.
    pub(super) accounts: Option<&'static KindDef>,
    /// The kinds whose changes are read.
    pub(super) read: BTreeSet<&'static str>,
}

impl<'a> Kinds<'a> {
    pub(super) fn new(view: &View, wanted: &'a [&'static KindDef]) -> Self {
        let accounts = wanted.iter().find(|def| def.class == Class::Person).copied();
        let mut read: BTreeSet<_> = wanted.iter().map(|def| def.name).collect();
        if accounts.is_some() {
            let grants = view.kinds.all().iter().filter(|def| def.class == Class::Grant);
            read.extend(grants.map(|def| def.name));
        }
        Self { wanted, accounts, read }
    }

    /// The records a change is about, with what decided who saw each before: its own, and for a change of
    /// a grant the account that holds it.
    pub(super) fn about(
        &self,
        change: &Change,
    ) -> impl Iterator<Item = (Told, &'static KindDef, Uuid, Option<Scope>)> {
        let own = self.wanted.iter().find(|def| def.name == change.kind);
        let own = own.map(|def| (Told::Own, *def, change.id, change.before.clone()));
        let account = self.accounts.filter(|accounts| accounts.name != change.kind);
        let account =
            account.and_then(|def| change.holder().map(|(id, before)| (Told::All, def, id, before)));
        own.into_iter().chain(account)
    }
}

/// One change, as far as the feed needs it.
pub(super) struct Change {
    pub(super) position: Position,
    pub(super) kind: String,
    pub(super) id: Uuid,
    pub(super) before: Option<Scope>,
    pub(super) after: Option<Scope>,
}

impl Change {
    fn read(row: &QueryResult) -> Result<Self> {
        let scope = |at| -> Result<Option<Scope>> {
            Ok(row.try_get_by_index::<Option<Json>>(at)?.map(serde_json::from_value).transpose()?)
        };
        Ok(Self {
            position: Position {
                seq: row.try_get_by_index(0)?,
                ordinal: row.try_get_by_index(1)?,
                told: Told::Own,
            },
            kind: row.try_get_by_index(2)?,
            id: row.try_get_by_index(3)?,
            before: scope(4)?,
            after: scope(5)?,
        })
    }

    /// The person a grant is held by, and the account as it was seen through the grant before.
    fn holder(&self) -> Option<(Uuid, Option<Scope>)> {
        let scope = self.before.as_ref().or(self.after.as_ref())?;
        let person = scope.person.filter(|_| scope.role.is_some())?;
        let held = |scope: &Scope| Scope {
            owner: scope.owner.clone(),
            person: Some(person),
            holdings: vec![Holding { owner: scope.owner.clone(), agency: scope.agency }],
            ..Scope::default()
        };
        // What is only offered shows nobody the account.
        Some((person, self.before.as_ref().filter(|scope| !scope.is_offered).map(held)))
    }
}

/// The changes of a span of the log, oldest first; so many at most.
pub(super) async fn changes(
    view: &View,
    span: (Position, Position),
    concerned: &Condition,
    most: usize,
) -> Result<Vec<Change>> {
    view.db.reading().all(&select(span, concerned, most)).await?.iter().map(Change::read).collect()
}

fn select((after, until): (Position, Position), concerned: &Condition, most: usize) -> SelectStatement {
    let (change, set) = (Alias::new("change"), Alias::new("change_set"));
    let of = |column: &'static str| Expr::col((change.clone(), Alias::new(column)));
    let seq = || Expr::col((set.clone(), Alias::new("seq")));
    Query::select()
        .expr(seq())
        .exprs(["ordinal", "kind", "record_id", "facts_before", "facts_after"].map(of))
        .from(set.clone())
        .join(
            JoinType::InnerJoin,
            change.clone(),
            of("set_id").eq(Expr::col((set.clone(), Alias::new("id")))),
        )
        .and_where(seq().gte(after.seq))
        .and_where(seq().lte(until.seq))
        .and_where(seq().gt(after.seq).or(match after.told {
            // Its account may be left to tell.
            Told::Own => of("ordinal").gte(after.ordinal),
            Told::All => of("ordinal").gt(after.ordinal),
        }))
        .cond_where(concerned.clone())
        .order_by((set.clone(), Alias::new("seq")), Order::Asc)
        .order_by((change.clone(), Alias::new("ordinal")), Order::Asc)
        .limit(u64::try_from(most).unwrap_or(u64::MAX))
        .take()
}
