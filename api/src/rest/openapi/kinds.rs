//! What the document says of the operations of record kinds.

use kernel::{
    KindDef,
    filter::{Accepts, Filter},
    page::{DEFAULT_LIMIT, MAX_LIMIT},
    schema,
};
use model::Move;
use serde_json::{Map, Value as Json, json};
use utoipa::{IntoParams, openapi::path::ParameterIn};

use super::operation::{Documented, conditions, content_language, if_match, in_path, in_query, link};
use crate::domain::{sharing, treaties::standing::tells};
use crate::rest::{
    listing::{AXES, PageParams},
    problem::{ReadProblems, WriteProblems},
};

/// An operation in the part of the contract that the kind stands in.
pub(super) fn of(def: &KindDef, id: &str, summary: &str, description: &str) -> Documented {
    Documented::new(def.declared.area.unwrap_or_default(), id, summary, description)
}

/// The plural as part of an operation's id.
pub(super) fn plural_id(def: &KindDef) -> String {
    def.collection.replace('-', "_")
}

fn id_or_code() -> Json {
    in_path("id", "Id or code of the record")
}

/// The record in an answer.
fn record(def: &KindDef) -> Json {
    link(def.declared.type_name)
}

fn new_schema(def: &KindDef) -> String {
    format!("New{}", def.declared.type_name)
}

/// Listing records.
pub fn list(def: &KindDef) -> Json {
    let plural = def.declared.plural_words();
    let description = format!(
        "Lists the {plural} that the caller may see. Filters narrow the list; a repeated filter means any of its values. Anonymous callers see public records. With `Accept` of CSV, NDJSON or a workbook it answers the whole list as `export_{}` does.",
        plural_id(def)
    );
    let filters = def.filters.iter().filter(|filter| filter.applies);
    let page = link(&format!("{}Page", def.declared.type_name));
    of(def, &format!("list_{}", plural_id(def)), &format!("List {plural}"), &description)
        .takes(filters.map(filter))
        .takes(paging(def))
        .takes(as_of_plan(def))
        .takes(days_of_standing(def))
        .answers(200, "A page of the list", &page, &["ETag", "Link", "Content-Language"])
        .refuses::<ReadProblems>()
}

pub(super) fn filter(filter: &Filter) -> Json {
    let any_of = |items: Json| json!({ "type": "array", "items": items });
    let schema = match filter.accepts {
        Accepts::Ids => any_of(json!({ "type": "string", "format": "uuid" })),
        Accepts::Texts => any_of(json!({ "type": "string" })),
        Accepts::Codes(list) => any_of(schema::vocabulary(list)),
        Accepts::Bool => json!({ "type": "boolean" }),
        Accepts::Day => json!({ "type": "string", "format": "date" }),
        Accepts::Instant => json!({ "type": "string", "format": "date-time" }),
        Accepts::Words => json!({ "type": "string" }),
    };
    in_query(filter.name, filter.doc, &schema)
}

/// Which page of the list is wanted, and in which order.
fn paging(def: &KindDef) -> Vec<Json> {
    ordered::<PageParams>(def)
}

/// Parameters that say the order of a list among others.
pub(super) fn ordered<P: IntoParams>(def: &KindDef) -> Vec<Json> {
    let params = P::into_params(|| Some(ParameterIn::Query));
    let mut all: Vec<Json> = params.iter().filter_map(|one| serde_json::to_value(one).ok()).collect();
    for sort in all.iter_mut().filter(|one| one.get("name") == Some(&json!("sort"))) {
        let text = sort.get("description").and_then(Json::as_str).unwrap_or_default();
        sort["description"] = json!(format!("{text} Keys: {}.", def.sortable.join(", ")));
    }
    all
}

const AS_OF: &str = "State to read: a day, which means its end in UTC, or an instant.";

fn as_of() -> Json {
    in_query("as_of", AS_OF, &json!({ "type": "string" }))
}

/// Lists of what a plan consists of, at a time.
fn as_of_plan(def: &KindDef) -> Option<Json> {
    let text = format!("{AS_OF} Needs `plan_id`, and takes no other parameter but `lang`.");
    let is_part = def.declared.has_editions && def.has("plan_id");
    is_part.then(|| in_query("as_of", &text, &json!({ "type": "string" })))
}

