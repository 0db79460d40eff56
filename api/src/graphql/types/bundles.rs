//! Bundles: everything but the bytes, which are HTTP's.

use async_graphql::{InputObject, registry::MetaField};
use serde::Deserialize;
use uuid::Uuid;

use super::{
    Read, Types, Write,
    entry::{field, following, input, with_arguments},
};
use crate::domain::exchange::bundles::{Bundle, BundlePage};

/// A bundle that something is done with.
#[derive(Clone, Debug, Deserialize, InputObject)]
pub(crate) struct BundleInput {
    /// Id of the bundle.
    pub(crate) id: Uuid,
}

impl Types<'_> {
    /// The types of bundles.
    pub(super) fn bundles(&mut self) {
        self.gives::<Bundle>();
        self.gives::<BundlePage>();
        self.takes::<BundleInput>();
    }
}

/// The reads of bundles.
pub(super) fn reads() -> Vec<(MetaField, Read)> {
    let text = "Bundles that were made of what the caller's country releases; for operators those that were received. The last one comes first.";
    let all = with_arguments(field("bundles", text, "BundlePage!"), following());
    let text = "What is noted of a bundle; null if the caller knows of none such.";
    let id = vec![input("id", "Id of the bundle.", "ID!")];
    let one = with_arguments(field("bundle", text, "Bundle"), id);
    vec![(all, Read::Bundles), (one, Read::Bundle)]
}

/// The writes of bundles.
pub(super) fn writes() -> Vec<(MetaField, Write)> {
    let text = "Ends a bundle that was received: its records are destroyed here. Operators do this.";
    let withdraw = field("withdrawBundle", text, "Bundle!");
    let withdraw = with_arguments(withdraw, vec![input("input", "The bundle.", "BundleInput!")]);
    vec![(withdraw, Write::WithdrawBundle)]
}
