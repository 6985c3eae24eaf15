//! The journal in words: who did what to whom, for pages and for downloads.

use crate::scheduler::{About, Doer, JournalLine, journal_role};
use crate::texts::{Lang, Said, text};
use crate::town::{Directory, RoleScope};

/// Who did it.
pub(super) fn who(lang: Lang, by: &Doer) -> String {
    match by {
        Doer::Program => text(lang, "journal.program").to_owned(),
        Doer::Person(_, Some(name)) => name.clone(),
        Doer::Person(_, None) => text(lang, "journal.wiped").to_owned(),
        Doer::Token(label) if label.is_empty() => text(lang, "journal.some_token").to_owned(),
        Doer::Token(label) => label.clone(),
    }
}

/// What it was done to; nothing if it has no name.
pub(super) fn whom(lang: Lang, about: &About) -> Option<String> {
    match about {
        About::Nothing => None,
        About::Meeting(_, Some(name)) | About::Person(_, Some(name)) | About::Named(name) => {
            Some(name.clone())
        }
        About::Meeting(_, None) => Some(text(lang, "journal.some_meeting").to_owned()),
        About::Person(_, None) => Some(text(lang, "journal.wiped").to_owned()),
    }
}

/// What was done.
pub(super) fn deed(lang: Lang, action: &str) -> String {
    let key = format!("did.{}", action.replace('.', "_"));
    match text(lang, &key) {
        unknown if unknown == key => Said::new("did.other").with("action", action).speak(lang),
        words => words.to_owned(),
    }
}

/// What else the entry says: on whose behalf, against which rules, which fields or role.
pub(super) fn more(directory: &Directory, lang: Lang, line: &JournalLine) -> Vec<String> {
    let mut more = Vec::new();
    if let Some(name) = &line.for_name {
        more.push(Said::new("journal.for").with("name", name).speak(lang));
    }
    if !line.overridden.is_empty() {
        more.push(Said::new("journal.against").with("rules", line.overridden.join(", ")).speak(lang));
    }
    let Some(detail) = &line.detail else { return more };
    match line.action.as_str() {
        "role.granted" | "role.taken" => more.extend(role(directory, lang, detail)),
        "person.changed" => {
            let fields = detail["fields"].as_array().into_iter().flatten().filter_map(|field| field.as_str());
            let names: Vec<&str> = fields.map(|field| field_word(lang, field)).collect();
            more.push(Said::new("journal.fields").with("names", names.join(", ")).speak(lang));
        }
        "person.left" => {
            let said = Said::new("journal.left").with("handed", &detail["handed_over"]);
            more.push(
                said.with("cancelled", &detail["cancelled"]).with("lists", &detail["lists"]).speak(lang),
            );
        }
        _ => {}
    }
    more
}

fn role(directory: &Directory, lang: Lang, detail: &serde_json::Value) -> Option<String> {
    let role = journal_role(detail)?;
    let scope = detail["scope"].as_str().unwrap_or("");
    let place = match scope.parse() {
        Ok(RoleScope::Site(id)) => directory.site(id).map(|site| site.name.clone()),
        Ok(RoleScope::Body(id)) => directory.body(id).map(|body| body.name.clone()),
        // The journal says only that it was a department: its name is no id.
        _ if scope == "department" => Some(text(lang, "journal.in_department").to_owned()),
        _ => None,
    };
    let name = super::people_read::role_word(lang, role);
    Some(place.map_or_else(|| name.to_owned(), |place| format!("{name} ({place})")))
}

/// The name of a field of a person.
pub(super) fn field_word(lang: Lang, field: &str) -> &str {
    match field {
        "email" => text(lang, "people.email"),
        "name" => text(lang, "people.name"),
        "department" => text(lang, "people.department"),
        "lang" => text(lang, "people.lang"),
        "hard" => text(lang, "people.hard"),
        other => other,
    }
}
