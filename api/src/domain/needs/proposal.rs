//! Proposing a plan: from the gaps of an assessment and the template, as a batch that the country edits and sends.

mod batch;
mod contract;
mod mandate;
mod template;

use std::collections::BTreeSet;

use entity::{
    Agency, Assessment, CapabilityArea, Gap, Objective, Obligation, Pillar, Plan, agency, assessment,
    capability_area, gap, objective, pillar, vocab::GapStatus,
};
use kernel::{
    Ctx, Error, KindDef, Result,
    policy::{Scope, Verb, authorize, visible},
    row::Row,
    store,
};
use model::{Field, FieldType, access::Visibility};
use sea_orm::sea_query::{Alias, Cond, ExprTrait, Order};
use uuid::Uuid;

use super::assessment::must_be_agreed;
use crate::domain::{
    Registered,
    plans::{content, plan::is_protected},
};
use batch::Draft;
pub use contract::{PlanProposal, ProposalInput, ProposedAction, UnmappedGap};
use mandate::Mandates;

/// Gaps of one assessment that a proposal takes at most: a batch has no more items.
const GAPS: u64 = 800;

/// Proposes a plan from the open gaps of a validated or closed assessment that the caller sees; writes nothing.
///
/// # Errors
/// `NotFound` if the assessment is not visible; `Forbidden` for who may not make plans of its owner;
/// `Conflict(NotValidated)` while its answers are not agreed; `Conflict(PlanAdopted)` for a plan whose content is fixed.
pub async fn propose(ctx: &Ctx, assessment: Uuid, input: &ProposalInput) -> Result<PlanProposal> {
    let of = store::get(ctx, Assessment::def(), assessment).await?;
    let scope = Scope {
        owner: of.owner().to_owned(),
        level: Some(Visibility::National),
        plan: input.plan,
        ..Scope::default()
    };
    authorize(&ctx.actor, Verb::Create, Pillar::def(), &scope)
        .map_err(|denial| Error::Forbidden(denial.rule.text.into()))?;
    must_be_agreed(&of)?;
    let gaps = open_gaps(ctx, &of).await?;
    let known = Known::of(ctx, &of, &gaps, input.plan).await?;
    for row in &gaps {
        ctx.note(row);
    }
    Ok(Draft::new(&of, &known).of_gaps(&gaps))
}

/// What a proposal is made of, besides the gaps: as far as the caller sees it.
struct Known {
    areas: Vec<Row>,
    mandates: Mandates,
    obligations: Vec<Row>,
    actions: BTreeSet<Uuid>,
    plan: Option<Row>,
    pillars: Vec<Row>,
    objectives: Vec<Row>,
}

impl Known {
    /// One statement for each kind.
    async fn of(ctx: &Ctx, of: &Row, gaps: &[Row], plan: Option<Uuid>) -> Result<Self> {
        let plan = match plan {
            Some(id) => Some(own_plan(ctx, of, id).await?),
            None => None,
        };
        let today = ctx.clock.today();
        let def = Agency::def();
        let agencies = seen(ctx, def, Cond::all().add(def.col("owner").eq(of.owner()))).await?;
        let exists = |row: &Row| {
            row.read(agency::VALID_FROM).is_none_or(|day| day <= today)
                && row.read(agency::VALID_UNTIL).is_none_or(|day| day >= today)
        };
        let named = |field: Field<_>| list(gaps, field);
        let areas = gaps.iter().filter_map(|row| row.read(gap::AREA)).collect();
        let obligations = by_ids(ctx, Obligation::def(), &named(gap::OBLIGATIONS)).await?;
        let actions = store::by_ids(ctx, entity::Action::def(), &list(gaps, gap::ACTIONS)).await?;
        let (mut pillars, mut objectives) = (Vec::new(), Vec::new());
        if let Some(plan) = &plan {
            let below = |def: &KindDef| Cond::all().add(def.col("plan_id").eq(plan.id()));
            pillars = seen(ctx, Pillar::def(), below(Pillar::def())).await?;
            objectives = seen(ctx, Objective::def(), below(Objective::def())).await?;
        }
        Ok(Self {
            areas: by_ids(ctx, CapabilityArea::def(), &areas).await?,
            mandates: Mandates::of(agencies.into_iter().filter(exists)),
            obligations,
            actions: actions.into_keys().collect(),
            plan,
            pillars,
            objectives,
        })
    }

    /// The code of an area.
    fn area(&self, of: &Row) -> Option<String> {
        let id = of.read(gap::AREA)?;
        self.areas.iter().find(|row| row.id() == id)?.read(capability_area::CODE)
    }

    /// The pillar of the plan with a code.
    fn pillar(&self, code: &str) -> Option<Uuid> {
        self.pillars.iter().find(|row| row.read(pillar::CODE).as_deref() == Some(code)).map(Row::id)
    }

    /// The objective of the plan with a code.
    fn objective(&self, code: &str) -> Option<Uuid> {
        self.objectives.iter().find(|row| row.read(objective::CODE).as_deref() == Some(code)).map(Row::id)
    }
}

/// The ids in a list of the gaps.
fn list<T: FieldType<Held = Vec<Uuid>>>(gaps: &[Row], field: Field<T>) -> BTreeSet<Uuid> {
    gaps.iter().filter_map(|row| row.read(Field::<T>::at(field.column))).flatten().collect()
}

/// The plan that a proposal is to be added to.
async fn own_plan(ctx: &Ctx, of: &Row, id: Uuid) -> Result<Row> {
    let missing = || Error::invalid("/plan", kernel::Code::ReferenceNotFound, "there is no such plan here");
    let plan = match store::get(ctx, Plan::def(), id).await {
        Err(Error::NotFound) => return Err(missing()),
        found => found?,
    };
    if plan.owner() != of.owner() {
        return Err(missing());
    }
    if is_protected(&plan) { Err(content::refusal()) } else { Ok(plan) }
}

/// The open gaps that an assessment found, the most severe first.
async fn open_gaps(ctx: &Ctx, of: &Row) -> Result<Vec<Row>> {
    let def = Gap::def();
    let cond = Cond::all()
        .add(visible(&ctx.actor, def))
        .add(def.col(gap::ASSESSMENT.column).eq(of.id()))
        .add(def.col(gap::STATUS.column).eq(GapStatus::Open.code()));
    let mut select = store::select(def);
    select.cond_where(cond).order_by((def.iden(), Alias::new("id")), Order::Asc).limit(GAPS);
    let mut gaps = store::rows(ctx.db.reading(), def, &select).await?;
    gaps.sort_by_key(|row| std::cmp::Reverse(row.read(gap::SEVERITY).unwrap_or_default()));
    Ok(gaps)
}

async fn by_ids(ctx: &Ctx, def: &'static KindDef, ids: &BTreeSet<Uuid>) -> Result<Vec<Row>> {
    Ok(store::by_ids(ctx, def, ids).await?.into_values().collect())
}

/// The visible records that meet a condition.
pub(super) async fn seen(ctx: &Ctx, def: &'static KindDef, which: Cond) -> Result<Vec<Row>> {
    let mut select = store::select(def);
    select
        .cond_where(Cond::all().add(visible(&ctx.actor, def)).add(which))
        .order_by((def.iden(), Alias::new("id")), Order::Asc);
    store::rows(ctx.db.reading(), def, &select).await
}

/// The title of an assessment, for the plan that is proposed from it.
fn title(of: &Row) -> String {
    of.read(assessment::TITLE).unwrap_or_default()
}
