//! Vocabularies of imports.

use model::vocabulary;

/// The order in which a file writes the parts of a day.
#[vocabulary]
pub enum DayOrder {
    /// Day, month, year, as in `31.12.2025`.
    DayFirst,
    /// Month, day, year, as in `12/31/2025`.
    MonthFirst,
}
