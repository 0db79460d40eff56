//! A calendar as iCalendar (RFC 5545).

use chrono::NaiveDate;
use icalendar::{Alarm, Calendar, Component, Event, EventLike, EventStatus, Property};
use kernel::scalar::Ref;

use crate::{
    config::PublicUrl,
    domain::{
        KINDS,
        calendars::entries::{CalendarEntries, CalendarEntry, plain},
    },
};

/// How often programs need to ask.
const EACH: &str = "PT1H";

/// Prints a calendar: the same entries make the same text.
pub fn print(entries: &CalendarEntries, public: &PublicUrl) -> String {
    let mut calendar = Calendar::empty();
    let name = plain(&entries.name);
    let text = |name: &str, value: &str| Property::new(name, value).add_parameter("VALUE", "TEXT").done();
    let properties = [
        Property::new("VERSION", "2.0"),
        Property::new("PRODID", "-//Concord//Calendars//EN"),
        Property::new("CALSCALE", "GREGORIAN"),
        Property::new("METHOD", "PUBLISH"),
        // The library knows no type of it, and escapes what is text only.
        text("NAME", &name),
        Property::new("X-WR-CALNAME", name.as_str()),
        Property::new("REFRESH-INTERVAL", EACH).add_parameter("VALUE", "DURATION").done(),
        Property::new("X-PUBLISHED-TTL", EACH),
    ];
    for property in properties {
        calendar.append_property(property);
    }
    for entry in &entries.entries {
        calendar.push(event(entry, public));
    }
    calendar.to_string()
}

fn event(entry: &CalendarEntry, public: &PublicUrl) -> Event {
    let mut event = Event::new();
    let status = if entry.is_cancelled { EventStatus::Cancelled } else { EventStatus::Confirmed };
    event
        .uid(&entry.uid)
        .timestamp(entry.updated_at)
        .last_modified(entry.updated_at)
        .summary(&plain(&entry.summary))
        .status(status)
        // Whoever has something due is not away.
        .add_property("TRANSP", "TRANSPARENT");
    match (entry.at, entry.on.parse::<NaiveDate>()) {
        (Some(at), _) => event.starts(at),
        (None, Ok(on)) => event.starts(on),
        (None, Err(_)) => &mut event,
    };
    if let Some(sequence) = entry.sequence.and_then(|version| u32::try_from(version).ok()) {
        event.sequence(sequence);
    }
    // The library escapes line feeds and leaves other ends of lines as they are.
    let name = |of: &Option<Ref>| {
        let name = of.as_ref().and_then(|of| of.name.as_deref().or(of.code.as_deref()));
        name.map(plain)
    };
    let facts: Vec<String> = [name(&entry.framework), name(&entry.agency)].into_iter().flatten().collect();
    if !facts.is_empty() {
        event.description(&facts.join("\n"));
    }
    if let Some(code) = entry.framework.as_ref().and_then(|framework| framework.code.as_ref()) {
        event.categories([plain(code)]);
    }
    // Without the address under which callers reach the service there is none to name.
    if let Some(def) = KINDS.get(&entry.kind).filter(|_| !public.is_unset()) {
        event.url(&public.link(&format!("/api/v1/{}/{}", def.collection, entry.id)));
    }
    if let Some(days) = entry.alarm_days {
        event.alarm(reminder(entry, days));
    }
    event
}

/// A reminder so many days before; with an id and an instant of its own, or the library would make some up each time.
fn reminder(entry: &CalendarEntry, days: i32) -> Alarm {
    let before = chrono::Duration::days(i64::from(days));
    let mut alarm = Alarm::display(&plain(&entry.summary), -before);
    alarm
        .add_property("TRIGGER", format!("-P{days}D"))
        .uid(&format!("reminder-{}", entry.uid))
        .timestamp(entry.updated_at);
    alarm
}

#[cfg(test)]
mod tests {
    use chrono::DateTime;
    use uuid::Uuid;

    use super::*;

    fn entry(summary: &str) -> CalendarEntry {
        CalendarEntry {
            uid: "1@concord".into(),
            kind: "deadline".into(),
            id: Uuid::nil(),
            summary: summary.into(),
            on: "2027-04-15".into(),
            at: None,
            status: "upcoming".into(),
            is_cancelled: false,
            alarm_days: Some(14),
            owner: "KGZ".into(),
            framework: None,
            agency: None,
            sequence: Some(3),
            updated_at: DateTime::from_timestamp(1_800_000_000, 0).unwrap(),
        }
    }

    fn printed(entry: CalendarEntry) -> String {
        let (name, from_on, until_on) = ("A; b, c\\d".into(), String::new(), String::new());
        let all = CalendarEntries { name, from_on, until_on, entries: vec![entry], is_cut: false };
        print(&all, &PublicUrl::default())
    }

    #[test]
    fn an_entry_is_a_whole_day_with_a_reminder() {
        let text = printed(entry("Return"));

        for line in [
            "DTSTART;VALUE=DATE:20270415",
            "TRIGGER:-P14D",
            "SEQUENCE:3",
            "STATUS:CONFIRMED",
            "UID:1@concord",
        ] {
            assert!(text.contains(&format!("\r\n{line}\r\n")), "{line}: {text}");
        }
        assert!(!text.contains("\r\nURL"), "{text}");
        assert_eq!(text, printed(entry("Return")));
    }

    #[test]
    fn texts_are_escaped_and_lines_fold_by_octets() {
        let text = printed(entry(&"Представить, затем; ждать \\ ".repeat(20)));

        assert!(text.contains("NAME;VALUE=TEXT:A\\; b\\, c\\\\d\r\n"), "{text}");
        assert!(text.split("\r\n").all(|line| line.len() <= 75 && !line.contains('\n')), "{text}");
        assert!(text.replace("\r\n ", "").contains("Представить\\, затем\\; ждать \\\\ "));
    }

    #[test]
    fn names_end_no_line_and_are_escaped() {
        let name = "Агентство\rпо; химии,\nа также\r\nбиологии\\ \u{85}и \u{2028}иному".to_owned();
        let called = Ref { id: Uuid::nil(), code: Some("C\rW;C".into()), name: Some(name.repeat(4)) };
        let (framework, agency) = (Some(called.clone()), Some(called));

        let text = printed(CalendarEntry { framework, agency, ..entry("Return\rfor\r\n2026\n") });

        let is_line = |line: &str| line.len() <= 75 && !line.contains(['\r', '\n', '\u{85}', '\u{2028}']);
        assert!(text.split("\r\n").all(is_line), "{text:?}");
        let whole = text.replace("\r\n ", "");
        let escaped = "Агентство по\\; химии\\, а также  биологии\\\\  и  иному".repeat(4);
        let lines: Vec<&str> = whole.split("\r\n").collect();
        assert!(lines.contains(&format!("DESCRIPTION:{escaped}\\n{escaped}").as_str()), "{whole}");
        assert!(lines.contains(&"CATEGORIES:C W\\;C"), "{whole}");
        assert!(lines.contains(&"SUMMARY:Return for  2026 "), "{whole}");
    }

    #[test]
    fn an_instant_is_in_utc() {
        let at = DateTime::from_timestamp(1_800_000_000, 0);

        let text = printed(CalendarEntry { at, is_cancelled: true, alarm_days: None, ..entry("Notice") });

        assert!(text.contains("\r\nDTSTART:20270115T080000Z\r\n"), "{text}");
        assert!(text.contains("\r\nSTATUS:CANCELLED\r\n") && !text.contains("VALARM"), "{text}");
    }
}
