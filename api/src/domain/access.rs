//! Users, grants and API keys.

pub mod api_key;
pub(crate) mod focal_points;
pub mod grant;
pub mod user;
