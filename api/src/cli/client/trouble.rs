//! Calls that came to nothing, and which of them are made again.

use std::{error::Error, fmt::Write, io, time::Duration};

use backon::{ExponentialBuilder, Retryable};
use reqwest::{
    StatusCode,
    header::{HeaderMap, RETRY_AFTER},
};

use super::super::{failure::Failure, tell};

/// First pause before a call is made again; the next ones double, with jitter.
const FIRST_PAUSE: Duration = Duration::from_millis(500);
/// Longest pause that is made unasked.
const LONGEST_PAUSE: Duration = Duration::from_secs(30);
/// Longest pause that the service may ask for.
const LONGEST_WISH: Duration = Duration::from_mins(5);

/// Whether the service may have done what was asked.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Left {
    /// It said what there was to say.
    Nothing,
    /// It has not, and may be asked again, after the pause it wishes for.
    Again(Option<Duration>),
    /// Nobody knows: the answer was lost.
    Unknown,
}

/// Why a call came to nothing.
#[derive(Debug)]
pub(super) struct Trouble {
    failure: Failure,
    left: Left,
    /// Whether nothing is there.
    is_missing: bool,
}

impl From<Failure> for Trouble {
    fn from(failure: Failure) -> Self {
        Self { failure, left: Left::Nothing, is_missing: false }
    }
}

impl From<Trouble> for Failure {
    fn from(trouble: Trouble) -> Self {
        trouble.failure
    }
}

impl Trouble {
    /// An answer that says no; `failure` says why.
    pub(super) fn answered(status: StatusCode, headers: &HeaderMap, failure: Failure) -> Self {
        let wish = wish(headers);
        let left = match status.as_u16() {
            408 | 429 | 503 => Left::Again(wish),
            // A call with the same `Idempotency-Key` still runs.
            409 if wish.is_some() => Left::Again(wish),
            502 | 504 => Left::Unknown,
            _ => Left::Nothing,
        };
        Self { failure, left, is_missing: status == StatusCode::NOT_FOUND }
    }

    /// No answer.
    pub(super) fn unanswered(error: reqwest::Error) -> Self {
        let (is_connect, is_builder) = (error.is_connect(), error.is_builder());
        // The address is known, and may be long.
        let error = error.without_url();
        if is_builder || is_refused_by_tls(&error) {
            return Failure::usage(&format!("the service cannot be called: {}", causes(&error))).into();
        }
        let why =
            if is_connect { "there is no connection to the service" } else { "the connection was lost" };
        let failure = Failure::other(&format!("{why}: {}", causes(&error)));
        let left = if is_connect { Left::Again(None) } else { Left::Unknown };
        Self { failure, left, is_missing: false }
    }

    /// Tells people of it, where something else is tried.
    pub(super) fn tell(&self) {
        tell(&self.failure.summary());
    }

    /// Whether nobody knows if the service has done what was asked.
    pub(super) fn is_unknown(&self) -> bool {
        self.left == Left::Unknown
    }

    /// Whether the answer was that nothing is there.
    pub(super) const fn is_missing(&self) -> bool {
        self.is_missing
    }

    /// The pause before the next attempt; none where it is not worth waiting.
    fn pause(&self, own: Option<Duration>) -> Option<Duration> {
        match self.left {
            Left::Again(Some(wish)) => own.and(Some(wish)).filter(|wish| *wish <= LONGEST_WISH),
            _ => own,
        }
    }
}

/// Which calls are made again.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Repeat {
    /// Those that do the same however often they are made.
    Always,
    /// Only those that the service has certainly not done.
    UnlessDone,
}

/// Makes a call again, with growing pauses, until it is answered or has failed too often.
///
/// # Errors
/// Why the last attempt came to nothing.
pub(super) async fn persist<T, F>(retries: usize, repeat: Repeat, attempt: F) -> Result<T, Trouble>
where
    F: AsyncFn() -> Result<T, Trouble>,
{
    let pauses = ExponentialBuilder::default()
        .with_jitter()
        .with_min_delay(FIRST_PAUSE)
        .with_max_delay(LONGEST_PAUSE)
        .with_max_times(retries);
    let again = || attempt();
    again
        .retry(pauses)
        .when(|trouble: &Trouble| match trouble.left {
            Left::Nothing => false,
            Left::Again(_) => true,
            Left::Unknown => repeat == Repeat::Always,
        })
        .adjust(Trouble::pause)
        .notify(|trouble, pause| {
            tell(&format_args!("{}; again in {:.1} s", trouble.failure.summary(), pause.as_secs_f64()));
        })
        .await
}

/// How long the service asks to be left alone.
fn wish(headers: &HeaderMap) -> Option<Duration> {
    let seconds = headers.get(RETRY_AFTER)?.to_str().ok()?.trim().parse().ok()?;
    Some(Duration::from_secs(seconds))
}

/// Whether the other end showed no certificate that is trusted, or speaks no TLS.
fn is_refused_by_tls(error: &reqwest::Error) -> bool {
    chain(error).any(|cause| cause.downcast_ref::<io::Error>().is_some_and(holds_tls))
}

/// Whether an error of a connection is one of TLS, which it does not tell as its source.
fn holds_tls(error: &io::Error) -> bool {
    error.get_ref().is_some_and(|held| {
        held.is::<tokio_rustls::rustls::Error>() || held.downcast_ref::<io::Error>().is_some_and(holds_tls)
    })
}

fn chain<'a>(error: &'a (dyn Error + 'static)) -> impl Iterator<Item = &'a (dyn Error + 'static)> {
    let mut next = Some(error);
    std::iter::from_fn(move || {
        let now = next?;
        next = now.source();
        Some(now)
    })
}

/// An error with what caused it, each said once.
fn causes(error: &(dyn Error + 'static)) -> String {
    let mut text = String::new();
    for cause in chain(error).map(ToString::to_string) {
        if !text.contains(&cause) {
            let between = if text.is_empty() { "" } else { ": " };
            let _ = write!(text, "{between}{cause}");
        }
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    fn answered(status: u16, wish: Option<&'static str>) -> Trouble {
        let headers = wish.map(|wish| (RETRY_AFTER, wish.parse().unwrap())).into_iter().collect();
        Trouble::answered(StatusCode::from_u16(status).unwrap(), &headers, Failure::other(&"no"))
    }

    #[test]
    fn what_was_refused_is_not_sent_again_and_what_may_be_done_is_known_as_such() {
        let left = |status, wish| answered(status, wish).left;
        let second = Some(Duration::from_secs(1));

        assert_eq!([400, 401, 404, 422, 500].map(|status| left(status, None)), [Left::Nothing; 5]);
        assert_eq!([429, 503, 409].map(|status| left(status, Some("1"))), [Left::Again(second); 3]);
        assert_eq!(left(503, None), Left::Again(None));
        assert_eq!(left(409, None), Left::Nothing);
        assert_eq!([502, 504].map(|status| left(status, None)), [Left::Unknown; 2]);
    }

    #[test]
    fn the_service_says_how_long_to_wait_up_to_a_bound() {
        let own = Some(Duration::from_secs(9));

        assert_eq!(answered(503, Some("2")).pause(own), Some(Duration::from_secs(2)));
        assert_eq!(answered(503, None).pause(own), own);
        assert_eq!(answered(503, Some("2")).pause(None), None);
        assert_eq!(answered(429, Some("86400")).pause(own), None);
    }
}
