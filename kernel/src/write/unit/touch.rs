//! Logging that who may see records has changed, though the records have not.

use sea_orm::sea_query::{Alias, Cond, Order};
use uuid::Uuid;

use super::Unit;
use crate::{error::Result, record::KindDef, recorder::Change, store};

impl Unit {
    /// Id of the change set this unit becomes.
    #[must_use]
    pub const fn set_id(&self) -> Uuid {
        self.recorder.set
    }

    /// Logs the records that meet `which` as seen by others from here on, or no longer; their rows are
    /// locked and stay as they are.
    ///
    /// Plans come before what stands below them, so that nothing is added below one meanwhile.
    ///
    /// # Errors
    /// What the database says.
    pub async fn touch(&mut self, def: &'static KindDef, which: Cond) -> Result<()> {
        let mut select = store::unseen(def);
        select.cond_where(which).order_by((def.iden(), Alias::new("id")), Order::Asc);
        self.lock(&mut select, false);
        let rows = store::rows(self.conn(), def, &select).await?;
        let touched = rows.iter().map(Change::touch).collect();
        let (conn, recorder) = (self.ctx.db.within(&self.transaction), &mut self.recorder);
        recorder.record(conn, touched).await
    }
}
