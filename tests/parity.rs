//! Both faces offer the same: one table of pairs, each pair held to the same answers.

mod batches;
mod faces;
mod filters;
mod moves;
mod reads;
mod samples;
mod sorts;

use std::collections::BTreeSet;

use concord::domain::{KINDS, flat::VIEWS};
use kernel::{KindDef, policy::Class};
use model::Move;
use serde_json::{Value as Json, json};

use crate::{
    coverage::stage::Stage,
    support::{TestApp, app},
};
use faces::{graphql_flow, rest_flow};
use samples::{Sample, samples};

/// Where the GraphQL face offers what an operation of REST does.
#[derive(Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Twin {
    /// A field of a type; `Query` and `Mutation` are types too.
    Field(String, String),
    /// Nowhere, and why.
    None(&'static str),
    /// The operation fits no rule of the table.
    Unknown,
}

/// `region_membership` -> `regionMembership`.
pub fn camel(snake: &str) -> String {
    let mut parts = snake.split(['_', '-']);
    let first = parts.next().unwrap_or_default().to_owned();
    parts.fold(first, |all, part| all + &pascal(part))
}

/// `region_membership` -> `RegionMembership`.
pub fn pascal(snake: &str) -> String {
    snake.split(['_', '-']).map(|part| part[..1].to_uppercase() + &part[1..]).collect()
}

