//! The types that do not follow from kinds.

use async_graphql::{InputType, OutputType, registry::MetaField};
use kernel::{
    scalar::{Criterion, MappedColumn, MappedValue, Money, Score, SharedWith, SharedWithInput, Subject},
    schema::REFERENCE,
};

use super::{
    Does, OfPage, Types,
    entry::{field, input, interface, object, scalar},
};
use crate::domain::{
    KINDS,
    access::export::PersonExport,
    audit::ReadTrace,
    batch::{BatchInput, BatchResult},
    calendars::entries::CalendarEntries,
    delivery::{funding::PlanFunding, progress::PlanProgress},
    exchange::changes::ChangePage,
    history::HistoryEntry,
    needs::{
        proposal::PlanProposal,
        renewal::{AnswerNotCarried, CarriedAnswer},
    },
    plans::consultation::PlanConsultation,
    regional::{gaps::RegionGaps, roll_up::PlanRollUp},
    risks::{ranking::Ranking, trend::RiskTrend},
    sharing::preview::ReleasePreview,
    treaties::{
        answers::ReportAnswers,
        compile::{CompileInput, Compiled},
        coverage::CountryCoverage,
        due::CountryDue,
        matrix::Matrix1540,
        register::{CommitmentRegister, CommitmentWithout},
        series::CommitmentSeries,
        simulation::{Simulated, SimulationInput},
        stale::StaleFacts,
        standing::TreatyStanding,
    },
    vocabularies::Term,
};

const SCALARS: [(&str, &str); 6] = [
    ("Date", "A day, such as `2027-03-31`."),
    ("DateTime", "Implement the DateTime<Utc> scalar\n\nThe input/output is a string in RFC3339 format."),
    (
        "Decimal",
        "An exact decimal number in quotes, such as `\"12.5\"`: 12 digits before the point and 6 after it at most.",
    ),
    ("JSON", "A JSON value in the form of the REST face."),
    ("JSONObject", "A scalar that can represent any JSON Object value."),
    ("Reference", "A record by its id, its code, or `external_key:<source_system>:<key>`."),
];

