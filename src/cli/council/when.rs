//! Days and times as somebody types them.

use chrono::{DateTime, NaiveDate, NaiveDateTime, NaiveTime, Utc};

use crate::cli::failure::Failure;
use crate::texts::Said;
use crate::time::Zone;

/// A wall time in `zone` (`2027-01-18T20:00`), or an instant with its offset (RFC 3339).
pub(super) fn instant(text: &str, zone: Zone) -> Result<DateTime<Utc>, Failure> {
    let offset = DateTime::parse_from_str(text, "%Y-%m-%dT%H:%M%:z");
    if let Ok(at) = offset.or_else(|_| DateTime::parse_from_rfc3339(text)) {
        return Ok(at.to_utc());
    }
    let forms = ["%Y-%m-%dT%H:%M", "%Y-%m-%dT%H:%M:%S", "%Y-%m-%d %H:%M"];
    let read = forms.iter().find_map(|form| NaiveDateTime::parse_from_str(text, form).ok());
    on_the_wall(read.ok_or_else(|| unreadable(text))?, text, zone)
}

/// The same, or a day (`2027-01-18`), which is taken from its midnight.
pub(super) fn day_or_instant(text: &str, zone: Zone) -> Result<DateTime<Utc>, Failure> {
    match text.parse::<NaiveDate>() {
        Ok(day) => on_the_wall(day.and_time(NaiveTime::MIN), text, zone),
        Err(_) => instant(text, zone),
    }
}

/// A day (`2027-01-18`).
pub(super) fn day(text: &str) -> Result<NaiveDate, Failure> {
    text.parse().map_err(|_| Failure::Usage(vec![Said::new("request.date_bad").with("text", text)]))
}

fn on_the_wall(wall: NaiveDateTime, text: &str, zone: Zone) -> Result<DateTime<Utc>, Failure> {
    let found = zone.resolve(wall).instant;
    let shown = zone.wall(found);
    if shown == wall {
        return Ok(found);
    }
    // In the spring gap the day stays; a year beyond the calendar became another one.
    if shown.date() != wall.date() {
        return Err(unreadable(text));
    }
    let said = Said::new("deadline.gap").with("date", wall.date()).with("time", wall.format("%H:%M"));
    Err(Failure::Usage(vec![said]))
}

fn unreadable(text: &str) -> Failure {
    Failure::Usage(vec![Said::new("time.unreadable").with("text", text)])
}
