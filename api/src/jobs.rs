//! Background jobs: what the service does unasked while it serves.
//!
//! A job is one line of [`ALL`]. One that fails is logged and tried again at its next time.

pub mod deadlines;
pub mod exports;
pub mod housekeeping;
pub mod imports;
pub mod release_clock;
mod runner;
pub mod webhooks;

use std::time::Duration;

pub use runner::{Job, Ran, Service, start};

use crate::signin::api_key;

/// Every job there is.
pub const ALL: &[Job] = &[
    Job::shared("housekeeping", Duration::from_mins(10), |service| Box::pin(housekeeping::sweep(service))),
    Job::shared("release_clock", Duration::from_secs(1), |service| Box::pin(release_clock::turn(service))),
    Job::shared("deadlines", Duration::from_hours(6), |service| Box::pin(deadlines::compile(service))),
    Job::shared("exports", Duration::from_secs(10), |service| Box::pin(exports::take_up(service))),
    Job::shared("imports", Duration::from_secs(10), |service| Box::pin(imports::take_up(service))),
    Job::shared("webhooks", Duration::from_secs(1), |service| Box::pin(webhooks::send(service))),
    Job::own("key_uses", Duration::from_mins(1), |service| {
        Box::pin(async move { api_key::uses::store(&service.ctx).await })
    }),
    Job::own("signing_keys", Duration::from_secs(3), |service| {
        Box::pin(async move { service.keys.reload().await })
    }),
];
