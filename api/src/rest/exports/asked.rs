//! What is asked of an export: the parameters of its list, and those of files.

use std::collections::BTreeSet;

use kernel::{
    Code, Error, KindDef, Violation,
    filter::Narrowing,
    input::{did_you_mean, nearest},
    page::Page,
    record::part::{Form as Made, Part},
};
use serde::Deserialize;
use utoipa::IntoParams;

use crate::{
    domain::{
        exchange::{
            columns::{Columns, Labels, Texts, unknown},
            export::Listed,
            print,
        },
        plans::document::words::Speech,
        treaties::standing::tells,
    },
    rest::{
        exports::LINES,
        forms::{CSV, Form},
        listing::{AXES, Parameters, names, or_faults, part},
        parameters::parameter_faults,
        problem::Problem,
    },
};

/// How an export is written.
#[derive(Clone, Debug, Default, Deserialize, IntoParams)]
#[serde(default)]
#[into_params(parameter_in = Query)]
pub struct ExportParams {
    /// Order: at most 3 keys, a leading minus for descending; the id follows always.
    #[param(example = "-updated_at")]
    pub sort: Option<String>,
    /// Languages wanted, best first; `*` for base texts and all translations.
    pub lang: Option<String>,
    /// Of tables: `codes` (the default), `labels` in their place in the caller's language, or `both`.
    #[param(pattern = "^(codes|labels|both)$", example = "codes")]
    pub labels: Option<String>,
    /// The columns in this order, separated by commas; all of them without it. Of NDJSON: the members.
    #[param(example = "id,title")]
    pub columns: Option<String>,
    /// Of CSV: `1` for a byte order mark at the beginning and lines that end with CRLF, as Excel reads it best.
    #[param(pattern = "^(0|1|true|false)$", example = "1")]
    pub excel: Option<String>,
    /// Of CSV: `comma` (the default), `semicolon` or `tab`.
    #[param(pattern = "^(comma|semicolon|tab)$", example = "semicolon")]
    pub separator: Option<String>,
}

/// What stands in the columns of a file.
pub(super) enum Chosen {
    /// All columns of a table.
    All(Labels),
    /// Some columns of a table.
    Columns(Columns),
    /// Members of records.
    Members(Vec<&'static Part>),
}

/// What is asked of an export.
pub(super) struct Asked {
    /// The list.
    pub(super) listed: Listed,
    /// What of its records.
    pub(super) chosen: Chosen,
    /// How texts are written.
    pub(super) texts: Texts,
    /// The language that is asked for, where it is one.
    pub(super) language: Option<String>,
    /// What separates cells.
    pub(super) separator: u8,
    /// Whether Excel shall read it.
    pub(super) is_for_excel: bool,
}

impl Asked {
    /// Reads the parameters of a list and those of files.
    ///
    /// # Errors
    /// 400 naming every parameter that is unknown, cannot be read, or is not of this form.
    pub(super) fn read(
        parameters: &Parameters,
        def: &'static KindDef,
        form: Form,
        speech: &Speech,
    ) -> Result<Self, Problem> {
        let given = &parameters.given;
        let (own, others) = (names::<ExportParams>(), of_pages(def));
        let filters = def.filters.iter().filter(|filter| filter.applies).map(|filter| filter.name);
        let accepted: Vec<&str> = filters.chain(own.iter().map(String::as_str)).collect();
        let all: Vec<&str> = accepted.iter().chain(&others).copied().collect();
        let mut faults: Vec<_> = parameter_faults(given, &all)
            .into_iter()
            .chain(others.iter().filter(|name| parameters.has(name)).map(|name| whole(name)))
            .chain(foreign(parameters, form))
            .collect();
        let filters = Narrowing::read(def, given, &mut faults);
        let read: ExportParams = part(given, &own, &mut faults);
        let sort = read
            .sort
            .as_deref()
            .map_or(Ok(Vec::new()), |text| Page::parse_sort(def, text, &parameters.languages));
        let sort = or_faults(sort, &mut faults).unwrap_or_default();
        let labels = one_of(&Labels::ALL, "labels", read.labels.as_deref(), &mut faults);
        let separator = one_of(&SEPARATORS, "separator", read.separator.as_deref(), &mut faults);
        let is_for_excel = one_of(&SWITCHES, "excel", read.excel.as_deref(), &mut faults);
        let is_shown = read.lang.as_deref().is_some_and(|lang| lang != "*");
        let texts = if is_shown { Texts::Shown } else { Texts::Translated(BTreeSet::new()) };
        let chosen = match read.columns.as_deref() {
            Some(names) if form == LINES => Ok(Chosen::Members(members(def, (names, &texts), &mut faults))),
            None if form == LINES => Ok(Chosen::Members(print::members(def, &texts).collect())),
            Some(names) => Columns::chosen(def, names, &texts, speech).map(Chosen::Columns),
            None => Ok(Chosen::All(labels.unwrap_or_default())),
        };
        let chosen = chosen.map_err(|more| faults.extend(more));
        match chosen {
            Ok(chosen) if faults.is_empty() => Ok(Self {
                listed: Listed { def, filters, sort },
                chosen,
                texts,
                language: read.lang.filter(|lang| is_shown && !lang.contains(',') && !lang.is_empty()),
                separator: separator.unwrap_or(b','),
                is_for_excel: is_for_excel.unwrap_or_default(),
            }),
            _ => Err(Error::BadRequest(faults).into()),
        }
    }
}

pub(in crate::rest) const SEPARATORS: [(&str, u8); 3] =
    [("comma", b','), ("semicolon", b';'), ("tab", b'\t')];
pub(in crate::rest) const SWITCHES: [(&str, bool); 4] =
    [("0", false), ("1", true), ("false", false), ("true", true)];

/// Parameters of a list that say which page of it is wanted, or of which time.
fn of_pages(def: &KindDef) -> Vec<&'static str> {
    let held: &[&str] = if tells(def) { &AXES } else { &[] };
    let past = def.declared.has_editions && def.has("plan_id");
    ["limit", "after", "total"].iter().chain(held).copied().chain(past.then_some("as_of")).collect()
}

