//! Bundles are made: what a country releases to some audiences, as a reader in them is shown it.

use std::{
    collections::{BTreeMap, BTreeSet, HashMap, HashSet},
    sync::Arc,
};

use chrono::{DateTime, TimeDelta, Utc};
use entity::{Agency, Plan, Release, ReleaseSet, bundle, release};
use kernel::{
    Actor, Code, Ctx, Error, KindDef, Result, Unit, Violation,
    filter::Narrowing,
    policy::{Scope, Verb, authorize},
    record::{Columns, part::Form},
    row::Row,
    store,
    unit::released::Release as Shows,
    view::{Locale, View},
};
use model::Class;
use sea_orm::{
    ColumnTrait,
    sea_query::{Cond, ExprTrait, Query},
};
use serde_json::{Value as Json, json};
use uuid::Uuid;

use super::{
    DAYS, MAX_AUDIENCES, MAX_DAYS, MAX_RECORDS, NewBundle,
    file::{self, Chain, FORMAT, Header, Line, SentRecord, SentRelease, id_of},
    incoming::is_held,
};
use crate::{
    domain::{
        KINDS, Registered,
        exchange::{
            columns::Texts,
            export::{Export, Listed},
            kept,
            print::{self, Lines},
        },
    },
    signin::viewing::belonging,
};

/// Records of which the lines are handed on together.
const TOGETHER: usize = 500;

/// A bundle that is wanted, checked.
#[derive(Clone, Debug)]
pub(in crate::domain::exchange) struct Wanted {
    pub(in crate::domain::exchange) owner: String,
    pub(in crate::domain::exchange) settled: NewBundle,
    valid_until: DateTime<Utc>,
    /// Somebody who belongs to all of its audiences.
    reader: Actor,
}

/// Part of the file of a bundle, with the records in it.
pub(in crate::domain::exchange) type Piece = (Vec<u8>, Vec<Uuid>);

impl Wanted {
    /// Reads what is wanted of a caller who may send what its country releases.
    ///
    /// # Errors
    /// `Forbidden` for all but focal points; `Invalid` with everything that is wrong.
    pub(in crate::domain::exchange) async fn read(ctx: &Ctx, new: &NewBundle) -> Result<Self> {
        let owner = ctx.actor.acting.clone().unwrap_or_default();
        let scope = Scope { owner: owner.clone(), ..Scope::default() };
        if let Err(denial) = authorize(&ctx.actor, Verb::Create, Release::def(), &scope) {
            return Err(Error::Forbidden(denial.rule.text.into()));
        }
        let (now, mut faults) = (ctx.clock.now(), Vec::new());
        let valid_until = new.valid_until.unwrap_or(now + TimeDelta::days(DAYS));
        let mut fault = |member: &str, code, text: String| {
            faults.push(Violation::new(format!("/bundle/{member}"), code, text));
        };
        if valid_until <= now || valid_until > now + TimeDelta::days(MAX_DAYS) {
            fault(
                "valid_until",
                Code::OutOfRange,
                format!("a bundle is good for {MAX_DAYS} days from now at most"),
            );
        }
        if new.audiences.is_empty() || new.audiences.len() > MAX_AUDIENCES {
            fault("audiences", Code::OutOfRange, format!("1 to {MAX_AUDIENCES} audiences"));
        }
        if let Some(plan) = new.plan {
            let which = BTreeSet::from([plan]);
            let seen = store::by_ids(ctx, Plan::def(), &which).await?;
            if seen.get(&plan).is_none_or(|row| row.owner() != owner) {
                fault("plan", Code::ReferenceNotFound, format!("your country has no plan {plan}"));
            }
        }
        let (reader, audiences) = match belonging(ctx, &new.audiences).await {
            Ok(found) => found,
            Err(Error::Invalid(found)) => {
                faults.extend(found);
                return Err(Error::Invalid(faults));
            }
            Err(error) => return Err(error),
        };
        if !faults.is_empty() {
            return Err(Error::Invalid(faults));
        }
        let settled = NewBundle { audiences: audiences.into_iter().collect(), ..new.clone() };
        Ok(Self { owner, settled, valid_until, reader })
    }
}

