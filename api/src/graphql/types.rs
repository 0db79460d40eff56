//! The types of the schema, made of the kinds' declarations and put into the library's registry by name.
//!
//! Each field says what resolves it in the line that describes it, so that the schema and the executor
//! cannot differ.

mod analytics;
mod bundles;
mod entry;
mod fixed;
mod flat;
mod imports;
mod inputs;
mod kind;
mod moves;
mod roots;
mod snapshots;
mod treaties;
mod webhooks;

pub(crate) use analytics::{Analytics, FigureCell, FigureFilterInput, FigureRow};
pub(crate) use bundles::BundleInput;
pub(crate) use flat::{FlatColumn, FlatRows};
pub(crate) use imports::{CommitImportInput, ImportInput, RevertImportInput};
pub(crate) use snapshots::SnapshotInput;
use std::collections::HashMap;
pub(crate) use webhooks::WebhookInput;

use async_graphql::registry::{MetaField, MetaType, Registry};
use entity::vocab::Consent;
use kernel::{
    KindDef,
    record::Many,
    schema::{verbs, vocabularies},
};
use model::Move;

use crate::domain::KINDS;

/// What resolves a field.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Does {
    /// The member of the same name in a JSON value.
    Member,
    /// A part of a record, by its place among the kind's.
    Part(usize),
    /// The record that a column refers to.
    One(&'static KindDef, &'static str),
    /// A page of the records that hang on the record.
    Many(&'static KindDef, &'static Many),
    /// A page of the record's history.
    History,
    /// The moves from the record's state.
    Moves,
    /// Whom the record is shared with.
    SharedWith,
    /// Kind and id of a record of any kind, in these columns.
    AnyRef(usize, usize),
    /// The record of a payload.
    Record,
    /// A part of a connection, an edge, or where the connection stands.
    Page(OfPage),
    /// A read at the root.
    Read(Read),
    /// A write at the root.
    Write(Write),
}

/// What resolves a field of a connection, of its edges, or of where it stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum OfPage {
    /// The edges.
    Edges,
    /// The records.
    Nodes,
    /// Where the connection stands.
    Info,
    /// How many there are altogether.
    Total,
    /// Cursor of an edge.
    Cursor,
    /// Record of an edge.
    Node,
    /// Whether records follow.
    HasNext,
    /// Whether records come before.
    HasPrevious,
    /// Cursor of the first record.
    Start,
    /// Cursor of the last record.
    End,
}

