//! The GraphQL face: the same nouns, filters, codes and errors as REST.
//!
//! The types are put into the library's registry by name, from the kinds' declarations. The library checks
//! documents, answers introspection and runs subscriptions; queries and mutations are run here, a level at a
//! time, and written straight from rows.

pub(crate) mod answer;
pub(crate) mod coerce;
pub(crate) mod cost;
pub(crate) mod document;
pub(crate) mod fault;
pub(crate) mod freeze;
pub(crate) mod given;
pub(crate) mod hints;
pub(crate) mod http;
pub(crate) mod library;
pub(crate) mod names;
pub(crate) mod overlap;
pub(crate) mod run;
pub(crate) mod selection;
pub(crate) mod sent;
pub(crate) mod shapes;
pub mod stored;
pub(crate) mod subscription;
pub(crate) mod typename;
pub(crate) mod types;
pub(crate) mod usage;

use async_graphql::SDLExportOptions;

pub use library::{ConcordSchema, schema};

/// The schema as text, sorted, as it is published.
#[must_use]
pub fn sdl() -> String {
    schema().sdl_with_options(SDLExportOptions::new().sorted_fields().sorted_arguments().sorted_enum_items())
}
