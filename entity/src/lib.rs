//! Tables and vocabularies of Concord, without behaviour.
//!
//! One module per table; `vocab` holds the codes that columns may contain.

pub mod action;
pub mod agency;
pub mod change;
pub mod change_payload;
pub mod change_set;
pub mod country;
pub mod country_framework;
pub mod credential;
pub mod framework;
pub mod grant;
pub mod membership;
pub mod objective;
pub mod obligation;
pub mod organisation;
pub mod owner;
pub mod participation;
pub mod password_token;
pub mod pillar;
pub mod plan;
pub mod recovery_code;
pub mod region;
pub mod region_membership;
pub mod release;
pub mod release_set;
pub mod release_term;
pub mod second_factor;
pub mod session;
pub mod shared_set;
pub mod sign_in_attempt;
pub mod signing_key;
pub mod task;
pub mod user;
pub mod vocab;
pub mod working_group;
