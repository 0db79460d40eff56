//! Health, metrics, keys.

use axum::{Json, Router, extract::State, http::StatusCode, response::IntoResponse, routing::get};
use sea_orm::Statement;
use serde_json::{Value, json};

use crate::{migrate, state::AppState, telemetry};

pub(super) fn router() -> Router<AppState> {
    Router::new()
        .route("/health/live", get(|| async { Json(json!({ "status": "live" })) }))
        .route("/health/ready", get(ready))
        .route("/.well-known/jwks.json", get(keys))
}

async fn ready(State(state): State<AppState>) -> impl IntoResponse {
    let conn = state.db.reading();
    let asked = conn.all_raw(Statement::from_string(conn.backend(), "SELECT 1")).await;
    let fits = migrate::check(&state.db).await.is_ok();
    if asked.is_err() || !fits || state.stopping.is_cancelled() {
        return (StatusCode::SERVICE_UNAVAILABLE, Json(json!({ "status": "not ready" })));
    }
    (StatusCode::OK, Json(json!({ "status": "ready" })))
}

async fn keys(State(state): State<AppState>) -> Json<Value> {
    Json(state.keys.jwks())
}

/// What the address for administrators answers.
pub(super) fn metrics() -> Router {
    let handle = telemetry::metrics_handle();
    let upkeep = handle.clone();
    tokio::spawn(async move {
        loop {
            tokio::time::sleep(std::time::Duration::from_secs(5)).await;
            upkeep.run_upkeep();
        }
    });
    Router::new().route("/metrics", get(move || std::future::ready(handle.render())))
}
