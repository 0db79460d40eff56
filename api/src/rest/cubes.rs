//! Cubes: fixed figures over countries, the same for every caller.

use axum::{
    Json,
    extract::{FromRequestParts, OriginalUri, Path},
    http::request::Parts,
};
use kernel::{Code, Ctx};
use serde::Deserialize;
use utoipa::IntoParams;
use utoipa_axum::{router::OpenApiRouter, routes};

use super::{
    addresses::no_such_address,
    analytics::{FORMS, printed},
    caller::authenticate,
    forms::{Form, Printed, wanted},
    listing::parameters,
    problem::{Problem, ReadProblems},
};
use crate::{
    domain::{
        analytics::Analytics,
        cubes::{self, CubeList},
    },
    preference::Accept,
    state::AppState,
};

/// Routes of cubes, which have several forms.
pub fn router() -> OpenApiRouter<AppState> {
    OpenApiRouter::new().routes(routes!(list_cubes)).routes(routes!(get_cube))
}

/// The form of the figures of a cube.
#[derive(Clone, Debug, Default, Deserialize, IntoParams)]
#[serde(default)]
#[into_params(parameter_in = Query)]
pub struct CubeParams {
    /// Form of the figures, before `Accept`: `json`, `csv` or `xlsx`.
    #[param(pattern = "^(json|csv|xlsx)$", example = "json")]
    format: Option<String>,
    /// Languages of labels, best first.
    lang: Option<String>,
}

/// Any caller, with the cube and the form it wants.
struct Asked {
    ctx: Ctx,
    name: String,
    at: usize,
    form: Form,
    address: String,
}

impl FromRequestParts<AppState> for Asked {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, state: &AppState) -> Result<Self, Problem> {
        let original =
            parts.extensions.get::<OriginalUri>().map_or_else(|| parts.uri.clone(), |uri| uri.0.clone());
        let Path(name) = Path::<String>::from_request_parts(parts, state)
            .await
            .map_err(|_| no_such_address(original.path()))?;
        let at = cubes::find(&name).map_err(|why| Problem::Http(Code::NotFound, why))?;
        let (ctx, _) = authenticate(parts, state).await?;
        let asked: CubeParams = parameters(parts.uri.query())?;
        let form = wanted(&FORMS, asked.format.as_deref(), &Accept::of(&parts.headers))?;
        Ok(Self { ctx, name, at, form, address: original.path().to_owned() })
    }
}

#[utoipa::path(get, path = "/cubes", tag = "Analytics",
    summary = "List the cubes",
    description = "Lists the fixed figures over countries: what each tells, and by what.",
    responses((status = 200, description = "The cubes", body = CubeList), ReadProblems))]
async fn list_cubes() -> Json<CubeList> {
    Json(cubes::list())
}

#[utoipa::path(get, path = "/cubes/{name}", tag = "Analytics",
    summary = "Read a cube",
    description = "Answers fixed figures over countries: of the records that live releases let everybody count (mode `count`, audience `public`) or read. \
        They are counted once a day (UTC) and are the same for every caller all day long. A cell is suppressed where it tells of fewer than three countries, \
        or would help to tell of them: beside what it hides, or beside what was published before. `since` is the day on which a figure was made. \
        JSON, CSV or a workbook, with labels in the languages of the caller.",
    params(("name" = String, Path, description = "Name of the cube, as `gaps-by-area`"), CubeParams),
    responses((status = 200, description = "The figures",
        content((Analytics = "application/json"), (String = "text/csv"), (String = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet")),
        headers(("ETag" = String), ("Content-Disposition" = String))), ReadProblems))]
async fn get_cube(asked: Asked) -> Result<Printed, Problem> {
    let Asked { ctx, name, at, form, address } = asked;
    let mut made = cubes::cube(&ctx, at).await?;
    made.meta.url = Some(address);
    Ok(printed(&made, form, &name, ctx.clock.today())?)
}
