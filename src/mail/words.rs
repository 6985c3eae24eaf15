//! A mail in the words of its recipient's language: subject, opening, facts and links, for both the plain and the
//! coloured part.

use crate::booking::{Answer, Mode};
use crate::scheduler::council::ConvocationNews;
use crate::scheduler::{DeadlineLine, DeadlineNews, LinkMail, MailSheet, Matter, MeetingNews, WhenSheet};
use crate::store::MailKind;
use crate::texts::{Lang, Said, day, short_day, span, text};

/// A mail in words.
pub(super) struct Letter {
    /// Also the heading.
    pub(super) subject: String,
    /// What it comes down to.
    pub(super) opening: String,
    /// What, when, where: label and value.
    pub(super) facts: Vec<(String, String)>,
    /// A text that is sent word by word.
    pub(super) verbatim: Option<String>,
    /// What the links are for.
    pub(super) how: Option<String>,
    /// What to do, and where.
    pub(super) links: Vec<(String, String)>,
    /// Who sent it.
    pub(super) footer: String,
}

impl Letter {
    /// The words of `sheet` in the language of its recipient.
    pub(super) fn of(sheet: &MailSheet, town: &str) -> Self {
        let lang = sheet.to.lang;
        // Only a mail about a meeting has somebody to answer to.
        let about_meeting = matches!(sheet.matter, Matter::Meeting(_));
        let footer = Said::new(if about_meeting { "mail.footer" } else { "mail.footer_alone" });
        let footer = footer.with("town", town).speak(lang);
        match &sheet.matter {
            Matter::Link { purpose, url } => of_link(*purpose, url, town, lang, footer),
            Matter::Convocation(news) => of_convocation(news, footer),
            Matter::Deadlines(news) => of_deadlines(news, lang, footer),
            Matter::Meeting(news) => of_meeting(sheet.kind, news, lang, footer),
        }
    }

    /// The plain part.
    pub(super) fn plain(&self) -> String {
        let mut lines = vec![self.subject.clone(), String::new(), self.opening.clone(), String::new()];
        lines.extend(self.facts.iter().map(|(label, value)| format!("{label}: {value}")));
        if let Some(letter) = &self.verbatim {
            lines.extend(letter.lines().map(str::to_owned));
        }
        if let Some(how) = &self.how {
            lines.extend([String::new(), how.clone()]);
        }
        lines.extend(self.links.iter().map(|(label, url)| format!("{label}: {url}")));
        lines.extend([String::new(), "-- ".to_owned(), self.footer.clone(), String::new()]);
        lines.join("\r\n")
    }
}

fn of_link(purpose: LinkMail, url: &str, town: &str, lang: Lang, footer: String) -> Letter {
    let (subject, opening) = match purpose {
        LinkMail::Welcome => (Said::new("mail.account_welcome"), "mail.account_welcome_why"),
        LinkMail::Reset => (Said::new("mail.account_reset"), "mail.account_reset_why"),
    };
    Letter {
        subject: subject.with("town", town).speak(lang),
        opening: text(lang, opening).to_owned(),
        facts: Vec::new(),
        verbatim: None,
        how: None,
        links: vec![(text(lang, "mail.account_open").to_owned(), url.to_owned())],
        footer,
    }
}

/// The letter itself is in the language in which the body works, and so are the words around it.
fn of_convocation(news: &ConvocationNews, footer: String) -> Letter {
    let lang = news.lang;
    let said = |key| Said::new(key).with("body", &news.body).with("day", day(lang, news.day));
    Letter {
        subject: said("convocation.mail_subject").speak(lang),
        opening: text(lang, "convocation.mail_opening").to_owned(),
        facts: Vec::new(),
        verbatim: Some(news.letter.clone()),
        how: Some(Said::new("convocation.mail_hash").with("hash", &news.hash).speak(lang)),
        links: vec![(text(lang, "convocation.mail_file").to_owned(), news.file.clone())],
        footer,
    }
}

