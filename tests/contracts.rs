//! The two contracts: committed as they are printed, sound, complete.

mod answers;
mod parameters;

use std::collections::{BTreeMap, BTreeSet};

use concord::{
    contracts,
    domain::{KINDS, batch::BatchInput},
};
use kernel::{Code, KindDef, input::Schema, policy::Class};
use serde_json::Value as Json;

fn document() -> Json {
    serde_json::from_str(&contracts::openapi()).expect("the document is JSON")
}

fn committed(name: &str) -> String {
    let path = format!("{}/../openapi/{name}", env!("CARGO_MANIFEST_DIR"));
    std::fs::read_to_string(path).unwrap_or_default()
}

/// An operation of the document with its method and address.
type Operation = (String, Json);

fn operations(document: &Json) -> Vec<Operation> {
    let paths = document["paths"].as_object().cloned().unwrap_or_default();
    let mut all = Vec::new();
    for (path, item) in paths {
        let methods = ["get", "put", "post", "patch", "delete", "head", "options"];
        let found = methods.iter().filter(|method| item[**method].is_object());
        all.extend(found.map(|method| (format!("{method} {path}"), item[*method].clone())));
    }
    all
}

/// Names of the operations that do not pass.
fn failing(document: &Json, passes: impl Fn(&Json) -> bool) -> Vec<String> {
    operations(document).into_iter().filter(|(_, one)| !passes(one)).map(|(name, _)| name).collect()
}

/// Every `$ref` in a part of the document.
fn references(part: &Json, found: &mut BTreeSet<String>) {
    match part {
        Json::Object(members) => {
            found.extend(members.get("$ref").and_then(Json::as_str).map(str::to_owned));
            members.values().for_each(|inner| references(inner, found));
        }
        Json::Array(items) => items.iter().for_each(|inner| references(inner, found)),
        _ => {}
    }
}

fn references_of(part: &Json) -> BTreeSet<String> {
    let mut found = BTreeSet::new();
    references(part, &mut found);
    found
}

fn is_said(value: &Json) -> bool {
    value.as_str().is_some_and(|text| text.trim().len() > 3)
}

#[test]
fn the_committed_openapi_document_is_the_present_one() {
    let same = committed("openapi.json") == contracts::openapi();

    assert!(same, "openapi/openapi.json is not what the program prints: run `cargo contracts`");
}

#[test]
fn the_committed_graphql_schema_is_the_present_one() {
    let same = committed("schema.graphql") == contracts::sdl();

    assert!(same, "openapi/schema.graphql is not what the program prints: run `cargo contracts`");
}

#[test]
fn no_reference_of_the_openapi_document_dangles() {
    let document = document();

    let dangling: Vec<_> = references_of(&document)
        .into_iter()
        .filter(|to| to.strip_prefix('#').and_then(|pointer| document.pointer(pointer)).is_none())
        .collect();

    assert_eq!(dangling, Vec::<String>::new());
}

#[test]
fn every_schema_of_the_openapi_document_is_used() {
    let document = document();
    let used = references_of(&document);

    let schemas = document["components"]["schemas"].as_object().cloned().unwrap_or_default();
    let orphans: Vec<_> =
        schemas.keys().filter(|name| !used.contains(&format!("#/components/schemas/{name}"))).collect();

    assert_eq!(orphans, Vec::<&String>::new());
}

#[test]
fn every_operation_has_an_id_of_its_own_in_snake_case() {
    let document = document();
    let is_snake = |id: &str| {
        !id.is_empty()
            && id.starts_with(|c: char| c.is_ascii_lowercase())
            && id.chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_')
    };

    let wrong = failing(&document, |one| one["operationId"].as_str().is_some_and(is_snake));
    let all = operations(&document);
    let unique: BTreeSet<_> = all.iter().map(|(_, one)| one["operationId"].to_string()).collect();

    assert!(all.len() > 150, "{} operations", all.len());
    assert_eq!(wrong, Vec::<String>::new());
    assert_eq!(unique.len(), all.len());
}

