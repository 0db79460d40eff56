//! What the document says of flat views.

use serde_json::{Map, Value as Json, json};
use utoipa::{IntoParams, openapi::path::ParameterIn};

use super::operation::{Documented, in_query, link};
use crate::{
    domain::{
        exchange::columns::Type,
        flat::{How, REGION, Table, VIEWS, View, described_view, filters},
    },
    rest::{
        exports::FORMS,
        flat::{FlatFileParams, FlatPageParams, FlatParams},
        forms::JSON,
        problem::ReadProblems,
    },
};

/// The name of the schema of a view's rows: `TaskFlat`.
fn schema_name(name: &str) -> String {
    let part = |part: &str| {
        let mut letters = part.chars();
        letters.next().map(|first| first.to_ascii_uppercase()).into_iter().chain(letters).collect::<String>()
    };
    name.split('_').map(part).collect()
}

fn of(view: &View, is_file: bool) -> (Table, Documented) {
    let table = described_view(view.name).unwrap_or_else(|| unreachable!("views describe themselves"));
    let (id, summary, more) = if is_file {
        (
            format!("export_{}", view.name),
            format!("Export {}", view.name),
            "All rows, in one file, as all of it was at one instant.",
        )
    } else {
        (
            format!("list_{}", view.name),
            format!("Read {}", view.name),
            "With `Accept` of CSV, NDJSON or a workbook it answers all rows in one file.",
        )
    };
    let text = format!("{} What the caller may not see is told as what is not there. {more}", view.doc);
    (table, Documented::new("Flat views", &id, &summary, &text))
}

fn parameters<P: IntoParams>() -> Vec<Json> {
    P::into_params(|| Some(ParameterIn::Query))
        .iter()
        .filter_map(|one| serde_json::to_value(one).ok())
        .collect()
}

fn narrowing(table: &Table) -> Vec<Json> {
    let any_of = |items: Json| json!({ "type": "array", "items": items });
    let text = "Only rows of countries that are members of one of these regions now.";
    let region = in_query(REGION, text, &any_of(json!({ "type": "string" })));
    let own = filters(table).into_iter().map(|filter| {
        let schema = match filter.how {
            How::Any => any_of(form(filter.ty)),
            How::From | How::Until => form(filter.ty),
        };
        in_query(&filter.name, &filter.doc, &schema)
    });
    [region].into_iter().chain(own).chain(parameters::<FlatParams>()).collect()
}

/// The form of a value.
fn form(ty: Type) -> Json {
    match ty {
        Type::Id => json!({ "type": "string", "format": "uuid" }),
        Type::Text => json!({ "type": "string" }),
        Type::Number => json!({ "type": "integer", "format": "int64" }),
        Type::Decimal => json!({ "type": "number" }),
        Type::Truth => json!({ "type": "boolean" }),
        Type::Day => json!({ "type": "string", "format": "date" }),
        Type::Instant => json!({ "type": "string", "format": "date-time" }),
    }
}

/// A page of a view.
pub fn page(view: &View) -> Json {
    let (table, documented) = of(view, false);
    documented
        .takes(narrowing(&table))
        .takes(parameters::<FlatPageParams>())
        .answers(
            200,
            "A page of the view",
            &link(&format!("{}Page", schema_name(view.name))),
            &["ETag", "Link"],
        )
        .refuses::<ReadProblems>()
}

/// All of a view as a file.
pub fn file(view: &View) -> Json {
    let (table, documented) = of(view, true);
    let forms = || FORMS.iter().filter(|form| **form != JSON);
    let format = json!({
        "name": "format", "in": "path", "required": true, "description": "Form of the file",
        "schema": { "type": "string", "enum": forms().map(|form| form.name).collect::<Vec<_>>() },
    });
    documented
        .takes([format])
        .takes(narrowing(&table))
        .takes(parameters::<FlatFileParams>())
        .answers_forms(
            "All rows",
            &forms().map(|form| form.media).collect::<Vec<_>>(),
            &["Content-Disposition"],
        )
        .refuses::<ReadProblems>()
}

/// The schemas of rows and pages.
pub fn schemas() -> Map<String, Json> {
    let mut all = Map::new();
    for table in VIEWS.iter().filter_map(|view| described_view(view.name)) {
        let name = schema_name(table.name);
        let property = |at: usize, ty: Type, doc: &str| {
            let mut schema = form(ty).as_object().cloned().unwrap_or_default();
            if let Some(of) = schema.get("type").cloned().filter(|_| at > 0) {
                schema.insert("type".into(), json!([of, "null"]));
            }
            schema.insert("description".into(), doc.into());
            Json::Object(schema)
        };
        let columns = table.columns.iter().enumerate();
        let properties: Map<String, Json> =
            columns.map(|(at, column)| (column.name.clone(), property(at, column.ty, &column.doc))).collect();
        let required: Vec<&str> = table.columns.iter().map(|column| column.name.as_str()).collect();
        let row = json!({ "type": "object", "description": table.doc, "properties": properties, "required": required });
        all.extend(
            kernel::schema::page(&name)
                .as_object()
                .map(|page| (format!("{name}Page"), Json::Object(page.clone()))),
        );
        all.insert(name, row);
    }
    all
}
