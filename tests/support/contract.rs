//! The published contract: every answer of every test is held against the OpenAPI document.

use std::{
    collections::{BTreeMap, HashMap},
    sync::{LazyLock, Mutex, PoisonError},
};

use axum::http::{Method, header};
use concord::contracts;
use jsonschema::{Draft, Registry, Resource, Validator};
use serde_json::{Map, Value as Json, json};

use super::client::Answer;

/// Name under which the document is referred to.
const DOCUMENT: &str = "concord:/openapi";

/// Media type of workbooks.
const WORKBOOK: &str = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet";

/// The document, read once for all tests.
static CONTRACT: LazyLock<Contract> = LazyLock::new(Contract::read);

struct Contract {
    document: Json,
    /// Templates of addresses by their first part, which none of them leaves open.
    templates: HashMap<String, Vec<String>>,
    registry: Registry<'static>,
    compiled: Mutex<HashMap<String, &'static Validator>>,
}

/// Holds an answer against what its operation documents; addresses outside the document are free.
///
/// # Panics
/// Where status, content type, headers or body are not what the document says.
pub fn hold(method: &Method, uri: &str, answer: &Answer) {
    let faults = faults(method, uri, answer);
    let said = String::from_utf8_lossy(&answer.bytes);
    assert!(
        faults.is_empty(),
        "{method} {uri} answered {} against the contract:\n  {}\n{said}",
        answer.status,
        faults.join("\n  ")
    );
}

/// What of an answer is not as its operation documents it.
pub fn faults(method: &Method, uri: &str, answer: &Answer) -> Vec<String> {
    let path = uri.split('?').next().unwrap_or_default();
    let Some(path) = path.strip_prefix("/api/v1") else { return Vec::new() };
    // A list in another form than pages is its export.
    let export = ["text/csv", "application/x-ndjson", WORKBOOK]
        .contains(&media(answer))
        .then(|| CONTRACT.address(&format!("{path}.csv")));
    let Some(operations) = export.flatten().or_else(|| CONTRACT.address(path)) else {
        return Vec::new();
    };
    let read_as = if method == Method::HEAD { "get" } else { &method.as_str().to_lowercase() };
    match operations.get(read_as) {
        Some(operation) => CONTRACT.faults(method, operation, answer),
        None if answer.status < 400 => vec!["the document knows no such method here".into()],
        None => CONTRACT.body_faults(&problem(), answer),
    }
}

/// The schema of refusals, as a reference.
fn problem() -> Json {
    json!({ "$ref": "#/components/schemas/ProblemDetails" })
}

/// Closes every schema with members: what the document does not name, no answer carries.
fn close(part: &mut Json) {
    if let Some(members) = part.as_object_mut() {
        if members.contains_key("properties") && !members.contains_key("additionalProperties") {
            members.insert("additionalProperties".into(), json!(false));
        }
        members.values_mut().for_each(close);
    }
    part.as_array_mut().into_iter().flatten().for_each(close);
}

/// The media type of an answer.
fn media(answer: &Answer) -> &str {
    let given = answer.headers.get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok());
    given.unwrap_or_default().split(';').next().unwrap_or_default()
}

/// The first part of an address, as far as no template leaves it open.
fn start(path: &str) -> &str {
    path.split(['/', '.']).nth(1).unwrap_or_default()
}

/// Whether a path fits a template of the document, and how far its parts are variable: those with a fixed beginning or
/// end less than others.
fn fit(template: &str, path: &str) -> Option<usize> {
    let (wanted, given): (Vec<_>, Vec<_>) = (template.split('/').collect(), path.split('/').collect());
    let ends = |part: &str| {
        let (start, rest) = part.split_once('{')?;
        Some((start.to_owned(), rest.split_once('}')?.1.to_owned()))
    };
    let is_between = |(start, end): (String, String), given: &str| {
        given.len() > start.len() + end.len() && given.starts_with(&start) && given.ends_with(&end)
    };
    let fits = |(wanted, given): (&&str, &&str)| {
        wanted == given || ends(wanted).is_some_and(|ends| is_between(ends, given))
    };
    let all = wanted.len() == given.len() && wanted.iter().zip(&given).all(fits);
    let variable = wanted.iter().filter_map(|part| ends(part));
    all.then(|| variable.map(|(start, end)| if start.is_empty() && end.is_empty() { 2 } else { 1 }).sum())
}

