//! One conversation over a socket.

use std::time::Duration;

use async_graphql::Response;
use axum::extract::ws::{CloseFrame, Message, WebSocket};
use futures_util::{StreamExt, stream::BoxStream};
use kernel::{Code, Ctx, Error};
use serde_json::{Map, Value as Json, json};
use tokio::time::{Instant, interval, timeout};
use tokio_stream::{StreamMap, StreamNotifyClose};

use super::PROTOCOL;
use crate::{
    graphql::http::{self, GraphqlCall, is_last},
    limits::{
        meter::Meter,
        rates::COSTS,
        streams::{ID_CHARS, INIT_SECONDS, SLOW, SUBSCRIPTIONS},
    },
    rest::{caller::prove, problem::Problem},
    signin::identity::Identity,
    state::AppState,
    streams::{Said, Seat, detach},
};

/// Time between two looks at the caller's rights.
const LOOK: Duration = Duration::from_secs(2);

/// Why a socket is closed: a code of the protocol, and what it means.
struct Close(u16, &'static str);

impl Close {
    const AWAY: Self = Self(1001, "The service is stopping");
    const INVALID: Self = Self(4400, "Invalid message");
    const UNAUTHORIZED: Self = Self(4401, "Unauthorized");
    const FORBIDDEN: Self = Self(4403, "Forbidden");
    const PROTOCOL: Self = Self(4406, "Subprotocol not acceptable");
    const INIT_TIMEOUT: Self = Self(4408, "Connection initialisation timeout");
    const SUBSCRIBED: Self = Self(4409, "Subscriber already exists");
    const TOO_MANY: Self = Self(4429, "Too many initialisation requests");
    const SOCKETS: Self = Self(4429, "Too many sockets of one caller");
    const LIMITED: Self = Self(4429, "Too many requests");
    const BUSY: Self = Self(1013, "Try again later");
    /// The other side has closed, or does not read.
    const GONE: Self = Self(1006, "");

    /// What an error means for the socket: `refused` where the caller may not be here.
    const fn of(error: &Error, refused: Self) -> Self {
        match error {
            Error::Unauthenticated(_) | Error::Forbidden(_) | Error::BadRequest(_) => refused,
            Error::Limited { .. } => Self::LIMITED,
            _ => Self::BUSY,
        }
    }
}

/// A socket and what runs on it.
pub(super) struct Talk {
    socket: WebSocket,
    state: AppState,
    /// The caller, anonymous in its context until it is looked up.
    caller: GraphqlCall,
    seat: Option<Seat>,
    /// The subscriptions by their ids; each tells its end.
    running: StreamMap<String, StreamNotifyClose<BoxStream<'static, Said<Response>>>>,
}

impl Talk {
    pub(super) fn new(socket: WebSocket, state: AppState, caller: GraphqlCall) -> Self {
        Self { socket, state, caller, seat: None, running: StreamMap::new() }
    }

    /// Talks until one side closes.
    pub(super) async fn run(mut self) {
        let Close(code, reason) = self.talk().await;
        if code != Close::GONE.0 {
            let frame = CloseFrame { code, reason: reason.into() };
            let _ = timeout(SLOW, self.socket.send(Message::Close(Some(frame)))).await;
        }
    }

    async fn talk(&mut self) -> Close {
        if self.socket.protocol().is_none_or(|protocol| protocol != PROTOCOL) {
            return Close::PROTOCOL;
        }
        let opened = Instant::now();
        let mut looks = interval(LOOK);
        let stopping = self.state.stopping.clone();
        loop {
            let done = tokio::select! {
                () = stopping.cancelled() => Err(Close::AWAY),
                message = self.socket.recv() => match message {
                    Some(Ok(message)) => self.hear(message).await,
                    _ => Err(Close::GONE),
                },
                Some((id, said)) = self.running.next(), if !self.running.is_empty() => {
                    self.tell(id, said).await
                }
                _ = looks.tick() => self.look(opened).await,
            };
            if let Err(close) = done {
                return close;
            }
        }
    }

    /// Looks whether the caller may still be here.
    async fn look(&mut self, opened: Instant) -> Result<(), Close> {
        if self.seat.is_none() {
            let is_late = opened.elapsed() >= Duration::from_secs(INIT_SECONDS);
            return if is_late { Err(Close::INIT_TIMEOUT) } else { Ok(()) };
        }
        match self.look_up().await {
            Err(Error::Unauthenticated(_) | Error::Forbidden(_)) => Err(Close::UNAUTHORIZED),
            _ => Ok(()),
        }
    }

    /// The caller's context with the rights it has now.
    async fn look_up(&mut self) -> kernel::Result<Ctx> {
        self.caller.identity.look_up(&self.caller.ctx).await
    }

    async fn hear(&mut self, message: Message) -> Result<(), Close> {
        let text = match message {
            Message::Text(text) => text,
            Message::Binary(_) => return Err(Close::INVALID),
            Message::Close(_) => return Err(Close::GONE),
            Message::Ping(_) | Message::Pong(_) => return Ok(()),
        };
        let Ok(Json::Object(message)) = serde_json::from_str(&text) else { return Err(Close::INVALID) };
        let id = message.get("id").and_then(Json::as_str);
        match (message.get("type").and_then(Json::as_str), id) {
            (Some("connection_init"), _) => self.greet(message.get("payload")).await,
            (Some("ping"), _) => self.send(&json!({ "type": "pong" })).await,
            (Some("pong"), _) => Ok(()),
            (Some("subscribe"), Some(id)) if (1..=ID_CHARS).contains(&id.chars().count()) => {
                self.subscribe(id, message.get("payload")).await
            }
            (Some("complete"), Some(id)) => {
                self.running.remove(id);
                Ok(())
            }
            _ => Err(Close::INVALID),
        }
    }

    /// `connection_init`: who calls, with a token in `Authorization` or none for anonymous callers.
    async fn greet(&mut self, payload: Option<&Json>) -> Result<(), Close> {
        if self.seat.is_some() {
            return Err(Close::TOO_MANY);
        }
        match payload {
            None | Some(Json::Null) => {}
            Some(Json::Object(members)) => self.read_identity(members).await?,
            Some(_) => return Err(Close::INVALID),
        }
        self.look_up().await.map_err(|error| Close::of(&error, Close::FORBIDDEN))?;
        let payer = self.caller.identity.payer;
        let address = self.caller.meter.as_ref().and_then(Meter::address);
        self.seat = Some(self.state.streams.take(payer, address).map_err(|_| Close::SOCKETS)?);
        self.send(&json!({ "type": "connection_ack" })).await
    }

    /// Members are named as the headers are, in any case.
    async fn read_identity(&mut self, members: &Map<String, Json>) -> Result<(), Close> {
        let given = |name: &str| members.iter().find(|(of, _)| of.eq_ignore_ascii_case(name));
        if let Some((_, given)) = given("authorization") {
            let given = given.as_str().ok_or(Close::FORBIDDEN)?;
            // Only the place is left of what the upgrade said, and as whom the caller views.
            let Identity { place, view_as, .. } = self.caller.identity.clone();
            let claimed = Identity { place, view_as, ..Identity::default() };
            let proven = prove(&self.state, claimed, given).await;
            self.caller.identity = proven.map_err(|problem| match problem {
                Problem::Domain(error) => Close::of(&error, Close::FORBIDDEN),
                Problem::Http(..) | Problem::Coding | Problem::Unchanged(_) => Close::FORBIDDEN,
            })?;
            let (meter, payer) = (self.caller.meter.iter(), self.caller.identity.payer);
            meter
                .zip(payer)
                .try_for_each(|(meter, payer)| meter.identify(payer))
                .map_err(|error| Close::of(&error, Close::FORBIDDEN))?;
        }
        if let Some((_, owner)) = given(crate::signin::standing::ACT_AS) {
            self.caller.identity.act_as = Some(owner.as_str().ok_or(Close::FORBIDDEN)?.to_owned());
        }
        if let Some((_, audience)) = given(crate::signin::viewing::VIEW_AS) {
            self.caller.identity.view_as = Some(audience.as_str().ok_or(Close::FORBIDDEN)?.to_owned());
        }
        Ok(())
    }

    async fn subscribe(&mut self, id: &str, payload: Option<&Json>) -> Result<(), Close> {
        if self.seat.is_none() {
            return Err(Close::UNAUTHORIZED);
        }
        if self.running.contains_key(id) {
            return Err(Close::SUBSCRIBED);
        }
        let members = payload.and_then(Json::as_object).ok_or(Close::INVALID)?;
        let request = http::request(members).map_err(|_| Close::INVALID)?;
        if self.running.len() >= SUBSCRIPTIONS {
            let text = format!("at most {SUBSCRIPTIONS} subscriptions run on one socket");
            return self.refuse(id, &http::failed(&text, Code::Limited)).await;
        }
        let paid = self.caller.meter.iter().try_for_each(|meter| meter.charge(COSTS.read));
        if let Err(error) = paid {
            return self.refuse(id, &http::failed(&error.detail(), error.code())).await;
        }
        let ctx = self.look_up().await.map_err(|error| Close::of(&error, Close::UNAUTHORIZED))?;
        let call = GraphqlCall { ctx, ..self.caller.clone() };
        let answers = match http::admit(&self.state, call, request).await {
            Ok(Ok(admitted)) => http::subscribe(&self.state, admitted),
            Ok(Err(refusal)) => Err(refusal),
            Err(error) => Err(Box::new(http::failed(&error.detail(), error.code()))),
        };
        let answers = match answers {
            Ok(answers) => answers,
            Err(refusal) => return self.refuse(id, &refusal).await,
        };
        // In a task of its own: what waits here to be read must hold no database connection.
        let answers = StreamNotifyClose::new(detach(&self.state, (), answers));
        self.running.insert(id.to_owned(), answers);
        Ok(())
    }

    async fn tell(&mut self, id: String, said: Option<Said<Response>>) -> Result<(), Close> {
        match said {
            Some(Said::Item(answer)) if !is_last(&answer) => {
                return self.send(&json!({ "id": id, "type": "next", "payload": answer })).await;
            }
            Some(Said::Item(last)) => self.refuse(&id, &last).await?,
            Some(Said::End) => self.send(&json!({ "id": id, "type": "complete" })).await?,
            None if self.state.stopping.is_cancelled() => return Err(Close::AWAY),
            None => {
                let text = "the subscription was broken off; subscribe again after the last cursor";
                self.refuse(&id, &http::failed(text, Code::Unavailable)).await?;
            }
        }
        self.running.remove(&id);
        Ok(())
    }

    async fn refuse(&mut self, id: &str, answer: &Response) -> Result<(), Close> {
        self.send(&json!({ "id": id, "type": "error", "payload": answer.errors })).await
    }

    async fn send(&mut self, message: &Json) -> Result<(), Close> {
        let sent = timeout(SLOW, self.socket.send(Message::Text(message.to_string().into()))).await;
        match sent {
            Ok(Ok(())) => Ok(()),
            _ => Err(Close::GONE),
        }
    }
}