/// A read at the root.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Read {
    /// Any record by its id.
    Node,
    /// Any records by their ids.
    Nodes,
    /// The caller.
    Me,
    /// Everything that is kept of a person.
    Export,
    /// The closed lists.
    Vocabularies,
    /// A plan as a document.
    Document,
    /// What a release would show.
    ReleasePreview,
    /// A plan that is proposed from an assessment.
    PlanProposal,
    /// How far a plan is.
    PlanProgress,
    /// The money of a plan.
    PlanFunding,
    /// What is said of a plan, and what its actions lack.
    PlanConsultation,
    /// What a regional plan comes to.
    PlanRollUp,
    /// The gaps of a region by area.
    RegionGaps,
    /// What is due in a country.
    CountryDue,
    /// What a calendar shows.
    CalendarEntries,
    /// The series of a commitment.
    CommitmentSeries,
    /// What would fall due.
    Simulation,
    /// What a country has recorded about obligations.
    CountryCoverage,
    /// The register of a country's commitments.
    CountryCommitments,
    /// The 1540 matrix of a country.
    CountryMatrix1540,
    /// What answers the questions of a draft.
    ReportDraftAnswers,
    /// Facts of a country past their age limit.
    CountryStaleFacts,
    /// Countries by frameworks.
    ParticipationMatrix,
    /// How a country stands by a participation.
    ParticipationStanding,
    /// The feed.
    Changes,
    /// The history of any record by its id.
    History,
    /// Why the caller may do something, or may not.
    Explain,
    /// Who read the records of the caller's country.
    Reads,
    /// A plan, an edition of it, or what differs between two.
    Plan(PlanRead),
    /// How a risk has changed.
    RiskTrend,
    /// The order of the priorities of a method.
    PriorityRanking,
    /// Imports of the caller.
    Import(ImportRead),
    /// Figures of a list.
    Analytics,
    /// Figures of a list over time.
    AnalyticsSeries,
    /// A page of a flat view.
    FlatView,
    /// The cubes there are.
    Cubes,
    /// Figures of a cube.
    Cube,
    /// Bundles that the caller may know of.
    Bundles,
    /// A bundle that the caller may know of.
    Bundle,
    /// Snapshots of the caller.
    Snapshots,
    /// A snapshot of the caller.
    Snapshot,
    /// Webhooks of the caller.
    Webhooks,
    /// A webhook of the caller.
    Webhook,
    /// The last attempts of a webhook of the caller.
    WebhookAttempts,
    /// A record of a kind.
    Get(&'static KindDef),
    /// A list of a kind.
    List(&'static KindDef),
    /// A record of a kind by its external key.
    ByKey(&'static KindDef),
}

/// What is read of a plan and its editions.
#[derive(Clone, Copy, Debug)]
pub(crate) enum PlanRead {
    /// The plan with all its content.
    Tree,
    /// Which editions there are.
    Editions,
    /// What an edition froze.
    Frozen,
    /// Whether an edition is what was adopted.
    Verify,
    /// What differs between two editions.
    Diff,
    /// Its actions as activities in the manner of IATI.
    Iati,
}

/// A write at the root.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Write {
    /// Opens the next edition of a plan.
    OpenEdition,
    /// Creates a record.
    Create(&'static KindDef),
    /// Edits a record.
    Update(&'static KindDef),
    /// Deletes a record.
    Delete(&'static KindDef),
    /// Creates or edits a record by its external key.
    Upsert(&'static KindDef),
    /// Runs a batch, of one kind or of several.
    Batch(Option<&'static KindDef>),
    /// Makes a move.
    Move(&'static KindDef, &'static Move),
    /// Destroys a record with its past.
    Purge(&'static KindDef),
    /// Erases a person.
    Erase,
    /// Renews an assessment.
    Renew,
    /// Works out commitments and deadlines.
    Compile,
    /// Does something with an import.
    Import(ImportWrite),
    /// Ends a bundle that was received.
    WithdrawBundle,
    /// Asks for a snapshot.
    CreateSnapshot,
    /// Deletes a snapshot.
    DeleteSnapshot,
    /// Does something with a webhook.
    Webhook(WebhookWrite),
    /// Accepts or declines what is offered to the caller.
    Reply(Consent),
}

/// What is done with a webhook.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum WebhookWrite {
    /// Changes where it sends, and what.
    Update,
    /// Deletes it.
    Delete,
    /// Lets it send nothing.
    Pause,
    /// Lets it go on.
    Resume,
    /// Has a test message sent.
    Test,
}

/// What is read of imports.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum ImportRead {
    /// All of them.
    List,
    /// One.
    One,
    /// What became of its rows.
    Rows,
    /// Its refused rows.
    Errors,
}

/// What is done with an import.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum ImportWrite {
    /// What its dry run showed is done.
    Commit,
    /// It is cancelled.
    Cancel,
    /// It is taken back.
    Revert,
    /// Somebody else reviews it.
    Review,
}

/// What the registry does not keep: what resolves each field, and the wire form of closed lists.
#[derive(Debug, Default)]
pub(crate) struct Made {
    /// By type and field; a field that is not here is the member of the same name.
    pub(crate) does: HashMap<(String, String), Does>,
    /// By closed list and name; a name that is not here is written in small letters.
    pub(crate) wire: HashMap<(String, String), String>,
}

/// The registry while it is being filled.
struct Types<'a> {
    registry: &'a mut Registry,
    made: Made,
}

impl Types<'_> {
    fn put(&mut self, name: &str, ty: MetaType) {
        self.registry.types.insert(name.to_owned(), ty);
    }

    /// Puts an object, with what resolves each of its fields.
    fn object(&mut self, name: &str, text: &str, fields: Vec<(MetaField, Does)>) {
        let mut described = Vec::with_capacity(fields.len());
        for (field, does) in fields {
            self.made.does.insert((name.to_owned(), field.name.clone()), does);
            described.push(field);
        }
        self.put(name, entry::object(name, text, described));
    }

    /// Puts a closed list: name, what it means, wire form.
    fn list(&mut self, name: &str, text: &str, values: Vec<(String, String, String)>) {
        let mut shown = Vec::with_capacity(values.len());
        for (value, text, wire) in values {
            self.made.wire.insert((name.to_owned(), value.clone()), wire);
            shown.push((value, text));
        }
        self.put(name, entry::names(name, text, &shown));
    }

    fn lists(&mut self) {
        for list in vocabularies(&KINDS) {
            let value =
                |term: &model::Term| (term.code.to_uppercase(), term.doc.to_owned(), term.code.to_owned());
            self.list(list.name, list.doc, list.terms.iter().map(value).collect());
        }
        let all = verbs(&KINDS).into_iter().map(|(name, text)| (name.to_uppercase(), text, name.to_owned()));
        self.list("Verb", "What somebody may want to do to a record.", all.collect());
    }

    /// Gives every id the type `ID`: types by derive know the library's `UUID` only.
    fn ids(&mut self) {
        let rename = |ty: &mut String| *ty = ty.replace("UUID", "ID");
        for ty in self.registry.types.values_mut() {
            match ty {
                MetaType::Object { fields, .. } | MetaType::Interface { fields, .. } => {
                    for field in fields.values_mut() {
                        rename(&mut field.ty);
                        field.args.values_mut().for_each(|argument| rename(&mut argument.ty));
                    }
                }
                MetaType::InputObject { input_fields, .. } => {
                    input_fields.values_mut().for_each(|field| rename(&mut field.ty));
                }
                _ => {}
            }
        }
    }
}

/// Puts every type of queries and mutations into a registry.
pub(crate) fn put_all(registry: &mut Registry) -> Made {
    let mut types = Types { registry, made: Made::default() };
    types.lists();
    types.fixed();
    for def in KINDS.served() {
        types.kind(def);
        types.inputs(def);
        types.moves(def);
    }
    types.roots();
    types.ids();
    types.made
}
