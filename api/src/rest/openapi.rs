//! The OpenAPI document of the REST face.

mod assembly;
pub(super) mod exports;
pub(super) mod flat;
mod headers;
pub(super) mod kinds;
mod merge;
mod operation;

use kernel::schema;
use serde_json::{Map, Value as Json, json};
use utoipa::{
    OpenApi,
    openapi::security::{Http, HttpAuthScheme, SecurityScheme},
};

use super::{answer::PageInfo, problem::ProblemDetails};
use crate::domain::{
    KINDS,
    access::api_key,
    batch::{BatchInput, BatchResult},
    calendars::calendar,
    history::HistoryEntry,
    needs::renewal::{self, AnswerNotCarried, CarriedAnswer},
    plans::editions,
    tree,
};

/// What the document says of the whole API.
#[derive(OpenApi)]
#[openapi(
    info(
        title = "Concord",
        description = "CBRN National Action Plans, treaty obligations and interagency tasks. Each country alone decides what its plan contains and who sees it: what a caller may not see does not exist for it. The service records facts with sources and judges nothing.",
        license(name = "MIT OR Apache-2.0", identifier = "MIT OR Apache-2.0")
    ),
    servers((url = "/api/v1")),
    components(schemas(ProblemDetails, kernel::Violation, BatchInput, BatchResult, HistoryEntry, PageInfo, CarriedAnswer, AnswerNotCarried)),
    security((), ("bearer" = []), ("basic" = [])),
    tags(
        (name = "Reference data", description = "Facts that belong to nobody: regions, countries, organisations, frameworks, obligations, areas of capability."),
        (name = "Treaties", description = "Participation of countries in frameworks with its events, and what they say of themselves; what falls due: versions of the rules of obligations, compilations, commitments, deadlines, treaty events, submissions; national law and its reviews, what is recorded about obligations with its evidence, and contact points; questions of returns, facts that answer them, and drafts of reports."),
        (name = "Plans", description = "National Action Plans with sections, pillars, objectives and actions."),
        (name = "Imports", description = "Files of records: sent, judged, written, with a report of every row; committed as a dry run showed, cancelled, taken back; templates, mappings, and rules of import."),
        (name = "Snapshots", description = "Many lists as at one instant, as files with a manifest, and the cursor of the feed that goes on from there."),
        (name = "Analytics", description = "Figures of every list: counts and sums by what records have in common, now, as of an instant, and over time."),
        (name = "Flat views", description = "Rows of cells with codes and labels, for programs that draw figures: several lists put together, and what is not recorded said in a row."),
        (name = "Webhooks", description = "What the feed tells its reader, sent to an address as messages that are signed."),
        (name = "Bundles", description = "What a country releases, as one signed file that another installation takes in as records of that country."),
        (name = "Needs assessment", description = "Questionnaires with their questions, assessments with the answers of agencies, and gaps."),
        (name = "Cycle and roadmap", description = "Cycles of planning with their steps, and milestones."),
        (name = "Risks and priorities", description = "Risks, methods of setting priorities, and priorities."),
        (name = "Regional plans", description = "Items of regional plans, what member countries say of them, and what they come to over released records."),
        (name = "Delivery", description = "How plans are carried out: indicators and measurements, budget lines, proposals, exercises and findings, capacity measures, good practices, and the figures of a plan."),
        (name = "Cooperation", description = "Agencies, working groups and tasks."),
        (name = "Calendars", description = "Calendars: what falls due or takes place, in the programs in which people keep their days."),
        (name = "Sharing", description = "Releases: what an owner shows to others, to whom and until when."),
        (name = "Records", description = "Records of several kinds at once."),
        (name = "Changes", description = "What became of the records a caller sees: pages, pages that wait, streams."),
        (name = "Access", description = "Users, grants and API keys."),
        (name = "Service", description = "About this installation."),
        (name = "Sign-in", description = "Signing in, and about oneself.")
    )
)]
pub struct Document;

/// The finished document.
///
/// # Panics
/// When its parts do not fit together: two operations or schemas of one name, a link that leads nowhere.
#[must_use]
pub fn document() -> Json {
    let mut document = joined().unwrap_or_else(|why| panic!("the OpenAPI document is wrong: {why}"));
    assembly::fit_bodies(&mut document);
    assembly::share_parameters(&mut document);
    headers::show_keys(&mut document);
    assembly::share_refusals(&mut document);
    headers::tag_reads(&mut document);
    headers::share_headers(&mut document);
    headers::show_conditions(&mut document);
    merge::check(&document).unwrap_or_else(|why| panic!("the OpenAPI document is wrong: {why}"));
    assembly::show_edits(&mut document);
    assembly::prune(&mut document);
    if let Some(object) = document.as_object_mut() {
        object.insert("openapi".into(), json!("3.1.0"));
    }
    document
}

/// All operations and schemas: those written by hand, then those of the kinds.
fn joined() -> Result<Json, String> {
    let mut api = Document::openapi();
    let schemes = [
        ("bearer", HttpAuthScheme::Bearer, "An access token, or the secret of an API key."),
        ("basic", HttpAuthScheme::Basic, "The secret of an API key as the password, with any user name."),
    ];
    for (name, scheme, text) in schemes {
        let scheme = Http::builder().scheme(scheme).description(Some(text)).build();
        let all = &mut api.components.get_or_insert_default().security_schemes;
        all.insert(name.into(), SecurityScheme::Http(scheme).into());
    }
    let as_json = |api| serde_json::to_value(api).map_err(|error| error.to_string());
    let mut document = as_json(api)?;
    for router in super::areas() {
        merge::add_document(&mut document, &as_json(router.into_openapi())?)?;
    }
    kernel::input::tidy(&mut document);
    let past = Map::from_iter([("HistoryEntryPage".to_owned(), schema::page("HistoryEntry"))]);
    let of_keys = kinds::schemas_of_issued(api_key::def(), calendar::def());
    let own = [tree::schemas(), editions::schemas(), renewal::schemas()];
    for schemas in [past, schema::components(&KINDS), of_keys, flat::schemas()].into_iter().chain(own) {
        merge::add_schemas(&mut document, schemas)?;
    }
    for operation in super::kinds::operations() {
        merge::add_operation(&mut document, &operation.path, operation.method, operation.documented)?;
    }
    Ok(document)
}
