//! Figures of every list: by what records have in common, and over time.

mod table;

use axum::{
    extract::{FromRequestParts, OriginalUri, Path},
    http::request::Parts,
};
use chrono::NaiveDate;
use kernel::{Code, Error, KindDef, Violation};
use serde::Deserialize;
use utoipa::IntoParams;
use utoipa_axum::{router::OpenApiRouter, routes};

use super::{
    addresses::no_such_address,
    answer::etag,
    caller::recall,
    exports::one_of,
    forms::{CSV, Form, JSON, Printed, XLSX, wanted},
    listing::{names, part},
    parameters::{pairs, parameter_faults},
    problem::{Problem, ReadProblems},
};
use crate::{
    domain::{
        analytics::{Analytics, Question, Spread, analytics, list},
        exchange::columns::Labels,
    },
    preference::Accept,
    signin::identity::Recalled,
    state::AppState,
};

/// First part of the addresses of figures.
pub(super) const ROOT: &str = "analytics";

/// Routes of figures, which have several forms.
pub fn router() -> OpenApiRouter<AppState> {
    OpenApiRouter::new().routes(routes!(get_analytics)).routes(routes!(get_analytics_series))
}

/// The forms of figures, what is answered to whoever takes anything first.
pub(super) const FORMS: [Form; 3] = [JSON, CSV, XLSX];

