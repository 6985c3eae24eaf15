//! What is wrong with a form: summed up on top with links to the fields, and said beside each of them.

use super::oops::faults;
use crate::booking::Refusal;
use crate::texts::Lang;

/// The faults of a form that was sent, by field; those of no field have an empty name.
#[derive(Default)]
pub(super) struct Wrong(pub(super) Vec<(String, String)>);

impl Wrong {
    /// The faults that a refusal names.
    pub(super) fn of(refusal: Refusal, lang: Lang) -> Self {
        Self(match refusal {
            Refusal::Taken { conflicts, .. } if !conflicts.is_empty() => {
                conflicts.into_iter().map(|conflict| (String::new(), conflict.why.speak(lang))).collect()
            }
            other => faults(lang, other),
        })
    }

    /// The same, where a refusal of no field is about `field`.
    pub(super) fn about(refusal: Refusal, field: &str, lang: Lang) -> Self {
        let mut wrong = Self::of(refusal, lang);
        for (name, _) in wrong.0.iter_mut().filter(|(name, _)| name.is_empty()) {
            field.clone_into(name);
        }
        wrong
    }

    /// What is wrong with one field.
    pub(super) fn at(&self, field: &str) -> Option<&str> {
        self.0.iter().find(|(name, _)| name == field).map(|(_, why)| why.as_str())
    }
}
