//! Actions: what a plan commits somebody to do.

use std::sync::LazyLock;

use async_graphql::{InputObject, SimpleObject};
use entity::{action, vocab::ActionStatus};
use kernel::{
    KindDef, Patch, Record,
    filter::{Common, Filter, Where},
    lens::{Lens, Meta, Seen},
    policy::Class,
    record::ModelOf,
    scalar::{Date, Money, Ref, Reference},
};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use uuid::Uuid;

use super::plan::protect_content;
use crate::domain::parts::{NewRecord, RecordPatch};

/// An action of a plan: who does what, when, at what cost, for which obligations.
#[derive(Clone, Debug, Serialize, ToSchema, SimpleObject)]
#[graphql(complex)]
pub struct Action {
    /// What every national record tells of itself.
    #[serde(flatten)]
    #[graphql(flatten)]
    pub seen: Seen,
    /// Plan the action belongs to.
    #[graphql(skip)]
    pub plan: Option<Ref>,
    /// Objective the action belongs to, within the same plan.
    #[graphql(skip)]
    pub objective: Option<Ref>,
    /// Number or letter in the plan's text.
    pub code: Option<String>,
    /// Title of the action.
    pub title: String,
    /// Text of the action.
    pub description: Option<String>,
    /// Place among its siblings.
    pub position: i32,
    /// Agency that leads.
    #[graphql(skip)]
    pub lead_agency: Option<Ref>,
    /// Agencies that contribute.
    #[graphql(skip)]
    pub contributing_agencies: Vec<Ref>,
    /// Obligations the action serves.
    #[graphql(skip)]
    pub obligations: Vec<Ref>,
    /// First day of its period.
    pub starts_on: Option<Date>,
    /// Last day of its period.
    pub ends_on: Option<Date>,
    /// Planned cost.
    pub cost: Option<Money>,
    /// Who pays.
    pub funding_source: Option<String>,
    /// How far the action is.
    pub status: ActionStatus,
    /// Progress in percent, 0 to 100, as reported.
    pub progress_percent: i32,
    /// What the progress consists in.
    pub progress_note: Option<String>,
}

/// A new action.
#[derive(Clone, Debug, Serialize, ToSchema, InputObject)]
#[schema(example = json!({"objective": "0198c0de-0000-7000-8000-000000000001", "title": "Adopt the legal act that sets up the National CBRN Team", "lead_agency": "MES", "position": 1}))]
pub struct NewAction {
    /// What every national record may be given.
    #[serde(flatten)]
    #[graphql(flatten)]
    pub head: NewRecord,
    /// Objective the action belongs to, within the same plan.
    pub objective: Reference,
    /// Number or letter in the plan's text.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(min_length = 1, max_length = 50)]
    pub code: Option<String>,
    /// Title of the action.
    #[schema(min_length = 1, max_length = 500)]
    pub title: String,
    /// Text of the action.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(min_length = 1, max_length = 20000)]
    pub description: Option<String>,
    /// Place among its siblings.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(minimum = 0, maximum = 100_000, default = 0)]
    pub position: Option<i32>,
    /// Agency that leads.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub lead_agency: Option<Reference>,
    /// Agencies that contribute.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(max_items = 200)]
    pub contributing_agencies: Option<Vec<Reference>>,
    /// Obligations the action serves.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(max_items = 200)]
    pub obligations: Option<Vec<Reference>>,
    /// First day of its period.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub starts_on: Option<Date>,
    /// Last day of its period.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub ends_on: Option<Date>,
    /// Planned cost.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub cost: Option<Money>,
    /// Who pays.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(min_length = 1, max_length = 300)]
    pub funding_source: Option<String>,
    /// How far the action is.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(default = "planned")]
    pub status: Option<ActionStatus>,
    /// Progress in percent, 0 to 100, as reported.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(minimum = 0, maximum = 100, default = 0)]
    pub progress_percent: Option<i32>,
    /// What the progress consists in.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(min_length = 1, max_length = 5000)]
    pub progress_note: Option<String>,
}

