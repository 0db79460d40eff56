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

/// What parts the fraction of a number.
#[vocabulary]
pub enum DecimalMark {
    /// A comma, as in `1 250,50`.
    Comma,
    /// A point, as in `1,250.50`.
    Point,
}
