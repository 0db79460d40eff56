//! Health, metrics, keys.

use std::{sync::Arc, time::Duration};

use axum::{Json, Router, extract::State, http::StatusCode, response::IntoResponse, routing::get};
use sea_orm::Statement;
use serde_json::{Value, json};
use tokio::{sync::Mutex, time::Instant};

use crate::{migrate, state::AppState, telemetry};

/// Time for which readiness is known: it is asked by anybody, as often as anybody likes.
const KNOWN: Duration = Duration::from_secs(1);

/// When the database was asked last, and whether it was ready.
type Asked = Arc<Mutex<Option<(Instant, bool)>>>;

pub(super) fn router() -> Router<AppState> {
    let asked = Asked::default();
    Router::new()
        .route("/health/live", get(|| async { Json(json!({ "status": "live" })) }))
        .route("/health/ready", get(move |State(state): State<AppState>| ready(state, asked.clone())))
        .route("/.well-known/jwks.json", get(keys))
}

/// Says whether requests can be served; those who ask together share one question to the database.
async fn ready(state: AppState, asked: Asked) -> impl IntoResponse {
    let mut asked = asked.lock().await;
    let known = asked.filter(|(at, _)| at.elapsed() < KNOWN).map(|(_, is_ready)| is_ready);
    let is_ready = match known {
        Some(is_ready) => is_ready,
        None => answers(&state).await,
    };
    if known.is_none() {
        *asked = Some((Instant::now(), is_ready));
    }
    if !is_ready || state.stopping.is_cancelled() {
        return (StatusCode::SERVICE_UNAVAILABLE, Json(json!({ "status": "not ready" })));
    }
    (StatusCode::OK, Json(json!({ "status": "ready" })))
}

/// Whether the database answers, and has the schema of this program.
async fn answers(state: &AppState) -> bool {
    let conn = state.db.reading();
    let asked = conn.all_raw(Statement::from_string(conn.backend(), "SELECT 1")).await;
    asked.is_ok() && migrate::check(&state.db).await.is_ok()
}

async fn keys(State(state): State<AppState>) -> Json<Value> {
    Json(state.keys.jwks())
}

/// Time between two clearings of what was measured, as the recorder's own server takes it.
const UPKEEP: Duration = Duration::from_secs(5);

/// What the address for administrators answers; from here on metrics are recorded.
pub(super) fn metrics() -> Router {
    let handle = telemetry::metrics_handle();
    let upkeep = handle.clone();
    tokio::spawn(async move {
        loop {
            tokio::time::sleep(UPKEEP).await;
            upkeep.run_upkeep();
        }
    });
    Router::new().route("/metrics", get(move || std::future::ready(handle.render())))
}
