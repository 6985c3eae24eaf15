//! What is ordered for a week, day by day, for those who see to it; to be printed.

use askama::Template;
use axum::extract::State;
use axum::response::Response;
use chrono::{Datelike, Days, NaiveDate};

use super::oops::Oops;
use super::page;
use super::shell::Shell;
use super::visitor::{Asked, Insider};
use super::words::clock;
use crate::http::App;
use crate::scheduler::{Need, OrderedDate, read_orders};
use crate::texts::{Lang, day as long_day, text};
use crate::time::Zone;

/// Days shown at once.
const DAYS: u32 = 7;

#[derive(Template)]
#[template(path = "orders_read.html")]
struct Page {
    shell: Shell,
    date: NaiveDate,
    before: NaiveDate,
    after: NaiveDate,
    days: Vec<(String, Vec<Row>)>,
}

/// One order.
struct Row {
    times: String,
    rooms: String,
    service: String,
    count: u32,
    note: String,
    meeting: String,
    title: String,
    organiser: String,
    state: Option<(&'static str, &'static str)>,
}

/// `GET /manage/orders?date=`.
pub(super) async fn read(
    State(app): State<App>,
    insider: Insider,
    Asked(asked): Asked,
) -> Result<Response, Oops> {
    let zone = app.store.directory().house.zone;
    let today = zone.wall(app.store.clock().now()).date();
    let date: Option<NaiveDate> = asked.get("date").parse().ok();
    let date = date.filter(|date| (1970..=2200).contains(&date.year())).unwrap_or(today);
    let orders = insider.read(move |view, caller| read_orders(view, caller, date, DAYS)).await?;
    let mut days: Vec<(String, Vec<Row>)> = Vec::new();
    for order in &orders {
        let day = long_day(insider.lang(), zone.wall(order.time.start).date());
        let row = row(insider.lang(), zone, order);
        match days.last_mut().filter(|(name, _)| *name == day) {
            Some((_, rows)) => rows.push(row),
            None => days.push((day, vec![row])),
        }
    }
    let week = Days::new(u64::from(DAYS));
    let html = Page {
        shell: insider.shell(insider.t("manage.orders")),
        date,
        before: date.checked_sub_days(week).unwrap_or(date),
        after: date.checked_add_days(week).unwrap_or(date),
        days,
    };
    Ok(page(html.render().unwrap_or_default()))
}

fn row(lang: Lang, zone: Zone, order: &OrderedDate) -> Row {
    let withheld = || text(lang, "approvals.withheld").to_owned();
    Row {
        times: format!("{}–{}", clock(zone.wall(order.time.start)), clock(zone.wall(order.time.end))),
        rooms: order.rooms.join(", "),
        service: order.service.clone(),
        count: order.order.count,
        note: order.order.note.clone(),
        meeting: format!("{}?occurrence={}", order.meeting, order.occurrence),
        title: order.title.clone().unwrap_or_else(withheld),
        organiser: order.organiser.clone().unwrap_or_default(),
        state: match order.need {
            Need::Stands => None,
            Need::Asked => Some(("soon", text(lang, "state.held"))),
            Need::Gone => Some(("busy", text(lang, "services.gone"))),
        },
    }
}
