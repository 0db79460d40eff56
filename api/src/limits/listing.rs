//! The limits as callers read them.

use std::time::Duration;

use kernel::{
    filter::{MAX_VALUES, MAX_WORDS},
    idempotency,
    page::{DEFAULT_FIRST, DEFAULT_LIMIT, MAX_KEYS, MAX_LIMIT},
};
use serde::Serialize;
use utoipa::ToSchema;

use super::{
    Limits,
    bodies::BodyLimits,
    exports::ExportLimits,
    graphql::GraphqlLimits,
    imports::ImportLimits,
    rates::{COSTS, Costs, WINDOW_SECONDS},
    streams::StreamLimits,
    webhooks::WebhookLimits,
};
use crate::{
    domain::batch::MAX_ITEMS,
    signin::{password, password_token, session, token},
};

/// Everything that is bounded.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct LimitList {
    /// Bytes of bodies; above them the answer is 413.
    pub bodies: BodyLimits,
    /// Pages of lists.
    pub pages: PageLimits,
    /// GraphQL documents; above them the answer has the code `query_too_costly` or `result_too_large`.
    pub graphql: GraphqlLimits,
    /// Units spent by the minute; above them the answer is 429.
    pub rates: RateLimits,
    /// Times, in seconds.
    pub times: TimeLimits,
    /// Connections and what runs on them.
    pub connections: ConnectionLimits,
    /// Answers that go on: waiting pages, streams of events, sockets.
    pub streams: StreamLimits,
    /// Exports of whole lists.
    pub exports: ExportLimits,
    /// Imports of files.
    pub imports: ImportLimits,
    /// Webhooks.
    pub webhooks: WebhookLimits,
    /// Calls that may be repeated under a key.
    pub idempotency: IdempotencyLimits,
    /// Passwords, tokens and sessions.
    pub sign_in: SignInLimits,
}

/// Pages and batches.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct PageLimits {
    /// Records of a page where `limit` is not given.
    pub limit_default: usize,
    /// Records of a page at most, in both faces.
    pub limit_max: usize,
    /// Records of a connection where `first` and `last` are not given.
    pub first_default: usize,
    /// Keys of an order at most.
    pub sort_keys: usize,
    /// Items of a batch at most.
    pub batch_items: usize,
    /// Values of one filter at most.
    pub filter_values: usize,
    /// Words of a search at most.
    pub search_words: usize,
}

/// Calls that may be repeated under a key.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct IdempotencyLimits {
    /// Hours a key is kept.
    pub hours: i64,
    /// Characters of a key at most.
    pub key_chars: usize,
}

/// Passwords, tokens and sessions.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct SignInLimits {
    /// Characters of a password at least.
    pub password_chars_min: usize,
    /// Characters of a password at least, beside a second factor.
    pub password_chars_min_with_factor: usize,
    /// Characters of a password at most.
    pub password_chars_max: usize,
    /// Minutes an access token is good for.
    pub access_token_minutes: i64,
    /// Days a session lasts.
    pub session_days: i64,
    /// Sessions of one person; the oldest ends when there are more.
    pub sessions: u64,
    /// Hours a password token is good for.
    pub password_token_hours: i64,
}

/// What callers and addresses may spend.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct RateLimits {
    /// Seconds in which a quota fills again.
    pub window_seconds: u32,
    /// Units of a caller who is signed in.
    pub caller_units: u32,
    /// Units of an address; of IPv6, of its /64.
    pub address_units: u32,
    /// What requests cost.
    pub costs: Costs,
}

/// How long things may last.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct TimeLimits {
    /// A request; above it the answer is 503.
    pub request_seconds: u64,
    /// The head of a request; above it the connection is cut.
    pub header_seconds: u64,
    /// The body of a request; above it the answer is 408.
    pub body_seconds: u64,
    /// A connection without a request; above it the connection is closed.
    pub idle_seconds: u64,
}

/// Connections and what runs on them.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct ConnectionLimits {
    /// Connections at the same time; others wait.
    pub clients: usize,
    /// Of them, those of one network: an address of IPv4, a /64 of IPv6. More are closed at once; proxies that are
    /// trusted have no such bound.
    pub clients_of_a_network: usize,
    /// Requests that run at the same time; as many wait for a moment, others are answered 503.
    pub requests: usize,
    /// Requests of one network (an address, or a /64 of IPv6) that run at the same time while others ask too.
    pub requests_of_a_network: usize,
    /// Requests at the same time on one connection of HTTP/2.
    pub streams: u32,
    /// Bytes of the head of a request; above them the answer is 431.
    pub head_bytes: usize,
    /// Headers of a request by HTTP/1; above them the answer is 431. By HTTP/2 the bytes of the head bound them.
    pub headers: usize,
}

/// Fewest connections one network may have, where there are as many in all.
const CLIENTS_OF_A_NETWORK: usize = 16;

/// Connections one network may have of so many: a quarter, so that no one address keeps others out.
#[must_use]
pub fn clients_of_a_network(clients: usize) -> usize {
    (clients / 4).max(CLIENTS_OF_A_NETWORK).min(clients)
}

/// Bytes the head of a request has at most.
pub const HEAD_BYTES: usize = 64 * 1024;
/// Headers of a request at most.
pub const HEADERS: usize = 100;
/// Requests at the same time on one connection of HTTP/2.
pub const STREAMS: u32 = 100;

impl Limits {
    /// Lists what is enforced.
    #[must_use]
    pub fn list(&self) -> LimitList {
        let front = &self.front;
        LimitList {
            bodies: self.bodies,
            pages: PageLimits {
                limit_default: DEFAULT_LIMIT,
                limit_max: MAX_LIMIT,
                first_default: DEFAULT_FIRST,
                sort_keys: MAX_KEYS,
                batch_items: MAX_ITEMS,
                filter_values: MAX_VALUES,
                search_words: MAX_WORDS,
            },
            graphql: GraphqlLimits::ALL,
            rates: RateLimits {
                window_seconds: WINDOW_SECONDS,
                caller_units: front.caller_rate.get(),
                address_units: front.address_rate.get(),
                costs: COSTS,
            },
            times: self.times(),
            connections: ConnectionLimits {
                clients: front.max_clients,
                clients_of_a_network: clients_of_a_network(front.max_clients),
                requests: front.max_requests,
                requests_of_a_network: front.max_requests_of_a_network,
                streams: STREAMS,
                head_bytes: HEAD_BYTES,
                headers: HEADERS,
            },
            streams: StreamLimits::of(self.wait_seconds()),
            exports: self.exports.list(),
            imports: ImportLimits::list(),
            webhooks: WebhookLimits::list(),
            idempotency: IdempotencyLimits { hours: idempotency::HOURS, key_chars: idempotency::LONGEST },
            sign_in: SIGN_IN,
        }
    }

    fn times(&self) -> TimeLimits {
        let [request_seconds, header_seconds, body_seconds, idle_seconds] = [
            self.request_timeout,
            self.front.header_timeout,
            self.front.body_timeout,
            self.front.idle_timeout,
        ]
        .map(|time: Duration| time.as_secs());
        TimeLimits { request_seconds, header_seconds, body_seconds, idle_seconds }
    }
}

const SIGN_IN: SignInLimits = SignInLimits {
    password_chars_min: password::MIN_CHARS,
    password_chars_min_with_factor: password::MIN_CHARS_WITH_FACTOR,
    password_chars_max: password::MAX_CHARS,
    access_token_minutes: token::LIFETIME_MINUTES,
    session_days: session::SESSION_DAYS,
    sessions: session::MOST_OPEN,
    password_token_hours: password_token::LIFETIME_HOURS,
};
