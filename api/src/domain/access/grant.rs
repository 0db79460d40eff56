//! Grants: what users may do, for whom.

use std::sync::LazyLock;

use async_graphql::{InputObject, SimpleObject};
use entity::{
    grant,
    vocab::{ReadCeiling, Role},
};
use kernel::{
    KindDef, Patch, Record,
    filter::{Common, Filter, Where},
    lens::{Lens, Meta, Seen},
    policy::Class,
    record::ModelOf,
    scalar::{Date, Ref, Reference},
};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use uuid::Uuid;

use super::grants;
use crate::domain::parts::{NewOrigin, OriginPatch, listed};

/// A role that a user holds for an owner.
#[derive(Clone, Debug, Serialize, ToSchema, SimpleObject)]
#[graphql(complex)]
pub struct Grant {
    /// What every record tells of itself.
    #[serde(flatten)]
    #[graphql(flatten)]
    pub meta: Meta,
    /// The holder; by id.
    #[graphql(skip)]
    pub user: Option<Ref>,
    /// The role.
    pub role: Role,
    /// Agency of an officer or agency lead.
    #[graphql(skip)]
    pub agency: Option<Ref>,
    /// Plan the grant is narrowed to.
    #[graphql(skip)]
    pub within_plan: Option<Ref>,
    /// How far a portal may read; default `public`.
    pub read_ceiling: Option<ReadCeiling>,
    /// Kinds a portal may write.
    pub write_kinds: Vec<String>,
    /// Source systems a portal may write under.
    pub source_systems: Vec<String>,
    /// First day of the grant.
    pub valid_from: Option<Date>,
    /// Last day of the grant.
    pub valid_until: Option<Date>,
}

/// A new grant.
#[derive(Clone, Debug, Serialize, ToSchema, InputObject)]
#[schema(example = json!({"owner": "KGZ", "user": "0198c0de-0000-7000-8000-000000000001", "role": "observer"}))]
pub struct NewGrant {
    /// Where the record comes from.
    #[serde(flatten)]
    #[graphql(flatten)]
    pub origin: NewOrigin,
    /// Who the record belongs to: `KGZ`, `region:CA`, `org:UNICRI`, `reference` or `installation`.
    #[schema(min_length = 1, max_length = 50)]
    pub owner: String,
    /// The holder; by id.
    pub user: Reference,
    /// The role.
    pub role: Role,
    /// Agency of an officer or agency lead.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub agency: Option<Reference>,
    /// Plan the grant is narrowed to.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub within_plan: Option<Reference>,
    /// How far a portal may read; default `public`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub read_ceiling: Option<ReadCeiling>,
    /// Kinds a portal may write.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(max_items = 100)]
    pub write_kinds: Option<Vec<String>>,
    /// Source systems a portal may write under.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(max_items = 100)]
    pub source_systems: Option<Vec<String>>,
    /// First day of the grant.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub valid_from: Option<Date>,
    /// Last day of the grant.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub valid_until: Option<Date>,
}

/// Changes of a grant.
#[derive(Clone, Debug, Default, Serialize, ToSchema, InputObject)]
pub struct GrantPatch {
    /// Where the record comes from.
    #[serde(flatten)]
    #[graphql(flatten)]
    pub origin: OriginPatch,
    /// Plan the grant is narrowed to.
    #[serde(skip_serializing_if = "Patch::is_keep")]
    #[schema(value_type = Option<Reference>)]
    pub within_plan: Patch<Reference>,
    /// How far a portal may read; default `public`.
    #[serde(skip_serializing_if = "Patch::is_keep")]
    #[schema(value_type = Option<ReadCeiling>)]
    pub read_ceiling: Patch<ReadCeiling>,
    /// Kinds a portal may write.
    #[serde(skip_serializing_if = "Patch::is_keep")]
    #[schema(value_type = Option<Vec<String>>, max_items = 100)]
    pub write_kinds: Patch<Vec<String>>,
    /// Source systems a portal may write under.
    #[serde(skip_serializing_if = "Patch::is_keep")]
    #[schema(value_type = Option<Vec<String>>, max_items = 100)]
    pub source_systems: Patch<Vec<String>>,
    /// First day of the grant.
    #[serde(skip_serializing_if = "Patch::is_keep")]
    #[schema(value_type = Option<Date>)]
    pub valid_from: Patch<Date>,
    /// Last day of the grant.
    #[serde(skip_serializing_if = "Patch::is_keep")]
    #[schema(value_type = Option<Date>)]
    pub valid_until: Patch<Date>,
}

/// Which grants to list.
#[derive(Clone, Debug, Default, Deserialize, IntoParams, InputObject)]
#[serde(default)]
#[into_params(parameter_in = Query)]
pub struct GrantFilter {
    /// The filters every list takes.
    #[serde(skip)]
    #[param(ignore)]
    #[graphql(flatten)]
    pub common: Common,
    /// Only those whose user is one of these, by id.
    #[graphql(default)]
    pub user: Vec<Uuid>,
    /// Only those whose role is one of these.
    #[graphql(default)]
    #[param(inline)]
    pub role: Vec<Role>,
    /// Only those whose agency is one of these, by id or code.
    #[graphql(default)]
    pub agency: Vec<String>,
}

impl Filter for GrantFilter {
    fn common(&self) -> &Common {
        &self.common
    }

    fn with_common(self, common: Common) -> Self {
        Self { common, ..self }
    }

    fn apply(&self, to: &mut Where<'_>) {
        to.refs("user_id", &self.user);
        to.any("role", &self.role);
        to.refs("agency_id", &self.agency);
    }
}

impl Record for Grant {
    type Entity = grant::Entity;
    type Active = grant::ActiveModel;
    type New = NewGrant;
    type Patch = GrantPatch;
    type Filter = GrantFilter;

    fn def() -> &'static KindDef {
        static DEF: LazyLock<KindDef> = LazyLock::new(|| {
            KindDef::of::<Grant>("grant", "grants", Class::Grant)
                .refers("user_id", "user")
                .refers("agency_id", "agency")
                .refers("within_plan_id", "plan")
                .sorts(&["role"])
                .prepares(grants::prepare)
                .guards(grants::guard)
                .checks(grants::check)
        });
        &DEF
    }

    fn meta(&self) -> &Meta {
        &self.meta
    }

    fn view(seen: Seen, m: ModelOf<Self>, lens: &Lens) -> Self {
        Self {
            meta: seen.meta,
            user: lens.reference(Some(m.user_id)),
            role: m.role,
            agency: lens.reference(m.agency_id),
            within_plan: lens.reference(m.within_plan_id),
            read_ceiling: m.read_ceiling,
            write_kinds: listed(&m.write_kinds),
            source_systems: listed(&m.source_systems),
            valid_from: m.valid_from.map(Date),
            valid_until: m.valid_until.map(Date),
        }
    }
}
