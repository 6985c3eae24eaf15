//! Puts a face on the glass and hands on what is touched. The only module that knows both sides.

use std::cell::RefCell;
use std::rc::Rc;

use chrono::{DateTime, Utc};
use slint::{ComponentHandle, ModelRc, SharedString, VecModel};
use uuid::Uuid;

use super::actions::Action;
use super::desk::{Desk, Face, Pending, Report};
use super::qr;
use super::rows::sync_rows;
use super::{glass, ui};
use crate::texts::Lang;
use crate::wire::Command;

/// Records a command and gives back its key; `None` if it cannot be kept.
pub type Send = Box<dyn Fn(&Command, DateTime<Utc>, Lang) -> Option<Uuid>>;

/// A window and the desk behind it.
pub struct Panel {
    window: ui::KioskWindow,
    works: Rc<Works>,
}

/// What the callbacks of the window share.
struct Works {
    desk: RefCell<Desk>,
    glass: slint::Weak<ui::KioskWindow>,
    send: Send,
    shown_lang: RefCell<Option<Lang>>,
    languages: Rc<VecModel<ui::Language>>,
    actions: Rc<VecModel<ui::Action>>,
    remote: Rc<VecModel<ui::RemotePerson>>,
    coming: Rc<VecModel<ui::Coming>>,
    slots: Rc<VecModel<ui::Slot>>,
}

impl Panel {
    /// Makes the window, without showing it.
    pub fn new(desk: Desk, address: Option<&str>, send: Send) -> Result<Self, slint::PlatformError> {
        let window = ui::KioskWindow::new()?;
        let works = Rc::new(Works {
            desk: RefCell::new(desk),
            glass: window.as_weak(),
            send,
            shown_lang: RefCell::default(),
            languages: Rc::default(),
            actions: Rc::default(),
            remote: Rc::default(),
            coming: Rc::default(),
            slots: Rc::default(),
        });
        let room = window.global::<ui::RoomAdapter>();
        room.set_actions(ModelRc::from(works.actions.clone()));
        room.set_remote(ModelRc::from(works.remote.clone()));
        room.set_coming(ModelRc::from(works.coming.clone()));
        room.set_slots(ModelRc::from(works.slots.clone()));
        window.global::<ui::ShellAdapter>().set_languages(ModelRc::from(works.languages.clone()));
        if let Some(code) = address.and_then(qr::image) {
            room.set_qr(code);
            room.set_has_qr(true);
        }
        connect(&window, &works);
        let panel = Self { window, works };
        panel.refresh();
        Ok(panel)
    }

    /// The window.
    #[must_use]
    pub fn window(&self) -> &ui::KioskWindow {
        &self.window
    }

    /// Shows what is true now. To be called every second; costs nothing when nothing changed.
    pub fn refresh(&self) {
        self.works.refresh();
    }

    /// Takes in what the link tells, and shows it.
    pub fn report(&self, report: Report) {
        self.works.desk.borrow_mut().take(report);
        self.refresh();
    }

    /// A handle for a timer: refreshes as long as the panel lives.
    pub fn refresher(&self) -> impl Fn(Vec<Report>) + 'static {
        let works = Rc::downgrade(&self.works);
        move |reports| {
            if let Some(works) = works.upgrade() {
                for report in reports {
                    works.desk.borrow_mut().take(report);
                }
                works.refresh();
            }
        }
    }

    /// How the glass should look after a restart: the language to return to, and the contrast.
    pub fn looks(&self) -> impl Fn() -> Option<(Lang, bool)> + 'static {
        let works = Rc::downgrade(&self.works);
        move || {
            let works = works.upgrade()?;
            let desk = works.desk.borrow();
            Some((desk.home_lang(), desk.contrast()))
        }
    }

    /// Looks at the desk.
    pub fn desk<T>(&self, look: impl FnOnce(&Desk) -> T) -> T {
        look(&self.works.desk.borrow())
    }
}

/// Hands on every touch.
fn connect(window: &ui::KioskWindow, works: &Rc<Works>) {
    let shell = window.global::<ui::ShellAdapter>();
    let touched = doing(works, |works, ()| works.desk.borrow_mut().touch());
    shell.on_touched(move || touched(()));
    let choose = doing(works, |works, code: SharedString| {
        if let Some(lang) = Lang::from_code(&code) {
            works.desk.borrow_mut().choose(lang);
        }
    });
    shell.on_choose_language(choose);
    let toggle = doing(works, |works, ()| works.desk.borrow_mut().toggle_contrast());
    shell.on_toggle_contrast(move || toggle(()));
    let wake = doing(works, |works, ()| works.desk.borrow_mut().touch());
    window.global::<ui::IdleAdapter>().on_wake(move || wake(()));
    let act = doing(works, Works::act);
    window.global::<ui::RoomAdapter>().on_act(move |kind, minutes| act((kind, minutes)));
}

/// A callback that does something to the works, as long as they live, and shows the result.
fn doing<A: 'static>(works: &Rc<Works>, act: impl Fn(&Works, A) + 'static) -> impl Fn(A) + 'static {
    let works = Rc::downgrade(works);
    move |argument| {
        if let Some(works) = works.upgrade() {
            act(&works, argument);
            works.refresh();
        }
    }
}

impl Works {
    fn act(&self, (kind, minutes): (ui::ActionKind, i32)) {
        let action = Action { kind: glass::intent(kind), minutes: u32::try_from(minutes).unwrap_or(0) };
        let (tapped, lang) = (self.desk.borrow().tap(action), self.desk.borrow().lang());
        let Some((command, made_at)) = tapped else { return };
        if let Some(uuid) = (self.send)(&command, made_at, lang) {
            self.desk.borrow_mut().expect(Pending { uuid, command, made_at, lang });
        }
    }

    fn refresh(&self) {
        let Some(window) = self.glass.upgrade() else { return };
        let mut desk = self.desk.borrow_mut();
        let face = desk.face();
        let languages = desk.languages();
        let (identity, contrast) = (desk.identity(), desk.contrast());
        drop(desk);
        self.speak(face.lang);
        sync_rows(&self.languages, languages.into_iter().map(glass::language).collect(), |row| {
            row.code.clone()
        });
        window.global::<ui::ShellAdapter>().set_contrast(contrast);
        glass::sign(&window, &face, identity.as_ref());
        glass::room(&window, &face, identity.as_ref());
        self.lists(&window, &face);
    }

    /// Sentences change with one call, and only when the language does.
    fn speak(&self, lang: Lang) {
        let mut shown = self.shown_lang.borrow_mut();
        if *shown != Some(lang) {
            match slint::select_bundled_translation(lang.code()) {
                Ok(()) => *shown = Some(lang),
                Err(error) => tracing::warn!(%error, %lang, "language not bundled"),
            }
        }
    }

    fn lists(&self, window: &ui::KioskWindow, face: &Face) {
        let view = &face.view;
        let actions = view.actions.iter().copied().map(glass::action).collect();
        sync_rows(&self.actions, actions, |row: &ui::Action| (row.kind, row.minutes));
        let (remote, remote_lines) = glass::remote(view);
        sync_rows(&self.remote, remote, |row: &ui::RemotePerson| row.key.clone());
        let (coming, coming_lines) = glass::coming(view);
        sync_rows(&self.coming, coming, |row: &ui::Coming| row.key.clone());
        let room = window.global::<ui::RoomAdapter>();
        room.set_remote_lines(remote_lines);
        room.set_coming_lines(coming_lines);
        let slots = view.slots.iter().map(glass::slot).collect();
        sync_rows(&self.slots, slots, |row: &ui::Slot| row.key.clone());
    }
}
