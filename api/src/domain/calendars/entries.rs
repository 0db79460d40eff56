//! What a calendar shows: days of records of several kinds, as its reader may see them.

mod names;

use std::collections::BTreeSet;

use async_graphql::SimpleObject;
use chrono::{DateTime, Duration, NaiveDate, Utc};
use entity::{
    Agency, Deadline, Exercise, Framework, Milestone, Task, calendar, deadline, exercise, framework,
    milestone, task,
    vocab::{ActivityStatus, CalendarContent, DeadlineStatus, Handling, StepStatus, TaskStatus},
};
use kernel::{Ctx, Error, KindDef, Result, policy::visible, row::Row, scalar::Ref, store};
use sea_orm::sea_query::{Alias, Cond, Expr, ExprTrait, Order, Query};
use serde::Serialize;
use utoipa::ToSchema;
use uuid::Uuid;

use self::names::Names;
use super::calendar::{agencies_called, def, owners};
use crate::domain::Registered;

/// Days before today from which entries are told.
const BACK: i64 = 90;
/// Days after today until which entries are told: three years.
const AHEAD: i64 = 1_096;
/// Days for which what does not take place any more is told, so that programs take it out.
const KEPT: i64 = 30;
/// Entries of one answer at most; of more the earliest are told.
const MOST: usize = 2_000;

/// A day, or an instant, in a calendar.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema, SimpleObject)]
pub struct CalendarEntry {
    /// What tells it from all other entries, for good.
    pub uid: String,
    /// Kind of the record: `deadline`, `milestone`, `task` or `exercise`.
    pub kind: String,
    /// Id of the record.
    pub id: Uuid,
    /// What it is, in the language of the reader.
    pub summary: String,
    /// The day, in the time zone of the country.
    #[schema(format = Date)]
    pub on: String,
    /// The instant, where it is no whole day.
    #[schema(required = true)]
    pub at: Option<DateTime<Utc>>,
    /// State of the record.
    pub status: String,
    /// Whether it does not take place, or is not due, any more.
    pub is_cancelled: bool,
    /// Days before at which to remind; null where nothing is to come, or the calendar reminds of nothing.
    #[schema(required = true)]
    pub alarm_days: Option<i32>,
    /// Owner of the record.
    pub owner: String,
    /// Framework it comes from.
    #[schema(required = true)]
    pub framework: Option<Ref>,
    /// Agency that leads.
    #[schema(required = true)]
    pub agency: Option<Ref>,
    /// Version of the record, where the reader is told it.
    #[schema(required = true)]
    pub sequence: Option<i32>,
    /// When the record was last changed.
    pub updated_at: DateTime<Utc>,
}

/// What a calendar shows.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema, SimpleObject)]
pub struct CalendarEntries {
    /// What the calendar is called.
    pub name: String,
    /// First day of which it tells.
    #[schema(format = Date)]
    pub from_on: String,
    /// Last day of which it tells.
    #[schema(format = Date)]
    pub until_on: String,
    /// The entries, the earliest first.
    pub entries: Vec<CalendarEntry>,
    /// Whether there are more than the 2,000 of which it tells.
    pub is_cut: bool,
}

/// A kind with days: which content it is, where its day stands, in which states it is over, and in which it does not take
/// place.
struct Source {
    content: CalendarContent,
    def: fn() -> &'static KindDef,
    day: &'static str,
    over: &'static [&'static str],
    void: &'static [&'static str],
}

/// What calendars are made of.
const SOURCES: [Source; 4] = [
    Source {
        content: CalendarContent::Deadlines,
        def: Deadline::def,
        day: deadline::DUE_ON.column,
        over: &[DeadlineStatus::Submitted.code(), DeadlineStatus::Acknowledged.code()],
        void: &[DeadlineStatus::Waived.code(), DeadlineStatus::NotApplicable.code()],
    },
    Source {
        content: CalendarContent::Milestones,
        def: Milestone::def,
        day: milestone::DUE_ON.column,
        over: &[StepStatus::Done.code()],
        void: &[StepStatus::Skipped.code()],
    },
    Source {
        content: CalendarContent::Tasks,
        def: Task::def,
        day: task::DUE_ON.column,
        over: &[TaskStatus::Done.code()],
        void: &[TaskStatus::Cancelled.code()],
    },
    Source {
        content: CalendarContent::Exercises,
        def: Exercise::def,
        day: exercise::HELD_ON.column,
        over: &[ActivityStatus::Done.code()],
        void: &[ActivityStatus::Cancelled.code()],
    },
];

/// Column of the state, of all kinds.
const STATUS: &str = "status";

/// What a calendar shows to the caller: a statement for each kind, and a few for names, whatever the number of entries.
///
/// # Errors
/// `NotFound` if the caller may not see the calendar.
pub async fn entries_of(ctx: &Ctx, calendar: Uuid) -> Result<CalendarEntries> {
    entries(ctx, &store::get(ctx, def(), calendar).await?).await
}

