//! Calendars: what each shows, whose it is, and when it ends.

use model::{List, Ref, lifecycle, record};

use crate::{
    accounts::User,
    vocab::{CalendarContent, CalendarStatus},
};

/// Tables that hold on to a calendar, besides its record.
const HELD_BY: &[(&str, &str)] = &[("calendar_token", "calendar_id")];

/// A calendar of one person for one owner, read by programs at an address that is shown once. It shows what the person may
/// see at each call, and of that what this record names: each list that is empty narrows nothing but where it says so.
#[record(plural = "calendars", class = Key, area = "Calendars", of_caller, writes = [], moves = CALENDAR, held = HELD_BY,
    example = r#"{"name": "Returns and reviews", "contents": ["deadlines", "milestones"], "frameworks": ["CWC"], "alarm_days": 14, "expires_at": "2027-11-20T00:00:00Z"}"#)]
pub struct Calendar {
    /// Person whose calendar it is, who made it.
    #[field(read_only, filter = "user_id")]
    pub user: Ref<User>,
    /// What it is called, here and in the programs that show it.
    #[field(len(1, 200), new_only, label)]
    pub name: String,
    /// What it shows; all of it where nothing is named.
    #[field(most(10), new_only)]
    pub contents: List<CalendarContent>,
    /// Codes of the countries whose records it shows; where none is named, those of its owner only.
    #[field(most(200), new_only)]
    pub countries: List<String>,
    /// Codes of the frameworks that it is about: what comes from no framework, as tasks and milestones, is left out then.
    #[field(most(200), new_only)]
    pub frameworks: List<String>,
    /// Codes of agencies: only what one of them leads or contributes to.
    #[field(most(200), new_only)]
    pub agencies: List<String>,
    /// Whether it shows only what an agency of the person leads or contributes to, by the person's grants at each call.
    #[field(new_only, default = false)]
    pub is_mine: bool,
    /// Days before the day at which programs remind of what is not over; no reminder where it is null.
    #[field(range(0, 60), new_only)]
    pub alarm_days: Option<i32>,
    /// Instant from which its address leads nowhere; null where it lasts until it is revoked.
    #[field(new_only)]
    pub expires_at: Option<DateTimeUtc>,
    /// When its address was read last, to the minute or so; neither the history nor the feed of changes tells of it.
    #[field(read_only, unlogged)]
    pub last_used_at: Option<DateTimeUtc>,
    /// State of the calendar.
    #[field(read_only, filter)]
    pub status: CalendarStatus,
    /// Why it was revoked.
    #[field(len(1, 1_000), read_only)]
    pub status_reason: Option<String>,
}

lifecycle! { CALENDAR;
    /// Revoke an active calendar: from the next request on its address leads nowhere.
    revoke: Active => Revoked, by Owner, takes [status_reason];
}
