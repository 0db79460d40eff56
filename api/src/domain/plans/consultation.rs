//! The consultation on a plan: what is said of it and of its content, and what its actions still lack.

use std::collections::{BTreeSet, HashSet};

use async_graphql::SimpleObject;
use chrono::{DateTime, Utc};
use entity::{Action, Comment, Gap, Plan, Risk, action, comment, gap, plan, risk, vocab::CommentStatus};
use kernel::{
    Ctx, Result,
    editions::unfolded,
    render::{Detail, Renderer},
    row::Row,
    scalar::Ref,
    store::{self, Wanted},
};
use serde::Serialize;
use utoipa::ToSchema;
use uuid::Uuid;

use super::{
    editions::{drafting, is_within},
    open::linked,
    plan::has_next,
};
use crate::domain::{Registered, small};

/// Open comments that one answer names at most.
const COMMENTS: usize = 500;

/// What a comment is about.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema, SimpleObject)]
pub struct CommentedRecord {
    /// Kind of the record, such as `action`.
    pub kind: String,
    /// Its id.
    pub id: Uuid,
    /// Its title, in the caller's language.
    #[schema(required = true)]
    pub name: Option<String>,
}

/// A comment that is still to be settled.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema, SimpleObject)]
pub struct OpenComment {
    /// Id of the comment.
    pub id: Uuid,
    /// What it is about.
    #[schema(required = true)]
    pub subject: Option<CommentedRecord>,
    /// Agency in whose name it is made.
    #[schema(required = true)]
    pub agency: Option<Ref>,
    /// The comment, in the caller's language.
    #[schema(required = true)]
    pub text: Option<String>,
    /// When it was made.
    pub created_at: DateTime<Utc>,
}

/// What is said of a plan, and what its actions lack, as far as the caller sees it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema, SimpleObject)]
pub struct PlanConsultation {
    /// The plan.
    pub id: Uuid,
    /// What its owner wants settled before the plan is submitted; the rest is only told.
    pub preconditions: Vec<String>,
    /// How many comments are open.
    pub open: i32,
    /// How many were settled without a change.
    pub resolved: i32,
    /// How many were carried into the plan.
    pub carried: i32,
    /// The first 500 open comments, oldest first.
    pub open_comments: Vec<OpenComment>,
    /// Actions that close no gap.
    pub actions_without_gap: Vec<Ref>,
    /// Actions that reduce no risk.
    pub actions_without_risk: Vec<Ref>,
}

/// Reads the consultation on a visible plan, in the edition that is worked on where the caller works on it.
///
/// # Errors
/// `NotFound` if the plan is not visible.
pub async fn consultation(ctx: &Ctx, id: Uuid) -> Result<PlanConsultation> {
    let plan = store::get(ctx, Plan::def(), id).await?;
    let reader = if is_within(ctx, &plan) { drafting(ctx) } else { ctx.clone() };
    let def = Comment::def();
    let columns = def.named(&["id", "owner", comment::STATUS.column]);
    let comments = store::of_plan(&reader, Wanted { def, columns }, id).await?;
    let of = |status| comments.iter().filter(move |row| row.read(comment::STATUS) == Some(status));
    let count = |status| small(of(status).count());
    let first: BTreeSet<Uuid> = of(CommentStatus::Open).map(Row::id).collect();
    let first = first.into_iter().take(COMMENTS).collect();
    let mut open: Vec<Row> = store::by_ids(&reader, def, &first).await?.into_values().collect();
    open.sort_by_key(Row::id);
    let renderer = Renderer::on(&reader, def, &open, Detail::List).await?;
    let actions = actions(&reader, &plan).await?;
    let ids: BTreeSet<Uuid> = actions.iter().map(Row::id).collect();
    let names = Renderer::for_edges(&reader, Renderer::owners(&reader).await?);
    let without = |linked: HashSet<Uuid>| {
        let loose = actions.iter().filter(move |row| !linked.contains(&row.id()));
        loose.map(|row| names.named(row)).collect::<Vec<_>>()
    };
    let caller = (reader.db.reading(), Some(&*reader.actor));
    let preconditions = plan.read(plan::PRECONDITIONS).unwrap_or_default();
    Ok(PlanConsultation {
        id,
        preconditions: preconditions.into_iter().map(|one| one.code().to_owned()).collect(),
        open: count(CommentStatus::Open),
        resolved: count(CommentStatus::Resolved),
        carried: count(CommentStatus::Carried),
        open_comments: open.iter().map(|row| shown(&renderer, row)).collect(),
        actions_without_gap: without(linked(caller, (Gap::def(), gap::ACTIONS), &ids).await?),
        actions_without_risk: without(linked(caller, (Risk::def(), risk::ACTIONS), &ids).await?),
    })
}

/// The actions that the caller sees, as they are in the edition that it works on, in order.
async fn actions(reader: &Ctx, plan: &Row) -> Result<Vec<Row>> {
    let rows = store::of_plan(reader, Action::def(), plan.id()).await?;
    let is_next = reader.actor.is_drafting && has_next(plan);
    let mut rows: Vec<Row> = if is_next { rows.iter().filter_map(unfolded).collect() } else { rows };
    rows.sort_by_key(|row| (row.read(action::POSITION), row.id()));
    Ok(rows)
}

fn shown(renderer: &Renderer, row: &Row) -> OpenComment {
    let kind = row.text("subject_kind").unwrap_or_default();
    let subject = renderer.reference(row.read(comment::SUBJECT));
    OpenComment {
        id: row.id(),
        subject: subject.map(|of| CommentedRecord { kind: kind.to_owned(), id: of.id, name: of.name }),
        agency: renderer.reference(row.read(comment::AGENCY)),
        text: renderer.texts(row).get(comment::TEXT.column).map(str::to_owned),
        created_at: row.instant("created_at").unwrap_or_default(),
    }
}
