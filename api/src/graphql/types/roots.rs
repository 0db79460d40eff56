//! The fields of queries and mutations.

use async_graphql::registry::{MetaField, MetaInputValue};
use entity::vocab::Consent;
use kernel::KindDef;

use super::{
    Does, PlanRead, Read, Types, Write, analytics, bundles,
    entry::{field, input, with_arguments, with_default},
    flat, imports,
    kind::list_arguments,
    moves::input_name,
    snapshots, treaties, webhooks,
};
use crate::{
    domain::KINDS,
    graphql::names::{camel, capital},
};

impl Types<'_> {
    /// Both roots.
    pub(super) fn roots(&mut self) {
        let mut reads = common_reads();
        let mut writes = common_writes();
        writes.extend(imports::writes());
        writes.extend(snapshots::writes());
        writes.extend(bundles::writes());
        writes.extend(webhooks::writes());
        for def in KINDS.served() {
            reads.extend(kind_reads(def));
            writes.extend(kind_writes(def));
            writes.extend(move_writes(def));
        }
        let fields = reads.into_iter().map(|(field, read)| (field, Does::Read(read))).collect();
        self.object("Query", "Everything that can be read.", fields);
        let fields = writes.into_iter().map(|(field, write)| (field, Does::Write(write))).collect();
        let text =
            "Everything that can be written; root fields run in order, each in a transaction of its own.";
        self.object("Mutation", text, fields);
    }
}

fn common_reads() -> Vec<(MetaField, Read)> {
    let node = field("node", "Any record by its id; null if the caller may not see it.", "Node");
    let node = with_arguments(node, vec![input("id", "Id of the record.", "ID!")]);
    let text = "Records by their ids, in the same order; null for those the caller may not see.";
    let ids = input("ids", "Ids of the records, in the order of the answer.", "[ID!]!");
    let nodes = with_arguments(field("nodes", text, "[Node]!"), vec![ids]);
    let text = "The caller: account, grants, and what may be created; null for anonymous callers.";
    let me = field("me", text, "Me");
    let text = "Everything that is kept of a person, for itself and the operator; null if the caller may not see the account.";
    let export = field("userExport", text, "PersonExport");
    let export = with_arguments(export, vec![input("id", "Id of the user.", "ID!")]);
    let text = "Every code of every closed list, with its labels.";
    let terms = field("vocabularies", text, "[Term!]!");
    vec![
        (node, Read::Node),
        (nodes, Read::Nodes),
        (me, Read::Me),
        (export, Read::Export),
        (terms, Read::Vocabularies),
        (document(), Read::Document),
        (preview(), Read::ReleasePreview),
        (proposal(), Read::PlanProposal),
        (of_plan("planProgress", PROGRESS, "PlanProgress"), Read::PlanProgress),
        (of_plan("planFunding", FUNDING, "PlanFunding"), Read::PlanFunding),
        (of_plan("planConsultation", CONSULTATION, "PlanConsultation"), Read::PlanConsultation),
        (of_plan("planRollUp", ROLL_UP, "PlanRollUp"), Read::PlanRollUp),
        (region_gaps(), Read::RegionGaps),
        (treaties::country_due(), Read::CountryDue),
        (treaties::calendar_entries(), Read::CalendarEntries),
        (treaties::commitment_series(), Read::CommitmentSeries),
        (treaties::simulation(), Read::Simulation),
        (treaties::matrix(), Read::ParticipationMatrix),
        (treaties::standing(), Read::ParticipationStanding),
        (changes(), Read::Changes),
        (history(), Read::History),
        (explanation(), Read::Explain),
        (reads(), Read::Reads),
        (trend(), Read::RiskTrend),
        (ranking(), Read::PriorityRanking),
    ]
    .into_iter()
    .chain(plan_reads())
    .chain(treaties::reads())
    .chain(imports::reads())
    .chain(snapshots::reads())
    .chain(analytics::reads())
    .chain(flat::reads())
    .chain(bundles::reads())
    .chain(webhooks::reads())
    .collect()
}

