//! Participations in lists, as countries stood on one day as it was known on another.

use std::collections::BTreeSet;

use entity::{Participation, ParticipationEvent, participation};
use kernel::{Ctx, KindDef, Result, filter::Narrowing, row::Row};
use uuid::Uuid;

use super::{Axes, as_known, events, held};
use crate::domain::Registered;

/// Fields of a participation that a list as of two days tells anew; it is neither narrowed nor sorted by them.
pub const TOLD: [&str; 7] =
    ["status", "status_on", "in_force_on", "in_force_from", "in_force_to", "confidence", "is_verified"];

/// Whether the records of a kind tell how a country stands.
#[must_use]
pub fn tells(def: &KindDef) -> bool {
    *def == *Participation::def()
}

/// The same visible participations, telling how each country stood: three statements at most, however many they are.
///
/// # Errors
/// What the database says.
pub async fn as_held(ctx: &Ctx, rows: Vec<Row>, axes: Axes) -> Result<Vec<Row>> {
    let ids: BTreeSet<Uuid> = rows.iter().map(Row::id).collect();
    if ids.is_empty() {
        return Ok(rows);
    }
    let def = ParticipationEvent::def();
    let given: Vec<_> = ids.iter().map(|id| ("participation".to_owned(), id.to_string())).collect();
    let of = Narrowing::read(def, &given, &mut Vec::new());
    let mut happened = events(ctx, &of).await?;
    let known = as_known(ctx, rows.clone(), axes.known_on).await?;
    let told = rows.into_iter().map(|mut row| {
        let id = row.id();
        let was = known.get(&id).and_then(Option::as_ref);
        let one = held(id, was, happened.remove(&id).unwrap_or_default(), axes);
        row.write(participation::STATUS, one.status);
        row.put(participation::STATUS_ON, one.status_on);
        row.put(participation::STATUS_PRECISION, one.status_precision);
        row.put(participation::IN_FORCE_ON, one.in_force_on);
        row.put(participation::IN_FORCE_PRECISION, one.in_force_precision);
        row.put(participation::CONFIDENCE, one.confidence);
        row.put(participation::SOURCE, one.source);
        row
    });
    Ok(told.collect())
}
