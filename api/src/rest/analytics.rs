//! Figures of every list: by what records have in common, and over time.

mod table;

use axum::{
    extract::{FromRequestParts, OriginalUri, Path},
    http::request::Parts,
};
use kernel::{
    Ctx, Error, KindDef, Violation,
    input::{did_you_mean, nearest},
};
use serde::Deserialize;
use utoipa::IntoParams;
use utoipa_axum::{router::OpenApiRouter, routes};

use super::{
    addresses::no_such_address,
    answer::etag,
    caller::authenticate,
    forms::{CSV, Form, JSON, Printed, XLSX, wanted},
    listing::{names, part},
    parameters::{pairs, parameter_faults},
    problem::{Problem, ReadProblems},
};
use crate::{
    domain::{
        KINDS,
        analytics::{Analytics, Question, Spread, analytics},
        exchange::columns::Labels,
    },
    preference::Accept,
    state::AppState,
};

/// Routes of figures, which have several forms.
pub fn router() -> OpenApiRouter<AppState> {
    OpenApiRouter::new().routes(routes!(get_analytics)).routes(routes!(get_analytics_series))
}

/// The forms of figures, what is answered to whoever takes anything first.
const FORMS: [Form; 3] = [JSON, CSV, XLSX];

/// What is asked of a list.
#[derive(Clone, Debug, Default, Deserialize, IntoParams)]
#[serde(default)]
#[into_params(parameter_in = Query)]
pub struct AnalyticsParams {
    /// Dimensions that the records are grouped by, at most 4, separated by commas: fields with closed lists, references, yes or no, whole numbers or days, and `country`, `region`, `owner`. Days are put together with `:month`, `:quarter` or `:year`.
    #[param(example = "status,due_on:month")]
    group_by: Option<String>,
    /// Measures, at most 10, separated by commas: `count`, `late`, or `sum`, `avg`, `min` or `max` of a field.
    #[param(example = "count")]
    measure: Option<String>,
    /// Conditions on measures that are asked for, separated by commas; a group meets all of them.
    #[param(example = "count>=1")]
    having: Option<String>,
    /// How many groups at most, the first ones in order, 1 to 10000.
    #[param(minimum = 1, maximum = 10_000)]
    top: Option<i64>,
    /// Columns that the rows are ordered by, a leading minus for descending. With `top` the greatest first measure comes first, else the keys rise.
    #[param(example = "count")]
    sort: Option<String>,
    /// Zone of the IANA list whose days instants fall into; UTC where none is said.
    #[param(example = "Asia/Bishkek")]
    time_zone: Option<String>,
    /// The instant whose state is told (RFC 3339): of the records that the caller sees now and would have seen then.
    as_of: Option<String>,
    /// What is written of codes and references: `codes`, `labels` or `both`.
    #[param(pattern = "^(codes|labels|both)$", example = "both")]
    labels: Option<String>,
    /// Form of the figures, before `Accept`: `json`, `csv` or `xlsx`.
    #[param(pattern = "^(json|csv|xlsx)$", example = "json")]
    format: Option<String>,
    /// Languages of labels, best first.
    lang: Option<String>,
}

/// What is asked of a list over time.
#[derive(Clone, Debug, Default, Deserialize, IntoParams)]
#[serde(default)]
#[into_params(parameter_in = Query)]
pub struct SeriesParams {
    /// What lies between two points in time: `day`, `month`, `quarter` or `year`.
    #[param(pattern = "^(day|month|quarter|year)$", example = "month")]
    bucket: Option<String>,
    /// Day in the first bucket; without it there are twelve buckets.
    #[param(format = Date)]
    from: Option<String>,
    /// Day in the last bucket; today where none is said.
    #[param(format = Date)]
    to: Option<String>,
    /// Dimensions, as of figures; the state of the records where none is said.
    #[param(example = "status")]
    group_by: Option<String>,
    /// Measures, as of figures.
    #[param(example = "count")]
    measure: Option<String>,
    /// Conditions on measures, as of figures.
    #[param(example = "count>=1")]
    having: Option<String>,
    /// How many rows at most, 1 to 10000.
    #[param(minimum = 1, maximum = 10_000)]
    top: Option<i64>,
    /// Columns that the rows are ordered by, as of figures.
    #[param(example = "bucket")]
    sort: Option<String>,
    /// Zone of the IANA list in which buckets end; UTC where none is said.
    #[param(example = "Asia/Bishkek")]
    time_zone: Option<String>,
    /// What is written of codes and references: `codes`, `labels` or `both`.
    #[param(pattern = "^(codes|labels|both)$", example = "both")]
    labels: Option<String>,
    /// Form of the figures, before `Accept`: `json`, `csv` or `xlsx`.
    #[param(pattern = "^(json|csv|xlsx)$", example = "json")]
    format: Option<String>,
    /// Languages of labels, best first.
    lang: Option<String>,
}

