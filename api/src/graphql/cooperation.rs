//! Agencies, working groups and tasks.

use async_graphql::{Context, MergedObject};
use kernel::store::Via;

use super::{edges, fault::Fault, kind::graphql_kind};
use crate::domain::{
    cooperation::{
        agency::{Agency, AgencyFilter, AgencyPatch, NewAgency},
        membership::{Membership, MembershipFilter, MembershipPatch, NewMembership},
        task::{NewTask, Origin, Task, TaskFilter, TaskPatch},
        working_group::{NewWorkingGroup, WorkingGroup, WorkingGroupFilter, WorkingGroupPatch},
    },
    lifecycle::MoveState,
    plans::{action::Action, plan::Plan},
};

/// Reading of the area.
#[derive(Default, MergedObject)]
pub struct CooperationQuery(AgencyQuery, WorkingGroupQuery, MembershipQuery, TaskQuery);

/// Writing of the area.
#[derive(Default, MergedObject)]
pub struct CooperationMutation(AgencyMutation, WorkingGroupMutation, MembershipMutation, TaskMutation);

graphql_kind!(Agency, AgencyFilter, NewAgency, AgencyPatch, "agency";
    query AgencyQuery { agency by id, agencies, agency_by_key }
    mutation AgencyMutation { create_agency, update_agency, delete_agency, upsert_agency, agencies_batch }
    inputs { UpdateAgencyInput, AgencyPayload { agency } }
    refs { parent: Agency }
    edges {
        successors: Agency, AgencyFilter via Via::Link("agency_successor");
        tasks: Task, TaskFilter via Via::Column("lead_agency_id");
    }
    shared by seen.national;
);

graphql_kind!(WorkingGroup, WorkingGroupFilter, NewWorkingGroup, WorkingGroupPatch, "working group";
    query WorkingGroupQuery { working_group by id, working_groups, working_group_by_key }
    mutation WorkingGroupMutation { create_working_group, update_working_group, delete_working_group, upsert_working_group, working_groups_batch }
    inputs { UpdateWorkingGroupInput, WorkingGroupPayload { working_group } }
    refs { parent: WorkingGroup }
    edges {
        memberships: Membership, MembershipFilter via Via::Column("working_group_id");
    }
    shared by seen.national;
);

graphql_kind!(Membership, MembershipFilter, NewMembership, MembershipPatch, "membership";
    query MembershipQuery { membership by id, memberships, membership_by_key }
    mutation MembershipMutation { create_membership, update_membership, delete_membership, upsert_membership, memberships_batch }
    inputs { UpdateMembershipInput, MembershipPayload { membership } }
    refs { working_group: WorkingGroup, agency: Agency }
    edges {
    }
    shared by national;
);

graphql_kind!(Task, TaskFilter, NewTask, TaskPatch, "task";
    query TaskQuery { task by id, tasks, task_by_key }
    mutation TaskMutation { create_task, update_task, delete_task, upsert_task, tasks_batch }
    inputs { UpdateTaskInput, TaskPayload { task } }
    refs { plan: Plan, action: Action, lead_agency: Agency }
    edges {
        contributing_agencies: Agency, AgencyFilter via Via::Link("task_contributor");
        depends_on: Task, TaskFilter via Via::Link("task_dependency");
    }
    shared by seen.national;
    more {
        /// Record the task came from (a decision, a finding); null if the caller may not see it.
        async fn origin(&self, ctx: &Context<'_>) -> Result<Option<Origin>, Fault> {
            let Some(from) = self.origin.clone() else { return Ok(None) };
            let is_seen = edges::sees_any(ctx, &self.seen.meta.owner, &from.kind, from.id).await?;
            Ok(is_seen.then_some(from))
        }

        /// The moves the lifecycle knows from here, each with what it lacks.
        async fn moves(&self, ctx: &Context<'_>) -> Result<Vec<MoveState>, Fault> {
            super::past::task_moves(ctx, kernel::Record::meta(self).id).await
        }
    }
);
