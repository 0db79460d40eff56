//! Pillars: the first level below a plan.

use std::sync::LazyLock;

use async_graphql::{InputObject, SimpleObject};
use entity::pillar;
use kernel::{
    KindDef, Patch, Record,
    filter::{Common, Filter, Where},
    lens::{Lens, Meta, Seen},
    policy::Class,
    record::ModelOf,
    scalar::{Ref, Reference},
};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use uuid::Uuid;

use super::plan::protect_content;
use crate::domain::parts::{NewRecord, RecordPatch};

/// A pillar of a plan: the first level of its content.
#[derive(Clone, Debug, Serialize, ToSchema, SimpleObject)]
#[graphql(complex)]
pub struct Pillar {
    /// What every national record tells of itself.
    #[serde(flatten)]
    #[graphql(flatten)]
    pub seen: Seen,
    /// Plan the pillar belongs to; its owner owns the pillar.
    #[graphql(skip)]
    pub plan: Option<Ref>,
    /// Number or letter in the plan's text.
    pub code: Option<String>,
    /// Title of the pillar.
    pub title: String,
    /// Text of the pillar.
    pub description: Option<String>,
    /// Place among its siblings.
    pub position: i32,
}

/// A new pillar.
#[derive(Clone, Debug, Serialize, ToSchema, InputObject)]
#[schema(example = json!({"plan": "0198c0de-0000-7000-8000-000000000001", "title": "Governance and legal framework", "position": 1}))]
pub struct NewPillar {
    /// What every national record may be given.
    #[serde(flatten)]
    #[graphql(flatten)]
    pub head: NewRecord,
    /// Plan the pillar belongs to; its owner owns the pillar.
    pub plan: Reference,
    /// Number or letter in the plan's text.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(min_length = 1, max_length = 50)]
    pub code: Option<String>,
    /// Title of the pillar.
    #[schema(min_length = 1, max_length = 500)]
    pub title: String,
    /// Text of the pillar.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(min_length = 1, max_length = 20000)]
    pub description: Option<String>,
    /// Place among its siblings.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(minimum = 0, maximum = 100_000, default = 0)]
    pub position: Option<i32>,
}

/// Changes of a pillar.
#[derive(Clone, Debug, Default, Serialize, ToSchema, InputObject)]
pub struct PillarPatch {
    /// What every national record may be given.
    #[serde(flatten)]
    #[graphql(flatten)]
    pub head: RecordPatch,
    /// Number or letter in the plan's text.
    #[serde(skip_serializing_if = "Patch::is_keep")]
    #[schema(value_type = Option<String>, min_length = 1, max_length = 50)]
    pub code: Patch<String>,
    /// Title of the pillar.
    #[serde(skip_serializing_if = "Patch::is_keep")]
    #[schema(value_type = Option<String>, min_length = 1, max_length = 500)]
    pub title: Patch<String>,
    /// Text of the pillar.
    #[serde(skip_serializing_if = "Patch::is_keep")]
    #[schema(value_type = Option<String>, min_length = 1, max_length = 20000)]
    pub description: Patch<String>,
    /// Place among its siblings.
    #[serde(skip_serializing_if = "Patch::is_keep")]
    #[schema(value_type = Option<i32>, minimum = 0, maximum = 100_000)]
    pub position: Patch<i32>,
}

/// Which pillars to list.
#[derive(Clone, Debug, Default, Deserialize, IntoParams, InputObject)]
#[serde(default)]
#[into_params(parameter_in = Query)]
pub struct PillarFilter {
    /// The filters every list takes.
    #[serde(skip)]
    #[param(ignore)]
    #[graphql(flatten)]
    pub common: Common,
    /// Only those whose plan is one of these, by id.
    #[graphql(default)]
    pub plan_id: Vec<Uuid>,
}

impl Filter for PillarFilter {
    fn common(&self) -> &Common {
        &self.common
    }

    fn with_common(self, common: Common) -> Self {
        Self { common, ..self }
    }

    fn apply(&self, to: &mut Where<'_>) {
        to.refs("plan_id", &self.plan_id);
    }
}

impl Record for Pillar {
    type Entity = pillar::Entity;
    type Active = pillar::ActiveModel;
    type New = NewPillar;
    type Patch = PillarPatch;
    type Filter = PillarFilter;

    fn def() -> &'static KindDef {
        static DEF: LazyLock<KindDef> = LazyLock::new(|| {
            KindDef::of::<Pillar>("pillar", "pillars", Class::National)
                .below("plan_id", &[])
                .texts(&["title", "description"])
                .refers("plan_id", "plan")
                .sorts(&["position", "title"])
                .guards(protect_content)
        });
        &DEF
    }

    fn meta(&self) -> &Meta {
        &self.seen.meta
    }

    fn view(seen: Seen, m: ModelOf<Self>, lens: &Lens) -> Self {
        Self {
            seen,
            plan: lens.reference(Some(m.plan_id)),
            code: m.code,
            title: m.title,
            description: m.description,
            position: m.position,
        }
    }
}
