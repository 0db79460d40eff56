//! In which order events between a country and a framework can happen.

use std::collections::BTreeSet;

use chrono::NaiveDate;
use entity::vocab::ParticipationEventType as Type;
use kernel::Code;
use uuid::Uuid;

use super::{
    span::Span,
    timeline::{Event, Timeline},
};

/// Something that cannot have happened like that.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Problem {
    /// The events that it is about.
    pub(super) of: BTreeSet<Uuid>,
    /// What is wrong.
    pub(super) text: &'static str,
}

pub(super) const BEFORE_ADOPTION: &str =
    "an entry into force does not lie before the adoption of the framework";
pub(super) const BEFORE_CONSENT: &str = "an entry into force does not lie before the consent of the country";
pub(super) const BEFORE_FORCE: &str = "a withdrawal does not lie before the entry into force";
pub(super) const OVERLAP: &str = "a period of participation ends by a withdrawal before another one begins";

impl Problem {
    fn of<'e>(text: &'static str, events: impl IntoIterator<Item = &'e Event>) -> Self {
        Self { of: events.into_iter().map(|event| event.id).collect(), text }
    }

    /// The code of the refusal.
    pub(super) fn code(&self) -> Code {
        if self.text == OVERLAP { Code::PeriodsOverlap } else { Code::OutOfOrder }
    }
}

/// Everything that cannot have happened as the events say.
pub(super) fn problems(timeline: &Timeline, adopted: Option<NaiveDate>) -> BTreeSet<Problem> {
    let adopted = Span::of(adopted, None);
    let mut found = BTreeSet::new();
    let (mut was_in_force, mut early) = (false, None);
    for period in timeline.periods() {
        let of = |what: Type| period.iter().filter(move |event| event.what == what);
        let consents = || period.iter().filter(|event| event.is_consent());
        // A successor State takes part from its independence on, and says so later.
        let is_succession = of(Type::Succession).next().is_some();
        for event in of(Type::EntryIntoForce) {
            if event.span().is_before(adopted) {
                found.insert(Problem::of(BEFORE_ADOPTION, [event]));
            }
            let is_late = |consent: &Event| event.span().is_before(consent.span());
            if !is_succession && consents().next().is_some() && consents().all(is_late) {
                found.insert(Problem::of(BEFORE_CONSENT, consents().chain([event])));
            }
            if let Some(withdrawal) = early.take().filter(|_| consents().next().is_none()) {
                found.insert(Problem::of(BEFORE_FORCE, [withdrawal, event]));
            }
            was_in_force = true;
        }
        if of(Type::EntryIntoForce).nth(1).is_some() {
            found.insert(Problem::of(OVERLAP, of(Type::EntryIntoForce)));
        }
        early = of(Type::Withdrawal).next().filter(|_| !was_in_force);
    }
    found
}