/// Any caller, with a question to a list and the form of its answer.
struct Asked {
    ctx: Ctx,
    def: &'static KindDef,
    question: Question,
    filters: Vec<(String, String)>,
    form: Form,
    address: String,
    faults: Vec<Violation>,
}

/// The texts of a list with commas.
fn listed(text: Option<String>) -> Vec<String> {
    let text = text.unwrap_or_default();
    text.split(',').map(str::trim).filter(|one| !one.is_empty()).map(str::to_owned).collect()
}

fn labels(text: Option<&str>, faults: &mut Vec<Violation>) -> Labels {
    let Some(text) = text.filter(|text| !text.is_empty()) else { return Labels::Both };
    let known = Labels::ALL.into_iter().find(|(name, _)| *name == text);
    if known.is_none() {
        let detail = "`labels` is `codes`, `labels` or `both`";
        faults.push(Violation::new("?labels", kernel::Code::NotInList, detail));
    }
    known.map_or(Labels::Both, |(_, labels)| labels)
}

impl AnalyticsParams {
    fn question(self, faults: &mut Vec<Violation>) -> (Question, Option<String>) {
        let labels = labels(self.labels.as_deref(), faults);
        let question = Question {
            group_by: listed(self.group_by),
            measure: listed(self.measure),
            having: listed(self.having),
            top: self.top,
            sort: listed(self.sort),
            time_zone: self.time_zone,
            as_of: self.as_of,
            labels,
            over: None,
        };
        (question, self.format)
    }
}

impl SeriesParams {
    fn question(self, faults: &mut Vec<Violation>) -> (Question, Option<String>) {
        let labels = labels(self.labels.as_deref(), faults);
        let question = Question {
            group_by: listed(self.group_by),
            measure: listed(self.measure),
            having: listed(self.having),
            top: self.top,
            sort: listed(self.sort),
            time_zone: self.time_zone,
            as_of: None,
            labels,
            over: Some(Spread { bucket: self.bucket, from: self.from, to: self.to }),
        };
        (question, self.format)
    }
}

impl FromRequestParts<AppState> for Asked {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, state: &AppState) -> Result<Self, Problem> {
        let original =
            parts.extensions.get::<OriginalUri>().map_or_else(|| parts.uri.clone(), |uri| uri.0.clone());
        let Path(collection) = Path::<String>::from_request_parts(parts, state)
            .await
            .map_err(|_| no_such_address(original.path()))?;
        let def = list_of(&collection).ok_or_else(|| no_such_list(&collection))?;
        let (ctx, _) = authenticate(parts, state).await?;
        let (given, mut faults) = (pairs(original.query()), Vec::new());
        let is_over_time = original.path().ends_with("/series");
        let own = if is_over_time { names::<SeriesParams>() } else { names::<AnalyticsParams>() };
        let filters = def.filters.iter().filter(|filter| filter.applies).map(|filter| filter.name);
        let accepted: Vec<&str> = filters.chain(own.iter().map(String::as_str)).collect();
        faults.extend(parameter_faults(&given, &accepted));
        let (question, format) = if is_over_time {
            part::<SeriesParams>(&given, &own, &mut faults).question(&mut faults)
        } else {
            part::<AnalyticsParams>(&given, &own, &mut faults).question(&mut faults)
        };
        let form = wanted(&FORMS, format.as_deref(), &Accept::of(&parts.headers))?;
        let address = address(original.path(), &given);
        let filters = given.into_iter().filter(|(name, _)| !own.contains(name)).collect();
        Ok(Self { ctx, def, question, filters, form, address, faults })
    }
}

