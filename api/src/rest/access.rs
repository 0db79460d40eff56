//! Users and grants.

use utoipa_axum::router::OpenApiRouter;

use super::kind::rest_kind;
use crate::{
    domain::access::{
        grant::{Grant, GrantFilter, GrantPatch, NewGrant},
        user::{NewUser, User, UserFilter, UserPatch},
    },
    state::AppState,
};

/// Routes of the area.
pub fn router() -> OpenApiRouter<AppState> {
    OpenApiRouter::new().merge(users::router()).merge(grants::router())
}

rest_kind!(users: User, UserFilter, NewUser, UserPatch, "/users", "user", "users", "Access";
    list_users get_user create_user update_user delete_user get_user_by_key put_user_by_key batch_users user_history);
rest_kind!(grants: Grant, GrantFilter, NewGrant, GrantPatch, "/grants", "grant", "grants", "Access";
    list_grants get_grant create_grant update_grant delete_grant get_grant_by_key put_grant_by_key batch_grants grant_history);