fn whole(name: &str) -> Violation {
    let detail = format!("an export is the whole list, as it is now: it takes no `{name}`");
    Violation::new(format!("?{name}"), Code::UnknownParameter, detail)
}

/// Parameters of another form than the one that is wanted.
fn foreign(parameters: &Parameters, form: Form) -> impl Iterator<Item = Violation> {
    let of = [
        ("labels", "tables", form == LINES),
        ("excel", "CSV", form != CSV),
        ("separator", "CSV", form != CSV),
    ];
    let given = of.into_iter().filter(|(name, _, is_foreign)| *is_foreign && parameters.has(name));
    given.map(move |(name, whose, _)| {
        let detail = format!("`{name}` is a parameter of {whose}, not of {}", form.name);
        Violation::new(format!("?{name}"), Code::UnknownParameter, detail)
    })
}

/// The value with a name among these; none where none is given, or a wrong one.
pub(in crate::rest) fn one_of<T: Copy>(
    all: &[(&str, T)],
    name: &str,
    given: Option<&str>,
    faults: &mut Vec<Violation>,
) -> Option<T> {
    let given = given.filter(|given| !given.is_empty())?;
    let found = all.iter().find(|(known, _)| *known == given).map(|(_, value)| *value);
    if found.is_none() {
        let known: Vec<&str> = all.iter().map(|(known, _)| *known).collect();
        let hint = did_you_mean(nearest(given, known.iter().copied()));
        let detail = format!("`{name}` is one of {}{hint}", known.join(", "));
        faults.push(Violation::new(format!("?{name}"), Code::NotInList, detail));
    }
    found
}

/// The members with these names; with texts as they are shown also what says which of them are translated.
fn members(
    def: &'static KindDef,
    (names, texts): (&str, &Texts),
    faults: &mut Vec<Violation>,
) -> Vec<&'static Part> {
    let known = || def.parts.iter().filter(|part| !matches!(part.form, Made::Can));
    let mut found: Vec<&'static Part> = Vec::new();
    for name in names.split(',').map(str::trim) {
        match known().find(|part| part.name == name) {
            Some(part) => found.push(part),
            None => faults.push(unknown(def, name, known().map(|part| part.name))),
        }
    }
    let told = known().find(|part| matches!(part.form, Made::Languages));
    let is_told = told.is_none_or(|told| found.iter().any(|part| part.name == told.name));
    if *texts == Texts::Shown && !is_told && found.iter().any(|part| matches!(part.form, Made::Text(_))) {
        found.extend(told);
    }
    found
}
