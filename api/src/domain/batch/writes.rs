//! What the items of a batch ask for, kind by kind.

use std::collections::{BTreeMap, BTreeSet};

use kernel::{
    Code, Error, KindDef, Result, Violation,
    input::{cut, did_you_mean, nearest},
    record::{Asked, Expected, Op, Outcome, OutcomeKind},
    unit::{Atomic, Unit},
};
use model::Write;
use serde_json::json;

use super::{BatchAtomic, BatchInput, BatchItemInput, BatchOp};
use crate::domain::{self, KINDS};

/// Member of an item that is wrong, with what is wrong.
type Fault = (&'static str, Code, String);

/// Operations of one kind, with their places in the batch.
struct Group {
    def: &'static KindDef,
    stage: Stage,
    places: Vec<usize>,
    ops: Vec<Op>,
}

/// What a batch asks for: a unit that loses a race runs it again.
pub(super) struct Writes {
    /// One group in a batch of one kind; else creations and edits of the kinds that others refer to first, then moves,
    /// and then deletions the other way round.
    groups: Vec<Group>,
    /// Items that ask for nothing that can be done, with what is wrong with each.
    refused: Vec<(usize, Vec<Violation>)>,
    atomic: Atomic,
}

impl Writes {
    /// Sorts the items of a batch of one kind, or of several.
    ///
    /// # Errors
    /// All that is wrong with items of an all-or-nothing batch that ask for nothing that can be done.
    pub(super) fn of(of: Option<&'static KindDef>, input: &BatchInput) -> Result<Self> {
        let atomic = if input.atomic == BatchAtomic::All { Atomic::All } else { Atomic::Each };
        let mut all = Self { groups: Vec::new(), refused: Vec::new(), atomic };
        let mut wrong = Vec::new();
        for (at, item) in input.items.iter().enumerate() {
            let mut faults = Vec::new();
            match kind(of, item) {
                Ok(def) => {
                    if let Some(op) = op(def, item, &mut faults).filter(|_| faults.is_empty()) {
                        all.add(def, (at, op), of.is_some());
                    }
                }
                Err(fault) => faults.push(fault),
            }
            wrong.extend(faults.into_iter().map(|fault| (at, fault)));
        }
        if atomic == Atomic::All && !wrong.is_empty() {
            let whole = |(at, (member, code, text)): (usize, Fault)| {
                Violation::new(format!("/items/{at}/{member}"), code, text)
            };
            return Err(Error::Invalid(wrong.into_iter().map(whole).collect()));
        }
        for (at, (member, code, text)) in wrong {
            let fault = Violation::new(format!("/{member}"), code, text);
            match all.refused.last_mut() {
                Some((last, faults)) if *last == at => faults.push(fault),
                _ => all.refused.push((at, vec![fault])),
            }
        }
        all.groups.sort_by_key(Group::turn);
        Ok(all)
    }

    /// Whether items build on what others of the batch do, so that it can only be judged by doing it: they refer to new
    /// records of other kinds, or make moves for which others bring the facts.
    pub(super) fn builds_on_itself(&self) -> bool {
        self.groups.len() > 1
            || self.groups.iter().any(|group| group.ops.iter().any(|op| moves(group.def, op)))
    }

    fn add(&mut self, def: &'static KindDef, (at, op): (usize, Op), is_of_one_kind: bool) {
        let stage = if is_of_one_kind { Stage::Content } else { Stage::of(&op) };
        let is_here = |group: &&mut Group| (group.def.name, group.stage) == (def.name, stage);
        match self.groups.iter_mut().find(is_here) {
            Some(group) => {
                group.places.push(at);
                group.ops.push(op);
            }
            None => self.groups.push(Group { def, stage, places: vec![at], ops: vec![op] }),
        }
    }

    /// Applies all of it, and answers each item in the order of the batch.
    ///
    /// # Errors
    /// `Rejected` with all outcomes when an item of an all-or-nothing batch was refused.
    pub(super) async fn apply(&self, unit: &mut Unit) -> Result<Vec<Outcome>> {
        if let ([group], [], false) = (&self.groups[..], &self.refused[..], self.builds_on_itself()) {
            return unit.apply(group.def, group.ops.clone(), self.atomic).await;
        }
        let mut done: BTreeMap<usize, Outcome> =
            self.refused.iter().map(|(at, why)| (*at, refusal(why))).collect();
        unit.doom(self.groups.iter().flat_map(|group| &group.ops).filter_map(|op| match op {
            Op::Delete { id, .. } => Some(*id),
            _ => None,
        }));
        for group in &self.groups {
            // Each, so that what is wrong with the items of the other kinds is told as well.
            done.extend(group.apply(unit, |_| true).await?);
        }
        while self.try_again(unit, &mut done).await? {}
        let outcomes: Vec<Outcome> = done.into_values().collect();
        if self.atomic == Atomic::All && outcomes.iter().any(Outcome::is_rejected) {
            return Err(Error::Rejected(outcomes));
        }
        Ok(outcomes)
    }

    /// Makes the moves again for which facts were missing; answers whether one was made, which may be such a fact.
    async fn try_again(&self, unit: &mut Unit, done: &mut BTreeMap<usize, Outcome>) -> Result<bool> {
        let lacks = |one: &Outcome| matches!(&one.kind, OutcomeKind::Rejected(Error::IllegalMove { missing, .. }) if !missing.is_empty());
        let lacking: BTreeSet<usize> =
            done.iter().filter(|(_, outcome)| lacks(outcome)).map(|(at, _)| *at).collect();
        let mut is_any = false;
        for group in &self.groups {
            for (at, outcome) in group.apply(unit, |at| lacking.contains(&at)).await? {
                is_any |= !outcome.is_rejected();
                done.insert(at, outcome);
            }
        }
        Ok(is_any)
    }
}

impl Group {
    /// Applies its operations at some places, each for itself.
    async fn apply(
        &self,
        unit: &mut Unit,
        is_wanted: impl Fn(usize) -> bool,
    ) -> Result<Vec<(usize, Outcome)>> {
        let all = self.places.iter().zip(&self.ops).filter(|(at, _)| is_wanted(**at));
        let (places, ops): (Vec<usize>, Vec<Op>) = all.map(|(at, op)| (*at, op.clone())).unzip();
        if ops.is_empty() {
            return Ok(Vec::new());
        }
        unit.call_items(places.iter().map(|at| format!("`/items/{at}`")).collect());
        let outcomes = unit.apply(self.def, ops, Atomic::Each).await?;
        Ok(places.into_iter().zip(outcomes).collect())
    }

    /// Its place among the groups.
    fn turn(&self) -> (Stage, usize) {
        let at = KINDS.place(self.def);
        (self.stage, if self.stage == Stage::Deletions { KINDS.all().len() - at } else { at })
    }
}

/// When operations of several kinds are done.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Stage {
    /// Creations and edits.
    Content,
    /// Moves: they may need what was created.
    Moves,
    /// Deletions.
    Deletions,
}

