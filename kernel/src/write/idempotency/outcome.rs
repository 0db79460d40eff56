//! What is kept of a unit's outcome, and the outcome made from it again.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::{
    change,
    ctx::Ctx,
    error::{Code, Error, Result, Violation},
    record::{Asked, Outcome, OutcomeKind},
    row::Row,
};

/// What a unit answers, where it can be kept and told again.
pub trait Repeatable: Sized {
    /// What is kept of it.
    fn kept(&self) -> Vec<Kept>;

    /// The same answer, made from what is stored and visible now.
    ///
    /// # Errors
    /// `NotFound` where the one record it is about is gone or hidden.
    fn from_kept(outcomes: Vec<Outcome>) -> Result<Self>;
}

impl Repeatable for () {
    fn kept(&self) -> Vec<Kept> {
        Vec::new()
    }

    fn from_kept(_: Vec<Outcome>) -> Result<Self> {
        Ok(())
    }
}

impl Repeatable for Row {
    fn kept(&self) -> Vec<Kept> {
        vec![Kept::written(Ending::Updated, self)]
    }

    fn from_kept(outcomes: Vec<Outcome>) -> Result<Self> {
        Outcome::from_kept(outcomes)?.row.ok_or(Error::NotFound)
    }
}

impl Repeatable for Outcome {
    fn kept(&self) -> Vec<Kept> {
        vec![Kept::of(self)]
    }

    fn from_kept(outcomes: Vec<Outcome>) -> Result<Self> {
        let one = outcomes.into_iter().next().ok_or(Error::NotFound)?;
        let is_gone = one.row.is_none() && !matches!(one.kind, OutcomeKind::Deleted);
        if is_gone { Err(Error::NotFound) } else { Ok(one) }
    }
}

impl Repeatable for Vec<Outcome> {
    fn kept(&self) -> Vec<Kept> {
        self.iter().map(Kept::of).collect()
    }

    fn from_kept(outcomes: Vec<Outcome>) -> Result<Self> {
        Ok(outcomes)
    }
}

/// How an item ended, without what it was about.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
enum Ending {
    Created,
    Updated,
    Unchanged,
    Deleted,
    Rejected,
}

/// What is kept of one outcome: which record in which version, or why not.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Kept {
    result: Ending,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    record: Option<State>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    refusal: Option<Refusal>,
}

/// One version of a record.
#[derive(Clone, Debug, Serialize, Deserialize)]
struct State {
    kind: String,
    id: Uuid,
    version: i32,
}

/// Why an item was refused.
#[derive(Clone, Debug, Serialize, Deserialize)]
struct Refusal {
    id: Option<Uuid>,
    code: Code,
    detail: String,
    violations: Vec<Violation>,
}

impl Kept {
    fn of(outcome: &Outcome) -> Self {
        let result = match &outcome.kind {
            OutcomeKind::Created => Ending::Created,
            OutcomeKind::Updated => Ending::Updated,
            OutcomeKind::Unchanged => Ending::Unchanged,
            OutcomeKind::Deleted => Ending::Deleted,
            OutcomeKind::Rejected(error) => return Self::refused(outcome.id, error),
        };
        match outcome.row.as_ref().or(outcome.before.as_ref()) {
            Some(row) => Self::written(result, row),
            None => Self { result, record: None, refusal: None },
        }
    }

    fn written(result: Ending, row: &Row) -> Self {
        let record = State { kind: row.def().name.into(), id: row.id(), version: row.version() };
        Self { result, record: Some(record), refusal: None }
    }

    fn refused(id: Option<Uuid>, error: &Error) -> Self {
        let (code, detail) = (error.code(), error.detail());
        let refusal = Refusal { id, code, detail, violations: error.violations().to_vec() };
        Self { result: Ending::Rejected, record: None, refusal: Some(refusal) }
    }

    /// The versions that telling this again takes: the one written, and the one before an edit.
    fn versions(&self) -> impl Iterator<Item = (&str, (Uuid, i32))> {
        let earlier = match self.result {
            Ending::Created | Ending::Unchanged => Some(0),
            Ending::Updated => Some(1),
            Ending::Deleted | Ending::Rejected => None,
        };
        let state = self.record.as_ref().zip(earlier);
        state.into_iter().flat_map(|(state, earlier)| {
            (0..=earlier).map(|back| (state.kind.as_str(), (state.id, state.version - back)))
        })
    }

    fn outcome(self, ctx: &Ctx, rows: &HashMap<(Uuid, i32), Row>) -> Outcome {
        let kind = match self.result {
            Ending::Created => OutcomeKind::Created,
            Ending::Updated => OutcomeKind::Updated,
            Ending::Unchanged => OutcomeKind::Unchanged,
            Ending::Deleted => OutcomeKind::Deleted,
            Ending::Rejected => OutcomeKind::Rejected(self.refusal.as_ref().map_or(Error::NotFound, again)),
        };
        let refused = self.refusal.and_then(|refusal| refusal.id);
        let Some(state) = self.record else {
            return Outcome {
                asked: Asked::default(),
                kind,
                id: refused,
                version: None,
                before: None,
                row: None,
                shared: None,
            };
        };
        let row = rows.get(&(state.id, state.version)).cloned();
        let before = match (&row, self.result) {
            (Some(row), Ending::Unchanged) => Some(row.clone()),
            (Some(_), Ending::Updated) => rows.get(&(state.id, state.version - 1)).cloned(),
            (Some(_), _) => None,
            // Nothing but what its caller was told: which record it was.
            (None, _) => ctx.kinds.get(&state.kind).map(|def| Row::known_by(def, state.id, state.version)),
        };
        let version = row.as_ref().map(Row::version);
        Outcome { asked: Asked::default(), kind, id: Some(state.id), version, before, row, shared: None }
    }
}

/// An error that is answered as the first one was.
fn again(refusal: &Refusal) -> Error {
    if refusal.violations.is_empty() {
        Error::Conflict(refusal.code, refusal.detail.clone())
    } else {
        Error::Invalid(refusal.violations.clone())
    }
}

/// The outcomes that were kept, with their records in the versions of then, as far as they are visible now.
///
/// # Errors
/// What the database says.
pub(crate) async fn outcomes(ctx: &Ctx, kept: Vec<Kept>) -> Result<Vec<Outcome>> {
    let mut wanted: BTreeMap<&str, BTreeSet<(Uuid, i32)>> = BTreeMap::new();
    for (kind, version) in kept.iter().flat_map(Kept::versions) {
        wanted.entry(kind).or_default().insert(version);
    }
    let mut rows = HashMap::new();
    for (kind, versions) in wanted {
        if let Some(def) = ctx.kinds.get(kind) {
            rows.extend(change::versions(ctx, def, &versions).await?);
        }
    }
    Ok(kept.into_iter().map(|one| one.outcome(ctx, &rows)).collect())
}
