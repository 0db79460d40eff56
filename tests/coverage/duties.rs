//! Operations on duties that are no rule of a kind.

use serde_json::json;

use super::{Caller, Faults, graphql::status, plans::of_kind};

pub async fn simulations(caller: &Caller<'_>) -> Faults {
    let text = "{ simulation(input: {country: \"KGZ\", accession: {framework: \"CWC\", inForceOn: \"2027-01-01\"}}) { country } }";
    let answer = caller.client.graphql(text, json!({})).await;
    let wanted = if caller.actor.is_known() { 200 } else { 401 };
    caller.expect("simulation", status(&answer, "simulation"), wanted, &answer)
}

/// Nobody begins anything for a country that is not there; who may for one that is, is tried with the duties.
pub async fn compilations(caller: &Caller<'_>) -> Faults {
    let text = "mutation { compileCommitments(input: {owner: \"QQQ\"}) { owner } }";
    let answer = caller.client.graphql(text, json!({})).await;
    let wanted = if caller.actor.is_known() { 422 } else { 401 };
    caller.expect("compileCommitments", status(&answer, "compileCommitments"), wanted, &answer)
}

pub async fn matrix(caller: &Caller<'_>) -> Faults {
    let answer = caller.client.graphql("{ participationMatrix { undetermined } }", json!({})).await;
    caller.expect("participationMatrix", status(&answer, "participationMatrix"), 200, &answer)
}

pub async fn answers(caller: &Caller<'_>) -> Faults {
    of_kind(caller, "report_draft", "reportDraftAnswers(id: $id) { madeOn }").await
}

pub async fn series(caller: &Caller<'_>) -> Faults {
    of_kind(caller, "commitment", "commitmentSeries(id: $id) { commitment }").await
}