impl Stage {
    const fn of(op: &Op) -> Self {
        match op {
            Op::Delete { .. } => Self::Deletions,
            Op::Move { .. } => Self::Moves,
            _ => Self::Content,
        }
    }
}

/// Whether an operation makes moves: as such, or as an upsert that names a state.
fn moves(def: &KindDef, op: &Op) -> bool {
    match op {
        Op::Move { .. } => true,
        Op::Upsert { fields, .. } => def.lifecycle.is_some_and(|cycle| fields.contains_key(cycle.state)),
        _ => false,
    }
}

/// The answer for an item that asks for nothing that can be done.
fn refusal(why: &[Violation]) -> Outcome {
    let kind = OutcomeKind::Rejected(Error::Invalid(why.to_vec()));
    Outcome { asked: Asked::default(), kind, id: None, version: None, before: None, row: None, shared: None }
}

impl BatchOp {
    /// Members an item of this sort must have besides `op`.
    const fn needs(self) -> &'static [&'static str] {
        match self {
            Self::Create => &["data"],
            Self::Update => &["id", "data"],
            Self::Upsert => &["source_system", "external_key", "data"],
            Self::Delete => &["id"],
            Self::Move => &["id", "verb"],
        }
    }

    /// Whether an item of this sort may have a member.
    fn takes(self, member: &str) -> bool {
        let besides: &[&str] = match self {
            Self::Create => &[],
            Self::Update | Self::Upsert | Self::Delete => &["version"],
            Self::Move => &["version", "data"],
        };
        self.needs().contains(&member) || besides.contains(&member)
    }
}

