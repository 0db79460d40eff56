//! What bundles take and answer: text of both contracts.

use async_graphql::{InputObject, SimpleObject};
use chrono::{DateTime, Utc};
use entity::bundle;
use kernel::Result;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;

/// A bundle to be made: what a country releases to some audiences, for another installation.
#[derive(
    Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema, SimpleObject, InputObject,
)]
#[serde(deny_unknown_fields)]
#[graphql(name = "WantedBundle", input_name = "NewBundle")]
#[schema(example = json!({"audiences": ["region:CA", "partners"], "valid_until": "2027-03-31T00:00:00Z"}))]
pub struct NewBundle {
    /// The audiences that it is for: `public`, `partners`, `network`, `region:CA`, `country:KAZ`, `org:UNICRI`.
    #[schema(min_items = 1, max_items = 50)]
    pub audiences: Vec<String>,
    /// The one plan that it holds, by id, with what hangs on it and the agencies that are released; everything that is
    /// released to these audiences where none is given.
    pub plan: Option<Uuid>,
    /// Instant from which it shows nothing, a year from now at most; in 90 days where none is given.
    pub valid_until: Option<DateTime<Utc>>,
}

/// A bundle that was made here or received.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema, SimpleObject)]
pub struct Bundle {
    /// Id of the bundle.
    pub id: Uuid,
    /// Owner of all its records.
    pub owner: String,
    /// The audiences that it is for.
    pub audiences: Vec<String>,
    /// The one plan that it holds; null where it holds everything that is released to them.
    pub plan: Option<Uuid>,
    /// State: `made` here; or received and `current`, `superseded` by a later one, `withdrawn`, `ended` with its time.
    pub state: String,
    /// Instant that its records tell of.
    pub made_at: DateTime<Utc>,
    /// Instant from which it shows nothing.
    pub valid_until: DateTime<Utc>,
    /// Whether its records are shown now: it was received, is current, and not past its time.
    pub is_live: bool,
    /// Records in it.
    pub records: i32,
    /// SHA-256 of its file, in hexadecimal digits.
    pub sha256: String,
    /// Public key (Ed25519, base64url) that it is signed with.
    pub key: String,
    /// User who had it made, or sent it here.
    pub user: Option<Uuid>,
    /// When it was made or received here.
    pub noted_at: DateTime<Utc>,
}

/// Bundles, the last one first.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema, SimpleObject)]
pub struct BundlePage {
    /// The bundles.
    pub items: Vec<Bundle>,
    /// Where to go on: `after` of the next page; null on the last one.
    pub next: Option<String>,
}

impl Bundle {
    pub(super) fn of(stored: bundle::Model, now: DateTime<Utc>) -> Result<Self> {
        Ok(Self {
            is_live: stored.state == "current" && now < stored.valid_until,
            id: stored.id,
            owner: stored.owner,
            audiences: serde_json::from_value(stored.audiences)?,
            plan: stored.plan_id,
            state: stored.state,
            made_at: stored.made_at,
            valid_until: stored.valid_until,
            records: stored.records,
            sha256: stored.sha256,
            key: stored.public_key,
            user: stored.user_id,
            noted_at: stored.noted_at,
        })
    }
}
