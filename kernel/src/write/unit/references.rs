//! References: one statement for each kind that is referred to, hidden the same as missing.

use std::{
    collections::{BTreeMap, BTreeSet, HashMap, HashSet},
    sync::Arc,
};

use sea_orm::sea_query::{Alias, Cond, Expr, ExprTrait, Order, Query};
use serde_json::{Map, Value as Json};
use uuid::Uuid;

use super::{
    Unit,
    hidden::Hidden,
    item::Item,
    siblings::{Refused, was_refused},
};
use crate::{
    error::{Code, Result},
    input::{cut, hint},
    owners::Owners,
    policy::{Class, visible},
    record::{AnyLink, KindDef, Registry},
    row::Row,
    spelling, store,
};

/// How an input names a record.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(super) enum Token {
    Id(Uuid),
    Code(String),
    Key(String, String),
}

impl Token {
    /// Reads a reference; the schema has refused other shapes.
    pub(super) fn read(json: &Json) -> Option<Self> {
        let text = match json {
            Json::Object(members) => members.get("id")?.as_str()?,
            other => other.as_str()?,
        };
        if let Ok(id) = text.parse() {
            return Some(Self::Id(id));
        }
        let text = spelling::key(text);
        if let Some((source, key)) = text.strip_prefix("external_key:").and_then(source_and_key) {
            return Some(Self::Key(spelling::key(source), spelling::key(key)));
        }
        Some(Self::Code(text))
    }
}

/// Splits `<source system>:<key>`; the systems of agencies (`agency:MES`) hold a colon themselves.
fn source_and_key(text: &str) -> Option<(&str, &str)> {
    let own = text.strip_prefix("agency:").and_then(|rest| rest.find(':')).map(|at| at + "agency:".len());
    let (source, key) = text.split_at_checked(own.or_else(|| text.find(':'))?)?;
    Some((source, key.strip_prefix(':')?))
}