/// The address with its parameters in order, but for the instant that it tells of.
fn address(path: &str, given: &[(String, String)]) -> String {
    let mut pairs: Vec<&(String, String)> = given.iter().filter(|(name, _)| name != "as_of").collect();
    pairs.sort();
    format!("{path}?{}", serde_html_form::to_string(&pairs).unwrap_or_default())
}

fn list_of(collection: &str) -> Option<&'static KindDef> {
    KINDS.served().find(|def| def.collection == collection)
}

fn no_such_list(name: &str) -> Problem {
    let hint = did_you_mean(nearest(name, KINDS.served().map(|def| def.collection)));
    let shown: String = name.chars().take(60).collect();
    Problem::Http(kernel::Code::NotFound, format!("there is no list `{shown}`{hint}"))
}

#[utoipa::path(get, path = "/analytics/{collection}", tag = "Analytics",
    summary = "Count and add up a list",
    description = "Groups the records of a list that the caller may see, and tells counts and sums of each group. The list's own filters narrow it, as they narrow the list. What is withheld of a record, and what it refers to that the caller does not see, counts as null; a record with several values of a dimension counts in each. \
        JSON, CSV or a workbook. `meta.url` answers the same figures again.",
    params(("collection" = String, Path, description = "Name of the list, as `tasks`"), AnalyticsParams),
    responses((status = 200, description = "The figures",
        content((Analytics = "application/json"), (String = "text/csv"), (String = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet")),
        headers(("ETag" = String), ("Content-Disposition" = String))), ReadProblems))]
async fn get_analytics(asked: Asked) -> Result<Printed, Problem> {
    answer(asked).await
}

#[utoipa::path(get, path = "/analytics/{collection}/series", tag = "Analytics",
    summary = "Follow a list over time",
    description = "Tells the figures of a list at the end of each day, month, quarter or year, from the log of changes: of the records that the caller sees now, in the states that it would have seen then. The list's own filters narrow the records as they stood then. The bucket that runs ends now.",
    params(("collection" = String, Path, description = "Name of the list, as `tasks`"), SeriesParams),
    responses((status = 200, description = "The figures",
        content((Analytics = "application/json"), (String = "text/csv"), (String = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet")),
        headers(("ETag" = String), ("Content-Disposition" = String))), ReadProblems))]
async fn get_analytics_series(asked: Asked) -> Result<Printed, Problem> {
    answer(asked).await
}

async fn answer(asked: Asked) -> Result<Printed, Problem> {
    let Asked { ctx, def, question, filters, form, address, faults } = asked;
    let is_series = question.over.is_some();
    let mut made = analytics(&ctx, def, &question, &filters, faults).await?;
    let as_of = serde_html_form::to_string([("as_of", &made.meta.as_of)]).unwrap_or_default();
    made.meta.url = Some(match (is_series, address.ends_with('?')) {
        (true, _) => address,
        (false, true) => format!("{address}{as_of}"),
        (false, false) => format!("{address}&{as_of}"),
    });
    let rows = serde_json::to_vec(&(&made.columns, &made.rows)).map_err(Error::from)?;
    // The same figures have the same tag, whenever they were asked for.
    let tag = etag(0, &[form.name.as_bytes(), &rows].concat());
    let file = format!("{}-figures-{}.{}", def.collection, ctx.clock.today(), form.name);
    let (media, body) = match form {
        CSV => ("text/csv; charset=utf-8; header=present", table::csv(&made)?),
        XLSX => (form.media, table::xlsx(&made, ctx.clock.today())?),
        _ => (form.media, serde_json::to_vec(&made).map_err(Error::from)?),
    };
    Ok(Printed { media, body, tag, language: None, file, is_attachment: form != JSON })
}
