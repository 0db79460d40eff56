//! The GraphQL face: the same nouns, filters, codes and errors as REST.

pub(crate) mod access;
pub(crate) mod changes;
pub(crate) mod connection;
pub(crate) mod cooperation;
pub(crate) mod cost;
pub(crate) mod edges;
pub(crate) mod fault;
pub(crate) mod http;
pub(crate) mod kind;
pub(crate) mod moves;
pub(crate) mod node;
pub(crate) mod past;
pub(crate) mod plans;
pub(crate) mod reference;
pub(crate) mod sort;
pub mod stored;
pub(crate) mod treaties;

use async_graphql::{MergedObject, SDLExportOptions, Schema};

/// Everything that can be read.
#[derive(Default, MergedObject)]
pub struct Query(
    node::NodeQuery,
    reference::ReferenceQuery,
    treaties::TreatiesQuery,
    cooperation::CooperationQuery,
    plans::PlansQuery,
    access::AccessQuery,
    changes::ChangesQuery,
);

/// Everything that can be written; root fields run in order, each in a transaction of its own.
#[derive(Default, MergedObject)]
pub struct Mutation(
    reference::ReferenceMutation,
    treaties::TreatiesMutation,
    cooperation::CooperationMutation,
    plans::PlansMutation,
    access::AccessMutation,
    moves::PlanMoves,
    moves::TaskMoves,
);

/// The schema, built once.
pub type ConcordSchema = Schema<Query, Mutation, changes::Subscription>;

/// Builds the schema.
#[must_use]
pub fn schema() -> ConcordSchema {
    Schema::build(Query::default(), Mutation::default(), changes::Subscription).disable_suggestions().finish()
}

/// The schema as text, sorted, as it is published.
#[must_use]
pub fn sdl() -> String {
    schema().sdl_with_options(SDLExportOptions::new().sorted_fields().sorted_arguments().sorted_enum_items())
}
