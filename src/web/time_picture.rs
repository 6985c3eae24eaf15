//! Days as a picture: a bar for each, from 7 to 22 h. The table beside it says the same to those who do not see
//! it, so the picture itself is silent.

use std::fmt::Write as _;

/// The hours shown.
pub(super) const FIRST_HOUR: i64 = 7;
/// The hour at which the picture ends.
pub(super) const LAST_HOUR: i64 = 22;

/// Space for the names of the days.
const LEFT: i64 = 66;
/// Height of a day.
const ROW: i64 = 30;
/// Height of the line of hours.
const HEAD: i64 = 20;
/// Width of an hour.
const HOUR: i64 = 30;

/// One day.
#[derive(Clone, Debug, Default)]
pub(super) struct Bar {
    /// What it is called.
    pub(super) name: String,
    /// What is taken: class, from and to in minutes of the day.
    pub(super) taken: Vec<(&'static str, i64, i64)>,
    /// What can be booked: from and to in minutes of the day, and the address where one does.
    pub(super) free: Vec<(i64, i64, String)>,
    /// The minute that it is now, if it is this day.
    pub(super) now: Option<i64>,
}

/// The picture, as SVG without style or script.
pub(super) fn picture(bars: &[Bar]) -> String {
    let rows = i64::try_from(bars.len()).unwrap_or(0);
    let (width, height) = (LEFT + (LAST_HOUR - FIRST_HOUR) * HOUR + 6, HEAD + rows * ROW + 2);
    let mut svg = format!(
        "<svg class=\"time-picture bars\" viewBox=\"0 0 {width} {height}\" aria-hidden=\"true\" focusable=\"false\">"
    );
    for hour in FIRST_HOUR..=LAST_HOUR {
        let at = x(hour * 60);
        // Writing to a string cannot fail.
        let _ = write!(svg, "<line class=\"line\" x1=\"{at}\" x2=\"{at}\" y1=\"{HEAD}\" y2=\"{height}\"/>");
        if hour % 3 == 0 {
            let _ = write!(svg, "<text x=\"{at}\" y=\"14\" text-anchor=\"middle\">{hour}</text>");
        }
    }
    for (place, bar) in (0_i64..).zip(bars) {
        draw(&mut svg, bar, HEAD + place * ROW);
    }
    svg.push_str("</svg>");
    svg
}

fn draw(svg: &mut String, bar: &Bar, top: i64) {
    let (text, base) = (escape(&bar.name), top + 20);
    let _ = write!(svg, "<text x=\"0\" y=\"{base}\">{text}</text>");
    let (y, height) = (top + 3, ROW - 6);
    for (from, to, place) in &bar.free {
        let Some((at, width)) = span(*from, *to) else { continue };
        let _ = write!(
            svg,
            "<a href=\"{}\" tabindex=\"-1\"><rect class=\"room\" x=\"{at}\" y=\"{y}\" width=\"{width}\" \
             height=\"{height}\"/></a>",
            escape(place)
        );
    }
    for (class, from, to) in &bar.taken {
        let Some((at, width)) = span(*from, *to) else { continue };
        let _ = write!(
            svg,
            "<rect class=\"{class}\" x=\"{at}\" y=\"{y}\" width=\"{width}\" height=\"{height}\" rx=\"3\"/>"
        );
    }
    if let Some(at) = bar.now.filter(|now| (FIRST_HOUR * 60..LAST_HOUR * 60).contains(now)).map(x) {
        let _ =
            write!(svg, "<line class=\"now\" x1=\"{at}\" x2=\"{at}\" y1=\"{top}\" y2=\"{}\"/>", top + ROW);
    }
}

/// Where a stretch begins and how wide it is, as far as it is shown; a pixel stays between neighbours.
fn span(from: i64, to: i64) -> Option<(i64, i64)> {
    let (from, to) = (from.max(FIRST_HOUR * 60), to.min(LAST_HOUR * 60));
    (from < to).then(|| (x(from), (x(to) - x(from) - 1).max(2)))
}

fn x(minute: i64) -> i64 {
    LEFT + (minute - FIRST_HOUR * 60) * HOUR / 60
}

fn escape(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('"', "&quot;")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_picture_shows_what_lies_in_its_hours_and_carries_no_style() {
        let bar = Bar {
            name: "<di> & wo".into(),
            taken: vec![("taken", 0, 60), ("taken", 600, 660)],
            free: vec![(480, 600, "/book?room=a&from=08:00".into())],
            now: Some(605),
        };
        let svg = picture(&[bar]);
        assert!(svg.contains("&lt;di> &amp; wo") && svg.contains("room=a&amp;from"), "{svg}");
        assert_eq!(svg.matches("class=\"taken\"").count(), 1, "what is over before 7 h is not drawn");
        assert!(!svg.contains("style=") && svg.contains("aria-hidden"), "{svg}");
    }
}
