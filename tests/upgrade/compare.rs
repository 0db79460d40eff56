//! What an answer says now, held against what it said.

use serde_json::Value as Json;

/// The text at a place.
#[track_caller]
pub fn text<'a>(json: &'a Json, pointer: &str) -> &'a str {
    json.pointer(pointer).and_then(Json::as_str).unwrap_or_else(|| panic!("no text at {pointer}: {json}"))
}

/// The texts of the list at a place.
#[track_caller]
pub fn texts<'a>(json: &'a Json, pointer: &str) -> Vec<&'a str> {
    let list = json.pointer(pointer).and_then(Json::as_array).expect("a list");
    list.iter().filter_map(Json::as_str).collect()
}

/// Where an answer does not say any more what it said, but for what `CHANGELOG.md` announces; it may say more.
pub fn differences(place: &str, was: &Json, is: &Json) -> Vec<String> {
    match (was, is) {
        (Json::Object(old), Json::Object(_)) => {
            let kept = old.iter().filter(|(name, _)| !is_announced(name, was, is));
            kept.flat_map(|(name, old)| differences(&format!("{place}/{name}"), old, &is[name])).collect()
        }
        (Json::Array(old), Json::Array(new)) if old.len() == new.len() => {
            let pairs = old.iter().zip(new).enumerate();
            pairs.flat_map(|(at, (old, new))| differences(&format!("{place}/{at}"), old, new)).collect()
        }
        _ if was == is => Vec::new(),
        _ => vec![format!("{place}: {was} became {is}")],
    }
}

/// Whether a member says by intent something else than in 0.1.0.
fn is_announced(name: &str, was: &Json, is: &Json) -> bool {
    match name {
        // Who wrote was an id, and is an object with that id.
        "by" => was["by"].is_string() && was["by"] == is["by"]["id"],
        // Facts that belong to nobody have no visibility any more.
        "visibility" | "shared_with" => was["owner"] == "reference" && is[name].is_null(),
        // Histories told all translations before and after, and tell those that differ.
        "translations" => was[name].is_array() && differences(name, &is[name][1], &was[name][1]).is_empty(),
        _ => false,
    }
}
