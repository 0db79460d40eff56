//! Flat views: rows of cells for programs that draw figures, as pages of JSON and as whole files.

use axum::{
    response::{IntoResponse, Response},
    routing::MethodFilter,
};
use futures_util::future::BoxFuture;
use kernel::{Code, Ctx, Error, Violation};
use serde::Deserialize;
use utoipa::IntoParams;

use super::{
    answer::{Answer, Page, PageInfo},
    exports::{Begins, Begun, Book, Exporting, LINES, Listing, Printer, SEPARATORS, SWITCHES, book, one_of},
    forms::{CSV, Form, XLSX},
    kinds::Operation,
    listing::{ListReader, Parameters, names, part},
    openapi::flat as contract,
    parameters::parameter_faults,
    problem::Problem,
};
use crate::{
    domain::{
        exchange::{
            export::Export,
            print::{Object, Objects, Table as Printed},
        },
        flat::{
            Asked, Found, REGION, Row, Source, Table, VIEWS, described_view, filters, find, page_size, view,
        },
    },
    signin::identity::Recalled,
};

/// Which page of a flat view is wanted.
#[derive(Clone, Debug, Default, Deserialize, IntoParams)]
#[serde(default)]
#[into_params(parameter_in = Query)]
pub struct FlatPageParams {
    /// How many rows, 1 to 10000.
    #[param(minimum = 1, maximum = 10_000, default = 1_000)]
    limit: Option<i64>,
    /// Cursor: `page.next` of the page before.
    after: Option<String>,
    /// Whether to count all rows too.
    total: Option<bool>,
}

/// What is asked of a flat view in any form.
#[derive(Clone, Debug, Default, Deserialize, IntoParams)]
#[serde(default)]
#[into_params(parameter_in = Query)]
pub struct FlatParams {
    /// Column that rows are ordered by, a leading minus for descending; several are separated by commas. Views of one kind of record are
    /// ordered by columns of that kind.
    sort: Option<String>,
    /// Languages of texts and labels, best first.
    lang: Option<String>,
}

/// How a file of a flat view is written.
#[derive(Clone, Debug, Default, Deserialize, IntoParams)]
#[serde(default)]
#[into_params(parameter_in = Query)]
pub struct FlatFileParams {
    /// Of CSV: `1` for a byte order mark at the beginning and lines that end with CRLF, as Excel reads it best.
    #[param(pattern = "^(0|1|true|false)$", example = "1")]
    excel: Option<String>,
    /// Of CSV: `comma` (the default), `semicolon` or `tab`.
    #[param(pattern = "^(comma|semicolon|tab)$", example = "semicolon")]
    separator: Option<String>,
}

/// The operations of the views.
pub fn operations() -> impl Iterator<Item = Operation> {
    VIEWS.iter().flat_map(|of| {
        let name = of.name;
        let list = async move |asked: Listing| match asked {
            Listing::Page(page) => {
                let ListReader(reader, parameters) = *page;
                read_page(reader, name, &parameters).await.map(IntoResponse::into_response)
            }
            Listing::Whole(exporting) => file(*exporting, name).await,
        };
        let export = async move |exporting: Exporting| file(exporting, name).await;
        [
            Operation::new(MethodFilter::GET, format!("/{name}"), contract::page(of), list).of_forms(),
            Operation::new(MethodFilter::GET, format!("/{name}.{{format}}"), contract::file(of), export)
                .of_forms(),
        ]
    })
}

/// What is asked of a view, read from the parameters of an address.
fn asked(table: &Table, given: &[(String, String)], more: &[String], faults: &mut Vec<Violation>) -> Asked {
    let own = [names::<FlatParams>(), more.to_vec()].concat();
    let filters: Vec<String> = filters(table).into_iter().map(|filter| filter.name).collect();
    let known: Vec<&str> = own.iter().chain(&filters).map(String::as_str).chain([REGION]).collect();
    faults.extend(parameter_faults(given, &known));
    let FlatParams { sort, lang: _ } = part(given, &names::<FlatParams>(), faults);
    let filters: Vec<_> = given.iter().filter(|(name, _)| !own.contains(name)).cloned().collect();
    Asked::read(table, &filters, sort.as_deref().unwrap_or_default(), faults)
}

async fn read_page(mut recalled: Recalled, name: &str, parameters: &Parameters) -> Result<Answer, Problem> {
    loop {
        let answer = page_of(&recalled.ctx, name, parameters).await;
        if recalled.stood().await? {
            return answer;
        }
    }
}