/// The records that were named, by kind.
#[derive(Debug, Default)]
pub(super) struct Found {
    rows: HashMap<&'static str, Vec<Row>>,
    by_id: HashMap<(&'static str, Uuid), usize>,
    by_code: HashMap<(&'static str, String), Vec<usize>>,
    by_key: HashMap<(&'static str, String, String), Vec<usize>>,
    /// Codes that the caller sees of kinds of which some were not found, each with its owner.
    near: HashMap<&'static str, Vec<(String, String)>>,
    /// Records that the unit deletes.
    doomed: Arc<HashSet<Uuid>>,
    /// Records that the unit was to make and did not.
    refused: Arc<Refused>,
    /// Owners that exist.
    pub(super) owners: Arc<Owners>,
    /// What the caller cannot see of the lists it writes.
    pub(super) hidden: Hidden,
    /// Records that the caller reads through a live release.
    released: HashSet<Uuid>,
}

impl Found {
    /// Nothing yet, and never what the unit deletes.
    pub(super) fn but(doomed: Arc<HashSet<Uuid>>) -> Self {
        Self { doomed, ..Self::default() }
    }

    pub(super) fn add(&mut self, def: &'static KindDef, row: Row) {
        let rows = self.rows.entry(def.name).or_default();
        let at = rows.len();
        self.by_id.insert((def.name, row.id()), at);
        if let Some(code) = def.code.and_then(|column| row.text(column)) {
            self.by_code.entry((def.name, code.to_owned())).or_default().push(at);
        }
        if let (Some(source), Some(key)) = (row.text("source_system"), row.text("external_key")) {
            self.by_key.entry((def.name, source.to_owned(), key.to_owned())).or_default().push(at);
        }
        rows.push(row);
    }

    pub(super) fn has_code(&self, kind: &'static str, code: &str) -> bool {
        self.by_code.contains_key(&(kind, code.to_owned()))
    }

    /// Lets the record with a code be named by another text too.
    pub(super) fn also(&mut self, kind: &'static str, given: &str, code: &str) {
        if let Some(rows) = self.by_code.get(&(kind, code.to_owned())).cloned() {
            self.by_code.insert((kind, given.to_owned()), rows);
        }
    }

    /// The record an input names; codes and keys count within `owner`, or among what belongs to nobody.
    pub(super) fn get(&self, kind: &'static str, json: &Json, owner: Option<&str>) -> Option<&Row> {
        self.find(kind, json, owner).filter(|row| !self.doomed.contains(&row.id()))
    }

    fn find(&self, kind: &'static str, json: &Json, owner: Option<&str>) -> Option<&Row> {
        let rows = self.rows.get(kind)?;
        let candidates = match Token::read(json)? {
            Token::Id(id) => return rows.get(*self.by_id.get(&(kind, id))?).filter(|row| serves(row, owner)),
            Token::Code(code) => self.by_code.get(&(kind, code))?,
            Token::Key(source, key) => self.by_key.get(&(kind, source, key))?,
        };
        let mut fitting = candidates.iter().filter_map(|at| rows.get(*at)).filter(|row| serves(row, owner));
        // Without an owner a code or key that several owners use names nothing.
        fitting.next().filter(|_| owner.is_some() || fitting.next().is_none())
    }

    /// The record that a reference leads to; where it may be of any owner, also one that the caller reads through a live
    /// release.
    pub(super) fn target(
        &self,
        kind: &'static str,
        json: &Json,
        (owner, is_of_any_owner): (Option<&str>, bool),
    ) -> Option<&Row> {
        let released = || self.get(kind, json, None).filter(|row| self.released.contains(&row.id()));
        self.get(kind, json, owner).or_else(|| is_of_any_owner.then(released).flatten())
    }

    /// The record of any kind that an input names, as `{"kind": .., "id": ..}`.
    pub(super) fn of_any_kind(&self, link: &AnyLink, json: &Json, owner: Option<&str>) -> Option<&Row> {
        let kind = self.rows.get_key_value(json.get("kind")?.as_str()?)?.0;
        let id = json.get("id")?;
        let row = self.target(kind, id, (owner, link.is_of_any_owner));
        // What is not shown to others in every state would be told by what stands below it.
        let may =
            |def: &KindDef| def.is_national() && def.class != Class::Comment && def.shown_in().is_none();
        row.filter(|row| !link.is_checked || may(row.def()))
    }

    /// The refusal of a reference that leads nowhere here, with the nearest code that the caller sees.
    pub(super) fn missing(
        &self,
        item: &mut Item,
        pointer: &str,
        (kind, value): (&str, &Json),
        owner: Option<&str>,
    ) {
        let refused = Token::read(value).and_then(|token| self.refused.get(kind)?.get(&token));
        if let Some(place) = refused {
            item.fault(pointer, Code::ReferenceNotFound, was_refused(place));
            return;
        }
        let given = value.get("id").unwrap_or(value);
        let codes = self.near.get(kind).into_iter().flatten();
        let codes = codes.filter(|(of, _)| owner.is_none_or(|owner| of == owner || of == "reference"));
        let near =
            given.as_str().map_or_else(String::new, |text| hint(text, codes.map(|(_, code)| code.as_str())));
        let words = kind.replace('_', " ");
        let detail = format!("there is no {words} {} here{near}", cut(given));
        item.fault(pointer, Code::ReferenceNotFound, detail);
    }
}

/// Codes of one kind among which the nearest is looked for at most.
const NEAR: u64 = 500;

/// A record refers to records of its own owner, and to what belongs to no country.
fn serves(row: &Row, owner: Option<&str>) -> bool {
    owner.is_none_or(|owner| {
        row.owner() == owner || row.def().fixed_owner.is_some() || row.owner() == "reference"
    })
}

/// Whether the record that a reference to any kind names is looked up: it must be there, or is named by other than its id.
pub(super) fn is_looked_up(link: &AnyLink, value: &Json) -> bool {
    let named = value.get("id").and_then(Token::read);
    link.is_checked || named.is_some_and(|token| !matches!(token, Token::Id(_)))
}

/// The references that fields hold: (field, kind, value).
pub(super) fn named<'a>(
    kinds: &Registry,
    def: &'static KindDef,
    fields: &'a Map<String, Json>,
) -> Vec<(String, &'static str, &'a Json)> {
    let mut all = Vec::new();
    for link in &def.any {
        let value = fields.get(link.field).filter(|value| is_looked_up(link, value));
        let target = value.and_then(|value| kinds.get(value.get("kind")?.as_str()?));
        if let (Some(target), Some(id)) = (target, value.and_then(|value| value.get("id"))) {
            all.push((format!("/{}", link.field), target.name, id));
        }
    }
    for column in def.columns.iter().filter(|column| column.target.is_some()) {
        if let (Some(target), Some(value)) =
            (column.target, fields.get(column.field).filter(|v| !v.is_null()))
        {
            all.push((format!("/{}", column.field), target, value));
        }
    }
    for link in &def.links {
        let Some(target) = link.target else { continue };
        for (at, value) in fields.get(link.column).and_then(Json::as_array).into_iter().flatten().enumerate()
        {
            all.push((format!("/{}/{at}", link.column), target, value));
        }
    }
    if let Some(shared) = fields.get("shared_with") {
        for (list, target) in [("agencies", "agency"), ("groups", "working_group")] {
            for (at, value) in shared.get(list).and_then(Json::as_array).into_iter().flatten().enumerate() {
                all.push((format!("/shared_with/{list}/{at}"), target, value));
            }
        }
    }
    all
}

impl Unit {
    /// Finds every record the items name, with `visible()` inside, and the owners.
    pub(super) async fn look_up(&mut self, def: &'static KindDef, items: &[Item]) -> Result<Found> {
        let mut wanted: BTreeMap<&'static str, BTreeSet<Token>> = BTreeMap::new();
        for item in items.iter().filter(|item| item.is_readable()) {
            for (_, target, value) in named(self.ctx.kinds, def, &item.fields) {
                wanted.entry(target).or_default().extend(Token::read(value));
            }
        }
        let mut found =
            Found { doomed: self.doomed.clone(), refused: self.refused.clone(), ..Found::default() };
        let mut wanted_codes = Vec::new();
        for (kind, tokens) in wanted {
            let codes = tokens
                .iter()
                .filter_map(|one| if let Token::Code(code) = one { Some(code.clone()) } else { None });
            wanted_codes.push((kind, codes.collect::<Vec<_>>()));
            let Some(target) = self.ctx.kinds.get(kind) else { continue };
            for some in tokens.iter().cloned().collect::<Vec<_>>().chunks(store::IDS) {
                for row in self.find(target, some).await? {
                    if self.is_read_by_release(&row) {
                        found.released.insert(row.id());
                    }
                    found.add(target, row);
                }
            }
            self.find_by_names(target, &tokens, &mut found).await?;
        }
        self.look_near(&wanted_codes, &mut found).await?;
        found.owners = self.owners().await?;
        Ok(found)
    }

    /// Whether the caller reads a record through a live release; the service itself asks none.
    fn is_read_by_release(&self, row: &Row) -> bool {
        let actor = &self.ctx.actor;
        let is_shown = row.def().is_national() && !row.scope().is_unsettled;
        let set = row.uuid("release_set_id").filter(|_| is_shown);
        actor.is_system() || set.is_some_and(|set| actor.standing.release_sets.contains(&set))
    }

    /// Finds the codes the caller sees of those kinds of which some code was not found: one statement for each kind,
    /// and none where everything was found.
    async fn look_near(&self, wanted: &[(&'static str, Vec<String>)], found: &mut Found) -> Result<()> {
        for (kind, codes) in wanted {
            let is_missing = |code: &String| !found.by_code.contains_key(&(*kind, code.clone()));
            let target = self.ctx.kinds.get(kind).filter(|_| codes.iter().any(is_missing));
            let Some((target, code)) = target.and_then(|target| Some((target, target.code?))) else {
                continue;
            };
            let mut select = Query::select();
            select
                .expr(target.col("owner"))
                .expr(target.col(code))
                .from(target.iden())
                .cond_where(visible(&self.ctx.actor, target))
                .and_where(target.col(code).is_not_null())
                .order_by((target.iden(), Alias::new("id")), Order::Asc)
                .limit(NEAR);
            let rows = self.conn().all(&select).await?;
            let read = rows.iter().map(|row| Ok((row.try_get_by_index(0)?, row.try_get_by_index(1)?)));
            found.near.insert(kind, read.collect::<Result<_>>()?);
        }
        Ok(())
    }

    pub(super) async fn find(&self, target: &'static KindDef, tokens: &[Token]) -> Result<Vec<Row>> {
        let ids = tokens.iter().filter_map(|t| if let Token::Id(id) = t { Some(*id) } else { None });
        let codes =
            tokens.iter().filter_map(|t| if let Token::Code(code) = t { Some(code.as_str()) } else { None });
        let keys: Vec<_> = tokens
            .iter()
            .filter_map(|t| if let Token::Key(s, k) = t { Some((s.as_str(), k.as_str())) } else { None })
            .collect();
        let mut any = Cond::any().add(target.col("id").is_in(ids));
        if let Some(code) = target.code {
            any = any.add(target.col(code).is_in(codes));
        }
        if !keys.is_empty() {
            any = any.add(self.conn().among_keys(target, keys));
        }
        let mut select = store::select(target);
        select.cond_where(Cond::all().add(visible(&self.ctx.actor, target)).add(any));
        store::rows(self.conn(), target, &select).await
    }

    /// Rows by id, hidden ones too; for rules that look further than the caller.
    ///
    /// # Errors
    /// What the database says.
    pub async fn rows_of(&self, def: &'static KindDef, ids: &BTreeSet<Uuid>) -> Result<HashMap<Uuid, Row>> {
        if ids.is_empty() {
            return Ok(HashMap::new());
        }
        let mut select = store::unseen(def);
        select.and_where(def.col("id").is_in(ids.iter().copied()));
        let rows = store::rows(self.conn(), def, &select).await?;
        Ok(rows.into_iter().map(|row| (row.id(), row)).collect())
    }

    /// Ids of records one link away: from each id to those it names.
    ///
    /// # Errors
    /// What the database says.
    pub async fn linked(&self, table: &str, ids: &BTreeSet<Uuid>) -> Result<Vec<(Uuid, Uuid)>> {
        let select = Query::select()
            .columns(["from_id", "to_id"].map(Alias::new))
            .from(Alias::new(table))
            .and_where(Expr::col(Alias::new("from_id")).is_in(ids.iter().copied()))
            .take();
        let rows = self.conn().all(&select).await?;
        rows.iter().map(|row| Ok((row.try_get_by_index(0)?, row.try_get_by_index(1)?))).collect()
    }
}
