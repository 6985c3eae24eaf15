//! The fields of a form: label above, help beneath, and what is wrong with a field beside it and summed up on top.

use askama::Template;

use super::visitor::Fields;
use crate::booking::Refusal;
use crate::texts::{Lang, text};

/// What is wrong with a form that was sent: what was refused, and field by field.
#[derive(Clone, Debug, Template)]
#[template(path = "form_wrong.html")]
pub(super) struct Wrong {
    said: String,
    /// Name of a field and what is wrong with it; rules that object have no field.
    list: Vec<(String, String)>,
}

impl Wrong {
    /// A refusal, in words.
    pub(super) fn of(refusal: &Refusal, lang: Lang) -> Self {
        match refusal {
            Refusal::Invalid(faults) => Self {
                said: text(lang, "form.check").to_owned(),
                list: faults.iter().map(|f| (f.field.clone(), f.said.speak(lang))).collect(),
            },
            Refusal::Policy(reasons) => Self {
                said: refusal.said().speak(lang),
                list: reasons.iter().skip(1).map(|r| (String::new(), r.said.speak(lang))).collect(),
            },
            other => Self { said: other.said().speak(lang), list: Vec::new() },
        }
    }

    /// What is wrong with one field.
    fn at(&self, name: &str) -> Option<String> {
        self.list.iter().find(|(field, _)| field == name).map(|(_, what)| what.clone())
    }
}

/// One field.
#[derive(Clone, Debug, Default, Template)]
#[template(path = "form_field.html")]
pub(super) struct Field {
    name: String,
    kind: &'static str,
    label: String,
    help: String,
    value: String,
    wrong: Option<String>,
    required: bool,
    max: u32,
    /// For a choice: value, words, chosen.
    options: Vec<(String, String, bool)>,
    /// For a text: what others have written there.
    known: Vec<String>,
    on: bool,
}

impl Field {
    /// Must be filled.
    pub(super) fn required(mut self) -> Self {
        self.required = true;
        self
    }

    /// What people have written there before, as suggestions.
    pub(super) fn known(mut self, known: Vec<String>) -> Self {
        self.known = known;
        self
    }

    /// What it is called, for a label that was put together.
    pub(super) fn label(mut self, label: &str) -> Self {
        label.clone_into(&mut self.label);
        self
    }

    /// A sentence that helps, beneath the field.
    pub(super) fn help(mut self, help: &str) -> Self {
        help.clone_into(&mut self.help);
        self
    }
}

/// Makes fields: as they were sent, or else as things stand.
#[derive(Clone, Copy)]
pub(super) struct Ask<'a> {
    /// The language of the labels.
    pub(super) lang: Lang,
    /// What was sent.
    pub(super) fields: &'a Fields,
    /// What is wrong with it.
    pub(super) wrong: Option<&'a Wrong>,
}

impl Ask<'_> {
    /// Whether the form was sent at all.
    fn sent(&self) -> bool {
        self.fields.0.iter().any(|(name, _)| name == "form")
    }

    fn field(&self, kind: &'static str, name: &str, label: &str, stands: &str) -> Field {
        let sent = self.fields.0.iter().any(|(key, _)| key == name);
        let value = if sent { self.fields.get(name) } else { stands };
        Field {
            name: name.to_owned(),
            kind,
            label: text(self.lang, label).to_owned(),
            value: value.to_owned(),
            wrong: self.wrong.and_then(|wrong| wrong.at(name)),
            ..Field::default()
        }
    }

    /// A line of text of at most `max` characters.
    pub(super) fn text(&self, name: &str, label: &str, stands: &str, max: u32) -> Field {
        Field { max, ..self.field("text", name, label, stands) }
    }

    /// Several lines of text of at most `max` characters.
    pub(super) fn area(&self, name: &str, label: &str, stands: &str, max: u32) -> Field {
        Field { max, ..self.field("area", name, label, stands) }
    }

    /// A whole number from 0 to `max`.
    pub(super) fn number(&self, name: &str, label: &str, stands: impl Into<i64>, max: u32) -> Field {
        Field { max, ..self.field("number", name, label, &stands.into().to_string()) }
    }

    /// A field that browsers know themselves: `date`, `time`, `email`.
    pub(super) fn special(&self, kind: &'static str, name: &str, label: &str, stands: &str) -> Field {
        self.field(kind, name, label, stands)
    }

    /// One of several: value and words of each.
    pub(super) fn choice(
        &self,
        name: &str,
        label: &str,
        stands: &str,
        options: impl IntoIterator<Item = (String, String)>,
    ) -> Field {
        let mut field = self.field("choice", name, label, stands);
        let chosen = |(value, words): (String, String)| {
            let on = value == field.value;
            (value, words, on)
        };
        field.options = options.into_iter().map(chosen).collect();
        field
    }

    /// A box to tick.
    pub(super) fn tick(&self, name: &str, label: &str, stands: bool) -> Field {
        let on = if self.sent() { self.fields.ticked(name) } else { stands };
        Field { on, ..self.field("tick", name, label, "") }
    }
}

/// A whole number as it was typed; nothing stands for `empty`, and what is none for more than any field allows.
pub(super) fn number(fields: &Fields, name: &str, empty: u32) -> u32 {
    match fields.get(name) {
        "" => empty,
        typed => typed.parse().unwrap_or(u32::MAX),
    }
}
