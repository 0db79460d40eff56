//! Unique values that callers give are claimed before anything is looked up.
//!
//! Of writers who give one new key at the same time, the first creates the record and the others, who wait for the
//! end of its unit, find it. Without the claim they would look it up in vain, and then meet it when values are
//! compared.

use std::collections::{BTreeMap, BTreeSet};

use aws_lc_rs::digest;
use sea_orm::{Statement, Value, sea_query::ArrayType};
use serde_json::Value as Json;

use super::{Unit, item::Item};
use crate::{error::Result, record::KindDef};

/// Values of a group that are claimed one by one; whoever gives more claims the whole group, for the locks that a
/// database holds are counted.
const FEW: usize = 64;

/// Values by group: a kind's column, for external keys with the source system.
type Groups = BTreeMap<String, BTreeSet<String>>;

impl Unit {
    /// Claims the unique values that the items give, until the unit ends.
    pub(super) async fn claim_given(&self, def: &'static KindDef, items: &[Item]) -> Result<()> {
        let mut groups = Groups::new();
        for item in items.iter().filter(|item| !item.is_rejected()) {
            for (group, value) in def.unique.iter().filter_map(|key| given(def, key, item)) {
                groups.entry(group).or_default().insert(value);
            }
        }
        self.claim_groups(&groups).await
    }

    /// Claims values of a column that is unique in its kind, until the unit ends: for looking them up before they
    /// are written.
    ///
    /// # Errors
    /// `Unavailable` when another unit holds one for ten seconds; what the database says.
    pub async fn claim(&self, def: &KindDef, column: &str, values: BTreeSet<String>) -> Result<()> {
        self.claim_groups(&Groups::from([(group(def, column, &[]), values)])).await
    }

    /// Takes the locks, in one statement and in one order for all units. SQLite has one writer.
    async fn claim_groups(&self, groups: &Groups) -> Result<()> {
        let conn = self.conn();
        if self.is_dry || groups.is_empty() || !conn.is_postgres() {
            return Ok(());
        }
        let (mut numbers, mut shared) = (Vec::new(), Vec::new());
        for (group, values) in groups {
            numbers.push(number(&[group]));
            shared.push(values.len() <= FEW);
        }
        for (group, values) in groups.iter().filter(|(_, values)| values.len() <= FEW) {
            numbers.extend(values.iter().map(|value| number(&[group, value])));
            shared.resize(numbers.len(), false);
        }
        let numbers = numbers.into_iter().map(|number| Value::BigInt(Some(number))).collect();
        let shared = shared.into_iter().map(|shared| Value::Bool(Some(shared))).collect();
        let sql = "SELECT CASE WHEN shared THEN pg_advisory_xact_lock_shared(number) \
                   ELSE pg_advisory_xact_lock(number) END FROM unnest($1, $2) AS claim (number, shared)";
        let values = [
            Value::Array(ArrayType::BigInt, Some(Box::new(numbers))),
            Value::Array(ArrayType::Bool, Some(Box::new(shared))),
        ];
        conn.all_raw(Statement::from_sql_and_values(conn.backend(), sql, values)).await?;
        Ok(())
    }
}

/// The value an item gives for a unique key, with its group.
fn given(def: &KindDef, key: &[&'static str], item: &Item) -> Option<(String, String)> {
    let text = |column: &str| {
        let field = def.column(column)?.field;
        item.fields.get(field).and_then(Json::as_str)
    };
    let (last, first) = key.split_last()?;
    let value = text(last)?.to_owned();
    // The owner of an external key may be left out, so the key is claimed whoever has it.
    let first = first.iter().filter(|column| **column != "owner" || *last != "external_key");
    let first: Vec<&str> = first.map(|column| text(column).unwrap_or_default()).collect();
    Some((group(def, last, &first), value))
}

fn group(def: &KindDef, column: &str, first: &[&str]) -> String {
    format!("{} {column} {}", def.name, first.join("\u{1f}"))
}

/// The number of a lock.
fn number(parts: &[&str]) -> i64 {
    let name = format!("concord {}", parts.join("\u{1e}"));
    let hash = digest::digest(&digest::SHA256, name.as_bytes());
    hash.as_ref().first_chunk().map_or(0, |bytes| i64::from_be_bytes(*bytes))
}
