//! Users, grants and signing in.

pub mod grant;
pub mod grants;
pub mod signin;
pub mod user;
pub mod users;
