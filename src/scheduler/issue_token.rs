//! Makes, lists and revokes tokens: bearer tokens of the API and secret addresses of feeds. A secret is
//! shown once, to whom it is made for; the journal has the token's id only.

use chrono::TimeDelta;

use super::Caller;
use super::council_feed::must_follow;
use crate::booking::Refusal;
use crate::ids::{PersonId, RoomId, TokenId};
use crate::store::{FeedScope, Level, NewEntry, NewToken, Subjects, Token, Tx, View};
use crate::texts::Said;
use crate::town::{Action, Matter, Role};

/// How long a feed that was replaced goes on.
const ROTATION_DAYS: i64 = 14;

/// A bearer token to be made.
#[derive(Clone, Debug)]
pub struct NewApiToken {
    /// In what capacity its bearer acts.
    pub role: Role,
    /// Whose it is; everybody but a device is a person.
    pub person: Option<PersonId>,
    /// The room at whose door a device hangs.
    pub room: Option<RoomId>,
    /// What people call it.
    pub label: String,
}

/// The secret address of a feed to be made.
#[derive(Clone, Debug)]
pub struct NewFeed {
    /// What it is of.
    pub scope: FeedScope,
    /// How much it shows.
    pub level: Level,
    /// Names attendees with their addresses; only in a person's own feed.
    pub attendees: bool,
    /// What people call it.
    pub label: String,
}

/// Makes a bearer token; the secret is not kept and never shown again.
///
/// # Errors
/// [`Refusal::Invalid`] for a device without a room, or anybody else without a person.
pub fn issue_api_token(
    tx: &Tx<'_>,
    caller: &Caller,
    new: &NewApiToken,
) -> Result<(TokenId, String), Refusal> {
    caller.must(Action::ManageTokens)?;
    match (new.role, new.person, new.room) {
        (Role::System, ..) => return Err(Refusal::invalid("role", Said::new("token.role"))),
        (Role::Device, _, None) => return Err(Refusal::invalid("room", Said::new("token.device_room"))),
        (Role::Device, ..) => {}
        (_, None, _) => return Err(Refusal::invalid("person", Said::new("token.person_needed"))),
        (_, _, Some(_)) => return Err(Refusal::invalid("room", Said::new("token.room_for_device"))),
        _ => {}
    }
    if let Some(person) = new.person
        && tx.left_at(person)?.is_some()
    {
        return Err(Refusal::invalid("person", Said::new("people.has_left")));
    }
    issue(
        tx,
        caller,
        &NewToken {
            role: Some(new.role),
            person: new.person,
            room: new.room,
            feed: None,
            attendees: false,
            label: label_of(&new.label)?,
        },
    )
}

/// Makes the secret address of a feed. One's own agenda needs [`Action::OwnFeeds`], the deadlines and sessions of bodies
/// also what they show, the rest [`Action::SharedFeeds`]. Feeds of what bodies do always have the full level.
///
/// # Errors
/// [`Refusal::Invalid`] if a feed that is not a person's full one is to name attendees.
pub fn issue_feed_token(tx: &Tx<'_>, caller: &Caller, new: &NewFeed) -> Result<(TokenId, String), Refusal> {
    let owner = new.scope.owner();
    let own = owner.is_some() && owner == caller.person;
    may_share(tx, caller, new.scope, own)?;
    if own {
        must_follow(tx, caller, new.scope)?;
    }
    let level = if new.scope.is_of_council() { Level::Full } else { new.level };
    // A full agenda holds the personal join links: nobody makes one for another, whatever their role.
    if owner.is_some() && !own && level == Level::Full && caller.role != Role::System {
        return Err(Refusal::invalid("level", Said::new("feed.full_own")));
    }
    if new.attendees && (!matches!(new.scope, FeedScope::Person(_)) || level != Level::Full) {
        return Err(Refusal::invalid("attendees", Said::new("token.attendees")));
    }
    issue(
        tx,
        caller,
        &NewToken {
            role: None,
            person: owner,
            room: None,
            feed: Some((new.scope, level)),
            attendees: new.attendees,
            label: label_of(&new.label)?,
        },
    )
}

/// Makes another address of the same feed. The old one goes on for a while, so that nobody's calendar falls
/// silent before they have put the new one in.
///
/// # Errors
/// [`Refusal::Unknown`] if there is no such feed that works and that the caller may see.
pub fn rotate_feed(tx: &Tx<'_>, caller: &Caller, id: TokenId) -> Result<(NewFeed, String), Refusal> {
    let old = feed_token(tx, caller, id)?;
    let (scope, level) = old.feed.ok_or_else(|| Refusal::unknown("token", id))?;
    let new = NewFeed { scope, level, attendees: old.attendees, label: old.label };
    let (_, secret) = issue_feed_token(tx, caller, &new)?;
    let ends = tx.now() + TimeDelta::days(ROTATION_DAYS);
    tx.end_token(id, old.ends.map_or(ends, |before| before.min(ends)))?;
    note(tx, caller, "token.rotated", id, old.person)?;
    Ok((new, secret))
}

