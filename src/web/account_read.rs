//! One's account: where one is signed in, password, second factor.

use askama::Template;
use axum::extract::State;
use axum::response::{IntoResponse, Redirect, Response};

use super::account_mail::MailForm;
use super::oops::{Oops, faults};
use super::page;
use super::shell::Shell;
use super::visitor::{Fields, Insider, InsiderForm};
use super::words::{browser, grant_words, moment, qr};
use crate::booking::Refusal;
use crate::http::App;
use crate::ids::{SignInId, base32};
use crate::scheduler::{
    confirm_totp, drop_totp, mail_wishes, open_sign_ins, password_fits, revoke_sign_in, set_password,
    totp_uri,
};
use crate::texts::Said;

#[derive(Template)]
#[template(path = "account_read.html")]
struct Page {
    shell: Shell,
    name: String,
    email: String,
    roles: Vec<String>,
    sign_ins: Vec<Row>,
    second_factor: bool,
    codes_left: u32,
    offered: String,
    offered_qr: String,
    codes: Vec<String>,
    mail: MailForm,
    wrong: Vec<(String, String)>,
}

impl Page {
    /// What is wrong with a field.
    fn wrong_with(&self, field: &str) -> Option<&str> {
        self.wrong.iter().find(|(name, _)| name == field).map(|(_, why)| why.as_str())
    }
}

/// What the page shows beside how things stand.
#[derive(Default)]
pub(super) struct Shown {
    /// What was refused.
    pub(super) refusal: Option<Refusal>,
    /// Recovery codes, this once.
    pub(super) codes: Vec<String>,
    /// The second factor that was being turned on.
    pub(super) offered: Option<[u8; 20]>,
    /// What was typed into the form about mail.
    pub(super) mail: Option<Fields>,
}

impl From<Refusal> for Shown {
    fn from(refusal: Refusal) -> Self {
        Self { refusal: Some(refusal), ..Self::default() }
    }
}

/// One sign-in.
struct Row {
    id: String,
    agent: String,
    since: String,
    last: String,
    this: bool,
}

/// A form's own address, asked for without the form: after a change of language, or from the history.
pub(super) async fn back() -> Redirect {
    Redirect::to("/account")
}

/// `GET /account`.
pub(super) async fn read(State(app): State<App>, insider: Insider) -> Result<Response, Oops> {
    show(&app, &insider, Shown::default()).await
}

pub(super) async fn show(app: &App, insider: &Insider, shown: Shown) -> Result<Response, Oops> {
    let (this, lang) = (insider.signed_in.sign_in.id, insider.lang());
    let person = insider.person().id;
    let (sign_ins, account, codes_left, wishes) = insider
        .read(move |view, caller| {
            let account = view.account(person)?;
            let codes_left = view.recovery_codes_left(person)?;
            Ok((open_sign_ins(view, caller)?, account, codes_left, mail_wishes(view, caller)?))
        })
        .await?;
    let directory = app.store.directory();
    let zone = directory.house.zone;
    let row = |s: &crate::store::SignIn| Row {
        id: s.id.to_string(),
        agent: browser(s.agent.as_deref().unwrap_or("")),
        since: moment(lang, zone, s.created),
        last: moment(lang, zone, s.last_seen),
        this: s.id == this,
    };
    let offered = shown.offered.unwrap_or_else(|| app.store.ids().bytes::<20>());
    let uri = totp_uri(&directory.house.town, &insider.person().email, offered);
    let wrong = shown.refusal.map_or_else(Vec::new, |refusal| faults(lang, refusal));
    let roles = insider.caller().grants.iter().map(|grant| grant_words(&directory, lang, grant));
    let html = Page {
        shell: insider.shell(insider.t("menu.account")),
        name: insider.person().name.clone(),
        email: insider.person().email.clone(),
        roles: roles.collect(),
        sign_ins: sign_ins.iter().map(row).collect(),
        second_factor: account.is_some_and(|account| account.totp.is_some()),
        codes_left,
        offered: base32(&offered).to_uppercase(),
        offered_qr: qr(&uri),
        codes: shown.codes,
        mail: MailForm::of(lang, directory.house.mail, &wishes, shown.mail.as_ref()),
        wrong,
    };
    Ok(page(html.render().unwrap_or_default()))
}

