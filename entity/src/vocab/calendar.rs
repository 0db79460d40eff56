//! Vocabularies of calendars.

use model::vocabulary;

/// What a calendar shows.
#[vocabulary]
pub enum CalendarContent {
    /// Days by which something is due under a commitment.
    Deadlines,
    /// Days by which milestones are to be reached.
    Milestones,
    /// Days by which tasks are due.
    Tasks,
    /// Days on which exercises are held.
    Exercises,
}

/// The state of a calendar.
#[vocabulary]
pub enum CalendarStatus {
    /// Its address is read, unless it has expired.
    Active,
    /// Ended for good.
    Revoked,
}
