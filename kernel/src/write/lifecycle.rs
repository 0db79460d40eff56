//! Lifecycles: one guard and one list of moves for every kind that has states.

use std::collections::{BTreeSet, HashMap, VecDeque};

use futures_util::future::BoxFuture;
use model::{Lifecycle, Move, Need, lifecycle::To};
use serde::Serialize;
use uuid::Uuid;

use crate::{
    actor::Actor,
    ctx::Ctx,
    db::Conn,
    error::{Error, Result},
    kinds::Stages,
    policy::{Verb, authorize},
    record::KindDef,
    row::Row,
    store,
    unit::{Item, Unit},
};

/// A fact that a record lacks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Lack {
    /// Name of the fact in declarations.
    pub fact: &'static str,
    /// What it is called for people.
    pub words: &'static str,
    /// Whether moves that need the fact can be made without it: it is only told.
    pub is_warning: bool,
}

impl Lack {
    /// A fact without which moves that need it are not made.
    #[must_use]
    pub const fn of(fact: &'static str, words: &'static str) -> Self {
        Self { fact, words, is_warning: false }
    }

    /// Lets moves be made without the fact, which is told.
    #[must_use]
    pub const fn warning(mut self, is_warning: bool) -> Self {
        self.is_warning = is_warning;
        self
    }
}

/// Facts that records lack.
pub type Lacking = HashMap<Uuid, Vec<Lack>>;

/// Finds out which of the facts that moves need are missing, for who asks or moves: a kind says which hidden records count too.
pub type LackingFacts = for<'a> fn(Conn<'a>, &'a Actor, &'a [&'a Row]) -> BoxFuture<'a, Result<Lacking>>;

/// A move that a record's lifecycle knows from its present state.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct MoveState {
    /// The move.
    pub verb: Verb,
    /// State the record would be in afterwards.
    pub to: String,
    /// Whether the caller can make the move now.
    pub allowed: bool,
    /// Whether the caller can make it only as a move recorded on paper.
    pub recorded_only: bool,
    /// Facts that are missing for it.
    pub missing: Vec<String>,
    /// What is open and does not stand in the way.
    pub warnings: Vec<String>,
}

/// The state a move starts from: that of the edition it is about, where records have editions.
fn state_for<'a>(cycle: &Lifecycle, row: &'a Row, step: &Move) -> Option<&'a str> {
    let state = row.text(cycle.state);
    match cycle.working.filter(|_| step.is_working) {
        Some((column, _)) => row.text(column).or_else(|| state.filter(|state| cycle.is_working(state))),
        None => state,
    }
}

/// Whether a move is about an edition that is worked on beside one in force.
fn is_beside(cycle: &Lifecycle, row: &Row, step: &Move) -> bool {
    step.is_working && cycle.working.is_some_and(|(column, _)| !row.is_null(column))
}

/// The state a move leads to; none if the row's state does not know the move.
fn next(cycle: &Lifecycle, row: &Row, step: &Move) -> Option<String> {
    let from = state_for(cycle, row, step)?;
    if !step.from.contains(&from) {
        return None;
    }
    match step.to {
        To::State(state) => Some(state.to_owned()),
        To::Same => Some(from.to_owned()),
        To::Back => {
            let remembered = cycle.before.and_then(|column| row.text(column));
            let first = || cycle.moves.iter().find(|one| one.is_remembered)?.from.first().copied();
            remembered.or_else(first).map(str::to_owned)
        }
    }
}

/// The moves a row's state knows.
fn known<'a>(cycle: &'static Lifecycle, row: &'a Row) -> impl Iterator<Item = (&'static Move, String)> + 'a {
    cycle.moves.iter().filter_map(move |step| Some((step, next(cycle, row, step)?)))
}

