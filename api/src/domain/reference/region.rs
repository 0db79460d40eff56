//! Regions of the Centres of Excellence initiative.

use std::sync::LazyLock;

use async_graphql::{InputObject, SimpleObject};
use entity::region;
use kernel::{
    KindDef, Patch, Record,
    filter::{Common, Filter, Where},
    lens::{Lens, Meta, Seen, Texts},
    policy::Class,
    record::ModelOf,
    scalar::Date,
};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use crate::domain::parts::{NewOrigin, NewTexts, OriginPatch, TextsPatch};

/// One of the regions of partner countries, with its Regional Secretariat.
#[derive(Clone, Debug, Serialize, ToSchema, SimpleObject)]
#[graphql(complex)]
pub struct Region {
    /// What every record tells of itself.
    #[serde(flatten)]
    #[graphql(flatten)]
    pub meta: Meta,
    /// Its languages.
    #[serde(flatten)]
    #[graphql(flatten)]
    pub texts: Texts,
    /// Code of the region (`CA`).
    pub code: String,
    /// Name of the region.
    pub name: String,
    /// City of the Regional Secretariat.
    pub secretariat_city: Option<String>,
    /// Last day the record is valid; closed records stay readable.
    pub valid_until: Option<Date>,
}

/// A new region.
#[derive(Clone, Debug, Serialize, ToSchema, InputObject)]
#[schema(example = json!({"code": "CA", "name": "Central Asia", "secretariat_city": "Tashkent"}))]
pub struct NewRegion {
    /// Where the record comes from.
    #[serde(flatten)]
    #[graphql(flatten)]
    pub origin: NewOrigin,
    /// Its languages.
    #[serde(flatten)]
    #[graphql(flatten)]
    pub texts: NewTexts,
    /// Code of the region (`CA`).
    #[schema(pattern = r"^[A-Z0-9-]+$", min_length = 1, max_length = 20)]
    pub code: String,
    /// Name of the region.
    #[schema(min_length = 1, max_length = 500)]
    pub name: String,
    /// City of the Regional Secretariat.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(min_length = 1, max_length = 200)]
    pub secretariat_city: Option<String>,
    /// Last day the record is valid; closed records stay readable.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub valid_until: Option<Date>,
}

/// Changes of a region.
#[derive(Clone, Debug, Default, Serialize, ToSchema, InputObject)]
pub struct RegionPatch {
    /// Where the record comes from.
    #[serde(flatten)]
    #[graphql(flatten)]
    pub origin: OriginPatch,
    /// Its languages.
    #[serde(flatten)]
    #[graphql(flatten)]
    pub texts: TextsPatch,
    /// Name of the region.
    #[serde(skip_serializing_if = "Patch::is_keep")]
    #[schema(value_type = Option<String>, min_length = 1, max_length = 500)]
    pub name: Patch<String>,
    /// City of the Regional Secretariat.
    #[serde(skip_serializing_if = "Patch::is_keep")]
    #[schema(value_type = Option<String>, min_length = 1, max_length = 200)]
    pub secretariat_city: Patch<String>,
    /// Last day the record is valid; closed records stay readable.
    #[serde(skip_serializing_if = "Patch::is_keep")]
    #[schema(value_type = Option<Date>)]
    pub valid_until: Patch<Date>,
}

/// Which regions to list.
#[derive(Clone, Debug, Default, Deserialize, IntoParams, InputObject)]
#[serde(default)]
#[into_params(parameter_in = Query)]
pub struct RegionFilter {
    /// The filters every list takes.
    #[serde(skip)]
    #[param(ignore)]
    #[graphql(flatten)]
    pub common: Common,
    /// Only those whose code is one of these.
    #[graphql(default)]
    pub code: Vec<String>,
}

impl Filter for RegionFilter {
    fn common(&self) -> &Common {
        &self.common
    }

    fn with_common(self, common: Common) -> Self {
        Self { common, ..self }
    }

    fn apply(&self, to: &mut Where<'_>) {
        to.any("code", &self.code);
    }
}

impl Record for Region {
    type Entity = region::Entity;
    type Active = region::ActiveModel;
    type New = NewRegion;
    type Patch = RegionPatch;
    type Filter = RegionFilter;

    fn def() -> &'static KindDef {
        static DEF: LazyLock<KindDef> = LazyLock::new(|| {
            KindDef::of::<Region>("region", "regions", Class::Reference)
                .coded()
                .owns("region:")
                .texts(&["name"])
                .sorts(&["code", "name"])
        });
        &DEF
    }

    fn meta(&self) -> &Meta {
        &self.meta
    }

    fn view(seen: Seen, m: ModelOf<Self>, _lens: &Lens) -> Self {
        Self {
            meta: seen.meta,
            texts: seen.texts,
            code: m.code,
            name: m.name,
            secretariat_city: m.secretariat_city,
            valid_until: m.valid_until.map(Date),
        }
    }
}