async fn page_of(ctx: &Ctx, name: &str, parameters: &Parameters) -> Result<Answer, Problem> {
    let Some(table) = view(ctx, name).await? else { return Err(Error::NotFound.into()) };
    let mut faults = Vec::new();
    let paging = names::<FlatPageParams>();
    let asked = asked(&table, &parameters.given, &paging, &mut faults);
    let page: FlatPageParams = part(&parameters.given, &paging, &mut faults);
    let limit = page_size("limit", page.limit, &mut faults);
    if !faults.is_empty() {
        return Err(Error::BadRequest(faults).into());
    }
    let asked = Asked { limit, cursor: page.after, is_counted: page.total.unwrap_or_default(), ..asked };
    let Found { rows, next, total } = find(ctx, &table, &asked).await?;
    let names: Vec<&str> = table.columns.iter().map(|column| column.name.as_str()).collect();
    let items: Vec<Object<'_>> = rows.into_iter().map(|row| object(&names, row)).collect();
    let page = PageInfo { next: next.clone(), limit, total };
    Ok(Answer {
        next: next.map(|cursor| parameters.address_after(&cursor)),
        ..Answer::of(&Page { items, page })?
    })
}

fn object<'a>(names: &[&'a str], row: Row) -> Object<'a> {
    Object(names.iter().copied().zip(row).collect())
}

/// All of a view as a file.
async fn file(exporting: Exporting, name: &'static str) -> Result<Response, Problem> {
    let form = exporting.form;
    let mut faults = Vec::new();
    let own = names::<FlatFileParams>();
    let given = exporting.parameters.given.clone();
    // What is wrong is told before anything is begun.
    let Some(shape) = described_view(name) else { return Err(Error::NotFound.into()) };
    let asked = asked(&shape, &given, &own, &mut faults);
    let read: FlatFileParams = part(&given, &own, &mut faults);
    let separator = one_of(&SEPARATORS, "separator", read.separator.as_deref(), &mut faults).unwrap_or(b',');
    let is_for_excel = one_of(&SWITCHES, "excel", read.excel.as_deref(), &mut faults).unwrap_or_default();
    for foreign in
        ["excel", "separator"].into_iter().filter(|name| form != CSV && exporting.parameters.has(name))
    {
        let detail = format!("`{foreign}` is a parameter of CSV, not of {}", form.name);
        faults.push(Violation::new(format!("?{foreign}"), Code::UnknownParameter, detail));
    }
    if !faults.is_empty() {
        exporting.recalled.confirmed().await?;
        return Err(Error::BadRequest(faults).into());
    }
    let headers = exporting.headers(name, None);
    let write = Writing { form, separator, is_for_excel };
    exporting.send(headers, &Whole { name, asked, write }).await
}

/// How a file is written.
#[derive(Clone, Copy)]
struct Writing {
    form: Form,
    separator: u8,
    is_for_excel: bool,
}

/// All of a view.
struct Whole {
    name: &'static str,
    asked: Asked,
    write: Writing,
}

impl Begins for Whole {
    fn begin<'a>(&'a self, snapshot: &'a Ctx) -> BoxFuture<'a, kernel::Result<Begun>> {
        Box::pin(begin(snapshot, self.name, &self.asked, self.write))
    }
}

async fn begin(ctx: &Ctx, name: &'static str, asked: &Asked, write: Writing) -> kernel::Result<Begun> {
    let Some(table) = view(ctx, name).await? else { return Err(Error::NotFound) };
    if let Source::Made(_) = table.source {
        let found = find(ctx, &table, &Asked { limit: usize::MAX, ..asked.clone() }).await?;
        ctx.settle_reads().await?;
        return Ok(Begun::Made(made(ctx, &table, found.rows, write)?));
    }
    let parts = asked.taken(&table)?;
    let columns = parts.iter().map(|(_, columns)| columns.clone()).collect();
    let printer = match write.form {
        LINES => Printer::Objects(Objects { columns }),
        XLSX => Printer::Book(Book { title: name, columns }),
        _ => {
            Printer::Table(Printed { columns, separator: write.separator, is_for_excel: write.is_for_excel })
        }
    };
    let export = Export::of_all(ctx.clone(), &parts).await?.ok_or(Error::NotFound)?;
    Begun::of(export, printer).await
}

/// Rows that are there as a file.
fn made(ctx: &Ctx, table: &Table, rows: Vec<Row>, write: Writing) -> kernel::Result<Vec<u8>> {
    let names: Vec<&str> = table.columns.iter().map(|column| column.name.as_str()).collect();
    let mut bytes = Vec::new();
    match write.form {
        XLSX => return book::of_cells((table.name, &names), &rows, ctx.clock.now()),
        LINES => {
            for row in rows {
                serde_json::to_writer(&mut bytes, &object(&names, row))?;
                bytes.push(b'\n');
            }
        }
        _ => {
            let printed =
                Printed { columns: Vec::new(), separator: write.separator, is_for_excel: write.is_for_excel };
            printed.names(names.into_iter(), &mut bytes);
            for row in rows {
                printed.line(row.into_iter(), &mut bytes);
            }
        }
    }
    Ok(bytes)
}
