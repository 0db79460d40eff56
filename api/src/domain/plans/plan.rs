//! Plans: National Action Plans and their kin.

mod content;
pub mod lifecycle;

pub use content::protect_content;

use std::sync::LazyLock;

use async_graphql::{InputObject, SimpleObject};
use entity::{
    plan,
    vocab::{Domain, PlanKind, PlanStatus},
};
use kernel::{
    KindDef, Patch, Record,
    filter::{Common, Filter, Where},
    lens::{Lens, Meta, Seen},
    policy::Class,
    record::ModelOf,
    scalar::Date,
};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use crate::domain::parts::{NewRecord, RecordPatch, domains};
use content::check_plan;

/// A CBRN National Action Plan, or another plan of a country, region or organisation.
#[derive(Clone, Debug, Serialize, ToSchema, SimpleObject)]
#[graphql(complex)]
pub struct Plan {
    /// What every national record tells of itself.
    #[serde(flatten)]
    #[graphql(flatten)]
    pub seen: Seen,
    /// What it is.
    pub kind: PlanKind,
    /// Title.
    pub title: String,
    /// What it is about.
    pub summary: Option<String>,
    /// Hazard domains it is about.
    pub domains: Vec<Domain>,
    /// Edition: 1, 2, 3; not the lock counter.
    pub edition: i32,
    /// First day of its period.
    pub starts_on: Option<Date>,
    /// Last day of its period.
    pub ends_on: Option<Date>,
    /// State of the plan; later states need the facts of adoption.
    pub status: PlanStatus,
    /// Body that adopted it.
    pub act_body: Option<String>,
    /// Number of the legal act.
    pub act_number: Option<String>,
    /// Day of the legal act.
    pub act_on: Option<Date>,
    /// Where the act is published.
    pub act_source: Option<String>,
    /// Why it was returned or withdrawn.
    pub status_reason: Option<String>,
}

/// A new plan.
#[derive(Clone, Debug, Serialize, ToSchema, InputObject)]
#[schema(example = json!({"owner": "KGZ", "kind": "cbrn_nap", "title": "CBRN National Action Plan", "domains": ["C", "B", "R", "N"], "language": "en"}))]
pub struct NewPlan {
    /// What every national record may be given.
    #[serde(flatten)]
    #[graphql(flatten)]
    pub head: NewRecord,
    /// Who the record belongs to: `KGZ`, `region:CA`, `org:UNICRI`.
    #[schema(min_length = 1, max_length = 50)]
    pub owner: String,
    /// What it is.
    pub kind: PlanKind,
    /// Title.
    #[schema(min_length = 1, max_length = 500)]
    pub title: String,
    /// What it is about.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(min_length = 1, max_length = 20000)]
    pub summary: Option<String>,
    /// Hazard domains it is about.
    #[schema(max_items = 4, min_items = 1)]
    pub domains: Vec<Domain>,
    /// Edition: 1, 2, 3; not the lock counter.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(minimum = 1, maximum = 1000, default = 1)]
    pub edition: Option<i32>,
    /// First day of its period.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub starts_on: Option<Date>,
    /// Last day of its period.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub ends_on: Option<Date>,
    /// State of the plan; later states need the facts of adoption.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(default = "draft")]
    pub status: Option<PlanStatus>,
    /// Body that adopted it.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(min_length = 1, max_length = 300)]
    pub act_body: Option<String>,
    /// Number of the legal act.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(min_length = 1, max_length = 100)]
    pub act_number: Option<String>,
    /// Day of the legal act.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub act_on: Option<Date>,
    /// Where the act is published or kept; needed, as the facts above, for a plan made in a later state.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(min_length = 1, max_length = 1000)]
    pub act_source: Option<String>,
}