/// Lists of participations, as countries stood on one day and as it was known on another.
fn days_of_standing(def: &KindDef) -> Vec<Json> {
    let told = "the list is neither narrowed nor sorted by what it tells so (status and its days, confidence, source)";
    let texts = [
        format!(
            "Day of which it is told how the countries stood; today without it. Where it is given, {told}."
        ),
        format!(
            "Day as of which it is told: what was known at its end, in UTC; today without it. Where it is given, {told}."
        ),
    ];
    let day = json!({ "type": "string", "format": "date" });
    let all = AXES.iter().zip(&texts).map(|(name, text)| in_query(name, text, &day));
    if tells(def) { all.collect() } else { Vec::new() }
}

/// Which state of a record is read, where its kind has editions.
fn states_read(def: &KindDef) -> Vec<Json> {
    let text = "Edition to read: `in_force` (the default), `working`, or a number.";
    let edition = in_query("edition", text, &json!({ "type": "string" }));
    if def.is_of_editions() { vec![edition, as_of()] } else { Vec::new() }
}

/// Which edition is written, where the kind has editions.
fn edition_written(def: &KindDef) -> Option<Json> {
    let text = "Edition to write: `working`, beside the one in force; without it what is in force.";
    let schema = json!({ "type": "string", "enum": ["working", "in_force"] });
    def.is_of_editions().then(|| in_query("edition", text, &schema))
}

/// Creating a record.
pub fn create(def: &KindDef) -> Json {
    let words = def.declared.words();
    let description =
        format!("Creates one {words}. All violations are answered at once and nothing is written then.");
    of(def, &format!("create_{}", def.name), &format!("Create one {words}"), &description)
        .takes(language(def))
        .takes(edition_written(def))
        .body(&new_schema(def), true)
        .answers(201, "The new record", &record(def), &["ETag", "Location"])
        .refuses::<WriteProblems>()
}

/// Writing many records.
pub fn batch(def: &KindDef) -> Json {
    let plural = def.declared.plural_words();
    let description = format!(
        "Runs up to 1000 operations on {plural} in one transaction, all or each, or judges them without writing (`dry_run`)."
    );
    of(def, &format!("batch_{}", plural_id(def)), &format!("Write many {plural}"), &description)
        .takes(language(def))
        .takes(edition_written(def))
        .body("BatchInput", true)
        .answers(200, "What became of each item", &link("BatchResult"), &[])
        .refuses::<WriteProblems>()
}

/// Writing many records of several kinds.
pub fn batch_of_several() -> Json {
    let description = "Runs up to 1000 operations on records of several kinds in one transaction, all or each, or judges them without writing (`dry_run`). \
        Each item says its `kind`. Creations and edits come first, then moves, then deletions. Items may refer to new records of others by `external_key:<system>:<key>`, in any order.";
    Documented::new("Records", "batch_records", "Write many records of several kinds", description)
        .takes([content_language()])
        .body("BatchInput", true)
        .answers(200, "What became of each item", &link("BatchResult"), &[])
        .refuses::<WriteProblems>()
}

/// The language of the texts, where a record has any.
fn language(def: &KindDef) -> Option<Json> {
    def.has_texts().then(content_language)
}

fn external_key() -> [Json; 2] {
    [in_path("source_system", "System the key belongs to"), in_path("key", "The external key")]
}

/// Reading the record with an external key.
pub fn get_by_key(def: &KindDef) -> Json {
    let (name, words) = (def.name, def.declared.words());
    let summary = format!("Read one {words} by its external key");
    let description =
        format!("Reads the {words} with an external key, within the owner the caller acts under.");
    of(def, &format!("get_{name}_by_key"), &summary, &description)
        .takes(external_key())
        .answers(200, "The record", &record(def), &["ETag"])
        .refuses::<ReadProblems>()
}

