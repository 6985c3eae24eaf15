//! Forms as browsers send them: from a page of ours, with the token that the page holds.

use crate::town::{Answer, Client};

/// The fields of a form as they travel.
pub fn encode(fields: &[(&str, &str)]) -> String {
    form_urlencoded::Serializer::new(String::new()).extend_pairs(fields).finish()
}

/// The value of the last field of that name on a page, for the frame of a page has some too.
pub fn field(page: &str, name: &str) -> String {
    let from = page.rsplit_once(&format!("name=\"{name}\"")).map_or("", |(_, rest)| rest);
    from.split("value=\"").nth(1).and_then(|rest| rest.split('"').next()).unwrap_or("").to_owned()
}

/// Sends a form of the page at `page` to `path`.
pub async fn send(client: &Client, page: &str, path: &str, fields: &[(&str, &str)]) -> Answer {
    let token = field(&client.get(page).await.must(200).text(), "form");
    post(client, path, &[&[("form", token.as_str())], fields].concat()).await
}

/// Sends fields as a form, as they are.
pub async fn post(client: &Client, path: &str, fields: &[(&str, &str)]) -> Answer {
    let kind = "application/x-www-form-urlencoded";
    let from = [("sec-fetch-site", "same-origin")];
    client.raw("POST", path, encode(fields).into_bytes(), kind, &from).await
}