/// `POST /account/password`.
pub(super) async fn password(
    State(app): State<App>,
    InsiderForm(insider, fields): InsiderForm,
) -> Result<Response, Oops> {
    match change_password(&app, &insider, &fields).await {
        Ok(()) => Ok(Redirect::to("/account?done=password").into_response()),
        Err(refusal) => show(&app, &insider, refusal.into()).await,
    }
}

async fn change_password(app: &App, insider: &Insider, fields: &Fields) -> Result<(), Refusal> {
    let person = insider.person().id;
    let old = app.read(move |view| Ok(view.account(person)?.and_then(|account| account.password))).await?;
    if !app.password_is(old, fields.exact("old").to_owned()).await? {
        return Err(Refusal::invalid("old", Said::new("account.old_wrong")));
    }
    let password = fields.exact("password").to_owned();
    password_fits(&password, &insider.person().email)?;
    if password != fields.exact("again") {
        return Err(Refusal::invalid("again", Said::new("account.password_again")));
    }
    let phc = app.new_password(password).await?;
    insider.write(move |tx, caller| set_password(tx, caller, &phc)).await
}

/// `POST /account/second-factor`: turns it on; the recovery codes are shown this once.
pub(super) async fn second_factor(
    State(app): State<App>,
    InsiderForm(insider, fields): InsiderForm,
) -> Result<Response, Oops> {
    let code = fields.get("code").to_owned();
    let Some(secret) = unbase32(fields.get("secret")) else {
        return Err(insider.oops(Refusal::State(Said::new("request.form_token"))));
    };
    match insider.write(move |tx, caller| confirm_totp(tx, caller, secret, &code)).await {
        Ok(codes) => show(&app, &insider, Shown { codes, ..Shown::default() }).await,
        Err(refusal) => show(&app, &insider, Shown { offered: Some(secret), ..refusal.into() }).await,
    }
}

/// `POST /account/second-factor/off`.
pub(super) async fn second_factor_off(
    State(app): State<App>,
    InsiderForm(insider, fields): InsiderForm,
) -> Result<Response, Oops> {
    let code = fields.get("code").to_owned();
    match insider.write(move |tx, caller| drop_totp(tx, caller, &code)).await {
        Ok(()) => Ok(Redirect::to("/account?done=second_factor_off").into_response()),
        Err(refusal) => show(&app, &insider, refusal.into()).await,
    }
}

/// `POST /account/sign-ins/end`: ends one sign-in of one's own.
pub(super) async fn revoke(InsiderForm(insider, fields): InsiderForm) -> Result<Response, Oops> {
    let unknown = || Refusal::unknown("sign_in", "?");
    let id: SignInId = fields.get("id").parse().map_err(|_| insider.oops(unknown()))?;
    insider
        .write(move |tx, caller| revoke_sign_in(tx, caller, id))
        .await
        .map_err(|refusal| insider.oops(refusal))?;
    Ok(Redirect::to("/account?done=revoked").into_response())
}

/// Twenty bytes from their base32 (RFC 4648 6), upper case.
fn unbase32(text: &str) -> Option<[u8; 20]> {
    let mut bytes = [0_u8; 20];
    let (mut buffer, mut bits, mut at) = (0_u32, 0_u32, 0);
    for c in text.bytes() {
        let value = match c {
            b'A'..=b'Z' => c - b'A',
            b'2'..=b'7' => c - b'2' + 26,
            _ => return None,
        };
        buffer = (buffer << 5) | u32::from(value);
        bits += 5;
        if bits >= 8 {
            bits -= 8;
            *bytes.get_mut(at)? = u8::try_from(buffer >> bits & 0xff).ok()?;
            at += 1;
        }
    }
    (at == 20).then_some(bytes)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_secret_comes_back_from_its_letters() {
        let secret = *b"12345678901234567890";
        assert_eq!(unbase32(&base32(&secret).to_uppercase()), Some(secret));
        for wrong in
            ["", "GEZD", "gezdgnbvgy3tqojqgezdgnbvgy3tqojq", "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQGEZDGNBV"]
        {
            assert_eq!(unbase32(wrong), None, "{wrong}");
        }
    }
}