/// Plans in their editions; the answers are those of the REST face.
fn plan_reads() -> Vec<(MetaField, Read)> {
    let id = || input("id", "Id of the plan.", "ID!");
    let number = || input("number", "Number of the edition.", "Int!");
    let made = |name, text, arguments, read| {
        (with_arguments(field(name, text, "JSON"), arguments), Read::Plan(read))
    };
    let text = "A plan with its pillars, objectives and actions, in an edition or at a time; null if the caller may not see it.";
    let tree = made("planTree", text, [vec![id()], states()].concat(), PlanRead::Tree);
    let text = "The editions of a plan: those adopted before, the one in force, the one that is worked on.";
    let editions = made("planEditions", text, vec![id()], PlanRead::Editions);
    let text = "The content of an adopted edition as it was frozen, as far as the caller may see it, with what proves it.";
    let frozen = made("planEdition", text, vec![id(), number()], PlanRead::Frozen);
    let text = "Whether the content of an adopted edition is what was adopted: its hashes reckoned anew.";
    let verify = made("planEditionProof", text, vec![id(), number()], PlanRead::Verify);
    let sides = vec![
        id(),
        input("from", "Edition to begin with: `in_force` (the default), `working`, or a number.", "String"),
        input(
            "to",
            "Edition to compare it with: `working` (the default), `in_force`, or a number.",
            "String",
        ),
    ];
    let text =
        "What was added, removed, moved and changed from one edition of a plan to another, field by field.";
    let diff = made("planDiff", text, sides, PlanRead::Diff);
    let text = "The actions of a plan as activities in the manner of IATI 2.03, in the form that REST publishes as `IatiActivities`; null if \
                the caller may not see the plan.";
    let iati = made("planIati", text, vec![id()], PlanRead::Iati);
    vec![tree, editions, frozen, verify, diff, iati]
}

/// Which state of a plan is read.
fn states() -> Vec<MetaInputValue> {
    let edition = "Edition to read: `in_force` (the default), `working`, or a number.";
    let as_of = "State to read: a day, which means its end in UTC, or an instant.";
    vec![input("edition", edition, "String"), input("asOf", as_of, "String")]
}

/// Which edition is written.
fn written() -> MetaInputValue {
    input(
        "edition",
        "Edition to write: `working`, beside the one in force; without it what is in force.",
        "String",
    )
}

const PROGRESS: &str = "How far a plan is, over the actions and tasks that the caller may see: the whole, by pillar, \
                        objective, lead agency and hazard domain; null if the caller may not see the plan.";
const FUNDING: &str = "What a plan needs and what pays for it, as far as the caller may see it, each currency for \
                       itself; null if the caller may not see the plan.";

const CONSULTATION: &str = "Open comments on a plan and its content, how many were settled, and the actions that close no gap or \
                            reduce no risk; null if the caller may not see the plan.";
const ROLL_UP: &str = "What a regional plan comes to, over records that countries have released to the region and that the \
                       caller may see; null if the caller may not see the plan.";

fn region_gaps() -> MetaField {
    let text = "Gaps by area of capability that member countries have released to a region and that the caller may see; null \
                if there is no such region.";
    with_arguments(
        field("regionGaps", text, "RegionGaps"),
        vec![input("code", "Code of the region, or its id.", "String!")],
    )
}

/// Figures of a plan.
fn of_plan(name: &str, text: &str, gives: &str) -> MetaField {
    with_arguments(field(name, text, gives), vec![input("id", "Id of the plan.", "ID!")])
}

fn document() -> MetaField {
    let text = "A plan as a document, as far as the caller may see it, in its first language that is English, Russian, Kyrgyz or \
                French; null if the caller may not see the plan.";
    let arguments = [vec![input("id", "Id of the plan.", "ID!")], states()].concat();
    with_arguments(field("planDocument", text, "PlanDocument"), arguments)
}

fn preview() -> MetaField {
    let text = "What each audience would see by a release that it does not see now; nothing is written.";
    let input = input("input", "The release.", "NewRelease!");
    with_arguments(field("releasePreview", text, "ReleasePreview!"), vec![input])
}

fn proposal() -> MetaField {
    let text = "A plan that is proposed for the open gaps of a validated or closed assessment, from the built-in template; nothing \
                is written, and it binds nobody. Null if the caller may not see the assessment.";
    let arguments = vec![
        input("assessment", "Id of the assessment.", "ID!"),
        input("plan", "Plan that the proposal is to be added to; without it a new plan is proposed.", "ID"),
    ];
    with_arguments(field("planProposal", text, "PlanProposal"), arguments)
}

fn explanation() -> MetaField {
    let text = "Whether the caller may do something to a record it sees, by which rule, and which grant or release decides; null \
                if the caller may not see the record. Of a move it tells the right, whatever the record's state.";
    let arguments = vec![
        input("kind", "Kind of the record, such as `task`.", "String!"),
        input("id", "Id of the record, or its code where codes address the kind.", "ID!"),
        input("verb", "What somebody may want to do to it.", "Verb!"),
    ];
    with_arguments(field("accessExplain", text, "Explanation"), arguments)
}

