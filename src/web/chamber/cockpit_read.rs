//! The clerk's cockpit: one statement on top, who is there, what is treated, what is voted on.

use askama::Template;
use axum::extract::{Path, State};
use axum::response::Response;

use super::attendance::{Seated, name, seated, seats, together};
use super::log_rows::{LogRow, correctable, log};
use super::vote_panel::{HeldVote, OpenPanel, Tie, any_tie, held, open_panel};
use super::words;
use crate::booking::Refusal;
use crate::council::{
    AgendaItem, MandateRole, Outcome, SessionMode, SessionPart, SessionState, VoteKind, VoteState,
};
use crate::http::App;
use crate::ids::{ItemId, MandateId, PersonId, VoteId};
use crate::scheduler::{Hall, read_hall};
use crate::store::{View, VoteResult};
use crate::texts::{Lang, Said};
use crate::town::{Action, Matter};
use crate::web::form::Wrong;
use crate::web::oops::Oops;
use crate::web::page;
use crate::web::shell::Shell;
use crate::web::visitor::{Fields, Insider};
use crate::web::words::clock;

#[derive(Template)]
#[template(path = "chamber/cockpit_read.html")]
struct Page {
    shell: Shell,
    wrong: Option<Wrong>,
    base: String,
    /// Where else of the session the reader can go: path and word.
    ways: Vec<(String, &'static str)>,
    sent: Fields,
    top: Statement,
    members: Vec<Seated>,
    /// What can be written down about several members at once: value and words.
    /// Whether it can be written down who is there.
    attends: bool,
    together: Vec<(&'static str, &'static str)>,
    items: Vec<ItemRow>,
    treated: Option<Treated>,
    vote: Option<OpenPanel>,
    secret_tie: Option<Tie>,
    held: Vec<HeldVote>,
    signals: Vec<Switch>,
    conduct: Conduct,
    log: Vec<LogRow>,
    lines: Vec<(i64, String)>,
}

impl Page {
    /// How many ballots of an answer were counted, as it was typed.
    fn counted(&self, value: &str) -> &str {
        self.sent.get(&format!("count-{value}"))
    }