/// The table: the GraphQL twin of each operation of the OpenAPI document.
fn twin(operation: &str) -> Twin {
    let field = |of: &str, name: String| Twin::Field(of.to_owned(), name);
    match operation {
        "login" | "refresh" | "logout" | "change_password" => return Twin::None("signing in is HTTP's"),
        "list_limits" => {
            return Twin::None("bounds belong to the installation, in whatever form they are asked");
        }
        "list_sessions" | "end_session" | "end_other_sessions" => {
            return Twin::None("sessions belong to signing in, which is HTTP's");
        }
        "enrol_second_factor" | "confirm_second_factor" | "disable_second_factor" => {
            return Twin::None("a second factor is shown once and belongs to signing in, which is HTTP's");
        }
        "issue_password_token" | "issue_password_token_for_grant" | "accept_password_token" => {
            return Twin::None("a password token is shown once and belongs to signing in, which is HTTP's");
        }
        "issue_calendar" => return Twin::None("the address of a calendar is shown once, by HTTP"),
        "get_calendar_feed" | "get_calendar_feed_json" => {
            return Twin::None("an address with its token is HTTP's; `calendarEntries` tells the same");
        }
        "create_import"
        | "preview_import"
        | "open_import_upload"
        | "get_import_upload"
        | "discard_import_upload"
        | "put_import_part"
        | "complete_import_upload"
        | "get_import_rejected"
        | "export_import_rows"
        | "export_import_errors"
        | "get_import_template" => return Twin::None("the bytes of a file are sent by HTTP"),
        "list_bundles" => return field("Query", "bundles".into()),
        "get_bundle" => return field("Query", "bundle".into()),
        "withdraw_bundle" => return field("Mutation", camel(operation)),
        "receive_bundle" => return Twin::None("the bytes of a file are sent by HTTP"),
        "list_snapshots" => return field("Query", "snapshots".into()),
        "get_snapshot" => return field("Query", "snapshot".into()),
        "create_snapshot" | "delete_snapshot" => return field("Mutation", camel(operation)),
        "get_snapshot_file" => return Twin::None("the bytes of a file are sent by HTTP"),
        "list_webhooks" => return field("Query", "webhooks".into()),
        "get_webhook" => return field("Query", "webhook".into()),
        "list_webhook_attempts" => return field("Query", "webhookAttempts".into()),
        "update_webhook" | "delete_webhook" | "pause_webhook" | "resume_webhook" | "test_webhook" => {
            return field("Mutation", camel(operation));
        }
        "create_webhook" | "rotate_webhook" => {
            return Twin::None("the secret of a webhook is shown once, by HTTP");
        }
        "list_imports" => return field("Query", "imports".into()),
        "get_import" | "follow_import" => return field("Query", "import".into()),
        "list_import_rows" => return field("Query", "importRows".into()),
        "list_import_errors" => return field("Query", "importErrors".into()),
        "commit_import" | "cancel_import" | "revert_import" | "review_import" => {
            return field("Mutation", camel(operation));
        }
        "get_calendar_entries" => return field("Query", "calendarEntries".into()),
        "issue_api_key" => return Twin::None("the secret of a key is shown once, by HTTP"),
        "batch_records" => return field("Mutation", "recordsBatch".into()),
        "list_vocabularies" => return field("Query", "vocabularies".into()),
        "list_changes" => return field("Query", "changes".into()),
        "preview_release" => return field("Query", "releasePreview".into()),
        "export_user" => return field("Query", "userExport".into()),
        "explain_access" => return field("Query", "accessExplain".into()),
        "list_reads" => return field("Query", "auditReads".into()),
        "get_risk_trend" => return field("Query", "riskTrend".into()),
        "get_priority_ranking" => return field("Query", "priorityRanking".into()),
        "get_me" => return field("Query", "me".into()),
        "get_plan_tree" => return field("Query", "planTree".into()),
        "propose_plan" => return field("Query", "planProposal".into()),
        "open_plan_edition" => return field("Mutation", "openPlanEdition".into()),
        "get_plan_edition" => return field("Query", "planEdition".into()),
        "list_plan_editions" => return field("Query", "planEditions".into()),
        "verify_plan_edition" => return field("Query", "planEditionProof".into()),
        "diff_plan" => return field("Query", "planDiff".into()),
        "get_plan_progress" => return field("Query", "planProgress".into()),
        "get_plan_funding" => return field("Query", "planFunding".into()),
        "get_plan_consultation" => return field("Query", "planConsultation".into()),
        "get_plan_roll_up" => return field("Query", "planRollUp".into()),
        "get_country_due" => return field("Query", "countryDue".into()),
        "get_commitment_series" => return field("Query", "commitmentSeries".into()),
        "simulate_duties" => return field("Query", "simulation".into()),
        "compile_commitments" => return field("Mutation", "compileCommitments".into()),
        "get_participation_matrix" => return field("Query", "participationMatrix".into()),
        "get_participation_standing" => return field("Query", "participationStanding".into()),
        "get_region_gaps" => return field("Query", "regionGaps".into()),
        "get_country_commitments" => return field("Query", "countryCommitments".into()),
        "get_country_coverage" => return field("Query", "countryCoverage".into()),
        "get_country_matrix_1540" => return field("Query", "countryMatrix1540".into()),
        "get_report_draft_answers" => return field("Query", "reportDraftAnswers".into()),
        "get_country_stale_facts" => return field("Query", "countryStaleFacts".into()),
        "get_analytics" => return field("Query", "analytics".into()),
        "list_cubes" => return field("Query", "cubes".into()),
        "get_cube" => return field("Query", "cube".into()),
        "get_analytics_series" => return field("Query", "analyticsSeries".into()),
        "get_plan_iati" => return field("Query", "planIati".into()),
        "get_plan_document" => return field("Query", "planDocument".into()),
        _ => {}
    }
    if let Some(view) = VIEWS.iter().find(|view| operation.ends_with(view.name)) {
        let is_file = operation == format!("export_{}", view.name);
        return if is_file {
            Twin::None("files are HTTP's; the view is there")
        } else {
            field("Query", "flatView".into())
        };
    }
    let singular = |name: &str| KINDS.all().iter().any(|def| def.name == name);
    let plural = |name: &str| KINDS.all().iter().any(|def| def.collection.replace('-', "_") == name);
    let (verb, rest) = operation.split_once('_').unwrap_or((operation, ""));
    if let Some(kind) = rest.strip_suffix("_by_key").filter(|kind| singular(kind)) {
        return match verb {
            "get" => field("Query", camel(kind) + "ByKey"),
            "put" => field("Mutation", format!("upsert{}", pascal(kind))),
            _ => Twin::Unknown,
        };
    }
    // The names of some moves are several words.
    let is_move = |def: &KindDef| {
        let named = |step: &Move| operation == format!("{}_{}", step.name, def.name);
        def.lifecycle.is_some_and(|cycle| cycle.moves.iter().any(named))
    };
    if KINDS.served().any(is_move) {
        return field("Mutation", camel(operation));
    }
    match verb {
        "export" if plural(rest) => return Twin::None("files are HTTP's; the list is there"),
        "list" if plural(rest) => return field("Query", camel(rest)),
        "batch" if plural(rest) => return field("Mutation", camel(rest) + "Batch"),
        "get" if singular(rest) => return field("Query", camel(rest)),
        _ if singular(rest) => return field("Mutation", camel(operation)),
        _ => {}
    }
    match operation.rsplit_once('_') {
        Some((kind, "releases")) if singular(kind) => field("Query", "releases".into()),
        Some((kind, name @ ("history" | "moves"))) if singular(kind) => field(&pascal(kind), name.into()),
        _ => Twin::Unknown,
    }
}

