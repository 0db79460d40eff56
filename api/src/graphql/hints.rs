//! What the library leaves unsaid in its faults: the nearest name that is known.

use std::collections::HashSet;

use async_graphql::ServerError;
use kernel::input::like;

use super::shapes::{SHAPES, Shape};

/// Whether faults that the library found are about values only, which are told better where values are coerced.
pub(crate) fn are_about_values(faults: &[ServerError]) -> bool {
    let mut all = faults.iter().map(|fault| fault.message.as_str());
    all.all(|text| {
        text.starts_with("Invalid value for argument ")
            || text.starts_with("Invalid default value for argument")
    })
}

/// Whether a fault that the library found is about fields that cannot be merged, which are looked for here too.
pub(crate) fn is_about_merging(fault: &ServerError) -> bool {
    fault.message.starts_with("Fields \"") && fault.message.contains("conflict because")
}

/// Faults of the library, each once, with the nearest known name.
pub(crate) fn hinted(mut faults: Vec<ServerError>) -> Vec<ServerError> {
    let mut seen = HashSet::new();
    faults.retain(|fault| seen.insert((fault.message.clone(), format!("{:?}", fault.locations))));
    for fault in &mut faults {
        if let Some(near) = near(&fault.message) {
            fault.message = format!("{}; did you mean `{near}`?", fault.message.trim_end_matches('.'));
        }
    }
    faults
}

/// The known name nearest to one that a fault says is unknown.
fn near(message: &str) -> Option<String> {
    let (what, rest) = message.strip_prefix("Unknown ")?.split_once(' ')?;
    // What stands between quotes.
    let quoted: Vec<&str> = rest.split('"').skip(1).step_by(2).collect();
    let fields = |of: &str| match SHAPES.get(of) {
        Some(Shape::Object(fields) | Shape::Interface(fields, _)) => fields.keys().cloned().collect(),
        _ => Vec::new(),
    };
    let known: Vec<String> = match (what, quoted.as_slice()) {
        ("field", [_, of, ..]) => fields(of),
        ("argument", [_, field, of, ..]) => {
            let field = SHAPES.field(of, field)?;
            field.arguments.iter().map(|argument| argument.name.clone()).collect()
        }
        ("type", _) => SHAPES.names().map(str::to_owned).collect(),
        ("directive", _) => vec!["skip".to_owned(), "include".to_owned()],
        _ => return None,
    };
    like(quoted.first()?, known.iter().map(String::as_str)).map(str::to_owned)
}

#[cfg(test)]
mod tests {
    use async_graphql::ServerError;

    use super::hinted;

    #[test]
    fn unknown_names_get_the_nearest_known_one() {
        let told = |text: &str| {
            let faults = hinted(vec![ServerError::new(text, None), ServerError::new(text, None)]);
            faults.into_iter().map(|fault| fault.message).collect::<Vec<_>>()
        };

        let known = told("Unknown field \"titel\" on type \"Task\".");
        let argument = told("Unknown argument \"frist\" on field \"tasks\" of type \"Query\".");
        let far = told("Unknown field \"zzzzzzzzzz\" on type \"Task\".");

        assert_eq!(known, ["Unknown field \"titel\" on type \"Task\"; did you mean `title`?"]);
        assert_eq!(
            argument,
            ["Unknown argument \"frist\" on field \"tasks\" of type \"Query\"; did you mean `first`?"]
        );
        assert_eq!(far, ["Unknown field \"zzzzzzzzzz\" on type \"Task\"."]);
    }
}
