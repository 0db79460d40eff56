//! What callers and addresses may spend: buckets that fill by the minute.

use std::{
    hash::{BuildHasher, Hash, RandomState},
    net::IpAddr,
    num::NonZeroU32,
    sync::atomic::{AtomicU32, Ordering},
    time::Duration,
};

use governor::{
    Quota, RateLimiter,
    clock::{Clock, DefaultClock},
    middleware::StateInformationMiddleware,
    state::keyed::HashMapStateStore,
};
use serde::Serialize;
use utoipa::ToSchema;
use uuid::Uuid;

use super::traffic::Traffic;
use crate::{config::Front, origin::network};

/// Seconds in which an empty bucket fills.
pub const WINDOW_SECONDS: u32 = 60;
/// Buckets of addresses at most; addresses share one by chance, and no number of them takes more memory.
const SLOTS: u64 = 1 << 18;
/// Charges between two times at which full buckets are forgotten.
const SWEEP: u32 = 10_000;

/// Units a request costs.
#[derive(Clone, Copy, Debug, Serialize, ToSchema)]
pub struct Costs {
    /// A read, and a GraphQL request besides its records.
    pub read: u32,
    /// A write.
    pub write: u32,
    /// A batch.
    pub batch: u32,
    /// An attempt to sign in, or another request about it.
    pub sign_in: u32,
    /// An export, besides the read that it is.
    pub export: u32,
    /// Records of an export for one unit more.
    pub export_rows_per_unit: u32,
    /// Rows read for a GraphQL document for one unit; a statement counts as ten at the least.
    pub graphql_rows_per_unit: u32,
    /// Bytes of an answer of GraphQL for one unit.
    pub graphql_bytes_per_unit: u32,
    /// Fields of introspection a GraphQL document may have for one unit.
    pub introspection_per_unit: u32,
}

impl Costs {
    /// Units a request costs before more is known of it.
    #[must_use]
    pub const fn of(&self, traffic: Traffic) -> u32 {
        match traffic {
            Traffic::Read | Traffic::Graphql => self.read,
            Traffic::Write => self.write,
            Traffic::Batch => self.batch,
            Traffic::SignIn => self.sign_in,
        }
    }

    /// Units of one field of a mutation: what the same write costs by REST.
    #[must_use]
    pub fn of_mutation(&self, field: &str) -> u32 {
        if field.ends_with("Batch") { self.batch } else { self.write }
    }
}

/// What requests cost.
pub const COSTS: Costs = Costs {
    read: 1,
    write: 5,
    batch: 50,
    sign_in: 100,
    export: 9,
    export_rows_per_unit: 1_000,
    graphql_rows_per_unit: 500,
    graphql_bytes_per_unit: 200_000,
    introspection_per_unit: 10,
};

type Buckets<K> = RateLimiter<K, HashMapStateStore<K>, DefaultClock, StateInformationMiddleware>;

/// The buckets of all callers and addresses.
#[derive(Debug)]
pub struct Rates {
    callers: Buckets<Uuid>,
    addresses: Buckets<u64>,
    hasher: RandomState,
    charges: AtomicU32,
}

/// Who pays.
#[derive(Clone, Copy, Debug)]
pub enum Payer {
    /// A user.
    Caller(Uuid),
    /// An address; those of IPv6 by their /64.
    Address(IpAddr),
}

/// What is left in a bucket.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Standing {
    /// Name of the policy.
    pub policy: &'static str,
    /// Units a full bucket has.
    pub quota: u32,
    /// Units left.
    pub left: u32,
}

impl Standing {
    /// Seconds until the bucket is full again.
    #[must_use]
    pub fn full_in_seconds(&self) -> u32 {
        let missing = u64::from(self.quota.saturating_sub(self.left)) * u64::from(WINDOW_SECONDS);
        u32::try_from(missing.div_ceil(u64::from(self.quota.max(1)))).unwrap_or(WINDOW_SECONDS)
    }
}

impl Rates {
    /// The rates of the settings.
    #[must_use]
    pub fn of(front: &Front) -> Self {
        Self {
            callers: RateLimiter::hashmap(Quota::per_minute(front.caller_rate)).with_middleware(),
            addresses: RateLimiter::hashmap(Quota::per_minute(front.address_rate)).with_middleware(),
            hasher: RandomState::new(),
            charges: AtomicU32::new(0),
        }
    }

    /// Takes units from a bucket, as many as it can ever hold at most.
    ///
    /// # Errors
    /// The standing, and how long to wait, where it does not hold them now.
    pub fn charge(&self, payer: Payer, units: u32) -> Result<Standing, (Standing, Duration)> {
        if self.charges.fetch_add(1, Ordering::Relaxed) % SWEEP == SWEEP - 1 {
            self.callers.retain_recent();
            self.addresses.retain_recent();
        }
        match payer {
            Payer::Caller(user) => take(&self.callers, "caller", &user, units),
            Payer::Address(address) => {
                take(&self.addresses, "address", &(self.hasher.hash_one(network(address)) % SLOTS), units)
            }
        }
    }
}

fn take<K: Clone + Eq + Hash>(
    buckets: &Buckets<K>,
    policy: &'static str,
    key: &K,
    units: u32,
) -> Result<Standing, (Standing, Duration)> {
    let standing = |quota: Quota, left| Standing { policy, quota: quota.burst_size().get(), left };
    let units = NonZeroU32::new(units).unwrap_or(NonZeroU32::MIN);
    // More than a bucket can hold is paid by all it can hold.
    let taken = match buckets.check_key_n(key, units) {
        Ok(taken) => taken,
        Err(most) => match NonZeroU32::new(most.0).map(|most| buckets.check_key_n(key, most)) {
            Some(Ok(taken)) => taken,
            _ => buckets.check_key(key),
        },
    };
    match taken {
        Ok(state) => Ok(standing(state.quota(), state.remaining_burst_capacity())),
        Err(until) => Err((standing(until.quota(), 0), until.wait_time_from(DefaultClock::default().now()))),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rates(units: u32) -> Rates {
        let rate = NonZeroU32::new(units).unwrap();
        Rates::of(&Front { caller_rate: rate, address_rate: rate, ..Front::default() })
    }

    #[test]
    fn a_network_of_version_6_pays_together_and_others_alone() {
        let rates = rates(2);
        let charge = |text: &str| rates.charge(Payer::Address(text.parse().unwrap()), 2).is_ok();

        let paid =
            ["2001:db8::1", "2001:db8::ffff:2", "2001:db8:0:1::1", "10.0.0.1", "::ffff:10.0.0.1"].map(charge);

        assert_eq!(paid, [true, false, true, true, false]);
    }

    #[test]
    fn what_no_bucket_holds_is_paid_by_a_full_one() {
        let rates = rates(10);
        let me = Payer::Caller(Uuid::nil());

        let (first, second) = (rates.charge(me, 1_000), rates.charge(me, 1));

        assert_eq!(first, Ok(Standing { policy: "caller", quota: 10, left: 0 }));
        assert!(second.is_err_and(|(_, wait)| wait <= Duration::from_secs(6)));
    }
}
