//! Every limit of the service, where it is enforced and where `GET /limits` lists it.

pub mod bodies;
pub mod listing;
pub mod meter;
pub mod places;
pub mod rates;

use std::time::Duration;

use crate::config::{Config, Front};
use bodies::BodyLimits;
use places::Places;
use rates::Rates;

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
}

impl Limits {
    /// The limits that follow from the settings.
    #[must_use]
    pub fn of(config: &Config) -> Self {
        Self {
            front: config.front.clone(),
            request_timeout: Duration::from_secs(config.request_timeout_seconds),
            bodies: BodyLimits::of(config.body_limit_bytes),
            rates: Rates::of(&config.front),
            places: Places::of(config.front.max_requests),
        }
    }
}