#[test]
fn every_operation_has_a_summary_a_description_and_a_tag() {
    let document = document();

    let wrong = failing(&document, |one| {
        is_said(&one["summary"]) && is_said(&one["description"]) && is_said(&one["tags"][0])
    });

    assert_eq!(wrong, Vec::<String>::new());
}

#[test]
fn every_parameter_has_a_description() {
    let document = document();

    let wrong = failing(&document, |one| {
        let all = parameters::parameters(&document, one);
        all.iter().all(|parameter| is_said(&parameter["description"]))
    });

    assert_eq!(wrong, Vec::<String>::new());
}

/// The answers of an operation by status, shared ones too.
fn statuses(document: &Json, operation: &Json) -> BTreeMap<String, Json> {
    let answers = operation["responses"].as_object().cloned().unwrap_or_default();
    let shared = |answer: Json| match answer["$ref"].as_str() {
        Some(to) => document.pointer(to.trim_start_matches('#')).cloned().unwrap_or_default(),
        None => answer,
    };
    answers.into_iter().map(|(status, answer)| (status, shared(answer))).collect()
}

#[test]
fn every_operation_documents_a_success_and_its_problems() {
    let document = document();
    let is_problem = |answer: &Json| {
        let to = &answer["content"]["application/problem+json"]["schema"]["$ref"];
        to == "#/components/schemas/ProblemDetails"
    };

    let without_success =
        failing(&document, |one| statuses(&document, one).keys().any(|status| status.starts_with('2')));
    let without_problems = failing(&document, |one| {
        let answers = statuses(&document, one);
        ["400", "406", "500", "503"].iter().all(|status| answers.get(*status).is_some_and(is_problem))
    });
    let without_form = failing(&document, |one| {
        statuses(&document, one)
            .iter()
            .all(|(status, answer)| status < &"400".to_owned() || is_problem(answer))
    });

    assert_eq!(without_success, Vec::<String>::new());
    assert_eq!(without_problems, Vec::<String>::new());
    assert_eq!(without_form, Vec::<String>::new());
}

#[test]
fn every_write_documents_the_refusals_of_writes() {
    let document = document();

    let wrong = failing(&document, |one| {
        let answers = statuses(&document, one);
        one["requestBody"].is_null()
            || ["413", "415", "422"].iter().all(|status| answers.contains_key(*status))
    });

    assert_eq!(wrong, Vec::<String>::new());
}

/// Names of the schemas that bodies of requests are made of.
fn inputs(document: &Json) -> BTreeSet<String> {
    let bodies = operations(document).into_iter().map(|(_, one)| one["requestBody"].clone());
    let mut open: Vec<String> = bodies.flat_map(|body| references_of(&body)).collect();
    let mut found = BTreeSet::new();
    while let Some(next) = open.pop() {
        let part = document.pointer(next.trim_start_matches('#')).cloned().unwrap_or_default();
        if found.insert(next) {
            open.extend(references_of(&part));
        }
    }
    found
}

#[test]
fn every_input_refuses_members_it_does_not_know() {
    let document = document();
    let is_open = |to: &String| {
        let schema = document.pointer(to.trim_start_matches('#')).cloned().unwrap_or_default();
        schema["properties"].is_object() && schema["additionalProperties"] != false
    };

    let inputs = inputs(&document);
    let open: Vec<_> = inputs.iter().filter(|to| is_open(to)).collect();

    assert!(inputs.len() > 40, "{} inputs", inputs.len());
    assert_eq!(open, Vec::<&String>::new());
}

#[test]
fn the_schemas_of_every_kind_can_be_compiled() {
    let broken = |def: &&&KindDef| !def.schemas.new.is_sound() || !def.schemas.patch.is_sound();

    let broken: Vec<_> = KINDS.all().iter().filter(broken).map(|def| def.name).collect();

    assert_eq!(broken, Vec::<&str>::new());
    assert!(Schema::of::<BatchInput>().is_sound());
}

