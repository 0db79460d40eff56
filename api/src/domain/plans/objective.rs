//! Objectives: the second level below a plan.

use std::sync::LazyLock;

use async_graphql::{InputObject, SimpleObject};
use entity::objective;
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

/// An objective of a plan, below a pillar.
#[derive(Clone, Debug, Serialize, ToSchema, SimpleObject)]
#[graphql(complex)]
pub struct Objective {
    /// What every national record tells of itself.
    #[serde(flatten)]
    #[graphql(flatten)]
    pub seen: Seen,
    /// Plan the objective belongs to.
    #[graphql(skip)]
    pub plan: Option<Ref>,
    /// Pillar the objective belongs to, within the same plan.
    #[graphql(skip)]
    pub pillar: Option<Ref>,
    /// Number or letter in the plan's text.
    pub code: Option<String>,
    /// Title of the objective.
    pub title: String,
    /// Text of the objective.
    pub description: Option<String>,
    /// Place among its siblings.
    pub position: i32,
}

/// A new objective.
#[derive(Clone, Debug, Serialize, ToSchema, InputObject)]
#[schema(example = json!({"pillar": "0198c0de-0000-7000-8000-000000000001", "title": "A standing national coordination body runs CBRN risk mitigation", "position": 1}))]
pub struct NewObjective {
    /// What every national record may be given.
    #[serde(flatten)]
    #[graphql(flatten)]
    pub head: NewRecord,
    /// Pillar the objective belongs to, within the same plan.
    pub pillar: Reference,
    /// Number or letter in the plan's text.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(min_length = 1, max_length = 50)]
    pub code: Option<String>,
    /// Title of the objective.
    #[schema(min_length = 1, max_length = 500)]
    pub title: String,
    /// Text of the objective.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(min_length = 1, max_length = 20000)]
    pub description: Option<String>,
    /// Place among its siblings.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(minimum = 0, maximum = 100_000, default = 0)]
    pub position: Option<i32>,
}

/// Changes of an objective.
#[derive(Clone, Debug, Default, Serialize, ToSchema, InputObject)]
pub struct ObjectivePatch {
    /// What every national record may be given.
    #[serde(flatten)]
    #[graphql(flatten)]
    pub head: RecordPatch,
    /// Pillar the objective belongs to, within the same plan.
    #[serde(skip_serializing_if = "Patch::is_keep")]
    #[schema(value_type = Option<Reference>)]
    pub pillar: Patch<Reference>,
    /// Number or letter in the plan's text.
    #[serde(skip_serializing_if = "Patch::is_keep")]
    #[schema(value_type = Option<String>, min_length = 1, max_length = 50)]
    pub code: Patch<String>,
    /// Title of the objective.
    #[serde(skip_serializing_if = "Patch::is_keep")]
    #[schema(value_type = Option<String>, min_length = 1, max_length = 500)]
    pub title: Patch<String>,
    /// Text of the objective.
    #[serde(skip_serializing_if = "Patch::is_keep")]
    #[schema(value_type = Option<String>, min_length = 1, max_length = 20000)]
    pub description: Patch<String>,
    /// Place among its siblings.
    #[serde(skip_serializing_if = "Patch::is_keep")]
    #[schema(value_type = Option<i32>, minimum = 0, maximum = 100_000)]
    pub position: Patch<i32>,
}

/// Which objectives to list.
#[derive(Clone, Debug, Default, Deserialize, IntoParams, InputObject)]
#[serde(default)]
#[into_params(parameter_in = Query)]
pub struct ObjectiveFilter {
    /// The filters every list takes.
    #[serde(skip)]
    #[param(ignore)]
    #[graphql(flatten)]
    pub common: Common,
    /// Only those whose plan is one of these, by id.
    #[graphql(default)]
    pub plan_id: Vec<Uuid>,
    /// Only those whose pillar is one of these, by id.
    #[graphql(default)]
    pub pillar_id: Vec<Uuid>,
}

impl Filter for ObjectiveFilter {
    fn common(&self) -> &Common {
        &self.common
    }

    fn with_common(self, common: Common) -> Self {
        Self { common, ..self }
    }

    fn apply(&self, to: &mut Where<'_>) {
        to.refs("plan_id", &self.plan_id);
        to.refs("pillar_id", &self.pillar_id);
    }
}

impl Record for Objective {
    type Entity = objective::Entity;
    type Active = objective::ActiveModel;
    type New = NewObjective;
    type Patch = ObjectivePatch;
    type Filter = ObjectiveFilter;

    fn def() -> &'static KindDef {
        static DEF: LazyLock<KindDef> = LazyLock::new(|| {
            KindDef::of::<Objective>("objective", "objectives", Class::National)
                .below("pillar_id", &[("plan_id", "plan_id")])
                .texts(&["title", "description"])
                .refers("plan_id", "plan")
                .refers("pillar_id", "pillar")
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
            pillar: lens.reference(Some(m.pillar_id)),
            code: m.code,
            title: m.title,
            description: m.description,
            position: m.position,
        }
    }
}