/// What a move lacks, in words, but for what `comes` with the call.
fn missing(
    cycle: &Lifecycle,
    step: &Move,
    row: &Row,
    lacking: &Lacking,
    comes: impl Fn(&Need) -> bool,
) -> Vec<String> {
    let lacks = |need: &Need| match need {
        Need::Reason => row.is_null(cycle.reason).then(|| "reason".to_owned()),
        Need::Field(field) => {
            let column = row.def().field(field).map_or(*field, |column| column.name);
            row.is_null(column).then(|| (*field).to_owned())
        }
        Need::Fact(fact) => {
            let mut all = lacking.get(&row.id()).into_iter().flatten().filter(|lack| !lack.is_warning);
            all.find(|lack| lack.fact == *fact).map(|lack| lack.words.to_owned())
        }
    };
    step.needs.iter().filter(|need| !comes(need)).filter_map(lacks).collect()
}

/// What is open and does not stand in the way of a move, in words.
fn warnings(step: &Move, row: &Row, lacking: &Lacking) -> Vec<String> {
    let open = lacking.get(&row.id()).into_iter().flatten().filter(|lack| lack.is_warning);
    let is_asked = |lack: &&Lack| step.needs.contains(&Need::Fact(lack.fact));
    open.filter(is_asked).map(|lack| lack.words.to_owned()).collect()
}

fn needs_facts(step: &Move) -> bool {
    step.needs.iter().any(|need| matches!(need, Need::Fact(_)))
}

async fn lacking(stages: Stages, conn: Conn<'_>, actor: &Actor, rows: &[&Row]) -> Result<Lacking> {
    match stages.lacking.filter(|_| !rows.is_empty()) {
        Some(facts) => facts(conn, actor, rows).await,
        None => Ok(Lacking::new()),
    }
}

/// The moves of a visible record, each with what it lacks.
///
/// # Errors
/// `NotFound` if the record is not visible.
pub async fn moves(ctx: &Ctx, def: &'static KindDef, id: Uuid) -> Result<Vec<MoveState>> {
    moves_of(ctx, def, &[id].into()).await?.remove(&id).ok_or(Error::NotFound)
}

/// The moves of visible records, each with what it lacks.
///
/// # Errors
/// What the database says.
pub async fn moves_of(
    ctx: &Ctx,
    def: &'static KindDef,
    ids: &BTreeSet<Uuid>,
) -> Result<HashMap<Uuid, Vec<MoveState>>> {
    let Some(cycle) = def.lifecycle else { return Ok(HashMap::new()) };
    let rows = store::by_ids(ctx, def, ids).await?;
    let asking: Vec<&Row> =
        rows.values().filter(|row| known(cycle, row).any(|(step, _)| needs_facts(step))).collect();
    let lacking = lacking(ctx.kinds.stages(def), ctx.db.reading(), &ctx.actor, &asking).await?;
    Ok(rows.iter().map(|(id, row)| (*id, states(ctx, cycle, row, &lacking))).collect())
}

fn states(ctx: &Ctx, cycle: &'static Lifecycle, row: &Row, lacking: &Lacking) -> Vec<MoveState> {
    let scope = row.scope();
    let may = |verb| authorize(&ctx.actor, verb, row.def(), &scope).is_ok();
    let state = |(step, to): (&'static Move, String)| {
        let verb = Verb::Move(step);
        let recorded_only = cycle.is_recorded && !may(verb) && may(Verb::Record);
        let may = may(verb) || recorded_only;
        // What the call must bring is not missing beforehand.
        let comes = |need: &Need| match need {
            Need::Reason => true,
            Need::Field(name) => step.takes.iter().any(|taken| taken.field == *name && taken.is_required),
            Need::Fact(_) => false,
        };
        // Told to those only who may make the move, for it speaks of hidden records too.
        let missing = if may { missing(cycle, step, row, lacking, comes) } else { Vec::new() };
        let warnings = if may { warnings(step, row, lacking) } else { Vec::new() };
        MoveState { verb, to, allowed: may && missing.is_empty(), recorded_only, missing, warnings }
    };
    known(cycle, row).map(state).collect()
}

