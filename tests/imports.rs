//! Imports: files of records, on their way in.

mod again;
mod at_once;
mod atomic;
mod declared;
mod files;
mod headers;
mod instants;
mod jobs;
mod kinds;
mod left_out;
mod mappings;
mod modes;
mod plans;
mod reference;
mod references;
mod rejected;
mod reports;
mod resent;
mod resent_books;
mod reverts;
mod reviews;
mod round_trip;
mod sending;
mod suggestions;
mod templates;
mod translated;
mod unchanged;
mod unread;
mod uploads;
mod values;

use axum::http::Method;
use serde_json::{Value as Json, json};

use crate::support::client::{Answer, Client};

/// Sends a file.
pub async fn send(caller: &Client<'_>, query: &str, file: impl Into<Vec<u8>>) -> Answer {
    caller.send(Method::POST, &format!("/api/v1/imports?{query}"), Some("text/csv"), file.into()).await
}

/// The counts of a report: created, updated, unchanged, deleted, rejected.
pub fn counts(report: &Json) -> [i64; 5] {
    ["created", "updated", "unchanged", "deleted", "rejected"]
        .map(|name| report[name].as_i64().unwrap_or_else(|| panic!("no {name} in {report}")))
}

/// The results of the rows of a report.
pub fn results(report: &Json) -> Vec<&str> {
    report["rows"]
        .as_array()
        .expect("rows")
        .iter()
        .map(|row| row["result"].as_str().unwrap_or_default())
        .collect()
}

/// Code and column of the first error of each refused row.
pub fn faults(report: &Json) -> Vec<(i64, &str, &str)> {
    let rows = report["rows"].as_array().expect("rows").iter();
    rows.flat_map(|row| row["errors"].as_array().expect("errors"))
        .map(|error| {
            (
                error["line"].as_i64().unwrap_or_default(),
                error["column"].as_str().unwrap_or_default(),
                error["code"].as_str().unwrap_or_default(),
            )
        })
        .collect()
}

/// Where something is done with the import of an answer.
#[track_caller]
pub fn act(answer: &Answer, verb: &str) -> String {
    format!("/imports/{}/{verb}", answer.ok(200)["id"].as_str().expect("an id"))
}

/// Edits a task past its import.
pub async fn change(caller: &Client<'_>, key: &str) {
    let task = caller.get(&format!("/tasks/by-key/crm/{key}")).await;
    let path = format!("/tasks/{}", task.ok(200)["id"].as_str().expect("an id"));
    caller.edit(&path, json!({ "description": "Changed" })).await.ok(200);
}