/// The pieces of a bundle, in order, made in the context of a snapshot of the database; and what is to be noted of it.
///
/// # Errors
/// `Forbidden` where it would have too many records; what the database says.
pub(in crate::domain::exchange) async fn write(
    ctx: &Ctx,
    wanted: &Wanted,
    id: Uuid,
    key: &file::Signer,
) -> Result<(Vec<Piece>, bundle::Model)> {
    let reader = wanted.reader.clone();
    let belongs = reader.viewing.as_ref().map(|viewing| viewing.belongs.clone()).unwrap_or_default();
    let header = Header {
        format: FORMAT.to_owned(),
        id,
        owner: wanted.owner.clone(),
        audiences: wanted.settled.audiences.clone(),
        plan: wanted.settled.plan,
        made_at: ctx.clock.now(),
        valid_until: wanted.valid_until,
    };
    let releases = Releases::of(ctx, &wanted.owner, &belongs).await?;
    let locale = Arc::new(Locale { chain: Vec::new(), all: true });
    let all = Ctx { view: View { locale, ..ctx.acting(reader).view }, ..ctx.clone() };
    let mut found = Vec::new();
    for def in KINDS.served().filter(|def| is_held(def)) {
        read(&all, def, (wanted, &releases), &mut found).await?;
        if found.len() > MAX_RECORDS {
            let why = format!("it comes to more than {MAX_RECORDS} records: send the plans one by one");
            return Err(Error::Forbidden(why));
        }
    }
    if wanted.settled.plan.is_some() {
        keep_named(&mut found);
    }
    close(&mut found);
    let used: BTreeSet<Uuid> = found.iter().flat_map(|one| one.sent.releases.iter().copied()).collect();
    let (mut chain, mut pieces, mut bytes) = (Chain::default(), Vec::new(), Vec::new());
    chain.add(Line::Bundle(header.clone()), &mut bytes)?;
    for release in releases.sent.into_values().filter(|release| used.contains(&release.id)) {
        chain.add(Line::Release(release), &mut bytes)?;
    }
    let mut ids = Vec::new();
    for one in found {
        ids.push(one.id);
        chain.add(Line::Record(one.sent), &mut bytes)?;
        if ids.len() == TOGETHER {
            pieces.push((std::mem::take(&mut bytes), std::mem::take(&mut ids)));
        }
    }
    let records = chain.sign(key, &mut bytes)?;
    pieces.push((bytes, ids));
    let noted = bundle::Model {
        id,
        owner: header.owner,
        audiences: json!(header.audiences),
        plan_id: header.plan,
        public_key: file::public(key),
        made_at: header.made_at,
        valid_until: header.valid_until,
        sha256: String::new(),
        records: i32::try_from(records).unwrap_or(i32::MAX),
        state: "made".into(),
        user_id: ctx.actor.user,
        noted_at: header.made_at,
    };
    Ok((pieces, noted))
}

/// The releases of an owner that show records to these audiences now, and the sets that they are in.
struct Releases {
    sent: BTreeMap<Uuid, SentRelease>,
    sets: HashMap<Uuid, Vec<Uuid>>,
}

impl Releases {
    async fn of(ctx: &Ctx, owner: &str, belongs: &BTreeSet<String>) -> Result<Self> {
        let (def, conn) = (Release::def(), ctx.db.reading());
        let mut sent = BTreeMap::new();
        for row in store::all(conn, def, Cond::all().add(def.col("owner").eq(owner))).await? {
            let shows = Shows::of(&row, &ctx.clock);
            let audiences: Vec<String> = shows.audiences.intersection(belongs).cloned().collect();
            if !shows.is_live || !shows.is_read || audiences.is_empty() {
                continue;
            }
            let until_at = row.read(release::UNTIL_AT);
            let from_at = row.read(release::FROM_AT).unwrap_or_else(|| ctx.clock.now());
            let subject = shows.subject;
            sent.insert(row.id(), SentRelease { id: row.id(), audiences, subject, from_at, until_at });
        }
        let def = ReleaseSet::def();
        let mut sets = HashMap::new();
        for row in store::all(conn, def, Cond::all().add(def.col("owner").eq(owner))).await? {
            let live = row.ids("releases").into_iter().filter(|id| sent.contains_key(id));
            sets.insert(row.id(), live.collect());
        }
        Ok(Self { sent, sets })
    }
}

/// A record that goes out.
struct Found {
    def: &'static KindDef,
    id: Uuid,
    sent: SentRecord,
}

/// Reads the records of a kind that the audiences see.
async fn read(
    ctx: &Ctx,
    def: &'static KindDef,
    (wanted, releases): (&Wanted, &Releases),
    found: &mut Vec<Found>,
) -> Result<()> {
    let filters = Narrowing::of(def, "owner", wanted.owner.clone())?;
    let listed = Listed { def, filters, sort: Vec::new() };
    let lines = Lines { parts: print::members(def, &Texts::Translated(BTreeSet::new())).collect() };
    let mut export = Export::begin(ctx.clone(), listed, Columns::ALL, ctx.locale.clone()).await?;
    let is_wanted = |row: &Row| match (wanted.settled.plan, def.plan_column()) {
        (None, _) => true,
        (Some(plan), _) if def.name == Plan::def().name => row.id() == plan,
        (Some(plan), Some(column)) => row.uuid(column) == Some(plan),
        // What hangs on no plan goes along where a record names it.
        (Some(_), None) => def.parent.is_empty() && def.lead.is_none(),
    };
    while let Some(batch) = export.next().await? {
        for row in batch.rows.iter().filter(|row| is_wanted(row)) {
            let shown = row.uuid("release_set_id").and_then(|set| releases.sets.get(&set));
            let Some(releases) = shown.filter(|shown| !shown.is_empty()).cloned() else { continue };
            let record = lines.members(&batch.renderer, row)?;
            let sent = SentRecord { kind: def.name.to_owned(), releases, record };
            found.push(Found { def, id: row.id(), sent });
        }
        if found.len() > MAX_RECORDS {
            return Ok(());
        }
    }
    Ok(())
}

