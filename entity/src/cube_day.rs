//! Table `cube_day`.

use sea_orm::entity::prelude::*;

/// What was published in cubes on a day (UTC).
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "cube_day")]
pub struct Model {
    /// The day.
    #[sea_orm(primary_key, auto_increment = false)]
    pub told_on: Date,
    /// Instant at which it was counted.
    pub made_at: DateTimeUtc,
    /// The countries that the figures of each cube are said to tell of; only their number is told.
    pub coverage: Json,
    /// The cells that are shown, by cube, and what each country adds to them, which is told nowhere; none where they are those
    /// of the day before.
    pub cubes: Option<Json>,
}

/// Relations of the table: none, there is a row for each day.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
