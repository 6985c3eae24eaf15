//! What can be done: one plain function per action, each in one transaction: load, decide, save, announce.
//!
//! Every door calls these and nothing below, so that rights, rules and the journal have one place.

mod add_document;
mod agenda_pack;
mod answer_by_link;
mod answer_invitation;
mod arrive_remotely;
mod caller;
mod chamber;
mod change_document;
mod change_meeting;
mod change_person;
mod change_room;
mod change_site;
pub mod council;
mod council_feed;
mod council_reader;
mod create_meeting;
mod decide_meeting;
mod deliver_mail;
mod end_meeting;
mod feed_events;
mod find_slots;
mod freeze_documents;
mod hand_over;
mod history;
mod import_calendar;
mod import_people;
mod invite;
mod issue_token;
mod join_link;
mod leave_house;
mod look_after_account;
mod mail_events;
mod manage_account;
mod manage_policy;
mod manage_service;
mod manage_town;
mod members_file;
mod opening_hours;
mod order_services;
mod organise;
mod password;
mod place;
mod post_mail;
mod publish_session;
mod published_events;
mod read_day;
mod read_document;
mod read_health;
mod read_journal;
mod read_mail;
mod read_meeting;
mod read_orders;
mod read_people;
mod read_published;
mod remind;
mod remind_deadlines;
mod render_feed;
mod rework;
mod room_days;
mod room_now;
mod room_sheet;
mod run_meeting;
mod search_council;
mod session_file;
mod set_mail_wishes;
mod sign_in;
mod suggest;
mod table_file;
mod tick;
mod try_booking;
mod where_now;

