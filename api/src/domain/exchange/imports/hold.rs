//! Who is at an import: one process, and one task of it.

use std::{
    collections::BTreeSet,
    sync::{Mutex, PoisonError},
};

use kernel::{Ctx, Result, turn::Turn};
use uuid::Uuid;

/// Imports that this process is at.
static AT_WORK: Mutex<BTreeSet<Uuid>> = Mutex::new(BTreeSet::new());

/// The right to carry out an import, which one process and one task has.
pub(super) struct Hold {
    turn: Option<Turn>,
    _here: Here,
}

struct Here(Uuid);

impl Drop for Here {
    fn drop(&mut self) {
        AT_WORK.lock().unwrap_or_else(PoisonError::into_inner).remove(&self.0);
    }
}

impl Hold {
    /// Takes the right; none while somebody else has it.
    pub(super) async fn take(ctx: &Ctx, id: Uuid) -> Result<Option<Self>> {
        if !AT_WORK.lock().unwrap_or_else(PoisonError::into_inner).insert(id) {
            return Ok(None);
        }
        let here = Here(id);
        let turn = Turn::take(&ctx.db, &format!("import {id}")).await?;
        Ok(turn.map(|turn| Self { turn: Some(turn), _here: here }))
    }

    /// Gives the right back.
    pub(super) async fn end(mut self) -> Result<()> {
        match self.turn.take() {
            Some(turn) => turn.end().await,
            None => Ok(()),
        }
    }
}
