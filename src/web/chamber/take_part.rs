//! The page on which a member takes part from elsewhere, and votes on a device.

use askama::Template;
use axum::extract::{Path, State};
use axum::response::{IntoResponse, Redirect, Response};

use super::words;
use crate::booking::Refusal;
use crate::council::{Ballot, SessionMode, SessionPart, SessionState, Urn, Vote, VoteKind};
use crate::http::App;
use crate::ids::VoteId;
use crate::presence::{Channel, IdentifiedBy, Presence, PresenceKind, RemoteLine, Source};
use crate::scheduler::{Hall, NotePresence, cast_ballots, hand_in_device, note_presence, read_seat};
use crate::store::View;
use crate::texts::{Lang, Said, text};
use crate::web::form::Wrong;
use crate::web::oops::Oops;
use crate::web::page;
use crate::web::shell::Shell;
use crate::web::visitor::{Insider, InsiderForm};

#[derive(Template)]
#[template(path = "chamber/take_part.html")]
struct Page {
    shell: Shell,
    wrong: Option<Wrong>,
    base: String,
    /// Where what was sent for the session is read.
    file: String,
    class: &'static str,
    state: &'static str,
    item: Option<String>,
    part: Option<&'static str>,
    quorum: String,
    mine: &'static str,
    mine_class: &'static str,
    /// They are connected and not yet seen and heard.
    unseen: bool,
    deeds: Vec<(&'static str, &'static str)>,
    /// How to take part remotely: the tool, how, whom to call.
    tool: Option<Tool>,
    vote: Option<Ask>,
}

/// How to take part remotely.
struct Tool {
    name: String,
    how: String,
    url: String,
    phone: String,
}

/// A vote on a device that they may take part in.
struct Ask {
    id: VoteId,
    subject: String,
    about: String,
    secret: bool,
    /// Value, words and whether it is theirs.
    choices: Vec<(String, String, bool)>,
    /// How they voted, in words, where that is no secret.
    given: Option<String>,
    handed_in: bool,
}

/// `GET /council/sessions/{slug}/take-part`.
pub(super) async fn read(
    State(app): State<App>,
    insider: Insider,
    Path(slug): Path<String>,
) -> Result<Response, Oops> {
    show(&app, &insider, &slug, None).await
}

async fn show(app: &App, insider: &Insider, slug: &str, refusal: Option<&Refusal>) -> Result<Response, Oops> {
    let (asked, lang) = (slug.to_owned(), insider.lang());
    let (hall, seat, vote) = insider
        .read(move |view, caller| {
            let (hall, seat) = read_seat(view, caller, &asked)?;
            let vote = ask(view, lang, &hall, seat)?;
            Ok((hall, seat, vote))
        })
        .await?;
    let body =
        app.store.directory().body(hall.session.body).map(|body| body.name.clone()).unwrap_or_default();
    let item =
        hall.under_way().and_then(|treatment| hall.items.iter().find(|item| item.id == treatment.item));
    let closed = item.is_some_and(|item| item.part == SessionPart::Closed);
    let presence = hall.presence(seat);
    let (mine_class, mine) = words::presence(lang, presence);
    let remote = &hall.rules.remote;
    let html = Page {
        shell: insider.shell(&body),
        wrong: refusal.map(|refusal| Wrong::of(refusal, lang)),
        base: format!("/council/sessions/{slug}/take-part"),
        file: format!("/council/sessions/{slug}/file"),
        class: match hall.session.state {
            SessionState::Open if closed => "is-closed",
            SessionState::Open => "is-open",
            SessionState::Suspended => "is-suspended",
            _ => "",
        },
        state: words::state(lang, hall.session.state),
        item: item.map(super::cockpit_read::title_of),
        part: item.map(|_| text(lang, if closed { "chamber.part_closed" } else { "chamber.part_public" })),
        quorum: words::quorum(lang, &hall.quorum(item.map(|item| item.id))),
        mine,
        mine_class,
        unseen: presence == Presence::Remote(RemoteLine::Unseen),
        deeds: deeds(lang, &hall, presence),
        tool: (hall.session.mode != SessionMode::Physical && !remote.name.is_empty()).then(|| Tool {
            name: remote.name.clone(),
            how: remote.how.clone(),
            url: remote.join_url.clone(),
            phone: remote.fallback_phone.clone(),
        }),
        vote,
    };
    Ok(page(html.render().unwrap_or_default()))
}

