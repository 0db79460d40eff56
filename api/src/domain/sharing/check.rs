//! What is wrong with a release that somebody wants to make or to shorten.

use std::collections::BTreeSet;

use chrono::{DateTime, TimeDelta, Utc};
use entity::{
    release,
    vocab::{ReleaseMode, ReleaseStatus},
};
use futures_util::future::BoxFuture;
use kernel::{
    Code, KindDef, Result, Unit,
    input::{did_you_mean, nearest},
    policy::{Verb, visible},
    row::Row,
    scalar::Subject,
    store,
    unit::{Item, released::Release},
};
use model::Class;
use sea_orm::sea_query::{Cond, ExprTrait};
use uuid::Uuid;

use super::{audience::Audiences, cover, regions};
use crate::domain::{KINDS, Registered};

/// How long ago `from_at` may be and still mean now.
const NOW: TimeDelta = TimeDelta::seconds(60);

/// Holds new releases, and ends that are moved, against the rules; gives each its state.
pub fn check<'a>(unit: &'a mut Unit, items: &'a mut [Item]) -> BoxFuture<'a, Result<()>> {
    Box::pin(async move {
        let now = unit.ctx.clock.now();
        if items.iter().any(|item| !item.is_rejected() && item.is_new()) {
            let audiences = Audiences::read(unit.conn()).await?;
            for item in items.iter_mut().filter(|item| !item.is_rejected() && item.is_new()) {
                check_audiences(item, &audiences);
                check_times(item, now, unit.actor().is_system());
                if !cover::goes_on(unit, &item.after) {
                    check_subject(unit, item).await?;
                }
                if item.after.read(release::MODE) == Some(ReleaseMode::Count) {
                    check_counts(item);
                }
                let joined = regions::joined(unit, item.after.owner()).await?;
                item.after.write(release::MEMBER_REGIONS, joined.into_iter().collect());
                item.after.write(release::STATUS, begun(&item.after, now));
            }
        }
        for item in items.iter_mut().filter(|item| !item.is_rejected()) {
            let Verb::Move(step) = item.verb else { continue };
            match step.name {
                "shorten" => check_end(item, now),
                "confirm" => confirm(unit, item).await?,
                "revoke" => {
                    item.after.write(release::REVOKED_AT, now);
                    item.after.set(release::REVOKED_BY.column, unit.actor().user);
                }
                _ => {}
            }
        }
        Ok(())
    })
}

/// Whether a release that may show its subject has begun.
fn begun(row: &Row, now: DateTime<Utc>) -> ReleaseStatus {
    let has_begun = row.read(release::FROM_AT).is_none_or(|from| from <= now);
    if has_begun { ReleaseStatus::Live } else { ReleaseStatus::Scheduled }
}

async fn confirm(unit: &Unit, item: &mut Item) -> Result<()> {
    let joined = regions::joined(unit, item.after.owner()).await?;
    item.after.write(release::MEMBER_REGIONS, joined.into_iter().collect());
    let status = begun(&item.after, unit.ctx.clock.now());
    item.after.write(release::STATUS, status);
    Ok(())
}

fn check_audiences(item: &mut Item, known: &Audiences) {
    let given = item.after.read(release::AUDIENCES).unwrap_or_default();
    let own = format!("country:{}", item.after.owner());
    let mut meant: Vec<String> = Vec::new();
    for (at, text) in given.iter().enumerate() {
        let pointer = format!("/audiences/{at}");
        match known.meant(text) {
            None => item.fault(&pointer, Code::NotInList, known.unknown(text)),
            Some(one) if one == own || one == item.after.owner() => {
                item.fault(&pointer, Code::RuleBroken, "the owner sees its own records without a release");
            }
            Some(one) if meant.iter().any(|other| other == one) => {}
            Some(one) => meant.push(one.to_owned()),
        }
    }
    item.after.write(release::AUDIENCES, meant);
}

fn check_times(item: &mut Item, now: DateTime<Utc>, is_system: bool) {
    let from = item.after.read(release::FROM_AT).unwrap_or(now);
    if from < now && !is_system {
        if now.signed_duration_since(from) > NOW {
            item.fault(
                "/from_at",
                Code::InThePast,
                "a release begins now or later; leave `from_at` out for now",
            );
        }
        item.after.write(release::FROM_AT, now);
    }
    let Some(until) = item.after.read(release::UNTIL_AT) else { return };
    if until <= from {
        item.fault("/until_at", Code::RuleBroken, "the release ends before it begins");
    } else if until <= now {
        item.fault("/until_at", Code::InThePast, "a release ends later than now");
    }
}

