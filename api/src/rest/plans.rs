//! Plans and their content.

mod moves;

use utoipa_axum::router::OpenApiRouter;

use super::kind::rest_kind;
use crate::{
    domain::plans::{
        action::{Action, ActionFilter, ActionPatch, NewAction},
        objective::{NewObjective, Objective, ObjectiveFilter, ObjectivePatch},
        pillar::{NewPillar, Pillar, PillarFilter, PillarPatch},
        plan::{NewPlan, Plan, PlanFilter, PlanPatch},
    },
    state::AppState,
};

/// Routes of the area.
pub fn router() -> OpenApiRouter<AppState> {
    OpenApiRouter::new()
        .merge(plans::router())
        .merge(pillars::router())
        .merge(objectives::router())
        .merge(actions::router())
        .merge(moves::router())
        .merge(super::tree::router())
}

rest_kind!(plans: Plan, PlanFilter, NewPlan, PlanPatch, "/plans", "plan", "plans", "Plans";
    list_plans get_plan create_plan update_plan delete_plan get_plan_by_key put_plan_by_key batch_plans plan_history);
rest_kind!(pillars: Pillar, PillarFilter, NewPillar, PillarPatch, "/pillars", "pillar", "pillars", "Plans";
    list_pillars get_pillar create_pillar update_pillar delete_pillar get_pillar_by_key put_pillar_by_key batch_pillars pillar_history);
rest_kind!(objectives: Objective, ObjectiveFilter, NewObjective, ObjectivePatch, "/objectives", "objective", "objectives", "Plans";
    list_objectives get_objective create_objective update_objective delete_objective get_objective_by_key put_objective_by_key batch_objectives objective_history);
rest_kind!(actions: Action, ActionFilter, NewAction, ActionPatch, "/actions", "action", "actions", "Plans";
    list_actions get_action create_action update_action delete_action get_action_by_key put_action_by_key batch_actions action_history);