/// Creating or editing the record with an external key.
pub fn put_by_key(def: &KindDef) -> Json {
    let (name, words) = (def.name, def.declared.words());
    let summary = format!("Create or edit one {words} by its external key");
    let description = format!(
        "Creates the {words} with an external key, or edits it where it exists. Repeating the call changes nothing. `If-Match` refuses to overwrite a newer edit; `If-None-Match: *` refuses to change a record that exists."
    );
    of(def, &format!("put_{name}_by_key"), &summary, &description)
        .takes(external_key().into_iter().chain(language(def)))
        .takes(conditions())
        .takes(edition_written(def))
        .body(&new_schema(def), true)
        .answers(200, "The record as it is now", &record(def), &["ETag"])
        .answers(201, "The new record", &record(def), &["ETag", "Location"])
        .refuses::<WriteProblems>()
}

/// Reading one record.
pub fn get(def: &KindDef) -> Json {
    let words = def.declared.words();
    let description = format!(
        "Reads one {words} by its id, or by its code where codes address the kind. A record the caller may not see answers like one that does not exist."
    );
    of(def, &format!("get_{}", def.name), &format!("Read one {words}"), &description)
        .takes([id_or_code()])
        .takes(states_read(def))
        .answers(200, "The record", &record(def), &["ETag", "Content-Language"])
        .refuses::<ReadProblems>()
}

/// Editing one record.
pub fn update(def: &KindDef) -> Json {
    let words = def.declared.words();
    let description = format!(
        "Edits one {words} (merge patch: absent keeps, null clears). Needs `If-Match` with the ETag that was read."
    );
    of(def, &format!("update_{}", def.name), &format!("Edit one {words}"), &description)
        .takes([id_or_code(), if_match()])
        .takes(edition_written(def))
        .body(&format!("{}Patch", def.declared.type_name), true)
        .answers(200, "The record as it is now", &record(def), &["ETag"])
        .refuses::<WriteProblems>()
}

/// Deleting one record.
pub fn delete(def: &KindDef) -> Json {
    let words = def.declared.words();
    let description = format!(
        "Deletes one {words} with what stands below it; refused while others refer to it. Needs `If-Match` with the ETag that was read."
    );
    of(def, &format!("delete_{}", def.name), &format!("Delete one {words}"), &description)
        .takes([id_or_code(), if_match()])
        .takes(edition_written(def))
        .answers_empty(204, "The record is gone; its history stays in the log")
        .refuses::<WriteProblems>()
}

/// Destroying one record with its past.
pub fn purge(def: &KindDef) -> Json {
    let words = def.declared.words();
    let description = format!(
        "Destroys one {words} that was entered by mistake: the record, its history, and what repeated calls would answer. The log keeps that it was purged, by whom and why. Refused while records stand below it or refer to it. For the focal point and, where an agency leads, the agency lead. Needs `If-Match` with the ETag that was read."
    );
    of(def, &format!("purge_{}", def.name), &format!("Purge one {words}"), &description)
        .takes([id_or_code(), if_match()])
        .body("ReasonInput", true)
        .answers_empty(204, "The record is gone with its past")
        .refuses::<WriteProblems>()
}

/// Reading the history of one record.
pub fn history(def: &KindDef) -> Json {
    let words = def.declared.words();
    let summary = format!("Read the history of one {words}");
    let description =
        format!("Reads the past states of one {words}, oldest first, as far as the caller may see them.");
    let limit = json!({
        "type": "integer", "format": "int64", "minimum": 1, "maximum": MAX_LIMIT, "default": DEFAULT_LIMIT,
    });
    of(def, &format!("{}_history", def.name), &summary, &description)
        .takes([
            id_or_code(),
            in_query("limit", "How many states, 1 to 200", &limit),
            in_query("after", "Cursor: `page.next` of the page before", &json!({ "type": "string" })),
            in_query("total", "Whether to count all states too", &json!({ "type": "boolean" })),
        ])
        .answers(200, "A page of the history", &link("HistoryEntryPage"), &["ETag", "Link"])
        .refuses::<ReadProblems>()
}

