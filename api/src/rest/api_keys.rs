//! Making API keys: the one operation that no other kind has.

use axum::routing::MethodFilter;

use super::{
    body::Members, caller::SignedIn, if_match::Creating, kinds::Operation, openapi::kinds as contract,
    records::Records,
};
use crate::domain::access::api_key;

/// `POST /api-keys`: a key of the caller, with its secret this once.
pub fn issue() -> Operation {
    let def = api_key::def();
    let issue = async move |SignedIn(ctx): SignedIn, _: Creating, Members(fields): Members| {
        let (row, secret) = api_key::issue(&ctx, fields).await?;
        Records { def, ctx }.issued(&row, ("secret", &secret)).await
    };
    Operation::new(MethodFilter::POST, format!("/{}", def.collection), contract::issue_key(def), issue)
}
