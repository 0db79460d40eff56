//! The columns of a document's tables of actions.

use serde::Serialize;
use utoipa::ToSchema;

use super::{ActionEntry, PillarEntry};

/// A column of the tables of actions.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
#[schema(as = DocumentColumn)]
pub enum Column {
    /// Number.
    Number,
    /// Title and text.
    Action,
    /// Agency that leads.
    Lead,
    /// Agencies that contribute.
    Partners,
    /// Period.
    Period,
    /// Planned cost, and who pays.
    Cost,
    /// State.
    Status,
    /// Progress as reported, with its note.
    Progress,
}

impl Column {
    const ALL: [Self; 8] = [
        Self::Number,
        Self::Action,
        Self::Lead,
        Self::Partners,
        Self::Period,
        Self::Cost,
        Self::Status,
        Self::Progress,
    ];

    /// Key of its heading among the words.
    #[must_use]
    pub const fn key(self) -> &'static str {
        match self {
            Self::Number => "number",
            Self::Action => "action",
            Self::Lead => "lead",
            Self::Partners => "partners",
            Self::Period => "period",
            Self::Cost => "cost",
            Self::Status => "status",
            Self::Progress => "progress",
        }
    }

    /// How wide it is beside the others.
    #[must_use]
    pub const fn share(self) -> u32 {
        match self {
            Self::Number => 6,
            Self::Action => 25,
            Self::Lead | Self::Partners => 14,
            Self::Period | Self::Cost => 10,
            Self::Status | Self::Progress => 11,
        }
    }

    /// Whether an action says something in it.
    const fn is_told(self, action: &ActionEntry) -> bool {
        match self {
            Self::Number => action.number.is_some(),
            Self::Lead => action.lead.is_some(),
            Self::Partners => !action.partners.is_empty(),
            Self::Period => action.period.is_some(),
            Self::Cost => action.cost.is_some() || action.funding_source.is_some(),
            Self::Action | Self::Status | Self::Progress => true,
        }
    }
}

/// The columns in which an action says something; a column that is empty throughout is left out.
pub(super) fn of(pillars: &[PillarEntry]) -> Vec<Column> {
    let objectives = || pillars.iter().flat_map(|pillar| &pillar.objectives);
    let actions = || objectives().flat_map(|objective| &objective.actions);
    let is_there = |column: &Column| actions().any(|action| column.is_told(action));
    Column::ALL.into_iter().filter(is_there).collect()
}
