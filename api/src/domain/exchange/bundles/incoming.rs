//! The rows that a bundle says: its records, with what they refer to here.

use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};

use entity::Agency;
use kernel::{Code, Ctx, Error, KindDef, Result, Unit, Violation, record::part::Form, row::Row, store};
use model::Class;
use sea_orm::sea_query::Cond;
use serde_json::{Map, Value as Json, json};
use uuid::Uuid;

use super::{
    file::id_of,
    keys::hidden_id,
    receive::{Content, refuse},
};
use crate::domain::{KINDS, Registered};

/// Whether bundles hold records of a kind: what people say of records does not leave an installation.
pub(super) fn is_held(def: &KindDef) -> bool {
    def.is_national() && def.class != Class::Comment
}

/// The rows that a bundle says, each with the releases that show it.
pub(super) async fn rows(unit: &Unit, owner: &str, content: &Content) -> Result<Vec<(Row, Vec<Uuid>)>> {
    let places = Places::of(unit, content).await?;
    let untold = untold(&unit.ctx, owner)?;
    let (mut rows, mut faults, mut is_untold) = (Vec::new(), Vec::new(), false);
    let mut seen = HashSet::new();
    for (n, sent) in &content.records {
        let mut fault = |pointer: &str, code: Code, text: String| {
            faults.push(Violation::new(format!("/lines/{n}{pointer}"), code, text));
        };
        let Some(def) = KINDS.get(&sent.kind).filter(|def| def.is_served() && is_held(def)) else {
            fault("/kind", Code::NotInList, format!("bundles hold no {:?}", sent.kind));
            continue;
        };
        let id = sent.id();
        if sent.record.get("owner").and_then(Json::as_str) != Some(owner)
            || id.is_none_or(|id| !seen.insert(id))
        {
            fault("/record", Code::RuleBroken, format!("each record is of {owner}, with an id of its own"));
            continue;
        }
        let mut record = sent.record.clone();
        is_untold |= name_untold(def, &mut record, untold.id());
        let finds = |target: &str, is_any: bool, named: &Json| {
            let is_untold = |id: &Uuid| *id == untold.id() && target == Agency::def().name;
            id_of(named).filter(is_untold).or_else(|| places.find(target, is_any, named))
        };
        match Row::of_shown(def, &record, &finds) {
            Ok(row) => rows.push((row, sent.releases.clone())),
            Err(found) => {
                let place = |one: Violation| format!("/lines/{n}{}", one.pointer);
                faults.extend(found.into_iter().map(|one| Violation { pointer: place(one.clone()), ..one }));
            }
        }
    }
    refuse(faults)?;
    if is_untold {
        rows.push((untold, Vec::new()));
    }
    Ok(rows)
}

/// Names the agency that is not told where a record cannot be without one; answers whether it does anywhere.
fn name_untold(def: &KindDef, record: &mut Map<String, Json>, untold: Uuid) -> bool {
    let mut any = false;
    for part in &def.parts {
        let Form::Ref(at) = part.form else { continue };
        let column = def.columns.get(at).filter(|column| !column.nullable);
        let is_empty = record.get(part.name).is_none_or(Json::is_null);
        if is_empty && column.is_some_and(|column| column.target == Some(Agency::def().name)) {
            record.insert(part.name.to_owned(), json!({ "id": untold }));
            any = true;
        }
    }
    any
}

/// The agency that stands for those of an owner that are not released: nobody sees it.
fn untold(ctx: &Ctx, owner: &str) -> Result<Row> {
    let id = hidden_id(ctx, owner);
    let name = "An agency that is not released";
    let shown = json!({
        "id": id, "owner": owner, "code": id.simple().to_string(), "name": name, "kind": "service", "language": "en",
        "visibility": "group", "handling": "normal",
    });
    Row::of_shown(Agency::def(), &shown.as_object().cloned().unwrap_or_default(), &|_, _, _| None)
        .map_err(|faults| Error::Internal(format!("the agency that is not told is none: {faults:?}")))
}

/// What references of a bundle lead to here.
struct Places {
    inside: HashMap<Uuid, String>,
    codes: HashMap<(&'static str, String), Option<Uuid>>,
    others: HashSet<(&'static str, Uuid)>,
}

impl Places {
    async fn of(unit: &Unit, content: &Content) -> Result<Self> {
        let inside = content.records.iter().filter_map(|(_, sent)| Some((sent.id()?, sent.kind.clone())));
        let mut codes: HashMap<(&'static str, String), Option<Uuid>> = HashMap::new();
        for def in KINDS.all().iter().filter(|def| def.class == Class::Reference && def.code.is_some()) {
            for row in store::all(unit.conn(), *def, Cond::all()).await? {
                let Some(code) = row.text("code") else { continue };
                // A code that several have names none of them.
                codes
                    .entry((def.name, code.to_owned()))
                    .and_modify(|found| *found = None)
                    .or_insert_with(|| Some(row.id()));
            }
        }
        let mut wanted: BTreeMap<&'static str, BTreeSet<Uuid>> = BTreeMap::new();
        for (_, sent) in &content.records {
            let Some(def) = KINDS.get(&sent.kind) else { continue };
            for part in &def.parts {
                let Some(value) = sent.record.get(part.name) else { continue };
                let column = |at: usize| def.columns.get(at);
                let (target, named): (Option<&'static str>, Vec<&Json>) = match part.form {
                    Form::Ref(at) => {
                        (column(at).filter(|one| one.is_of_any_owner).and_then(|one| one.target), vec![value])
                    }
                    Form::Refs(at) => {
                        let link = column(at).and_then(|column| def.link(column.name));
                        let target = link.filter(|link| link.is_of_any_owner).and_then(|link| link.target);
                        (target, value.as_array().into_iter().flatten().collect())
                    }
                    Form::AnyRef(..) => {
                        let kind = value.get("kind").and_then(|kind| KINDS.get(kind.as_str()?));
                        (kind.map(|def| def.name), vec![value])
                    }
                    _ => continue,
                };
                if let Some(target) = target {
                    wanted.entry(target).or_default().extend(named.into_iter().filter_map(id_of));
                }
            }
        }
        let mut others = HashSet::new();
        for (kind, ids) in wanted {
            let Some(def) = KINDS.get(kind) else { continue };
            let ids: Vec<Uuid> = ids.into_iter().collect();
            for some in ids.chunks(10_000) {
                let rows = unit.rows_of(def, &some.iter().copied().collect()).await?;
                others.extend(rows.into_keys().map(|id| (def.name, id)));
            }
        }
        Ok(Self { inside: inside.collect(), codes, others })
    }

    fn find(&self, target: &str, is_any: bool, named: &Json) -> Option<Uuid> {
        let id = id_of(named);
        let def = KINDS.get(target)?;
        let is_inside = |id: &Uuid| self.inside.get(id).is_some_and(|kind| kind == target);
        let own = id.filter(|id| is_inside(id) || (is_any && self.others.contains(&(def.name, *id))));
        own.or_else(|| {
            let def = Some(def).filter(|def| def.class == Class::Reference)?;
            let code = named.get("code").and_then(Json::as_str)?;
            self.codes.get(&(def.name, code.to_owned())).copied().flatten()
        })
    }
}
