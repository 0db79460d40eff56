//! What due days follow from: obligations with their rules, and the standing of countries.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use chrono::{DateTime, NaiveDate, Utc};
use chrono_tz::Tz;
use entity::{
    Country, Framework, Obligation, ObligationVersion, Participation, country, framework, obligation,
    obligation_version, participation,
    vocab::{BindingForce, DatePrecision, FrameworkKind, ParticipationStatus, PeriodCovered},
};
use kernel::{Result, db::Conn, row::Row, store};
use sea_orm::sea_query::{Cond, ExprTrait};
use uuid::Uuid;

use super::super::{
    rules::{Basis, Due, Rule, Since, Written},
    span::Span,
};
use crate::domain::Registered;

/// Statuses of a State that is bound.
const BOUND: &[ParticipationStatus] = &[
    ParticipationStatus::Ratified,
    ParticipationStatus::Acceded,
    ParticipationStatus::Accepted,
    ParticipationStatus::Approved,
    ParticipationStatus::Succeeded,
    ParticipationStatus::InForce,
    ParticipationStatus::BindingAllUnMembers,
];

/// A rule of an obligation with the days on which it holds.
#[derive(Clone, Debug)]
pub struct Segment {
    version: Option<Uuid>,
    text: String,
    rule: Rule,
    from: Option<NaiveDate>,
    to: Option<NaiveDate>,
}

impl Segment {
    /// A rule that holds from a day on, as it is tried.
    #[must_use]
    pub fn of(
        written: &Written,
        version: Option<Uuid>,
        days: (Option<NaiveDate>, Option<NaiveDate>),
    ) -> Option<Self> {
        // What was stored was read before; a rule that cannot be read any more leads to nothing.
        let rule = written.read().ok()??;
        Some(Self { version, text: written.text(), rule, from: days.0, to: days.1 })
    }

    fn holds(&self, day: NaiveDate) -> bool {
        self.from.is_none_or(|from| from <= day) && self.to.is_none_or(|to| day <= to)
    }
}

/// An obligation with its rules.
#[derive(Clone, Debug)]
pub struct Duty {
    /// Its id.
    pub id: Uuid,
    /// The framework.
    pub framework: Uuid,
    /// How binding it is.
    pub binding: BindingForce,
    /// The fuller obligation that counts where both fall due on one day.
    pub fuller: Option<Uuid>,
    /// Its rules, one after the other; none of a part of a whole.
    pub segments: Vec<Segment>,
    covers: PeriodCovered,
}

/// What a State is to a framework.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Standing {
    /// It is bound.
    Party(Since),
    /// It has consented, and the treaty is not in force.
    Prospective,
}

/// A country: its id and time zone.
#[derive(Clone, Copy, Debug)]
pub struct Place {
    /// Its id.
    pub id: Uuid,
    /// Time zone of its capital.
    pub zone: Tz,
}

/// Events by the obligation that they concern: which, and when.
pub type Events = HashMap<Uuid, Vec<(Uuid, DateTime<Utc>)>>;

/// All that due days of some countries follow from.
#[derive(Clone, Debug, Default)]
pub struct Facts {
    /// The obligations.
    pub duties: BTreeMap<Uuid, Duty>,
    /// The countries, by what they are called as owners.
    pub places: BTreeMap<String, Place>,
    /// The standing of a country towards a framework.
    pub standings: HashMap<(Uuid, Uuid), Standing>,
    /// Ids of all obligations by their codes, of those that are closed too.
    pub obligations: BTreeMap<String, Uuid>,
    frameworks: HashMap<Uuid, Row>,
}

