//! Agencies, over time.

use std::sync::LazyLock;

use async_graphql::{InputObject, SimpleObject};
use entity::{
    agency,
    vocab::{AgencyKind, DatePrecision, Function},
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

use crate::domain::parts::{NewRecord, RecordPatch, listed};

/// A body of a country, region or organisation; names and structures change, codes are never used again.
#[derive(Clone, Debug, Serialize, ToSchema, SimpleObject)]
#[graphql(complex)]
pub struct Agency {
    /// What every national record tells of itself.
    #[serde(flatten)]
    #[graphql(flatten)]
    pub seen: Seen,
    /// Code, unique within the owner.
    pub code: String,
    /// Name.
    pub name: String,
    /// What it is.
    pub kind: AgencyKind,
    /// What it is charged with.
    pub mandate: Option<String>,
    /// State functions it holds.
    pub functions: Vec<Function>,
    /// Agency it is part of.
    #[graphql(skip)]
    pub parent: Option<Ref>,
    /// First day it existed under this name.
    pub valid_from: Option<Date>,
    /// How exact `valid_from` is.
    pub valid_from_precision: Option<DatePrecision>,
    /// Last day it existed.
    pub valid_until: Option<Date>,
    /// How exact `valid_until` is.
    pub valid_until_precision: Option<DatePrecision>,
    /// Agencies that took over.
    #[graphql(skip)]
    pub successors: Vec<Ref>,
    /// What is doubtful.
    pub note: Option<String>,
}

/// A new agency.
#[derive(Clone, Debug, Serialize, ToSchema, InputObject)]
#[schema(example = json!({"owner": "KGZ", "code": "MES", "name": "Ministry of Emergency Situations", "kind": "ministry", "functions": ["emergency"], "language": "en"}))]
pub struct NewAgency {
    /// What every national record may be given.
    #[serde(flatten)]
    #[graphql(flatten)]
    pub head: NewRecord,
    /// Who the record belongs to: `KGZ`, `region:CA`, `org:UNICRI`.
    #[schema(min_length = 1, max_length = 50)]
    pub owner: String,
    /// Code, unique within the owner.
    #[schema(pattern = r"^[A-Za-z0-9_-]+$", min_length = 1, max_length = 40)]
    pub code: String,
    /// Name.
    #[schema(min_length = 1, max_length = 500)]
    pub name: String,
    /// What it is.
    pub kind: AgencyKind,
    /// What it is charged with.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(min_length = 1, max_length = 5000)]
    pub mandate: Option<String>,
    /// State functions it holds.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(max_items = 100)]
    pub functions: Option<Vec<Function>>,
    /// Agency it is part of.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub parent: Option<Reference>,
    /// First day it existed under this name.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub valid_from: Option<Date>,
    /// How exact `valid_from` is.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub valid_from_precision: Option<DatePrecision>,
    /// Last day it existed.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub valid_until: Option<Date>,
    /// How exact `valid_until` is.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub valid_until_precision: Option<DatePrecision>,
    /// Agencies that took over.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(max_items = 200)]
    pub successors: Option<Vec<Reference>>,
    /// What is doubtful.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(min_length = 1, max_length = 2000)]
    pub note: Option<String>,
}

/// Changes of an agency.
#[derive(Clone, Debug, Default, Serialize, ToSchema, InputObject)]
pub struct AgencyPatch {
    /// What every national record may be given.
    #[serde(flatten)]
    #[graphql(flatten)]
    pub head: RecordPatch,
    /// Name.
    #[serde(skip_serializing_if = "Patch::is_keep")]
    #[schema(value_type = Option<String>, min_length = 1, max_length = 500)]
    pub name: Patch<String>,
    /// What it is.
    #[serde(skip_serializing_if = "Patch::is_keep")]
    #[schema(value_type = Option<AgencyKind>)]
    pub kind: Patch<AgencyKind>,
    /// What it is charged with.
    #[serde(skip_serializing_if = "Patch::is_keep")]
    #[schema(value_type = Option<String>, min_length = 1, max_length = 5000)]
    pub mandate: Patch<String>,
    /// State functions it holds.
    #[serde(skip_serializing_if = "Patch::is_keep")]
    #[schema(value_type = Option<Vec<Function>>, max_items = 100)]
    pub functions: Patch<Vec<Function>>,
    /// Agency it is part of.
    #[serde(skip_serializing_if = "Patch::is_keep")]
    #[schema(value_type = Option<Reference>)]
    pub parent: Patch<Reference>,
    /// First day it existed under this name.
    #[serde(skip_serializing_if = "Patch::is_keep")]
    #[schema(value_type = Option<Date>)]
    pub valid_from: Patch<Date>,
    /// How exact `valid_from` is.
    #[serde(skip_serializing_if = "Patch::is_keep")]
    #[schema(value_type = Option<DatePrecision>)]
    pub valid_from_precision: Patch<DatePrecision>,
    /// Last day it existed.
    #[serde(skip_serializing_if = "Patch::is_keep")]
    #[schema(value_type = Option<Date>)]
    pub valid_until: Patch<Date>,
    /// How exact `valid_until` is.
    #[serde(skip_serializing_if = "Patch::is_keep")]
    #[schema(value_type = Option<DatePrecision>)]
    pub valid_until_precision: Patch<DatePrecision>,
    /// Agencies that took over.
    #[serde(skip_serializing_if = "Patch::is_keep")]
    #[schema(value_type = Option<Vec<Reference>>, max_items = 200)]
    pub successors: Patch<Vec<Reference>>,
    /// What is doubtful.
    #[serde(skip_serializing_if = "Patch::is_keep")]
    #[schema(value_type = Option<String>, min_length = 1, max_length = 2000)]
    pub note: Patch<String>,
}

/// Which agencies to list.
#[derive(Clone, Debug, Default, Deserialize, IntoParams, InputObject)]
#[serde(default)]
#[into_params(parameter_in = Query)]
pub struct AgencyFilter {
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
    pub kind: Vec<AgencyKind>,
    /// Only those with one of these functions.
    #[graphql(default)]
    #[param(inline)]
    pub function: Vec<Function>,
    /// Only those whose parent is one of these, by id or code.
    #[graphql(default)]
    pub parent: Vec<String>,
}

impl Filter for AgencyFilter {
    fn common(&self) -> &Common {
        &self.common
    }

    fn with_common(self, common: Common) -> Self {
        Self { common, ..self }
    }

    fn apply(&self, to: &mut Where<'_>) {
        to.any("code", &self.code);
        to.any("kind", &self.kind);
        to.lists("functions", &self.function);
        to.refs("parent_id", &self.parent);
    }
}

impl Record for Agency {
    type Entity = agency::Entity;
    type Active = agency::ActiveModel;
    type New = NewAgency;
    type Patch = AgencyPatch;
    type Filter = AgencyFilter;

    fn def() -> &'static KindDef {
        static DEF: LazyLock<KindDef> = LazyLock::new(|| {
            KindDef::of::<Agency>("agency", "agencies", Class::National)
                .coded_per_owner()
                .held(&[("shared_set_agency", "to_id")])
                .texts(&["name", "mandate"])
                .refers("parent_id", "agency")
                .links("successors", "agency_successor", "agency")
                .sorts(&["code", "name"])
        });
        &DEF
    }

    fn meta(&self) -> &Meta {
        &self.seen.meta
    }

    fn view(seen: Seen, m: ModelOf<Self>, lens: &Lens) -> Self {
        Self {
            seen,
            code: m.code,
            name: m.name,
            kind: m.kind,
            mandate: m.mandate,
            functions: listed(&m.functions),
            parent: lens.reference(m.parent_id),
            valid_from: m.valid_from.map(Date),
            valid_from_precision: m.valid_from_precision,
            valid_until: m.valid_until.map(Date),
            valid_until_precision: m.valid_until_precision,
            successors: lens.references(&m.successors),
            note: m.note,
        }
    }
}
