//! What a proposal takes and tells, on both faces.

use async_graphql::SimpleObject;
use kernel::scalar::Object;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;

/// What a plan is proposed for.
#[derive(Clone, Debug, Default, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ProposalInput {
    /// Plan that the proposal is to be added to; without it a new plan is proposed.
    pub plan: Option<Uuid>,
}

/// A plan that is proposed; nothing is written.
#[derive(Clone, Debug, Serialize, ToSchema, SimpleObject)]
pub struct PlanProposal {
    /// Body of `POST /batch` (`recordsBatch`), in the form of the REST face: edit it and send it, whole or in part; null
    /// where nothing is proposed.
    #[schema(value_type = Option<crate::domain::batch::BatchInput>, required = true)]
    pub batch: Option<Object>,
    /// The actions that are proposed, each with what leads to it.
    pub actions: Vec<ProposedAction>,
    /// Open gaps for which the template has no objective.
    pub unmapped: Vec<UnmappedGap>,
}

/// Why an action is proposed, and why this agency is to lead it.
#[derive(Clone, Debug, Serialize, ToSchema, SimpleObject)]
pub struct ProposedAction {
    /// External key of the action in the batch.
    pub external_key: String,
    /// Code of the action in the template.
    pub code: String,
    /// Gaps that lead to it.
    pub gaps: Vec<Uuid>,
    /// Codes of their areas of capability.
    pub areas: Vec<String>,
    /// Code of the agency that is to lead; null where no agency holds one of the functions.
    #[schema(required = true)]
    pub lead_agency: Option<String>,
    /// State function by which it is to lead.
    #[schema(required = true)]
    pub lead_function: Option<String>,
}

/// An open gap for which the template has no objective.
#[derive(Clone, Debug, Serialize, ToSchema, SimpleObject)]
pub struct UnmappedGap {
    /// The gap.
    pub gap: Uuid,
    /// Code of its area of capability.
    #[schema(required = true)]
    pub area: Option<String>,
}
