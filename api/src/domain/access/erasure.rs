//! Erasure of a person: the account stays as a number, everything else that was kept of it goes.

use std::collections::BTreeSet;

use entity::{ApiKey, Calendar, Grant, User, api_key, calendar, grant, user};
use kernel::{
    Ctx, Error, Result, Unit, change,
    policy::{Verb, authorize},
    record::Op,
    row::Row,
    store,
};
use sea_orm::sea_query::{Alias, Cond, Expr, ExprTrait, Query};
use serde_json::{Map, Value as Json, json};
use uuid::Uuid;

use crate::domain::Registered;

/// Domain of the addresses that stand for persons who were erased; nobody else has one.
pub(crate) const DOMAIN: &str = "@erased.invalid";

/// Which account is erased, and why.
#[derive(Clone, Debug)]
pub struct Erasure {
    /// The account.
    pub user: Uuid,
    /// The version that was read.
    pub version: Option<i32>,
    /// Why; the log keeps it.
    pub reason: String,
}

/// Erases a person: ends its grants, keys and calendars, closes its account under a pseudonym, and destroys what the log holds of both.
///
/// # Errors
/// `NotFound` if the account is not visible; `Forbidden` to all but the person and the operator; `VersionRequired`,
/// `StaleVersion`; `Conflict(LastFocalPoint)`; what the database says.
pub async fn erase(ctx: &Ctx, erasure: Erasure) -> Result<Row> {
    ctx.write(async move |unit| erasure.run(unit).await).await
}

impl Erasure {
    async fn run(&self, unit: &mut Unit) -> Result<Row> {
        let account = store::get(&unit.ctx, User::def(), self.user).await?;
        authorize(unit.actor(), Verb::Update, User::def(), &account.scope()).map_err(|_| {
            Error::Forbidden("only the person itself and the operator erase an account".into())
        })?;
        match self.version {
            None => return Err(Error::VersionRequired),
            Some(version) if version != account.version() => {
                return Err(Error::StaleVersion { current: Some(account.version()) });
            }
            Some(_) => {}
        }
        let actor = unit.elevate();
        let erased = self.elevated(unit, &account).await;
        unit.act_as(actor);
        erased
    }

    async fn elevated(&self, unit: &mut Unit, account: &Row) -> Result<Row> {
        let of_user = Cond::all().add(Grant::def().col(grant::USER.column).eq(self.user));
        let grants = store::all(unit.conn(), Grant::def(), of_user).await?;
        for held in &grants {
            unit.apply_one(Grant::def(), Op::Delete { id: held.id(), version: Some(held.version()) }).await?;
        }
        self.end_keys(unit).await?;
        // Grants, keys and calendars that are gone are in the log.
        let mut records = BTreeSet::from([self.user]);
        for def in [Grant::def(), ApiKey::def(), Calendar::def()] {
            records.extend(change::records_about(unit.conn(), def, self.user).await?);
        }
        unit.destroy(&records).await?;
        unit.forget_before();
        let op = Op::Move {
            id: self.user,
            version: self.version,
            verb: Verb::Update,
            authority: Verb::Update,
            set: self.what_is_left(unit, account),
            faults: Vec::new(),
        };
        let erased = unit.make_move(User::def(), op).await?;
        self.sweep(unit).await?;
        Ok(erased)
    }

    /// Deletes the person's API keys and calendars, with what leads to them.
    async fn end_keys(&self, unit: &mut Unit) -> Result<()> {
        for (def, person) in [(ApiKey::def(), api_key::USER.column), (Calendar::def(), calendar::USER.column)]
        {
            let of_user = Cond::all().add(def.col(person).eq(self.user));
            for key in store::all(unit.conn(), def, of_user).await? {
                for (table, column) in def.declared.held {
                    delete(unit, table, column, key.id()).await?;
                }
                unit.apply_one(def, Op::Delete { id: key.id(), version: Some(key.version()) }).await?;
            }
        }
        Ok(())
    }

    /// The account as it stays.
    fn what_is_left(&self, unit: &Unit, account: &Row) -> Map<String, Json> {
        let now = unit.ctx.clock.now();
        let name = format!("erased-{}", account.read(user::NUMBER).unwrap_or_default());
        Map::from_iter([
            (user::EMAIL.column.to_owned(), json!(format!("{name}{DOMAIN}"))),
            (user::NAME.column.to_owned(), json!(name)),
            (user::LANGUAGE.column.to_owned(), json!(null)),
            ("source_system".to_owned(), json!(null)),
            ("external_key".to_owned(), json!(null)),
            (user::VALID_UNTIL.column.to_owned(), json!(now)),
            (user::ERASED_AT.column.to_owned(), json!(now)),
            (user::ERASURE_REASON.column.to_owned(), json!(self.reason)),
        ])
    }

    /// Deletes what other tables keep of the person: everything that would keep an account from being deleted.
    async fn sweep(&self, unit: &Unit) -> Result<()> {
        for (table, column) in User::def().declared.held {
            delete(unit, table, column, self.user).await?;
        }
        Ok(())
    }
}

/// Deletes the rows of a table that name a record in a column.
async fn delete(unit: &Unit, table: &str, column: &str, id: Uuid) -> Result<()> {
    let its = Expr::col(Alias::new(column)).eq(id);
    unit.conn().run(&Query::delete().from_table(Alias::new(table)).and_where(its).take()).await?;
    Ok(())
}