/// A feed that works and that the caller may see.
///
/// # Errors
/// [`Refusal::Unknown`] if there is none with this id.
pub fn feed_token(view: &View<'_>, caller: &Caller, id: TokenId) -> Result<Token, Refusal> {
    let found = view.tokens()?.into_iter().find(|token| token.id == id);
    let good =
        |token: &Token| token.feed.is_some() && may_see(view, caller, token) && token.works(view.now());
    found.filter(good).ok_or_else(|| Refusal::unknown("token", id))
}

/// What the caller may make feeds of: one's own agenda first, then the town, its buildings, rooms and bodies.
///
/// # Errors
/// [`Refusal::Forbidden`] for those who may make none.
pub fn feed_scopes(view: &View<'_>, caller: &Caller) -> Result<Vec<FeedScope>, Refusal> {
    caller.must(Action::OwnFeeds)?;
    let directory = view.directory();
    let sites = directory.sites.iter().map(|site| FeedScope::Site(site.id));
    let rooms = directory.rooms.iter().filter(|room| room.active).map(|room| FeedScope::Room(room.id));
    let bodies = directory.bodies.iter().map(|body| FeedScope::Body(body.id));
    let shared = [FeedScope::Town].into_iter().chain(sites).chain(rooms).chain(bodies);
    let shared = shared.filter(|scope| may_share(view, caller, *scope, false).is_ok());
    let own = caller.person.map(|person| own_scopes(view, person)).unwrap_or_default().into_iter();
    let own = own.filter(|scope| must_follow(view, caller, *scope).is_ok());
    Ok(own.chain(shared).collect())
}

/// Everything that somebody could have a feed of their own of: their agenda, and what bodies do.
fn own_scopes(view: &View<'_>, person: PersonId) -> Vec<FeedScope> {
    let bodies = || view.directory().bodies.iter().map(|body| body.id);
    let all = [FeedScope::Person(person), FeedScope::Deadlines(person, None)].into_iter();
    let each = bodies().map(|body| FeedScope::Deadlines(person, Some(body)));
    all.chain(each).chain(bodies().map(|body| FeedScope::Sessions(person, body))).collect()
}

/// Refuses feeds that the caller may not make: one's own needs [`Action::OwnFeeds`], others the right to share
/// what happens there.
fn may_share(view: &View<'_>, caller: &Caller, scope: FeedScope, own: bool) -> Result<(), Refusal> {
    if own {
        return caller.must(Action::OwnFeeds);
    }
    let site = |id: RoomId| view.directory().room(id).map(|room| room.site);
    let matter = match scope {
        FeedScope::Room(id) => Matter { sites: site(id).into_iter().collect(), ..Matter::default() },
        FeedScope::Site(id) => Matter { sites: vec![id], ..Matter::default() },
        FeedScope::Body(id) => Matter { body: Some(id), ..Matter::default() },
        FeedScope::Person(_) | FeedScope::Town | FeedScope::Deadlines(..) | FeedScope::Sessions(..) => {
            Matter::default()
        }
    };
    caller.must_in(Action::SharedFeeds, &matter)
}

/// Revokes a token, so that it opens nothing from now on.
///
/// # Errors
/// [`Refusal::Unknown`] if there is none with this id that the caller may see, [`Refusal::State`] if it was
/// revoked before.
pub fn revoke_token(tx: &Tx<'_>, caller: &Caller, id: TokenId) -> Result<(), Refusal> {
    let unknown = || Refusal::unknown("token", id);
    let token = tx.tokens()?.into_iter().find(|token| token.id == id).ok_or_else(unknown)?;
    if !may_see(tx, caller, &token) {
        return Err(unknown());
    }
    if !tx.revoke_token(id)? {
        return Err(Refusal::State(Said::new("token.revoked_before")));
    }
    note(tx, caller, "token.revoked", id, token.person)
}

/// The tokens that the caller may see and revoke, newest first.
pub fn list_tokens(view: &View<'_>, caller: &Caller) -> Result<Vec<Token>, Refusal> {
    caller.must(Action::OwnFeeds)?;
    let mut tokens = view.tokens()?;
    tokens.retain(|token| may_see(view, caller, token));
    Ok(tokens)
}

fn may_see(view: &View<'_>, caller: &Caller, token: &Token) -> bool {
    let own = token.person.is_some() && token.person == caller.person;
    match token.feed {
        None => caller.must(Action::ManageTokens).is_ok(),
        Some((scope, _)) => may_share(view, caller, scope, own).is_ok(),
    }
}

fn issue(tx: &Tx<'_>, caller: &Caller, new: &NewToken) -> Result<(TokenId, String), Refusal> {
    let (id, secret) = tx.insert_token(new)?;
    note(tx, caller, "token.issued", id, new.person)?;
    Ok((id, secret))
}

fn note(
    tx: &Tx<'_>,
    caller: &Caller,
    action: &str,
    id: TokenId,
    person: Option<PersonId>,
) -> Result<(), Refusal> {
    let subjects = Subjects { for_person: person, ..Subjects::default() };
    tx.journal(&NewEntry { actor: caller.actor(), action, subject: Some(id.0), subjects })?;
    Ok(())
}

fn label_of(text: &str) -> Result<String, Refusal> {
    let label = text.trim();
    if label.chars().count() > 200 || label.chars().any(char::is_control) {
        return Err(Refusal::invalid("label", Said::new("token.label")));
    }
    Ok(label.to_owned())
}
