//! Users, grants and signing in.

mod focal_points;
pub mod grant;
pub mod grants;
pub mod signin;
pub mod user;
pub mod users;
