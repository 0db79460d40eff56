//! What a simulation asks, read and judged: everything that is wrong is told at once.

use std::collections::BTreeSet;

use chrono::{Months, NaiveDate};
use chrono_tz::Tz;
use entity::{Country, country};
use kernel::{Code, Ctx, Error, Result, Violation, dates, store};
use uuid::Uuid;

use super::{
    super::{
        compile::facts::{Duty, Events, Facts, Place, Segment, Standing},
        rules::{Since, Written},
    },
    AccessionInput, EventInput, RuleChangeInput, SimulationInput,
};
use crate::domain::Registered;

/// Years ahead where nothing is said.
const YEARS: u32 = 3;

/// What is asked.
pub(super) struct Asked {
    /// The country.
    pub(super) place: Place,
    /// What it is called as an owner.
    pub(super) owner: String,
    /// First and last day.
    pub(super) window: (NaiveDate, NaiveDate),
    /// What due days follow from, as they would be.
    pub(super) facts: Facts,
    /// Obligations of which the answer tells.
    pub(super) about: BTreeSet<Uuid>,
    /// What happens.
    pub(super) events: Events,
    /// Whether the country's deadlines are compared.
    pub(super) compares: bool,
}

/// What is wrong so far.
#[derive(Default)]
struct Reading(Vec<Violation>);

impl Asked {
    /// Reads what is asked: six statements.
    ///
    /// # Errors
    /// `Invalid` with all that is wrong.
    pub(super) async fn read(ctx: &Ctx, input: &SimulationInput) -> Result<Self> {
        let today = ctx.clock.today();
        let mut reading = Reading::default();
        let given = [input.accession.is_some(), input.rule_change.is_some(), input.event.is_some()];
        if given.iter().filter(|one| **one).count() != 1 {
            reading.tell("", Code::RuleBroken, "one of `accession`, `rule_change` and `event`");
        }
        let years =
            input.horizon_years.map_or(Some(YEARS), |years| u32::try_from(years).ok()).unwrap_or_default();
        if !(1..=10).contains(&years) {
            reading.tell("/horizon_years", Code::OutOfRange, "1 to 10 years");
        }
        let country = match store::by_code(ctx, Country::def(), &input.country).await {
            Ok(row) => Some(row),
            Err(Error::NotFound) => {
                reading.tell("/country", Code::ReferenceNotFound, &missing("country", &input.country));
                None
            }
            Err(error) => return Err(error),
        };
        let owner = country.as_ref().and_then(|row| row.read(country::CODE)).unwrap_or_default();
        let facts = Facts::of(ctx.db.reading(), &BTreeSet::from([owner.clone()]), today).await?;
        let place = facts.places.get(&owner).copied().unwrap_or(Place { id: Uuid::nil(), zone: Tz::UTC });
        let mut asked = Self {
            place,
            owner,
            window: (today, today),
            facts,
            about: BTreeSet::new(),
            events: Events::new(),
            compares: input.rule_change.is_some(),
        };
        if let Some(joins) = &input.accession {
            asked.join(joins, &mut reading);
        }
        if let Some(change) = &input.rule_change {
            asked.change(change, &mut reading);
        }
        if let Some(event) = &input.event {
            asked.happen(event, &mut reading);
        }
        if !reading.0.is_empty() {
            reading.0.sort_by(|a, b| a.pointer.cmp(&b.pointer));
            return Err(Error::Invalid(reading.0));
        }
        let from = asked.window.0;
        let months = Months::new(years.saturating_mul(12));
        asked.window.1 = Ord::max(from, today).checked_add_months(months).unwrap_or(from);
        Ok(asked)
    }

