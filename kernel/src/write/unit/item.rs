//! One item of a batch on its way through the stages.

use serde_json::{Map, Value as Json};
use uuid::Uuid;

use crate::{
    actor::Actor,
    error::{Code, Error, Violation},
    input::unescape,
    policy::{Verb, is_inside, is_party, withhold},
    record::{Asked, Expected, KindDef, Op, Outcome, OutcomeKind},
    row::Row,
    scalar::SharedWith,
    shared_sets::Members,
    spelling,
};

/// Which operation an item is, without its data.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Operation {
    Create,
    Update,
    Upsert,
    Delete,
    Move,
}

/// One item of a batch; a kind's hooks may read all of it, change `after` and reject it.
#[derive(Debug)]
pub struct Item {
    pub(super) operation: Operation,
    /// What is done to the record.
    pub verb: Verb,
    /// What the policy is asked.
    pub authority: Verb,
    /// The record; a new id for a creation.
    pub id: Option<Uuid>,
    pub(super) version: Option<i32>,
    pub(super) expected: Expected,
    pub(super) key: Option<(String, String)>,
    /// The fields that were given, in wire form.
    pub fields: Map<String, Json>,
    /// The row as stored, none for a creation.
    pub before: Option<Row>,
    /// The row as it shall be.
    pub after: Row,
    pub(super) faults: Vec<Violation>,
    /// The state an upsert names of a record that is there.
    pub(crate) wanted_state: Option<String>,
    rejected: Option<Error>,
    /// Whether it was refused for its shape; what could be read of it is judged nevertheless.
    is_misshapen: bool,
    pub(super) is_unchanged: bool,
    /// How a record is kept whose next edition is written.
    pub(super) kept: Option<super::editions::Kept>,
    /// Number of the edition that a new record is made in, beside the one in force.
    pub(super) edition: Option<i32>,
    /// The row as it shall be, where our own code has made it.
    pub(super) put: Option<Box<Row>>,
    /// The row as it was, where the record was deleted and is brought back.
    pub(super) restored: Option<Box<Row>>,
    pub(super) shared: Option<Members>,
    /// Of a new comment: the releases by which its author, who is outside the owner, reads the record and comments.
    pub(super) commented: Option<Uuid>,
    /// What a kind's first stage keeps for its last one.
    pub note: Option<String>,
    /// Columns of a new row that a kind's first stage has settled.
    pub preset: Vec<(&'static str, sea_orm::Value)>,
}

impl Item {
    /// Refuses the item; the first refusal counts.
    pub fn reject(&mut self, error: Error) {
        if self.rejected.is_none() {
            self.rejected = Some(error);
        }
    }

    /// Adds a violation of a rule; all of one item are answered together.
    pub fn fault(&mut self, pointer: &str, code: Code, detail: impl Into<String>) {
        self.faults.push(Violation::new(pointer, code, detail));
    }

    /// Whether something is known to be wrong there.
    #[must_use]
    pub fn has_fault_at(&self, pointer: &str) -> bool {
        self.faults.iter().any(|fault| fault.pointer == pointer)
    }

    /// Whether rules are known to be broken.
    #[must_use]
    pub const fn has_faults(&self) -> bool {
        !self.faults.is_empty()
    }

    /// Whether the item was refused.
    #[must_use]
    pub const fn is_rejected(&self) -> bool {
        self.rejected.is_some()
    }

    /// Whether the item makes a record.
    #[must_use]
    pub const fn is_new(&self) -> bool {
        self.before.is_none()
    }

    /// Whether the item deletes its record.
    #[must_use]
    pub fn is_deletion(&self) -> bool {
        self.operation == Operation::Delete
    }

    /// Whether the item is a move.
    #[must_use]
    pub fn is_move(&self) -> bool {
        self.operation == Operation::Move
    }

    /// Whether a column differs before and after; everything given differs for a creation.
    #[must_use]
    pub fn changes(&self, column: &str) -> bool {
        self.before.as_ref().is_none_or(|before| before.get(column) != self.after.get(column))
    }

    /// Whether more may be found out about the item: it was not refused, or for its shape only.
    #[must_use]
    pub const fn is_readable(&self) -> bool {
        self.rejected.is_none() || self.is_misshapen
    }