/// Changes of an action.
#[derive(Clone, Debug, Default, Serialize, ToSchema, InputObject)]
pub struct ActionPatch {
    /// What every national record may be given.
    #[serde(flatten)]
    #[graphql(flatten)]
    pub head: RecordPatch,
    /// Objective the action belongs to, within the same plan.
    #[serde(skip_serializing_if = "Patch::is_keep")]
    #[schema(value_type = Option<Reference>)]
    pub objective: Patch<Reference>,
    /// Number or letter in the plan's text.
    #[serde(skip_serializing_if = "Patch::is_keep")]
    #[schema(value_type = Option<String>, min_length = 1, max_length = 50)]
    pub code: Patch<String>,
    /// Title of the action.
    #[serde(skip_serializing_if = "Patch::is_keep")]
    #[schema(value_type = Option<String>, min_length = 1, max_length = 500)]
    pub title: Patch<String>,
    /// Text of the action.
    #[serde(skip_serializing_if = "Patch::is_keep")]
    #[schema(value_type = Option<String>, min_length = 1, max_length = 20000)]
    pub description: Patch<String>,
    /// Place among its siblings.
    #[serde(skip_serializing_if = "Patch::is_keep")]
    #[schema(value_type = Option<i32>, minimum = 0, maximum = 100_000)]
    pub position: Patch<i32>,
    /// Agency that leads.
    #[serde(skip_serializing_if = "Patch::is_keep")]
    #[schema(value_type = Option<Reference>)]
    pub lead_agency: Patch<Reference>,
    /// Agencies that contribute.
    #[serde(skip_serializing_if = "Patch::is_keep")]
    #[schema(value_type = Option<Vec<Reference>>, max_items = 200)]
    pub contributing_agencies: Patch<Vec<Reference>>,
    /// Obligations the action serves.
    #[serde(skip_serializing_if = "Patch::is_keep")]
    #[schema(value_type = Option<Vec<Reference>>, max_items = 200)]
    pub obligations: Patch<Vec<Reference>>,
    /// First day of its period.
    #[serde(skip_serializing_if = "Patch::is_keep")]
    #[schema(value_type = Option<Date>)]
    pub starts_on: Patch<Date>,
    /// Last day of its period.
    #[serde(skip_serializing_if = "Patch::is_keep")]
    #[schema(value_type = Option<Date>)]
    pub ends_on: Patch<Date>,
    /// Planned cost.
    #[serde(skip_serializing_if = "Patch::is_keep")]
    #[schema(value_type = Option<Money>)]
    pub cost: Patch<Money>,
    /// Who pays.
    #[serde(skip_serializing_if = "Patch::is_keep")]
    #[schema(value_type = Option<String>, min_length = 1, max_length = 300)]
    pub funding_source: Patch<String>,
    /// How far the action is.
    #[serde(skip_serializing_if = "Patch::is_keep")]
    #[schema(value_type = Option<ActionStatus>)]
    pub status: Patch<ActionStatus>,
    /// Progress in percent, 0 to 100, as reported.
    #[serde(skip_serializing_if = "Patch::is_keep")]
    #[schema(value_type = Option<i32>, minimum = 0, maximum = 100)]
    pub progress_percent: Patch<i32>,
    /// What the progress consists in.
    #[serde(skip_serializing_if = "Patch::is_keep")]
    #[schema(value_type = Option<String>, min_length = 1, max_length = 5000)]
    pub progress_note: Patch<String>,
}

/// Which actions to list.
#[derive(Clone, Debug, Default, Deserialize, IntoParams, InputObject)]
#[serde(default)]
#[into_params(parameter_in = Query)]
pub struct ActionFilter {
    /// The filters every list takes.
    #[serde(skip)]
    #[param(ignore)]
    #[graphql(flatten)]
    pub common: Common,
    /// Only those whose plan is one of these, by id.
    #[graphql(default)]
    pub plan_id: Vec<Uuid>,
    /// Only those whose objective is one of these, by id.
    #[graphql(default)]
    pub objective_id: Vec<Uuid>,
    /// Only those whose lead agency is one of these, by id or code.
    #[graphql(default)]
    pub lead_agency: Vec<String>,
    /// Only those to which one of these agencies contributes, by id or code.
    #[graphql(default)]
    pub contributing_agency: Vec<String>,
    /// Only those that serve one of these obligations, by id or code.
    #[graphql(default)]
    pub obligation: Vec<String>,
    /// Only those whose status is one of these.
    #[graphql(default)]
    #[param(inline)]
    pub status: Vec<ActionStatus>,
    /// Only those that end at or after this day.
    pub ends_from: Option<Date>,
    /// Only those that end at or before this day.
    pub ends_to: Option<Date>,
}

impl Filter for ActionFilter {
    fn common(&self) -> &Common {
        &self.common
    }

    fn with_common(self, common: Common) -> Self {
        Self { common, ..self }
    }

    fn apply(&self, to: &mut Where<'_>) {
        to.refs("plan_id", &self.plan_id);
        to.refs("objective_id", &self.objective_id);
        to.refs("lead_agency_id", &self.lead_agency);
        to.linked("contributing_agencies", &self.contributing_agency);
        to.linked("obligations", &self.obligation);
        to.any("status", &self.status);
        to.days("ends_on", self.ends_from, self.ends_to);
    }
}

impl Record for Action {
    type Entity = action::Entity;
    type Active = action::ActiveModel;
    type New = NewAction;
    type Patch = ActionPatch;
    type Filter = ActionFilter;

    fn def() -> &'static KindDef {
        static DEF: LazyLock<KindDef> = LazyLock::new(|| {
            KindDef::of::<Action>("action", "actions", Class::Work)
                .below("objective_id", &[("plan_id", "plan_id")])
                .progress_fields(&["status", "progress_percent", "progress_note"])
                .texts(&["title", "description"])
                .refers("plan_id", "plan")
                .refers("objective_id", "objective")
                .refers("lead_agency_id", "agency")
                .links("contributing_agencies", "action_contributor", "agency")
                .links("obligations", "action_obligation", "obligation")
                .sorts(&["position", "title", "starts_on", "ends_on"])
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
            objective: lens.reference(Some(m.objective_id)),
            code: m.code,
            title: m.title,
            description: m.description,
            position: m.position,
            lead_agency: lens.reference(m.lead_agency_id),
            contributing_agencies: lens.references(&m.contributing_agencies),
            obligations: lens.references(&m.obligations),
            starts_on: m.starts_on.map(Date),
            ends_on: m.ends_on.map(Date),
            cost: money(m.cost_minor, m.cost_currency),
            funding_source: m.funding_source,
            status: m.status,
            progress_percent: m.progress_percent,
            progress_note: m.progress_note,
        }
    }
}

/// An amount from its stored form.
fn money(minor: Option<i64>, currency: Option<String>) -> Option<Money> {
    Some(Money::from_minor(minor?, &currency?))
}
