//! How long it takes to work out what falls due: for every partner country, by every obligation of the reference data, for ten
//! years, from nothing; and then where nothing has changed. `bench/compile` starts it.

#![expect(clippy::expect_used, reason = "a benchmark that cannot go on ends")]
#![expect(clippy::print_stdout, reason = "the table is what it is for")]

#[path = "shared/databases.rs"]
mod databases;

use std::time::Instant;

use concord::{
    config::Config,
    domain::{Registered, treaties::compile},
    migrate, seed,
    signin::secret::InstallationSecret,
    state::AppState,
};
use entity::{
    Commitment, Compilation, Country, Deadline, Framework, Obligation, Participation, country, framework,
};
use kernel::{
    Actor, Ctx, KindDef, cause::Cause, change, clock::Clock, db::Db, record::Op, row::Row, store,
    unit::Atomic,
};
use sea_orm::sea_query::Cond;
use serde_json::{Value as Json, json};

#[tokio::main]
async fn main() {
    println!("database    what                                        seconds  statements  change sets");
    databases::on_each("compile", async |name, url| measure(name, url).await).await;
}

/// A service on an empty database, which works for itself.
async fn start(url: &str) -> Ctx {
    let config = Config::default();
    let db = Db::connect(url, config.max_connections).await.expect("the database opens");
    migrate::up(&db).await.expect("the schema is made");
    let secret = InstallationSecret::from_text(&"benchmark-only-".repeat(4)).expect("a secret");
    let state = AppState::new(db.counted(), Clock::system(), &secret, &config).await.expect("a state");
    Ctx { cause: Cause::Job, ..state.ctx(None).acting(Actor::system()) }
}

async fn all(ctx: &Ctx, def: &'static KindDef) -> Vec<Row> {
    store::all(ctx.db.reading(), def, Cond::all()).await.expect("rows")
}

async fn make(ctx: &Ctx, def: &'static KindDef, fields: Vec<Json>) {
    let ops = fields.iter().map(|one| Op::Create(one.as_object().cloned().expect("an object"))).collect();
    let mut unit = ctx.begin().await.expect("a unit");
    unit.apply(def, ops, Atomic::All).await.expect("records");
    unit.commit().await.expect("records");
}

/// Every partner bound by everything since 2018, or since there is something to be bound by, and asking for ten years.
async fn fill(ctx: &Ctx) -> usize {
    seed::reference(ctx).await.expect("the reference data");
    let since = |row: &Row| {
        let days = [framework::ADOPTED_ON, framework::IN_FORCE_ON].map(|field| row.read(field));
        days.into_iter().flatten().chain("2018-01-01".parse()).max()
    };
    let frameworks = all(ctx, Framework::def()).await;
    let countries = all(ctx, Country::def()).await;
    let partners: Vec<&str> = countries
        .iter()
        .filter(|row| row.read(country::IS_PARTNER) == Some(true))
        .filter_map(|row| row.text(country::CODE.column))
        .collect();
    for code in &partners {
        let bound = frameworks.iter().map(|row| {
            json!({"owner": code, "country": code, "framework": row.text(framework::CODE.column), "status": "ratified",
                "in_force_on": since(row), "in_force_precision": "day", "confidence": "high", "source": "benchmark"})
        });
        make(ctx, Participation::def(), bound.collect()).await;
    }
    let asks = |code: &&str| json!({"owner": code, "horizon_years": 10});
    make(ctx, Compilation::def(), partners.iter().map(asks).collect()).await;
    partners.len()
}

/// Works out what falls due, and prints a line.
async fn run(ctx: &Ctx, name: &str, what: &str) {
    let head = change::head(ctx).await.expect("the log").seq;
    let (statements, began) = (ctx.db.statements(), Instant::now());
    compile::daily(ctx).await.expect("a day");
    let (seconds, statements) = (began.elapsed().as_secs_f64(), ctx.db.statements() - statements);
    let sets = change::head(ctx).await.expect("the log").seq - head;
    println!("{name:<11} {what:<43} {seconds:>7.2} {statements:>11} {sets:>12}");
}

async fn measure(name: &str, url: &str) {
    let ctx = start(url).await;
    let countries = fill(&ctx).await;
    let obligations = all(&ctx, Obligation::def()).await.len();
    let what = format!("{countries} countries, {obligations} obligations, 10 years");
    run(&ctx, name, &what).await;
    run(&ctx, name, "the same again").await;
    let (commitments, deadlines) =
        (all(&ctx, Commitment::def()).await.len(), all(&ctx, Deadline::def()).await.len());
    println!("{name:<11} {commitments} commitments, {deadlines} deadlines\n");
    ctx.db.close().await.expect("the database closes");
}
