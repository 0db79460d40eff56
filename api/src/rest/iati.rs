//! A plan as activities in the manner of IATI 2.03: JSON or XML.

mod xml;

use axum::{
    extract::{FromRequestParts, Path},
    http::request::Parts,
};
use kernel::{Ctx, Error};
use serde::Deserialize;
use utoipa::IntoParams;
use utoipa_axum::{router::OpenApiRouter, routes};

use super::{
    addresses,
    answer::etag,
    caller::authenticate,
    forms::{Form, JSON, Printed, wanted},
    listing::parameters,
    problem::{Problem, ReadProblems},
};
use crate::{
    domain::plans::iati::{Activities, activities},
    preference::Accept,
    state::AppState,
};

/// Routes of activities.
pub fn router() -> OpenApiRouter<AppState> {
    OpenApiRouter::new().routes(routes!(get_plan_iati))
}

const XML: Form = Form { name: "xml", media: "application/xml" };

/// The forms of activities, what is answered to whoever takes anything first.
const FORMS: [Form; 2] = [JSON, XML];

/// The form of the activities.
#[derive(Clone, Debug, Default, Deserialize, IntoParams)]
#[serde(default)]
#[into_params(parameter_in = Query)]
pub struct IatiParams {
    /// Form of the activities, before `Accept`: `json` or `xml`.
    #[param(pattern = "^(json|xml)$", example = "json")]
    format: Option<String>,
    /// Languages wanted, best first.
    lang: Option<String>,
}

/// Any caller, with the form it wants.
struct Asked(Ctx, Form);

impl FromRequestParts<AppState> for Asked {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, state: &AppState) -> Result<Self, Problem> {
        let (ctx, _) = authenticate(parts, state).await?;
        let asked: IatiParams = parameters(parts.uri.query())?;
        let form = wanted(&FORMS, asked.format.as_deref(), &Accept::of(&parts.headers))?;
        Ok(Self(ctx, form))
    }
}

#[utoipa::path(get, path = "/plans/{id}/iati", tag = "Plans",
    summary = "Read a plan as IATI activities",
    description = "Answers the actions of a plan, as far as the caller may see them, as activities in the manner of the International Aid \
        Transparency Initiative (IATI 2.03): JSON whose members have the names of the elements, or XML (`format`, else `Accept`). \
        A withheld field is absent. Actual days are not told, for actions have planned ones only; the plan is told as it is in force.",
    params(("id" = String, Path, description = "Id of the plan"), IatiParams),
    responses((status = 200, description = "The activities",
        content((Activities = "application/json"), (String = "application/xml")),
        headers(("ETag" = String), ("Content-Disposition" = String))), ReadProblems))]
async fn get_plan_iati(Asked(ctx, form): Asked, Path(id): Path<String>) -> Result<Printed, Problem> {
    let made = activities(&ctx, addresses::id(&id)?).await?;
    let json = serde_json::to_vec(&made).map_err(Error::from)?;
    let tag = etag(0, &[form.name.as_bytes(), &json].concat());
    let file = format!("{}-activities.{}", made.plan, form.name);
    let (media, body) = match form {
        XML => ("application/xml; charset=utf-8", xml::print(&made)?),
        _ => (form.media, json),
    };
    Ok(Printed { media, body, tag, language: None, file, is_attachment: form == XML })
}
