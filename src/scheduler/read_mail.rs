//! What a mail says, read when it is sent: as far as its recipient may know it, in no words yet.

use chrono::{DateTime, NaiveDateTime, Utc};
use uuid::Uuid;

use super::council::{ConvocationNews, convocation_news};
use super::feed_events::{FeedView, feed_events};
use super::join_link::{answer_token, join_token};
use super::mail_events::{for_cancel, for_request};
use super::post_mail::{LinkMail, Note};
use super::remind::{release_is_news, still_reminds};
use super::remind_deadlines::{DeadlineNews, deadline_news};
use super::render_feed::{FeedAs, FeedSpec};
use crate::booking::{
    Answer, CheckInRule, Meeting, Mode, Occurrence, Participant, Refusal, Run, Sight, Viewer, sight,
    timetable,
};
use crate::ical::{FeedEvent, Mailbox, Method};
use crate::store::{FeedScope, Level, MailKind, QueuedMail, View};
use crate::texts::Lang;
use crate::time::Zone;
use crate::town::{Person, PersonKind, Role};

/// Where links in mails lead, and the secret that seals them.
#[derive(Clone, Debug)]
pub struct MailLinks {
    /// Where people reach this server, without slash at the end.
    pub base_url: String,
    /// The municipality's secret.
    pub secret: Vec<u8>,
}

/// A mail, still without words.
#[derive(Clone, Debug)]
pub struct MailSheet {
    /// Its key.
    pub id: Uuid,
    /// What about.
    pub kind: MailKind,
    /// To whom: name, address, language, zone.
    pub to: Person,
    /// What it says.
    pub matter: Matter,
}

/// What a mail says.
#[derive(Clone, Debug)]
pub enum Matter {
    /// About a meeting.
    Meeting(Box<MeetingNews>),
    /// A body that they sit in is convened.
    Convocation(Box<ConvocationNews>),
    /// What is to be done for the sessions that they prepare.
    Deadlines(Box<DeadlineNews>),
    /// About an account.
    Link {
        /// What the link is for.
        purpose: LinkMail,
        /// The link.
        url: String,
    },
}

/// What a mail says of a meeting.
#[derive(Clone, Debug)]
pub struct MeetingNews {
    /// What it is about; none if the recipient may not know.
    pub title: Option<String>,
    /// More about it.
    pub description: Option<String>,
    /// When: the one date that it is about, else the next.
    pub when: Option<WhenSheet>,
    /// Dates after that one, and the day of the last.
    pub more: Option<(usize, NaiveDateTime)>,
    /// It is about one date of several.
    pub one_date: bool,
    /// The recipient is no longer on the list, while the meeting stands.
    pub left: bool,
    /// The meeting does not take place, or no longer.
    pub gone: bool,
    /// Where.
    pub places: Vec<Place>,
    /// Name and address of the organiser.
    pub organiser: Option<(String, String)>,
    /// The recipient's own way in from elsewhere.
    pub join: Option<String>,
    /// A number to call.
    pub dial_in: Option<String>,
    /// The recipient's own page to answer on.
    pub answer: Option<String>,
    /// Whether one can come to a room, and whether from elsewhere.
    pub ways: (bool, bool),
    /// How the recipient said they come to the date that it reminds of.
    pub own: Option<(Answer, Mode)>,
    /// The original wall time of the one date that an answer from this mail is for.
    pub answer_date: Option<NaiveDateTime>,
    /// The page of the date.
    pub page: Option<String>,
    /// When the room is given free if nobody comes; once it was, until when that can be taken back.
    pub turns: Option<NaiveDateTime>,
    /// When the request lapses.
    pub held_until: Option<DateTime<Utc>>,
    /// Where the request can be decided about; for those who are asked.
    pub decide: Option<String>,
    /// Why the request was refused, when somebody did.
    pub refused: Option<String>,
    /// What people said; for the organiser only.
    pub answers: Vec<(String, Answer, Mode)>,
    /// Calendar objects for the recipient's calendar: one for each UID (RFC 5546 3.2).
    pub objects: Vec<Vec<FeedEvent>>,
    /// What is to be done with them.
    pub method: Method,
}

/// A stretch of time on two clocks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct WhenSheet {
    /// Wall start, end and zone of the meeting.
    pub there: (NaiveDateTime, NaiveDateTime, Zone),
    /// The same on the recipient's clock, where that shows another time.
    pub here: Option<(NaiveDateTime, NaiveDateTime, Zone)>,
}

