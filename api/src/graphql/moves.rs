//! The moves of plans and tasks as mutations.

use async_graphql::{ComplexObject, Context, InputObject, Object};
use kernel::policy::Verb;
use uuid::Uuid;

use super::{cooperation::TaskPayload, edges::loader, fault::Fault, kind::known, plans::PlanPayload};
use crate::domain::{
    lifecycle::MoveState,
    moves::{
        AdoptInput, AssignInput, PlanMoveInput, Target, TaskMoveInput, adopt_plan, assign_task, move_plan,
        move_task,
    },
};

macro_rules! moved {
    ($ctx:ident, $input:ident, $verb:ident, $payload:ident { $field:ident }, $make:ident) => {{
        let to = Target { id: $input.id, version: Some($input.expected_version), verb: Verb::$verb };
        let row = known($ctx)?.write(async move |unit| $make(unit, to, &$input.how).await).await?;
        let lens = loader($ctx)?.loader().lens().await?;
        Ok($payload { $field: kernel::Record::from_row(row, &lens)? })
    }};
}

/// The plan to move, and what the move takes.
#[derive(Clone, Debug, InputObject)]
pub struct MovePlanInput {
    /// The plan.
    pub id: Uuid,
    /// Version that was read.
    pub expected_version: i32,
    /// What the move takes.
    #[graphql(flatten)]
    pub how: PlanMoveInput,
}

/// The plan to move, and what the move takes.
#[derive(Clone, Debug, InputObject)]
pub struct AdoptPlanInput {
    /// The plan.
    pub id: Uuid,
    /// Version that was read.
    pub expected_version: i32,
    /// What the move takes.
    #[graphql(flatten)]
    pub how: AdoptInput,
}

/// The task to move, and what the move takes.
#[derive(Clone, Debug, InputObject)]
pub struct MoveTaskInput {
    /// The task.
    pub id: Uuid,
    /// Version that was read.
    pub expected_version: i32,
    /// What the move takes.
    #[graphql(flatten)]
    pub how: TaskMoveInput,
}

/// The task to move, and what the move takes.
#[derive(Clone, Debug, InputObject)]
pub struct AssignTaskInput {
    /// The task.
    pub id: Uuid,
    /// Version that was read.
    pub expected_version: i32,
    /// What the move takes.
    #[graphql(flatten)]
    pub how: AssignInput,
}

#[ComplexObject]
impl MoveState {
    /// State the record would be in afterwards: a value of its `status`.
    async fn to(&self) -> String {
        self.to.to_uppercase()
    }
}

/// The moves of plans.
#[derive(Default)]
pub struct PlanMoves;

#[Object]
impl PlanMoves {
    /// Send a draft plan to consultation.
    async fn consult_plan(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The plan, the version that was read, and what the move takes.")]
        input: MovePlanInput,
    ) -> Result<PlanPayload, Fault> {
        moved!(ctx, input, Consult, PlanPayload { plan }, move_plan)
    }

    /// Submit a plan for adoption.
    async fn submit_plan(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The plan, the version that was read, and what the move takes.")]
        input: MovePlanInput,
    ) -> Result<PlanPayload, Fault> {
        moved!(ctx, input, Submit, PlanPayload { plan }, move_plan)
    }

    /// Take a plan back to draft.
    async fn recall_plan(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The plan, the version that was read, and what the move takes.")]
        input: MovePlanInput,
    ) -> Result<PlanPayload, Fault> {
        moved!(ctx, input, Recall, PlanPayload { plan }, move_plan)
    }

    /// Adopt a submitted plan.
    async fn adopt_plan(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The plan, the version that was read, and what the move takes.")]
        input: AdoptPlanInput,
    ) -> Result<PlanPayload, Fault> {
        moved!(ctx, input, Adopt, PlanPayload { plan }, adopt_plan)
    }

    /// Return a submitted plan to draft.
    async fn return_plan(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The plan, the version that was read, and what the move takes.")]
        input: MovePlanInput,
    ) -> Result<PlanPayload, Fault> {
        moved!(ctx, input, Return, PlanPayload { plan }, move_plan)
    }