/// Whether the write path knows what to do with a member of an input.
fn is_known(def: &KindDef, member: &str) -> bool {
    let parts = |end: &str| def.has(&format!("{member}_{end}"));
    def.field(member).is_some()
        || def.link(member).is_some()
        || (member == "shared_with" && def.has("shared_set_id"))
        || (parts("minor") && parts("currency"))
        || (parts("kind") && parts("id"))
}

/// Members of the inputs of a kind that lead to no column.
fn lost(def: &KindDef) -> Vec<String> {
    let members = def.schemas.new.members().iter().chain(def.schemas.patch.members());
    members.filter(|member| !is_known(def, member)).map(|member| format!("{}.{member}", def.name)).collect()
}

#[test]
fn every_member_of_an_input_leads_to_a_column() {
    let kinds = KINDS.all().iter().filter(|def| def.class != Class::Shared);

    let lost: Vec<_> = kinds.flat_map(|def| lost(def)).collect();

    assert_eq!(lost, Vec::<String>::new());
}

#[test]
fn what_an_edit_takes_a_creation_takes_too() {
    let kinds = KINDS.all().iter().filter(|def| def.class != Class::Shared);

    let more: Vec<_> = kinds
        .flat_map(|def| {
            let new: BTreeSet<_> = def.schemas.new.members().iter().collect();
            let patch = def.schemas.patch.members().iter().filter(move |member| !new.contains(member));
            patch.map(|member| format!("{}.{member}", def.name))
        })
        .collect();

    assert_eq!(more, Vec::<String>::new());
}

#[test]
fn every_code_has_a_name_and_a_title_of_its_own() {
    let names: BTreeSet<_> = Code::ALL.iter().map(|code| code.name()).collect();
    let titles: BTreeSet<_> = Code::ALL.iter().map(|code| code.title()).collect();

    assert_eq!((names.len(), titles.len()), (Code::ALL.len(), Code::ALL.len()));
    assert!(Code::ALL.iter().all(|code| (400..600).contains(&code.status())));
}

/// Codes that an operation documents under a status that is not theirs.
fn misplaced(document: &Json) -> Vec<String> {
    let mut wrong = BTreeSet::new();
    for (_, one) in operations(document) {
        for (status, answer) in
            statuses(document, &one).into_iter().filter(|(status, _)| status >= &"400".to_owned())
        {
            let text = answer["description"].as_str().unwrap_or_default().to_owned();
            for name in text.trim_start_matches("Refused: ").split(", ") {
                let code = Code::ALL.iter().find(|code| code.name() == name);
                if code.is_none_or(|code| code.status().to_string() != status) {
                    wrong.insert(format!("{status}: {name}"));
                }
            }
        }
    }
    wrong.into_iter().collect()
}

#[test]
fn documented_codes_stand_under_their_status() {
    let document = document();

    let wrong = misplaced(&document);

    assert_eq!(wrong, Vec::<String>::new());
}

/// Everything of a part of the schema that says nothing of itself.
fn silent(parts: &Json, of: &str) -> Vec<String> {
    let parts = parts.as_array().cloned().unwrap_or_default();
    let mut found = Vec::new();
    for part in parts.iter().filter(|part| !part["name"].as_str().unwrap_or_default().starts_with("__")) {
        let name = format!("{of}{}", part["name"].as_str().unwrap_or_default());
        if !is_said(&part["description"]) {
            found.push(name.clone());
        }
        for inner in ["fields", "inputFields", "enumValues"] {
            found.extend(silent(&part[inner], &format!("{name}.")));
        }
    }
    found
}

#[tokio::test]
async fn every_type_and_field_of_graphql_has_a_description() {
    let query = "{ __schema { types { name description fields { name description }
                 inputFields { name description } enumValues { name description } } } }";

    let answer = concord::graphql::schema().execute(query).await;

    let schema = serde_json::to_value(answer.data).expect("an answer");
    let mut silent = silent(&schema["__schema"]["types"], "");
    silent.retain(|name| !["Boolean", "Int", "Float", "String", "ID"].contains(&name.as_str()));
    assert_eq!(silent, Vec::<String>::new());
}
