//! Turns: in one process, the attempts at one account are made one after the other.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, PoisonError, Weak},
};

use tokio::sync::{Mutex as Lock, OwnedMutexGuard};

/// Whose turn it is at each account that somebody attempts now.
#[derive(Debug, Default)]
pub(in crate::signin) struct Turns(Mutex<HashMap<String, Weak<Lock<()>>>>);

/// The turn at one account; the next one has it when this is dropped.
#[derive(Debug)]
pub(super) struct Turn {
    _held: OwnedMutexGuard<()>,
}

impl Turns {
    /// The turn at an account, waited for in the order of asking.
    pub(super) async fn take(&self, account: &str) -> Turn {
        let lock = self.lock_of(account);
        Turn { _held: lock.lock_owned().await }
    }

    fn lock_of(&self, account: &str) -> Arc<Lock<()>> {
        let mut all = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(lock) = all.get(account).and_then(Weak::upgrade) {
            return lock;
        }
        // There are no more than attempts now, as many as requests run.
        all.retain(|_, lock| lock.strong_count() > 0);
        let lock = Arc::default();
        all.insert(account.to_owned(), Arc::downgrade(&lock));
        lock
    }
}

#[cfg(test)]
mod tests {
    use futures_util::FutureExt;

    use super::*;

    #[tokio::test]
    async fn one_has_the_turn_and_accounts_are_forgotten() {
        let turns = Turns::default();

        let first = turns.take("a").await;
        let mut second = Box::pin(turns.take("a"));
        let other = turns.take("b").await;
        assert!((&mut second).now_or_never().is_none());
        drop(first);
        drop(second.await);
        drop(other);

        drop(turns.take("c").await);
        assert_eq!(turns.0.lock().unwrap().len(), 1);
    }
}