    /// Whether an answer of a voter is marked: as it was sent, or as it was taken down.
    #[expect(clippy::trivially_copy_pass_by_ref, reason = "a template hands over references")]
    fn marked(&self, voter: &MandateId, value: &str, taken_down: &bool) -> bool {
        self.sent.some(&format!("ballot-{voter}")).map_or(*taken_down, |sent| sent == value)
    }
}

/// What stands on top.
struct Statement {
    class: &'static str,
    state: &'static str,
    item: Option<String>,
    part: Option<&'static str>,
    quorum: String,
    reached: bool,
    exempt: bool,
    seats: String,
    speaker: Option<String>,
    warnings: Vec<String>,
}

/// One item of the agenda.
struct ItemRow {
    id: ItemId,
    title: String,
    closed: bool,
    class: &'static str,
    state: Option<&'static str>,
    /// What can be done: `begin` it, begin it as the `next`, vote on its `urgency`.
    deed: Option<&'static str>,
    /// What was said, of an item that is over and whose minutes are not approved: it can still be put right.
    summary: Option<String>,
}

/// The item that is treated.
struct Treated {
    id: ItemId,
    title: String,
    draft: String,
    summary: String,
    secret: bool,
    subject: String,
    outcomes: Vec<(&'static str, &'static str)>,
}

/// Something that is open or on.
struct Switch {
    what: &'static str,
    name: &'static str,
    state: &'static str,
    on: bool,
    deed: &'static str,
}

/// What can be done to the session as a whole.
struct Conduct {
    /// The acts that can be done.
    acts: Vec<&'static str>,
    /// No test call was made with anybody who takes part from elsewhere.
    untested: bool,
    left: Vec<String>,
    chairs: Vec<(MandateId, String, bool)>,
    secretaries: Vec<(MandateId, String, bool)>,
}

impl Conduct {
    /// Whether an act can be done.
    fn can(&self, act: &str) -> bool {
        self.acts.contains(&act)
    }
}

/// All that a page is made of, read in one snapshot.
struct Read {
    hall: Hall,
    ballots: Vec<crate::council::Ballot>,
    handed_in: Vec<MandateId>,
    results: Vec<(VoteId, VoteResult)>,
    /// Who keeps away from which item, as was written down beforehand.
    recusals: Vec<(ItemId, PersonId)>,
}

impl Read {
    fn of(view: &View<'_>, hall: Hall) -> Result<Self, Refusal> {
        let open = hall.open_vote().map(|vote| vote.id);
        let ballots = open.map(|id| view.ballots(id)).transpose()?.unwrap_or_default();
        let handed_in = open.map(|id| view.handed_in(id)).transpose()?.unwrap_or_default();
        let mut results = Vec::new();
        for vote in &hall.votes {
            results.extend(view.vote_result(vote.id)?.map(|result| (vote.id, result)));
        }
        let recusals = view.recusals(hall.session.id)?;
        Ok(Self { hall, ballots, handed_in, results, recusals })
    }
}

/// `GET /council/sessions/{slug}/chamber`.
pub(super) async fn read(
    State(app): State<App>,
    insider: Insider,
    Path(slug): Path<String>,
) -> Result<Response, Oops> {
    show(&app, &insider, &slug, (Fields::default(), None)).await
}

/// The cockpit, with what was refused on top and what was sent still in its fields.
pub(super) async fn show(
    app: &App,
    insider: &Insider,
    slug: &str,
    (sent, refusal): (Fields, Option<Refusal>),
) -> Result<Response, Oops> {
    let asked = slug.to_owned();
    let read = insider.read(move |view, caller| Read::of(view, read_hall(view, caller, &asked)?)).await?;
    let (lang, hall) = (insider.lang(), &read.hall);
    let body =
        app.store.directory().body(hall.session.body).map(|body| body.name.clone()).unwrap_or_default();
    let day = crate::web::words::short_day(lang, hall.session.zone.wall(hall.session.planned).date());
    let result = |id: VoteId| read.results.iter().find(|(vote, _)| *vote == id).map(|(_, result)| result);
    let over = hall.votes.iter().filter(|vote| vote.state != VoteState::Open);
    let open = hall.open_vote();
    let members = seated(lang, hall);
    let mut top = statement(lang, hall);
    top.warnings.extend(still_here(lang, &read));
    let html = Page {
        shell: insider.shell(&format!("{body}, {day}")),
        wrong: refusal.as_ref().map(|refusal| Wrong::of(refusal, lang)),
        base: format!("/council/sessions/{slug}/chamber"),
        ways: ways(insider, hall),
        top,
        attends: hall.takes_attendance(),
        together: together(lang, hall, &members),
        members,
        items: item_rows(lang, hall),
        treated: treated(lang, hall, &sent),
        vote: open.map(|vote| open_panel(lang, hall, vote, (&read.ballots, &read.handed_in))),
        secret_tie: open.filter(|vote| vote.kind == VoteKind::Secret).and_then(|vote| any_tie(lang, vote)),
        held: over.rev().map(|vote| held(lang, hall, vote, result(vote.id))).collect(),
        signals: signals(insider, hall),
        conduct: conduct(lang, hall),
        log: log(lang, hall),
        lines: correctable(lang, hall),
        sent,
    };
    Ok(page(html.render().unwrap_or_default()))
}

/// The pages of the session that whoever conducts it needs at hand; those who prepare it add urgent items there.
fn ways(insider: &Insider, hall: &Hall) -> Vec<(String, &'static str)> {
    let matter = Matter { body: Some(hall.session.body), ..Matter::default() };
    let prepares = insider.caller().must_in(Action::PrepareSession, &matter).is_ok();
    let pages: &[(&str, &'static str)] = if prepares {
        &[
            ("", "session.tab_session"),
            ("/agenda", "session.tab_agenda"),
            ("/documents", "session.tab_documents"),
        ]
    } else {
        &[("/file", "documents.file_title")]
    };
    let path = |page: &str| format!("/council/sessions/{}{page}", hall.session.slug);
    pages.iter().map(|(page, key)| (path(page), crate::texts::text(insider.lang(), key))).collect()
}

/// The number and title of an item, as those in the room may read it.
pub(super) fn title_of(item: &AgendaItem) -> String {
    let title = if item.internal_title.is_empty() { &item.title } else { &item.internal_title };
    match &item.number {
        Some(number) => format!("{number}. {title}"),
        None => title.clone(),
    }
}

fn statement(lang: Lang, hall: &Hall) -> Statement {
    let item =
        hall.under_way().and_then(|treatment| hall.items.iter().find(|item| item.id == treatment.item));
    let count = hall.quorum(item.map(|item| item.id));
    let closed = item.map(|item| item.part == SessionPart::Closed);
    let class = match (hall.session.state, closed) {
        (SessionState::Open, Some(true)) => "is-closed",
        (SessionState::Open, _) => "is-open",
        (SessionState::Suspended, _) => "is-suspended",
        _ => "",
    };
    let part = closed.map(|closed| {
        if closed {
            crate::texts::text(lang, "chamber.part_closed")
        } else {
            crate::texts::text(lang, "chamber.part_public")
        }
    });
    let speaker = hall.speaker().map(|(mandate, since)| {
        let said = Said::new("chamber.speaks").with("name", name(lang, hall, mandate));
        said.with("time", clock(hall.session.zone.wall(since))).speak(lang)
    });
    Statement {
        class,
        state: words::state(lang, hall.session.state),
        item: item.map(title_of),
        part,
        quorum: words::quorum(lang, &count),
        reached: count.is_reached(),
        exempt: count.exempt,
        seats: seats(hall),
        speaker,
        warnings: warnings(lang, hall, closed),
    }
}

/// What the chair has to be told now.
fn warnings(lang: Lang, hall: &Hall, closed: Option<bool>) -> Vec<String> {
    let mut warnings = Vec::new();
    let say = |key: &str| crate::texts::text(lang, key).to_owned();
    let sits = hall.session.state == SessionState::Open;
    let count = hall.quorum(hall.under_way().map(|treatment| treatment.item));
    if sits && !count.holds() {
        warnings.push(say("chamber.warn_quorum"));
    }
    let grace = i64::from(hall.rules.stream_grace_s);
    let down = hall.stream_down_since().map(|since| (hall.now - since).num_seconds());
    if let Some(seconds) = down.filter(|seconds| sits && closed == Some(false) && *seconds > grace) {
        warnings.push(Said::new("chamber.warn_stream").with("minutes", seconds / 60).speak(lang));
    }
    if closed == Some(true) && (hall.doors_open() || hall.stream_up() || hall.screens_on()) {
        warnings.push(say("chamber.warn_heard"));
    }
    warnings
}

/// Who keeps away from the item that is treated, and was not written down as gone for it.
fn still_here(lang: Lang, read: &Read) -> Option<String> {
    let item = read.hall.under_way()?.item;
    Some(read.hall.must_leave(read.hall.not_away(item, &read.recusals))?.speak(lang))
}

fn item_rows(lang: Lang, hall: &Hall) -> Vec<ItemRow> {
    let live = hall.items.iter().filter(|item| item.is_live());
    let mut rows: Vec<ItemRow> = live.map(|item| item_row(lang, hall, item)).collect();
    if let Some(next) = rows.iter_mut().find(|row| row.deed == Some("begin")) {
        next.deed = Some("next");
    }
    rows
}

fn item_row(lang: Lang, hall: &Hall, item: &AgendaItem) -> ItemRow {
    let treatment = hall.treatments.iter().find(|treatment| treatment.item == item.id);
    let (class, state) = match treatment.map(|treatment| treatment.outcome) {
        Some(Some(outcome)) => ("", Some(words::outcome(lang, outcome))),
        Some(None) => ("free", Some(crate::texts::text(lang, "chamber.under_way"))),
        None => ("", None),
    };
    let idle = treatment.is_none() && hall.under_way().is_none() && hall.open_vote().is_none();
    let sits = hall.session.state == SessionState::Open;
    let over = treatment.filter(|treatment| treatment.ended.is_some() && hall.can_summarise());
    let urgent = item.urgency.as_ref().is_some_and(|urgency| urgency.vote.is_none());
    ItemRow {
        id: item.id,
        title: title_of(item),
        closed: item.part == SessionPart::Closed,
        class,
        state,
        deed: (idle && sits).then_some(if urgent { "urgency" } else { "begin" }),
        summary: over.map(|treatment| treatment.summary.clone()),
    }
}

fn treated(lang: Lang, hall: &Hall, sent: &Fields) -> Option<Treated> {
    let treatment = hall.under_way()?;
    let item = hall.items.iter().find(|item| item.id == treatment.item)?;
    let kept = |name: &str, stands: &str| {
        let typed = sent.0.iter().find(|(key, _)| key == name).map(|(_, value)| value.clone());
        typed.unwrap_or_else(|| stands.to_owned())
    };
    let outcomes = Outcome::ALL.into_iter().map(|outcome| (outcome.word(), words::outcome(lang, outcome)));
    Some(Treated {
        id: item.id,
        title: title_of(item),
        draft: kept("articles", &item.draft),
        summary: kept("summary", &treatment.summary),
        secret: item.secret,
        subject: kept("subject", &Said::new("chamber.subject").with("title", &item.title).speak(lang)),
        outcomes: outcomes.collect(),
    })
}

fn signals(insider: &Insider, hall: &Hall) -> Vec<Switch> {
    if hall.session.state.is_over() {
        return Vec::new();
    }
    let t = |key: &'static str| crate::texts::text(insider.lang(), key);
    let switch = |what, name, on, [yes, no, open, shut]: [&'static str; 4]| Switch {
        what,
        name: t(name),
        state: t(if on { yes } else { no }),
        on,
        deed: t(if on { shut } else { open }),
    };
    let mut switches = vec![
        switch(
            "doors",
            "chamber.doors",
            hall.doors_open(),
            ["chamber.doors_open", "chamber.doors_shut", "chamber.do_open", "chamber.do_shut"],
        ),
        switch(
            "stream",
            "chamber.stream",
            hall.stream_up(),
            ["chamber.is_on", "chamber.is_off", "chamber.turn_on", "chamber.turn_off"],
        ),
        switch(
            "screens",
            "chamber.screens",
            hall.screens_on(),
            ["chamber.is_on", "chamber.is_off", "chamber.turn_on", "chamber.turn_off"],
        ),
    ];
    if hall.session.mode == SessionMode::Digital {
        switches.remove(0);
    }
    switches
}

fn conduct(lang: Lang, hall: &Hall) -> Conduct {
    let state = hall.session.state;
    let quiet = hall.under_way().is_none() && hall.open_vote().is_none();
    let pick = |chosen: Option<MandateId>, fits: &dyn Fn(MandateRole) -> bool| {
        let places = hall.places().into_iter().filter(|mandate| fits(mandate.role));
        places.map(|mandate| (mandate.id, name(lang, hall, mandate.id), chosen == Some(mandate.id))).collect()
    };
    let given_up = hall.now >= hall.session.planned && !hall.quorum(None).holds();
    let acts = [
        ("open", state == SessionState::Convened),
        ("suspend", state == SessionState::Open && hall.open_vote().is_none()),
        ("resume", state == SessionState::Suspended),
        ("end", state.is_under_way() && quiet),
        ("give_up", state == SessionState::Convened && given_up),
        ("fees", state.was_held() || state == SessionState::NotQuorate),
    ];
    Conduct {
        acts: acts.into_iter().filter(|(_, can)| *can).map(|(act, _)| act).collect(),
        untested: hall.untested,
        left: hall.left_over().into_iter().map(title_of).collect(),
        chairs: pick(hall.session.chair, &|role| {
            !matches!(role, MandateRole::Advisory | MandateRole::Secretary)
        }),
        secretaries: pick(hall.session.secretary, &|role| role == MandateRole::Secretary),
    }
}
