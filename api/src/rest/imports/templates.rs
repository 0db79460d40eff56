//! Templates as files.

use axum::{
    extract::Path,
    http::{HeaderMap, header},
    response::{IntoResponse, Response},
};
use kernel::{Code, Error, input::cut};
use rust_xlsxwriter::{DataValidation, Format, Formula, Note, Workbook, XlsxError};
use serde::Deserialize;
use utoipa::IntoParams;

use super::super::{
    forms::{CSV, Form, XLSX, wanted},
    listing::Asking,
    problem::{Problem, ReadProblems},
};
use crate::{
    domain::exchange::imports::{Takes, Template, TemplateColumn},
    preference::Accept,
};

/// A row as a JSON object.
const JSON_SCHEMA: Form = Form { name: "json_schema", media: "application/schema+json" };
/// A table.
const TABLE_SCHEMA: Form = Form { name: "table_schema", media: "application/json" };
const FORMS: [Form; 4] = [CSV, XLSX, JSON_SCHEMA, TABLE_SCHEMA];
/// Rows of a sheet that have drop-downs.
const ROWS: u32 = 10_000;
/// Name of the hidden sheet of codes; imports leave it out.
const LISTS: &str = "x_lists";

/// In which form a template is wanted.
#[derive(Clone, Debug, Default, Deserialize, IntoParams)]
#[serde(default)]
#[into_params(parameter_in = Query)]
pub(super) struct TemplateParams {
    /// Form of the template, before `Accept`: `csv`, `xlsx`, `json_schema` or `table_schema`.
    #[param(pattern = "^(csv|xlsx|json_schema|table_schema)$", example = "csv")]
    format: Option<String>,
    /// Languages wanted for labels and notes, best first.
    lang: Option<String>,
}

#[utoipa::path(get, path = "/imports/templates/{kind}", tag = "Imports",
    summary = "Read a template for imports",
    description = "Answers an empty file of a kind, ready to be filled in and sent: CSV, a workbook with drop-downs and notes, or the schema of a row (JSON Schema) or of a table (Frictionless Table Schema). All are made of the declarations by which imports are judged. Labels, what people call the columns and how to fill them are in the first language wanted. Kinds that files do not write, API keys and calendars, have none (404).",
    params(("kind" = String, Path, description = "Kind of the records, such as `tasks`"), TemplateParams),
    responses((status = 200, description = "The template", content(
            (String = "text/csv"), (String = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"),
            (serde_json::Value = "application/schema+json"), (serde_json::Value = "application/json")),
        headers(("ETag" = String), ("Content-Disposition" = String))), ReadProblems))]
pub(super) async fn get_import_template(
    Asking(ctx, asked): Asking<TemplateParams>,
    Path(kind): Path<String>,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    let form = wanted(&FORMS, asked.format.as_deref(), &Accept::of(&headers))?;
    let template = Template::of(&kind, &ctx.locale).ok_or_else(|| {
        let text = format!("there is no kind {} that could be imported", cut(&kind.as_str().into()));
        Problem::Http(Code::NotFound, text)
    })?;
    let collection = template.def.collection;
    let (body, file) = match form {
        CSV => (table(&template), format!("{collection}.csv")),
        XLSX => {
            let book =
                book(&template).map_err(|error| Error::Internal(format!("no workbook was made: {error}")))?;
            (book, format!("{collection}.xlsx"))
        }
        JSON_SCHEMA => (
            serde_json::to_vec(&template.json_schema()).map_err(Error::from)?,
            format!("{collection}.schema.json"),
        ),
        _ => (
            serde_json::to_vec(&template.table_schema()).map_err(Error::from)?,
            format!("{collection}.table.json"),
        ),
    };
    let headers = [
        (header::CONTENT_TYPE, form.media.to_owned()),
        (header::CONTENT_DISPOSITION, format!("attachment; filename=\"{file}\"")),
    ];
    Ok((headers, body).into_response())
}

/// A line of names, with the mark by which programs for tables know its characters.
fn table(template: &Template) -> Vec<u8> {
    let names: Vec<&str> = template.columns.iter().map(|column| column.name.as_str()).collect();
    format!("\u{feff}{}\r\n", names.join(",")).into_bytes()
}

/// A workbook: a sheet with the name of the kind, and a hidden one with the codes of its drop-downs.
fn book(template: &Template) -> Result<Vec<u8>, XlsxError> {
    let mut book = Workbook::new();
    let (head, needed) = (
        Format::new().set_bold(),
        Format::new().set_bold().set_underline(rust_xlsxwriter::FormatUnderline::Single),
    );
    let (day, instant) =
        (Format::new().set_num_format("yyyy-mm-dd"), Format::new().set_num_format("yyyy-mm-dd hh:mm:ss"));
    let mut lists: Vec<(u16, &TemplateColumn)> = Vec::new();
    let sheet = book.add_worksheet().set_name(template.def.collection)?;
    sheet.set_freeze_panes(1, 0)?;
    for (at, column) in (0_u16..).zip(&template.columns) {
        sheet.write_string_with_format(
            0,
            at,
            &column.name,
            if column.is_required { &needed } else { &head },
        )?;
        sheet.insert_note(0, at, &Note::new(note(column)).set_author("Concord"))?;
        sheet.set_column_width(at, 18)?;
        match column.holds {
            Takes::Day => drop(sheet.set_column_format(at, &day)?),
            Takes::Instant => drop(sheet.set_column_format(at, &instant)?),
            Takes::Truth => {
                let choice = DataValidation::new().allow_list_strings(&["true", "false"])?;
                sheet.add_data_validation(1, at, ROWS, at, &choice)?;
            }
            Takes::Text if !column.codes.is_empty() => {
                let place = u16::try_from(lists.len()).unwrap_or_default();
                let letters = rust_xlsxwriter::utility::column_number_to_name(place);
                let range = format!("={LISTS}!${letters}$1:${letters}${}", column.codes.len());
                let choice = DataValidation::new().allow_list_formula(Formula::new(range));
                sheet.add_data_validation(1, at, ROWS, at, &choice)?;
                lists.push((place, column));
            }
            _ => {}
        }
    }
    if !lists.is_empty() {
        let codes = book.add_worksheet().set_name(LISTS)?;
        codes.set_hidden(true);
        for (at, column) in lists {
            for (row, label) in (0_u32..).zip(&column.codes) {
                codes.write_string(row, at, &label.code)?;
            }
        }
    }
    book.save_to_buffer()
}

/// What is said of a column.
fn note(column: &TemplateColumn) -> String {
    let texts = [column.called, column.text.as_str()].into_iter().chain(column.notes.iter().copied());
    let codes = column.codes.iter().map(|label| format!("{}: {}", label.code, label.label));
    let lines = texts.filter(|text| !text.is_empty()).map(str::to_owned).chain(codes);
    lines.collect::<Vec<_>>().join("\n").chars().take(2000).collect()
}
