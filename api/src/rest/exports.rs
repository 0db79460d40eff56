//! Exports: whole lists as CSV, as lines of JSON or as workbooks, written while they are read.

mod asked;
pub(super) mod book;
mod sent;

use std::sync::Arc;

use axum::{
    extract::{FromRequestParts, Path},
    http::{HeaderMap, HeaderName, HeaderValue, header, request::Parts},
    response::{IntoResponse, Response},
};
use futures_util::{future::BoxFuture, stream::BoxStream};
use kernel::{Ctx, KindDef, view::Locale};

pub use asked::ExportParams;
use asked::{Asked, Chosen};
pub(super) use asked::{SEPARATORS, SWITCHES, one_of};
pub(super) use book::Book;
pub(super) use sent::Printer;

use super::{
    addresses::no_such_address,
    caller::recall,
    forms::{CSV, Form, JSON, XLSX, wanted},
    layers::takes_json,
    listing::{ListReader, Parameters},
    problem::Problem,
};
use crate::{
    domain::{
        exchange::{
            columns::{Columns, Texts},
            export::{self, Batch, Export},
            print::{Lines, Table},
        },
        plans::document::words::Speech,
    },
    limits::{meter::Meter, rates::COSTS},
    preference::Accept,
    signin::identity::Recalled,
    state::AppState,
    streams::Seat,
};

/// The form of lines of JSON.
pub(super) const LINES: Form = Form { name: "ndjson", media: "application/x-ndjson" };

/// The forms of a list: JSON in pages, the others whole.
pub(super) const FORMS: [Form; 4] = [JSON, CSV, LINES, XLSX];

/// The form of a list that its caller prefers; JSON where it takes refusals alone.
pub(super) fn accepted(forms: &[Form], headers: &HeaderMap) -> Result<Form, Problem> {
    let accept = Accept::of(headers);
    wanted(forms, None, &accept).or_else(|refusal| match takes_json(&accept) {
        Ok(()) => Ok(JSON),
        Err(_) => Err(refusal),
    })
}

/// The form of a file by the end of its address.
pub(super) fn ending(forms: &[Form], format: &str, parts: &Parts) -> Result<Form, Problem> {
    let form = forms.iter().copied().find(|form| form.name == format && *form != JSON);
    form.ok_or_else(|| no_such_address(&format!("/api/v1{}", parts.uri.path())))
}

/// The addresses that a path stands for: one for each form of a file.
pub(super) fn addresses(path: String) -> Vec<String> {
    match path.strip_suffix("{format}") {
        Some(start) => {
            FORMS.iter().filter(|form| **form != JSON).map(|form| format!("{start}{}", form.name)).collect()
        }
        None => vec![path],
    }
}

/// Any caller of a list: of a page of it, or of all of it in another form, as `Accept` says.
pub enum Listing {
    /// A page, as JSON.
    Page(Box<ListReader>),
    /// All of it.
    Whole(Box<Exporting>),
}

impl FromRequestParts<AppState> for Listing {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, state: &AppState) -> Result<Self, Problem> {
        let form = accepted(&FORMS, &parts.headers)?;
        if form == JSON {
            let page = ListReader::from_request_parts(parts, state).await?;
            return Ok(Self::Page(Box::new(page)));
        }
        Ok(Self::Whole(Box::new(Exporting::of(parts, state, form).await?)))
    }
}

/// Any caller who wants a whole list in one of its forms.
pub struct Exporting {
    pub(super) recalled: Recalled,
    pub(super) parameters: Parameters,
    pub(super) form: Form,
    state: AppState,
    meter: Option<Meter>,
}

impl FromRequestParts<AppState> for Exporting {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, state: &AppState) -> Result<Self, Problem> {
        let Ok(Path(format)) = Path::<String>::from_request_parts(parts, state).await else {
            return Err(no_such_address(parts.uri.path()));
        };
        let form = ending(&FORMS, &format, parts)?;
        Self::of(parts, state, form).await
    }
}

/// What begins in a snapshot of the database; it may begin again in another one.
pub(super) trait Begins: Send + Sync {
    /// Reads the first part.
    fn begin<'a>(&'a self, snapshot: &'a Ctx) -> BoxFuture<'a, kernel::Result<Begun>>;
}

/// All of a list.
struct Whole {
    asked: Asked,
    /// The languages in which records that are referred to are named.
    names: Arc<Locale>,
    form: Form,
}

impl Begins for Whole {
    fn begin<'a>(&'a self, snapshot: &'a Ctx) -> BoxFuture<'a, kernel::Result<Begun>> {
        Box::pin(begin(snapshot, &self.asked, &self.names, self.form))
    }
}

/// Parts of a file, each with the number of rows it has.
pub(super) type Pages = BoxStream<'static, kernel::Result<(Vec<u8>, usize)>>;

/// What is sent as a file.
pub(super) enum Begun {
    /// Lists, of which the first part is read.
    Read(Box<(Export, Option<Batch>, Printer)>),
    /// Something that is made already.
    Made(Vec<u8>),
    /// Parts that are made one after the other.
    Parts(Pages),
}

