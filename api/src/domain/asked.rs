//! Countries that are asked, and what they are asked about: they decide on what they have read.
//!
//! A country decides with the version of its own record, while what it is asked about is another. So a change of that one writes
//! what the country has before it: a decision made meanwhile is refused as stale, and one that is made falls.

use std::collections::BTreeSet;

use kernel::{Code, Error, KindDef, Result, Unit, policy::Verb, record::Op, row::Row, store, unit::Item};
use sea_orm::sea_query::{Cond, ExprTrait};
use serde_json::{Map, Value as Json, json};
use uuid::Uuid;

use super::{elsewhere, plans::content};

/// State of what a country is asked, until it decides.
const PROPOSED: &str = "proposed";

/// How countries are asked about records of a kind.
#[derive(Clone, Copy, Debug)]
pub struct Asking {
    /// The kind by which they are asked.
    pub def: &'static KindDef,
    /// Its column with the record that they are asked about.
    pub about: &'static str,
    /// Its column that counts the changes of that record.
    pub revision: &'static str,
    /// What belongs to a decision, and falls with it.
    pub decision: &'static [&'static str],
    /// Why they are asked anew.
    pub why: &'static str,
}

impl Asking {
    /// The rows by which countries are asked about these records.
    ///
    /// # Errors
    /// What the database says.
    pub async fn rows(&self, unit: &Unit, about: &BTreeSet<Uuid>) -> Result<Vec<Row>> {
        if about.is_empty() {
            return Ok(Vec::new());
        }
        let of = Cond::all().add(self.def.col(self.about).is_in(about.iter().copied()));
        store::all(unit.conn(), self.def, of).await
    }

    /// Asks anew about the records of which one of these columns has changed.
    ///
    /// # Errors
    /// What the database says.
    pub async fn anew(&self, unit: &mut Unit, items: &[Item], said: &[&str]) -> Result<()> {
        let changed = |item: &&Item| {
            let is_edit = !item.is_rejected() && !item.is_new() && !item.is_deletion();
            is_edit && said.iter().any(|column| item.changes(column))
        };
        let ids = items.iter().filter(changed).map(|item| item.after.id()).collect();
        let rows = self.rows(unit, &ids).await?;
        if rows.is_empty() {
            return Ok(());
        }
        let ops = rows.iter().map(|row| self.again(row)).collect::<Result<_>>()?;
        unit.apply_by_service(self.def, ops).await.map(drop)
    }

    fn again(&self, row: &Row) -> Result<Op> {
        let cycle = self.def.lifecycle.ok_or_else(|| Error::Internal("nobody decides".into()))?;
        let revision = row.int(self.revision).unwrap_or_default().saturating_add(1);
        let mut set: Map<String, Json> = Map::from_iter([(self.revision.to_owned(), json!(revision))]);
        if row.text(cycle.state) != Some(PROPOSED) {
            set.extend(self.decision.iter().map(|column| ((*column).to_owned(), Json::Null)));
            set.insert(cycle.reason.to_owned(), json!(self.why));
        }
        set.insert(cycle.state.to_owned(), json!(PROPOSED));
        Ok(Op::Move {
            id: row.id(),
            version: Some(row.version()),
            verb: Verb::Update,
            authority: Verb::Update,
            set,
            faults: Vec::new(),
        })
    }
}

/// Refuses edits of what a country has agreed to.
pub fn guard(items: &mut [Item], is_agreed: impl Fn(&Row) -> bool) {
    for item in items.iter_mut().filter(|item| !item.is_rejected() && !item.is_move() && !item.is_deletion())
    {
        if item.before.as_ref().is_some_and(&is_agreed) && content::changes(item) {
            let text = "the country has agreed to this as it is: it takes that back first, or the record is deleted and made anew";
            item.reject(Error::Conflict(Code::Consented, text.into()));
        }
    }
}

/// What another installation keeps is decided about there.
pub(super) async fn not_elsewhere(unit: &Unit, items: &mut [Item]) -> Result<()> {
    if unit.actor().is_system() {
        return Ok(());
    }
    let why = "another installation keeps this record: decide about it there";
    elsewhere::refuse(unit, items, why).await
}
