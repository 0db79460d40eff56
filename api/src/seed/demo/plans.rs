//! Plans of the demonstration: each is made once, with its content, tasks, moves and release.

mod content;
mod editions;

use entity::{Action, Indicator, Objective, Pillar, Plan, PlanSection, Release, Task};
use kernel::{Error, KindDef, Result, Unit, policy::Verb, record::Op};

pub(super) use editions::load as load_editions;

use super::{
    bodies::ONCE,
    file::{CountryFile, MoveFile, ReleaseFile},
};
use crate::{
    domain::{Registered, sharing},
    seed::{
        DEMO,
        reference::{bring, known},
        report::{Counts, Report},
        sync::{Synced, Wanted, apply},
    },
};

/// Moves of a record, in order, by its key.
pub(super) type Moves = Vec<(String, Vec<MoveFile>)>;

/// The plans of the demonstration, and the actions below them.
pub(super) struct Plans {
    /// The plans.
    pub(super) plans: Synced,
    /// Their actions.
    pub(super) actions: Synced,
}

impl Plans {
    /// Whether this run made all plans of a country, so that nobody has had a hand in what is there.
    pub(super) fn are_new(&self, file: &CountryFile) -> bool {
        file.plans.iter().all(|plan| self.plans.created.contains_key(&content::plan_key(file, plan)))
    }
}

/// Brings in the plans with what stands below them, and the tasks outside plans.
pub(super) async fn load(unit: &mut Unit, report: &mut Report, files: &[CountryFile]) -> Result<Plans> {
    let heads = files.iter().flat_map(content::plans).collect();
    let plans = bring::<Plan>(unit, report, ONCE, heads).await?;
    let content = content::all(files);
    // What people did to a plan that was there already stays, down to what they deleted.
    let parts = |parts: Vec<content::Part>| -> Vec<Wanted> {
        let row = |part: content::Part| {
            let is_made = part.plan.is_none_or(|plan| plans.created.contains_key(&plan));
            Wanted { is_made, ..part.row }
        };
        parts.into_iter().map(row).collect()
    };
    bring::<PlanSection>(unit, report, ONCE, parts(content.sections)).await?;
    bring::<Pillar>(unit, report, ONCE, parts(content.pillars)).await?;
    bring::<Objective>(unit, report, ONCE, parts(content.objectives)).await?;
    let actions = bring::<Action>(unit, report, ONCE, parts(content.actions)).await?;
    bring::<Indicator>(unit, report, ONCE, parts(content.indicators)).await?;
    let tasks = bring::<Task>(unit, report, ONCE, parts(content.tasks)).await?;
    make_moves(unit, Task::def(), &tasks, content::task_moves(files)).await?;
    make_moves(unit, Plan::def(), &plans, content::plan_moves(files)).await?;
    Ok(Plans { plans, actions })
}

/// Releases the plans that were made in this run.
pub(super) async fn release(
    unit: &mut Unit,
    report: &mut Report,
    (files, made): (&[CountryFile], &Plans),
) -> Result<()> {
    for (key, release) in content::releases(files) {
        let is_new = made.plans.created.contains_key(&key);
        report.add(
            Release::def().name,
            Counts { created: usize::from(is_new), unchanged: usize::from(!is_new), ..Counts::default() },
        );
        if is_new {
            release_plan(unit, &made.plans, (&key, release)).await?;
        }
    }
    Ok(())
}

/// Makes the moves of the records made in this run: the first of all, then the second of all.
pub(super) async fn make_moves(
    unit: &mut Unit,
    def: &'static KindDef,
    made: &Synced,
    moves: Moves,
) -> Result<()> {
    let mut turns: Vec<_> = moves
        .into_iter()
        .filter_map(|(key, moves)| Some((made.created.get(&key).copied()?, key, moves.into_iter())))
        .collect();
    loop {
        let (mut ops, mut keys) = (Vec::new(), Vec::new());
        for (version, key, moves) in &mut turns {
            let Some(next) = moves.next() else { continue };
            ops.push(op(def, (known(&made.ids, key)?, *version), next)?);
            keys.push(key.clone());
            *version += 1;
        }
        if ops.is_empty() {
            return Ok(());
        }
        apply(unit, def, ops, &keys).await?;
    }
}

fn op(def: &KindDef, (id, version): (uuid::Uuid, i32), next: MoveFile) -> Result<Op> {
    let step = def.lifecycle.and_then(|cycle| cycle.find(&next.verb));
    let step =
        step.ok_or_else(|| Error::Internal(format!("a {} knows no move `{}`", def.name, next.verb)))?;
    let verb = Verb::Move(step);
    Ok(Op::Move { id, version: Some(version), verb, authority: verb, set: next.set, faults: Vec::new() })
}

async fn release_plan(unit: &mut Unit, plans: &Synced, (key, file): (&str, &ReleaseFile)) -> Result<()> {
    let release = sharing::NewRelease {
        audiences: file.audiences.clone(),
        basis: Some(file.basis.clone()),
        purpose: Some(file.purpose.clone()),
        from_at: file.from_at,
        until_at: None,
        key: Some((DEMO.to_owned(), format!("{key}/{}", file.key))),
    };
    let made = sharing::release(unit, known(&plans.ids, key)?, &release).await;
    made.map(drop).map_err(|error| Error::Internal(format!("the release of `{key}` was refused: {error}")))
}
