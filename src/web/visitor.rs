//! Who looks at a page: the cookie of a sign-in, the language, and whether a form comes from our own pages.

use axum::extract::{FromRequest, FromRequestParts, Request};
use axum::http::request::Parts;
use axum::http::{HeaderMap, HeaderValue, header};

use super::oops::Oops;
use super::shell::Shell;
use crate::booking::Refusal;
use crate::http::App;
use crate::scheduler::{Caller, SignedIn, pseudonym};
use crate::store::{Tx, View};
use crate::texts::{Lang, Said, text};
use crate::town::Person;

/// Holds the secret of a sign-in. The prefix binds it to this host and to TLS (RFC 6265bis 4.1.3.2).
pub(super) const COOKIE: &str = "__Host-belfort";
/// Holds the secret of a sign-in that waits for the second factor.
pub(super) const PENDING: &str = "__Host-belfort-code";
/// Holds the language of whoever has not signed in.
pub(super) const LANGUAGE: &str = "belfort-lang";
/// The most bytes that a form may send.
const LONGEST_FORM: usize = 256 * 1024;

/// The most fields that a form may have: each is looked for among all, and no form of ours has a tenth of these.
const MOST_FIELDS: usize = 4_000;

/// Somebody who looks at a page, signed in or not.
pub(super) struct Visitor {
    app: App,
    /// The language of the page.
    pub(super) lang: Lang,
    /// The language that they chose themselves, on a page or in their account.
    chosen: Option<Lang>,
    /// Who it is, if signed in.
    pub(super) who: Option<SignedIn>,
    /// The address asked for, with its query.
    pub(super) path: String,
}

/// Somebody who is signed in; anybody else is sent to the page where one signs in.
pub(super) struct Insider {
    app: App,
    /// Who.
    pub(super) signed_in: SignedIn,
    /// The address asked for, with its query.
    pub(super) path: String,
}

impl Visitor {
    /// With which rights they look: those of the public, unless they are signed in.
    pub(super) fn caller(&self) -> Caller {
        self.who.as_ref().map_or_else(|| Caller::public(self.lang), |who| who.caller.clone())
    }

    /// The frame of a page for this visitor.
    pub(super) fn shell(&self, title: &str) -> Shell {
        Shell::new(&self.app, self.lang, title, self.who.as_ref(), &self.path)
    }

    /// The same visitor on a page that is for somebody whom we know: in their language, unless another was chosen.
    pub(super) fn reading(mut self, theirs: Lang) -> Self {
        self.lang = self.chosen.unwrap_or(theirs);
        self
    }

    /// A refusal as a page for this visitor.
    pub(super) fn oops(&self, refusal: Refusal) -> Oops {
        let shell = Box::new(self.shell(text(self.lang, "page.oops")));
        Oops { refusal, shell, path: self.path.clone() }
    }
}

impl Insider {
    /// The same person as anybody who looks at a page.
    pub(super) fn visitor(self) -> Visitor {
        let lang = self.lang();
        Visitor { app: self.app, lang, chosen: Some(lang), who: Some(self.signed_in), path: self.path }
    }

    /// With which rights they act.
    pub(super) fn caller(&self) -> &Caller {
        &self.signed_in.caller
    }

    /// Who they are.
    pub(super) fn person(&self) -> &Person {
        &self.signed_in.person
    }

    /// The language of the page.
    pub(super) fn lang(&self) -> Lang {
        self.signed_in.caller.lang
    }

    /// A text in their language.
    pub(super) fn t<'k>(&self, key: &'k str) -> &'k str {
        text(self.lang(), key)
    }

    /// The frame of a page for them.
    pub(super) fn shell(&self, title: &str) -> Shell {
        Shell::new(&self.app, self.lang(), title, Some(&self.signed_in), &self.path)
    }

    /// A refusal as a page in their language.
    pub(super) fn oops(&self, refusal: Refusal) -> Oops {
        let shell = Box::new(self.shell(self.t("page.oops")));
        Oops { refusal, shell, path: self.path.clone() }
    }

    /// Reads with their rights; a refusal becomes a page.
    pub(super) async fn read<T: Send + 'static>(
        &self,
        work: impl FnOnce(&View<'_>, &Caller) -> Result<T, Refusal> + Send + 'static,
    ) -> Result<T, Oops> {
        self.try_read(work).await.map_err(|refusal| self.oops(refusal))
    }

    /// Writes with their rights; the refusal is the caller's to show beside the form.
    pub(super) async fn write<T: Send + 'static>(
        &self,
        work: impl FnOnce(&Tx<'_>, &Caller) -> Result<T, Refusal> + Send + 'static,
    ) -> Result<T, Refusal> {
        let caller = self.caller().clone();
        self.app.write(move |tx| work(tx, &caller)).await
    }
}

