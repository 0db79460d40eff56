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
use kernel::{Code, Ctx, Error, Result, Unit, Violation, actor::PUBLIC, idempotency::Begun};
use sea_orm::{ColumnTrait, sea_query::Cond};

use super::{
    Bundle, MAX_DAYS, MAX_RECORDS, MAX_RELEASES,
    file::{self, Broken, Checked, Line, SentRecord, SentRelease},
    keys, settle,
};
use crate::domain::{
    elsewhere,
    exchange::{imports::Sent, kept},
};

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
/// again changes nothing; the same call under the same key is answered by the bundle that it brought.
///
/// # Errors
/// `Forbidden` for all but operators; `Invalid` where the file is not as it was signed, is over, is signed with a key that is not
/// pinned, or holds what cannot be stored, each with its line; `Conflict` where a later bundle was received, or an
/// id is that of somebody else's record; what the database says.
pub async fn receive(ctx: &Ctx, sent: Sent) -> Result<Bundle> {
    must_operate(ctx)?;
    let beginning = match ctx.begun().await? {
        Begun::Before(id) => return super::find(ctx, id).await,
        Begun::Now(beginning) => Arc::new(beginning),
    };
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
            let stored = done?;
            beginning.keep(&unit.ctx, unit.conn(), stored.id).await?;
            Ok(stored)
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
    let (mut known, mut used) = (HashSet::new(), HashSet::new());
    let checked = file::read(BufReader::with_capacity(1 << 18, input), |n, line| {
        let broken = |text: String| Err(Broken { line: n, text });
        match line {
            Line::Release(release) => {
                let audiences: BTreeSet<&String> = release.audiences.iter().collect();
                if audiences.is_empty() || audiences.len() != release.audiences.len() {
                    return broken("a release is for some audiences, each once".into());
                }
                if releases.len() == MAX_RELEASES || !known.insert(release.id) {
                    return broken(format!(
                        "the release stands there twice, or there are more than {MAX_RELEASES}"
                    ));
                }
                releases.push(release);
            }
            Line::Record(_) if records.len() == MAX_RECORDS => {
                return broken(format!("it has more than {MAX_RECORDS} records"));
            }
            Line::Record(record) if record.releases.is_empty() => {
                return broken("no release of the bundle shows the record".into());
            }
            Line::Record(record) => {
                used.extend(record.releases.iter().copied());
                records.push((n, record));
            }
            Line::Bundle(_) | Line::End(_) => {}
        }
        Ok(())
    });
    let checked = checked.map_err(|found| broken(found.line, found.text))?;
    if used != known {
        return Err(broken(1, "a record names a release that is not there, or a release shows nothing"));
    }
    let audiences = &checked.header.audiences;
    let reaches = |one: &&String| {
        let is_of_partner = || audiences.iter().any(|audience| audience.starts_with("org:"));
        audiences.contains(one) || *one == PUBLIC || (*one == "partners" && is_of_partner())
    };
    if let Some(other) = releases.iter().flat_map(|one| &one.audiences).find(|one| !reaches(one)) {
        return Err(broken(1, format!("a release of it is to {other:?}, whom it is not for")));
    }
    Ok(Content { checked, releases, records })
}

/// Holds a bundle against keys and earlier bundles, and puts it in their place.
async fn take(unit: &mut Unit, content: &Content) -> Result<bundle::Model> {
    let header = &content.checked.header;
    let owner = header.owner.as_str();
    elsewhere::claim(unit, [owner].into()).await?;
    if !keys::is_pinned(unit, owner, &content.checked.key).await? {
        return Err(broken(1, format!("no key that is pinned for {owner} has signed it")));
    }
    let of_owner = Cond::all().add(Column::Owner.eq(owner)).add(Column::State.ne("made"));
    let received = kept::select::<Entity>(unit.conn(), Column::Id, of_owner, (None, 10_000)).await?;
    let is_current = |one: &&bundle::Model| one.state == "current";
    let same = received.iter().filter(is_current).find(|one| one.sha256 == content.checked.sha256);
    if let Some(same) = same {
        return Ok(same.clone());
    }
    // What bundles of several plans share is as the last one says it, so they come in the order in which they were made.
    if received.iter().any(|one| one.made_at >= header.made_at || one.id == header.id) {
        let text = "a bundle of this owner that was made later, or this one, was received before";
        return Err(Error::Conflict(Code::Superseded, text.into()));
    }
    let now = unit.ctx.clock.now();
    let is_whole = |one: &bundle::Model| one.plan_id.is_none() && one.valid_until > now;
    if header.plan.is_some() && received.iter().filter(is_current).any(is_whole) {
        let text = "a bundle of everything that the owner releases is current: it holds its plans too";
        return Err(Error::Conflict(Code::Superseded, text.into()));
    }
    let ends =
        |one: &&bundle::Model| header.plan.is_none() || one.plan_id == header.plan || one.plan_id.is_none();
    let own = header.plan.unwrap_or_default();
    let streams = received.iter().filter(ends).map(settle::stream).chain([own]).collect();
    settle::put(unit, owner, &streams, Some(content)).await?;
    for earlier in received.iter().filter(is_current).filter(ends) {
        settle::mark(unit, earlier.id, "superseded").await?;
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
        noted_at: now,
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