/// Ids of all operations of the document.
fn operations() -> Vec<String> {
    let document: Json = serde_json::from_str(&concord::contracts::openapi()).expect("a document");
    let paths = document["paths"].as_object().cloned().unwrap_or_default();
    let methods = paths.values().filter_map(Json::as_object).flat_map(|path| path.values());
    methods.filter_map(|one| one["operationId"].as_str().map(str::to_owned)).collect()
}

/// Every field of every object type of the schema.
async fn fields(app: &TestApp) -> BTreeSet<(String, String)> {
    let query = "{ __schema { types { name kind fields { name } } } }";
    let answer = app.anonymous().graphql(query, json!({})).await;
    let types = answer.data()["__schema"]["types"].as_array().cloned().unwrap_or_default();
    let text = |value: &Json| value["name"].as_str().unwrap_or_default().to_owned();
    let fields_of = |one: &Json| one["fields"].as_array().cloned().unwrap_or_default();
    types.iter().flat_map(|one| fields_of(one).into_iter().map(move |f| (text(one), text(&f)))).collect()
}

#[tokio::test]
async fn every_operation_of_rest_has_its_graphql_twin() {
    app(async |app| {
        let fields = fields(app).await;
        let operations = operations();

        let unpaired: Vec<_> = operations
            .iter()
            .filter(|one| match twin(one) {
                Twin::Field(of, name) => !fields.contains(&(of, name)),
                Twin::None(_) => false,
                Twin::Unknown => true,
            })
            .collect();

        assert!(operations.len() > 180, "{}", operations.len());
        assert_eq!(unpaired, [""; 0]);
    })
    .await;
}

#[tokio::test]
async fn every_root_field_of_graphql_has_its_rest_twin() {
    app(async |app| {
        let twins: BTreeSet<_> = operations().iter().map(|one| twin(one)).collect();
        let only_here = ["node", "nodes", "history"];

        let unpaired: Vec<_> = fields(app)
            .await
            .into_iter()
            .filter(|(of, _)| of == "Query" || of == "Mutation")
            .filter(|(_, name)| !only_here.contains(&name.as_str()))
            .filter(|(of, name)| !twins.contains(&Twin::Field(of.clone(), name.clone())))
            .collect();

        assert_eq!(unpaired, []);
    })
    .await;
}

/// Runs all writes of the kinds of these classes on both faces; answers where they differ from each other or the table.
async fn differences(app: &TestApp, classes: &[Class]) -> Vec<String> {
    let stage = Stage::bare(app).await;
    let mut found = Vec::new();
    for sample in samples(&stage).await.iter().filter(|sample| classes.contains(&sample.def.class)) {
        found.extend(difference(app, sample).await);
    }
    found
}

async fn difference(app: &TestApp, sample: &Sample) -> Vec<String> {
    let rest = rest_flow(app, sample).await;
    let graphql = graphql_flow(app, sample).await;
    let mut found = Vec::new();
    for ((by_rest, by_graphql), wanted) in rest.iter().zip(&graphql).zip(faces::EXPECTED) {
        if by_rest != by_graphql || (by_rest.step, by_rest.code.as_str()) != *wanted {
            found.push(format!("{}: {by_rest:?} {by_graphql:?}, not {wanted:?}", sample.def.name));
        }
    }
    assert_eq!((rest.len(), graphql.len()), (faces::EXPECTED.len(), faces::EXPECTED.len()));
    found
}

#[tokio::test]
async fn writes_of_reference_data_answer_alike() {
    app(async |app| assert_eq!(differences(app, &[Class::Reference]).await, [""; 0])).await;
}

#[tokio::test]
async fn writes_of_records_without_a_lead_agency_answer_alike() {
    app(async |app| assert_eq!(differences(app, &[Class::National]).await, [""; 0])).await;
}

#[tokio::test]
async fn writes_of_records_with_a_lead_agency_answer_alike() {
    app(async |app| assert_eq!(differences(app, &[Class::Work]).await, [""; 0])).await;
}

#[tokio::test]
async fn writes_of_accounts_answer_alike() {
    app(async |app| assert_eq!(differences(app, &[Class::Person, Class::Grant]).await, [""; 0])).await;
}
