//! What the events between a country and a framework come to, on any day.

use chrono::NaiveDate;
use entity::{
    participation_event,
    vocab::{Confidence, DatePrecision, ParticipationEventType as Type, ParticipationStatus as Status},
};
use kernel::row::Row;
use uuid::Uuid;

use super::span::{By, Span};

/// One event, as its record has it.
#[derive(Clone, Debug)]
pub(super) struct Event {
    pub(super) id: Uuid,
    pub(super) what: Type,
    pub(super) on: Option<NaiveDate>,
    pub(super) precision: DatePrecision,
    pub(super) confidence: Confidence,
    pub(super) source: String,
    known_on: NaiveDate,
    taken_back_on: Option<NaiveDate>,
}

/// How far a country has come towards a framework.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Level {
    #[default]
    Nothing,
    Signed,
    Consented,
    InForce,
}

/// What events come to.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct State<'e> {
    pub(super) level: Level,
    /// Whether a period of participation has ended, and no other one has begun since.
    pub(super) has_ended: bool,
    /// The event that says the status.
    pub(super) told: Option<(Status, &'e Event)>,
    /// The entry into force of the last period.
    pub(super) in_force: Option<&'e Event>,
}

impl Event {
    /// Reads an event; none if the row is no whole one yet.
    pub(super) fn of(row: &Row) -> Option<Self> {
        Some(Self {
            id: row.id(),
            what: row.read(participation_event::EVENT_TYPE)?,
            on: row.read(participation_event::HAPPENED_ON),
            precision: row.read(participation_event::HAPPENED_PRECISION)?,
            confidence: row.read(participation_event::CONFIDENCE)?,
            source: row.read(participation_event::SOURCE)?,
            known_on: row.read(participation_event::KNOWN_ON)?,
            taken_back_on: row.read(participation_event::TAKEN_BACK_ON),
        })
    }

    /// The days it may have happened on.
    pub(super) fn span(&self) -> Span {
        Span::of(self.on, Some(self.precision))
    }

    /// Whether it was known on a day, and not taken back yet.
    pub(super) fn is_known(&self, on: NaiveDate) -> bool {
        self.known_on <= on && self.taken_back_on.is_none_or(|back| on < back)
    }

    /// Whether it says something of the standing.
    fn decides(&self) -> bool {
        !matches!(self.what, Type::DomesticApproval | Type::Reservation | Type::Declaration)
    }

    /// Whether it expresses the country's consent to be bound.
    pub(super) const fn is_consent(&self) -> bool {
        consent(self.what).is_some() || matches!(self.what, Type::Deposit)
    }

    fn by(&self, day: NaiveDate) -> By {
        self.span().by(day, self.known_on)
    }

    /// Its place among others: what nobody knows the day of comes first, and such a withdrawal last.
    fn place(&self) -> (NaiveDate, u8, Uuid) {
        let (unknown, day) = match self.what {
            Type::Withdrawal => (NaiveDate::MAX, self.span().last()),
            _ => (NaiveDate::MIN, self.span().first()),
        };
        let rank = match self.what {
            Type::Signature => 0,
            Type::EntryIntoForce => 3,
            Type::Withdrawal => 4,
            Type::Deposit => 2,
            _ => 1,
        };
        (day.unwrap_or(unknown), rank, self.id)
    }
}

/// The status that an act of consent gives.
const fn consent(what: Type) -> Option<Status> {
    Some(match what {
        Type::Ratification => Status::Ratified,
        Type::Accession => Status::Acceded,
        Type::Acceptance => Status::Accepted,
        Type::Approval => Status::Approved,
        Type::Succession => Status::Succeeded,
        _ => return None,
    })
}

/// Events in the order in which they happened.
#[derive(Clone, Debug, Default)]
pub(super) struct Timeline(Vec<Event>);

impl Timeline {
    /// Those events that were known on a day.
    pub(super) fn known(events: impl IntoIterator<Item = Event>, on: NaiveDate) -> Self {
        let mut known: Vec<Event> = events.into_iter().filter(|event| event.is_known(on)).collect();
        known.sort_by_key(Event::place);
        Self(known)
    }

    /// Whether they say anything of the standing.
    pub(super) fn decides(&self) -> bool {
        self.0.iter().any(Event::decides)
    }

    /// What stood on a day, and whether nobody can tell for dates that are known in part.
    pub(super) fn on(&self, day: NaiveDate) -> (State<'_>, bool) {
        let surely = fold(self.0.iter().filter(|event| event.by(day) == By::Yes));
        let perhaps = fold(self.0.iter().filter(|event| event.by(day) != By::No));
        let is_doubtful = (surely.level, surely.has_ended) != (perhaps.level, perhaps.has_ended);
        let shown = if is_doubtful { perhaps } else { surely };
        (self.with_next(shown, day), is_doubtful)
    }

    /// What a record says of today: what may have happened counts, and an entry into force that lies ahead is told.
    pub(super) fn told(&self, today: NaiveDate) -> State<'_> {
        let state = fold(self.0.iter().filter(|event| event.by(today) != By::No));
        self.with_next(state, today)
    }

    /// The state with the entry into force that is to come, where there is consent and it is known already.
    fn with_next<'e>(&'e self, mut state: State<'e>, day: NaiveDate) -> State<'e> {
        if state.level == Level::Consented {
            let is_next = |event: &&Event| event.what == Type::EntryIntoForce && event.by(day) != By::Yes;
            state.in_force = self.0.iter().find(is_next);
        }
        state
    }

    /// The periods of participation: the events up to each withdrawal, that one included.
    pub(super) fn periods(&self) -> impl Iterator<Item = &[Event]> {
        self.0.split_inclusive(|event| event.what == Type::Withdrawal)
    }
}

/// Whether an act of consent is told, or an entry into force without one.
fn has_act(state: &State<'_>) -> bool {
    state.told.is_some_and(|(status, _)| !matches!(status, Status::Signed | Status::Withdrawn))
}

fn fold<'e>(events: impl Iterator<Item = &'e Event>) -> State<'e> {
    events.fold(State::default(), |mut state, event| {
        let begins = state.level == Level::Nothing;
        match event.what {
            Type::Signature if begins => {
                state =
                    State { level: Level::Signed, told: Some((Status::Signed, event)), ..State::default() };
            }
            Type::Deposit if state.level < Level::Consented => {
                let told = state.told.filter(|(status, _)| *status != Status::Withdrawn);
                state = State { level: Level::Consented, told, ..State::default() };
            }
            Type::EntryIntoForce => {
                let told = if has_act(&state) { state.told } else { Some((Status::InForce, event)) };
                state = State { level: Level::InForce, has_ended: false, told, in_force: Some(event) };
            }
            Type::Withdrawal => {
                let told = Some((Status::Withdrawn, event));
                state = State { level: Level::Nothing, has_ended: true, told, ..state };
            }
            what => {
                if let Some(status) = consent(what).filter(|_| !has_act(&state)) {
                    let in_force = state.in_force.filter(|_| state.level == Level::InForce);
                    let level = state.level.max(Level::Consented);
                    state = State { level, has_ended: false, told: Some((status, event)), in_force };
                }
            }
        }
        state
    })
}
