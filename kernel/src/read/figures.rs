//! Figures: how many records there are, and what their numbers come to, by what they have in common.
//!
//! A statement counts only what the caller sees, and only in fields that it sees: what is withheld of a record counts as
//! empty. What records refer to and the caller does not see is empty too. So a figure is what its caller would find by
//! reading every record.

mod dimension;
mod fold;
mod measure;
mod past;
mod select;
mod zone;

use chrono::{DateTime, NaiveDate, Utc};
use chrono_tz::Tz;

pub use dimension::{By, Dimension, Grouping, Step, dimensions};
pub use fold::{Amount, Group, Key};
pub use measure::{Late, Measure, Way, measures};
pub use past::select as over_time;

use crate::{
    error::{Code, Error, Result},
    filter::Narrowing,
    record::{Columns, KindDef},
    store::{self, Wanted},
    view::View,
};
use fold::Folding;

/// Groups that figures may have, before what is asked of them leaves some out.
pub const MOST_GROUPS: usize = 10_000;
/// Groups that a statement gives: of the parts that [`MOST_GROUPS`] are put together from.
const MOST_PARTS: usize = 200_000;
/// Dimensions that figures may be grouped by.
pub const MOST_DIMENSIONS: usize = 4;
/// Measures that one call may ask for.
pub const MOST_MEASURES: usize = 10;
/// Points in time of a series.
pub const MOST_BUCKETS: usize = 400;

/// What figures are asked for.
#[derive(Clone, Debug)]
pub struct Asked {
    /// The kind whose records count.
    pub def: &'static KindDef,
    /// What they are grouped by.
    pub by: Vec<Grouping>,
    /// What is told of each group.
    pub measures: Vec<Measure>,
    /// Which records count.
    pub filters: Narrowing,
    /// The zone whose days, months and years instants fall into.
    pub zone: Tz,
    /// Points in time whose state counts; none for the present.
    pub times: Vec<DateTime<Utc>>,
}

/// Figures, and what they were made of.
#[derive(Clone, Debug)]
pub struct Figures {
    /// The groups, in no order. Of points in time each has the place as its first key.
    pub groups: Vec<Group>,
    /// How many countries the figures tell of: those of which a record counts, of those that are members of a region and that the
    /// filters by country and region let pass.
    pub covered: (usize, usize),
    /// When the youngest of the records that count was changed.
    pub newest: Option<DateTime<Utc>>,
}

/// The figures that are asked for: in one statement.
///
/// # Errors
/// `BadRequest` for more groups than [`MOST_GROUPS`], and for filters and dimensions that the past does not tell.
pub async fn figures(view: &View, asked: &Asked) -> Result<Figures> {
    let owners = view.standings.owners().recall(view.db.reading(), view.watch.as_deref()).await?;
    let filters = &*asked.filters.settled(view, asked.def).await?;
    let mut folding = Folding::new(view, asked, &owners);
    if asked.times.is_empty() {
        let wanted = Wanted { def: asked.def, columns: Columns::NONE };
        let made = || select::present(view, asked, filters);
        let found = store::statement(view, wanted, select::width(asked), made).await?;
        folding.take(&found, 0)?;
    } else {
        let found = view.db.reading().all(&over_time(view, asked, filters)?).await?;
        folding.take_past(view, &found)?;
    }
    let [countries, regions] = ["country", "region"].map(|name| filters.values(name));
    Ok(folding.told(&owners.members(view.clock.today(), countries, regions)))
}

/// The day that a point in time has in a zone.
#[must_use]
pub fn day_in(zone: Tz, at: DateTime<Utc>) -> NaiveDate {
    at.with_timezone(&zone).date_naive()
}

/// The refusal of more groups than are told.
fn too_many() -> Error {
    let text = format!("these are more than {MOST_GROUPS} groups: narrow the list, or group by less");
    Error::bad_request("?group_by", Code::OutOfRange, text)
}
