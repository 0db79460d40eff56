//! Measurements: each keeps the edition of the definition by which it was made.

use std::collections::BTreeSet;

use entity::{Indicator, Measurement, indicator, measurement};
use futures_util::future::BoxFuture;
use kernel::{Result, Unit, unit::Item};
use uuid::Uuid;

use super::indicator::hand_down;
use crate::domain::Registered;

/// What measurements have from their indicator.
const FOLLOWED: [&str; 1] = [indicator::LEAD_AGENCY.column];

/// A new measurement takes the edition of its indicator's definition.
pub fn check<'a>(unit: &'a mut Unit, items: &'a mut [Item]) -> BoxFuture<'a, Result<()>> {
    Box::pin(async move {
        let is_open = |item: &&Item| !item.is_rejected() && item.is_new();
        let ids: BTreeSet<Uuid> =
            items.iter().filter(is_open).filter_map(|item| item.after.read(measurement::INDICATOR)).collect();
        if ids.is_empty() {
            return Ok(());
        }
        let indicators = unit.rows_of(Indicator::def(), &ids).await?;
        for item in items.iter_mut().filter(|item| !item.is_rejected() && item.is_new()) {
            let of = item.after.read(measurement::INDICATOR).and_then(|id| indicators.get(&id));
            let edition = of.and_then(|row| row.read(indicator::DEFINITION_EDITION));
            item.after.write(measurement::DEFINITION_EDITION, edition.unwrap_or(1));
        }
        Ok(())
    })
}

/// The measurements of indicators get another lead agency with them.
pub fn follow_indicator<'a>(unit: &'a mut Unit, items: &'a mut [Item]) -> BoxFuture<'a, Result<()>> {
    Box::pin(hand_down(unit, items, (&FOLLOWED, Measurement::def(), measurement::INDICATOR.column)))
}
