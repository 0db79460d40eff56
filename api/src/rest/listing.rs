//! One extractor for lists: the kind's filter, the common filters, the page.

use axum::{extract::FromRequestParts, http::request::Parts};
use kernel::{
    Code, Ctx, Error, Record, Violation,
    filter::{Common, Filter},
    page::{DEFAULT_LIMIT, Page, SortKey},
};
use serde::{Deserialize, de::DeserializeOwned};
use utoipa::{IntoParams, openapi::path::ParameterIn};

use super::{
    caller::{authenticate, pairs, parameter_faults},
    problem::Problem,
};
use crate::state::AppState;

/// Which page of a list is wanted.
#[derive(Clone, Debug, Default, Deserialize, IntoParams)]
#[serde(default)]
#[into_params(parameter_in = Query)]
pub struct PageParams {
    /// How many records, 1 to 200.
    #[param(minimum = 1, maximum = 200, default = 50)]
    pub limit: Option<i64>,
    /// Cursor: `page.next` of the page before.
    pub after: Option<String>,
    /// Order: at most 3 keys, a leading minus for descending; the id follows always.
    #[param(example = "-updated_at")]
    pub sort: Option<String>,
    /// Whether to count all records too.
    pub total: Option<bool>,
    /// Languages wanted, best first; `*` for base texts and all translations.
    pub lang: Option<String>,
}

/// The caller of a list with its filter and page.
pub struct Listing<R: Record> {
    /// The caller's context.
    pub ctx: Ctx,
    /// What to list.
    pub filter: R::Filter,
    /// Which part of it.
    pub page: Page,
}

impl<R: Record> FromRequestParts<AppState> for Listing<R>
where
    R::Filter: IntoParams,
{
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, state: &AppState) -> Result<Self, Problem> {
        let (ctx, _) = authenticate(parts, state).await?;
        let own = names::<R::Filter>();
        let common: Vec<String> =
            names::<Common>().into_iter().filter(|name| R::def().filters_by(name)).collect();
        let paging = names::<PageParams>();
        let known: Vec<&str> = [&own, &common, &paging].into_iter().flatten().map(String::as_str).collect();
        let given = pairs(parts.uri.query());
        let mut faults = parameter_faults(&given, &known);
        let filter: R::Filter = part(&given, &own, &mut faults);
        let filter = filter.with_common(part(&given, &common, &mut faults));
        let page: PageParams = part(&given, &paging, &mut faults);
        let sort = page.sort.as_deref().map_or(Ok(Vec::new()), |text| Page::parse_sort(R::def(), text));
        let sort = noted(sort, &mut faults).unwrap_or_default();
        let page = page_of(page, sort, &mut faults);
        if faults.is_empty() { Ok(Self { ctx, filter, page }) } else { Err(Error::BadRequest(faults).into()) }
    }
}

/// Reads the parameters of an address that is no list, each checked.
///
/// # Errors
/// 400 naming every parameter that is unknown or cannot be read.
pub fn parameters<P: IntoParams + DeserializeOwned + Default>(query: Option<&str>) -> Result<P, Problem> {
    let names = names::<P>();
    let given = pairs(query);
    let mut faults = parameter_faults(&given, &names.iter().map(String::as_str).collect::<Vec<_>>());
    let read = part(&given, &names, &mut faults);
    if faults.is_empty() { Ok(read) } else { Err(Error::BadRequest(faults).into()) }
}

fn names<P: IntoParams>() -> Vec<String> {
    P::into_params(|| Some(ParameterIn::Query)).into_iter().map(|parameter| parameter.name).collect()
}

/// Reads the pairs with these names; on failure each name alone, so that every bad one is named.
fn part<T: DeserializeOwned + Default>(
    given: &[(String, String)],
    names: &[String],
    faults: &mut Vec<Violation>,
) -> T {
    let own: Vec<&(String, String)> = given.iter().filter(|(name, _)| names.contains(name)).collect();
    let text = serde_html_form::to_string(&own).unwrap_or_default();
    if let Ok(read) = serde_html_form::from_str(&text) {
        return read;
    }
    for name in names {
        let alone: Vec<_> = own.iter().filter(|(of, _)| of == name).collect();
        let text = serde_html_form::to_string(&alone).unwrap_or_default();
        if let Err(error) = serde_html_form::from_str::<T>(&text) {
            let detail = format!("`{name}`: {error}");
            faults.push(Violation::new(format!("?{name}"), Code::BadFormat, detail));
        }
    }
    T::default()
}

/// What was read; faults are noted beside the others.
pub(super) fn noted<T>(read: kernel::Result<T>, faults: &mut Vec<Violation>) -> Option<T> {
    read.map_err(|error| faults.extend(error.violations().to_vec())).ok()
}

fn page_of(given: PageParams, sort: Vec<SortKey>, faults: &mut Vec<Violation>) -> Page {
    let limit = given.limit.map_or(Ok(DEFAULT_LIMIT), |limit| Page::check_limit("limit", limit));
    let limit = noted(limit, faults).unwrap_or(DEFAULT_LIMIT);
    Page { limit, cursor: given.after, backwards: false, sort, total: given.total.unwrap_or(false) }
}

/// The caller of a list that has neither filter nor order (history).
pub struct Pages {
    /// The caller's context.
    pub ctx: Ctx,
    /// Which part of the list.
    pub page: Page,
}

impl FromRequestParts<AppState> for Pages {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, state: &AppState) -> Result<Self, Problem> {
        let (ctx, _) = authenticate(parts, state).await?;
        let known = ["limit", "after", "total", "lang"];
        let given = pairs(parts.uri.query());
        let mut faults = parameter_faults(&given, &known);
        let page: PageParams = part(&given, &known.map(str::to_owned), &mut faults);
        let page = page_of(page, Vec::new(), &mut faults);
        if faults.is_empty() { Ok(Self { ctx, page }) } else { Err(Error::BadRequest(faults).into()) }
    }
}