/// The new end of a release: after now and its begin, and before the old end.
fn check_end(item: &mut Item, now: DateTime<Utc>) {
    let Some(until) = item.after.read(release::UNTIL_AT) else { return };
    let old = item.before.as_ref().and_then(|row| row.read(release::UNTIL_AT));
    if until <= now {
        item.fault("/until_at", Code::InThePast, "a release ends later than now; to end it now, revoke it");
    } else if item.after.read(release::FROM_AT).is_some_and(|from| until <= from) {
        item.fault("/until_at", Code::RuleBroken, "the release ends before it begins");
    } else if old.is_some_and(|old| until >= old) {
        item.fault(
            "/until_at",
            Code::RuleBroken,
            "the new end is not earlier; for a later end make a new release",
        );
    }
}

/// A release that counts lets nobody read, so nobody comments or drafts.
fn check_counts(item: &mut Item) {
    for (pointer, is_set) in [
        ("/may_comment", item.after.read(release::MAY_COMMENT)),
        ("/may_draft", item.after.read(release::MAY_DRAFT)),
        ("/include_references", item.after.read(release::INCLUDE_REFERENCES)),
    ] {
        if is_set == Some(true) {
            item.fault(pointer, Code::RuleBroken, "a release with mode `count` lets nobody read");
        }
    }
}

async fn check_subject(unit: &Unit, item: &mut Item) -> Result<()> {
    let stored = item.after.read(release::SUBJECT).unwrap_or_default();
    let Ok(subject) = serde_json::from_value::<Subject>(stored) else { return Ok(()) };
    item.after.write(release::SUBJECT, serde_json::to_value(&subject)?);
    match (&subject.plan, &subject.record, &subject.kind) {
        (Some(plan), None, None) => {
            let def = entity::Plan::def();
            check_record(unit, item, (def, *plan), "/subject/plan").await
        }
        (None, Some(record), None) => match released_kind(&record.kind) {
            Ok(def) => check_record(unit, item, (def, record.id), "/subject/record/id").await,
            Err(why) => {
                item.fault("/subject/record/kind", Code::NotInList, why);
                Ok(())
            }
        },
        (None, None, Some(kind)) => {
            match released_kind(kind) {
                Ok(def) => item.after.write(release::SUBJECT, serde_json::json!({ "kind": def.name })),
                Err(why) => item.fault("/subject/kind", Code::NotInList, why),
            }
            Ok(())
        }
        _ => {
            item.fault("/subject", Code::RuleBroken, "a subject is one of `plan`, `record` and `kind`");
            Ok(())
        }
    }
}

/// The kind with a name, singular or plural, if its records can be released.
fn released_kind(name: &str) -> std::result::Result<&'static KindDef, String> {
    // Comments are shown with what they are about.
    let can = || KINDS.served().filter(|def| def.is_national() && def.class != Class::Comment);
    can().find(|def| def.name == name || def.collection == name).ok_or_else(|| {
        let near = did_you_mean(nearest(name, can().map(|def| def.name)));
        format!("no records of such a kind can be released{near}")
    })
}

/// A record that a release names: the caller sees it, its owner releases it, and the record above it is shown too.
async fn check_record(
    unit: &Unit,
    item: &mut Item,
    (def, id): (&'static KindDef, Uuid),
    pointer: &str,
) -> Result<()> {
    let which = Cond::all().add(visible(unit.actor(), def)).add(def.col("id").eq(id));
    let Some(row) = store::first(unit.conn(), def, which).await? else {
        item.fault(
            pointer,
            Code::ReferenceNotFound,
            format!("there is no {} {id} here", def.declared.words()),
        );
        return Ok(());
    };
    if row.owner() != item.after.owner() {
        item.fault(pointer, Code::RuleBroken, "the record belongs to somebody else, who alone releases it");
        return Ok(());
    }
    let release = Release::of(&item.after, &unit.ctx.clock);
    for (parent, above) in cover::above(unit, &row).await? {
        let sets: BTreeSet<Uuid> = above.uuid("release_set_id").into_iter().collect();
        if !unit.released(&sets).await?.may_show(&release, &[&above]) {
            let words = parent.declared.words();
            let text = format!("the {words} it stands below is not released to the same audiences");
            item.fault(pointer, Code::ParentNotReleased, text);
            break;
        }
    }
    Ok(())
}