/// Makes the moves of a batch, and refuses what the states do not allow.
pub(crate) async fn guard(unit: &mut Unit, def: &'static KindDef, items: &mut [Item]) -> Result<()> {
    let Some(cycle) = def.lifecycle else { return Ok(()) };
    let step_of = |item: &Item| match item.verb {
        Verb::Move(step) if !item.is_rejected() => Some(step),
        _ => None,
    };
    let asks = |item: &&Item| {
        let goes = !item.is_rejected() && item.wanted_state.is_some();
        step_of(item).is_some_and(needs_facts) || (goes && cycle.moves.iter().any(needs_facts))
    };
    let asking = items.iter().filter(asks).map(|item| &item.after);
    let asking: Vec<&Row> = asking.collect();
    let actor = unit.actor().clone();
    let lacking = lacking(unit.ctx.kinds.stages(def), unit.conn(), &actor, &asking).await?;
    for item in items.iter_mut().filter(|item| !item.is_rejected()) {
        if let Some(step) = step_of(item) {
            make(cycle, step, item, &lacking);
        } else if let Some(wanted) = item.wanted_state.take() {
            go(cycle, &actor, item, (&lacking, &wanted));
        } else if item.is_new() {
            let first = def.declared.field(cycle.state).and_then(|field| field.default);
            let is_first = match (first, item.after.text(cycle.state)) {
                (Some(model::DefaultValue::Code(first)), Some(state)) => first == state,
                _ => true,
            };
            if cycle.is_recorded
                && !is_first
                && let Err(denial) = authorize(&actor, Verb::Record, def, &item.after.scope())
            {
                item.reject(Error::Forbidden(denial.rule.text.into()));
            }
        } else if !item.is_move() && !item.is_deletion() && item.changes(cycle.state) {
            item.reject(Error::no_move("the state changes by moves only; see `moves`"));
        }
    }
    Ok(())
}

fn make(cycle: &'static Lifecycle, step: &'static Move, item: &mut Item, lacking: &Lacking) {
    let Some(before) = item.before.clone() else { return };
    let from = state_for(cycle, &before, step).unwrap_or_default();
    let allowed = || known(cycle, &before).map(|(step, _)| step.name).collect();
    let Some(to) = next(cycle, &before, step) else {
        item.reject(refuse(step, from, allowed(), Vec::new()));
        return;
    };
    if !item.fields.contains_key(cycle.reason) && step.to != To::Same {
        item.after.clear(cycle.reason);
    }
    // What came with the call and could not be taken is refused as such, at its place.
    let came = |need: &Need| matches!(need, Need::Field(name) if item.fields.get(*name).is_some_and(|given| !given.is_null()));
    let missing = missing(cycle, step, &item.after, lacking, came);
    if !missing.is_empty() {
        item.reject(refuse(step, from, allowed(), missing));
        return;
    }
    if is_beside(cycle, &before, step) {
        keep_reason(cycle, &before, item);
    }
    enter(cycle, step, &mut item.after, to);
}

/// The reason of a move of the working edition stands apart from that of the edition in force.
fn keep_reason(cycle: &Lifecycle, before: &Row, item: &mut Item) {
    let Some((_, column)) = cycle.working else { return };
    let reason = item.after.get(cycle.reason).clone();
    item.after.set(cycle.reason, before.get(cycle.reason).clone());
    item.after.set(column, reason);
}

/// Puts a row into the state that a move leads to.
fn enter(cycle: &Lifecycle, step: &Move, row: &mut Row, to: String) {
    if let Some(column) = cycle.before {
        let from = row.text(cycle.state).filter(|_| step.is_remembered).map(str::to_owned);
        match from {
            Some(from) => row.set(column, from),
            None => row.clear(column),
        }
    }
    match cycle.working.filter(|_| is_beside(cycle, row, step)) {
        Some((column, _)) if cycle.is_working(&to) => row.set(column, to),
        Some((column, reason)) => {
            row.clear(column);
            row.clear(reason);
            row.set(cycle.state, to);
        }
        None => row.set(cycle.state, to),
    }
}

