//! What a body is in law, and what its own rules of procedure say.

use askama::Template;
use axum::extract::Path;
use axum::response::Response;

use super::super::form::{Ask, Field, Wrong, number};
use super::super::oops::Oops;
use super::super::page;
use super::super::rule_words::counted;
use super::super::shell::Shell;
use super::super::visitor::{Fields, Insider, InsiderForm};
use super::after;
use super::words::mode_word;
use crate::council::{
    ClosedList, CouncilBody, Count, FeePolicy, HouseTerm, Jurisdiction, LateNumbers, RemoteTool, RuleTerm,
    RulesOfProcedure, SessionMode,
};
use crate::ids::BodyId;
use crate::scheduler::council::{body_sheet, set_up_body};
use crate::texts::{Lang, text};

#[derive(Template)]
#[template(path = "council/body_rules.html")]
struct Page {
    shell: Shell,
    wrong: Option<Wrong>,
    slug: String,
    body: String,
    groups: Vec<(&'static str, Vec<Field>)>,
    terms: Vec<TermRow>,
}

/// A rule with a term that the body may make stricter.
struct TermRow {
    id: String,
    name: String,
    law: String,
    why: String,
    own: String,
}

/// `GET /council/bodies/{slug}/rules`.
pub(super) async fn ask(insider: Insider, Path(slug): Path<String>) -> Result<Response, Oops> {
    show(&insider, slug, &Fields::default(), None).await
}

async fn show(
    insider: &Insider,
    slug: String,
    fields: &Fields,
    wrong: Option<Wrong>,
) -> Result<Response, Oops> {
    let lang = insider.lang();
    let sheet = insider.read(move |view, caller| body_sheet(view, caller, &slug)).await?;
    let stands = sheet.law.clone().unwrap_or_else(|| unset(sheet.body.id));
    let ask = Ask { lang, fields, wrong: wrong.as_ref() };
    let html = Page {
        shell: insider.shell(insider.t("council.rules")),
        slug: sheet.body.slug.clone(),
        body: sheet.body.name.clone(),
        groups: vec![
            (insider.t("council.rules_kind"), kind_fields(ask, &stands)),
            (insider.t("council.rules_modes"), mode_fields(ask, &stands.rules)),
            (insider.t("council.rules_session"), session_fields(ask, &stands.rules)),
            (insider.t("council.rules_fee"), fee_fields(ask, &stands.rules.fee)),
        ],
        terms: term_rows(lang, &stands, fields),
        wrong,
    };
    Ok(page(html.render().unwrap_or_default()))
}

/// A body of which nothing was set yet: a municipal council of Flanders.
fn unset(body: BodyId) -> CouncilBody {
    CouncilBody {
        body,
        kind: "gemeenteraad".to_owned(),
        jurisdiction: Jurisdiction::Flanders.code().to_owned(),
        iri: None,
        rules: RulesOfProcedure::default(),
    }
}

fn kind_fields(ask: Ask<'_>, law: &CouncilBody) -> Vec<Field> {
    let lang = ask.lang;
    let kinds = Jurisdiction::ALL.into_iter().flat_map(Jurisdiction::kinds);
    let kinds = kinds.map(|kind| {
        let words = format!("{} ({})", kind.name().speak(lang), kind.jurisdiction().code());
        (format!("{}/{}", kind.jurisdiction().code(), kind.id()), words)
    });
    vec![
        ask.choice("kind", "council.kind", &format!("{}/{}", law.jurisdiction, law.kind), kinds),
        ask.text("iri", "council.iri", law.iri.as_deref().unwrap_or(""), 300)
            .help(text(lang, "council.iri_help")),
    ]
}

fn mode_fields(ask: Ask<'_>, rules: &RulesOfProcedure) -> Vec<Field> {
    let (lang, remote) = (ask.lang, &rules.remote);
    let mut fields: Vec<Field> = SessionMode::ALL
        .into_iter()
        .map(|mode| {
            ask.tick(&format!("mode_{}", mode.word()), "", rules.modes.contains(&mode))
                .label(mode_word(lang, mode))
        })
        .collect();
    fields.extend([
        ask.area("circumstances", "council.circumstances", &rules.circumstances.join("\n"), 2_000)
            .help(text(lang, "council.circumstances_help")),
        ask.text("mode_decided_by", "council.mode_decided_by", &rules.mode_decided_by, 200),
        ask.text("remote_name", "council.tool", &remote.name, 120).help(text(lang, "council.tool_help")),
        ask.area("remote_how", "council.how", &remote.how, 2_000),
        ask.special("url", "join_url", "council.join_url", &remote.join_url),
        ask.text("fallback_phone", "council.fallback_phone", &remote.fallback_phone, 60),
        ask.special("url", "stream_url", "council.stream_url", &remote.stream_url),
        ask.number("test_call_hours", "council.test_call_hours", rules.test_call_hours, 1_000),
        ask.tick("remote_secret", "council.remote_secret", rules.remote_secret_ballot),
    ]);
    fields
}

fn session_fields(ask: Ask<'_>, rules: &RulesOfProcedure) -> Vec<Field> {
    let late = match rules.late_numbers {
        LateNumbers::Prefixed => "prefixed",
        LateNumbers::Continued => "continued",
    };
    let ways = [("prefixed", "council.late_prefixed"), ("continued", "council.late_continued")];
    let ways = ways.map(|(word, key)| (word.to_owned(), text(ask.lang, key).to_owned()));
    vec![
        ask.choice("late_numbers", "council.late_numbers", late, ways),
        ask.tick("needs_draft", "council.needs_draft", rules.needs_draft),
        ask.tick("publish_attendance", "council.publish_attendance", rules.publish_attendance)
            .help(text(ask.lang, "council.publish_attendance_help")),
        ask.tick("closed_list", "council.closed_list", rules.closed_list == ClosedList::Adopted)
            .help(text(ask.lang, "council.closed_list_help")),
        ask.number("lost_grace_s", "council.lost_grace", rules.lost_grace_s, 3_600),
        ask.number("stream_grace_s", "council.stream_grace", rules.stream_grace_s, 3_600),
    ]
}

fn fee_fields(ask: Ask<'_>, fee: &FeePolicy) -> Vec<Field> {
    vec![
        ask.number("fee_cents", "council.fee_cents", fee.amount_cents, 100_000)
            .help(text(ask.lang, "council.fee_help")),
        ask.number("fee_chair_percent", "council.fee_chair", fee.chair_percent, 200),
        ask.number("fee_share_percent", "council.fee_share", fee.min_share_percent, 100),
        ask.tick("fee_no_quorum", "council.fee_no_quorum", fee.pays_no_quorum),
        ask.tick("fee_resumed", "council.fee_resumed", fee.pays_resumed),
    ]
}

/// The terms of the law that a body may make stricter, with what it chose.
fn term_rows(lang: Lang, law: &CouncilBody, fields: &Fields) -> Vec<TermRow> {
    let Ok(kind) = law.kind() else { return Vec::new() };
    let rules = kind.rules();
    let rows = rules.iter().filter(|rule| rule.term.is_some_and(|term| term.n.is_some()));
    rows.map(|rule| {
        let own = law.rules.terms.terms.get(&rule.id).and_then(|term| term.n);
        let typed = fields.some(&format!("term_{}", rule.id)).map(str::to_owned);
        TermRow {
            id: rule.id.clone(),
            name: rule.name.speak(lang).to_owned(),
            law: rule.term.and_then(|term| length(lang, term)).unwrap_or_default(),
            why: rule.explained(crate::council::ConvocationNo::First).speak(lang).to_owned(),
            own: typed.or(own.map(|n| n.to_string())).unwrap_or_default(),
        }
    })
    .collect()
}

/// How long a term of the law is: in days, or in hours where the law counts those.
fn length(lang: Lang, term: RuleTerm) -> Option<String> {
    let n = term.n?;
    let words = match term.count {
        Count::HoursBefore | Count::HoursAfter => ("rules.time_hour", "rules.time_hours"),
        Count::CalendarBefore | Count::Clear | Count::CalendarAfter => ("rules.time_day", "rules.time_days"),
    };
    Some(counted(lang, words, n.into()))
}

/// `POST /council/bodies/{slug}/rules`.
pub(super) async fn save(
    Path(slug): Path<String>,
    InsiderForm(insider, fields): InsiderForm,
) -> Result<Response, Oops> {
    let (body, sent) = (slug.clone(), fields.clone());
    let outcome = insider
        .write(move |tx, caller| {
            // What this page does not ask about stays as it was set.
            let id = tx.directory().body_named(&body).map(|body| body.id);
            let stands = id.map(|id| tx.council_body(id)).transpose()?.flatten();
            let law = law_of(&sent, stands.map(|law| law.rules).unwrap_or_default());
            set_up_body(tx, caller, &body, &law).map(|_| ())
        })
        .await;
    match after(&insider, outcome, &format!("/council/bodies/{slug}?done=saved"))? {
        Ok(response) => Ok(response),
        Err((_, wrong)) => show(&insider, slug, &fields, Some(wrong)).await,
    }
}

fn law_of(fields: &Fields, stands: RulesOfProcedure) -> CouncilBody {
    let (jurisdiction, kind) = fields.get("kind").split_once('/').unwrap_or(("", fields.get("kind")));
    CouncilBody {
        body: BodyId(uuid::Uuid::nil()),
        kind: kind.to_owned(),
        jurisdiction: jurisdiction.to_owned(),
        iri: fields.some("iri").map(str::to_owned),
        rules: rules_of(fields, stands),
    }
}

fn rules_of(fields: &Fields, stands: RulesOfProcedure) -> RulesOfProcedure {
    let text = |name: &str| fields.get(name).to_owned();
    let ticked = |mode: &SessionMode| fields.ticked(&format!("mode_{}", mode.word()));
    let mut rules = RulesOfProcedure {
        modes: SessionMode::ALL.into_iter().filter(ticked).collect(),
        circumstances: lines(fields.get("circumstances")),
        mode_decided_by: text("mode_decided_by"),
        remote_secret_ballot: fields.ticked("remote_secret"),
        publish_attendance: fields.ticked("publish_attendance"),
        closed_list: if fields.ticked("closed_list") { ClosedList::Adopted } else { ClosedList::Titles },
        late_numbers: match fields.get("late_numbers") {
            "continued" => LateNumbers::Continued,
            _ => LateNumbers::Prefixed,
        },
        needs_draft: fields.ticked("needs_draft"),
        lost_grace_s: number(fields, "lost_grace_s", 60),
        stream_grace_s: number(fields, "stream_grace_s", 120),
        test_call_hours: number(fields, "test_call_hours", 48),
        remote: RemoteTool {
            name: text("remote_name"),
            how: text("remote_how"),
            join_url: text("join_url"),
            fallback_phone: text("fallback_phone"),
            stream_url: text("stream_url"),
        },
        fee: FeePolicy {
            amount_cents: number(fields, "fee_cents", 0),
            chair_percent: number(fields, "fee_chair_percent", 200),
            min_share_percent: number(fields, "fee_share_percent", 50),
            pays_no_quorum: fields.ticked("fee_no_quorum"),
            pays_resumed: fields.ticked("fee_resumed"),
        },
        ..stands
    };
    for (name, value) in &fields.0 {
        let Some(rule) = name.strip_prefix("term_") else { continue };
        let count = rules.terms.terms.get(rule).and_then(|term| term.count);
        let n = value.trim().parse().ok();
        rules.terms.terms.remove(rule);
        if n.is_some() || count.is_some() {
            rules.terms = rules.terms.with(rule, HouseTerm { n, count });
        }
    }
    rules
}

fn lines(text: &str) -> Vec<String> {
    text.lines().map(str::trim).filter(|line| !line.is_empty()).map(str::to_owned).collect()
}
