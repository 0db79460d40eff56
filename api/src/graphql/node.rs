//! `node` and `nodes`: any record by its id.

use async_graphql::{Context, Interface, Object};
use futures_util::future::try_join_all;
use kernel::{KindDef, Record, record::kinds_of};
use uuid::Uuid;

use super::{
    edges::{call, one},
    fault::Fault,
};
use crate::domain::{
    access::{grant::Grant, user::User},
    cooperation::{agency::Agency, membership::Membership, task::Task, working_group::WorkingGroup},
    me::{Me, me},
    plans::{action::Action, objective::Objective, pillar::Pillar, plan::Plan},
    reference::{
        country::Country, framework::Framework, obligation::Obligation, organisation::Organisation,
        region::Region, region_membership::RegionMembership,
    },
    treaties::{country_framework::CountryFramework, participation::Participation},
    vocabularies::{Term, terms},
};

macro_rules! nodes {
    ($($R:ident),* $(,)?) => {
        /// Any record.
        #[derive(Interface)]
        #[graphql(field(name = "id", method = "node_id", ty = "Uuid", desc = "Id of the record."))]
        pub enum Node { $(
            #[doc = concat!("A record of the type ", stringify!($R), ".")]
            $R(Box<$R>)
        ),* }

        async fn load(ctx: &Context<'_>, def: &'static KindDef, id: Uuid) -> Result<Option<Node>, Fault> {
            $(if def.name == $R::def().name {
                return Ok(one::<$R>(ctx, Some(id)).await?.map(|found| Node::$R(Box::new(found))));
            })*
            Ok(None)
        }
    };
}

nodes!(
    Region,
    Country,
    RegionMembership,
    Organisation,
    Framework,
    Obligation,
    Participation,
    CountryFramework,
    Agency,
    WorkingGroup,
    Membership,
    Plan,
    Pillar,
    Objective,
    Action,
    Task,
    User,
    Grant,
);

/// Loads records of any kinds: one statement for the kinds, one for each kind among them.
async fn load_all(ctx: &Context<'_>, ids: Vec<Uuid>) -> Result<Vec<Option<Node>>, Fault> {
    let kinds = kinds_of(call(ctx)?, &ids.iter().copied().collect()).await?;
    let loads = ids.into_iter().map(|id| {
        // An id that never was takes the way of a hidden one, and as long.
        let def = kinds.get(&id).copied().unwrap_or_else(Task::def);
        load(ctx, def, id)
    });
    try_join_all(loads).await
}

/// Reading by id, and about oneself.
#[derive(Default)]
pub struct NodeQuery;

#[Object]
impl NodeQuery {
    /// Any record by its id; null if the caller may not see it.
    async fn node(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Id of the record.")] id: Uuid,
    ) -> Result<Option<Node>, Fault> {
        Ok(load_all(ctx, vec![id]).await?.pop().flatten())
    }

    /// Records by their ids, in the same order; null for those the caller may not see.
    async fn nodes(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Ids of the records, in the order of the answer.")] ids: Vec<Uuid>,
    ) -> Result<Vec<Option<Node>>, Fault> {
        if ids.len() > kernel::page::MAX_LIMIT {
            let text = format!("at most {} ids", kernel::page::MAX_LIMIT);
            return Err(Fault(kernel::Error::bad_request("?ids", kernel::Code::LimitOutOfRange, text)));
        }
        load_all(ctx, ids).await
    }

    /// The caller: account, grants, and what may be created; null for anonymous callers.
    async fn me(&self, ctx: &Context<'_>) -> Result<Option<Me>, Fault> {
        Ok(me(call(ctx)?).await?)
    }

    /// Every code of every closed list, with its labels.
    async fn vocabularies(&self) -> &'static [Term] {
        terms()
    }
}