/// Leaves records that hang on no plan only where others name them.
fn keep_named(found: &mut Vec<Found>) {
    let is_of_plan = |one: &Found| one.def.name == Plan::def().name || one.def.plan_column().is_some();
    let by_id: HashMap<Uuid, &Found> = found.iter().map(|one| (one.id, one)).collect();
    let mut kept: HashSet<Uuid> = found.iter().filter(|one| is_of_plan(one)).map(|one| one.id).collect();
    let mut front: Vec<Uuid> = kept.iter().copied().collect();
    while let Some(id) = front.pop() {
        let named = by_id.get(&id).into_iter().flat_map(|one| names(one));
        front.extend(named.filter(|id| by_id.contains_key(id)).filter(|id| kept.insert(*id)));
    }
    found.retain(|one| kept.contains(&one.id));
}

/// The records that one refers to.
fn names(one: &Found) -> impl Iterator<Item = Uuid> + '_ {
    let parts = one.def.parts.iter().filter(|part| matches!(part.form, Form::Ref(_) | Form::Refs(_)));
    let values = parts.filter_map(|part| one.sent.record.get(part.name));
    let all = values.flat_map(|value| match value {
        Json::Array(all) => all.as_slice(),
        single => std::slice::from_ref(single),
    });
    all.filter_map(id_of)
}

/// Takes out references that lead out of the bundle and to nothing that every installation knows; and records that cannot
/// be without one, but for an agency that is not released.
fn close(found: &mut Vec<Found>) {
    let mut inside: HashSet<Uuid> = found.iter().map(|one| one.id).collect();
    loop {
        let before = found.len();
        found.retain(|one| stands(one, &inside));
        if found.len() == before {
            break;
        }
        inside = found.iter().map(|one| one.id).collect();
    }
    for one in found.iter_mut() {
        for part in &one.def.parts {
            let Some(value) = one.sent.record.get_mut(part.name) else { continue };
            match part.form {
                Form::Ref(at) => {
                    let column = one.def.columns.get(at);
                    let goes = column.is_some_and(|c| c.is_of_any_owner || leads(c.target, value, &inside));
                    if !goes {
                        *value = Json::Null;
                    }
                }
                Form::Refs(at) => {
                    let link = one.def.columns.get(at).and_then(|column| one.def.link(column.name));
                    let Some(link) = link.filter(|link| !link.is_of_any_owner) else { continue };
                    if let Json::Array(all) = value {
                        all.retain(|one| leads(link.target, one, &inside));
                    }
                }
                _ => {}
            }
        }
    }
}

/// Whether a record has all that it cannot be without.
fn stands(one: &Found, inside: &HashSet<Uuid>) -> bool {
    one.def.parts.iter().all(|part| {
        let Form::Ref(at) = part.form else { return true };
        let Some(column) = one.def.columns.get(at) else { return true };
        if column.nullable || column.is_of_any_owner || column.target == Some(Agency::def().name) {
            return true;
        }
        one.sent.record.get(part.name).is_some_and(|value| leads(column.target, value, inside))
    })
}

/// Whether a reference leads to a record of the bundle, or to one that belongs to nobody and has a code.
fn leads(target: Option<&str>, value: &Json, inside: &HashSet<Uuid>) -> bool {
    let id = id_of(value);
    let is_known = || {
        let target = target.and_then(|target| KINDS.get(target));
        target.is_some_and(|def| def.class == Class::Reference)
            && value.get("code").is_some_and(Json::is_string)
    };
    id.is_some_and(|id| inside.contains(&id)) || is_known()
}

/// Notes a bundle that was made, with the digest of its file.
///
/// # Errors
/// What the database says.
pub(in crate::domain::exchange) async fn note(ctx: &Ctx, made: bundle::Model) -> Result<()> {
    ctx.run(async move |unit: &mut Unit| {
        unit.remember();
        // A snapshot that is made anew is another one under the same id.
        let mut earlier = Query::delete();
        earlier.from_table(bundle::Entity).and_where(bundle::Column::Id.eq(made.id));
        unit.conn().run(&earlier).await?;
        kept::insert(unit.conn(), &made).await
    })
    .await
}
