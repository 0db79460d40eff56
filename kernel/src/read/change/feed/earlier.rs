//! What the caller could see before a change.

use std::collections::{BTreeSet, HashMap};

use sea_orm::sea_query::{Alias, Expr, ExprTrait, JoinType, Query, SelectStatement};
use uuid::Uuid;

use super::{Change, Kinds};
use crate::{
    actor::Actor,
    error::Result,
    policy::{Class, Holding, Scope, addressed, readable},
    record::KindDef,
    store,
    view::View,
};

/// Position of the change set that began a release, and of the one that ended it.
type Term = (i64, Option<i64>);

/// What is needed to tell what the caller could see before each of some changes.
pub(super) struct Earlier {
    /// The caller, and where it views as others, both: what only one of them could see was not seen.
    readers: Vec<Reader>,
    /// Who holds which grants now.
    holdings: HashMap<Uuid, Vec<Holding>>,
}

/// Somebody who could see records before.
struct Reader {
    /// Its grants, for which no release is in force: those are asked of the log.
    inside: Actor,
    /// Terms of the releases for it in each set.
    terms: HashMap<Uuid, Vec<Term>>,
}

impl Reader {
    async fn of(view: &View, actor: &Actor, sets: &BTreeSet<Uuid>) -> Result<Self> {
        let terms = terms(view, actor, sets).await?;
        let mut inside = actor.clone();
        inside.viewing = None;
        inside.standing.release_sets.clear();
        Ok(Self { inside, terms })
    }

    fn could_see(&self, def: &KindDef, scope: &Scope, seq: i64) -> bool {
        let was_released = || {
            let terms = scope.release_set.and_then(|set| self.terms.get(&set));
            terms
                .into_iter()
                .flatten()
                .any(|(began, ended)| *began < seq && ended.is_none_or(|ended| ended >= seq))
        };
        let is_within = || self.inside.key.as_ref().is_none_or(|key| key.reads_one(def, scope));
        let may_be_released = def.is_national() && !scope.is_unsettled;
        readable(&self.inside, def, scope) || (may_be_released && is_within() && was_released())
    }
}

impl Earlier {
    pub(super) async fn of(view: &View, kinds: &Kinds<'_>, changes: &[Change]) -> Result<Self> {
        let sets = changes.iter().filter_map(|change| change.before.as_ref()?.release_set).collect();
        let is_account = |change: &&Change| kinds.accounts.is_some_and(|def| def.name == change.kind);
        let people = changes.iter().filter(is_account).map(|change| change.id).collect();
        let mut readers = vec![Reader::of(view, &view.actor, &sets).await?];
        if let Some(viewing) = &view.actor.viewing {
            readers.push(Reader::of(view, &viewing.own, &sets).await?);
        }
        Ok(Self { readers, holdings: store::holdings(view.db.reading(), &people).await? })
    }

    /// Whether the caller could see a record with these facts right before a change set.
    pub(super) fn visible(&self, def: &KindDef, id: Uuid, mut scope: Scope, seq: i64) -> bool {
        if def.class == Class::Person && scope.holdings.is_empty() {
            scope.holdings = self.holdings.get(&id).cloned().unwrap_or_default();
        }
        self.readers.iter().all(|reader| reader.could_see(def, &scope, seq))
    }
}

/// The terms of the releases in these sets whose audiences the caller belongs to.
async fn terms(view: &View, actor: &Actor, sets: &BTreeSet<Uuid>) -> Result<HashMap<Uuid, Vec<Term>>> {
    let mut found: HashMap<Uuid, Vec<Term>> = HashMap::new();
    if sets.is_empty() {
        return Ok(found);
    }
    for row in view.db.reading().all(&select(sets, actor)).await? {
        let term = (row.try_get_by_index(1)?, row.try_get_by_index(2)?);
        found.entry(row.try_get_by_index(0)?).or_default().push(term);
    }
    Ok(found)
}

fn select(sets: &BTreeSet<Uuid>, actor: &Actor) -> SelectStatement {
    let col = |table: &str, column: &'static str| Expr::col((Alias::new(table), Alias::new(column)));
    let (member, term) = ("release_set_member", "release_term");
    Query::select()
        .expr(col(member, "from_id"))
        .expr(col("began", "seq"))
        .expr(col("ended", "seq"))
        .from(Alias::new(member))
        .join(JoinType::InnerJoin, Alias::new(term), col(term, "release_id").eq(col(member, "to_id")))
        .join_as(
            JoinType::InnerJoin,
            Alias::new("change_set"),
            Alias::new("began"),
            col("began", "id").eq(col(term, "began_in")),
        )
        .join_as(
            JoinType::LeftJoin,
            Alias::new("change_set"),
            Alias::new("ended"),
            col("ended", "id").eq(col(term, "ended_in")),
        )
        .and_where(col(member, "from_id").is_in(sets.iter().copied()))
        .and_where(col(term, "release_id").in_subquery(addressed(actor)))
        .take()
}
