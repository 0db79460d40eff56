//! The one test binary; `CONCORD_TEST_DB` chooses the database.

mod support;

mod accounts;
mod bad_input;
mod coverage;
mod log;
mod plans;
mod policy_matrix;
mod postgres_half;
mod reading;
mod signin;
mod smoke;
mod tasks;
