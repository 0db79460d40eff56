//! Records to which a secret leads that is shown once: API keys, calendars.

use futures_util::future::BoxFuture;
use kernel::{Ctx, Error, KindDef, Result, Unit, db::Conn, record::Op, row::Row};
use serde_json::{Map, Value as Json};

/// Stores the secret that leads to a new record, and answers it.
pub(in crate::domain) type Give = for<'a> fn(Conn<'a>, &'a Row) -> BoxFuture<'a, Result<String>>;

/// Makes a record of the caller; answers it with the secret that leads to it, which nobody learns again.
///
/// # Errors
/// Why the record was refused; what the database says.
pub(in crate::domain) async fn shown_once(
    ctx: &Ctx,
    def: &'static KindDef,
    fields: Map<String, Json>,
    give: Give,
) -> Result<(Row, String)> {
    // No idempotency key: what repeated calls are answered from holds no secrets.
    let new = New { def, fields, give };
    ctx.run(async move |unit| new.make(unit).await).await
}

/// A record to be made, for a unit; a struct and not a closure, whose future would not be known to be `Send`.
struct New {
    def: &'static KindDef,
    fields: Map<String, Json>,
    give: Give,
}

impl New {
    async fn make(&self, unit: &mut Unit) -> Result<(Row, String)> {
        let outcome = unit.apply_one(self.def, Op::Create(self.fields.clone())).await?;
        let row = outcome.row.ok_or_else(|| Error::Internal("a new record has no row".into()))?;
        let secret = (self.give)(unit.conn(), &row).await?;
        Ok((row, secret))
    }
}