impl Insider {
    /// Reads with their rights; the refusal is the caller's to show beside the form.
    pub(super) async fn try_read<T: Send + 'static>(
        &self,
        work: impl FnOnce(&View<'_>, &Caller) -> Result<T, Refusal> + Send + 'static,
    ) -> Result<T, Refusal> {
        let caller = self.caller().clone();
        self.app.read(move |view| work(view, &caller)).await
    }

    /// Writes with their rights and takes it back: what would become of it.
    pub(super) async fn rehearse<T: Send + 'static>(
        &self,
        work: impl FnOnce(&Tx<'_>, &Caller) -> Result<T, Refusal> + Send + 'static,
    ) -> Result<T, Refusal> {
        let caller = self.caller().clone();
        self.app.store.rehearse(move |tx| work(tx, &caller)).await
    }
}

/// The token that a form of this sign-in carries: nobody else can write it. It differs on each page, so that how
/// well a page packs tells nothing about it.
pub(super) fn form_token(app: &App, signed_in: &SignedIn) -> String {
    let nonce = app.store.ids().secret();
    let seal = form_seal(app, signed_in, &nonce);
    nonce + &seal
}

/// Whether a form carries a token of this sign-in.
pub(super) fn form_token_fits(app: &App, signed_in: &SignedIn, token: &str) -> bool {
    let Some((nonce, seal)) = token.split_at_checked(32) else { return false };
    form_seal(app, signed_in, nonce) == seal
}

fn form_seal(app: &App, signed_in: &SignedIn, nonce: &str) -> String {
    pseudonym(app.store.secret(), b"form", &format!("{nonce}{}", signed_in.sign_in.id))
}

/// The value of a cookie.
pub(super) fn cookie<'h>(headers: &'h HeaderMap, name: &str) -> Option<&'h str> {
    let all = headers.get_all(header::COOKIE).iter().filter_map(|value| value.to_str().ok());
    all.flat_map(|value| value.split(';'))
        .find_map(|pair| pair.trim().strip_prefix(name)?.strip_prefix('='))
        .filter(|value| value.len() <= 64)
}

/// The `Set-Cookie` of a secret; an empty one ends it.
pub(super) fn set_cookie(name: &str, secret: &str) -> HeaderValue {
    let age = match (secret.is_empty(), name) {
        (true, _) => 0,
        (false, PENDING) => 300,
        (false, _) => 7 * 86_400,
    };
    let text = format!("{name}={secret}; Path=/; Max-Age={age}; Secure; HttpOnly; SameSite=Lax");
    HeaderValue::from_str(&text).unwrap_or_else(|_| HeaderValue::from_static(""))
}

/// The program that asks, short enough to be kept.
pub(super) fn agent(headers: &HeaderMap) -> Option<String> {
    let agent = headers.get(header::USER_AGENT)?.to_str().ok()?;
    Some(agent.chars().filter(|c| !c.is_control()).take(200).collect())
}

fn visitor(app: &App, parts: &Parts) -> Result<Visitor, Oops> {
    let path = parts.uri.path_and_query().map_or("/", |path| path.as_str()).to_owned();
    let chosen = cookie(&parts.headers, LANGUAGE).and_then(Lang::from_code);
    let lang = chosen.unwrap_or_else(|| asked_lang(app, &parts.headers));
    let mut visitor = Visitor { app: app.clone(), lang, chosen, who: None, path };
    if let Some(secret) = cookie(&parts.headers, COOKIE) {
        // A look-up by key takes microseconds: not worth a hop to another thread.
        visitor.who = app.who(secret).map_err(|error| visitor.oops(error.into()))?;
    }
    if let Some(who) = &visitor.who {
        visitor.lang = who.caller.lang;
        visitor.chosen = Some(who.caller.lang);
    }
    Ok(visitor)
}

