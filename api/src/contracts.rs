//! The two contracts, as they are published and committed, and what would break their callers.

mod breaking;
mod graphql;
mod openapi;
mod schemas;
#[cfg(test)]
mod tests;

pub use breaking::{Break, announced};

/// The OpenAPI document, indented, with a newline at its end.
#[must_use]
pub fn openapi() -> String {
    openapi_at("/api/v1")
}

/// The same of the operations below this address.
#[must_use]
pub fn openapi_at(server: &str) -> String {
    let mut document = crate::rest::openapi::document();
    if let Some(members) = document.as_object_mut() {
        members.insert("servers".into(), serde_json::json!([{ "url": server }]));
    }
    let document = kernel::row::sorted(&document);
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

/// A pair of contracts: the OpenAPI document and the GraphQL schema.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Pair {
    /// The OpenAPI document.
    pub openapi: String,
    /// The GraphQL schema.
    pub sdl: String,
}

impl Pair {
    /// What the program serves now.
    #[must_use]
    pub fn present() -> Self {
        Self { openapi: openapi(), sdl: sdl() }
    }

    /// What callers of this pair would notice of a later one.
    ///
    /// # Errors
    /// Which contract cannot be read.
    pub fn breaks(&self, later: &Self) -> Result<Vec<Break>, String> {
        let mut found = openapi::breaks(&self.openapi, &later.openapi)?;
        found.extend(graphql::breaks(&self.sdl, &later.sdl)?);
        Ok(found)
    }
}
