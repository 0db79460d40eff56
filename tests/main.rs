//! The one test binary; `CONCORD_TEST_DB` chooses the database.

mod support;

mod log;
mod policy_matrix;
mod postgres_half;
mod smoke;
mod plans;
mod tasks;
mod reading;
mod bad_input;
mod signin;
mod accounts;
