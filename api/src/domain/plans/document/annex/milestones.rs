//! The milestones of the roadmap that a plan came from.

use std::collections::BTreeSet;

use entity::{CycleStep, Milestone, cycle_step, milestone};
use kernel::{
    Result,
    filter::Narrowing,
    render::{Detail, Renderer},
};
use serde_json::{Map, json};

use super::{Annex, Table, named};
use crate::domain::{
    Registered,
    plans::document::{Rows, Scribe, rows},
};

/// The milestones of the cycles with a step that is about the plan, by the day they are due.
pub(super) async fn milestones(scribe: &Scribe<'_>, of: &Rows) -> Result<Option<Annex>> {
    let (steps, def) = (CycleStep::def(), Milestone::def());
    let about = Narrowing::of(steps, "plan", of.plan.id().to_string())?;
    let steps = rows::every(scribe.ctx, steps, &about, cycle_step::STEP.column).await?;
    let cycles: BTreeSet<_> = steps.iter().filter_map(|step| step.read(cycle_step::CYCLE)).collect();
    if cycles.is_empty() {
        return Ok(None);
    }
    let narrowing = Narrowing::from_json(def, &Map::from_iter([("cycle_id".to_owned(), json!(cycles))]))?;
    let found = rows::every(scribe.ctx, def, &narrowing, milestone::DUE_ON.column).await?;
    if found.is_empty() {
        return Ok(None);
    }
    let renderer = Renderer::on(scribe.ctx, def, &found, Detail::List).await?;
    let speech = &scribe.speech;
    let line = found.iter().map(|row| {
        vec![
            scribe.title(row, milestone::TITLE.column).text,
            row.read(milestone::DUE_ON).map_or_else(String::new, |on| speech.day(on)),
            named(&renderer, row.read(milestone::AGENCY)),
            speech.label("step_status", row.text(milestone::STATUS.column).unwrap_or_default()).label,
        ]
    });
    let columns = ["milestone", "due", "agency", "status"].map(|key| speech.word(key).to_owned()).to_vec();
    let table = Some(Table { columns, rows: line.collect() });
    Ok(Some(Annex { table, ..Annex::named(scribe, "milestones") }))
}