impl Contract {
    fn read() -> Self {
        let mut document: Json = serde_json::from_str(&contracts::openapi()).expect("the document is JSON");
        close(&mut document["components"]["schemas"]);
        let mut templates = HashMap::<_, Vec<_>>::new();
        for template in document["paths"].as_object().expect("paths").keys() {
            assert!(!start(template).starts_with('{'), "{template}");
            templates.entry(start(template).to_owned()).or_default().push(template.clone());
        }
        let resource = Resource::from_contents(document.clone());
        let registry = Registry::new().draft(Draft::Draft202012).add(DOCUMENT, resource);
        let registry =
            registry.and_then(jsonschema::RegistryBuilder::prepare).expect("the document is sound");
        Self { document, templates, registry, compiled: Mutex::default() }
    }

    /// The operations at an address, the most exact template first.
    fn address(&self, path: &str) -> Option<&Map<String, Json>> {
        let templates = self.templates.get(start(path))?.iter();
        let fitting = templates.filter_map(|template| Some((fit(template, path)?, template)));
        let (_, template) = fitting.min_by_key(|(variable, _)| *variable)?;
        self.document["paths"][template].as_object()
    }

    /// A part of the document, its reference followed.
    fn resolved<'a>(&'a self, part: &'a Json) -> &'a Json {
        let link = part["$ref"].as_str().and_then(|to| self.document.pointer(to.trim_start_matches('#')));
        link.unwrap_or(part)
    }

    fn faults(&self, method: &Method, operation: &Json, answer: &Answer) -> Vec<String> {
        let answers = &operation["responses"];
        let Some(documented) = answers.get(answer.status.to_string()) else {
            let known: BTreeMap<_, _> = answers.as_object().into_iter().flatten().collect();
            let known: Vec<_> = known.keys().map(|status| status.as_str()).collect();
            return vec![format!("the status is not documented; known are {}", known.join(" "))];
        };
        let documented = self.resolved(documented);
        let mut faults = self.header_faults(documented, answer);
        let content = documented["content"].as_object();
        if method == Method::HEAD || content.is_none() {
            let empty = answer.bytes.is_empty();
            faults.extend((!empty).then(|| "the document knows no body here".into()));
            return faults;
        }
        let media = media(answer);
        match content.and_then(|content| content.get(media)) {
            Some(form) if ["/json", "+json"].iter().any(|end| media.ends_with(end)) => {
                faults.extend(self.body_faults(&form["schema"], answer))
            }
            // What is no JSON is a text, whatever it holds.
            Some(form) => {
                faults.extend((form["schema"]["type"] != "string").then(|| "the body is no text".into()))
            }
            None => faults.push(format!("the content type `{media}` is not documented")),
        }
        faults
    }

    /// Headers that the document promises and the answer does not have.
    fn header_faults(&self, documented: &Json, answer: &Answer) -> Vec<String> {
        let all = documented["headers"].as_object().into_iter().flatten();
        let promised = all.filter(|(_, header)| self.resolved(header)["required"] == true);
        let missing = promised.filter(|(name, _)| !answer.headers.contains_key(name.as_str()));
        missing.map(|(name, _)| format!("the header `{name}` is missing")).collect()
    }

    fn body_faults(&self, schema: &Json, answer: &Answer) -> Vec<String> {
        let errors = self.validator(schema).iter_errors(&answer.body);
        errors.map(|error| format!("{}: {error}", error.instance_path())).collect()
    }

    fn validator(&self, schema: &Json) -> &'static Validator {
        let mut compiled = self.compiled.lock().unwrap_or_else(PoisonError::into_inner);
        compiled.entry(schema.to_string()).or_insert_with(|| {
            let text = schema.to_string().replace("\"#/", &format!("\"{DOCUMENT}#/"));
            let schema = serde_json::from_str(&text).expect("the schema is JSON");
            let options = jsonschema::options().with_draft(Draft::Draft202012).should_validate_formats(true);
            let built = options.with_registry(&self.registry).build(&schema);
            Box::leak(Box::new(built.expect("the schema can be compiled")))
        })
    }
}
