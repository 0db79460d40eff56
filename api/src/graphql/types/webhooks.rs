//! Webhooks: everything but their secrets, which are told once and by HTTP.

use async_graphql::{InputObject, registry::MetaField};
use serde::Deserialize;
use uuid::Uuid;

use super::{
    Read, Types, WebhookWrite, Write,
    entry::{field, following, input, with_arguments},
};
use crate::domain::exchange::webhooks::{Attempt, AttemptPage, Webhook, WebhookPage};

/// A webhook that something is done with.
#[derive(Clone, Debug, Deserialize, InputObject)]
pub(crate) struct WebhookInput {
    /// Id of the webhook.
    pub(crate) id: Uuid,
}

/// What is changed of a webhook; what is left out stays.
#[derive(Clone, Debug, Deserialize, InputObject)]
pub(crate) struct UpdateWebhookInput {
    /// Id of the webhook.
    pub(crate) id: Uuid,
    /// Address that messages are sent to.
    pub(crate) url: Option<String>,
    /// Kinds that are told; `[]` for all.
    pub(crate) kinds: Option<Vec<String>>,
    /// Countries whose records are told; `[]` for all.
    pub(crate) countries: Option<Vec<String>>,
    /// What is told; `[]` for everything.
    pub(crate) events: Option<Vec<String>>,
}

/// How a webhook goes on.
#[derive(Clone, Debug, Deserialize, InputObject)]
pub(crate) struct ResumeWebhookInput {
    /// Id of the webhook.
    pub(crate) id: Uuid,
    /// Cursor of `changes` after which it goes on; `now`; where it stopped without one.
    pub(crate) after: Option<String>,
}

impl Types<'_> {
    /// The types of webhooks.
    pub(super) fn webhooks(&mut self) {
        self.gives::<Webhook>();
        self.gives::<WebhookPage>();
        self.gives::<Attempt>();
        self.gives::<AttemptPage>();
        self.takes::<WebhookInput>();
        self.takes::<UpdateWebhookInput>();
        self.takes::<ResumeWebhookInput>();
    }
}

/// The reads of webhooks.
pub(super) fn reads() -> Vec<(MetaField, Read)> {
    let id = || vec![input("id", "Id of the webhook.", "ID!")];
    let text = "Webhooks that the caller has made for the owner it acts under, the last one first.";
    let all = with_arguments(field("webhooks", text, "WebhookPage!"), following());
    let text = "A webhook of the caller; null if it has none such.";
    let one = with_arguments(field("webhook", text, "Webhook"), id());
    let text = "The last attempts of a webhook of the caller, the last one first; null if it has none such.";
    let attempts = with_arguments(field("webhookAttempts", text, "WebhookAttemptPage"), id());
    vec![(all, Read::Webhooks), (one, Read::Webhook), (attempts, Read::WebhookAttempts)]
}

/// The writes of webhooks.
pub(super) fn writes() -> Vec<(MetaField, Write)> {
    let made = |name, text, of: &str, write| {
        let field = with_arguments(field(name, text, "Webhook!"), vec![input("input", "The webhook.", of)]);
        (field, Write::Webhook(write))
    };
    let (one, edit, go_on) = ("WebhookInput!", "UpdateWebhookInput!", "ResumeWebhookInput!");
    vec![
        made("updateWebhook", "Changes where a webhook sends, and what.", edit, WebhookWrite::Update),
        made("deleteWebhook", "Deletes a webhook, and answers it as it was.", one, WebhookWrite::Delete),
        made("pauseWebhook", "Lets a webhook send nothing until it is resumed.", one, WebhookWrite::Pause),
        made(
            "resumeWebhook",
            "Lets a webhook go on: where it stopped, after a cursor of `changes`, or from now.",
            go_on,
            WebhookWrite::Resume,
        ),
        made("testWebhook", "Has a message of type `ping` sent within seconds.", one, WebhookWrite::Test),
    ]
}
