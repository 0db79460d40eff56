//! Concord: the open backend for CBRN National Action Plans, treaty obligations and interagency tasks.
//!
//! One service with two faces, REST and GraphQL, over one domain. See `docs/architecture.md`.

pub mod cli;
pub mod coding;
pub mod config;
pub mod contracts;
pub mod domain;
pub mod graphql;
pub mod host;
pub mod jobs;
mod json;
pub mod limits;
pub mod migrate;
pub mod origin;
pub mod outgoing;
pub mod preference;
pub mod rest;
pub mod seed;
pub mod server;
pub mod signin;
pub mod state;
pub mod streams;
pub mod telemetry;
