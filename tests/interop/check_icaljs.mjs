// What Thunderbird sees: parses a feed with ical.js, its engine, and counts the occurrences.
//
// Usage: node check_icaljs.mjs FEED.ics FROM TO [COUNT]
//   FROM and TO are days, YYYY-MM-DD, TO exclusive. Prints one line of JSON: {"events", "occurrences"}.
//   With COUNT, exits 1 if the number of occurrences is another; cancelled ones do not count.
// Package: ical.js 2.x in node_modules of this folder or of a parent (see README.md).

import { readFileSync } from "node:fs";
import ICAL from "ical.js";

const [path, from, to, count] = process.argv.slice(2);
if (!to) {
  console.error("usage: check_icaljs.mjs FEED.ics FROM TO [COUNT]");
  process.exit(2);
}

const calendar = new ICAL.Component(ICAL.parse(readFileSync(path, "utf8")));
for (const zone of calendar.getAllSubcomponents("vtimezone")) {
  ICAL.TimezoneService.register(new ICAL.Timezone(zone));
}
const first = Date.parse(`${from}T00:00:00Z`);
const last = Date.parse(`${to}T00:00:00Z`);
const cancelled = (component) => component.getFirstPropertyValue("status") === "CANCELLED";
const inside = (time) => {
  const at = time.isDate ? Date.parse(`${time}T00:00:00Z`) : time.toUnixTime() * 1000;
  return first <= at && at < last;
};

const components = calendar.getAllSubcomponents("vevent");
const masters = components.filter((component) => !component.hasProperty("recurrence-id"));
const exceptions = components.filter((component) => component.hasProperty("recurrence-id"));
let occurrences = 0;
for (const component of masters) {
  const uid = component.getFirstPropertyValue("uid");
  const own = exceptions.filter((exception) => exception.getFirstPropertyValue("uid") === uid);
  // Without the list the constructor takes every exception of the calendar for its own.
  const event = new ICAL.Event(component, { exceptions: own });
  if (!event.isRecurring()) {
    if (!cancelled(component) && inside(event.startDate)) occurrences += 1;
    continue;
  }
  const iterator = event.iterator();
  for (let steps = 0; steps < 10000; steps += 1) {
    const next = iterator.next();
    // A moved occurrence may come back from beyond TO, by a month at most.
    if (!next || next.toJSDate().getTime() > last + 31 * 86400000) break;
    const details = event.getOccurrenceDetails(next);
    if (!cancelled(details.item.component) && inside(details.startDate)) occurrences += 1;
  }
}
console.log(JSON.stringify({ events: components.length, occurrences }));
if (count !== undefined && Number(count) !== occurrences) {
  console.error(`expected ${count} occurrences, ical.js sees ${occurrences}`);
  process.exit(1);
}
