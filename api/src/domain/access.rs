//! Users, grants and API keys.

pub mod api_key;
pub mod consent;
pub mod erasure;
pub mod explanation;
pub mod export;
pub(crate) mod focal_points;
pub mod grant;
pub(in crate::domain) mod shown_once;
pub mod user;
