//! Table `task`.

use sea_orm::entity::prelude::*;

use crate::vocab::{Handling, TaskFamily, TaskPriority, TaskStatus, Visibility};

/// A piece of work led by one agency.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "task")]
pub struct Model {
    /// Identifier of the record.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    /// Code of the owner the record belongs to.
    pub owner: String,
    /// Key of the record in the system it came from.
    pub external_key: Option<String>,
    /// System the external key belongs to.
    pub source_system: Option<String>,
    /// Number of the current version, from 1.
    pub version: i32,
    /// Instant the record was created.
    pub created_at: DateTimeUtc,
    /// User who created the record; no foreign key, seeds write too.
    pub created_by: Option<Uuid>,
    /// Instant of the latest change.
    pub updated_at: DateTimeUtc,
    /// User who made the latest change; no foreign key.
    pub updated_by: Option<Uuid>,
    /// Circle inside the owner that may see the record.
    pub visibility: Visibility,
    /// Care the record asks for when it is passed on.
    pub handling: Handling,
    /// Set of agencies and groups that share the record.
    pub shared_set_id: Option<Uuid>,
    /// Set of releases that show the record outside its owner.
    pub release_set_id: Option<Uuid>,
    /// Language the record was written in.
    pub language: String,
    /// Texts in other languages, by language and field.
    pub translations: Json,
    /// Folded text of every searchable field in all languages.
    pub search: String,
    /// Plan the task belongs to.
    pub plan_id: Option<Uuid>,
    /// Action the task carries out.
    pub action_id: Option<Uuid>,
    /// Title of the task.
    pub title: String,
    /// Text of the task.
    pub description: Option<String>,
    /// Family of tasks it belongs to.
    pub family: Option<TaskFamily>,
    /// Place in the life of the task.
    pub status: TaskStatus,
    /// Status to return to once unblocked.
    pub status_before_block: Option<TaskStatus>,
    /// Reason given for the latest change of status.
    pub status_reason: Option<String>,
    /// Priority of the task.
    pub priority: TaskPriority,
    /// Day the task is due.
    pub due_on: Option<Date>,
    /// Estimated effort in days, 0..=3650.
    pub estimate_days: Option<i32>,
    /// Agency that leads the task.
    pub lead_agency_id: Uuid,
    /// Array of ids of contributing agencies.
    pub contributing_agencies: Json,
    /// Array of ids of tasks to be done first.
    pub depends_on: Json,
    /// Progress in percent, 0..=100.
    pub progress_percent: i32,
    /// Remark on the progress.
    pub progress_note: Option<String>,
    /// Kind of the record the task arose from.
    pub origin_kind: Option<String>,
    /// Record the task arose from; set if and only if its kind is.
    pub origin_id: Option<Uuid>,
}

/// Relations of the table: none, links are read by id.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
