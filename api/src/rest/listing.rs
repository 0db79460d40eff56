//! The parameters of lists: what narrows them, and which page is wanted.

use axum::{
    extract::{FromRequestParts, OriginalUri},
    http::request::Parts,
};
use chrono::NaiveDate;
use kernel::{
    Code, Ctx, Error, KindDef, Violation,
    filter::Narrowing,
    input::cut,
    page::{DEFAULT_LIMIT, Page, SortKey},
};
use serde::{Deserialize, de::DeserializeOwned};
use serde_json::Value as Json;
use utoipa::{
    IntoParams,
    openapi::path::{Parameter, ParameterIn},
};
use uuid::Uuid;

use super::{
    caller::{authenticate, recall, writer},
    parameters::{pairs, parameter_faults},
    problem::Problem,
};
use crate::{
    domain::{
        plans::editions::Edition,
        treaties::standing::{Axes, TOLD},
    },
    signin::identity::Recalled,
    state::AppState,
};

/// The two days of which a list of participations may tell.
pub const AXES: [&str; 2] = ["valid_on", "known_on"];

/// Which page is wanted of what is listed from the last one on.
#[derive(Clone, Debug, Default, Deserialize, IntoParams)]
#[serde(default)]
#[into_params(parameter_in = Query)]
pub struct Following {
    /// How many, 1 to 200.
    #[param(minimum = 1, maximum = 200, default = 50)]
    limit: Option<i64>,
    /// Cursor: `next` of the page before.
    pub after: Option<String>,
    /// Languages wanted, best first.
    lang: Option<String>,
}

impl Following {
    /// How many are wanted.
    ///
    /// # Errors
    /// `BadRequest` for what is outside 1 to 200.
    pub fn limit(&self) -> Result<usize, Error> {
        Page::check_limit("limit", self.limit.unwrap_or(50))
    }
}

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

/// Any caller of a list, as it was looked up last, with the parameters as they came.
#[derive(Clone, Debug)]
pub struct ListReader(pub Recalled, pub Parameters);

impl FromRequestParts<AppState> for ListReader {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, state: &AppState) -> Result<Self, Problem> {
        let recalled = recall(parts, state).await?;
        let parameters = Parameters::of(parts, &recalled);
        Ok(Self(recalled, parameters))
    }
}

/// The parameters of a list that are not read yet, and the address they came to.
#[derive(Clone, Debug)]
pub struct Parameters {
    pub(super) given: Vec<(String, String)>,
    path: String,
    /// Languages of the caller, whose alphabet lists are sorted by.
    pub(super) languages: Vec<String>,
}

impl Parameters {
    /// The parameters of a request.
    pub(super) fn of(parts: &Parts, recalled: &Recalled) -> Self {
        let original = parts.extensions.get::<OriginalUri>().map_or(&parts.uri, |uri| &uri.0);
        let languages = recalled.ctx.locale.chain.clone();
        Self { given: pairs(original.query()), path: original.path().to_owned(), languages }
    }

    /// Reads what narrows the list of a kind, and which page of it is wanted.
    ///
    /// # Errors
    /// 400 naming every parameter that is unknown or cannot be read.
    pub fn of_list(&self, def: &'static KindDef) -> Result<(Narrowing, Page), Problem> {
        let paging = names::<PageParams>();
        let filters = def.filters.iter().filter(|filter| filter.applies).map(|filter| filter.name);
        let accepted: Vec<&str> = filters.chain(paging.iter().map(String::as_str)).collect();
        let mut faults = parameter_faults(&self.given, &accepted);
        let narrowing = Narrowing::read(def, &self.given, &mut faults);
        let page: PageParams = part(&self.given, &paging, &mut faults);
        let sort =
            page.sort.as_deref().map_or(Ok(Vec::new()), |text| Page::parse_sort(def, text, &self.languages));
        let sort = or_faults(sort, &mut faults).unwrap_or_default();
        let page = page_of(page, sort, &mut faults);
        if faults.is_empty() { Ok((narrowing, page)) } else { Err(Error::BadRequest(faults).into()) }
    }

