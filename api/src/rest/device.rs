//! Where somebody signs in from.

use std::convert::Infallible;

use axum::{
    extract::FromRequestParts,
    http::{HeaderValue, header, request::Parts},
};

use crate::{
    origin::{Origin, Peer},
    signin::device::Device,
};

/// The device a request comes from, as far as it is known.
#[derive(Clone, Debug)]
pub struct FromDevice(pub Device);

impl<S: Sync> FromRequestParts<S> for FromDevice {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Infallible> {
        let client = parts.extensions.get::<Origin>().map(|origin| origin.address);
        let peer = || parts.extensions.get::<Peer>().map(|peer| peer.address.ip());
        let agent = parts.headers.get(header::USER_AGENT).map(HeaderValue::as_bytes).unwrap_or_default();
        Ok(Self(Device::new(client.or_else(peer), &String::from_utf8_lossy(agent))))
    }
}
