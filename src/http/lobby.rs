//! Heartbeats of those who take part from elsewhere. The ledger holds arrivals, silences and departures; the
//! heartbeats in between are only remembered here.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};

use chrono::{DateTime, Utc};

use super::App;
use crate::booking::Refusal;
use crate::ids::{OccurrenceId, PersonId};
use crate::presence::{Assurance, Entry, Evidence, SILENCE};
use crate::scheduler::record_presence;

/// Which device of whom, at which date.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Arrival {
    /// The date.
    pub occurrence: OccurrenceId,
    /// Who.
    pub person: PersonId,
    /// By which device.
    pub device: String,
}

/// When each device was last heard.
#[derive(Default)]
pub(super) struct Lobby {
    heard: Mutex<HashMap<Arrival, DateTime<Utc>>>,
}

impl App {
    /// Notes that a device was heard; the first time, and after silence, the ledger gets a line.
    ///
    /// # Errors
    /// Those of the store.
    pub async fn is_here(&self, arrival: Arrival) -> Result<(), Refusal> {
        let now = self.store.clock().now();
        let known = {
            let mut heard = self.lobby.heard.lock().unwrap_or_else(PoisonError::into_inner);
            heard.insert(arrival.clone(), now)
        };
        if known.is_some_and(|last| now - last <= SILENCE) {
            return Ok(());
        }
        let noted = self.note(arrival.clone(), Evidence::Joined, now).await;
        if noted.is_err() {
            // The next heartbeat must try again, not find itself known.
            self.lobby.heard.lock().unwrap_or_else(PoisonError::into_inner).remove(&arrival);
        }
        noted
    }

    /// Notes that a page was closed.
    ///
    /// # Errors
    /// Those of the store.
    pub async fn has_left(&self, arrival: Arrival) -> Result<(), Refusal> {
        let now = self.store.clock().now();
        let known = self.lobby.heard.lock().unwrap_or_else(PoisonError::into_inner).remove(&arrival);
        if known.is_none() {
            return Ok(());
        }
        self.note(arrival, Evidence::Left, now).await
    }

    /// Writes down whose devices have fallen silent.
    ///
    /// # Errors
    /// Those of the store; the devices are then asked after again.
    pub async fn sweep_lobby(&self) -> Result<usize, Refusal> {
        let now = self.store.clock().now();
        let silent: Vec<(Arrival, DateTime<Utc>)> = {
            let mut heard = self.lobby.heard.lock().unwrap_or_else(PoisonError::into_inner);
            let gone: Vec<(Arrival, DateTime<Utc>)> = heard
                .iter()
                .filter(|(_, last)| now - **last > SILENCE)
                .map(|(who, last)| (who.clone(), *last))
                .collect();
            for (who, _) in &gone {
                heard.remove(who);
            }
            gone
        };
        let mut outcome = Ok(silent.len());
        for (arrival, last) in silent {
            if let Err(refusal) = self.note(arrival.clone(), Evidence::Lost, now).await {
                // Asked after again by the next sweep, unless it was heard in the meantime.
                let mut heard = self.lobby.heard.lock().unwrap_or_else(PoisonError::into_inner);
                heard.entry(arrival).or_insert(last);
                outcome = Err(refusal);
            }
        }
        outcome
    }

    /// After a restart: devices that were here are given until the silence ends to be heard again.
    ///
    /// # Errors
    /// Those of the store.
    pub async fn reopen_lobby(&self) -> Result<(), Refusal> {
        let now = self.store.clock().now();
        let since = now - chrono::TimeDelta::hours(24);
        let here = self.read(move |view| Ok(view.devices_here(since)?)).await?;
        let mut heard = self.lobby.heard.lock().unwrap_or_else(PoisonError::into_inner);
        for entry in here {
            let arrival =
                Arrival { occurrence: entry.occurrence, person: entry.person, device: entry.device };
            heard.insert(arrival, now);
        }
        Ok(())
    }

    async fn note(&self, arrival: Arrival, evidence: Evidence, at: DateTime<Utc>) -> Result<(), Refusal> {
        let Arrival { occurrence, person, device } = arrival;
        let entry = Entry { occurrence, person, device, evidence, assurance: Assurance::Claimed, at };
        self.write(move |tx| record_presence(tx, &entry)).await
    }
}