fn trend() -> MetaField {
    let text = "How likelihood and impact of a risk have changed, as far as the caller may see it; null if it may not see the risk.";
    let id = input("id", "Id of the risk.", "ID!");
    with_arguments(field("riskTrend", text, "RiskTrend"), vec![id])
}

fn ranking() -> MetaField {
    let text =
        "The priorities of a method that the caller sees, in their order; null if it may not see the method.";
    let id = input("id", "Id of the method.", "ID!");
    with_arguments(field("priorityRanking", text, "Ranking"), vec![id])
}

fn history() -> MetaField {
    let text = "Past states of a record, oldest first, as far as the caller may see them; of a deleted one too. Null if the \
                caller may not see it, or might not when it was deleted.";
    let arguments = vec![
        input("id", "Id of the record.", "ID!"),
        with_default(input("first", "How many, 1 to 200.", "Int!"), "20"),
        input("after", "Cursor to go on after.", "String"),
    ];
    with_arguments(field("history", text, "HistoryEntryConnection"), arguments)
}

fn reads() -> MetaField {
    let text = "Reads of the records of the caller's country that leave a trace, newest first; for focal points. Each reader has one \
                for each kind and reason in a minute.";
    let arguments = vec![
        input("kind", "Kind of the records that were read, such as `task`.", "String"),
        input("from", "Reads from this instant on.", "DateTime"),
        input("until", "Reads before this instant.", "DateTime"),
        with_default(input("first", "How many, 1 to 200.", "Int!"), "20"),
        input("after", "Cursor to go on after.", "String"),
    ];
    with_arguments(field("auditReads", text, "ReadTraceConnection"), arguments)
}

fn changes() -> MetaField {
    let text = "What became of the records the caller sees, oldest change first, each as it is now.\n\n\
                Applying every change gives what the lists give.";
    let after = "Cursor to go on after, or `now`; without it every record the caller sees is told.";
    let kinds = "Kinds of records, such as `task`; all kinds without it.";
    let arguments = vec![
        input("after", after, "String"),
        input("kinds", kinds, "[String!]"),
        with_default(input("first", "How many changes, 1 to 200.", "Int!"), "20"),
    ];
    with_arguments(field("changes", text, "ChangePage!"), arguments)
}

fn common_writes() -> Vec<(MetaField, Write)> {
    let text = "Runs up to 1000 operations on records of several kinds, each of which says its `kind`.";
    let batch = write("recordsBatch", text, ("The operations.", "BatchInput"), "BatchResult");
    let offer = ("The grant that is offered.", "OfferInput");
    let text = "Brings a grant that is offered to the caller into force; further grants of its owner need no consent.";
    let accept = write("acceptGrant", text, offer, "GrantPayload");
    let text = "Refuses a grant that is offered to the caller; it never comes into force.";
    let decline = write("declineGrant", text, offer, "GrantPayload");
    let text = "Erases a person: the account stays under a pseudonym, everything else that was kept of it is destroyed.";
    let about = ("The account, the version that was read, and why.", "DestroyInput");
    let erase = write("eraseUser", text, about, "UserPayload");
    let text =
        "Opens the next edition of a plan in force; it is read and written with `edition: \"working\"`.";
    let open = field("openPlanEdition", text, "JSON!");
    let about = "The plan and the version that was read.";
    let open = with_arguments(open, vec![input("input", about, "DeleteInput!")]);
    let text = "Makes a new assessment from a validated or closed one, with a newer edition of its questionnaire or another one, \
                and carries over the answers that still fit.";
    let about = ("The assessment, and what it is renewed with.", "RenewAssessmentInput");
    let renew = write("renewAssessment", text, about, "AssessmentRenewal");
    let text = "Works out the commitments and deadlines that follow from a country's participation; the first time, for its focal \
                point, it begins that.";
    let compile = write("compileCommitments", text, ("For which country.", "CompileInput"), "Compiled");
    vec![
        (compile, Write::Compile),
        (open, Write::OpenEdition),
        (batch, Write::Batch(None)),
        (renew, Write::Renew),
        (erase, Write::Erase),
        (accept, Write::Reply(Consent::Accepted)),
        (decline, Write::Reply(Consent::Declined)),
    ]
}