pub use add_document::{NewDocument, add_document, add_version};
pub use agenda_pack::{PackFor, agenda_pack};
pub use answer_by_link::{
    DateSheet, InvitationSheet, InvitationState, answer_by_link, invitation_calendar, invitation_sheet,
};
pub use answer_invitation::{AnswerInvitation, answer_invitation};
pub use arrive_remotely::{LobbySheet, LobbyState, lobby_sheet, record_presence};
pub use caller::Caller;
use caller::must_tend;
pub use chamber::{
    DecisionText, DeclareVote, EndItem, FeeLine, Hall, NotePresence, OpenVote, Signal, adjourn_session,
    annul_vote, begin_item, cast_ballots, close_session, compute_fees, conducted, declare_not_quorate,
    declare_vote, end_item, fees_csv, hand_in_device, hand_in_paper, note_presence, open_session, open_vote,
    preside, read_hall, read_seat, resume_session, signal_session, start_speaking, stop_speaking,
    summarise_item, suspend_session,
};
pub use change_document::{
    DocumentFields, change_document, change_state, set_access, set_readers, set_recused,
};
pub use change_meeting::{ChangeMeeting, Scope, Target, change_meeting};
pub use change_person::{ChangePerson, change_person};
pub use change_room::{DateAhead, RoomFields, change_room, dates_ahead, use_room};
pub use change_site::{SiteFields, change_site, use_unit};
pub use council_feed::{CouncilFeed, council_feed};
pub use council_reader::CouncilReader;
pub use create_meeting::{CreateMeeting, Made, OnConflict, create_meeting};
pub use decide_meeting::{Decision, Request, decide_meeting, may_decide, requests, waiting};
pub use deliver_mail::{Attempt, LEASE, claim_mail, put_mail_back, settle_mail};
pub use end_meeting::{approve_meeting, cancel_meeting, restore_meeting};
pub use find_slots::{FindSlots, SlotOffer, SlotParticipant, SlotRelax, Slots, SlotsConsidered, find_slots};
pub use freeze_documents::{FrozenDocuments, freeze_documents, left_behind, release_documents};
pub use hand_over::hand_over;
pub use history::{HistoryLine, cancel_because, meeting_history};
pub use import_calendar::{ImportCalendar, ImportTo, Imported, import_calendar, import_horizon};
pub use import_people::{
    ImportLine, ImportedRow, PEOPLE_FILE_BYTES, PEOPLE_FILE_ROWS, PeopleFile, PeopleRow, import_people,
    preview_people, read_people,
};
pub use invite::Invite;
pub use issue_token::{
    NewApiToken, NewFeed, feed_scopes, feed_token, issue_api_token, issue_feed_token, list_tokens,
    revoke_token, rotate_feed,
};
pub use join_link::{answer_token, join_token, pseudonym, read_answer_token, read_join_token};
pub use leave_house::{Fate, HasLeft, Leave, Leaving, ToArrange, leave_house, leaving};
pub use look_after_account::{come_back, end_sign_ins, reset_second_factor, send_link, unlock_account};
pub use manage_account::{
    SetUp, accept_link, close_account, confirm_totp, drop_totp, grant_role, invite_person, link_purpose,
    open_set_up, request_reset, revoke_sign_in, set_language, set_password, set_up, take_role,
};
pub use manage_policy::{add_policy, change_policy, drop_policy, move_policy, put_policy};
pub use manage_service::{add_service, change_service};
pub use manage_town::{
    NewBody, NewPerson, NewRoom, NewSite, add_body, add_legal_body, add_person, add_room, add_site, add_unit,
    set_house,
};
pub use members_file::{FileItem, MembersFile, Paper, SessionDocuments, documents_of, members_file};
pub use opening_hours::{
    Hours, Open, hours_of, lift_closure, open_time, put_closure, set_opening, struck_by,
};
pub use order_services::{OrderService, OrderedService, order_services};
pub use password::{hash_password, password_fits, verify_password};
pub use post_mail::{LinkMail, post_link_mail, switch_mail};
pub use publish_session::{Publish, publish_session, withdraw_publication};
pub use read_day::{board, person_agenda};
pub use read_document::{DocumentSheet, OpenedDocument, document_sheet, open_document, read_document};
pub use read_health::{Health, keep_backup_time, read_health};
pub use read_journal::{
    About, Doer, JournalChecked, JournalLine, check_journal, journal_checked, journal_lines, journal_role,
    keep_journal_check, subject_named,
};
pub use read_mail::{MailLinks, MailSheet, Matter, MeetingNews, Place, WhenSheet, mail_sheet};
pub use read_meeting::{MeetingSheet, OccurrenceSheet, ParticipantSheet, find_occurrence, meeting_sheet};
pub use read_orders::{Need, OrderedDate, read_orders};
pub use read_people::{PEOPLE_PER_PAGE, PeoplePage, PersonSheet, list_people, person_sheet};
pub use read_published::{
    PublishedCalendar, PublishedEdition, PublishedSession, published_calendar, published_edition,
    published_session, published_sessions, standing_facts,
};
pub use remind_deadlines::{DeadlineLine, DeadlineNews};
pub use render_feed::{
    FeedAs, FeedSpec, FeedState, Rendered, assemble, export_calendar, feed_state, render_meeting,
};
pub use room_days::{DayEntry, KnownDays, RoomDay, room_day, town_day};
pub use room_now::{Happening, RoomNow, room_now};
pub use room_sheet::{RoomSheet, drop_photo, put_photo, room_photo, room_sheet, set_directions};
pub use run_meeting::{book_now, check_in, end_now, extend, undo_release};
pub use search_council::{CouncilFound, MOST_COUNCIL_FOUND, search_council};
pub use set_mail_wishes::{MailWishes, mail_wishes, set_mail_wishes};
pub use sign_in::{
    SignInAttempt, SignedIn, Step, end_sign_in, finish_code, finish_password, open_sign_ins, read_attempt,
    signed_in, totp_uri,
};
pub use suggest::{Found, SearchRooms, search_rooms, suggest};
pub use tick::{Kept, Ticked, housekeep, is_due, tick};
pub use try_booking::{Trial, TryBooking, try_booking};
pub use where_now::{
    Engagement, KnownEngagement, MOST_FOUND, Whereabouts, known_people, people_called, where_now,
};
