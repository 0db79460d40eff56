//! What a GraphQL document may ask for; `graphql::cost` holds it to that.

use serde::Serialize;
use utoipa::ToSchema;

/// Rows read for one document of a caller who is signed in, at most; told by `result_too_large` when they are read.
pub const ROWS: u64 = 20_000;
/// Rows read for one document of an anonymous caller at most, told likewise.
pub const ROWS_ANONYMOUS: u64 = 5_000;
/// Bytes of an answer to a caller who is signed in, about; told by `result_too_large` too.
pub const ANSWER_BYTES: usize = 32 << 20;
/// Bytes of an answer to an anonymous caller, about.
pub const ANSWER_BYTES_ANONYMOUS: usize = 8 << 20;
/// Fields of a document at most, its fragments put in where they are spread.
pub const SELECTIONS: u64 = 10_000;
/// Fields of introspection at most, counted likewise; the standard introspection query has about 200.
pub const INTROSPECTION: u64 = 400;
/// Fields one below the other at most; the standard introspection query has 13.
pub const DEPTH: u64 = 15;
/// Aliases at most.
pub const ALIASES: u64 = 50;
/// Fields of an operation itself at most.
pub const ROOT_FIELDS: u64 = 20;
/// Directives of one field, fragment or operation at most.
pub const DIRECTIVES: usize = 5;
/// Tokens of a document at most.
pub const TOKENS: usize = 5_000;
/// Brackets one within the other at most, and fragments that spread one another.
pub const NESTING: usize = 64;

/// What a GraphQL document may ask for.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct GraphqlLimits {
    /// Rows read for it, of a caller who is signed in.
    pub rows: u64,
    /// Rows read for it, of an anonymous caller.
    pub rows_anonymous: u64,
    /// Bytes of the answer to a caller who is signed in, about.
    pub answer_bytes: usize,
    /// Bytes of the answer to an anonymous caller, about.
    pub answer_bytes_anonymous: usize,
    /// Fields, its fragments put in.
    pub selections: u64,
    /// Fields of introspection among them.
    pub introspection: u64,
    /// Fields one below the other.
    pub depth: u64,
    /// Aliases.
    pub aliases: u64,
    /// Fields of the operation itself.
    pub root_fields: u64,
    /// Directives in one place.
    pub directives: usize,
    /// Tokens.
    pub tokens: usize,
    /// Brackets one within the other, and fragments that spread one another.
    pub nesting: usize,
}

impl GraphqlLimits {
    pub(super) const ALL: Self = Self {
        rows: ROWS,
        rows_anonymous: ROWS_ANONYMOUS,
        answer_bytes: ANSWER_BYTES,
        answer_bytes_anonymous: ANSWER_BYTES_ANONYMOUS,
        selections: SELECTIONS,
        introspection: INTROSPECTION,
        depth: DEPTH,
        aliases: ALIASES,
        root_fields: ROOT_FIELDS,
        directives: DIRECTIVES,
        tokens: TOKENS,
        nesting: NESTING,
    };
}