/// The kind that an item is of.
fn kind(of: Option<&'static KindDef>, item: &BatchItemInput) -> Result<&'static KindDef, Fault> {
    let fault = |code, text: &str| Err(("kind", code, text.to_owned()));
    match (of, item.kind.as_deref()) {
        (Some(def), None) => Ok(def),
        (Some(_), Some(_)) => fault(Code::UnknownMember, "the batch is of one kind: its address says which"),
        (None, None) => fault(Code::Required, "an item of a batch of several kinds says its `kind`"),
        (None, Some(name)) => KINDS.served_as(name).ok_or_else(|| {
            let near = did_you_mean(nearest(name, KINDS.served().map(|def| def.name)));
            ("kind", Code::NotInList, format!("there is no kind {}{near}", cut(&json!(name))))
        }),
    }
}

/// The operation an item asks for; members that are missing, or that it does not take, are faults.
fn op(def: &'static KindDef, item: &BatchItemInput, faults: &mut Vec<Fault>) -> Option<Op> {
    let given = [
        ("id", item.id.is_some()),
        ("source_system", item.source_system.is_some()),
        ("external_key", item.external_key.is_some()),
        ("version", item.version.is_some()),
        ("verb", item.verb.is_some()),
        ("data", item.data.is_some()),
    ];
    for (member, is_given) in given {
        match (is_given, item.op.takes(member)) {
            (true, false) => {
                faults.push((member, Code::UnknownMember, format!("this operation takes no `{member}`")));
            }
            (false, true) if item.op.needs().contains(&member) => {
                faults.push((member, Code::Required, format!("this operation needs `{member}`")));
            }
            _ => {}
        }
    }
    let needs: &[Write] = match item.op {
        BatchOp::Create => &[Write::Create],
        BatchOp::Update => &[Write::Update],
        BatchOp::Upsert => &[Write::Create, Write::Update],
        BatchOp::Delete => &[Write::Delete],
        BatchOp::Move => &[],
    };
    if !needs.iter().all(|write| def.declared.takes(*write)) {
        faults.push(("op", Code::NotInList, format!("{} takes no such operation", def.declared.one())));
    }
    let fields = || item.data.as_ref().and_then(|data| data.0.as_object().cloned());
    Some(match item.op {
        BatchOp::Create => Op::Create(fields()?),
        BatchOp::Update => Op::Update { id: item.id?, version: item.version, fields: fields()? },
        BatchOp::Upsert => Op::Upsert {
            source_system: item.source_system.clone()?,
            external_key: item.external_key.clone()?,
            expected: Expected::of(item.version),
            fields: fields()?,
        },
        BatchOp::Delete => Op::Delete { id: item.id?, version: item.version },
        BatchOp::Move => {
            let verb = item.verb.as_deref()?;
            let Some(step) = def.lifecycle.and_then(|cycle| cycle.find(verb)) else {
                let known = def.lifecycle.into_iter().flat_map(|cycle| cycle.moves).map(|step| step.name);
                let known: Vec<&str> = known.collect();
                let has = if known.is_empty() { "none".to_owned() } else { known.join(", ") };
                let text = format!("this is no move of {}; its moves are: {has}", def.declared.one());
                faults.push(("verb", Code::NotInList, text));
                return None;
            };
            domain::moves::op(def, step, (item.id?, item.version), &fields().unwrap_or_default())
        }
    })
}
