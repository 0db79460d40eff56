//! What an installation has on its host: its database file and secret, who may read them, and who serves them.

pub mod database;
pub mod files;
pub mod secret;
