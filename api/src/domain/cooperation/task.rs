//! Tasks: work between agencies, with or without a plan.

mod dependencies;
pub mod lifecycle;

use std::sync::LazyLock;

use async_graphql::{InputObject, SimpleObject};
use entity::{
    task,
    vocab::{TaskFamily, TaskPriority, TaskStatus},
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

use crate::domain::parts::{NewRecord, RecordPatch};
use dependencies::check_tasks;
use uuid::Uuid;

/// A piece of work that one agency leads and others contribute to.
#[derive(Clone, Debug, Serialize, ToSchema, SimpleObject)]
#[graphql(complex)]
pub struct Task {
    /// What every national record tells of itself.
    #[serde(flatten)]
    #[graphql(flatten)]
    pub seen: Seen,
    /// Plan the task belongs to.
    #[graphql(skip)]
    pub plan: Option<Ref>,
    /// Action the task carries out, within the same plan.
    #[graphql(skip)]
    pub action: Option<Ref>,
    /// Title of the task.
    pub title: String,
    /// What is to be done.
    pub description: Option<String>,
    /// Which role of the working group it serves.
    pub family: Option<TaskFamily>,
    /// State of the task.
    pub status: TaskStatus,
    /// Why it is blocked, cancelled, returned or reopened.
    pub status_reason: Option<String>,
    /// How urgent it is.
    pub priority: TaskPriority,
    /// Day it is due.
    pub due_on: Option<Date>,
    /// Estimated work in days, 0 to 3650.
    pub estimate_days: Option<i32>,
    /// Agency that leads.
    #[graphql(skip)]
    pub lead_agency: Option<Ref>,
    /// Agencies that contribute.
    #[graphql(skip)]
    pub contributing_agencies: Vec<Ref>,
    /// Tasks that must be done or cancelled before this one is complete.
    #[graphql(skip)]
    pub depends_on: Vec<Ref>,
    /// Progress in percent, 0 to 100, as reported.
    pub progress_percent: i32,
    /// What the progress consists in.
    pub progress_note: Option<String>,
    /// Record the task came from (a decision, a finding).
    #[graphql(skip)]
    pub origin: Option<Origin>,
}

/// A new task.
#[derive(Clone, Debug, Serialize, ToSchema, InputObject)]
#[schema(example = json!({"owner": "KGZ", "title": "Compare national law with each treaty", "lead_agency": "MES", "due_on": "2027-03-31", "family": "legal_framework", "language": "en"}))]
pub struct NewTask {
    /// What every national record may be given.
    #[serde(flatten)]
    #[graphql(flatten)]
    pub head: NewRecord,
    /// Who the record belongs to: `KGZ`, `region:CA`, `org:UNICRI`.
    #[schema(min_length = 1, max_length = 50)]
    pub owner: String,
    /// Plan the task belongs to.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub plan: Option<Reference>,
    /// Action the task carries out, within the same plan.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub action: Option<Reference>,
    /// Title of the task.
    #[schema(min_length = 1, max_length = 500)]
    pub title: String,
    /// What is to be done.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(min_length = 1, max_length = 20000)]
    pub description: Option<String>,
    /// Which role of the working group it serves.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub family: Option<TaskFamily>,
    /// State of the task.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(default = "planned")]
    pub status: Option<TaskStatus>,
    /// How urgent it is.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(default = "normal")]
    pub priority: Option<TaskPriority>,
    /// Day it is due.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub due_on: Option<Date>,
    /// Estimated work in days, 0 to 3650.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(minimum = 0, maximum = 3650)]
    pub estimate_days: Option<i32>,
    /// Agency that leads.
    pub lead_agency: Reference,
    /// Agencies that contribute.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(max_items = 200)]
    pub contributing_agencies: Option<Vec<Reference>>,
    /// Tasks that must be done or cancelled before this one is complete.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(max_items = 200)]
    pub depends_on: Option<Vec<Reference>>,
    /// Progress in percent, 0 to 100, as reported.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(minimum = 0, maximum = 100, default = 0)]
    pub progress_percent: Option<i32>,
    /// What the progress consists in.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(min_length = 1, max_length = 5000)]
    pub progress_note: Option<String>,
    /// Record the task came from (a decision, a finding).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub origin: Option<Origin>,
}

/// Changes of a task.
#[derive(Clone, Debug, Default, Serialize, ToSchema, InputObject)]
pub struct TaskPatch {
    /// What every national record may be given.
    #[serde(flatten)]
    #[graphql(flatten)]
    pub head: RecordPatch,
    /// Plan the task belongs to.
    #[serde(skip_serializing_if = "Patch::is_keep")]
    #[schema(value_type = Option<Reference>)]
    pub plan: Patch<Reference>,
    /// Action the task carries out, within the same plan.
    #[serde(skip_serializing_if = "Patch::is_keep")]
    #[schema(value_type = Option<Reference>)]
    pub action: Patch<Reference>,
    /// Title of the task.
    #[serde(skip_serializing_if = "Patch::is_keep")]
    #[schema(value_type = Option<String>, min_length = 1, max_length = 500)]
    pub title: Patch<String>,
    /// What is to be done.
    #[serde(skip_serializing_if = "Patch::is_keep")]
    #[schema(value_type = Option<String>, min_length = 1, max_length = 20000)]
    pub description: Patch<String>,
    /// Which role of the working group it serves.
    #[serde(skip_serializing_if = "Patch::is_keep")]
    #[schema(value_type = Option<TaskFamily>)]
    pub family: Patch<TaskFamily>,
    /// How urgent it is.
    #[serde(skip_serializing_if = "Patch::is_keep")]
    #[schema(value_type = Option<TaskPriority>)]
    pub priority: Patch<TaskPriority>,
    /// Day it is due.
    #[serde(skip_serializing_if = "Patch::is_keep")]
    #[schema(value_type = Option<Date>)]
    pub due_on: Patch<Date>,
    /// Estimated work in days, 0 to 3650.
    #[serde(skip_serializing_if = "Patch::is_keep")]
    #[schema(value_type = Option<i32>, minimum = 0, maximum = 3650)]
    pub estimate_days: Patch<i32>,
    /// Agency that leads.
    #[serde(skip_serializing_if = "Patch::is_keep")]
    #[schema(value_type = Option<Reference>)]
    pub lead_agency: Patch<Reference>,
    /// Agencies that contribute.
    #[serde(skip_serializing_if = "Patch::is_keep")]
    #[schema(value_type = Option<Vec<Reference>>, max_items = 200)]
    pub contributing_agencies: Patch<Vec<Reference>>,
    /// Tasks that must be done or cancelled before this one is complete.
    #[serde(skip_serializing_if = "Patch::is_keep")]
    #[schema(value_type = Option<Vec<Reference>>, max_items = 200)]
    pub depends_on: Patch<Vec<Reference>>,
    /// Progress in percent, 0 to 100, as reported.
    #[serde(skip_serializing_if = "Patch::is_keep")]
    #[schema(value_type = Option<i32>, minimum = 0, maximum = 100)]
    pub progress_percent: Patch<i32>,
    /// What the progress consists in.
    #[serde(skip_serializing_if = "Patch::is_keep")]
    #[schema(value_type = Option<String>, min_length = 1, max_length = 5000)]
    pub progress_note: Patch<String>,
    /// Record the task came from (a decision, a finding).
    #[serde(skip_serializing_if = "Patch::is_keep")]
    #[schema(value_type = Option<Origin>)]
    pub origin: Patch<Origin>,
}

/// Which tasks to list.
#[derive(Clone, Debug, Default, Deserialize, IntoParams, InputObject)]
#[serde(default)]
#[into_params(parameter_in = Query)]
pub struct TaskFilter {
    /// The filters every list takes.
    #[serde(skip)]
    #[param(ignore)]
    #[graphql(flatten)]
    pub common: Common,
    /// Only those whose plan is one of these, by id.
    #[graphql(default)]
    pub plan_id: Vec<Uuid>,
    /// Only those whose action is one of these, by id.
    #[graphql(default)]
    pub action_id: Vec<Uuid>,
    /// Only those whose lead agency is one of these, by id or code.
    #[graphql(default)]
    pub lead_agency: Vec<String>,
    /// Only those to which one of these agencies contributes, by id or code.
    #[graphql(default)]
    pub contributing_agency: Vec<String>,
    /// Only those that wait for one of these tasks, by id.
    #[graphql(default)]
    pub depends_on: Vec<Uuid>,
    /// Only those whose status is one of these.
    #[graphql(default)]
    #[param(inline)]
    pub status: Vec<TaskStatus>,
    /// Only those whose family is one of these.
    #[graphql(default)]
    #[param(inline)]
    pub family: Vec<TaskFamily>,
    /// Only those whose priority is one of these.
    #[graphql(default)]
    #[param(inline)]
    pub priority: Vec<TaskPriority>,
    /// Only those due at or after this day.
    pub due_from: Option<Date>,
    /// Only those due at or before this day.
    pub due_to: Option<Date>,
}

impl Filter for TaskFilter {
    fn common(&self) -> &Common {
        &self.common
    }

    fn with_common(self, common: Common) -> Self {
        Self { common, ..self }
    }

    fn apply(&self, to: &mut Where<'_>) {
        to.refs("plan_id", &self.plan_id);
        to.refs("action_id", &self.action_id);
        to.refs("lead_agency_id", &self.lead_agency);
        to.linked("contributing_agencies", &self.contributing_agency);
        to.linked("depends_on", &self.depends_on);
        to.any("status", &self.status);
        to.any("family", &self.family);
        to.any("priority", &self.priority);
        to.days("due_on", self.due_from, self.due_to);
    }
}

impl Record for Task {
    type Entity = task::Entity;
    type Active = task::ActiveModel;
    type New = NewTask;
    type Patch = TaskPatch;
    type Filter = TaskFilter;

    fn def() -> &'static KindDef {
        static DEF: LazyLock<KindDef> = LazyLock::new(|| {
            KindDef::of::<Task>("task", "tasks", Class::Work)
                .below("action_id", &[("plan_id", "plan_id")])
                .below("plan_id", &[])
                .progress_fields(&["progress_percent", "progress_note"])
                .texts(&["title", "description"])
                .refers("plan_id", "plan")
                .refers("action_id", "action")
                .refers("lead_agency_id", "agency")
                .refers_to_any("origin_kind", "origin_id")
                .links("contributing_agencies", "task_contributor", "agency")
                .links("depends_on", "task_dependency", "task")
                .sorts(&["due_on", "title", "priority"])
                .ranks::<TaskPriority>("priority")
                .moves(lifecycle::VERBS, lifecycle::guard)
                .checks(check_tasks)
        });
        &DEF
    }

    fn meta(&self) -> &Meta {
        &self.seen.meta
    }

    fn view(seen: Seen, m: ModelOf<Self>, lens: &Lens) -> Self {
        let origin = m.origin_kind.zip(m.origin_id).map(|(kind, id)| Origin { kind, id });
        let origin = origin.filter(|from| lens.sees_any(&seen, &from.kind, from.id));
        Self {
            seen,
            plan: lens.reference(m.plan_id),
            action: lens.reference(m.action_id),
            title: m.title,
            description: m.description,
            family: m.family,
            status: m.status,
            status_reason: m.status_reason,
            priority: m.priority,
            due_on: m.due_on.map(Date),
            estimate_days: m.estimate_days,
            lead_agency: lens.reference(Some(m.lead_agency_id)),
            contributing_agencies: lens.references(&m.contributing_agencies),
            depends_on: lens.references(&m.depends_on),
            progress_percent: m.progress_percent,
            progress_note: m.progress_note,
            origin,
        }
    }
}

/// The record a task came from.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema, SimpleObject, InputObject)]
#[serde(deny_unknown_fields)]
#[graphql(input_name = "OriginInput")]
pub struct Origin {
    /// Kind of the record.
    #[schema(min_length = 1, max_length = 50)]
    pub kind: String,
    /// Its id.
    pub id: Uuid,
}
