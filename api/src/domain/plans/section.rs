//! Sections of plans: their content is held against the country's own schema.

use entity::plan_section;
use futures_util::future::BoxFuture;
use kernel::{Result, Unit, input::own, unit::Item};
use serde_json::Value as Json;

const SCHEMA: &str = plan_section::SCHEMA.column;
const CONTENT: &str = plan_section::CONTENT.column;

/// Holds each schema that is new against the rules for schemas, and the content against it, whichever of them is new.
pub fn check<'a>(_: &'a mut Unit, items: &'a mut [Item]) -> BoxFuture<'a, Result<()>> {
    Box::pin(async move {
        for item in items.iter_mut().filter(|item| !item.is_rejected() && !item.is_deletion()) {
            if item.is_new() || item.changes(SCHEMA) || item.changes(CONTENT) {
                hold(item);
            }
        }
        Ok(())
    })
}

fn hold(item: &mut Item) {
    for column in [SCHEMA, CONTENT] {
        if let Some(kept) = item.after.json(column).map(whole) {
            item.after.set(column, kept);
        }
    }
    for found in own::violations(item.after.json(SCHEMA), item.after.json(CONTENT)) {
        item.fault(&found.pointer, found.code, found.detail);
    }
}

/// The value with one form for each number: databases and callers write `10`, `10.0` and `1e1`.
fn whole(value: &Json) -> Json {
    match value {
        Json::Number(number) => {
            let text = number.as_f64().filter(|held| number.is_f64() && held.fract() == 0.0);
            let text = text.map(|held| format!("{:.0}", held + 0.0));
            let signed = text.as_ref().and_then(|text| text.parse::<i64>().ok()).map(Json::from);
            let unsigned = || text.as_ref().and_then(|text| text.parse::<u64>().ok()).map(Json::from);
            signed.or_else(unsigned).unwrap_or_else(|| value.clone())
        }
        Json::Array(items) => items.iter().map(whole).collect(),
        Json::Object(members) => members.iter().map(|(name, item)| (name.clone(), whole(item))).collect(),
        _ => value.clone(),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::whole;

    #[test]
    fn a_number_has_one_form() {
        let given = json!([10.0, 1e17, -0.0, 0.5, 1e19, 1e300, u64::MAX, {"a": [-2.0]}]);

        let expected = json!([10, 100_000_000_000_000_000_i64, 0, 0.5, 10_000_000_000_000_000_000_u64, 1e300, u64::MAX, {"a": [-2]}]);
        assert_eq!(whole(&given).to_string(), expected.to_string());
    }
}
