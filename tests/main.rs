//! The one test binary; `CONCORD_TEST_DB` chooses the database.

mod support;

mod postgres_half;
mod smoke;
