//! What is told of rows whose records have changed since they were read: what the records say now.

use kernel::{
    Ctx, Error, Result,
    input::cut,
    record::{Outcome, OutcomeKind},
    render::{Detail, Renderer},
    row::Row,
};
use serde_json::Value as Json;

use super::{entry::Entry, fault, spool::Table};
use crate::domain::history::changes;

/// Adds to each refusal for a version what the record has in the columns that the row would change, where its sender sees it.
///
/// # Errors
/// What the database says.
pub(super) async fn explain(
    ctx: &Ctx,
    table: &Table,
    entries: &[&Entry],
    outcomes: &mut [Outcome],
) -> Result<()> {
    let rows: Vec<Row> = outcomes.iter().filter_map(seen).cloned().collect();
    if rows.is_empty() {
        return Ok(());
    }
    let renderer = Renderer::on(ctx, table.def, &rows, Detail::List).await?;
    for (entry, outcome) in entries.iter().zip(outcomes) {
        let Some(row) = seen(outcome) else { continue };
        let says = differing(entry, table, &changes(&renderer, None, row)?);
        if let OutcomeKind::Rejected(error) = &mut outcome.kind
            && !says.is_empty()
        {
            let text = format!("{}; it has {}", error.detail(), says.join(", "));
            *error = Error::Conflict(error.code(), text);
        }
    }
    Ok(())
}

/// The record of a row that expects another version of it, where its sender is told which it has.
fn seen(outcome: &Outcome) -> Option<&Row> {
    let is_stale = matches!(&outcome.kind, OutcomeKind::Rejected(Error::StaleVersion { current: Some(_) }));
    outcome.before.as_ref().filter(|_| is_stale)
}

/// The columns of a row that say something else than the record, each with what that has.
fn differing(entry: &Entry, table: &Table, record: &Json) -> Vec<String> {
    let has = |name: &str| record.get(name).and_then(|both| both.get(1)).unwrap_or(&Json::Null);
    let other = entry.fields.iter().filter(|(name, given)| !is_said(given, has(name)));
    other
        .map(|(name, _)| {
            let column = fault::column(&fault::to(name), &table.columns);
            format!("{} {}", column.as_deref().unwrap_or(name), shown(has(name)))
        })
        .collect()
}

/// Whether a record has what is given.
fn is_said(given: &Json, has: &Json) -> bool {
    match (given, has) {
        (Json::String(given), Json::Object(has)) => {
            let is = |part: &str| has.get(part).is_some_and(|has| has == given.as_str());
            is("id") || is("code")
        }
        (Json::Array(given), Json::Array(has)) => {
            given.len() == has.len() && given.iter().zip(has).all(|(given, has)| is_said(given, has))
        }
        (Json::Object(given), Json::Object(has)) => {
            given.iter().all(|(part, given)| is_said(given, has.get(part).unwrap_or(&Json::Null)))
        }
        (given, has) => given == has,
    }
}

/// What a record has, in short: of a record that it refers to its code, else its name.
fn shown(has: &Json) -> String {
    match has {
        Json::Null => "nothing".to_owned(),
        Json::Array(items) => format!("[{}]", items.iter().map(shown).collect::<Vec<_>>().join(", ")),
        Json::Object(parts) => {
            let part = ["code", "name", "id"].iter().find_map(|part| parts.get(*part)?.as_str());
            part.map_or_else(|| has.to_string(), |part| cut(&part.into()))
        }
        other => cut(other),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn what_a_record_has_is_told_in_short() {
        let agency = json!({"id": "1", "code": "MES", "name": "Rescue"});

        assert!(is_said(&json!("MES"), &agency) && is_said(&json!(["1"]), &json!([agency])));
        assert!(is_said(
            &json!({"ru": {"title": "x"}}),
            &json!({"ru": {"title": "x"}, "ky": {"title": "y"}})
        ));
        assert!(!is_said(&json!("MOH"), &agency) && !is_said(&Json::Null, &json!("2027-01-31")));
        assert_eq!(shown(&json!([agency, {"id": "2", "code": null, "name": "Desk"}])), r#"["MES", "Desk"]"#);
        assert_eq!(
            [shown(&Json::Null), shown(&json!("Drill")), shown(&json!(7))],
            ["nothing", "\"Drill\"", "7"]
        );
    }
}
