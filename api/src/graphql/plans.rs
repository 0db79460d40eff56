//! Plans and their content.

use async_graphql::{Context, MergedObject};
use kernel::store::Via;

use super::{fault::Fault, kind::graphql_kind};
use crate::domain::{
    cooperation::{
        agency::{Agency, AgencyFilter},
        task::{Task, TaskFilter},
    },
    lifecycle::MoveState,
    plans::{
        action::{Action, ActionFilter, ActionPatch, NewAction},
        objective::{NewObjective, Objective, ObjectiveFilter, ObjectivePatch},
        pillar::{NewPillar, Pillar, PillarFilter, PillarPatch},
        plan::{NewPlan, Plan, PlanFilter, PlanPatch},
    },
    reference::obligation::{Obligation, ObligationFilter},
};

/// Reading of the area.
#[derive(Default, MergedObject)]
pub struct PlansQuery(PlanQuery, PillarQuery, ObjectiveQuery, ActionQuery);

/// Writing of the area.
#[derive(Default, MergedObject)]
pub struct PlansMutation(PlanMutation, PillarMutation, ObjectiveMutation, ActionMutation);

graphql_kind!(Plan, PlanFilter, NewPlan, PlanPatch, "plan";
    query PlanQuery { plan by id, plans, plan_by_key }
    mutation PlanMutation { create_plan, update_plan, delete_plan, upsert_plan, plans_batch }
    inputs { UpdatePlanInput, PlanPayload { plan } }
    refs {  }
    edges {
        pillars: Pillar, PillarFilter via Via::Column("plan_id");
        objectives: Objective, ObjectiveFilter via Via::Column("plan_id");
        actions: Action, ActionFilter via Via::Column("plan_id");
        tasks: Task, TaskFilter via Via::Column("plan_id");
    }
    shared by seen.national;
    more {
        /// The moves the lifecycle knows from here, each with what it lacks.
        async fn moves(&self, ctx: &Context<'_>) -> Result<Vec<MoveState>, Fault> {
            super::past::plan_moves(ctx, kernel::Record::meta(self).id).await
        }
    }
);

graphql_kind!(Pillar, PillarFilter, NewPillar, PillarPatch, "pillar";
    query PillarQuery { pillar by id, pillars, pillar_by_key }
    mutation PillarMutation { create_pillar, update_pillar, delete_pillar, upsert_pillar, pillars_batch }
    inputs { UpdatePillarInput, PillarPayload { pillar } }
    refs { plan: Plan }
    edges {
        objectives: Objective, ObjectiveFilter via Via::Column("pillar_id");
    }
    shared by seen.national;
);

graphql_kind!(Objective, ObjectiveFilter, NewObjective, ObjectivePatch, "objective";
    query ObjectiveQuery { objective by id, objectives, objective_by_key }
    mutation ObjectiveMutation { create_objective, update_objective, delete_objective, upsert_objective, objectives_batch }
    inputs { UpdateObjectiveInput, ObjectivePayload { objective } }
    refs { plan: Plan, pillar: Pillar }
    edges {
        actions: Action, ActionFilter via Via::Column("objective_id");
    }
    shared by seen.national;
);

graphql_kind!(Action, ActionFilter, NewAction, ActionPatch, "action";
    query ActionQuery { action by id, actions, action_by_key }
    mutation ActionMutation { create_action, update_action, delete_action, upsert_action, actions_batch }
    inputs { UpdateActionInput, ActionPayload { action } }
    refs { plan: Plan, objective: Objective, lead_agency: Agency }
    edges {
        contributing_agencies: Agency, AgencyFilter via Via::Link("action_contributor");
        obligations: Obligation, ObligationFilter via Via::Link("action_obligation");
        tasks: Task, TaskFilter via Via::Column("action_id");
    }
    shared by seen.national;
);
