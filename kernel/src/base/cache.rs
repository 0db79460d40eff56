//! What a process keeps of what it found out: so much at most, and what was used longest ago goes first.

use std::{
    borrow::Borrow,
    fmt,
    hash::Hash,
    num::NonZeroUsize,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use lru::LruCache;

/// Values by key, for all that run in the process; cheap to clone.
pub struct Cache<K, V>(Arc<Mutex<LruCache<K, V>>>);

impl<K: Hash + Eq, V: Clone> Cache<K, V> {
    /// Keeps so many at most.
    #[must_use]
    pub fn of(most: NonZeroUsize) -> Self {
        Self(Arc::new(Mutex::new(LruCache::new(most))))
    }

    /// The value under a key, if it is kept still.
    pub fn get<Q: Hash + Eq + ?Sized>(&self, key: &Q) -> Option<V>
    where
        K: Borrow<Q>,
    {
        self.locked().get(key).cloned()
    }

    /// Keeps a value, in the place of the one under its key.
    pub fn put(&self, key: K, value: V) {
        self.locked().put(key, value);
    }

    fn locked(&self) -> MutexGuard<'_, LruCache<K, V>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl<K, V> Clone for Cache<K, V> {
    fn clone(&self) -> Self {
        Self(self.0.clone())
    }
}

impl<K, V> fmt::Debug for Cache<K, V> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Cache")
    }
}
