//! What the countries have of their duties, once these are worked out: who is responsible, and what was sent.

use std::collections::BTreeSet;

use entity::{
    Commitment, Deadline, Framework, Obligation, Submission, commitment, deadline, framework, obligation,
    submission,
};
use kernel::{Error, Result, Unit, policy::Verb, record::Op, row::Row, store};
use sea_orm::sea_query::{Cond, ExprTrait};
use serde_json::{Map, json};
use uuid::Uuid;

use super::{
    bodies::{ONCE, with},
    file::{CountryFile, DutyFile},
    plans::Plans,
};
use crate::{
    domain::Registered,
    seed::{
        DEMO,
        sync::{Wanted, apply, sync},
    },
};

/// Names who is responsible for commitments, and brings in what was sent, where this run made the plans of a country.
pub(super) async fn load(unit: &mut Unit, files: &[CountryFile], plans: &Plans) -> Result<()> {
    for file in files.iter().filter(|file| plans.are_new(file)) {
        let (mut ops, mut keys, mut sent) = (Vec::new(), Vec::new(), Vec::new());
        for duty in &file.duties {
            let rows = commitments(unit, &file.owner, duty).await?;
            if rows.is_empty() {
                return Err(Error::Internal(format!("{}: nothing follows from `{}`", file.owner, duty.of)));
            }
            for row in rows {
                for (at, submission) in duty.submissions.iter().enumerate() {
                    let more = [("owner", json!(file.owner)), ("commitment", json!(row.id()))];
                    let key = format!("{}/submission/{}/{at}", file.owner, duty.of);
                    sent.push(Wanted::new(DEMO, &key, with(submission, more)));
                }
                keys.push(duty.of.clone());
                ops.push(Op::Update {
                    id: row.id(),
                    version: Some(row.version()),
                    fields: duty.fields.clone(),
                });
            }
        }
        apply(unit, Commitment::def(), ops, &keys).await?;
        let made = sync(unit, Submission::def(), ONCE, sent).await?;
        let new = made.created.keys().filter_map(|key| made.ids.get(key).copied());
        submit(unit, new.collect()).await?;
    }
    Ok(())
}

/// Closes the deadlines of the periods for which something was sent.
async fn submit(unit: &mut Unit, ids: BTreeSet<Uuid>) -> Result<()> {
    let sent = unit.rows_of(Submission::def(), &ids).await?;
    let key = |row: &Row, of: &str, period: &str| Some((row.uuid(of)?, row.date(period)?));
    let periods: BTreeSet<_> = sent
        .values()
        .filter_map(|row| key(row, submission::COMMITMENT.column, submission::PERIOD_TO.column))
        .collect();
    let def = Deadline::def();
    let among = periods.iter().map(|(commitment, _)| *commitment);
    let of = Cond::all().add(def.col(deadline::COMMITMENT.column).is_in(among));
    let rows = store::all(unit.conn(), def, of).await?;
    let is_met = |row: &&Row| {
        key(row, deadline::COMMITMENT.column, deadline::PERIOD_TO.column)
            .is_some_and(|key| periods.contains(&key))
    };
    let submit = def.lifecycle.and_then(|cycle| cycle.find("submit"));
    let Some(verb) = submit.map(Verb::Move) else { return Ok(()) };
    let op = |row: &Row| Op::Move {
        id: row.id(),
        version: Some(row.version()),
        verb,
        authority: verb,
        set: Map::new(),
        faults: Vec::new(),
    };
    let keys: Vec<String> = rows.iter().filter(is_met).map(|row| row.id().to_string()).collect();
    let ops = rows.iter().filter(is_met).map(op).collect();
    apply(unit, def, ops, &keys).await.map(drop)
}

/// The commitments of an owner that follow from a framework or an obligation, each once.
async fn commitments(unit: &Unit, owner: &str, duty: &DutyFile) -> Result<Vec<Row>> {
    let coded = async |def: &'static kernel::KindDef, column: &str| {
        let cond = Cond::all().add(def.col(column).eq(duty.of.as_str()));
        let rows = store::all(unit.conn(), def, cond).await?;
        Ok::<_, Error>(rows.iter().map(Row::id).collect::<BTreeSet<_>>())
    };
    let frameworks = coded(Framework::def(), framework::CODE.column).await?;
    let obligations = coded(Obligation::def(), obligation::CODE.column).await?;
    let def = Commitment::def();
    let of = Cond::any()
        .add(def.col(commitment::FRAMEWORK.column).is_in(frameworks))
        .add(def.col(commitment::OBLIGATION.column).is_in(obligations));
    store::all(unit.conn(), def, Cond::all().add(def.col("owner").eq(owner)).add(of)).await
}