/// What is asked of a list.
#[derive(Clone, Debug, Default, Deserialize, IntoParams)]
#[serde(default)]
#[into_params(parameter_in = Query)]
pub struct FigureParams {
    /// Dimensions that the records are grouped by, at most 4, separated by commas: fields with closed lists, references, yes or no, whole numbers or days, and `country`, `region`, `owner`. Days are put together with `:month`, `:quarter` or `:year`. A series is grouped by the state of the records where none is said.
    #[param(example = "status")]
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
    /// Zone of the IANA list whose days instants fall into, and in which buckets end; UTC where none is said.
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

/// The time that figures are of.
#[derive(Clone, Debug, Default, Deserialize, IntoParams)]
#[serde(default)]
#[into_params(parameter_in = Query)]
pub struct InstantParams {
    /// The instant whose state is told (RFC 3339): of the records that the caller sees now and would have seen then.
    as_of: Option<String>,
}

/// The times that figures are of.
#[derive(Clone, Debug, Default, Deserialize, IntoParams)]
#[serde(default)]
#[into_params(parameter_in = Query)]
pub struct SpreadParams {
    /// What lies between two points in time: `day`, `month`, `quarter` or `year`.
    #[param(pattern = "^(day|month|quarter|year)$", example = "month")]
    bucket: Option<String>,
    /// Day in the first bucket; without it there are twelve buckets.
    #[param(format = Date)]
    from: Option<String>,
    /// Day in the last bucket; today where none is said.
    #[param(format = Date)]
    to: Option<String>,
}

/// Any caller, with a question to a list and the form of its answer.
struct Asked {
    recalled: Recalled,
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

impl FromRequestParts<AppState> for Asked {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, state: &AppState) -> Result<Self, Problem> {
        let original =
            parts.extensions.get::<OriginalUri>().map_or_else(|| parts.uri.clone(), |uri| uri.0.clone());
        let Path(collection) = Path::<String>::from_request_parts(parts, state)
            .await
            .map_err(|_| no_such_address(original.path()))?;
        let def = list(&collection).map_err(|why| Problem::Http(Code::NotFound, why))?;
        let recalled = recall(parts, state).await?;
        let (given, mut faults) = (pairs(original.query()), Vec::new());
        let is_over_time = original.path().ends_with("/series");
        let times = if is_over_time { names::<SpreadParams>() } else { names::<InstantParams>() };
        let own = [names::<FigureParams>(), times.clone()].concat();
        let filters = def.filters.iter().filter(|filter| filter.applies).map(|filter| filter.name);
        let accepted: Vec<&str> = filters.chain(own.iter().map(String::as_str)).collect();
        faults.extend(parameter_faults(&given, &accepted));
        let read: FigureParams = part(&given, &names::<FigureParams>(), &mut faults);
        let (as_of, over) = if is_over_time {
            let SpreadParams { bucket, from, to } = part(&given, &times, &mut faults);
            (None, Some(Spread { bucket, from, to }))
        } else {
            (part::<InstantParams>(&given, &times, &mut faults).as_of, None)
        };
        let labels = one_of(&Labels::ALL, "labels", read.labels.as_deref(), &mut faults);
        let question = Question {
            group_by: listed(read.group_by),
            measure: listed(read.measure),
            having: listed(read.having),
            top: read.top,
            sort: listed(read.sort),
            time_zone: read.time_zone,
            as_of,
            labels: labels.unwrap_or(Labels::Both),
            over,
        };
        let form = wanted(&FORMS, read.format.as_deref(), &Accept::of(&parts.headers))?;
        let address = address(original.path(), &given);
        let filters = given.into_iter().filter(|(name, _)| !own.contains(name)).collect();
        Ok(Self { recalled, def, question, filters, form, address, faults })
    }
}

/// The address with its parameters in order, but for the instant that it tells of.
fn address(path: &str, given: &[(String, String)]) -> String {
    let mut pairs: Vec<&(String, String)> = given.iter().filter(|(name, _)| name != "as_of").collect();
    pairs.sort();
    format!("{path}?{}", serde_html_form::to_string(&pairs).unwrap_or_default())
}

#[utoipa::path(get, path = "/analytics/{collection}", tag = "Analytics",
    summary = "Count and add up a list",
    description = "Groups the records of a list that the caller may see, and tells counts and sums of each group. The list's own filters narrow it, as they narrow the list. What is withheld of a record, and what it refers to that the caller does not see, counts as null; a record with several values of a dimension counts in each. \
        JSON, CSV or a workbook. `meta.url` answers the same figures again.",
    params(("collection" = String, Path, description = "Name of the list, as `tasks`"), FigureParams, InstantParams),
    responses((status = 200, description = "The figures",
        content((Analytics = "application/json"), (String = "text/csv"), (String = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet")),
        headers(("ETag" = String), ("Content-Disposition" = String))), ReadProblems))]
async fn get_analytics(asked: Asked) -> Result<Printed, Problem> {
    answer(asked).await
}

#[utoipa::path(get, path = "/analytics/{collection}/series", tag = "Analytics",
    summary = "Follow a list over time",
    description = "Tells the figures of a list at the end of each day, month, quarter or year, from the log of changes: of the records that the caller sees now, in the states that it would have seen then. The list's own filters narrow the records as they stood then. The bucket that runs ends now.",
    params(("collection" = String, Path, description = "Name of the list, as `tasks`"), FigureParams, SpreadParams),
    responses((status = 200, description = "The figures",
        content((Analytics = "application/json"), (String = "text/csv"), (String = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet")),
        headers(("ETag" = String), ("Content-Disposition" = String))), ReadProblems))]
async fn get_analytics_series(asked: Asked) -> Result<Printed, Problem> {
    answer(asked).await
}

async fn answer(asked: Asked) -> Result<Printed, Problem> {
    let Asked { mut recalled, def, question, filters, form, address, faults } = asked;
    let is_series = question.over.is_some();
    let mut made = loop {
        let made = analytics(&recalled.ctx, def, &question, &filters, faults.clone()).await;
        if recalled.stood().await? {
            break made?;
        }
    };
    let clock = &recalled.ctx.clock;
    let as_of = serde_html_form::to_string([("as_of", &made.meta.as_of)]).unwrap_or_default();
    made.meta.url = Some(match (is_series, address.ends_with('?')) {
        (true, _) => address,
        (false, true) => format!("{address}{as_of}"),
        (false, false) => format!("{address}&{as_of}"),
    });
    let name = format!("{}-figures", def.collection);
    Ok(printed(&made, form, &name, clock.today())?)
}

/// Figures in one of [`FORMS`], on a day.
pub(super) fn printed(made: &Analytics, form: Form, name: &str, today: NaiveDate) -> Result<Printed, Error> {
    let rows = serde_json::to_vec(&(&made.columns, &made.rows))?;
    // The same figures have the same tag, whenever they were asked for.
    let tag = etag(0, &[form.name.as_bytes(), &rows].concat());
    let file = format!("{name}-{today}.{}", form.name);
    let (media, body) = match form {
        CSV => ("text/csv; charset=utf-8; header=present", table::csv(made)?),
        XLSX => (form.media, table::xlsx(made, today)?),
        _ => (form.media, serde_json::to_vec(made)?),
    };
    Ok(Printed { media, body, tag, language: None, file, is_attachment: form != JSON })
}
