// Reads a feed with ical.js, and tells its events as JSON: calendar.mjs FEED
import { readFileSync } from "node:fs";
import ICAL from "ical.js";

const calendar = new ICAL.Component(ICAL.parse(readFileSync(process.argv[2], "utf8")));
const text = (event, name) => event.getFirstPropertyValue(name)?.toString() ?? null;
const events = calendar.getAllSubcomponents("vevent").map((event) => {
  const start = event.getFirstPropertyValue("dtstart");
  const alarm = event.getFirstSubcomponent("valarm");
  return {
    uid: text(event, "uid"),
    summary: text(event, "summary"),
    start: start.isDate ? start.toString() : start.toJSDate().toISOString().replace(".000Z", "Z"),
    status: text(event, "status"),
    sequence: event.getFirstPropertyValue("sequence"),
    alarm: alarm ? -alarm.getFirstPropertyValue("trigger").toSeconds() / 86400 : null,
  };
});
console.log(JSON.stringify({ name: text(calendar, "name"), events }));
