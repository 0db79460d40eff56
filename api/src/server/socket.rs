//! Subscriptions over a WebSocket: the protocol `graphql-transport-ws` at `/graphql/ws`.
//!
//! One task holds a socket. What the caller may do is looked up anew every two seconds and at each change,
//! so a session that ends takes its sockets with it.

mod talk;

use axum::{
    extract::{
        FromRequestParts, Request, State,
        ws::{WebSocket, WebSocketUpgrade, rejection::WebSocketUpgradeRejection},
    },
    response::Response,
};
use kernel::Code;

use crate::{
    graphql::http::GraphqlCall,
    limits::streams::MESSAGE_BYTES,
    rest::{caller::identity, problem::Problem},
    state::AppState,
};
use talk::Talk;

/// The protocol spoken.
const PROTOCOL: &str = "graphql-transport-ws";

/// Opens a socket; a token may come with the request or with `connection_init`.
pub(super) async fn upgrade(State(state): State<AppState>, request: Request) -> Result<Response, Problem> {
    let (mut parts, _) = request.into_parts();
    let (ctx, identity) = identity(&parts, &state).await?;
    let caller = GraphqlCall { ctx, identity, meter: parts.extensions.get().cloned() };
    let upgrade = WebSocketUpgrade::from_request_parts(&mut parts, &state).await.map_err(no_socket)?;
    let upgrade = upgrade.protocols([PROTOCOL]).max_message_size(MESSAGE_BYTES).max_frame_size(MESSAGE_BYTES);
    let tasks = state.tasks.clone();
    Ok(upgrade.on_upgrade(async move |socket: WebSocket| {
        // Told to the tracker, so that a stop waits until the socket is closed.
        let _ = tasks.spawn(Talk::new(socket, state, caller).run()).await;
    }))
}

fn no_socket(_: WebSocketUpgradeRejection) -> Problem {
    Problem::Http(Code::BadRequest, format!("open a WebSocket here, with the protocol {PROTOCOL}"))
}