/// What is to be done, by its day: what, by which article, for which session. Each session has its link once.
fn of_deadlines(news: &DeadlineNews, lang: Lang, footer: String) -> Letter {
    let session = |line: &DeadlineLine| {
        Said::new("mail.deadlines_session").with("body", &line.body).with("day", line.day).speak(lang)
    };
    let fact = |line: &DeadlineLine| {
        let what = Said::new("mail.deadlines_what")
            .with("what", line.what.speak(lang))
            .with("article", line.article.speak(lang))
            .with("due", &line.due);
        let value = format!("{}\n{}", what.speak(lang), session(line));
        let day = short_day(lang, line.last_working_day);
        let late = Said::new("mail.deadlines_late").with("day", &day);
        (if line.late { late.speak(lang) } else { day }, value)
    };
    let mut links: Vec<(String, String)> = Vec::new();
    for line in &news.lines {
        if !links.iter().any(|(_, known)| *known == line.page) {
            links.push((session(line), line.page.clone()));
        }
    }
    let own = |key, path: &str| (text(lang, key).to_owned(), format!("{}{path}", news.base_url));
    links.extend([own("mail.deadlines_board", "/council"), own("mail.deadlines_wishes", "/account#mail")]);
    Letter {
        subject: Said::new("mail.deadlines").with("count", news.lines.len()).speak(lang),
        opening: text(lang, "mail.deadlines_why").to_owned(),
        facts: news.lines.iter().map(fact).collect(),
        verbatim: None,
        how: Some(text(lang, "mail.deadlines_how").to_owned()),
        links,
        footer,
    }
}

fn of_meeting(kind: MailKind, news: &MeetingNews, lang: Lang, footer: String) -> Letter {
    let title = news.title.clone().unwrap_or_else(|| text(lang, "mail.withheld").to_owned());
    let (subject, opening) = headline(kind, news, lang);
    let answer = news.answer.as_ref().filter(|_| kind.is_calendar() || kind.is_reminder());
    let how = if kind.is_reminder() { "mail.reminder_how" } else { "mail.answer_how" };
    let mut links = answer.map(|url| answer_links(url, news, lang)).unwrap_or_default();
    if let (true, Some(url)) = (kind.is_about_a_day(), &news.page) {
        links.push((text(lang, "mail.page").to_owned(), url.clone()));
    }
    if let (None, Some(url)) = (answer, &news.decide) {
        links.push((text(lang, "mail.decide").to_owned(), url.clone()));
    }
    Letter {
        subject: subject.with("title", title).speak(lang),
        opening,
        facts: facts(kind, news, lang),
        verbatim: None,
        how: answer.map(|_| text(lang, how).to_owned()),
        links,
        footer,
    }
}

fn headline(kind: MailKind, news: &MeetingNews, lang: Lang) -> (Said, String) {
    let (subject, opening) = match kind {
        MailKind::Invitation => ("mail.invited", "mail.invited_why"),
        MailKind::Change => ("mail.changed", "mail.changed_why"),
        MailKind::Cancellation if news.left => ("mail.cancelled", "mail.left_why"),
        MailKind::Cancellation if news.one_date && !news.gone => {
            ("mail.cancelled", "mail.cancelled_date_why")
        }
        MailKind::Cancellation => ("mail.cancelled", "mail.cancelled_why"),
        MailKind::Decided if news.refused.is_some() => ("mail.refused", "mail.refused_why"),
        MailKind::Decided if news.gone => ("mail.lapsed", "mail.lapsed_why"),
        MailKind::Decided => ("mail.approved", "mail.approved_why"),
        MailKind::Answered => return (Said::new("mail.answered"), tally(news, lang)),
        MailKind::EveningReminder | MailKind::HourReminder => ("mail.reminder", "mail.reminder_why"),
        MailKind::ReleaseSoon => {
            return (Said::new("mail.release_soon"), turning("mail.release_soon_why", news, lang));
        }
        MailKind::Released => return (Said::new("mail.released"), turning("mail.released_why", news, lang)),
        MailKind::Asked | MailKind::Account | MailKind::Convocation | MailKind::Deadlines => {
            ("mail.asked", "mail.asked_why")
        }
    };
    (Said::new(subject), text(lang, opening).to_owned())
}

/// A sentence with the time at which it turns.
fn turning(key: &'static str, news: &MeetingNews, lang: Lang) -> String {
    let time = news.turns.map(|at| at.format("%H:%M").to_string()).unwrap_or_default();
    Said::new(key).with("time", time).speak(lang)
}

