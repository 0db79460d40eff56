//! Users and grants.

pub(crate) mod focal_points;
pub mod grant;
pub mod user;