/// What a member can say of themselves.
fn deeds(lang: Lang, hall: &Hall, presence: Presence) -> Vec<(&'static str, &'static str)> {
    let state = hall.session.state;
    let attends = state == SessionState::Convened || state.is_under_way();
    let remote = attends && hall.session.mode != SessionMode::Physical;
    let join = remote.then(|| ("join", text(lang, "chamber.join")));
    match presence {
        Presence::Absent { excused } => {
            let ahead = matches!(state, SessionState::Scheduled | SessionState::Convened) && !excused;
            let excuse = ahead.then(|| ("excuse", text(lang, "chamber.excuse_me")));
            join.into_iter().chain(excuse).collect()
        }
        Presence::Remote(RemoteLine::Lost { .. }) => vec![("back", text(lang, "chamber.i_am_back"))],
        Presence::Remote(_) => vec![("leave", text(lang, "chamber.i_leave"))],
        Presence::InRoom | Presence::Recused(_) => Vec::new(),
    }
}

/// The vote on a device that this member may take part in.
fn ask(
    view: &View<'_>,
    lang: Lang,
    hall: &Hall,
    seat: crate::ids::MandateId,
) -> Result<Option<Ask>, Refusal> {
    let device = |vote: &&Vote| vote.kind == VoteKind::Electronic || vote.urn == Some(Urn::Electronic);
    let Some(vote) = hall.open_vote().filter(device) else { return Ok(None) };
    if !hall.still_voting(vote).contains(&seat) {
        return Ok(None);
    }
    let mine = view.ballots(vote.id)?.into_iter().find(|ballot| ballot.mandate == seat);
    let chosen = mine.map(|ballot| ballot.choice);
    let option =
        |choice| (words::choice_value(choice), words::choice(lang, vote, choice), chosen == Some(choice));
    Ok(Some(Ask {
        id: vote.id,
        subject: vote.subject.clone(),
        about: words::majority(lang, vote),
        secret: vote.kind == VoteKind::Secret,
        choices: words::choices(vote).into_iter().map(option).collect(),
        given: chosen.map(|choice| {
            Said::new("chamber.your_vote").with("choice", words::choice(lang, vote, choice)).speak(lang)
        }),
        handed_in: view.handed_in(vote.id)?.contains(&seat),
    }))
}

/// `POST /council/sessions/{slug}/take-part/presence`.
pub(super) async fn presence(
    State(app): State<App>,
    Path(slug): Path<String>,
    InsiderForm(insider, fields): InsiderForm,
) -> Result<Response, Oops> {
    let kind = match fields.get("do") {
        "join" => PresenceKind::Arrive(Channel::Remote),
        "leave" => PresenceKind::Leave,
        "back" => PresenceKind::Reconnected,
        "excuse" => PresenceKind::Excuse,
        _ => return Err(insider.oops(super::session_conduct::no_such_act())),
    };
    let asked = slug.clone();
    let done = insider
        .write(move |tx, caller| {
            let (hall, mandate) = read_seat(tx, caller, &asked)?;
            let (source, identified_by) = (Source::Portal, IdentifiedBy::SignedIn);
            let new = NotePresence { mandate, kind, at: None, source, identified_by };
            note_presence(tx, caller, hall.session.id, &new)
        })
        .await;
    answer(&app, &insider, &slug, done).await
}

/// `POST /council/sessions/{slug}/take-part/vote`.
pub(super) async fn vote(
    State(app): State<App>,
    Path(slug): Path<String>,
    InsiderForm(insider, fields): InsiderForm,
) -> Result<Response, Oops> {
    let vote: VoteId = match fields.get("vote").parse() {
        Ok(id) => id,
        Err(_) => return Err(insider.oops(Refusal::unknown("vote", "?"))),
    };
    let Some(choice) = words::choice_of(fields.get("choice")) else {
        let refusal = Refusal::State(Said::new("chamber.no_such_choice"));
        return show(&app, &insider, &slug, Some(&refusal)).await;
    };
    let (asked, store) = (slug.clone(), app.store.clone());
    let done = insider
        .write(move |tx, caller| {
            let (hall, mandate) = read_seat(tx, caller, &asked)?;
            let held = hall.votes.iter().find(|held| held.id == vote);
            if held.ok_or_else(|| Refusal::unknown("vote", vote))?.kind != VoteKind::Secret {
                return cast_ballots(tx, caller, vote, &[Ballot { mandate, choice }]);
            }
            hand_in_device(tx, caller, vote, choice)?;
            // The last step of the job, which runs to its end also when the browser has gone. Should the commit fail,
            // there is a ballot more than was handed in, the vote cannot be declared, and is held again.
            store.urns().put(vote, choice);
            Ok(())
        })
        .await;
    answer(&app, &insider, &slug, done).await
}

async fn answer(
    app: &App,
    insider: &Insider,
    slug: &str,
    done: Result<(), Refusal>,
) -> Result<Response, Oops> {
    match done {
        Ok(()) => Ok(Redirect::to(&format!("/council/sessions/{slug}/take-part")).into_response()),
        Err(refusal @ (Refusal::Forbidden { .. } | Refusal::Unknown(_))) => Err(insider.oops(refusal)),
        Err(refusal) => show(app, insider, slug, Some(&refusal)).await,
    }
}