async fn entries(ctx: &Ctx, calendar: &Row) -> Result<CalendarEntries> {
    let asked = Asked::of(ctx, calendar).await?;
    let mut found = Vec::new();
    for source in SOURCES.iter().filter(|source| asked.tells(source)) {
        found.extend(asked.rows(ctx, source).await?.into_iter().map(|row| (source, row)));
    }
    found.sort_by_key(|(source, row)| (row.date(source.day), row.id()));
    let is_cut = found.len() > MOST;
    found.truncate(MOST);
    let names = Names::of(ctx, &found.iter().map(|(_, row)| row).collect::<Vec<_>>()).await?;
    let alarm = calendar.read(calendar::ALARM_DAYS);
    let told = found.iter().map(|(source, row)| {
        ctx.note(row);
        names.entry(ctx, (source, row), alarm)
    });
    Ok(CalendarEntries {
        name: plain(&calendar.read(calendar::NAME).unwrap_or_default()),
        from_on: asked.from.to_string(),
        until_on: asked.until.to_string(),
        entries: told.collect::<Option<_>>().ok_or_else(|| Error::Internal("an entry has no day".into()))?,
        is_cut,
    })
}

/// A text without what no calendar holds: control characters, and all that some program may take for the end of a line.
#[must_use]
pub fn plain(text: &str) -> String {
    let breaks = |letter: char| letter.is_control() || matches!(letter, '\u{2028}' | '\u{2029}');
    text.split(breaks).collect::<Vec<_>>().join(" ")
}

/// What a calendar asks for.
struct Asked {
    contents: Vec<CalendarContent>,
    owners: BTreeSet<String>,
    /// Frameworks, where the calendar names some.
    frameworks: Option<Vec<Uuid>>,
    /// Agencies that the calendar names, and those of the caller, each where the calendar asks for them.
    agencies: Vec<Vec<Uuid>>,
    from: NaiveDate,
    until: NaiveDate,
    /// Instant since which what does not take place any more is told.
    kept_since: DateTime<Utc>,
}

impl Asked {
    async fn of(ctx: &Ctx, calendar: &Row) -> Result<Self> {
        let owners = owners(calendar);
        let mut frameworks = None;
        let codes = calendar.read(calendar::FRAMEWORKS).unwrap_or_default();
        if !codes.is_empty() {
            let def = Framework::def();
            let which = Cond::all().add(def.col(framework::CODE.column).is_in(codes));
            frameworks = Some(ids(&store::seen(ctx, def, which, 10_000).await?));
        }
        let mut agencies = Vec::new();
        let codes = calendar.read(calendar::AGENCIES).unwrap_or_default();
        if !codes.is_empty() {
            let which = agencies_called(&owners, &codes);
            agencies.push(ids(&store::seen(ctx, Agency::def(), which, 10_000).await?));
        }
        if calendar.read(calendar::IS_MINE) == Some(true) {
            agencies.push(ctx.actor.grants.iter().filter_map(|grant| grant.agency).collect());
        }
        let today = ctx.clock.today();
        Ok(Self {
            contents: calendar.read(calendar::CONTENTS).unwrap_or_default(),
            owners,
            frameworks,
            agencies,
            from: today - Duration::days(BACK),
            until: today + Duration::days(AHEAD),
            kept_since: ctx.clock.now() - Duration::days(KEPT),
        })
    }

    /// Whether records of a source are asked for: of frameworks only those that come from one.
    fn tells(&self, source: &Source) -> bool {
        let is_listed = self.contents.is_empty() || self.contents.contains(&source.content);
        is_listed && (self.frameworks.is_none() || (source.def)().has(deadline::FRAMEWORK.column))
    }

    /// The visible records of a source, the earliest first; one more than are told.
    async fn rows(&self, ctx: &Ctx, source: &Source) -> Result<Vec<Row>> {
        let def = (source.def)();
        let is_kept = Cond::any()
            .add(def.col(STATUS).is_not_in(source.void.iter().copied()))
            .add(def.col("updated_at").gte(self.kept_since));
        let mut which = Cond::all()
            .add(def.col("owner").is_in(self.owners.iter().map(String::as_str)))
            // A calendar goes to devices and services that its country does not know.
            .add(def.col("handling").eq(Handling::Normal.code()))
            .add(def.col(source.day).between(self.from, self.until))
            .add(is_kept);
        if let Some(frameworks) = &self.frameworks {
            which = which.add(def.col(deadline::FRAMEWORK.column).is_in(frameworks.iter().copied()));
        }
        for agencies in &self.agencies {
            which = which.add(works(def, agencies));
        }
        let mut select = store::select(def);
        select
            .cond_where(visible(&ctx.actor, def))
            .cond_where(which)
            .order_by_expr(def.col(source.day), Order::Asc)
            .order_by_expr(def.col("id"), Order::Asc)
            .limit(u64::try_from(MOST).unwrap_or(u64::MAX).saturating_add(1));
        store::rows(ctx.db.reading(), def, &select).await
    }
}

/// The condition that one of these agencies leads a record, or contributes to it.
fn works(def: &'static KindDef, agencies: &[Uuid]) -> Cond {
    let mut any = Cond::any();
    if let Some(lead) = def.lead {
        any = any.add(def.col(lead).is_in(agencies.iter().copied()));
    }
    if let Some(link) = def.links.iter().find(|link| Some(link.column) == def.contributors) {
        let table = || Alias::new(link.table);
        let contributed = Query::select()
            .column((table(), Alias::new("from_id")))
            .from(table())
            .and_where(Expr::col((table(), Alias::new("to_id"))).is_in(agencies.iter().copied()))
            .take();
        any = any.add(def.col("id").in_subquery(contributed));
    }
    any
}

fn ids(rows: &[Row]) -> Vec<Uuid> {
    rows.iter().map(Row::id).collect()
}
