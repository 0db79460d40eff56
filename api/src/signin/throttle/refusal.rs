//! Telling the operator how attempts to sign in end: a line of the log for each refusal, a counter for all.

use std::net::IpAddr;

use uuid::Uuid;

use crate::origin::network;

/// How an attempt ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::signin) enum Ending {
    /// It succeeded.
    Done,
    /// The password is wrong, or nobody has the account, or it is closed.
    WrongPassword,
    /// The password is right, the code of the second factor wrong.
    WrongCode,
    /// The password is right, and the code was not sent yet.
    CodeMissing,
    /// The API key is none, has ended, or is not taken from there.
    WrongKey,
    /// The address of a calendar leads nowhere, or not any more.
    WrongCalendar,
    /// Account or address have to wait.
    Waiting,
}

impl Ending {
    /// Label of the counter, and what the log says.
    const fn told(self) -> (&'static str, &'static str) {
        match self {
            Self::Done => ("done", "somebody signed in"),
            Self::WrongPassword => ("wrong_password", "the password is wrong, or there is no such account"),
            Self::WrongCode => ("wrong_code", "the code of the second factor is wrong"),
            Self::CodeMissing => ("code_missing", "the code of the second factor is asked for"),
            Self::WrongKey => ("wrong_key", "the API key is not taken"),
            Self::WrongCalendar => ("wrong_calendar", "the address of the calendar leads nowhere"),
            Self::Waiting => ("waiting", "too many attempts failed before"),
        }
    }
}

/// Counts how an attempt ended, and logs a refusal with the user, where there is one, and the network.
///
/// What was typed is not logged: people type passwords where the address belongs.
pub(in crate::signin) fn tell(ending: Ending, user: Option<Uuid>, from: Option<IpAddr>) {
    let (outcome, why) = ending.told();
    metrics::counter!("sign_in_attempts_total", "outcome" => outcome).increment(1);
    let user = user.map(tracing::field::display);
    let from = from.map(network).map(tracing::field::display);
    match ending {
        Ending::Done | Ending::CodeMissing => {}
        _ => tracing::warn!(user.id = user, client.network = from, outcome, "a sign-in was refused: {why}"),
    }
}
