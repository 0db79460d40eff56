//! The second fence: no select over records of a country runs that does not say for whom it reads.
//!
//! [`super::visible`] marks what is read for a caller, [`for_rule`] what a rule reads, hidden records too. Who writes a
//! select and thinks of neither meets a panic in the first test that runs it. Marks are comments, set and looked for in
//! debug builds only: a release build runs the statements without them.

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::{PoisonError, RwLock},
};

use sea_orm::sea_query::{Condition, Expr};

/// The tables behind the fence.
static TABLES: RwLock<BTreeSet<&'static str>> = RwLock::new(BTreeSet::new());

/// Puts a table behind the fence.
pub(crate) fn guard(table: &'static str) {
    TABLES.write().unwrap_or_else(PoisonError::into_inner).insert(table);
}

/// The condition, always true, by which a select says that a rule reads this table, hidden rows too.
#[must_use]
pub fn for_rule(table: &str) -> Condition {
    marked(Condition::all(), table, "a rule")
}

/// The condition under which a caller reads this table, marked as such.
pub(super) fn for_caller(condition: Condition, table: &str) -> Condition {
    marked(condition, table, "a caller")
}

fn marked(condition: Condition, table: &str, whom: &str) -> Condition {
    if cfg!(debug_assertions) {
        Condition::all().add(condition).add(Expr::cust(format!("TRUE {}{whom} */", mark(table))))
    } else {
        condition
    }
}

fn mark(table: &str) -> String {
    format!("/* {table} for ")
}

/// Lets a statement pass that reads every table behind the fence for a caller or for a rule; asked in debug builds.
///
/// # Panics
/// Where it says neither.
pub(crate) fn pass(sql: &str) {
    if !sql.trim_start_matches('(').starts_with("SELECT") {
        return;
    }
    let guarded = TABLES.read().unwrap_or_else(PoisonError::into_inner);
    let mut reads: BTreeMap<&str, usize> = BTreeMap::new();
    for table in tables(sql).filter(|table| guarded.contains(table)) {
        *reads.entry(table).or_default() += 1;
    }
    for (table, read) in reads {
        assert!(
            sql.matches(&mark(table)).count() >= read,
            "a select reads `{table}` and says not for whom: put `visible()` into it, or `for_rule()` where a rule \
             looks further than the caller: {sql}"
        );
    }
}

/// The tables that a statement reads from, each as often as it does.
fn tables(sql: &str) -> impl Iterator<Item = &str> {
    let is_sign = |letter: char| !(letter.is_alphanumeric() || letter == '_');
    let words = sql.split_whitespace();
    let pairs = words.clone().zip(words.skip(1)).filter(|(word, _)| matches!(*word, "FROM" | "JOIN"));
    pairs.map(move |(_, name)| name.trim_matches(is_sign))
}

#[cfg(test)]
mod tests {
    use super::{guard, pass};

    const READ: &str = r#"SELECT "id" FROM "secret" WHERE "id" = 1"#;

    #[test]
    fn what_says_for_whom_it_reads_passes() {
        guard("secret");

        pass(&format!("{READ} AND TRUE /* secret for a caller */"));
        pass(r#"SELECT "id" FROM "secret_link""#);
        pass(r#"UPDATE "secret" SET "id" = (SELECT 1 FROM "secret")"#);
    }

    #[test]
    #[should_panic(expected = "says not for whom")]
    fn what_says_nothing_does_not() {
        guard("secret");

        pass(READ);
    }

    #[test]
    #[should_panic(expected = "says not for whom")]
    fn each_read_of_a_table_says_it() {
        guard("secret");

        pass(&format!("{READ} AND TRUE /* secret for a caller */ UNION {READ}"));
    }
}
