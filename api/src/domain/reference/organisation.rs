//! Organisations.

use std::sync::LazyLock;

use async_graphql::{InputObject, SimpleObject};
use entity::{organisation, vocab::OrganisationKind};
use kernel::{
    KindDef, Patch, Record,
    filter::{Common, Filter, Where},
    lens::{Lens, Meta, Seen, Texts},
    policy::Class,
    record::ModelOf,
    scalar::{Date, Ref, Reference},
};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use crate::domain::parts::{NewOrigin, NewTexts, OriginPatch, TextsPatch};

/// An organisation: UN and EU bodies, treaty secretariats, donors, Regional Secretariats.
#[derive(Clone, Debug, Serialize, ToSchema, SimpleObject)]
#[graphql(complex)]
pub struct Organisation {
    /// What every record tells of itself.
    #[serde(flatten)]
    #[graphql(flatten)]
    pub meta: Meta,
    /// Its languages.
    #[serde(flatten)]
    #[graphql(flatten)]
    pub texts: Texts,
    /// Code of the organisation.
    pub code: String,
    /// Name of the organisation.
    pub name: String,
    /// What it is.
    pub kind: OrganisationKind,
    /// Organisation it is part of.
    #[graphql(skip)]
    pub parent: Option<Ref>,
    /// Its website.
    pub website: Option<String>,
    /// Last day the record is valid; closed records stay readable.
    pub valid_until: Option<Date>,
}

/// A new organisation.
#[derive(Clone, Debug, Serialize, ToSchema, InputObject)]
#[schema(example = json!({"code": "UNICRI", "name": "United Nations Interregional Crime and Justice Research Institute", "kind": "un_body"}))]
pub struct NewOrganisation {
    /// Where the record comes from.
    #[serde(flatten)]
    #[graphql(flatten)]
    pub origin: NewOrigin,
    /// Its languages.
    #[serde(flatten)]
    #[graphql(flatten)]
    pub texts: NewTexts,
    /// Code of the organisation.
    #[schema(pattern = r"^[A-Za-z0-9_-]+$", min_length = 1, max_length = 40)]
    pub code: String,
    /// Name of the organisation.
    #[schema(min_length = 1, max_length = 500)]
    pub name: String,
    /// What it is.
    pub kind: OrganisationKind,
    /// Organisation it is part of.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub parent: Option<Reference>,
    /// Its website.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(pattern = r"^https://", min_length = 8, max_length = 300)]
    pub website: Option<String>,
    /// Last day the record is valid; closed records stay readable.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub valid_until: Option<Date>,
}

/// Changes of an organisation.
#[derive(Clone, Debug, Default, Serialize, ToSchema, InputObject)]
pub struct OrganisationPatch {
    /// Where the record comes from.
    #[serde(flatten)]
    #[graphql(flatten)]
    pub origin: OriginPatch,
    /// Its languages.
    #[serde(flatten)]
    #[graphql(flatten)]
    pub texts: TextsPatch,
    /// Name of the organisation.
    #[serde(skip_serializing_if = "Patch::is_keep")]
    #[schema(value_type = Option<String>, min_length = 1, max_length = 500)]
    pub name: Patch<String>,
    /// What it is.
    #[serde(skip_serializing_if = "Patch::is_keep")]
    #[schema(value_type = Option<OrganisationKind>)]
    pub kind: Patch<OrganisationKind>,
    /// Organisation it is part of.
    #[serde(skip_serializing_if = "Patch::is_keep")]
    #[schema(value_type = Option<Reference>)]
    pub parent: Patch<Reference>,
    /// Its website.
    #[serde(skip_serializing_if = "Patch::is_keep")]
    #[schema(value_type = Option<String>, pattern = r"^https://", min_length = 8, max_length = 300)]
    pub website: Patch<String>,
    /// Last day the record is valid; closed records stay readable.
    #[serde(skip_serializing_if = "Patch::is_keep")]
    #[schema(value_type = Option<Date>)]
    pub valid_until: Patch<Date>,
}

/// Which organisations to list.
#[derive(Clone, Debug, Default, Deserialize, IntoParams, InputObject)]
#[serde(default)]
#[into_params(parameter_in = Query)]
pub struct OrganisationFilter {
    /// The filters every list takes.
    #[serde(skip)]
    #[param(ignore)]
    #[graphql(flatten)]
    pub common: Common,
    /// Only those whose code is one of these.
    #[graphql(default)]
    pub code: Vec<String>,
    /// Only those whose kind is one of these.
    #[graphql(default)]
    #[param(inline)]
    pub kind: Vec<OrganisationKind>,
    /// Only those whose parent is one of these, by id or code.
    #[graphql(default)]
    pub parent: Vec<String>,
}

impl Filter for OrganisationFilter {
    fn common(&self) -> &Common {
        &self.common
    }

    fn with_common(self, common: Common) -> Self {
        Self { common, ..self }
    }

    fn apply(&self, to: &mut Where<'_>) {
        to.any("code", &self.code);
        to.any("kind", &self.kind);
        to.refs("parent_id", &self.parent);
    }
}

impl Record for Organisation {
    type Entity = organisation::Entity;
    type Active = organisation::ActiveModel;
    type New = NewOrganisation;
    type Patch = OrganisationPatch;
    type Filter = OrganisationFilter;

    fn def() -> &'static KindDef {
        static DEF: LazyLock<KindDef> = LazyLock::new(|| {
            KindDef::of::<Organisation>("organisation", "organisations", Class::Reference)
                .coded()
                .owns("org:")
                .texts(&["name"])
                .refers("parent_id", "organisation")
                .sorts(&["code", "name"])
        });
        &DEF
    }

    fn meta(&self) -> &Meta {
        &self.meta
    }

    fn view(seen: Seen, m: ModelOf<Self>, lens: &Lens) -> Self {
        Self {
            meta: seen.meta,
            texts: seen.texts,
            code: m.code,
            name: m.name,
            kind: m.kind,
            parent: lens.reference(m.parent_id),
            website: m.website,
            valid_until: m.valid_until.map(Date),
        }
    }
}
