//! Answers that go on: waiting pages, streams of events, sockets.

use std::time::Duration;

use kernel::change::feed::{LOOKED_AT, PASSED};
use serde::Serialize;
use utoipa::ToSchema;

/// Streams, sockets and waiting pages one user holds open at most.
pub const STREAMS_OF_A_USER: usize = 20;
/// Streams, sockets and waiting pages all anonymous callers together hold open at most.
pub const STREAMS_OF_ANONYMOUS: usize = 200;
/// Those of them that callers from one network hold open at most.
pub const STREAMS_OF_A_NETWORK: usize = 20;

/// Seconds a page waits for changes at most.
pub const WAIT_SECONDS: u64 = 20;
/// Subscriptions of one socket at most.
pub const SUBSCRIPTIONS: usize = 20;
/// Characters of a subscription's id at most.
pub const ID_CHARS: usize = 128;
/// Bytes of one message to a socket at most.
pub const MESSAGE_BYTES: usize = 64 * 1024;
/// Seconds a socket may be open before `connection_init` is sent.
pub const INIT_SECONDS: u64 = 10;
/// Time a reader may take for one item; whoever is slower is dropped.
pub const SLOW: Duration = Duration::from_secs(5);

/// Answers that go on.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct StreamLimits {
    /// Waiting pages, streams and sockets of a caller who is signed in; above them 429, on a socket 4429.
    pub caller: usize,
    /// Waiting pages, streams and sockets of all anonymous callers together.
    pub anonymous: usize,
    /// Those of them that come from one IPv4 address, or one /64 of IPv6.
    pub anonymous_of_a_network: usize,
    /// Subscriptions on one socket; above them the code `rate_limited`.
    pub subscriptions: usize,
    /// Bytes of a message to a socket; above them the socket is closed.
    pub message_bytes: usize,
    /// Seconds a socket waits for `connection_init`; above them it is closed with 4408.
    pub init_seconds: u64,
    /// Seconds a page waits for changes.
    pub wait_seconds: u64,
    /// Seconds a reader may take for what it is sent; above them it is dropped.
    pub read_seconds: u64,
    /// Changes that can concern the caller a page looks at; it ends there though the caller sees none of them.
    pub changes_looked_at: usize,
    /// Change sets a page passes; it ends there though none concerns the caller.
    pub sets_passed: i64,
    /// Characters of the id of a subscription on a socket.
    pub subscription_id_chars: usize,
}

impl StreamLimits {
    pub(super) const fn of(wait_seconds: u64) -> Self {
        Self {
            caller: STREAMS_OF_A_USER,
            anonymous: STREAMS_OF_ANONYMOUS,
            anonymous_of_a_network: STREAMS_OF_A_NETWORK,
            subscriptions: SUBSCRIPTIONS,
            message_bytes: MESSAGE_BYTES,
            init_seconds: INIT_SECONDS,
            wait_seconds,
            read_seconds: SLOW.as_secs(),
            changes_looked_at: LOOKED_AT,
            sets_passed: PASSED,
            subscription_id_chars: ID_CHARS,
        }
    }
}
