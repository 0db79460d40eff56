//! Agencies, working groups and tasks.

mod moves;

use utoipa_axum::router::OpenApiRouter;

use super::kind::rest_kind;
use crate::{
    domain::cooperation::{
        agency::{Agency, AgencyFilter, AgencyPatch, NewAgency},
        membership::{Membership, MembershipFilter, MembershipPatch, NewMembership},
        task::{NewTask, Task, TaskFilter, TaskPatch},
        working_group::{NewWorkingGroup, WorkingGroup, WorkingGroupFilter, WorkingGroupPatch},
    },
    state::AppState,
};

/// Routes of the area.
pub fn router() -> OpenApiRouter<AppState> {
    OpenApiRouter::new()
        .merge(agencies::router())
        .merge(working_groups::router())
        .merge(memberships::router())
        .merge(tasks::router())
        .merge(moves::router())
}

rest_kind!(agencies: Agency, AgencyFilter, NewAgency, AgencyPatch, "/agencies", "agency", "agencies", "Cooperation";
    list_agencies get_agency create_agency update_agency delete_agency get_agency_by_key put_agency_by_key batch_agencies agency_history);
rest_kind!(working_groups: WorkingGroup, WorkingGroupFilter, NewWorkingGroup, WorkingGroupPatch, "/working-groups", "working group", "working groups", "Cooperation";
    list_working_groups get_working_group create_working_group update_working_group delete_working_group get_working_group_by_key put_working_group_by_key batch_working_groups working_group_history);
rest_kind!(memberships: Membership, MembershipFilter, NewMembership, MembershipPatch, "/memberships", "membership", "memberships", "Cooperation";
    list_memberships get_membership create_membership update_membership delete_membership get_membership_by_key put_membership_by_key batch_memberships membership_history);
rest_kind!(tasks: Task, TaskFilter, NewTask, TaskPatch, "/tasks", "task", "tasks", "Cooperation";
    list_tasks get_task create_task update_task delete_task get_task_by_key put_task_by_key batch_tasks task_history);
