//! How entries are called: what the records that they lead to are called.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use chrono_tz::Tz;
use entity::{Agency, Country, Framework, Obligation, country, deadline};
use kernel::{Ctx, Error, KindDef, Result, View, render::Renderer, row::Row, scalar::Ref, store};
use sea_orm::sea_query::{Cond, ExprTrait};
use uuid::Uuid;

use super::{CalendarEntry, STATUS, Source, plain};
use crate::domain::{Registered, treaties::rules::end_of};

/// What entries are called by.
pub(super) struct Names {
    renderer: Renderer,
    /// Name and time zone of each owner that is a country.
    countries: HashMap<String, (Option<String>, Tz)>,
    obligations: BTreeMap<Uuid, Ref>,
    frameworks: BTreeMap<Uuid, Ref>,
    agencies: BTreeMap<Uuid, Ref>,
}

impl Names {
    pub(super) async fn of(ctx: &Ctx, rows: &[&Row]) -> Result<Self> {
        let renderer = Renderer::for_edges(ctx, Renderer::owners(ctx).await?);
        // A name is no read of the record.
        let view = View { reads: None, ..ctx.view.clone() };
        let called = async |def: &'static KindDef, ids: BTreeSet<Uuid>| {
            let found = store::by_ids(&view, def, &ids).await?;
            Ok::<_, Error>(found.values().map(|row| (row.id(), renderer.named(row))).collect())
        };
        let of_column = |name: &str| rows.iter().filter_map(|row| uuid(row, Some(name))).collect();
        let obligations = called(Obligation::def(), of_column(deadline::OBLIGATION.column)).await?;
        let frameworks = called(Framework::def(), of_column(deadline::FRAMEWORK.column)).await?;
        let leads = rows.iter().filter_map(|row| uuid(row, row.def().lead)).collect();
        let agencies = called(Agency::def(), leads).await?;
        let def = Country::def();
        let owners: BTreeSet<&str> = rows.iter().map(|row| row.owner()).collect();
        let which = Cond::all().add(def.col(country::CODE.column).is_in(owners));
        let mut countries = HashMap::new();
        for row in store::seen(&view, def, which, 10_000).await? {
            let zone = row.read(country::TIME_ZONE).and_then(|name| name.parse().ok()).unwrap_or(Tz::UTC);
            countries.insert(row.read(country::CODE).unwrap_or_default(), (renderer.named(&row).name, zone));
        }
        Ok(Self { renderer, countries, obligations, frameworks, agencies })
    }

    /// The entry of a record; none if it has no day.
    pub(super) fn entry(
        &self,
        ctx: &Ctx,
        (source, row): (&Source, &Row),
        alarm: Option<i32>,
    ) -> Option<CalendarEntry> {
        let def = row.def();
        let on = row.date(source.day)?;
        let status = row.text(STATUS)?;
        let country = self.countries.get(row.owner());
        let zone = country.map_or(Tz::UTC, |(_, zone)| *zone);
        let has_due = def.has(deadline::DUE_AT.column);
        let due_at = has_due.then(|| row.instant(deadline::DUE_AT.column)).flatten();
        let is_cancelled = source.void.contains(&status);
        let is_open = !is_cancelled && !source.over.contains(&status) && on >= ctx.clock.today();
        let of = |known: &BTreeMap<Uuid, Ref>, column: Option<&str>| known.get(&uuid(row, column)?).cloned();
        Some(CalendarEntry {
            uid: format!("{}@concord", row.id()),
            kind: def.name.to_owned(),
            id: row.id(),
            summary: plain(&self.summary(row, of(&self.obligations, Some(deadline::OBLIGATION.column)))),
            on: on.to_string(),
            at: due_at.filter(|at| *at != end_of(on, zone)),
            status: status.to_owned(),
            is_cancelled,
            alarm_days: alarm.filter(|_| is_open),
            owner: row.owner().to_owned(),
            framework: of(&self.frameworks, Some(deadline::FRAMEWORK.column)),
            agency: of(&self.agencies, def.lead),
            sequence: self.renderer.shows_version(row).then(|| row.version()),
            updated_at: row.instant("updated_at")?,
        })
    }

    /// What a record is called by itself, or by its obligation, with the country then.
    fn summary(&self, row: &Row, obligation: Option<Ref>) -> String {
        let Some(obligation) = obligation else {
            return self.renderer.named(row).name.unwrap_or_else(|| row.def().declared.words());
        };
        let title = obligation.name.or(obligation.code).unwrap_or_else(|| row.def().declared.words());
        let country = self.countries.get(row.owner()).and_then(|(name, _)| name.as_deref());
        format!("{title} ({})", country.unwrap_or(row.owner()))
    }
}

/// The id in a column, where there is one and the kind has it.
fn uuid(row: &Row, column: Option<&str>) -> Option<Uuid> {
    row.uuid(column.filter(|column| row.def().has(column))?)
}