/// A room and the way to it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Place {
    /// The name on the sign.
    pub room: String,
    /// The floor as people say it.
    pub floor: String,
    /// The name on the front.
    pub site: String,
    /// The postal address.
    pub address: String,
}

/// What `mail` says as the store stands; none if there is nothing to say any more: a newer mail says it, the
/// person is off the list, or the meeting has gone another way.
///
/// # Errors
/// Those of the store.
pub fn mail_sheet(
    view: &View<'_>,
    mail: &QueuedMail,
    links: &MailLinks,
) -> Result<Option<MailSheet>, Refusal> {
    if view.quiet_hours(mail.person)?.is_none() || view.is_overtaken(mail)? {
        return Ok(None);
    }
    let Some(to) = view.person(mail.person)? else { return Ok(None) };
    let note: Option<Note> = mail.note.as_deref().and_then(|text| serde_json::from_str(text).ok());
    if let Some(dispatch) = mail.dispatch {
        let news = convocation_news(view, dispatch, &links.base_url)?;
        let matter = |news| Matter::Convocation(Box::new(news));
        return Ok(news.map(|news| MailSheet { id: mail.id, kind: mail.kind, to, matter: matter(news) }));
    }
    if mail.kind == MailKind::Deadlines {
        let Some(day) = mail.date.map(|date| date.date()) else { return Ok(None) };
        let news = deadline_news(view, (mail.person, day), &links.base_url)?;
        let matter = |news| Matter::Deadlines(Box::new(news));
        return Ok(news.map(|news| MailSheet { id: mail.id, kind: mail.kind, to, matter: matter(news) }));
    }
    let matter = match (mail.meeting, note) {
        (None, Some(Note::Link { purpose, url })) => Matter::Link { purpose, url },
        (Some(id), note) => {
            let Some(meeting) = view.meeting(id)? else { return Ok(None) };
            let reader = Reader { view, mail, to: &to, links, meeting: &meeting };
            let Some(news) = reader.news(note.as_ref())? else { return Ok(None) };
            Matter::Meeting(Box::new(news))
        }
        _ => return Ok(None),
    };
    Ok(Some(MailSheet { id: mail.id, kind: mail.kind, to, matter }))
}

struct Reader<'a> {
    view: &'a View<'a>,
    mail: &'a QueuedMail,
    to: &'a Person,
    links: &'a MailLinks,
    meeting: &'a Meeting,
}