/// Listing the releases that one record is in.
pub fn releases(def: &KindDef) -> Json {
    let words = def.declared.words();
    let summary = format!("List the releases of one {words}");
    let description = format!(
        "Lists the releases that one {words} is in, those that have ended too: who may see it beyond its owner, and why. Only who releases for the owner sees any."
    );
    let release = sharing::kind();
    of(def, &format!("{}_releases", def.name), &summary, &description)
        .takes([id_or_code()])
        .takes(release.filters.iter().filter(|filter| filter.applies && filter.name != "record").map(filter))
        .takes(paging(release))
        .answers(200, "A page of the list", &link("ReleasePage"), &["ETag", "Link"])
        .refuses::<ReadProblems>()
}

/// Listing the moves of one record.
pub fn moves(def: &KindDef) -> Json {
    let words = def.declared.words();
    let summary = format!("List the moves of {}", def.declared.one());
    let description = "Lists the moves the lifecycle knows from the present state, each with whether the caller can make it now and which facts are missing.";
    let states = json!({ "type": "array", "items": link("MoveState") });
    of(def, &format!("{}_moves", def.name), &summary, description)
        .takes([in_path("id", &format!("Id of the {words}"))])
        .answers(200, "The moves", &states, &[])
        .refuses::<ReadProblems>()
}

/// Making a move.
pub fn make(def: &KindDef, step: &'static Move) -> Json {
    let words = def.declared.words();
    let summary = step.doc.trim_end_matches('.');
    let description = format!(
        "{summary}. Needs `If-Match` with the ETag that was read; what the state does not allow, or lacks, answers 409 `illegal_move`."
    );
    let is_required = step.takes.iter().any(|taken| taken.is_required);
    of(def, &format!("{}_{}", step.name, def.name), summary, &description)
        .takes([in_path("id", &format!("Id of the {words}")), if_match()])
        .body(&schema::move_input_name(def, step), is_required)
        .answers(200, &format!("The {words} as it is now"), &record(def), &["ETag"])
        .refuses::<WriteProblems>()
}

/// Making an API key.
pub fn issue_key(def: &KindDef) -> Json {
    let description = "Makes a key of the caller, for the owner it acts under, and answers its secret this once: \
        `Authorization: Bearer <secret>`, or the password of `Basic`. No key is wider than its person, whose grants \
        count at each call. Only a person who is signed in makes keys; the call takes no `Idempotency-Key`.";
    of(def, "issue_api_key", "Make an API key", description)
        .body(&new_schema(def), true)
        .answers(201, "The key and its secret", &link(&issued_schema(def)), &["ETag", "Location"])
        .refuses::<WriteProblems>()
}

/// Making a calendar.
pub fn issue_calendar(def: &KindDef) -> Json {
    let description = "Makes a calendar of the caller, for the owner it acts under, and answers its address this once. Whoever holds the \
        address reads the calendar, without signing in, as its person may see it then; revoke it to end that. Only a person who is \
        signed in makes calendars; the call takes no `Idempotency-Key`.";
    of(def, "issue_calendar", "Make a calendar", description)
        .body(&new_schema(def), true)
        .answers(201, "The calendar and its address", &link(&issued_schema(def)), &["ETag", "Location"])
        .refuses::<WriteProblems>()
}

/// Name of the schema of a record with the secret that leads to it.
fn issued_schema(def: &KindDef) -> String {
    format!("Issued{}", def.declared.type_name)
}

/// The schemas of what makes a record that a secret leads to, and of what that answers.
fn issued(def: &KindDef, (secret, text): (&str, &str)) -> [(String, Json); 2] {
    let issued = json!({
        "type": "object",
        "description": "What was just made.",
        "required": [def.name, secret],
        "properties": { def.name: record(def), secret: { "type": "string", "description": text } },
    });
    [(new_schema(def), schema::new(def.declared)), (issued_schema(def), issued)]
}

/// The schemas of what makes keys and calendars, and of what that answers.
pub fn schemas_of_issued(keys: &KindDef, calendars: &KindDef) -> Map<String, Json> {
    let key = issued(keys, ("secret", "The secret, shown this once; it begins with the prefix of the key."));
    let text = "The address of the feed, shown this once; with `.json` in the place of `.ics` it answers the same as JSON. Where \
        the service does not know its public address, it begins with the path.";
    key.into_iter().chain(issued(calendars, ("feed_url", text))).collect()
}