    /// Refuses an item that breaks the schema, and takes out what breaks it, so that the rest can be looked up.
    fn drop_unreadable(&mut self) {
        if self.faults.is_empty() {
            return;
        }
        let mut fields = Json::Object(std::mem::take(&mut self.fields));
        for fault in &self.faults {
            let Some((above, last)) = fault.pointer.rsplit_once('/') else { continue };
            match fields.pointer_mut(above) {
                Some(Json::Object(members)) => {
                    drop(members.remove(&unescape(last)));
                }
                // Items of a list keep their places.
                Some(Json::Array(_)) => {
                    if let Some(value) = fields.pointer_mut(&fault.pointer) {
                        *value = Json::Null;
                    }
                }
                _ => {}
            }
            if ["/source_system", "/external_key"].contains(&fault.pointer.as_str()) {
                self.key = None;
            }
        }
        if let Json::Object(fields) = fields {
            self.fields = fields;
        }
        self.settle();
        self.is_misshapen = true;
    }

    /// Adds what was found out about an item that breaks the schema, but for places that are told already.
    pub(super) fn tell_more(&mut self) {
        let found = std::mem::take(&mut self.faults);
        if let Some(Error::Invalid(told)) = &mut self.rejected {
            let is_new = |fault: &Violation| !told.iter().any(|one| overlap(&one.pointer, &fault.pointer));
            let more: Vec<Violation> = found.into_iter().filter(is_new).collect();
            told.extend(more);
            told.sort_by(|a, b| a.pointer.cmp(&b.pointer));
        }
        self.is_misshapen = false;
    }

