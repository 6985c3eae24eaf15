//! Long lists page by page: where one is, and the links to the pages beside it, with what was asked for kept.

use super::visitor::Fields;
use crate::texts::{Lang, Said};

/// Where one is in a long list.
pub(super) struct Pager {
    /// `Page 2 of 20`.
    pub(super) place: String,
    /// The address of the page before.
    pub(super) previous: Option<String>,
    /// The address of the page after.
    pub(super) next: Option<String>,
}

impl Pager {
    /// The number of the page that is asked for, from 1.
    pub(super) fn page(asked: &Fields) -> u32 {
        asked.get("page").parse().unwrap_or(1).max(1)
    }

    /// The pages of a list at `path` of which there are `count` in all.
    pub(super) fn new(lang: Lang, path: &str, asked: &Fields, count: u32, per_page: u32) -> Self {
        let (page, pages) = (Self::page(asked), count.div_ceil(per_page).max(1));
        let to = |page: u32| format!("{path}?{}", with(asked, "page", &page.to_string()));
        Self {
            place: Said::new("people.page_of").with("page", page).with("pages", pages).speak(lang),
            previous: (page > 1).then(|| to((page - 1).min(pages))),
            next: (page < pages).then(|| to(page + 1)),
        }
    }
}

/// What was asked for, with one field set to something else; what is empty or was just done is left out.
pub(super) fn with(asked: &Fields, name: &str, value: &str) -> String {
    let mut query = form_urlencoded::Serializer::new(String::new());
    let kept = asked.0.iter().filter(|(key, value)| key != name && key != "done" && !value.is_empty());
    for (key, value) in kept {
        query.append_pair(key, value);
    }
    query.append_pair(name, value).finish()
}
