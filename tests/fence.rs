//! The second fence: a select over records of a country that says not for whom it reads goes no further.

use std::panic::AssertUnwindSafe;

use concord::domain::KINDS;
use futures_util::FutureExt;
use kernel::{
    KindDef,
    policy::{for_rule, visible},
};
use sea_orm::sea_query::{Condition, Query, SelectStatement};

use crate::support::{TestApp, app};

fn select(def: &KindDef, which: Condition) -> SelectStatement {
    Query::select().expr(def.col("id")).from(def.iden()).cond_where(which).take()
}

/// Whether the database is asked.
async fn passes(app: &TestApp, select: &SelectStatement) -> bool {
    let conn = app.state.db.reading();
    AssertUnwindSafe(conn.all(select)).catch_unwind().await.is_ok()
}

#[tokio::test]
async fn every_national_kind_is_behind_the_fence() {
    app(async |app| {
        let anonymous = app.actor("anonymous").await;
        let kinds: Vec<&KindDef> = KINDS.all().iter().copied().filter(|def| def.is_national()).collect();
        let mut wrong = Vec::new();
        for def in &kinds {
            let forgotten = passes(app, &select(def, Condition::all())).await;
            let for_caller = passes(app, &select(def, visible(&anonymous, def))).await;
            let by_rule = passes(app, &select(def, for_rule(def.table))).await;
            if (forgotten, for_caller, by_rule) != (false, true, true) {
                wrong.push((def.name, forgotten, for_caller, by_rule));
            }
        }

        assert!(kinds.len() > 9, "{} kinds", kinds.len());
        assert_eq!(wrong, []);
    })
    .await;
}