fn insider(mut visitor: Visitor) -> Result<Insider, Oops> {
    match visitor.who.take() {
        Some(signed_in) => Ok(Insider { app: visitor.app, signed_in, path: visitor.path }),
        None => Err(visitor.oops(Refusal::Unauthorised)),
    }
}

impl FromRequestParts<App> for Visitor {
    type Rejection = Oops;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, Oops> {
        visitor(app, parts)
    }
}

impl FromRequestParts<App> for Insider {
    type Rejection = Oops;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, Oops> {
        insider(visitor(app, parts)?)
    }
}

/// The language that a browser asks for, or the house's.
fn asked_lang(app: &App, headers: &HeaderMap) -> Lang {
    let accepted = headers.get(header::ACCEPT_LANGUAGE).and_then(|value| value.to_str().ok());
    let house = || app.store.directory().house.lang();
    accepted.and_then(Lang::from_accept).unwrap_or_else(house)
}

/// The fields of a form, in their order, names repeated as they come.
#[derive(Clone, Debug, Default)]
pub(super) struct Fields(pub(super) Vec<(String, String)>);

impl Fields {
    /// Reads the part of an address after the question mark, or the body of a form. Browsers send the ends of lines as
    /// networks do (HTML, 4.10.21); here a line ends with a line feed.
    pub(super) fn read(encoded: &[u8]) -> Self {
        let pairs = form_urlencoded::parse(encoded).take(MOST_FIELDS);
        Self(pairs.map(|(name, value)| (name.into_owned(), value.replace("\r\n", "\n"))).collect())
    }

    /// The value of a field, trimmed; empty if it is not there.
    pub(super) fn get(&self, name: &str) -> &str {
        self.0.iter().find(|(key, _)| key == name).map_or("", |(_, value)| value.trim())
    }

    /// The value of a field, or nothing if it is not there or empty.
    pub(super) fn some(&self, name: &str) -> Option<&str> {
        Some(self.get(name)).filter(|value| !value.is_empty())
    }

    /// A field exactly as it was sent: a password.
    pub(super) fn exact(&self, name: &str) -> &str {
        self.0.iter().find(|(key, _)| key == name).map_or("", |(_, value)| value)
    }

    /// Every value of a repeated field that is not empty, trimmed.
    pub(super) fn all<'s>(&'s self, name: &'s str) -> impl Iterator<Item = &'s str> {
        let values = self.0.iter().filter(move |(key, _)| key == name).map(|(_, value)| value.trim());
        values.filter(|value| !value.is_empty())
    }

    /// Whether a box was ticked.
    pub(super) fn ticked(&self, name: &str) -> bool {
        !self.get(name).is_empty()
    }
}

/// The query of an address as fields.
pub(super) struct Asked(pub(super) Fields);

impl FromRequestParts<App> for Asked {
    type Rejection = std::convert::Infallible;

    async fn from_request_parts(parts: &mut Parts, _: &App) -> Result<Self, Self::Rejection> {
        Ok(Self(Fields::read(parts.uri.query().unwrap_or("").as_bytes())))
    }
}

/// A form sent from a page of ours, by anybody.
pub(super) struct Form(pub(super) Visitor, pub(super) Fields);

impl FromRequest<App> for Form {
    type Rejection = Oops;

    async fn from_request(request: Request, app: &App) -> Result<Self, Oops> {
        let (parts, body) = request.into_parts();
        let visitor = from_our_page(app, &parts)?;
        let large =
            || Refusal::State(Said::new("request.body_too_large").with("max_kib", LONGEST_FORM / 1024));
        let bytes = axum::body::to_bytes(body, LONGEST_FORM).await.map_err(|_| visitor.oops(large()))?;
        Ok(Self(visitor, Fields::read(&bytes)))
    }
}

/// Who sends a form; refused unless it comes from a page of ours.
fn from_our_page(app: &App, parts: &Parts) -> Result<Visitor, Oops> {
    let visitor = visitor(app, parts)?;
    if !same_origin(&parts.headers) {
        return Err(visitor.oops(Refusal::State(Said::new("request.form_token"))));
    }
    Ok(visitor)
}