impl Facts {
    /// Reads what due days of these countries follow from: five statements.
    ///
    /// # Errors
    /// What the database says.
    pub async fn of(conn: Conn<'_>, owners: &BTreeSet<String>, today: NaiveDate) -> Result<Self> {
        let mut facts = Self::default();
        let def = Country::def();
        let named = Cond::all().add(def.col(country::CODE.column).is_in(owners.iter().map(String::as_str)));
        for row in store::all(conn, def, named).await? {
            let zone = row.read(country::TIME_ZONE).and_then(|zone| zone.parse().ok()).unwrap_or(Tz::UTC);
            let place = Place { id: row.id(), zone };
            facts.places.extend(row.read(country::CODE).map(|code| (code, place)));
        }
        let all = |def| store::all(conn, def, Cond::all());
        facts.frameworks = all(Framework::def()).await?.into_iter().map(|row| (row.id(), row)).collect();
        let mut versions: HashMap<Uuid, Vec<Row>> = HashMap::new();
        for row in all(ObligationVersion::def()).await? {
            if let Some(of) = row.read(obligation_version::OBLIGATION) {
                versions.entry(of).or_default().push(row);
            }
        }
        for row in all(Obligation::def()).await? {
            facts.obligations.extend(row.read(obligation::CODE).map(|code| (code, row.id())));
            if row.read(obligation::VALID_UNTIL).is_none_or(|day| day >= today) {
                let own = versions.remove(&row.id()).unwrap_or_default();
                facts.duties.extend(duty(&row, own).map(|duty| (row.id(), duty)));
            }
        }
        let def = Participation::def();
        let ids = facts.places.values().map(|place| place.id);
        let of = Cond::all().add(def.col(participation::COUNTRY.column).is_in(ids));
        let mut rows = store::all(conn, def, of).await?;
        rows.retain(|row| row.read(participation::VALID_UNTIL).is_none_or(|day| day >= today));
        // What a country states itself counts before what a depositary is said to hold.
        rows.sort_by_key(|row| row.owner() != "reference");
        for row in &rows {
            if let (Some(country), Some(framework)) =
                (row.read(participation::COUNTRY), row.read(participation::FRAMEWORK))
            {
                match facts.standing(row, framework) {
                    Some(standing) => facts.standings.insert((country, framework), standing),
                    None => facts.standings.remove(&(country, framework)),
                };
            }
        }
        Ok(facts)
    }

    /// The framework with a code.
    #[must_use]
    pub fn framework(&self, code: &str) -> Option<Uuid> {
        self.frameworks.values().find(|row| row.text(framework::CODE.column) == Some(code)).map(Row::id)
    }

    /// These obligations, and those that one of them may take the place of.
    #[must_use]
    pub fn with_replaced(&self, ids: &BTreeSet<Uuid>) -> BTreeSet<Uuid> {
        let is_replaced = |duty: &&Duty| duty.fuller.is_some_and(|fuller| ids.contains(&fuller));
        ids.iter().copied().chain(self.duties.values().filter(is_replaced).map(|duty| duty.id)).collect()
    }

    fn standing(&self, row: &Row, framework: Uuid) -> Option<Standing> {
        let status = row.read(participation::STATUS)?;
        let framework = self.frameworks.get(&framework)?;
        if !BOUND.contains(&status) {
            return None;
        }
        let in_force = framework.read(framework::IN_FORCE_ON);
        if status == ParticipationStatus::BindingAllUnMembers {
            return Some(Standing::Party(Since::day(in_force)));
        }
        let is_of_states = matches!(
            framework.read(framework::KIND),
            Some(FrameworkKind::Treaty | FrameworkKind::Amendment | FrameworkKind::Regulation)
        );
        if is_of_states && in_force.is_none() {
            return Some(Standing::Prospective);
        }
        let day = row.read(participation::IN_FORCE_ON);
        let precision = row.read(participation::IN_FORCE_PRECISION);
        let is_exact = precision.is_none_or(|one| one == DatePrecision::Day);
        // No State is bound before the treaty is in force.
        let earliest = Ord::max(Span::of(day, precision).first(), in_force.filter(|_| is_of_states));
        Some(Standing::Party(Since { entry: day.filter(|_| is_exact), earliest }))
    }

