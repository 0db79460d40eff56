//! Many changes told of in one message: those of an import whose sender asked for it.

use std::collections::BTreeMap;

use kernel::change::feed::ChangeEvent;
use serde_json::{Value as Json, json};

use crate::domain::exchange::changes::Told;

/// Type of the message.
pub(super) const NAME: &str = "changes.summary";

/// What became of records in a stretch of the feed, counted.
pub(super) struct Summary {
    /// Cursor after which the stretch begins.
    after: String,
    counts: BTreeMap<(String, ChangeEvent), u64>,
    /// Places of the first and the last change that is counted.
    ends: Option<(String, String)>,
}

impl Summary {
    /// Of nothing yet, after a cursor.
    pub(super) const fn after(after: String) -> Self {
        Self { after, counts: BTreeMap::new(), ends: None }
    }

    /// Counts a change.
    pub(super) fn add(&mut self, told: &Told) {
        *self.counts.entry((told.change.kind.clone(), told.change.event)).or_default() += 1;
        let first = self.ends.take().map_or_else(|| told.place.clone(), |(first, _)| first);
        self.ends = Some((first, told.place.clone()));
    }

    /// What tells this summary from others; none where nothing is counted.
    pub(super) fn place(&self) -> Option<String> {
        self.ends.as_ref().map(|(first, last)| format!("{NAME} {first} {last}"))
    }

    /// What the message says of a stretch that ends at a cursor.
    pub(super) fn told(&self, cursor: &str) -> Json {
        let counts = self
            .counts
            .iter()
            .map(|((kind, event), count)| json!({ "kind": kind, "event": event.name(), "count": count }));
        json!({ "after": self.after, "cursor": cursor, "counts": counts.collect::<Vec<_>>() })
    }
}
