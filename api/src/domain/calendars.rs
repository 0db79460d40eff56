//! Calendars: days of deadlines, milestones, tasks and exercises, for the programs in which people keep theirs.

pub mod calendar;
pub mod entries;