fn kind_reads(def: &'static KindDef) -> Vec<(MetaField, Read)> {
    let (name, words) = (def.declared.type_name, def.declared.words());
    let text = "Id of the record, or its code where codes address the kind.";
    let address =
        if def.is_addressed_by_code() { input("code", text, "String!") } else { input("id", text, "ID!") };
    let mut arguments = vec![address];
    if def.is_of_editions() {
        arguments.extend(states());
    }
    let one = field(&camel(def.name), &format!("One {words}; null if the caller may not see it."), name);
    let text = format!("Records of the kind {words} that the caller may see.");
    let list = field(&camel(def.collection), &text, format!("{name}Connection!"));
    let text = format!("The {words} with an external key, within the owner the caller acts under.");
    let by_key = field(&format!("{}ByKey", camel(def.name)), &text, name);
    let key = vec![
        input("sourceSystem", "System the key belongs to.", "String!"),
        input("key", "The external key.", "String!"),
    ];
    vec![
        (with_arguments(one, arguments), Read::Get(def)),
        (with_arguments(list, list_arguments(name)), Read::List(def)),
        (with_arguments(by_key, key), Read::ByKey(def)),
    ]
}

/// A write with its input.
fn write(name: &str, text: &str, (about, ty): (&str, &str), gives: &str) -> MetaField {
    let made = field(name, text, format!("{gives}!"));
    with_arguments(made, vec![input("input", about, format!("{ty}!"))])
}

fn kind_writes(def: &'static KindDef) -> Vec<(MetaField, Write)> {
    let (name, words) = (def.declared.type_name, def.declared.words());
    let (new, payload) = (format!("New{name}"), format!("{name}Payload"));
    let text = format!("Creates one record of the kind {words}.");
    let create = write(&format!("create{name}"), &text, ("The record.", &new), &payload);
    let text = format!("Edits one record of the kind {words}: absent keeps, null clears.");
    let edit = format!("Update{name}Input");
    let about = "The record, the version that was read, and the changes.";
    let update = write(&format!("update{name}"), &text, (about, &edit), &payload);
    let text = format!("Deletes one record of the kind {words} with what stands below it.");
    let about = ("The record and the version that was read.", "DeleteInput");
    let delete = write(&format!("delete{name}"), &text, about, "DeletePayload");
    let text = format!("Creates the {words} with its external key, or edits it where it exists.");
    let mut upsert = write(&format!("upsert{name}"), &text, ("The record.", &new), &payload);
    let about = "Version that was read: an edit is made only where the record has it still. 0: only where there is none yet.";
    let expected = input("expectedVersion", about, "Int");
    upsert.args.insert(expected.name.clone(), expected);
    let text = format!("Runs up to 1000 operations on records of the kind {words}.");
    let many = format!("{}Batch", camel(def.collection));
    let batch = write(&many, &text, ("The operations.", "BatchInput"), "BatchResult");
    let takes = |write| def.declared.takes(write);
    let text = format!("Destroys one record of the kind {words}, entered by mistake, with its past.");
    let about = ("The record, the version that was read, and why.", "DestroyInput");
    let purge = write(&format!("purge{name}"), &text, about, "DeletePayload");
    let (mut create, mut update, mut delete, mut batch) = (create, update, delete, batch);
    if def.is_of_editions() {
        for made in [&mut create, &mut update, &mut delete, &mut upsert, &mut batch] {
            let edition = written();
            made.args.insert(edition.name.clone(), edition);
        }
    }
    let all = [
        (def.is_national(), purge, Write::Purge(def)),
        (takes(model::Write::Create), create, Write::Create(def)),
        (takes(model::Write::Update), update, Write::Update(def)),
        (takes(model::Write::Delete), delete, Write::Delete(def)),
        (def.declared.takes_upserts(), upsert, Write::Upsert(def)),
        (takes(model::Write::Create), batch, Write::Batch(Some(def))),
    ];
    all.into_iter().filter(|(is_there, ..)| *is_there).map(|(_, field, write)| (field, write)).collect()
}

fn move_writes(def: &'static KindDef) -> Vec<(MetaField, Write)> {
    let name = def.declared.type_name;
    let about = format!("The {}, the version that was read, and what the move takes.", def.declared.words());
    let moves = def.lifecycle.into_iter().flat_map(|cycle| cycle.moves);
    let made = moves.map(|step| {
        let field = format!("{}{}", camel(step.name), capital(name));
        let takes = input_name(def, step);
        let made = write(&field, step.doc, (&about, &takes), &format!("{name}Payload"));
        (made, Write::Move(def, step))
    });
    made.collect()
}
