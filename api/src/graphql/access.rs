//! Users and grants.

use async_graphql::{ComplexObject, Context, MergedObject};
use kernel::store::Via;

use super::{edges::one, fault::Fault, kind::graphql_kind};
use crate::domain::{
    access::{
        grant::{Grant, GrantFilter, GrantPatch, NewGrant},
        user::{NewUser, User, UserFilter, UserPatch},
    },
    cooperation::agency::Agency,
    me::MyGrant,
    plans::plan::Plan,
};

/// Reading of the area.
#[derive(Default, MergedObject)]
pub struct AccessQuery(UserQuery, GrantQuery);

/// Writing of the area.
#[derive(Default, MergedObject)]
pub struct AccessMutation(UserMutation, GrantMutation);

graphql_kind!(User, UserFilter, NewUser, UserPatch, "user";
    query UserQuery { user by id, users, user_by_key }
    mutation UserMutation { create_user, update_user, delete_user, upsert_user, users_batch }
    inputs { UpdateUserInput, UserPayload { user } }
    refs {  }
    edges {
        grants: Grant, GrantFilter via Via::Column("user_id");
    }
);

graphql_kind!(Grant, GrantFilter, NewGrant, GrantPatch, "grant";
    query GrantQuery { grant by id, grants, grant_by_key }
    mutation GrantMutation { create_grant, update_grant, delete_grant, upsert_grant, grants_batch }
    inputs { UpdateGrantInput, GrantPayload { grant } }
    refs { user: User, agency: Agency, within_plan: Plan }
    edges {
    }
);

#[ComplexObject]
impl MyGrant {
    /// Agency of an officer or agency lead.
    async fn agency(&self, ctx: &Context<'_>) -> Result<Option<Agency>, Fault> {
        one(ctx, self.agency.as_ref().map(|to| to.id)).await
    }

    /// Plan the grant is narrowed to; null where the caller may not see it.
    async fn within_plan(&self, ctx: &Context<'_>) -> Result<Option<Plan>, Fault> {
        one(ctx, self.within_plan.as_ref().map(|to| to.id)).await
    }
}