    /// What falls due for a country by all obligations or some, without what a fuller return replaces.
    #[must_use]
    pub fn dues(
        &self,
        place: Place,
        window: (NaiveDate, NaiveDate),
        events: &Events,
    ) -> BTreeMap<Uuid, Vec<Due>> {
        let mut found: BTreeMap<Uuid, Vec<Due>> = BTreeMap::new();
        for duty in self.duties.values() {
            let Some(Standing::Party(since)) = self.standings.get(&(place.id, duty.framework)) else {
                continue;
            };
            let of_duty = events.get(&duty.id).map_or(&[][..], Vec::as_slice);
            found.insert(duty.id, duty.dues(place.zone, (*since, window), of_duty));
        }
        let fuller: Vec<(Uuid, Vec<NaiveDate>)> = self
            .duties
            .values()
            .filter_map(|duty| Some((duty.id, found.get(&duty.fuller?)?.iter().map(|due| due.on).collect())))
            .collect();
        for (id, days) in fuller {
            if let Some(own) = found.get_mut(&id) {
                own.retain(|due| !days.contains(&due.on));
            }
        }
        found
    }
}

impl Duty {
    /// Whether something falls due by it after an event.
    #[must_use]
    pub fn is_of_event(&self) -> bool {
        self.segments.iter().any(|segment| matches!(segment.rule, Rule::Event(_)))
    }

    /// Lets another rule hold from a day on.
    pub fn replace_from(&mut self, segment: Option<Segment>, from: NaiveDate) {
        self.segments.retain(|one| one.from.is_none_or(|begins| begins < from));
        let before = from.pred_opt();
        for one in &mut self.segments {
            one.to = one.to.into_iter().chain(before).min();
        }
        self.segments.extend(segment);
    }

    /// What falls due by it for a State that is bound.
    #[must_use]
    pub fn dues(
        &self,
        zone: Tz,
        (since, window): (Since, (NaiveDate, NaiveDate)),
        events: &[(Uuid, DateTime<Utc>)],
    ) -> Vec<Due> {
        let basis = Basis { window, since, zone, events, covers: self.covers };
        let of_segment = |segment: &Segment| {
            let dues = segment.rule.dues(&basis, (&segment.text, segment.version));
            dues.into_iter().filter(|due| segment.holds(due.on)).collect::<Vec<_>>()
        };
        let mut all: Vec<Due> = Vec::new();
        for due in self.segments.iter().flat_map(of_segment) {
            // A rule that moves a day within its period leads to one day, the later rule's.
            all.retain(|one| one.origin != due.origin);
            all.push(due);
        }
        all
    }
}

/// An obligation with its rules; parts of a whole have none.
fn duty(row: &Row, mut versions: Vec<Row>) -> Option<Duty> {
    versions.sort_by_key(|row| row.read(obligation_version::VALID_FROM));
    let is_of_event = row.read(obligation::TRIGGER).is_some();
    let is_part = row.read(obligation::PART_OF).is_some();
    let mut segments = Vec::new();
    if !is_part {
        let first = versions.first().and_then(|row| row.read(obligation_version::VALID_FROM));
        let base = Written {
            rrule: row.read(obligation::RRULE),
            dtstart: row.read(obligation::DTSTART),
            relative_due: row.read(obligation::RELATIVE_DUE),
            is_of_event,
            due_days: Vec::new(),
        };
        segments.extend(Segment::of(&base, None, (None, first.and_then(|day| day.pred_opt()))));
        for (at, version) in versions.iter().enumerate() {
            let next =
                versions.get(at.saturating_add(1)).and_then(|row| row.read(obligation_version::VALID_FROM));
            let until = [version.read(obligation_version::VALID_TO), next.and_then(|day| day.pred_opt())];
            let days = (version.read(obligation_version::VALID_FROM), until.into_iter().flatten().min());
            segments.extend(Segment::of(&written(version, is_of_event), Some(version.id()), days));
        }
    }
    Some(Duty {
        id: row.id(),
        framework: row.read(obligation::FRAMEWORK)?,
        binding: row.read(obligation::BINDING)?,
        fuller: row.read(obligation::SUPERSEDED_IN_PERIOD_BY),
        segments,
        covers: row.read(obligation::COVERS)?,
    })
}

/// The rule of a version, as it is written.
#[must_use]
pub fn written(version: &Row, is_of_event: bool) -> Written {
    Written {
        rrule: version.read(obligation_version::RRULE),
        dtstart: version.read(obligation_version::DTSTART),
        relative_due: version.read(obligation_version::RELATIVE_DUE),
        is_of_event,
        due_days: version.read(obligation_version::DUE_DAYS).unwrap_or_default(),
    }
}
