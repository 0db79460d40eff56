//! What one request costs and who pays for it.

use std::{
    net::IpAddr,
    sync::{Arc, Mutex, OnceLock, PoisonError},
};

use axum::http::{HeaderMap, HeaderValue};
use kernel::{Error, Result};
use uuid::Uuid;

use super::{
    Limits,
    rates::{Payer, Standing, WINDOW_SECONDS},
};

/// Header that says which quotas there are.
pub const RATE_LIMIT_POLICY: &str = "RateLimit-Policy";
/// Header that says what is left of them.
pub const RATE_LIMIT: &str = "RateLimit";

/// The meter of one request: its address pays, and its caller as soon as it is known.
#[derive(Clone, Debug)]
pub struct Meter(Arc<Parts>);

#[derive(Debug)]
struct Parts {
    limits: Arc<Limits>,
    address: Option<IpAddr>,
    caller: OnceLock<Uuid>,
    cost: u32,
    standings: Mutex<Vec<Standing>>,
}

impl Meter {
    /// The meter of a request that costs so much.
    #[must_use]
    pub fn new(limits: Arc<Limits>, address: Option<IpAddr>, cost: u32) -> Self {
        let (caller, standings) = (OnceLock::new(), Mutex::default());
        Self(Arc::new(Parts { limits, address, caller, cost, standings }))
    }

    /// The address that pays.
    #[must_use]
    pub fn address(&self) -> Option<IpAddr> {
        self.0.address
    }

    /// Lets the address pay what the request costs.
    ///
    /// # Errors
    /// `Limited` where it has not that much left.
    pub fn begin(&self) -> Result<()> {
        self.0.address.map_or(Ok(()), |address| self.pay(Payer::Address(address), self.0.cost))
    }

    /// Lets the caller, known now, pay what the request costs; once.
    ///
    /// # Errors
    /// `Limited` where it has not that much left.
    pub fn identify(&self, user: Uuid) -> Result<()> {
        if self.0.caller.set(user).is_err() {
            return Ok(());
        }
        self.pay(Payer::Caller(user), self.0.cost)
    }

    /// Lets address and caller pay for more than the request itself.
    ///
    /// # Errors
    /// `Limited` where one of them has not that much left.
    pub fn charge(&self, units: u32) -> Result<()> {
        if units == 0 {
            return Ok(());
        }
        let address = self.0.address.map(Payer::Address);
        let caller = self.0.caller.get().copied().map(Payer::Caller);
        [address, caller].into_iter().flatten().try_for_each(|payer| self.pay(payer, units))
    }

    /// Lets address and caller pay for work that is done; who has not that much left pays all it has.
    pub fn settle(&self, units: u32) {
        let address = self.0.address.map(Payer::Address);
        let caller = self.0.caller.get().copied().map(Payer::Caller);
        for payer in [address, caller].into_iter().flatten() {
            let (mut left, mut part) = (units, units);
            while part > 0 {
                if self.pay(payer, part).is_ok() {
                    left -= part;
                    part = part.min(left);
                } else {
                    part /= 2;
                }
            }
        }
    }

    fn pay(&self, payer: Payer, units: u32) -> Result<()> {
        let paid = self.0.limits.rates.charge(payer, units);
        let (standing, wait) = match paid {
            Ok(standing) => (standing, None),
            Err((standing, wait)) => (standing, Some(wait)),
        };
        let mut standings = self.0.standings.lock().unwrap_or_else(PoisonError::into_inner);
        standings.retain(|other| other.policy != standing.policy);
        standings.push(standing);
        wait.map_or(Ok(()), |wait| {
            Err(Error::Limited { seconds: wait.as_secs().saturating_add(1), why: None })
        })
    }

    /// Tells the caller what is left, as draft-ietf-httpapi-ratelimit-headers-11 has it.
    pub fn tell(&self, headers: &mut HeaderMap) {
        let standings = self.0.standings.lock().unwrap_or_else(PoisonError::into_inner);
        let all = |one: fn(&Standing) -> String| standings.iter().map(one).collect::<Vec<_>>().join(", ");
        let policy = all(|of| format!("\"{}\";q={};w={WINDOW_SECONDS}", of.policy, of.quota));
        let left = all(|of| format!("\"{}\";r={};t={}", of.policy, of.left, of.full_in_seconds()));
        for (name, text) in [(RATE_LIMIT_POLICY, policy), (RATE_LIMIT, left)] {
            if let Some(value) = HeaderValue::from_str(&text).ok().filter(|value| !value.is_empty()) {
                headers.insert(name, value);
            }
        }
    }
}