    /// Turns collected faults into a refusal.
    pub(super) fn settle(&mut self) {
        if !self.faults.is_empty() {
            let mut faults = std::mem::take(&mut self.faults);
            faults.sort_by(|a, b| a.pointer.cmp(&b.pointer));
            self.reject(Error::Invalid(faults));
        }
    }
}

/// Makes items of operations and holds their fields against the published schema.
pub(super) fn shape(def: &'static KindDef, ops: Vec<Op>) -> Vec<Item> {
    ops.into_iter().map(|op| one(def, op)).collect()
}

fn one(def: &'static KindDef, op: Op) -> Item {
    let (op, faults) = match op {
        Op::Faulty(op, faults) => (*op, faults),
        op => (op, Vec::new()),
    };
    let known: Vec<String> = faults.iter().map(|fault| fault.pointer.clone()).collect();
    let mut item = Item {
        operation: Operation::Create,
        verb: Verb::Create,
        authority: Verb::Create,
        id: None,
        version: None,
        expected: Expected::Anything,
        key: None,
        fields: Map::new(),
        before: None,
        after: Row::empty(def),
        faults,
        wanted_state: None,
        rejected: None,
        is_misshapen: false,
        is_unchanged: false,
        kept: None,
        edition: None,
        put: None,
        restored: None,
        shared: None,
        commented: None,
        note: None,
        preset: Vec::new(),
    };
    let mut schema = None;
    match op {
        Op::Create(fields) => {
            schema = Some(&def.schemas.new);
            item.fields = fields;
        }
        Op::Update { id, version, fields } => {
            schema = Some(&def.schemas.patch);
            (item.operation, item.verb, item.authority) = (Operation::Update, Verb::Update, Verb::Update);
            (item.id, item.version, item.fields) = (Some(id), version, fields);
        }
        Op::Upsert { source_system, external_key, expected, mut fields } => {
            schema = Some(&def.schemas.new);
            (item.operation, item.expected) = (Operation::Upsert, expected);
            let (source_system, external_key) = (spelling::key(&source_system), spelling::key(&external_key));
            def.schemas.new.spell(&mut fields);
            for (name, part) in [("source_system", &source_system), ("external_key", &external_key)] {
                let given = fields.insert(name.into(), Json::String(part.clone()));
                if given.is_some_and(|given| !given.is_null() && given != **part) {
                    let detail = format!("`{name}` is {part:?} here: leave it out, or say the same");
                    item.fault(&format!("/{name}"), Code::RuleBroken, detail);
                }
            }
            item.key = Some((source_system, external_key));
            item.fields = fields;
        }
        Op::Amend { id, expected, fields } => {
            schema = Some(&def.schemas.new);
            (item.operation, item.expected) = (Operation::Upsert, expected);
            (item.id, item.fields) = (Some(id), fields);
            (item.verb, item.authority) = (Verb::Update, Verb::Update);
        }
        Op::Make(row) => {
            item.id = row.uuid("id");
            let given = def.columns.iter().filter(|column| !row.is_null(column.name));
            item.preset = given.map(|column| (column.name, row.get(column.name).clone())).collect();
        }
        Op::Put(row) => {
            (item.operation, item.verb, item.authority) = (Operation::Update, Verb::Update, Verb::Update);
            (item.id, item.version, item.put) = (Some(row.id()), Some(row.version()), Some(row));
        }
        Op::Restore(row) => (item.id, item.restored) = (Some(row.id()), Some(row)),
        Op::Delete { id, version } => {
            (item.operation, item.verb, item.authority) = (Operation::Delete, Verb::Delete, Verb::Delete);
            (item.id, item.version) = (Some(id), version);
        }
        Op::Move { id, version, verb, authority, set, faults } => {
            item.faults = faults;
            item.settle();
            (item.operation, item.verb, item.authority) = (Operation::Move, verb, authority);
            (item.id, item.version, item.fields) = (Some(id), version, set);
        }
        // Was taken apart above.
        Op::Faulty(..) => {}
    }
    if let Some(schema) = schema {
        schema.spell(&mut item.fields);
        let fields = Json::Object(std::mem::take(&mut item.fields));
        let mut broken = schema.violations(&fields, "");
        if item.operation == Operation::Upsert && item.id.is_some() {
            // What a new record must have, the one that is there has.
            broken.retain(|fault| fault.code != Code::Required || fault.pointer.matches('/').count() > 1);
        }
        // What could not be read is not missing.
        broken.retain(|fault| !known.iter().any(|known| overlap(known, &fault.pointer)));
        item.faults.extend(broken);
        if let Json::Object(fields) = fields {
            item.fields = fields;
        }
        item.drop_unreadable();
    }
    item.settle();
    item
}

/// Whether one pointer leads into what the other leads to.
fn overlap(one: &str, other: &str) -> bool {
    let within = |part: &str, whole: &str| {
        part.strip_prefix(whole).is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
    };
    within(one, other) || within(other, one)
}

/// The version given, then equal (428, 412).
pub(super) fn check_versions(actor: &Actor, def: &KindDef, items: &mut [Item]) {
    for item in items.iter_mut().filter(|item| item.operation != Operation::Create) {
        let given = match (item.operation, item.expected, item.is_new()) {
            (Operation::Upsert, Expected::Anything, _)
            | (Operation::Upsert, Expected::New, true)
            | (Operation::Upsert, Expected::Existing, false) => continue,
            (Operation::Upsert, Expected::New, false) => {
                let why = "there is a record with this key; send the version you read to edit it";
                item.reject(Error::Conflict(Code::AlreadyExists, why.into()));
                continue;
            }
            (Operation::Upsert, Expected::Existing | Expected::Version(_), true) => {
                let why = "no record with this key is visible to you; send no version to make it";
                item.reject(Error::Conflict(Code::StaleVersion, why.into()));
                continue;
            }
            (Operation::Upsert, Expected::Version(version), false) => Some(version),
            _ => item.version,
        };
        let Some(current) = item.before.as_ref().map(Row::version) else { continue };
        let shown = item.before.as_ref().is_some_and(|row| is_inside(actor, def, row.owner()));
        match given {
            None => item.reject(Error::VersionRequired),
            Some(given) if given != current => {
                item.reject(Error::StaleVersion { current: shown.then_some(current) });
            }
            Some(_) => {}
        }
    }
}

/// What each item came to, as the caller sees it.
pub(super) fn outcomes(actor: &Actor, items: Vec<Item>) -> Vec<Outcome> {
    items
        .into_iter()
        .map(|mut item| {
            item.before.iter_mut().chain([&mut item.after]).for_each(|row| withhold(actor, row));
            let kind = match (item.rejected, item.operation) {
                (Some(error), _) => OutcomeKind::Rejected(error),
                (None, Operation::Delete) => OutcomeKind::Deleted,
                (None, _) if item.is_unchanged => OutcomeKind::Unchanged,
                (None, _) if item.before.is_none() => OutcomeKind::Created,
                (None, _) => OutcomeKind::Updated,
            };
            let is_rejected = matches!(kind, OutcomeKind::Rejected(_));
            let gone = is_rejected || item.operation == Operation::Delete;
            let row = &item.after;
            let is_told =
                actor.is_system() || is_inside(actor, row.def(), row.owner()) || is_party(actor, row);
            Outcome {
                asked: Asked::default(),
                id: if is_rejected { item.id } else { Some(item.after.id()).filter(|_| !gone).or(item.id) },
                version: (!gone && (is_told || !item.is_unchanged)).then(|| item.after.version()),
                before: item.before,
                row: (!gone).then_some(item.after),
                shared: item.shared.map(SharedWith::from),
                kind,
            }
        })
        .collect()
}