    /// Lets the State join a framework.
    fn join(&mut self, input: &AccessionInput, reading: &mut Reading) {
        let day = reading.day(&input.in_force_on, "/accession/in_force_on");
        let Some(id) = reading.named(
            self.facts.framework(&input.framework),
            ("framework", &input.framework),
            "/accession/framework",
        ) else {
            return;
        };
        self.facts.standings.insert((self.place.id, id), Standing::Party(Since::day(day)));
        self.about.extend(self.facts.duties.values().filter(|duty| duty.framework == id).map(|duty| duty.id));
        self.window.0 = day.unwrap_or(self.window.0);
    }

    /// Lets another rule of an obligation hold.
    fn change(&mut self, input: &RuleChangeInput, reading: &mut Reading) {
        let begins =
            input.valid_from.as_deref().and_then(|text| reading.day(text, "/rule_change/valid_from"));
        let dtstart = input.dtstart.as_deref().and_then(|text| reading.day(text, "/rule_change/dtstart"));
        let id = reading.named(
            self.facts.obligations.get(&input.obligation).copied(),
            ("obligation", &input.obligation),
            "/rule_change/obligation",
        );
        let duty = id.and_then(|id| self.facts.duties.get_mut(&id));
        let written = Written {
            rrule: input.rrule.clone(),
            dtstart,
            relative_due: input.relative_due.clone(),
            is_of_event: duty.as_ref().is_some_and(|duty| duty.is_of_event()),
            due_days: input.due_days.clone(),
        };
        for (field, why) in written.read().err().into_iter().flatten() {
            reading.tell(&format!("/rule_change/{field}"), Code::BadFormat, &why);
        }
        self.window.0 = begins.unwrap_or(self.window.0);
        if let Some(duty) = duty {
            duty.replace_from(Segment::of(&written, None, (Some(self.window.0), None)), self.window.0);
            self.about.insert(duty.id);
        }
    }

    /// Lets something happen that concerns some obligations, or all that count from an event.
    fn happen(&mut self, input: &EventInput, reading: &mut Reading) {
        let at = dates::instant(&input.happened_at);
        if at.is_none() {
            reading.tell("/event/happened_at", Code::BadFormat, "an instant with its offset (RFC 3339)");
        }
        for (place, code) in input.obligations.iter().enumerate() {
            self.about.extend(reading.named(
                self.facts.obligations.get(code).copied(),
                ("obligation", code),
                &format!("/event/obligations/{place}"),
            ));
        }
        let mut wanted = BTreeSet::new();
        for (place, code) in input.frameworks.iter().enumerate() {
            wanted.extend(reading.named(
                self.facts.framework(code),
                ("framework", code),
                &format!("/event/frameworks/{place}"),
            ));
        }
        let duties = &self.facts.duties;
        if input.obligations.is_empty() {
            self.about.extend(duties.values().filter(|duty| duty.is_of_event()).map(|duty| duty.id));
        }
        let is_bound = |duty: &Duty| self.facts.standings.contains_key(&(self.place.id, duty.framework));
        let is_wanted = |duty: &Duty| wanted.is_empty() || wanted.contains(&duty.framework);
        self.about.retain(|id| duties.get(id).is_some_and(|duty| is_bound(duty) && is_wanted(duty)));
        self.events = self.about.iter().filter_map(|id| Some((*id, vec![(Uuid::nil(), at?)]))).collect();
    }
}

impl Reading {
    fn tell(&mut self, at: &str, code: Code, text: &str) {
        self.0.push(Violation::new(at, code, text));
    }

    fn day(&mut self, text: &str, at: &str) -> Option<NaiveDate> {
        let found = dates::day(text);
        if found.is_none() {
            self.tell(at, Code::BadFormat, "a day such as `2027-03-31`");
        }
        found
    }

    /// What a code stands for, or tells that it stands for nothing.
    fn named(&mut self, found: Option<Uuid>, (kind, code): (&str, &str), at: &str) -> Option<Uuid> {
        if found.is_none() {
            self.tell(at, Code::ReferenceNotFound, &missing(kind, code));
        }
        found
    }
}

fn missing(kind: &str, code: &str) -> String {
    let code: String = code.chars().take(100).collect();
    format!("there is no {kind} {code:?} here")
}