impl Types<'_> {
    /// Scalars, and the types of what every kind shares.
    pub(super) fn fixed(&mut self) {
        self.scalars();
        self.takes::<Money>();
        self.takes::<SharedWithInput>();
        self.takes::<Subject>();
        self.gives::<Subject>();
        self.takes::<Criterion>();
        self.gives::<Criterion>();
        self.takes::<Score>();
        self.gives::<Score>();
        self.takes::<MappedColumn>();
        self.takes::<MappedValue>();
        self.gives::<MappedColumn>();
        self.gives::<MappedValue>();
        self.takes::<BatchInput>();
        self.gives::<Money>();
        self.gives::<SharedWith>();
        self.gives::<BatchResult>();
        self.imports();
        self.snapshots();
        self.analytics();
        self.flat();
        self.bundles();
        self.webhooks();
        self.gives::<HistoryEntry>();
        self.gives::<Term>();
        self.gives::<PersonExport>();
        self.gives::<ChangePage>();
        self.gives::<ReleasePreview>();
        self.gives::<PlanProposal>();
        self.gives::<CarriedAnswer>();
        self.gives::<AnswerNotCarried>();
        self.renewal();
        self.gives::<PlanProgress>();
        self.gives::<PlanFunding>();
        self.gives::<PlanConsultation>();
        self.gives::<PlanRollUp>();
        self.gives::<RegionGaps>();
        self.takes::<CompileInput>();
        self.gives::<Compiled>();
        self.takes::<SimulationInput>();
        self.gives::<Simulated>();
        self.gives::<CountryDue>();
        self.gives::<CalendarEntries>();
        self.gives::<CommitmentSeries>();
        self.gives::<CountryCoverage>();
        self.gives::<CommitmentRegister>();
        self.gives::<CommitmentWithout>();
        self.gives::<Matrix1540>();
        self.gives::<ReportAnswers>();
        self.gives::<StaleFacts>();
        self.gives::<TreatyStanding>();
        self.standings();
        self.me();
        self.explanation();
        self.document();
        self.page_info();
        self.gives::<ReadTrace>();
        self.gives::<RiskTrend>();
        self.gives::<Ranking>();
        self.connection("HistoryEntry");
        self.connection("ReadTrace");
        self.states();
        self.origin();
        self.deletion();
        self.paper();
        let types = KINDS.served().map(|def| def.declared.type_name.to_owned()).collect();
        let id = field("id", "Id of the record.", "ID!");
        self.put("Node", interface("Node", "Any record.", vec![id], types));
    }

    fn scalars(&mut self) {
        <bool as InputType>::create_type_info(self.registry);
        <i32 as InputType>::create_type_info(self.registry);
        <String as InputType>::create_type_info(self.registry);
        <async_graphql::ID as InputType>::create_type_info(self.registry);
        for (name, text) in SCALARS {
            self.put(name, scalar(name, text));
        }
    }

    pub(super) fn takes<T: InputType>(&mut self) {
        T::create_type_info(self.registry);
    }

    pub(super) fn gives<T: OutputType>(&mut self) {
        T::create_type_info(self.registry);
    }

    /// The caller and its grants.
    fn me(&mut self) {
        let plan = "Plan the grant is narrowed to; null where the caller may not see it.";
        let grant = vec![
            field("role", "The role.", "Role!"),
            field("owner", "Who it is held for.", "String!"),
            field("agency", "Agency of an officer or agency lead.", "Agency"),
            field("withinPlan", plan, "Plan"),
        ];
        self.put("MyGrant", object("MyGrant", "One grant of the caller.", grant));
        let agency = "Agency of an officer or agency lead; null where the caller may not see it.";
        let offer = vec![
            field("id", "Id of the grant.", "ID!"),
            field("role", "The role.", "Role!"),
            field("owner", "Who it would be held for.", "String!"),
            field("agency", agency, "Agency"),
            field("withinPlan", plan, "Plan"),
            field("validFrom", "First day of the grant.", "Date"),
            field("validUntil", "Last day of the grant.", "Date"),
        ];
        let text = "A grant that is offered to the caller, and counts for nothing until it is accepted.";
        self.put("Offer", object("Offer", text, offer));
        self.put_input("OfferInput", text, vec![input("id", "Id of the grant.", "ID!")]);
        let owners =
            "Owners the caller holds grants of; name one in `X-Concord-Act-As` where there are several.";
        let offers = "What is offered to the caller, of whatever owner, newest first: 200 at most.";
        let create = "Kinds of which the caller may create records under this owner.";
        let me = vec![
            field("id", "The account.", "ID!"),
            field("email", "E-mail address.", "String!"),
            field("name", "Name to show.", "String!"),
            field("language", "Language the person prefers.", "String"),
            field("actingAs", "Owner the caller acts under.", "String"),
            field("owners", owners, "[String!]!"),
            field("grants", "The grants of the owner the caller acts under.", "[MyGrant!]!"),
            field("offers", offers, "[Offer!]!"),
            field("canCreate", create, "[String!]!"),
        ];
        self.put("Me", object("Me", "The caller: account, grants, and what may be created.", me));
    }

    /// Renewing an assessment.
    fn renewal(&mut self) {
        let whole = vec![
            field("assessment", "The new assessment.", "Assessment!"),
            field("carried", "Answers that were carried over.", "[CarriedAnswer!]!"),
            field("notCarried", "Answers that were not.", "[AnswerNotCarried!]!"),
        ];
        self.put(
            "AssessmentRenewal",
            object("AssessmentRenewal", "An assessment that renews another one.", whole),
        );
        let title = "Title of the new assessment; that of the old one where none is given.";
        let with = "Questionnaire of the new assessment: a published one, of the same questionnaire a newer edition.";
        let fields = vec![
            input("id", "The assessment.", "ID!"),
            input("questionnaire", with, "Reference!"),
            input("title", title, "String"),
            input("startsOn", "First day of its period.", "Date"),
        ];
        self.put_input("RenewAssessmentInput", "What an assessment is renewed with.", fields);
    }

    /// How countries stand towards frameworks.
    fn standings(&mut self) {
        let whole = held("ID!");
        let text = "How a country stands by one participation.";
        self.put("ParticipationStanding", object("ParticipationStanding", text, whole));
        let contested = "Whether a statement of the country that the caller sees contests the fact.";
        let stated =
            "What the country itself states; null where it states nothing, or the caller does not see it.";
        let mut cell = held("ID");
        cell.extend([
            field("framework", "Code of the framework.", "String!"),
            field("isContested", contested, "Boolean!"),
            field("stated", stated, "ParticipationStanding"),
        ]);
        let text = "How one country stands towards one framework, by the reference fact.";
        self.put("ParticipationCell", object("ParticipationCell", text, cell));
        let row = vec![
            field("country", "The country.", "Ref!"),
            field("cells", "A cell for each framework, in their order.", "[ParticipationCell!]!"),
        ];
        self.put("ParticipationRow", object("ParticipationRow", "A country with its cells.", row));
        let days = || {
            vec![
                field("validOn", "Day of which it is told how the countries stand.", "Date!"),
                field("knownOn", "Day as of which it is told.", "Date!"),
            ]
        };
        let undetermined =
            "Codes of the countries of which nobody can tell whether they meet `partyTo` and `notPartyTo`.";
        let mut whole = days();
        whole.extend([
            field("frameworks", "The frameworks, by code.", "[Ref!]!"),
            field("rows", "The countries, by code.", "[ParticipationRow!]!"),
            field("undetermined", undetermined, "[String!]!"),
        ]);
        let text = "Countries by frameworks on a day, as it was known on another.";
        self.put("ParticipationMatrix", object("ParticipationMatrix", text, whole));
        let mut one = days();
        one.push(field("held", "How the country stood.", "ParticipationStanding!"));
        let text = "How a country stands by a participation, on one day as it was known on another.";
        self.put("StandingOn", object("StandingOn", text, one));
    }

    /// Why the caller may do something, or may not.
    fn explanation(&mut self) {
        let grant = vec![
            field("id", "Its id.", "ID!"),
            field("role", "Its role.", "Role!"),
            field("owner", "Who it is held for.", "String!"),
        ];
        self.put("DecidingGrant", object("DecidingGrant", "The grant by which something is allowed.", grant));
        let release = vec![
            field("id", "Its id.", "ID!"),
            field("audience", "The audience of it that the caller belongs to.", "String!"),
        ];
        self.put(
            "DecidingRelease",
            object("DecidingRelease", "The release by which a record is read.", release),
        );
        let allowed = "Whether the caller has the right to it; for moves, whatever the state of the record.";
        let whole = vec![
            field("kind", "Kind of the record.", "String!"),
            field("id", "Id of the record.", "ID!"),
            field("verb", "What is asked about.", "Verb!"),
            field("allowed", allowed, "Boolean!"),
            field("rule", "Code of the rule that decides.", "String!"),
            field("text", "The rule in words.", "String!"),
            field("grant", "The caller's grant that decides; null where none does.", "DecidingGrant"),
            field("release", "The live release that decides; null where none does.", "DecidingRelease"),
        ];
        let text = "Whether the caller may do something to a record, and why.";
        self.put("Explanation", object("Explanation", text, whole));
    }

    /// A plan as a document.
    fn document(&mut self) {
        let language = "Language of the fixed words, labels, days and amounts.";
        let content = "Everything that the document says, in the form that REST publishes as `PlanDocument`.";
        let fields = vec![
            field("id", "Id of the plan.", "ID!"),
            field("language", language, "String!"),
            field("madeOn", "Day on which the document was made.", "Date!"),
            field("content", content, "JSON!"),
        ];
        self.put("PlanDocument", object("PlanDocument", "A plan as a document.", fields));
    }

    fn page_info(&mut self) {
        let truth = |name: &str, text: &str| field(name, text, "Boolean!");
        let fields = vec![
            (truth("hasNextPage", "Whether there are records after the last one here."), OfPage::HasNext),
            (
                truth("hasPreviousPage", "Whether there are records before the first one here."),
                OfPage::HasPrevious,
            ),
            (field("startCursor", "Cursor of the first record.", "String"), OfPage::Start),
            (field("endCursor", "Cursor of the last record.", "String"), OfPage::End),
        ];
        let fields = fields.into_iter().map(|(field, does)| (field, Does::Page(does))).collect();
        self.object("PageInfo", "Where a connection stands in its list.", fields);
    }

    fn states(&mut self) {
        let recorded = "Whether the caller can make it only as a move recorded on paper (`recorded`).";
        let to = "State the record would be in afterwards: a value of its `status`.";
        let fields = vec![
            field("verb", "The move.", "Verb!"),
            field("to", to, "String!"),
            field("allowed", "Whether the caller can make the move now.", "Boolean!"),
            field("recordedOnly", recorded, "Boolean!"),
            field("missing", "Facts that are missing for it.", "[String!]!"),
            field("warnings", "What is open and does not stand in its way.", "[String!]!"),
        ];
        self.put("MoveState", object("MoveState", "A move that a record's lifecycle knows.", fields));
    }

    fn origin(&mut self) {
        let text = "A record, by its kind and id.";
        let kind = ("kind", "Kind of the record.", "String!");
        let shown = [kind, ("id", "Its id.", "ID!")].map(|(name, text, ty)| field(name, text, ty));
        self.put("Origin", object("Origin", text, shown.to_vec()));
        let text = "A record, by its kind and what names it.";
        let taken = [kind, ("id", REFERENCE, "Reference!")].map(|(name, text, ty)| input(name, text, ty));
        self.put_input("OriginInput", text, taken.to_vec());
    }

    fn deletion(&mut self) {
        let id = field("id", "Its id.", "ID!");
        self.put("DeletePayload", object("DeletePayload", "The record that was deleted.", vec![id]));
        let version = "Version that was read; a missing one is refused after rights are checked.";
        let fields = vec![input("id", "The record.", "ID!"), input("expectedVersion", version, "Int!")];
        self.put_input("DeleteInput", "The record to delete.", fields.clone());
        let why = "Why: 1 to 500 characters, which the log keeps; they say nothing of what is destroyed.";
        let reason = vec![input("reason", why, "String!")];
        self.put_input("DestroyInput", "The record to destroy.", [fields, reason].concat());
    }
}

/// What is told of a standing, by a participation that is there, or may be.
fn held(id: &str) -> Vec<MetaField> {
    let begins =
        "Day of the act that the status is from; first day of the period where it is known less exactly.";
    let in_force = "Day of entry into force for the country, which may lie ahead.";
    let verified = "Whether the confidence is high; everything below is unverified.";
    vec![
        field("participation", "Id of the participation.", id),
        field("standing", "How the country stands.", "TreatyStanding!"),
        field("status", "Status on that day.", "ParticipationStatus!"),
        field("statusOn", begins, "Date"),
        field("statusPrecision", "How exact `statusOn` is.", "DatePrecision"),
        field("inForceOn", in_force, "Date"),
        field("inForcePrecision", "How exact `inForceOn` is.", "DatePrecision"),
        field("confidence", "How sure the fact is.", "Confidence"),
        field("isVerified", verified, "Boolean!"),
        field("source", "Where the fact is from.", "String"),
    ]
}
