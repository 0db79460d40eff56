//! Bundles are received: verified whole, held against what is known here, and put in the place of earlier ones.

use std::{
    collections::{BTreeSet, HashSet},
    io::{BufReader, Seek},
    sync::Arc,
};

use chrono::TimeDelta;
use entity::{
    bundle::{self, Column, Entity},
    vocab::Role,
};
use kernel::{Code, Ctx, Error, Result, Unit, Violation};
use sea_orm::{ColumnTrait, sea_query::Cond};
use uuid::Uuid;

use super::{
    Bundle, MAX_DAYS, MAX_RECORDS,
    file::{self, Broken, Checked, Line, SentRecord, SentRelease},
    keys, settle,
};
use crate::domain::exchange::{imports::Sent, kept};

/// What a file says, with the numbers of the lines.
#[derive(Debug)]
pub(super) struct Content {
    pub(super) checked: Checked,
    pub(super) releases: Vec<SentRelease>,
    pub(super) records: Vec<(u64, SentRecord)>,
}

/// Only operators take in what others keep, and put it away.
pub(super) fn must_operate(ctx: &Ctx) -> Result<()> {
    ctx.actor.must_be_itself()?;
    let is_narrowed = ctx.actor.key.as_ref().is_some_and(|key| key.is_read_only);
    if is_narrowed || ctx.actor.with_role(&[Role::Operator]).next().is_none() {
        return Err(Error::Forbidden("operators receive bundles, and withdraw them".into()));
    }
    Ok(())
}

/// Takes in a bundle: its records are shown as its owner releases them, until it is over or a later one comes. The same bundle
/// again changes nothing.
///
/// # Errors
/// `Forbidden` for all but operators; `Invalid` where the file is not as it was signed, is over, is signed with a key that is not
/// pinned, or holds what cannot be stored, each with its line; `Conflict` where the owner has grants here, or a later bundle was
/// received; what the database says.
pub async fn receive(ctx: &Ctx, sent: Sent) -> Result<Bundle> {
    must_operate(ctx)?;
    let content = tokio::task::spawn_blocking(move || read(sent)).await;
    let content = Arc::new(content.map_err(|_| Error::Internal("a bundle could not be read".into()))??);
    let now = ctx.clock.now();
    let header = &content.checked.header;
    if header.valid_until <= now {
        return Err(broken(1, format!("it was good until {}", header.valid_until)));
    }
    // A later one could not take the place of what claims to be of another day.
    if header.made_at > now + TimeDelta::hours(1)
        || header.valid_until > header.made_at + TimeDelta::days(MAX_DAYS)
    {
        return Err(broken(1, format!("it is of {}, good until {}", header.made_at, header.valid_until)));
    }
    let stored = ctx
        .run(async move |unit: &mut Unit| {
            let actor = unit.elevate();
            let done = take(unit, &content).await;
            unit.act_as(actor);
            done
        })
        .await?;
    Bundle::of(stored, now)
}

fn broken(line: u64, text: impl Into<String>) -> Error {
    Error::invalid(&format!("/lines/{line}"), Code::BundleBroken, text)
}

fn read(sent: Sent) -> Result<Content> {
    let mut input = sent.file;
    input.rewind().map_err(|error| Error::Internal(format!("a bundle cannot be read: {error}")))?;
    let (mut releases, mut records) = (Vec::<SentRelease>::new(), Vec::new());
    let mut known = HashSet::new();
    let checked = file::read(BufReader::with_capacity(1 << 18, input), |n, line| {
        match line {
            Line::Release(release) if known.insert(release.id) => releases.push(release),
            Line::Release(_) => {
                return Err(Broken { line: n, text: "the release stands there twice".into() });
            }
            Line::Record(_) if records.len() == MAX_RECORDS => {
                return Err(Broken { line: n, text: format!("it has more than {MAX_RECORDS} records") });
            }
            Line::Record(record) if !record.releases.iter().any(|id| known.contains(id)) => {
                return Err(Broken { line: n, text: "no release of the bundle shows the record".into() });
            }
            Line::Record(record) => records.push((n, record)),
            Line::Bundle(_) | Line::End(_) => {}
        }
        Ok(())
    });
    let checked = checked.map_err(|found| broken(found.line, found.text))?;
    Ok(Content { checked, releases, records })
}

/// Holds a bundle against keys, grants and earlier bundles, and puts it in their place.
async fn take(unit: &mut Unit, content: &Content) -> Result<bundle::Model> {
    let header = &content.checked.header;
    let owner = header.owner.as_str();
    if !keys::is_pinned(unit, owner, &content.checked.key).await? {
        return Err(broken(1, format!("no key that is pinned for {owner} has signed it")));
    }
    let of_owner = Cond::all().add(Column::Owner.eq(owner)).add(Column::State.ne("made"));
    let received = kept::select::<Entity>(unit.conn(), Column::Id, of_owner, (None, 10_000)).await?;
    if let Some(same) =
        received.iter().find(|one| one.sha256 == content.checked.sha256 && one.state == "current")
    {
        return Ok(same.clone());
    }
    let same_scope = |one: &&bundle::Model| one.plan_id == header.plan || one.plan_id.is_none();
    let later = |one: &bundle::Model| one.made_at >= header.made_at || one.id == header.id;
    if received.iter().filter(same_scope).any(later) {
        let text = "a bundle of this owner that was made later, or this one, was received before";
        return Err(Error::Conflict(Code::Superseded, text.into()));
    }
    let now = unit.ctx.clock.now();
    let is_over = |one: &bundle::Model| one.valid_until <= now;
    let is_current = |one: &bundle::Model| one.state == "current";
    let whole = received.iter().find(|one| is_current(one) && one.plan_id.is_none());
    if header.plan.is_some() && whole.is_some_and(|one| !is_over(one)) {
        let text = "a bundle of everything that the owner releases is current: it holds its plans too";
        return Err(Error::Conflict(Code::Superseded, text.into()));
    }
    let replaced: Vec<bundle::Model> = received
        .into_iter()
        .filter(is_current)
        .filter(|one| header.plan.is_none() || one.plan_id == header.plan || one.plan_id.is_none())
        .collect();
    let streams: BTreeSet<Uuid> = replaced.iter().map(settle::stream).collect();
    settle::put(unit, owner, &streams, Some(content)).await?;
    for mut earlier in replaced {
        "superseded".clone_into(&mut earlier.state);
        settle::mark(unit, &earlier).await?;
    }
    let stored = bundle::Model {
        id: header.id,
        owner: header.owner.clone(),
        audiences: serde_json::to_value(&header.audiences)?,
        plan_id: header.plan,
        public_key: content.checked.key.clone(),
        made_at: header.made_at,
        valid_until: header.valid_until,
        sha256: content.checked.sha256.clone(),
        records: i32::try_from(content.records.len()).unwrap_or(i32::MAX),
        state: "current".into(),
        user_id: unit.actor().user,
        noted_at: unit.ctx.clock.now(),
    };
    kept::insert(unit.conn(), &stored).await?;
    unit.remember();
    Ok(stored)
}

/// Everything that is wrong, a hundred at most.
pub(super) fn refuse(mut faults: Vec<Violation>) -> Result<()> {
    faults.truncate(100);
    if faults.is_empty() { Ok(()) } else { Err(Error::Invalid(faults)) }
}
