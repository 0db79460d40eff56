//! Who is told of a token that somebody makes for a person: each owner the person acts for, in its log.
//!
//! Such a change set holds one change, which names the account and leaves it as it is; the token is in none.

use entity::User;
use kernel::{Ctx, Result, actor::Actor};
use sea_orm::sea_query::{Cond, ExprTrait, InsertStatement};
use uuid::Uuid;

use super::standing::owners_of;
use crate::domain::Registered;

/// The owner of what the host of the service does by itself.
const HOST: &str = "installation";

/// Logs that a token was made for a user, under the caller's owner and each owner the user holds grants of.
///
/// Every change set is committed together with `stored`, the row the token is kept in, if it is kept: what a
/// log says has happened, wherever a later set fails.
///
/// # Errors
/// What the database says.
pub async fn give(ctx: &Ctx, user: Uuid, stored: Option<&InsertStatement>) -> Result<()> {
    let mut owners = owners_of(ctx, user).await?;
    let own = ctx.actor.acting.clone().unwrap_or_else(|| HOST.into());
    if !owners.contains(&own) {
        owners.push(own);
    }
    for owner in owners {
        let stored = stored.cloned();
        let log = under(ctx, &owner);
        log.run(async move |unit| {
            let account = User::def().col("id").eq(user);
            unit.touch(User::def(), Cond::all().add(account)).await?;
            if let Some(row) = &stored {
                unit.conn().run(row).await?;
            }
            Ok(())
        })
        .await?;
        tracing::warn!(user.id = %user, owner, "a token was made for user {user}, who acts for {owner}");
    }
    Ok(())
}

/// The same caller writing to the log of `owner`.
#[must_use]
pub fn under(ctx: &Ctx, owner: &str) -> Ctx {
    let mut actor = Actor::clone(&ctx.actor);
    actor.acting = Some(owner.to_owned());
    ctx.acting(actor)
}
