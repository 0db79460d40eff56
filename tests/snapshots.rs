//! Snapshots: many lists as at one instant, for who asked and for nobody else.

mod feed;
mod files;
mod jobs;
mod rights;

use axum::http::Method;
use serde_json::Value as Json;

use crate::support::client::{Answer, Client};

/// Asks for a snapshot and waits until it is made.
pub async fn make(me: &Client<'_>, body: Json) -> Json {
    let answer = me.with("prefer", "wait=25").post("/exports", body).await;
    let snapshot = answer.ok(200);
    assert_eq!(snapshot["state"], "completed", "{snapshot}");
    snapshot.clone()
}

/// The address of a snapshot.
pub fn path_of(snapshot: &Json) -> String {
    format!("/exports/{}", snapshot["id"].as_str().expect("an id"))
}

/// A file of a snapshot.
pub async fn file(me: &Client<'_>, snapshot: &Json, name: &str) -> Answer {
    me.get(&format!("{}/files/{name}", path_of(snapshot))).await
}

/// Deletes a snapshot.
pub async fn delete(me: &Client<'_>, snapshot: &Json) -> Answer {
    me.send(Method::DELETE, &format!("/api/v1{}", path_of(snapshot)), None, Vec::new()).await
}