/// Changes of a plan.
#[derive(Clone, Debug, Default, Serialize, ToSchema, InputObject)]
pub struct PlanPatch {
    /// What every national record may be given.
    #[serde(flatten)]
    #[graphql(flatten)]
    pub head: RecordPatch,
    /// What it is.
    #[serde(skip_serializing_if = "Patch::is_keep")]
    #[schema(value_type = Option<PlanKind>)]
    pub kind: Patch<PlanKind>,
    /// Title.
    #[serde(skip_serializing_if = "Patch::is_keep")]
    #[schema(value_type = Option<String>, min_length = 1, max_length = 500)]
    pub title: Patch<String>,
    /// What it is about.
    #[serde(skip_serializing_if = "Patch::is_keep")]
    #[schema(value_type = Option<String>, min_length = 1, max_length = 20000)]
    pub summary: Patch<String>,
    /// Hazard domains it is about.
    #[serde(skip_serializing_if = "Patch::is_keep")]
    #[schema(value_type = Option<Vec<Domain>>, max_items = 4, min_items = 1)]
    pub domains: Patch<Vec<Domain>>,
    /// Edition: 1, 2, 3; not the lock counter.
    #[serde(skip_serializing_if = "Patch::is_keep")]
    #[schema(value_type = Option<i32>, minimum = 1, maximum = 1000)]
    pub edition: Patch<i32>,
    /// First day of its period.
    #[serde(skip_serializing_if = "Patch::is_keep")]
    #[schema(value_type = Option<Date>)]
    pub starts_on: Patch<Date>,
    /// Last day of its period.
    #[serde(skip_serializing_if = "Patch::is_keep")]
    #[schema(value_type = Option<Date>)]
    pub ends_on: Patch<Date>,
    /// Body that adopted it.
    #[serde(skip_serializing_if = "Patch::is_keep")]
    #[schema(value_type = Option<String>, min_length = 1, max_length = 300)]
    pub act_body: Patch<String>,
    /// Number of the legal act.
    #[serde(skip_serializing_if = "Patch::is_keep")]
    #[schema(value_type = Option<String>, min_length = 1, max_length = 100)]
    pub act_number: Patch<String>,
    /// Day of the legal act.
    #[serde(skip_serializing_if = "Patch::is_keep")]
    #[schema(value_type = Option<Date>)]
    pub act_on: Patch<Date>,
    /// Where the act is published.
    #[serde(skip_serializing_if = "Patch::is_keep")]
    #[schema(value_type = Option<String>, min_length = 1, max_length = 1000)]
    pub act_source: Patch<String>,
}

/// Which plans to list.
#[derive(Clone, Debug, Default, Deserialize, IntoParams, InputObject)]
#[serde(default)]
#[into_params(parameter_in = Query)]
pub struct PlanFilter {
    /// The filters every list takes.
    #[serde(skip)]
    #[param(ignore)]
    #[graphql(flatten)]
    pub common: Common,
    /// Only those whose kind is one of these.
    #[graphql(default)]
    #[param(inline)]
    pub kind: Vec<PlanKind>,
    /// Only those whose status is one of these.
    #[graphql(default)]
    #[param(inline)]
    pub status: Vec<PlanStatus>,
    /// Only those about one of these hazard domains.
    #[graphql(default)]
    #[param(inline)]
    pub domain: Vec<Domain>,
    /// Only those that start at or after this day.
    pub starts_from: Option<Date>,
    /// Only those that start at or before this day.
    pub starts_to: Option<Date>,
    /// Only those that end at or after this day.
    pub ends_from: Option<Date>,
    /// Only those that end at or before this day.
    pub ends_to: Option<Date>,
}

impl Filter for PlanFilter {
    fn common(&self) -> &Common {
        &self.common
    }

    fn with_common(self, common: Common) -> Self {
        Self { common, ..self }
    }

    fn apply(&self, to: &mut Where<'_>) {
        to.any("kind", &self.kind);
        to.any("status", &self.status);
        to.domains("domains", &self.domain);
        to.days("starts_on", self.starts_from, self.starts_to);
        to.days("ends_on", self.ends_from, self.ends_to);
    }
}

impl Record for Plan {
    type Entity = plan::Entity;
    type Active = plan::ActiveModel;
    type New = NewPlan;
    type Patch = PlanPatch;
    type Filter = PlanFilter;

    fn def() -> &'static KindDef {
        static DEF: LazyLock<KindDef> = LazyLock::new(|| {
            KindDef::of::<Plan>("plan", "plans", Class::National)
                .texts(&["title", "summary"])
                .mask("domains")
                .sorts(&["title", "starts_on", "ends_on"])
                .moves(lifecycle::VERBS, lifecycle::guard)
                .checks(check_plan)
        });
        &DEF
    }

    fn meta(&self) -> &Meta {
        &self.seen.meta
    }

    fn view(seen: Seen, m: ModelOf<Self>, _lens: &Lens) -> Self {
        Self {
            seen,
            kind: m.kind,
            title: m.title,
            summary: m.summary,
            domains: domains(m.domains),
            edition: m.edition,
            starts_on: m.starts_on.map(Date),
            ends_on: m.ends_on.map(Date),
            status: m.status,
            act_body: m.act_body,
            act_number: m.act_number,
            act_on: m.act_on.map(Date),
            act_source: m.act_source,
            status_reason: m.status_reason,
        }
    }
}
