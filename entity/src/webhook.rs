//! Table `webhook`.

use sea_orm::entity::prelude::*;

/// A subscription: where what becomes of records is sent, as whose reader, and how far it has come.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "webhook")]
pub struct Model {
    /// Identifier of the webhook.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    /// Owner that its reader acts under.
    pub owner: String,
    /// User who reads.
    pub user_id: Uuid,
    /// API key by which it was made.
    pub api_key_id: Option<Uuid>,
    /// Address that is called.
    pub url: String,
    /// Names of the kinds that are told; all where there is none.
    pub kinds: Json,
    /// Codes of the countries whose records are told; all where there is none.
    pub countries: Json,
    /// Names of the events that are told; all where there is none.
    pub events: Json,
    /// How messages are signed.
    pub signature: String,
    /// Number of the key that signs.
    pub key_number: i32,
    /// Instant until which the key before signs too.
    pub previous_until: Option<DateTimeUtc>,
    /// State.
    pub state: String,
    /// Why it is paused or has ended.
    pub reason: Option<String>,
    /// Cursor of the feed: everything up to it was taken.
    pub cursor: String,
    /// Number of the change set up to which everything was taken.
    pub seen: i64,
    /// Attempts since the last one that was taken.
    pub failures: i32,
    /// Instant before which nothing is sent.
    pub due_at: DateTimeUtc,
    /// The last attempts, the last one first.
    pub attempts: Json,
    /// The test message that is to be sent.
    pub ping_id: Option<Uuid>,
    /// Instant it was made.
    pub created_at: DateTimeUtc,
}

/// Relations of the table: none, links are read by id.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
