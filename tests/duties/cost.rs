//! Statements of the compiler are as many however many obligations there are, and countries that asked.

use concord::domain::{Registered, treaties::compile};
use entity::{Compilation, Obligation, Participation};
use kernel::{Ctx, KindDef, cause::Cause, record::Op, unit::Atomic};
use serde_json::{Value as Json, json};

use super::world;
use crate::{
    statements::counted,
    support::{TestApp, app},
};

async fn make(app: &TestApp, def: &'static KindDef, all: Vec<Json>) {
    let ops = all.iter().map(|one| Op::Create(one.as_object().cloned().expect("an object"))).collect();
    let mut unit = app.system().begin().await.expect("a unit");
    unit.apply(def, ops, Atomic::All).await.expect("records");
    unit.commit().await.expect("records");
}

fn duty(number: usize) -> Json {
    let code = format!("CWC-M{number}");
    json!({"code": code, "framework": "CWC", "provision": code, "title": code, "summary": "In own words.", "category": "reporting",
        "domains": ["C"], "periodicity": "annual", "rrule": "FREQ=YEARLY;BYMONTH=5;BYMONTHDAY=31", "binding": "legally_binding",
        "source": code, "language": "en"})
}

/// Statements of a daily run on a handle that counts.
async fn daily(app: &TestApp) -> u64 {
    let counting = counted(app);
    let job = Ctx { cause: Cause::Job, ..counting.system() };
    let before = counting.state.db.statements();
    compile::daily(&job).await.expect("a day");
    counting.state.db.statements() - before
}

#[tokio::test]
async fn a_country_takes_as_many_statements_for_ten_obligations_as_for_a_hundred() {
    app(async |app| {
        world(app, Some("2005-01-01")).await;
        make(app, Obligation::def(), (0..10).map(duty).collect()).await;
        make(app, Compilation::def(), vec![json!({"owner": "KGZ"})]).await;

        let few = daily(app).await;
        let few_idle = daily(app).await;
        make(app, Obligation::def(), (10..100).map(duty).collect()).await;
        let many = daily(app).await;
        let many_idle = daily(app).await;

        assert!(app.count("deadline").await > 300);
        assert!(many <= few + 6, "{few} statements for few, {many} for many");
        assert!(few < 40, "{few} statements");
        assert_eq!(few_idle, many_idle);
        assert!(few_idle <= 14, "{few_idle} statements where nothing changes");
    })
    .await;
}

#[tokio::test]
async fn two_countries_take_as_many_statements_as_one() {
    app(async |app| {
        world(app, Some("2005-01-01")).await;
        make(app, Obligation::def(), (0..10).map(duty).collect()).await;
        make(app, Compilation::def(), vec![json!({"owner": "KGZ"})]).await;
        daily(app).await;

        let one = daily(app).await;
        let fact = json!({"owner": "KAZ", "country": "KAZ", "framework": "CWC", "status": "ratified", "in_force_on": "2005-01-01",
            "in_force_precision": "day", "confidence": "high", "source": "test"});
        make(app, Participation::def(), vec![fact]).await;
        make(app, Compilation::def(), vec![json!({"owner": "KAZ"})]).await;
        daily(app).await;
        let two = daily(app).await;

        assert!(app.count("deadline WHERE owner = 'KAZ'").await > 30);
        assert_eq!(one, two);
    })
    .await;
}