impl Reader<'_> {
    fn news(&self, note: Option<&Note>) -> Result<Option<MeetingNews>, Refusal> {
        let (view, meeting, kind) = (self.view, self.meeting, self.mail.kind);
        let dates = view.occurrences(meeting.id)?;
        let date = at_hand(&dates, self.mail.date, view.now());
        let list = match date {
            Some(date) if kind.is_reminder() => view.participants_at(meeting.id, date.id)?,
            _ => view.participants(meeting.id)?,
        };
        let people: Vec<_> = list.iter().map(|p| p.person).collect();
        let own = list.iter().find(|p| p.person == self.to.id);
        let concerned = own.is_some() || meeting.organiser == self.to.id;
        let gone = meeting.status == crate::booking::MeetingStatus::Cancelled;
        if let Some(Note::Left { title, start }) = note {
            return if concerned { Ok(None) } else { Ok(Some(self.left(title.clone(), *start)?)) };
        }
        let stands = !gone || matches!(kind, MailKind::Cancellation | MailKind::Decided);
        if !stands || kind != MailKind::Asked && !concerned {
            return Ok(None);
        }
        if !self.is_of_use(date, note)? {
            return Ok(None);
        }
        // Whoever is asked for consent sees what their office lets them see.
        let viewer = Viewer::Person { person: self.to.id, role: Role::Manager, participants: &people };
        let sees = sight(meeting, viewer);
        let full = sees >= Sight::Full && concerned;
        if kind.is_calendar() && date.is_some_and(|date| date.time.end <= view.now()) {
            return Ok(None);
        }
        let mut news = self.frame(&dates, date, gone);
        news.title = (sees >= Sight::Title).then(|| title_of(meeting, date));
        news.organiser = self.organiser()?.filter(|_| sees >= Sight::Title);
        if full && kind != MailKind::Cancellation {
            news.description.clone_from(&meeting.description);
            news.dial_in.clone_from(&meeting.conference.dial_in);
            self.links(&mut news, own);
        }
        if kind == MailKind::Asked {
            news.decide = Some(format!("{}/manage/approvals", self.links.base_url));
        }
        if kind == MailKind::Decided && gone && dates.iter().all(|date| date.run != Run::Expired) {
            let reasons = view.cancel_reasons(meeting.id)?;
            news.refused = Some(reasons.into_iter().last().map_or_else(String::new, |(_, why)| why));
        }
        if let (true, Some(date)) = (kind.is_about_a_day(), date) {
            self.of_the_day(&mut news, date, dates.len() > 1);
            news.own = own.filter(|_| kind.is_reminder()).map(|p| (p.answer, p.mode));
        }
        if kind == MailKind::Answered {
            news.answers = list.into_iter().map(|p| (p.name, p.answer, p.mode)).collect();
        }
        if kind.is_calendar() {
            let events = self.events()?;
            news.objects = match kind {
                MailKind::Cancellation => for_cancel(events, meeting, date, self.mail.date, None),
                _ => for_request(events, meeting, date, self.mail.date),
            };
            self.only_own(&mut news.objects)?;
        }
        Ok(Some(news))
    }

    /// Whether a mail about the day of a date is still of use; all others are.
    fn is_of_use(&self, date: Option<&Occurrence>, note: Option<&Note>) -> Result<bool, Refusal> {
        let (view, kind) = (self.view, self.mail.kind);
        if !kind.is_about_a_day() {
            return Ok(true);
        }
        let Some(date) = date else { return Ok(false) };
        match note {
            Some(Note::Starts { at }) => Ok(still_reminds(view, self.to, self.meeting, date, (kind, *at))?),
            _ => Ok(release_is_news(view, kind, self.meeting, date)),
        }
    }

    /// What only mails about the day of a date say.
    fn of_the_day(&self, news: &mut MeetingNews, date: &Occurrence, several: bool) {
        let (view, meeting, kind) = (self.view, self.meeting, self.mail.kind);
        news.answer_date = several.then_some(date.original);
        if self.to.kind == PersonKind::Staff {
            news.page =
                Some(format!("{}/meetings/{}?occurrence={}", self.links.base_url, meeting.id, date.id));
        }
        let rooms = super::read_meeting::rooms_of_date(view, meeting, date);
        let table = timetable(CheckInRule::from(&view.directory().house), meeting, date, &rooms, view.now());
        let turns = if kind == MailKind::Released { table.undo_until } else { table.release_at };
        news.turns = turns.map(|at| self.meeting.zone.wall(at));
    }

    /// What somebody who was taken off the list is told: what they knew, and nothing newer.
    fn left(&self, title: String, start: NaiveDateTime) -> Result<MeetingNews, Refusal> {
        let mut news = self.frame(&[], None, false);
        let slot = crate::booking::Slot::new(start, self.meeting.length, self.meeting.zone);
        news.when = Some(on_two_clocks(slot.time, self.meeting.zone, self.to.zone));
        news.left = true;
        // It may have moved since.
        news.places.clear();
        news.organiser = self.organiser()?;
        let events = self.events()?;
        news.objects = for_cancel(events, self.meeting, None, None, Some((&title, start)));
        self.only_own(&mut news.objects)?;
        news.title = Some(title);
        Ok(news)
    }

    fn frame(&self, dates: &[Occurrence], date: Option<&Occurrence>, gone: bool) -> MeetingNews {
        let meeting = self.meeting;
        let one_date = self.mail.date.is_some();
        let later: Vec<_> = dates
            .iter()
            .filter(|d| !one_date && date.is_some_and(|at| d.time.start > at.time.start))
            .filter(|d| gone || d.run == Run::Planned)
            .collect();
        let rooms = date.map_or(meeting.rooms.as_slice(), |date| date.rooms_or(&meeting.rooms));
        let places = places(self.view, rooms);
        let remote = meeting.conference.url.is_some() || meeting.conference.dial_in.is_some();
        MeetingNews {
            title: None,
            description: None,
            when: date.map(|date| on_two_clocks(date.time, meeting.zone, self.to.zone)),
            more: later.last().map(|last| (later.len(), meeting.zone.wall(last.time.start))),
            one_date,
            left: false,
            gone,
            ways: (!places.is_empty(), remote),
            places,
            organiser: None,
            join: None,
            dial_in: None,
            answer: None,
            own: None,
            answer_date: None,
            page: None,
            turns: None,
            held_until: meeting.held_until,
            decide: None,
            refused: None,
            answers: Vec::new(),
            objects: Vec::new(),
            method: if self.mail.kind == MailKind::Cancellation { Method::Cancel } else { Method::Request },
        }
    }

    fn organiser(&self) -> Result<Option<(String, String)>, Refusal> {
        Ok(self.view.person(self.meeting.organiser)?.map(|person| (person.name, person.email)))
    }

    fn links(&self, news: &mut MeetingNews, own: Option<&Participant>) {
        let Some(own) = own else { return };
        let MailLinks { base_url, secret } = self.links;
        let id = self.meeting.id;
        if own.mode != Mode::InRoom && news.ways.1 {
            news.join = Some(format!("{base_url}/join/{}", join_token(secret, id, own.person)));
        }
        news.answer = Some(format!("{base_url}/answer/{}", answer_token(secret, id, own.person)));
    }

    /// The meeting as in the recipient's own feed, so that one UID means one thing.
    fn events(&self) -> Result<Vec<FeedEvent>, Refusal> {
        let spec = FeedSpec {
            scope: FeedScope::Person(self.to.id),
            level: Level::Full,
            shape: FeedAs::Events,
            attendees: true,
            base_url: self.links.base_url.clone(),
            secret: self.links.secret.clone(),
        };
        feed_events(self.view, &FeedView::new(self.view, &spec)?, self.meeting)
    }

    /// Nobody needs the others' addresses to answer for themselves; the organiser's stands in every object, as
    /// RFC 5546 3.2 asks.
    fn only_own(&self, objects: &mut [Vec<FeedEvent>]) -> Result<(), Refusal> {
        let organiser = self.organiser()?.map(|(name, address)| Mailbox { name: Some(name), address });
        for event in objects.iter_mut().flatten() {
            event.organizer.clone_from(&organiser);
            super::mail_events::only_attendee(event, self.to);
        }
        Ok(())
    }
}

