//! Plans and their content.

use async_graphql::{Context, MergedObject};
use kernel::store::Via;

use super::{fault::Fault, kind::graphql_kind};
use crate::domain::{
    cooperation::{
        agency::{Agency, AgencyFilter, AgencySort},
        task::{Task, TaskFilter, TaskSort},
    },
    lifecycle::MoveState,
    plans::{
        action::{Action, ActionFilter, ActionPatch, ActionSort, NewAction},
        objective::{NewObjective, Objective, ObjectiveFilter, ObjectivePatch, ObjectiveSort},
        pillar::{NewPillar, Pillar, PillarFilter, PillarPatch, PillarSort},
        plan::{NewPlan, Plan, PlanFilter, PlanPatch, PlanSort},
    },
    reference::obligation::{Obligation, ObligationFilter, ObligationSort},
};

/// Reading of the area.
#[derive(Default, MergedObject)]
pub struct PlansQuery(PlanQuery, PillarQuery, ObjectiveQuery, ActionQuery);

/// Writing of the area.
#[derive(Default, MergedObject)]
pub struct PlansMutation(PlanMutation, PillarMutation, ObjectiveMutation, ActionMutation);

graphql_kind!(Plan, PlanFilter, PlanSort, NewPlan, PlanPatch, "plan";
    query PlanQuery { plan by id, plans, plan_by_key }
    mutation PlanMutation { create_plan, update_plan, delete_plan, upsert_plan, plans_batch }
    inputs { UpdatePlanInput, PlanPayload { plan } }
    refs {  }
    edges {
        pillars: Pillar, PillarFilter, PillarSort via Via::Column("plan_id");
        objectives: Objective, ObjectiveFilter, ObjectiveSort via Via::Column("plan_id");
        actions: Action, ActionFilter, ActionSort via Via::Column("plan_id");
        tasks: Task, TaskFilter, TaskSort via Via::Column("plan_id");
    }
    shared by seen.national;
    more {
        /// The moves the lifecycle knows from here, each with what it lacks.
        async fn moves(&self, ctx: &Context<'_>) -> Result<Vec<MoveState>, Fault> {
            super::past::plan_moves(ctx, kernel::Record::meta(self).id).await
        }
    }
);

graphql_kind!(Pillar, PillarFilter, PillarSort, NewPillar, PillarPatch, "pillar";
    query PillarQuery { pillar by id, pillars, pillar_by_key }
    mutation PillarMutation { create_pillar, update_pillar, delete_pillar, upsert_pillar, pillars_batch }
    inputs { UpdatePillarInput, PillarPayload { pillar } }
    refs { plan: Plan }
    edges {
        objectives: Objective, ObjectiveFilter, ObjectiveSort via Via::Column("pillar_id");
    }
    shared by seen.national;
);

graphql_kind!(Objective, ObjectiveFilter, ObjectiveSort, NewObjective, ObjectivePatch, "objective";
    query ObjectiveQuery { objective by id, objectives, objective_by_key }
    mutation ObjectiveMutation { create_objective, update_objective, delete_objective, upsert_objective, objectives_batch }
    inputs { UpdateObjectiveInput, ObjectivePayload { objective } }
    refs { plan: Plan, pillar: Pillar }
    edges {
        actions: Action, ActionFilter, ActionSort via Via::Column("objective_id");
    }
    shared by seen.national;
);

graphql_kind!(Action, ActionFilter, ActionSort, NewAction, ActionPatch, "action";
    query ActionQuery { action by id, actions, action_by_key }
    mutation ActionMutation { create_action, update_action, delete_action, upsert_action, actions_batch }
    inputs { UpdateActionInput, ActionPayload { action } }
    refs { plan: Plan, objective: Objective, lead_agency: Agency }
    edges {
        contributing_agencies: Agency, AgencyFilter, AgencySort via Via::Link("action_contributor");
        obligations: Obligation, ObligationFilter, ObligationSort via Via::Link("action_obligation");
        tasks: Task, TaskFilter, TaskSort via Via::Column("action_id");
    }
    shared by seen.national;
);