    /// Withdraw an adopted plan.
    async fn withdraw_plan(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The plan, the version that was read, and what the move takes.")]
        input: MovePlanInput,
    ) -> Result<PlanPayload, Fault> {
        moved!(ctx, input, Withdraw, PlanPayload { plan }, move_plan)
    }

    /// Start the implementation of an adopted plan.
    async fn start_plan(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The plan, the version that was read, and what the move takes.")]
        input: MovePlanInput,
    ) -> Result<PlanPayload, Fault> {
        moved!(ctx, input, Start, PlanPayload { plan }, move_plan)
    }

    /// Put a running plan under review.
    async fn review_plan(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The plan, the version that was read, and what the move takes.")]
        input: MovePlanInput,
    ) -> Result<PlanPayload, Fault> {
        moved!(ctx, input, Review, PlanPayload { plan }, move_plan)
    }

    /// Resume a plan after its review.
    async fn resume_plan(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The plan, the version that was read, and what the move takes.")]
        input: MovePlanInput,
    ) -> Result<PlanPayload, Fault> {
        moved!(ctx, input, Resume, PlanPayload { plan }, move_plan)
    }

    /// Close a plan after its review.
    async fn close_plan(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The plan, the version that was read, and what the move takes.")]
        input: MovePlanInput,
    ) -> Result<PlanPayload, Fault> {
        moved!(ctx, input, Close, PlanPayload { plan }, move_plan)
    }
}

/// The moves of tasks.
#[derive(Default)]
pub struct TaskMoves;

#[Object]
impl TaskMoves {
    /// Assign a planned task.
    async fn assign_task(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The task, the version that was read, and what the move takes.")]
        input: AssignTaskInput,
    ) -> Result<TaskPayload, Fault> {
        moved!(ctx, input, Assign, TaskPayload { task }, assign_task)
    }

    /// Start an assigned task.
    async fn start_task(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The task, the version that was read, and what the move takes.")]
        input: MoveTaskInput,
    ) -> Result<TaskPayload, Fault> {
        moved!(ctx, input, Start, TaskPayload { task }, move_task)
    }

    /// Submit a task for review.
    async fn submit_task(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The task, the version that was read, and what the move takes.")]
        input: MoveTaskInput,
    ) -> Result<TaskPayload, Fault> {
        moved!(ctx, input, Submit, TaskPayload { task }, move_task)
    }

    /// Complete a task in review.
    async fn complete_task(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The task, the version that was read, and what the move takes.")]
        input: MoveTaskInput,
    ) -> Result<TaskPayload, Fault> {
        moved!(ctx, input, Complete, TaskPayload { task }, move_task)
    }

    /// Return a task in review to work.
    async fn return_task(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The task, the version that was read, and what the move takes.")]
        input: MoveTaskInput,
    ) -> Result<TaskPayload, Fault> {
        moved!(ctx, input, Return, TaskPayload { task }, move_task)
    }

    /// Block a task.
    async fn block_task(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The task, the version that was read, and what the move takes.")]
        input: MoveTaskInput,
    ) -> Result<TaskPayload, Fault> {
        moved!(ctx, input, Block, TaskPayload { task }, move_task)
    }

    /// Unblock a task.
    async fn unblock_task(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The task, the version that was read, and what the move takes.")]
        input: MoveTaskInput,
    ) -> Result<TaskPayload, Fault> {
        moved!(ctx, input, Unblock, TaskPayload { task }, move_task)
    }

    /// Cancel a task.
    async fn cancel_task(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The task, the version that was read, and what the move takes.")]
        input: MoveTaskInput,
    ) -> Result<TaskPayload, Fault> {
        moved!(ctx, input, Cancel, TaskPayload { task }, move_task)
    }

    /// Reopen a done or cancelled task.
    async fn reopen_task(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The task, the version that was read, and what the move takes.")]
        input: MoveTaskInput,
    ) -> Result<TaskPayload, Fault> {
        moved!(ctx, input, Reopen, TaskPayload { task }, move_task)
    }
}