impl Begun {
    /// Lists, of which the first part is read now.
    pub(super) async fn of(mut export: Export, printer: Printer) -> kernel::Result<Self> {
        let first = export.next().await?;
        Ok(Self::Read(Box::new((export, first, printer))))
    }
}

impl Exporting {
    /// Who wants a whole list in this form.
    ///
    /// # Errors
    /// As [`recall`].
    pub(super) async fn of(parts: &Parts, state: &AppState, form: Form) -> Result<Self, Problem> {
        let recalled = recall(parts, state).await?;
        let parameters = Parameters::of(parts, &recalled);
        let meter = parts.extensions.get::<Meter>().cloned();
        Ok(Self { recalled, parameters, form, state: state.clone(), meter })
    }

    /// Answers all of the list of a kind, as soon as the first part of it is read.
    ///
    /// # Errors
    /// As its pages; 429 where the caller holds as many streams open as it may, 503 where as many exports run.
    pub async fn answer(mut self, def: &'static KindDef) -> Result<Response, Problem> {
        let asked = match Asked::read(&self.parameters, def, self.form, &self.speech()) {
            Ok(asked) => asked,
            Err(refusal) => {
                self.recalled.confirmed().await?;
                return Err(refusal);
            }
        };
        let names = self.recalled.ctx.locale.clone();
        if asked.texts != Texts::Shown {
            self.recalled.ctx.view.locale = Arc::new(Locale { chain: Vec::new(), all: true });
        }
        let headers = self.headers(def.collection, asked.language.clone());
        let form = self.form;
        self.send(headers, &Whole { asked, names, form }).await
    }

    /// Answers what is read in one snapshot, as soon as the first part of it is.
    ///
    /// # Errors
    /// As what is read; 429 where the caller holds as many streams open as it may, 503 where as many exports run.
    pub(super) async fn send(mut self, headers: HeaderMap, what: &impl Begins) -> Result<Response, Problem> {
        let seat = self.seat()?;
        if let Some(meter) = &self.meter {
            meter.charge(COSTS.export)?;
        }
        let turn = self.state.limits.exports.take().await?;
        let begun = loop {
            let snapshot = export::snapshot(&self.recalled.ctx).await?;
            let begun = what.begin(&snapshot).await;
            if self.recalled.stood_in(snapshot).await? {
                break begun?;
            }
        };
        let body = sent::body(&self.state, (seat, turn), begun, self.meter);
        Ok((headers, body).into_response())
    }

    /// The language of labels.
    fn speech(&self) -> Speech {
        Speech::of(&self.recalled.ctx.locale, &[])
    }

    fn seat(&self) -> Result<Seat, Problem> {
        let address = self.meter.as_ref().and_then(Meter::address);
        Ok(self.state.streams.take(self.recalled.identity.payer, address)?)
    }

    /// The headers of a file of this name.
    pub(super) fn headers(&self, name: &str, language: Option<String>) -> HeaderMap {
        let file = format!("{name}-{}.{}", self.state.clock.today(), self.form.name);
        let media =
            if self.form == CSV { "text/csv; charset=utf-8; header=present" } else { self.form.media };
        let texts = [
            (header::CONTENT_TYPE, Some(media.to_owned())),
            (header::CONTENT_DISPOSITION, Some(format!("attachment; filename=\"{file}\""))),
            (header::CONTENT_LANGUAGE, language),
        ];
        let given =
            |(name, text): (HeaderName, Option<String>)| Some((name, HeaderValue::from_str(&text?).ok()?));
        texts.into_iter().filter_map(given).collect()
    }
}

async fn begin(snapshot: &Ctx, asked: &Asked, names: &Arc<Locale>, form: Form) -> kernel::Result<Begun> {
    let (def, listed) = (asked.listed.def, &asked.listed);
    let (printer, read, names) = match &asked.chosen {
        Chosen::Members(parts) => {
            let lines = Lines { parts: parts.clone() };
            let read = lines.read(def);
            // A record is shown as lists show it, with all that belongs to it.
            let names = snapshot.locale.clone();
            (Printer::Lines(lines), read, names)
        }
        Chosen::Columns(columns) => (table(columns.clone(), asked, form), columns.read(), names.clone()),
        Chosen::All(labels) => {
            let columns = export::columns(snapshot, listed, (&asked.texts, *labels), names).await?;
            let read = columns.read();
            (table(columns, asked, form), read, names.clone())
        }
    };
    let export = Export::begin(snapshot.clone(), listed.clone(), read, names).await?;
    Begun::of(export, printer).await
}

fn table(columns: Columns, asked: &Asked, form: Form) -> Printer {
    if form == XLSX {
        return Printer::Book(Book { title: columns.def.collection, columns: vec![columns] });
    }
    Printer::Table(Table {
        columns: vec![columns],
        separator: asked.separator,
        is_for_excel: asked.is_for_excel,
    })
}