/// A form of somebody who is signed in, sent from a page of ours.
pub(super) struct InsiderForm(pub(super) Insider, pub(super) Fields);

impl FromRequest<App> for InsiderForm {
    type Rejection = Oops;

    async fn from_request(request: Request, app: &App) -> Result<Self, Oops> {
        let Form(visitor, fields) = Form::from_request(request, app).await?;
        Ok(Self(sender(app, visitor, &fields)?, fields))
    }
}

/// Who sent a form whose fields were read elsewhere; refused unless it comes from a page of ours.
pub(super) fn insider_form(app: &App, parts: &Parts, fields: &Fields) -> Result<Insider, Oops> {
    sender(app, from_our_page(app, parts)?, fields)
}

/// Whether somebody is signed in who asks, before anything of what they send is read.
pub(super) fn is_insider(app: &App, parts: &Parts) -> Result<bool, Oops> {
    Ok(same_origin(&parts.headers) && visitor(app, parts)?.who.is_some())
}

/// Who is signed in, before anything of what they send is read.
pub(super) fn insider_of(app: &App, parts: &Parts) -> Result<Insider, Oops> {
    insider(visitor(app, parts)?)
}

fn sender(app: &App, mut visitor: Visitor, fields: &Fields) -> Result<Insider, Oops> {
    if visitor.who.is_none() {
        // A form cannot be sent again after signing in: the start page is shown instead.
        "/".clone_into(&mut visitor.path);
    }
    let insider = insider(visitor)?;
    if !form_token_fits(app, &insider.signed_in, fields.get("form")) {
        return Err(insider.oops(Refusal::State(Said::new("request.form_token"))));
    }
    Ok(insider)
}

/// Whether a form comes from a page of this host. Browsers say where it comes from; what says nothing carries no
/// cookie of its own accord.
fn same_origin(headers: &HeaderMap) -> bool {
    let header = |name: &str| headers.get(name).and_then(|value| value.to_str().ok());
    if let Some(site) = header("sec-fetch-site") {
        return matches!(site, "same-origin" | "none");
    }
    match header("origin") {
        None => true,
        Some(origin) => {
            let host = origin.split_once("://").map(|(_, host)| host);
            host.is_some() && host == header("host")
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn headers(pairs: &[(&'static str, &'static str)]) -> HeaderMap {
        pairs.iter().map(|(name, value)| (name.parse().unwrap(), HeaderValue::from_static(value))).collect()
    }

    #[test]
    fn forms_of_other_hosts_are_none_of_ours() {
        for (pairs, ours) in [
            (&[][..], true),
            (&[("sec-fetch-site", "same-origin")], true),
            (&[("sec-fetch-site", "same-site")], false),
            (&[("sec-fetch-site", "cross-site"), ("origin", "https://zalen.example")], false),
            (&[("host", "zalen.example"), ("origin", "https://zalen.example")], true),
            (&[("host", "zalen.example"), ("origin", "https://zalen.example.evil")], false),
            (&[("host", "zalen.example"), ("origin", "null")], false),
        ] {
            assert_eq!(same_origin(&headers(pairs)), ours, "{pairs:?}");
        }
    }

    #[test]
    fn cookies_and_fields() {
        let sent = headers(&[("cookie", "a=1; __Host-belfort=abc; __Host-belfort-code=def")]);
        assert_eq!(cookie(&sent, COOKIE), Some("abc"));
        assert_eq!(cookie(&sent, PENDING), Some("def"));
        assert_eq!(cookie(&sent, LANGUAGE), None);
        let fields = Fields::read(b"a=+x+&b=%C3%A9&b=&b=2&c");
        assert_eq!((fields.get("a"), fields.exact("a"), fields.get("no")), ("x", " x ", ""));
        assert_eq!(fields.all("b").collect::<Vec<_>>(), ["é", "2"]);
        assert!(!fields.ticked("c") && fields.ticked("a"));
        assert_eq!(Fields::read("a=1&".repeat(20_000).as_bytes()).0.len(), MOST_FIELDS);
    }
}
