//! Reference data and the demonstration: built into the binary, brought in through units.
//!
//! Both are repeatable. A run compares what is stored with what is built in, writes what differs
//! and leaves no change set where nothing did. Rows a person has changed since are left alone.

mod demo;
mod reference;
mod report;
mod sync;
mod table;

use kernel::{Actor, Ctx, Result, cause::Cause};

pub use demo::{DemoReport, PASSWORD, SignIn, sign_ins};
pub use report::{Counts, Report};

use crate::domain::treaties::compile;

/// Source system of the reference data; nobody else writes under it.
pub const SEED: &str = "seed";

/// Source system of the demonstration; nobody else writes under it.
pub const DEMO: &str = "demo";

/// Brings the reference data in line with the files built into the binary, in one unit.
///
/// Rows are matched by code, and those a person has changed since are kept as they are.
///
/// # Errors
/// What the database says; `Internal` when a built-in row breaks the rules of its kind.
pub async fn reference(ctx: &Ctx) -> Result<Report> {
    as_system(ctx)
        .run(async |unit| {
            let mut report = Report::default();
            reference::load(unit, &mut report).await?;
            Ok(report)
        })
        .await
}

/// Brings in the reference data and, where they are not there yet, the records of the demonstration.
///
/// Plans are made once with everything below them: what people do to them afterwards stays. Their next editions come in
/// a unit of their own, and so do the duties, which are worked out in between.
///
/// # Errors
/// `Conflict` for a database that holds records of others, in which nothing is written then; what
/// the database says.
pub async fn demo(ctx: &Ctx) -> Result<DemoReport> {
    let ctx = as_system(ctx);
    let (report, loaded) = ctx.run(async |unit| demo::load(unit).await).await?;
    if !loaded.is_new() {
        return Ok(report);
    }
    // As the clock does it, for what seeds bring is left to it: what is due, and then the tasks of those responsible.
    let clock = Ctx { cause: Cause::Job, ..ctx.clone() };
    compile::daily(&clock).await?;
    ctx.run(async |unit| demo::go_on(unit, &loaded).await).await?;
    compile::daily(&clock).await?;
    Ok(report)
}

/// The same context for the service itself.
fn as_system(ctx: &Ctx) -> Ctx {
    Ctx { cause: Cause::Seed, ..ctx.acting(Actor::system()) }
}
