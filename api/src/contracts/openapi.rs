//! Breaking changes of the OpenAPI document.

use serde_json::{Map, Value as Json};

use super::{
    breaking::Break,
    schemas::{Compared, Direction},
};

/// What callers of the old document would notice of the new one.
///
/// # Errors
/// Which of them is no JSON.
pub fn breaks(old: &str, new: &str) -> Result<Vec<Break>, String> {
    let read = |text: &str| {
        serde_json::from_str(text).map_err(|error| format!("a document cannot be read: {error}"))
    };
    let (old, new): (Json, Json) = (read(old)?, read(new)?);
    let mut compared = Compared::of(&old, &new);
    for (path, item) in members(&old, "paths") {
        for (method, was) in item.as_object().into_iter().flatten() {
            let name = format!("{} {path}", method.to_uppercase());
            match new.get("paths").and_then(|paths| paths.get(path)?.get(method)) {
                Some(is) => operation(&mut compared, &name, was, is),
                None => compared.note(name, "is gone"),
            }
        }
    }
    Ok(compared.found())
}

/// The members of an object under a name.
pub(super) fn members<'a>(
    part: &'a Json,
    name: &str,
) -> impl Iterator<Item = (&'a String, &'a Json)> + use<'a> {
    part.get(name).and_then(Json::as_object).into_iter().flat_map(Map::iter)
}

fn operation(compared: &mut Compared<'_>, name: &str, was: &Json, is: &Json) {
    parameters(compared, name, was, is);
    body(compared, name, was.get("requestBody"), is.get("requestBody"));
    for (status, was) in members(was, "responses") {
        let name = format!("{name} {status}");
        match is.get("responses").and_then(|all| all.get(status)) {
            Some(is) => response(compared, &name, was, is),
            None => compared.note(name, "is gone"),
        }
    }
}

fn parameters(compared: &mut Compared<'_>, name: &str, was: &Json, is: &Json) {
    let all = |part: &Json| part.get("parameters").and_then(Json::as_array).cloned().unwrap_or_default();
    let old: Vec<Json> = all(was).iter().map(|one| compared.old_part(one).clone()).collect();
    let new: Vec<Json> = all(is).iter().map(|one| compared.new_part(one).clone()).collect();
    let same = |a: &Json, b: &Json| a.get("name") == b.get("name") && a.get("in") == b.get("in");
    let path = |one: &Json| format!("{name} ?{}", one.get("name").and_then(Json::as_str).unwrap_or_default());
    for was in &old {
        match new.iter().find(|is| same(was, is)) {
            Some(is) => {
                if is_required(is) && !is_required(was) {
                    compared.note(path(is), "is required now");
                }
                compared.schemas(&path(was), was.get("schema"), is.get("schema"), Direction::Taken);
            }
            None => compared.note(path(was), "is gone"),
        }
    }
    for is in new.iter().filter(|is| is_required(is) && !old.iter().any(|was| same(was, is))) {
        compared.note(path(is), "is new and required");
    }
}

fn is_required(part: &Json) -> bool {
    part.get("required") == Some(&Json::Bool(true))
}

fn body(compared: &mut Compared<'_>, name: &str, was: Option<&Json>, is: Option<&Json>) {
    let name = format!("{name} body");
    match (was, is) {
        (None, Some(is)) if is_required(is) => compared.note(name, "is new and required"),
        (Some(_), None) => compared.note(name, "is gone"),
        (Some(was), Some(is)) => {
            if is_required(is) && !is_required(was) {
                compared.note(&name, "is required now");
            }
            content(compared, &name, (was, is), Direction::Taken);
        }
        _ => {}
    }
}

fn response(compared: &mut Compared<'_>, name: &str, was: &Json, is: &Json) {
    let (was, is) = (compared.old_part(was).clone(), compared.new_part(is).clone());
    content(compared, name, (&was, &is), Direction::Given);
    for (header, was) in members(&was, "headers") {
        let path = format!("{name} {header}");
        let was_promised = is_required(compared.old_part(was));
        match is.get("headers").and_then(|all| all.get(header)) {
            None => compared.note(path, "is gone"),
            Some(is) if was_promised && !is_required(compared.new_part(is)) => {
                compared.note(path, "may be missing now");
            }
            Some(_) => {}
        }
    }
}

fn content(compared: &mut Compared<'_>, name: &str, (was, is): (&Json, &Json), direction: Direction) {
    for (media, was) in members(was, "content") {
        match is.get("content").and_then(|all| all.get(media)) {
            Some(is) => compared.schemas(name, was.get("schema"), is.get("schema"), direction),
            None => compared.note(format!("{name} {media}"), "is gone"),
        }
    }
}
