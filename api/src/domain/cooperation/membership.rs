//! Memberships in working groups.

use std::sync::LazyLock;

use async_graphql::{InputObject, SimpleObject};
use entity::{membership, vocab::MembershipRole};
use kernel::{
    KindDef, Patch, Record,
    filter::{Common, Filter, Where},
    lens::{Lens, Meta, National, Seen},
    policy::Class,
    record::ModelOf,
    scalar::{Date, Ref, Reference},
};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use uuid::Uuid;

use crate::domain::parts::{NationalPatch, NewNational, NewOrigin, OriginPatch};
use futures_util::future::BoxFuture;
use kernel::{Code, Unit, unit::Item};

/// The membership of an agency or a person in a working group.
#[derive(Clone, Debug, Serialize, ToSchema, SimpleObject)]
#[graphql(complex)]
pub struct Membership {
    /// What every record tells of itself.
    #[serde(flatten)]
    #[graphql(flatten)]
    pub meta: Meta,
    /// Who may see the record.
    #[serde(flatten)]
    #[graphql(flatten)]
    pub national: National,
    /// The group.
    #[graphql(skip)]
    pub working_group: Option<Ref>,
    /// Agency that is a member; either this or `person_name`.
    #[graphql(skip)]
    pub agency: Option<Ref>,
    /// Person who is a member, where it is no agency.
    pub person_name: Option<String>,
    /// Role in the group.
    pub role: MembershipRole,
    /// First day.
    pub from_on: Option<Date>,
    /// Last day.
    pub until_on: Option<Date>,
}

/// A new membership.
#[derive(Clone, Debug, Serialize, ToSchema, InputObject)]
#[schema(example = json!({"working_group": "0198c0de-0000-7000-8000-000000000001", "agency": "MES", "role": "chair"}))]
pub struct NewMembership {
    /// Where the record comes from.
    #[serde(flatten)]
    #[graphql(flatten)]
    pub origin: NewOrigin,
    /// Who may see the record.
    #[serde(flatten)]
    #[graphql(flatten)]
    pub national: NewNational,
    /// The group.
    pub working_group: Reference,
    /// Agency that is a member; either this or `person_name`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub agency: Option<Reference>,
    /// Person who is a member, where it is no agency.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(min_length = 1, max_length = 200)]
    pub person_name: Option<String>,
    /// Role in the group.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(default = "member")]
    pub role: Option<MembershipRole>,
    /// First day.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub from_on: Option<Date>,
    /// Last day.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub until_on: Option<Date>,
}

/// Changes of a membership.
#[derive(Clone, Debug, Default, Serialize, ToSchema, InputObject)]
pub struct MembershipPatch {
    /// Where the record comes from.
    #[serde(flatten)]
    #[graphql(flatten)]
    pub origin: OriginPatch,
    /// Who may see the record.
    #[serde(flatten)]
    #[graphql(flatten)]
    pub national: NationalPatch,
    /// Agency that is a member; either this or `person_name`.
    #[serde(skip_serializing_if = "Patch::is_keep")]
    #[schema(value_type = Option<Reference>)]
    pub agency: Patch<Reference>,
    /// Person who is a member, where it is no agency.
    #[serde(skip_serializing_if = "Patch::is_keep")]
    #[schema(value_type = Option<String>, min_length = 1, max_length = 200)]
    pub person_name: Patch<String>,
    /// Role in the group.
    #[serde(skip_serializing_if = "Patch::is_keep")]
    #[schema(value_type = Option<MembershipRole>)]
    pub role: Patch<MembershipRole>,
    /// First day.
    #[serde(skip_serializing_if = "Patch::is_keep")]
    #[schema(value_type = Option<Date>)]
    pub from_on: Patch<Date>,
    /// Last day.
    #[serde(skip_serializing_if = "Patch::is_keep")]
    #[schema(value_type = Option<Date>)]
    pub until_on: Patch<Date>,
}

/// Which memberships to list.
#[derive(Clone, Debug, Default, Deserialize, IntoParams, InputObject)]
#[serde(default)]
#[into_params(parameter_in = Query)]
pub struct MembershipFilter {
    /// The filters every list takes.
    #[serde(skip)]
    #[param(ignore)]
    #[graphql(flatten)]
    pub common: Common,
    /// Only those whose working group is one of these, by id.
    #[graphql(default)]
    pub working_group: Vec<Uuid>,
    /// Only those whose agency is one of these, by id or code.
    #[graphql(default)]
    pub agency: Vec<String>,
    /// Only those whose role is one of these.
    #[graphql(default)]
    #[param(inline)]
    pub role: Vec<MembershipRole>,
}

impl Filter for MembershipFilter {
    fn common(&self) -> &Common {
        &self.common
    }

    fn with_common(self, common: Common) -> Self {
        Self { common, ..self }
    }

    fn apply(&self, to: &mut Where<'_>) {
        to.refs("working_group_id", &self.working_group);
        to.refs("agency_id", &self.agency);
        to.any("role", &self.role);
    }
}

impl Record for Membership {
    type Entity = membership::Entity;
    type Active = membership::ActiveModel;
    type New = NewMembership;
    type Patch = MembershipPatch;
    type Filter = MembershipFilter;

    fn def() -> &'static KindDef {
        static DEF: LazyLock<KindDef> = LazyLock::new(|| {
            KindDef::of::<Membership>("membership", "memberships", Class::National)
                .below("working_group_id", &[])
                .refers("working_group_id", "working_group")
                .refers("agency_id", "agency")
                .sorts(&["from_on"])
                .checks(check_member)
        });
        &DEF
    }

    fn meta(&self) -> &Meta {
        &self.meta
    }

    fn view(seen: Seen, m: ModelOf<Self>, lens: &Lens) -> Self {
        Self {
            meta: seen.meta,
            national: seen.national,
            working_group: lens.reference(Some(m.working_group_id)),
            agency: lens.reference(m.agency_id),
            person_name: m.person_name,
            role: m.role,
            from_on: m.from_on.map(Date),
            until_on: m.until_on.map(Date),
        }
    }
}

/// A member is either an agency or a person.
fn check_member<'a>(_: &'a mut Unit, items: &'a mut [Item]) -> BoxFuture<'a, kernel::Result<()>> {
    Box::pin(async move {
        for item in items.iter_mut().filter(|item| !item.is_rejected() && !item.is_deletion()) {
            if item.after.is_null("agency_id") == item.after.is_null("person_name") {
                item.fault("/agency", Code::RuleBroken, "a member is either an agency or a person");
            }
        }
        Ok(())
    })
}
