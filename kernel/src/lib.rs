//! The machinery every record kind shares: one write path, one policy, one change log.
//!
//! The kernel knows no concept of the field; kinds describe themselves with a
//! [`record::KindDef`] and everything else works on that description.
//!
//! It has three layers, and each names only what stands in itself or below:
//! - `base`: what records, callers and errors are, and who may do what. Nothing here runs a statement.
//! - `read`: the database, and what a caller sees of it through a [`View`].
//! - `write`: units, the one way to change anything, begun from a [`Ctx`].

mod base;
mod read;
mod write;

pub use base::{
    actor::{self, Actor},
    cache, cause, clock, crypto, dates, decimal, editions,
    error::{self, Code, Error, Result, Violation},
    filter, input, narrowing, policy,
    record::{self, KindDef},
    row, scalar, schema, spelling, text,
};
use read::codes;
pub use read::{
    change, condition, db, figures, owners, page, render, sets, standings, store, traces,
    view::{self, View},
};
use write::recorder;
pub use write::{
    ctx::{self, Ctx},
    derived, idempotency,
    kinds::{self, Kinds},
    lifecycle, shared_sets, turn,
    unit::{self, Unit},
};
