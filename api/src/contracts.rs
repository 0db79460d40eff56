//! The two contracts, as they are published and committed.

/// The OpenAPI document, indented, with a newline at its end.
#[must_use]
pub fn openapi() -> String {
    let document = kernel::row::sorted(&crate::rest::openapi::document());
    let mut text = serde_json::to_string_pretty(&document).unwrap_or_default();
    text.push('\n');
    text
}

/// The GraphQL schema, sorted.
#[must_use]
pub fn sdl() -> String {
    let mut text = crate::graphql::sdl();
    if !text.ends_with('\n') {
        text.push('\n');
    }
    text
}
