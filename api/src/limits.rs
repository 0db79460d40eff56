//! Every limit of the service, where it is enforced and where `GET /limits` lists it.

pub mod bodies;
pub mod exports;
pub mod graphql;
pub mod imports;
pub mod listing;
pub mod meter;
pub mod places;
pub mod rates;
pub mod streams;
pub mod traffic;
pub mod turns;
pub mod webhooks;

use std::time::Duration;

use crate::config::{Config, Front};
use bodies::BodyLimits;
use exports::Exports;
use places::Places;
use rates::Rates;
use streams::WAIT_SECONDS;

/// The limits of a running service.
#[derive(Debug)]
pub struct Limits {
    /// How connections are taken.
    pub front: Front,
    /// Time a request may take.
    pub request_timeout: Duration,
    /// Bytes of bodies.
    pub bodies: BodyLimits,
    /// What callers and addresses may spend.
    pub rates: Rates,
    /// Requests that run at the same time.
    pub places: Places,
    /// Exports that run at the same time.
    pub exports: Exports,
}

impl Limits {
    /// Seconds a page of the feed may wait: a part of the time a request may take, for it has work to do too.
    #[must_use]
    pub fn wait_seconds(&self) -> u64 {
        WAIT_SECONDS.min(self.request_timeout.as_secs() * 2 / 3)
    }

    /// The limits that follow from the settings.
    #[must_use]
    pub fn of(config: &Config) -> Self {
        Self {
            front: config.front.clone(),
            request_timeout: Duration::from_secs(config.request_timeout_seconds),
            bodies: BodyLimits::of(config.body_limit_bytes),
            rates: Rates::of(&config.front),
            places: Places::of(config.front.max_requests, config.front.max_requests_of_a_network),
            exports: Exports::of(config.max_connections),
        }
    }
}
