//! The one test binary; `CONCORD_TEST_DB` chooses the database.

#![expect(
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::pedantic,
    reason = "a test that panics fails and says where; its code is written to be read once"
)]

mod support;

mod accounts;
mod analytics;
mod audit;
mod bad_input;
mod bundles;
mod calendars;
mod cancellation;
mod changes;
mod cli;
mod concurrency;
mod consultation;
mod contracts;
mod coverage;
mod coverage_marks;
mod cubes;
mod declarations;
mod delivery;
mod documents;
mod duties;
mod editions;
mod explaining;
mod exports;
mod faults;
mod fence;
mod flat;
mod front;
mod graphql_exec;
mod graphql_http;
mod iati;
mod idempotency;
mod imports;
mod jobs;
mod keys;
mod languages;
mod law;
mod layering;
mod limits;
mod log;
mod migrations;
mod needs;
mod odata;
mod oidc;
mod paired;
mod parity;
mod participation;
mod plans;
mod policy_matrix;
mod postgres_half;
mod problems;
mod projects;
mod purges;
mod questions;
mod reading;
mod regional;
mod reports;
mod risks;
mod roadmap;
mod rules;
mod seeding;
mod sharing;
mod signin;
mod smoke;
mod snapshots;
mod spelling;
mod standings;
mod statements;
mod stored_documents;
mod tasks;
mod upgrade;
mod viewing;
mod webhooks;
