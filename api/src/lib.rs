//! Concord: the open backend for CBRN National Action Plans, treaty obligations and interagency tasks.
//!
//! One service with two faces, REST and GraphQL, over one domain. See `docs/architecture.md`.

pub mod config;
pub mod domain;
pub mod telemetry;