/// Makes the moves that lead to the state an upsert names, or tells the first of them that cannot be made.
fn go(cycle: &'static Lifecycle, actor: &Actor, item: &mut Item, (lacking, wanted): (&Lacking, &str)) {
    let Some(before) = item.before.clone() else { return };
    let from = before.text(cycle.state).unwrap_or_default();
    if from == wanted {
        return;
    }
    let mut start = item.after.clone();
    start.clear(cycle.reason);
    let hurdle = |step: &'static Move, row: &Row| {
        let may = |row: &Row| authorize(actor, Verb::Move(step), row.def(), &row.scope());
        if let Err(denial) = may(&before).and_then(|_| may(row)) {
            return Some(Error::Forbidden(format!("`{}`: {}", step.name, denial.rule.text)));
        }
        let missing = missing(cycle, step, row, lacking, |_| false);
        let state = row.text(cycle.state).unwrap_or_default();
        (!missing.is_empty()).then(|| refuse(step, state, Vec::new(), missing))
    };
    if let Some((_, last)) = way(cycle, &start, wanted, |step, row| hurdle(step, row).is_none()).last() {
        for column in [Some(cycle.state), Some(cycle.reason), cycle.before].into_iter().flatten() {
            item.after.set(column, last.get(column).clone());
        }
        return;
    }
    let steps = way(cycle, &start, wanted, |_, _| true);
    let names: Vec<&str> = steps.iter().map(|(step, _)| step.name).collect();
    let rows = std::iter::once(&start).chain(steps.iter().map(|(_, row)| row));
    let told = match steps.iter().zip(rows).find_map(|((step, _), row)| hurdle(step, row)) {
        Some(Error::IllegalMove { detail, allowed, missing }) => {
            let detail = format!("`{wanted}` is reached from `{from}` by {}: {detail}", names.join(", "));
            Error::IllegalMove { detail, allowed, missing }
        }
        Some(other) => other,
        None => {
            let allowed = known(cycle, &before).map(|(step, _)| step.name.to_owned()).collect();
            let detail = format!("no moves lead from `{from}` to `{wanted}`");
            Error::IllegalMove { detail, allowed, missing: Vec::new() }
        }
    };
    item.reject(told);
}

/// The fewest moves that lead to a state, each with the row after it; none if no way leads there.
fn way(
    cycle: &'static Lifecycle,
    start: &Row,
    wanted: &str,
    may: impl Fn(&'static Move, &Row) -> bool,
) -> Vec<(&'static Move, Row)> {
    let mut met: BTreeSet<String> = start.text(cycle.state).map(str::to_owned).into_iter().collect();
    let mut ways = VecDeque::from([Vec::new()]);
    while let Some(way) = ways.pop_front() {
        let at = way.last().map_or(start, |(_, row): &(&'static Move, Row)| row);
        let steps: Vec<_> = known(cycle, at).filter(|(step, _)| may(step, at)).collect();
        for (step, to) in steps {
            if !met.insert(to.clone()) {
                continue;
            }
            let mut row = at.clone();
            enter(cycle, step, &mut row, to);
            let there = row.text(cycle.state) == Some(wanted);
            let mut longer = way.clone();
            longer.push((step, row));
            if there {
                return longer;
            }
            ways.push_back(longer);
        }
    }
    Vec::new()
}

/// The refusal of a move that the state does not allow, or for which facts are missing.
fn refuse(step: &Move, state: &str, allowed: Vec<&str>, missing: Vec<String>) -> Error {
    let detail = if missing.is_empty() {
        let open = if allowed.is_empty() { "no move".to_owned() } else { allowed.join(", ") };
        format!("`{}` is not possible in the state `{state}`; possible: {open}", step.name)
    } else {
        format!("`{}` needs {}", step.name, missing.join(", "))
    };
    let allowed = allowed.into_iter().map(str::to_owned).collect();
    Error::IllegalMove { detail, allowed, missing }
}
