//! The people of the demonstration: accounts, grants, one password.

use std::collections::BTreeSet;

use entity::{Grant, User, credential};
use kernel::{Result, Unit};
use sea_orm::sea_query::{Expr, ExprTrait, Query};
use serde::{Deserialize, Serialize};
use serde_json::json;
use uuid::Uuid;

use super::{
    bodies::{ONCE, text, with},
    file::{Fields, read},
};
use crate::{
    seed::{
        DEMO,
        reference::{bring, known},
        report::Report,
        sync::{Rule, Wanted},
    },
    signin::{password, session},
};

/// The password of every account of the demonstration; no secret, it is printed at the start.
pub const PASSWORD: &str = "rehearsal-only-Concord-demo";

const BY_EMAIL: Rule = Rule { key: |row| row.text("email").unwrap_or_default().to_owned(), follows: true };

/// Somebody who can sign in to the demonstration.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct SignIn {
    /// Address to sign in with.
    pub email: String,
    /// Role held.
    pub role: String,
    /// Owner the role is held for.
    pub owner: String,
    /// What the account shows.
    pub shows: String,
}

#[derive(Debug, Deserialize)]
struct Person {
    email: String,
    name: String,
    shows: String,
    grant: Fields,
}

/// Who can sign in to the demonstration.
///
/// # Errors
/// `Internal` naming the place of the file that does not fit.
pub fn sign_ins() -> Result<Vec<SignIn>> {
    Ok(people()?.into_iter().map(sign_in).collect())
}

fn people() -> Result<Vec<Person>> {
    read("people.json", include_str!("../../../data/demo/people.json"))
}

/// Brings in accounts and grants; answers who can sign in.
pub(super) async fn load(unit: &mut Unit, report: &mut Report) -> Result<Vec<SignIn>> {
    let people = people()?;
    let accounts = people.iter().map(|person| {
        Wanted::new(DEMO, &person.email, json!({ "email": person.email, "name": person.name }))
    });
    let users = bring::<User>(unit, report, BY_EMAIL, accounts.collect()).await?.ids;
    let mut grants = Vec::new();
    let mut holders = BTreeSet::new();
    for Person { email, grant, .. } in &people {
        let user = known(&users, email)?;
        let key = format!("{email}/{}/{}", text(grant, "role"), text(grant, "owner"));
        grants.push(Wanted::new(DEMO, &key, with(grant, [("user", json!(user))])));
        holders.insert(user);
    }
    bring::<Grant>(unit, report, ONCE, grants).await?;
    set_passwords(unit, holders).await?;
    Ok(people.into_iter().map(sign_in).collect())
}

fn sign_in(person: Person) -> SignIn {
    SignIn {
        role: text(&person.grant, "role").to_owned(),
        owner: text(&person.grant, "owner").to_owned(),
        email: person.email,
        shows: person.shows,
    }
}

/// Gives the password to those who have none; whoever has changed it keeps the new one.
async fn set_passwords(unit: &Unit, mut users: BTreeSet<Uuid>) -> Result<()> {
    use credential::{Column, Entity};
    let have = Query::select()
        .column(Column::UserId)
        .from(Entity)
        .and_where(Expr::col(Column::UserId).is_in(users.iter().copied()))
        .take();
    for row in unit.conn().all(&have).await? {
        users.remove(&row.try_get_by_index(0)?);
    }
    if users.is_empty() {
        return Ok(());
    }
    let hash = password::hash(PASSWORD).await?;
    for user in users {
        session::set_hash(&unit.ctx, unit.conn(), user, &hash).await?;
    }
    Ok(())
}
