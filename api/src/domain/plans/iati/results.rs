//! What activities are measured by.

use chrono::NaiveDate;
use entity::{indicator, measurement, vocab::IndicatorDirection};
use kernel::{decimal, row::Row};
use serde::Serialize;
use utoipa::ToSchema;

use crate::domain::plans::document::{Scribe, Text};

/// An indicator, as the one of a result.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
#[schema(as = IatiResult)]
pub struct Outcome {
    /// Title of the indicator, and of the result.
    pub title: Text,
    /// Unit it is measured in.
    pub unit: Option<Text>,
    /// Whether the value is to rise.
    pub ascending: bool,
    /// The value at the beginning.
    pub baseline: Option<Baseline>,
    /// The target, and what was measured, by day.
    pub periods: Vec<Period>,
}

/// The value at the beginning.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
#[schema(as = IatiBaseline)]
pub struct Baseline {
    /// The day.
    pub iso_date: NaiveDate,
    /// The value.
    pub value: String,
}

/// A target or a measured value.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
#[schema(as = IatiPeriod)]
pub struct Period {
    /// First day.
    pub period_start: NaiveDate,
    /// Last day.
    pub period_end: NaiveDate,
    /// The target.
    pub target: Option<String>,
    /// What was measured.
    pub actual: Option<String>,
}

/// An indicator with what was measured.
pub(super) fn of(scribe: &Scribe<'_>, row: &Row, measured: &[Row]) -> Outcome {
    let written = |millionths: i64| decimal::written(millionths);
    let begins = row.read(indicator::BASELINE_ON);
    let target = row.read(indicator::TARGET).zip(row.read(indicator::TARGET_ON));
    let target = target.map(|(value, day)| Period {
        period_start: begins.unwrap_or(day),
        period_end: day,
        target: Some(written(value)),
        actual: None,
    });
    let actual = measured.iter().filter_map(|one| {
        let day = one.read(measurement::MEASURED_ON)?;
        let actual = Some(written(one.read(measurement::VALUE)?));
        Some(Period { period_start: day, period_end: day, target: None, actual })
    });
    let baseline = begins.zip(row.read(indicator::BASELINE));
    Outcome {
        title: scribe.title(row, indicator::TITLE.column),
        unit: scribe.text(row, indicator::UNIT.column),
        ascending: row.read(indicator::DIRECTION) != Some(IndicatorDirection::Decrease),
        baseline: baseline.map(|(iso_date, value)| Baseline { iso_date, value: written(value) }),
        periods: target.into_iter().chain(actual).collect(),
    }
}
