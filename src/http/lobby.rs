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
        self.note(arrival, Evidence::Joined, now).await
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
        let silent: Vec<Arrival> = {
            let mut heard = self.lobby.heard.lock().unwrap_or_else(PoisonError::into_inner);
            let gone: Vec<Arrival> =
                heard.iter().filter(|(_, last)| now - **last > SILENCE).map(|(who, _)| who.clone()).collect();
            for who in &gone {
                heard.remove(who);
            }
            gone
        };
        let count = silent.len();
        for arrival in silent {
            self.note(arrival, Evidence::Lost, now).await?;
        }
        Ok(count)
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