fn title_of(meeting: &Meeting, date: Option<&Occurrence>) -> String {
    date.and_then(|date| date.title.clone()).unwrap_or_else(|| meeting.title.clone())
}

/// The date that is meant, else the next that stands, else the next, else the last.
pub(super) fn at_hand(
    dates: &[Occurrence],
    original: Option<NaiveDateTime>,
    now: DateTime<Utc>,
) -> Option<&Occurrence> {
    if let Some(original) = original {
        return dates.iter().find(|date| date.original == original);
    }
    let ahead = || dates.iter().filter(|date| date.time.end > now);
    let next = |standing: bool| {
        ahead().filter(|date| !standing || date.run == Run::Planned).min_by_key(|date| date.time.start)
    };
    next(true).or_else(|| next(false)).or(dates.last())
}

/// A stretch of time as the clocks at the meeting and of its reader show it.
pub(super) fn on_two_clocks(time: crate::time::Interval, zone: Zone, own: Zone) -> WhenSheet {
    let walls = |zone: Zone| (zone.wall(time.start), zone.wall(time.end), zone);
    let (there, here) = (walls(zone), walls(own));
    WhenSheet { there, here: (there.0 != here.0).then_some(here) }
}

/// The rooms and the way to them.
pub(super) fn places(view: &View<'_>, rooms: &[crate::ids::RoomId]) -> Vec<Place> {
    let directory = view.directory();
    let place = |id: &crate::ids::RoomId| {
        let room = directory.room(*id)?;
        let site = directory.site(room.site);
        let of_site = |read: fn(&crate::town::Site) -> &String| site.map(read).cloned().unwrap_or_default();
        Some(Place {
            room: room.name.clone(),
            floor: room.floor.clone(),
            site: of_site(|site| &site.name),
            address: of_site(|site| &site.address),
        })
    };
    rooms.iter().filter_map(place).collect()
}

impl Place {
    /// The place in one line.
    #[must_use]
    pub fn line(&self, lang: Lang) -> String {
        let mut parts = vec![self.room.clone()];
        if !self.floor.is_empty() {
            parts.push(crate::texts::Said::new("mail.floor").with("floor", &self.floor).speak(lang));
        }
        parts.extend([&self.site, &self.address].into_iter().filter(|part| !part.is_empty()).cloned());
        parts.join(", ")
    }
}