fn tally(news: &MeetingNews, lang: Lang) -> String {
    let count = |wanted: Answer| news.answers.iter().filter(|(_, answer, _)| *answer == wanted).count();
    let remote =
        |(_, answer, mode): &&(String, Answer, Mode)| *answer == Answer::Accepted && *mode == Mode::Remote;
    Said::new("mail.answered_why")
        .with("accepted", count(Answer::Accepted))
        .with("remote", news.answers.iter().filter(remote).count())
        .with("tentative", count(Answer::Tentative))
        .with("declined", count(Answer::Declined))
        .with("none", count(Answer::None))
        .speak(lang)
}

fn facts(kind: MailKind, news: &MeetingNews, lang: Lang) -> Vec<(String, String)> {
    let label = |key: &'static str| text(lang, key).to_owned();
    let mut facts = Vec::new();
    if let Some(when) = news.when {
        facts.push((label("mail.when"), when_line(when, news, lang)));
        if let Some((from, to, zone)) = when.here {
            facts.push((label("mail.when_here"), span(lang, from, to, zone)));
        }
    }
    if !news.places.is_empty() {
        let lines: Vec<String> = news.places.iter().map(|place| place.line(lang)).collect();
        facts.push((label("mail.where"), lines.join("\n")));
    }
    if let Some((name, _)) = &news.organiser {
        facts.push((label("mail.organiser"), name.clone()));
    }
    if let Some((answer, mode)) = news.own {
        let words = if answer == Answer::None {
            text(lang, mode.key()).to_owned()
        } else {
            spoken(answer, mode, lang)
        };
        facts.push((label("mail.own"), words));
    }
    if let Some(url) = &news.join {
        facts.push((label("mail.join"), url.clone()));
    }
    if let Some(number) = &news.dial_in {
        facts.push((label("mail.dial_in"), number.clone()));
    }
    if let Some(description) = &news.description {
        facts.push((label("mail.about"), description.clone()));
    }
    if let (MailKind::Asked, Some(until), Some(when)) = (kind, news.held_until, news.when) {
        let wall = when.here.unwrap_or(when.there).2.wall(until);
        let day = crate::texts::day(lang, wall.date());
        facts.push((label("mail.until"), format!("{day}, {}", wall.format("%H:%M"))));
    }
    if let Some(why) = news.refused.as_ref().filter(|why| !why.is_empty()) {
        facts.push((label("mail.refused_reason"), why.clone()));
    }
    facts
        .extend(news.answers.iter().map(|(name, answer, mode)| (name.clone(), spoken(*answer, *mode, lang))));
    facts
}

fn when_line(when: WhenSheet, news: &MeetingNews, lang: Lang) -> String {
    let (from, to, zone) = when.there;
    let first = span(lang, from, to, zone);
    match news.more {
        Some((count, last)) => {
            let day = crate::texts::day(lang, last.date());
            let more = Said::new("mail.more_dates").with("count", count).with("last", day).speak(lang);
            format!("{first}, {more}")
        }
        None => first,
    }
}

fn spoken(answer: Answer, mode: Mode, lang: Lang) -> String {
    let key = match (answer, mode) {
        (Answer::Accepted, Mode::InRoom) => "answer.in_room",
        (Answer::Accepted, Mode::Remote) => "answer.remote",
        (Answer::Accepted, Mode::Undecided) => "answer.accepted",
        (Answer::Declined, _) => "answer.declined",
        (Answer::Tentative, _) => "answer.tentative",
        (Answer::None, _) => "answer.none",
    };
    text(lang, key).to_owned()
}

/// The links lead to a page with a button: opening one says nothing yet, for programs that look through mail open
/// links too.
fn answer_links(url: &str, news: &MeetingNews, lang: Lang) -> Vec<(String, String)> {
    let (room, remote) = news.ways;
    let date = news.answer_date.map(|at| at.format("&date=%Y-%m-%dT%H:%M:%S").to_string());
    let date = date.unwrap_or_default();
    let mut choices = Vec::new();
    if room {
        choices.push(("in_room", "answer.in_room"));
    }
    if remote {
        choices.push(("remote", "answer.remote"));
    }
    if choices.is_empty() {
        choices.push(("accept", "answer.accepted"));
    }
    choices.extend([("tentative", "answer.tentative"), ("decline", "answer.declined")]);
    let link =
        |(word, key): (&str, &'static str)| (text(lang, key).to_owned(), format!("{url}?as={word}{date}"));
    choices.into_iter().map(link).collect()
}
