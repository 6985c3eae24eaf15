// What Thunderbird makes of the calendar objects in mails: parses each with ical.js, its engine.
//
// Usage: node check_objects.mjs FILE
//   FILE holds a JSON array per line: recipient and calendar object. Prints per line the JSON of what was read:
//   method, uid, sequence, start, attendees, organizer.

import { readFileSync } from "node:fs";
import ICAL from "ical.js";

for (const line of readFileSync(process.argv[2], "utf8").split("\n").filter(Boolean)) {
  const [recipient, text] = JSON.parse(line);
  const calendar = new ICAL.Component(ICAL.parse(text));
  const events = calendar.getAllSubcomponents("vevent");
  const event = events[0];
  console.log(JSON.stringify({
    recipient,
    method: calendar.getFirstPropertyValue("method"),
    events: events.length,
    uid: event.getFirstPropertyValue("uid"),
    sequence: event.getFirstPropertyValue("sequence"),
    start: String(event.getFirstPropertyValue("dtstart")),
    attendees: event.getAllProperties("attendee").map((one) => one.getFirstValue()),
    organizer: event.getFirstPropertyValue("organizer"),
    zones: calendar.getAllSubcomponents("vtimezone").length,
  }));
}
