//! The clock and the maker of ids: the only source of time and identity.

use std::sync::{
    Arc,
    atomic::{AtomicI64, Ordering},
};

use chrono::{DateTime, NaiveDate, SubsecRound, Utc};
use uuid::{ContextV7, Timestamp, Uuid};

/// Gives the time and makes ids that sort in order of creation.
#[derive(Clone, Debug)]
pub struct Clock {
    source: Source,
    context: Arc<std::sync::Mutex<ContextV7>>,
}

#[derive(Clone, Debug)]
enum Source {
    System,
    Fixed(Arc<AtomicI64>),
}

impl Clock {
    /// The machine's clock.
    #[must_use]
    pub fn system() -> Self {
        Self { source: Source::System, context: Arc::default() }
    }

    /// A clock that stands still until it is moved; for tests and rehearsals.
    #[must_use]
    pub fn fixed(at: DateTime<Utc>) -> Self {
        Self {
            source: Source::Fixed(Arc::new(AtomicI64::new(at.timestamp_micros()))),
            context: Arc::default(),
        }
    }

    /// Moves a fixed clock; the system clock stays as it is.
    pub fn advance(&self, by: chrono::TimeDelta) {
        if let (Source::Fixed(micros), Some(by)) = (&self.source, by.num_microseconds()) {
            micros.fetch_add(by, Ordering::SeqCst);
        }
    }

    /// The present instant, cut to microseconds, the precision both databases keep.
    #[must_use]
    pub fn now(&self) -> DateTime<Utc> {
        match &self.source {
            #[expect(clippy::disallowed_methods, reason = "the clock is the one place that asks the machine")]
            Source::System => Utc::now().trunc_subsecs(6),
            Source::Fixed(micros) => {
                DateTime::from_timestamp_micros(micros.load(Ordering::SeqCst)).unwrap_or_default()
            }
        }
    }

    /// Today's date in UTC.
    #[must_use]
    pub fn today(&self) -> NaiveDate {
        self.now().date_naive()
    }

    /// A new UUIDv7; ids made later by this process sort after earlier ones.
    #[must_use]
    pub fn id(&self) -> Uuid {
        let now = self.now();
        let seconds = u64::try_from(now.timestamp()).unwrap_or_default();
        let context = self.context.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
        Uuid::new_v7(Timestamp::from_unix(&*context, seconds, now.timestamp_subsec_nanos()))
    }
}
