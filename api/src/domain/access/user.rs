//! Users: people and machines that sign in.

use std::sync::LazyLock;

use async_graphql::{InputObject, SimpleObject};
use chrono::{DateTime, Utc};
use entity::user;
use kernel::{
    KindDef, Patch, Record,
    filter::{Common, Filter, Where},
    lens::{Lens, Meta, Seen},
    policy::Class,
    record::ModelOf,
};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use super::users;
use crate::domain::parts::{NewOrigin, OriginPatch};

/// A person or machine that signs in; what it may do is in its grants.
#[derive(Clone, Debug, Serialize, ToSchema, SimpleObject)]
#[graphql(complex)]
pub struct User {
    /// What every record tells of itself.
    #[serde(flatten)]
    #[graphql(flatten)]
    pub meta: Meta,
    /// E-mail address in lower case, unique in the installation.
    pub email: String,
    /// Name to show.
    pub name: String,
    /// Language the person prefers (BCP 47).
    pub language: Option<String>,
    /// Instant from which the account is closed.
    pub valid_until: Option<DateTime<Utc>>,
}

/// A new user.
#[derive(Clone, Debug, Serialize, ToSchema, InputObject)]
#[schema(example = json!({"email": "officer@example.org", "name": "Duty officer"}))]
pub struct NewUser {
    /// Where the record comes from.
    #[serde(flatten)]
    #[graphql(flatten)]
    pub origin: NewOrigin,
    /// E-mail address in lower case, unique in the installation.
    #[schema(pattern = r"^[^@\sA-Z]+@[^@\sA-Z]+$", min_length = 3, max_length = 200)]
    pub email: String,
    /// Name to show.
    #[schema(min_length = 1, max_length = 200)]
    pub name: String,
    /// Language the person prefers (BCP 47).
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(min_length = 2, max_length = 20)]
    pub language: Option<String>,
    /// Instant from which the account is closed.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub valid_until: Option<DateTime<Utc>>,
}

/// Changes of an user.
#[derive(Clone, Debug, Default, Serialize, ToSchema, InputObject)]
pub struct UserPatch {
    /// Where the record comes from.
    #[serde(flatten)]
    #[graphql(flatten)]
    pub origin: OriginPatch,
    /// Name to show.
    #[serde(skip_serializing_if = "Patch::is_keep")]
    #[schema(value_type = Option<String>, min_length = 1, max_length = 200)]
    pub name: Patch<String>,
    /// Language the person prefers (BCP 47).
    #[serde(skip_serializing_if = "Patch::is_keep")]
    #[schema(value_type = Option<String>, min_length = 2, max_length = 20)]
    pub language: Patch<String>,
    /// Instant from which the account is closed.
    #[serde(skip_serializing_if = "Patch::is_keep")]
    #[schema(value_type = Option<DateTime<Utc>>)]
    pub valid_until: Patch<DateTime<Utc>>,
}

/// Which users to list.
#[derive(Clone, Debug, Default, Deserialize, IntoParams, InputObject)]
#[serde(default)]
#[into_params(parameter_in = Query)]
pub struct UserFilter {
    /// The filters every list takes.
    #[serde(skip)]
    #[param(ignore)]
    #[graphql(flatten)]
    pub common: Common,
    /// Only those whose email is one of these.
    #[graphql(default)]
    pub email: Vec<String>,
}

impl Filter for UserFilter {
    fn common(&self) -> &Common {
        &self.common
    }

    fn with_common(self, common: Common) -> Self {
        Self { common, ..self }
    }

    fn apply(&self, to: &mut Where<'_>) {
        to.any("email", &self.email);
    }
}

/// Tables of signing in that hold on to an account.
const HELD_BY: &[(&str, &str)] = &[
    ("session", "user_id"),
    ("credential", "user_id"),
    ("second_factor", "user_id"),
    ("recovery_code", "user_id"),
    ("password_token", "user_id"),
    ("password_token", "issued_by"),
    ("idempotency_key", "user_id"),
];

impl Record for User {
    type Entity = user::Entity;
    type Active = user::ActiveModel;
    type New = NewUser;
    type Patch = UserPatch;
    type Filter = UserFilter;

    fn def() -> &'static KindDef {
        static DEF: LazyLock<KindDef> = LazyLock::new(|| {
            KindDef::of::<User>("user", "users", Class::Person)
                .fixed("installation")
                .labelled("name")
                .sorts(&["email", "name"])
                .unique_in(&[&["email"]])
                .held(HELD_BY)
                .guards(users::guard)
                .checks(users::check)
                .follows(users::follow)
        });
        &DEF
    }

    fn meta(&self) -> &Meta {
        &self.meta
    }

    fn view(seen: Seen, m: ModelOf<Self>, _lens: &Lens) -> Self {
        Self {
            meta: seen.meta,
            email: m.email,
            name: m.name,
            language: m.language,
            valid_until: m.valid_until,
        }
    }
}