    /// Reads what narrows the list of participations, which page of it is wanted, and the two days of which it tells.
    ///
    /// # Errors
    /// 400 naming every parameter that is unknown, cannot be read, or is about what the list tells anew.
    pub fn of_standings(
        &self,
        def: &'static KindDef,
        today: NaiveDate,
    ) -> Result<(Narrowing, Page, Axes), Problem> {
        let mut faults = Vec::new();
        let value =
            |name: &str| self.given.iter().find(|(given, _)| given == name).map(|(_, value)| &**value);
        let axes = Axes::read(today, AXES.map(value), &mut faults);
        let sorted = value("sort").unwrap_or_default().split(',').map(|key| key.trim_start_matches('-'));
        let narrowed = self.given.iter().map(|(name, _)| name.as_str());
        let told = |name: &&str| TOLD.contains(name);
        let bad = narrowed
            .filter(told)
            .map(|name| (name, name))
            .chain(sorted.filter(told).map(|key| ("sort", key)));
        faults.extend(bad.map(|(at, name)| {
            let text = format!("the list tells `{name}` as of a day: it is not narrowed or sorted by it");
            Violation::new(format!("?{at}"), Code::RuleBroken, text)
        }));
        let others = self.given.iter().filter(|(name, _)| !AXES.contains(&&**name)).cloned().collect();
        let list = Self { given: others, ..self.clone() }.of_list(def);
        match list {
            Ok((filters, page)) if faults.is_empty() => Ok((filters, page, axes)),
            Ok(_) => Err(Error::BadRequest(faults).into()),
            Err(Problem::Domain(Error::BadRequest(more))) => {
                faults.extend(more);
                Err(Error::BadRequest(faults).into())
            }
            Err(other) => Err(other),
        }
    }

    /// Whether a parameter is given.
    #[must_use]
    pub fn has(&self, name: &str) -> bool {
        self.given.iter().any(|(given, _)| given == name)
    }

    /// Reads of which plan the records are listed, and in which state: such a list takes no other parameters.
    ///
    /// # Errors
    /// 400 naming every parameter that is missing, unknown or cannot be read.
    pub fn of_past(&self, def: &'static KindDef) -> Result<(Uuid, Edition), Problem> {
        let paging = names::<PageParams>();
        let filters = def.filters.iter().filter(|filter| filter.applies).map(|filter| filter.name);
        let known: Vec<&str> = filters.chain(paging.iter().map(String::as_str)).chain(["as_of"]).collect();
        let mut faults = parameter_faults(&self.given, &known);
        let taken = ["plan_id", "as_of", "lang"];
        for (name, _) in
            self.given.iter().filter(|(name, _)| known.contains(&&**name) && !taken.contains(&&**name))
        {
            let detail = format!("a list as of a time is whole: it takes no `{name}`");
            faults.push(Violation::new(format!("?{name}"), Code::RuleBroken, detail));
        }
        let value =
            |name: &str| self.given.iter().find(|(given, _)| given == name).map(|(_, value)| value.as_str());
        let plan = value("plan_id").and_then(|text| Uuid::try_parse(text).ok());
        if plan.is_none() {
            let detail = "a list as of a time is of one plan: give its id";
            faults.push(Violation::new("?plan_id", Code::Required, detail));
        }
        let at = or_faults(Edition::read(None, value("as_of")), &mut faults);
        match (plan, at) {
            (Some(plan), Some(at)) if faults.is_empty() => Ok((plan, at)),
            _ => Err(Error::BadRequest(faults).into()),
        }
    }

    /// The same parameters with one more, which the address says.
    ///
    /// # Errors
    /// 400 where it is given besides.
    pub fn with(&self, name: &str, value: &str) -> Result<Self, Problem> {
        if self.has(name) {
            let text = format!("the address says `{name}` here: leave it out");
            return Err(Error::bad_request(&format!("?{name}"), Code::UnknownParameter, text).into());
        }
        let given = self.given.iter().cloned().chain([(name.to_owned(), value.to_owned())]).collect();
        Ok(Self { given, ..self.clone() })
    }

    /// Reads which page is wanted of a list that has neither filter nor order.
    ///
    /// # Errors
    /// 400 naming every parameter that is unknown or cannot be read.
    pub fn of_history(&self) -> Result<Page, Problem> {
        let accepted = ["limit", "after", "total", "lang"];
        let mut faults = parameter_faults(&self.given, &accepted);
        let page: PageParams = part(&self.given, &accepted.map(str::to_owned), &mut faults);
        let page = page_of(page, Vec::new(), &mut faults);
        if faults.is_empty() { Ok(page) } else { Err(Error::BadRequest(faults).into()) }
    }

    /// Reads parameters of a list that is none of a kind.
    pub fn read<P: IntoParams + DeserializeOwned + Default>(&self, faults: &mut Vec<Violation>) -> P {
        read(&self.given, faults)
    }

    /// The address with another cursor.
    #[must_use]
    pub fn address_after(&self, cursor: &str) -> String {
        let others = self.given.iter().filter(|(name, _)| name != "after");
        let pairs: Vec<(&str, &str)> =
            others.map(|(name, value)| (&**name, &**value)).chain([("after", cursor)]).collect();
        format!("{}?{}", self.path, serde_html_form::to_string(&pairs).unwrap_or_default())
    }
}

/// Reads the parameters of an address that is no list, each checked.
///
/// # Errors
/// 400 naming every parameter that is unknown or cannot be read.
pub fn parameters<P: IntoParams + DeserializeOwned + Default>(query: Option<&str>) -> Result<P, Problem> {
    let mut faults = Vec::new();
    let read = read(&pairs(query), &mut faults);
    if faults.is_empty() { Ok(read) } else { Err(Error::BadRequest(faults).into()) }
}

