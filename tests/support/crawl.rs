//! Everything that anybody can reach.

use std::collections::{BTreeMap, BTreeSet, VecDeque};

use crate::town::{Answer, Town};

/// Where the town is reached.
pub const BASE: &str = "http://belfort.test";
/// Where anybody begins.
const BEGIN: [&str; 6] =
    ["/zittingen", "/reglementen", "/bekendmakingen", "/ldes", "/oparl", "/oparl/bodies"];

/// Addresses in a page, of this house.
fn links(page: &str) -> BTreeSet<String> {
    let attributes = ["href=\"", "src=\"", "resource=\"", "<", "\"", "URL:", "DESCRIPTION:"];
    let mut found = BTreeSet::new();
    for before in attributes {
        for rest in page.split(before).skip(1) {
            let end = rest.find(|c: char| c == '"' || c == '>' || c.is_whitespace()).unwrap_or(rest.len());
            let link = rest[..end].replace("&amp;", "&").replace("&#38;", "&");
            let path = link.strip_prefix(BASE).unwrap_or(&link);
            let path = path.split('#').next().unwrap_or("");
            if path.starts_with('/') && !path.starts_with("//") && !path.starts_with("/assets") {
                found.insert(path.to_owned());
            }
        }
    }
    found
}

/// Every address that can be reached from where anybody begins, and from some more, with what stands there.
pub async fn crawl(town: &Town, more: &[String]) -> BTreeMap<String, Answer> {
    let mut waiting: VecDeque<String> = BEGIN.map(str::to_owned).into();
    waiting.extend(more.iter().cloned());
    let mut seen = BTreeMap::new();
    while let Some(path) = waiting.pop_front() {
        if seen.contains_key(&path) || seen.len() > 2_000 {
            continue;
        }
        let answer = town.anonymous().get(&path).await;
        assert!(answer.status.as_u16() != 500, "{path}: {}", answer.text());
        let to = answer.header("location").to_owned();
        let next = links(&answer.text()).into_iter().chain([to.replace(BASE, "")]);
        waiting.extend(next.filter(|path| path.starts_with('/')));
        seen.insert(path, answer);
    }
    seen
}
