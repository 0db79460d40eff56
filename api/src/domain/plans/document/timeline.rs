//! When the actions of a document begin and end.

use chrono::NaiveDate;
use serde::Serialize;
use utoipa::ToSchema;

use super::{
    ActionEntry, PillarEntry, Text,
    words::{Label, Period},
};

/// When an action begins and ends.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
#[schema(as = DocumentBar)]
pub struct Bar {
    /// Number of the action.
    pub number: Option<String>,
    /// Title of the action.
    pub title: Text,
    /// First and last day, as far as they are known.
    pub period: Period,
    /// How far the action is.
    pub status: Label,
    /// Progress in percent, as reported.
    pub progress_percent: i32,
    /// The progress as it is written in the language of the document.
    pub progress_text: String,
}

/// The actions of a pillar that have a day.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
#[schema(as = DocumentLane)]
pub struct Lane {
    /// Number of the pillar.
    pub number: Option<String>,
    /// Title of the pillar.
    pub title: Text,
    /// Its actions, in order.
    pub bars: Vec<Bar>,
}

/// When the actions of a document begin and end.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
#[schema(as = DocumentTimeline)]
pub struct Timeline {
    /// The earliest day of all.
    pub from: NaiveDate,
    /// The latest day of all.
    pub until: NaiveDate,
    /// The pillars that have actions with a day, in order.
    pub lanes: Vec<Lane>,
}

/// The timeline of these pillars; none where no action has a day.
pub(super) fn of(pillars: &[PillarEntry]) -> Option<Timeline> {
    let lanes: Vec<Lane> = pillars.iter().map(lane).filter(|lane| !lane.bars.is_empty()).collect();
    let bars = || lanes.iter().flat_map(|lane| &lane.bars);
    let days = || bars().flat_map(|bar| [bar.period.starts_on, bar.period.ends_on]).flatten();
    Some(Timeline { from: days().min()?, until: days().max()?, lanes })
}

fn lane(pillar: &PillarEntry) -> Lane {
    let actions = pillar.objectives.iter().flat_map(|objective| &objective.actions);
    let bar = |action: &ActionEntry| {
        let period = action.period.as_ref()?;
        Some(Bar {
            number: action.number.clone(),
            title: action.title.clone(),
            period: period.clone(),
            status: action.status.clone(),
            progress_percent: action.progress_percent,
            progress_text: action.progress_text.clone(),
        })
    };
    Lane {
        number: pillar.number.clone(),
        title: pillar.title.clone(),
        bars: actions.filter_map(bar).collect(),
    }
}
