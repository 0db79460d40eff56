//! Exports: whole lists as CSV, as lines of JSON or as workbooks, written while they are read.

mod asked;
mod book;
mod sent;

use std::sync::Arc;

use axum::{
    extract::{FromRequestParts, Path},
    http::{HeaderMap, HeaderName, HeaderValue, header, request::Parts},
    response::{IntoResponse, Response},
};
use kernel::{Ctx, KindDef, view::Locale};

pub use asked::ExportParams;
pub(super) use asked::one_of;
use asked::{Asked, Chosen};
use book::Book;
use sent::Printer;

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
const LINES: Form = Form { name: "ndjson", media: "application/x-ndjson" };

/// The forms of a list: JSON in pages, the others whole.
pub(super) const FORMS: [Form; 4] = [JSON, CSV, LINES, XLSX];

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
        let accept = Accept::of(&parts.headers);
        let form = wanted(&FORMS, None, &accept).or_else(|refusal| match takes_json(&accept) {
            Ok(()) => Ok(JSON),
            Err(_) => Err(refusal),
        })?;
        if form == JSON {
            let page = ListReader::from_request_parts(parts, state).await?;
            return Ok(Self::Page(Box::new(page)));
        }
        Ok(Self::Whole(Box::new(Exporting::of(parts, state, form).await?)))
    }
}

/// Any caller who wants a whole list in one of its forms.
pub struct Exporting {
    recalled: Recalled,
    parameters: Parameters,
    form: Form,
    state: AppState,
    meter: Option<Meter>,
}

impl FromRequestParts<AppState> for Exporting {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, state: &AppState) -> Result<Self, Problem> {
        let Ok(Path(format)) = Path::<String>::from_request_parts(parts, state).await else {
            return Err(no_such_address(parts.uri.path()));
        };
        let form = FORMS.into_iter().find(|form| form.name == format && *form != JSON);
        let form = form.ok_or_else(|| no_such_address(&format!("/api/v1{}", parts.uri.path())))?;
        Self::of(parts, state, form).await
    }
}

/// A list of which the first part is read.
struct Begun {
    export: Export,
    first: Option<Batch>,
    printer: Printer,
}

impl Exporting {
    async fn of(parts: &Parts, state: &AppState, form: Form) -> Result<Self, Problem> {
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
        let seat = self.seat()?;
        if let Some(meter) = &self.meter {
            meter.charge(COSTS.export)?;
        }
        let turn = self.state.limits.exports.take().await?;
        let names = self.recalled.ctx.locale.clone();
        if asked.texts != Texts::Shown {
            self.recalled.ctx.view.locale = Arc::new(Locale { chain: Vec::new(), all: true });
        }
        let begun = loop {
            let snapshot = export::snapshot(&self.recalled.ctx).await?;
            let begun = begin(&snapshot, &asked, &names, self.form).await;
            if self.recalled.stood_in(snapshot).await? {
                break begun?;
            }
        };
        let headers = self.headers(def, &asked);
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

    fn headers(&self, def: &KindDef, asked: &Asked) -> HeaderMap {
        let file = format!("{}-{}.{}", def.collection, self.state.clock.today(), self.form.name);
        let media =
            if self.form == CSV { "text/csv; charset=utf-8; header=present" } else { self.form.media };
        let texts = [
            (header::CONTENT_TYPE, Some(media.to_owned())),
            (header::CONTENT_DISPOSITION, Some(format!("attachment; filename=\"{file}\""))),
            (header::CONTENT_LANGUAGE, asked.language.clone()),
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
    let mut export = Export::begin(snapshot.clone(), listed.clone(), read, names).await?;
    let first = export.next().await?;
    Ok(Begun { export, first, printer })
}

fn table(columns: Columns, asked: &Asked, form: Form) -> Printer {
    if form == XLSX {
        return Printer::Book(Book { columns });
    }
    Printer::Table(Table { columns, separator: asked.separator, is_for_excel: asked.is_for_excel })
}
