//! Users, grants and signing in.

mod focal_points;
pub mod grant;
pub mod signin;
pub mod user;
