//! Memberships of countries in regions, over time.

use std::sync::LazyLock;

use async_graphql::{InputObject, SimpleObject};
use entity::{
    region_membership,
    vocab::{DatePrecision, MembershipStanding},
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

use crate::domain::parts::{NewOrigin, OriginPatch};

/// The membership of a country in a region, over time.
#[derive(Clone, Debug, Serialize, ToSchema, SimpleObject)]
#[graphql(complex)]
pub struct RegionMembership {
    /// What every record tells of itself.
    #[serde(flatten)]
    #[graphql(flatten)]
    pub meta: Meta,
    /// The country.
    #[graphql(skip)]
    pub country: Option<Ref>,
    /// The region.
    #[graphql(skip)]
    pub region: Option<Ref>,
    /// First day of the membership, as far as it is known.
    pub from_on: Option<Date>,
    /// How exact `from_on` is.
    pub from_precision: Option<DatePrecision>,
    /// Last day of the membership.
    pub until_on: Option<Date>,
    /// How exact `until_on` is.
    pub until_precision: Option<DatePrecision>,
    /// Standing of the member.
    pub standing: MembershipStanding,
    /// Whether it is the first of several regions of the country.
    pub is_primary: bool,
    /// Where the fact is from.
    pub source: String,
    /// What is doubtful.
    pub note: Option<String>,
    /// Last day the record is valid; closed records stay readable.
    pub valid_until: Option<Date>,
}

/// A new region membership.
#[derive(Clone, Debug, Serialize, ToSchema, InputObject)]
#[schema(example = json!({"country": "KGZ", "region": "CA", "standing": "member", "is_primary": true, "source": "Public pages of the initiative"}))]
pub struct NewRegionMembership {
    /// Where the record comes from.
    #[serde(flatten)]
    #[graphql(flatten)]
    pub origin: NewOrigin,
    /// The country.
    pub country: Reference,
    /// The region.
    pub region: Reference,
    /// First day of the membership, as far as it is known.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub from_on: Option<Date>,
    /// How exact `from_on` is.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub from_precision: Option<DatePrecision>,
    /// Last day of the membership.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub until_on: Option<Date>,
    /// How exact `until_on` is.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub until_precision: Option<DatePrecision>,
    /// Standing of the member.
    pub standing: MembershipStanding,
    /// Whether it is the first of several regions of the country.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(default = true)]
    pub is_primary: Option<bool>,
    /// Where the fact is from.
    #[schema(min_length = 1, max_length = 1000)]
    pub source: String,
    /// What is doubtful.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(min_length = 1, max_length = 2000)]
    pub note: Option<String>,
    /// Last day the record is valid; closed records stay readable.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub valid_until: Option<Date>,
}

/// Changes of a region membership.
#[derive(Clone, Debug, Default, Serialize, ToSchema, InputObject)]
pub struct RegionMembershipPatch {
    /// Where the record comes from.
    #[serde(flatten)]
    #[graphql(flatten)]
    pub origin: OriginPatch,
    /// First day of the membership, as far as it is known.
    #[serde(skip_serializing_if = "Patch::is_keep")]
    #[schema(value_type = Option<Date>)]
    pub from_on: Patch<Date>,
    /// How exact `from_on` is.
    #[serde(skip_serializing_if = "Patch::is_keep")]
    #[schema(value_type = Option<DatePrecision>)]
    pub from_precision: Patch<DatePrecision>,
    /// Last day of the membership.
    #[serde(skip_serializing_if = "Patch::is_keep")]
    #[schema(value_type = Option<Date>)]
    pub until_on: Patch<Date>,
    /// How exact `until_on` is.
    #[serde(skip_serializing_if = "Patch::is_keep")]
    #[schema(value_type = Option<DatePrecision>)]
    pub until_precision: Patch<DatePrecision>,
    /// Standing of the member.
    #[serde(skip_serializing_if = "Patch::is_keep")]
    #[schema(value_type = Option<MembershipStanding>)]
    pub standing: Patch<MembershipStanding>,
    /// Whether it is the first of several regions of the country.
    #[serde(skip_serializing_if = "Patch::is_keep")]
    #[schema(value_type = Option<bool>)]
    pub is_primary: Patch<bool>,
    /// Where the fact is from.
    #[serde(skip_serializing_if = "Patch::is_keep")]
    #[schema(value_type = Option<String>, min_length = 1, max_length = 1000)]
    pub source: Patch<String>,
    /// What is doubtful.
    #[serde(skip_serializing_if = "Patch::is_keep")]
    #[schema(value_type = Option<String>, min_length = 1, max_length = 2000)]
    pub note: Patch<String>,
    /// Last day the record is valid; closed records stay readable.
    #[serde(skip_serializing_if = "Patch::is_keep")]
    #[schema(value_type = Option<Date>)]
    pub valid_until: Patch<Date>,
}

/// Which region memberships to list.
#[derive(Clone, Debug, Default, Deserialize, IntoParams, InputObject)]
#[serde(default)]
#[into_params(parameter_in = Query)]
pub struct RegionMembershipFilter {
    /// The filters every list takes.
    #[serde(skip)]
    #[param(ignore)]
    #[graphql(flatten)]
    pub common: Common,
    /// Only those whose standing is one of these.
    #[graphql(default)]
    #[param(inline)]
    pub standing: Vec<MembershipStanding>,
    /// Only primary memberships, or only others.
    pub is_primary: Option<bool>,
}

impl Filter for RegionMembershipFilter {
    fn common(&self) -> &Common {
        &self.common
    }

    fn with_common(self, common: Common) -> Self {
        Self { common, ..self }
    }

    fn apply(&self, to: &mut Where<'_>) {
        to.any("standing", &self.standing);
        to.is("is_primary", self.is_primary);
    }
}

impl Record for RegionMembership {
    type Entity = region_membership::Entity;
    type Active = region_membership::ActiveModel;
    type New = NewRegionMembership;
    type Patch = RegionMembershipPatch;
    type Filter = RegionMembershipFilter;

    fn def() -> &'static KindDef {
        static DEF: LazyLock<KindDef> = LazyLock::new(|| {
            KindDef::of::<RegionMembership>("region_membership", "region-memberships", Class::Reference)
                .refers("country_id", "country")
                .refers("region_id", "region")
                .sorts(&["from_on"])
                .unique_in(&[&["country_id", "region_id", "from_on"]])
        });
        &DEF
    }

    fn meta(&self) -> &Meta {
        &self.meta
    }

    fn view(seen: Seen, m: ModelOf<Self>, lens: &Lens) -> Self {
        Self {
            meta: seen.meta,
            country: lens.reference(Some(m.country_id)),
            region: lens.reference(Some(m.region_id)),
            from_on: m.from_on.map(Date),
            from_precision: m.from_precision,
            until_on: m.until_on.map(Date),
            until_precision: m.until_precision,
            standing: m.standing,
            is_primary: m.is_primary,
            source: m.source,
            note: m.note,
            valid_until: m.valid_until.map(Date),
        }
    }
}