fn read<P: IntoParams + DeserializeOwned + Default>(
    given: &[(String, String)],
    faults: &mut Vec<Violation>,
) -> P {
    let names = names::<P>();
    faults.extend(parameter_faults(given, &names.iter().map(String::as_str).collect::<Vec<_>>()));
    part(given, &names, faults)
}

/// Any caller, with the parameters of an address that is no list.
#[derive(Clone, Debug)]
pub struct Asking<P>(pub Ctx, pub P);

impl<P: IntoParams + DeserializeOwned + Default> FromRequestParts<AppState> for Asking<P> {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, state: &AppState) -> Result<Self, Problem> {
        let (ctx, _) = authenticate(parts, state).await?;
        Ok(Self(ctx, parameters(parts.uri.query())?))
    }
}

/// A caller who is signed in, to write, with the parameters of the address.
#[derive(Clone, Debug)]
pub struct Sending<P>(pub Ctx, pub P);

impl<P: IntoParams + DeserializeOwned + Default> FromRequestParts<AppState> for Sending<P> {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, state: &AppState) -> Result<Self, Problem> {
        Ok(Self(writer(parts, state).await?, parameters(parts.uri.query())?))
    }
}

pub(super) fn names<P: IntoParams>() -> Vec<String> {
    query::<P>().map(|parameter| parameter.name).collect()
}

fn query<P: IntoParams>() -> impl Iterator<Item = Parameter> {
    P::into_params(|| Some(ParameterIn::Query)).into_iter()
}

/// Whether a parameter may be there with nothing: only a text of any form.
fn may_be_empty(parameter: &Parameter) -> bool {
    let schema = serde_json::to_value(&parameter.schema).unwrap_or_default();
    let Some(of) = schema.get("type") else { return false };
    let is_text = *of == "string" || of.as_array().is_some_and(|of| of.contains(&"string".into()));
    is_text && ["pattern", "format", "enum"].iter().all(|bound| schema.get(bound).is_none())
}

/// The violations of parameters that are there with nothing, and need a value.
fn empty_faults<P: IntoParams>(given: &[&(String, String)]) -> Vec<Violation> {
    let is_empty = |name: &str| given.iter().any(|(of, value)| of == name && value.is_empty());
    let bad = query::<P>().filter(|parameter| is_empty(&parameter.name) && !may_be_empty(parameter));
    bad.map(|Parameter { name, .. }| {
        let detail = format!("`{name}` is there with no value: give one, or leave it out");
        Violation::new(format!("?{name}"), Code::BadFormat, detail)
    })
    .collect()
}

/// Reads the pairs with these names; on failure each name alone, so that every bad one is named.
pub(super) fn part<T: IntoParams + DeserializeOwned + Default>(
    given: &[(String, String)],
    names: &[String],
    faults: &mut Vec<Violation>,
) -> T {
    let own: Vec<&(String, String)> = given.iter().filter(|(name, _)| names.contains(name)).collect();
    faults.extend(empty_faults::<T>(&own));
    let text = serde_html_form::to_string(&own).unwrap_or_default();
    if let Ok(read) = serde_html_form::from_str(&text) {
        return read;
    }
    for name in names {
        let alone: Vec<_> = own.iter().filter(|(of, _)| of == name).collect();
        let text = serde_html_form::to_string(&alone).unwrap_or_default();
        if let Err(error) = serde_html_form::from_str::<T>(&text) {
            let detail = match (alone.as_slice(), form(name)) {
                ([(_, value)], Some(form)) => {
                    format!("`{name}`: {} is not {form}", cut(&Json::from(value.as_str())))
                }
                _ => format!("`{name}`: {error}"),
            };
            faults.push(Violation::new(format!("?{name}"), Code::BadFormat, detail));
        }
    }
    T::default()
}

/// What a parameter takes that is no text.
fn form(name: &str) -> Option<&'static str> {
    match name {
        "limit" | "wait" => Some("a whole number such as 50"),
        "total" => Some("`true` or `false`"),
        _ => None,
    }
}

/// The value that was read; what is wrong with it goes to the other faults.
pub(super) fn or_faults<T>(read: kernel::Result<T>, faults: &mut Vec<Violation>) -> Option<T> {
    read.map_err(|error| faults.extend(error.violations().to_vec())).ok()
}

fn page_of(given: PageParams, sort: Vec<SortKey>, faults: &mut Vec<Violation>) -> Page {
    let limit = limit_of(given.limit, faults);
    Page { limit, cursor: given.after, sort, total: given.total.unwrap_or(false), ..Page::default() }
}

/// How many records a page has at most.
pub(super) fn limit_of(given: Option<i64>, faults: &mut Vec<Violation>) -> usize {
    let limit = given.map_or(Ok(DEFAULT_LIMIT), |limit| Page::check_limit("limit", limit));
    or_faults(limit, faults).unwrap_or(DEFAULT_LIMIT)
}
