//! How a caller sees rows: references it may see, its languages, what outsiders do not learn.

use std::{
    collections::{BTreeMap, BTreeSet, HashMap},
    sync::Arc,
};

use async_graphql::SimpleObject;
use chrono::{DateTime, Utc};
use entity::vocab::{Handling, Visibility};
use sea_orm::sea_query::{Alias, ExprTrait, Query};
use serde::Serialize;
use serde_json::Value as Json;
use utoipa::ToSchema;
use uuid::Uuid;

use crate::{
    actor::Actor,
    ctx::{Ctx, Locale},
    error::Result,
    policy::{Verb, authorize, is_inside, visible},
    record::{KindDef, Record, Registry},
    row::Row,
    scalar::{Object, Ref},
    sets::{self, SharedWith},
    store,
};

/// What every record tells of itself.
#[derive(Clone, Debug, Serialize, ToSchema, SimpleObject)]
pub struct Meta {
    /// Id of the record, for life.
    pub id: Uuid,
    /// Who the record belongs to: `KGZ`, `region:CA`, `org:UNICRI`, `reference` or `installation`.
    pub owner: String,
    /// Key of the record in the system it came from.
    pub external_key: Option<String>,
    /// System the external key belongs to.
    pub source_system: Option<String>,
    /// Lock counter: the number of writes; null for readers outside the owner.
    pub version: Option<i32>,
    /// When the record was made.
    pub created_at: DateTime<Utc>,
    /// User who made it; null for readers outside the owner.
    pub created_by: Option<Uuid>,
    /// When the record was last changed.
    pub updated_at: DateTime<Utc>,
    /// User who last changed it; null for readers outside the owner.
    pub updated_by: Option<Uuid>,
    /// What the caller may do to the record; left out in lists of REST.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub can: Option<Vec<Verb>>,
}

/// What national records tell of who may see them.
#[derive(Clone, Debug, Serialize, ToSchema, SimpleObject)]
pub struct National {
    /// Who sees the record inside its country.
    pub visibility: Visibility,
    /// Care the record asks for when it is passed on.
    pub handling: Handling,
    /// Agencies and groups it is shared with at visibility `group`; null for readers outside the owner.
    #[graphql(skip)]
    pub shared_with: Option<SharedWith>,
    /// Id of the shared set, for the edge of the same meaning.
    #[serde(skip)]
    #[graphql(skip)]
    pub shared_set: Option<Uuid>,
}

/// What records with texts tell of their languages.
#[derive(Clone, Debug, Default, Serialize, ToSchema, SimpleObject)]
pub struct Texts {
    /// Language of the base texts (BCP 47).
    pub language: String,
    /// All translations, language -> field -> text; given with `lang=*` only.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<std::collections::BTreeMap<String, std::collections::BTreeMap<String, String>>>)]
    pub translations: Option<Object>,
    /// Field -> language, for texts that are shown in translation.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub languages: BTreeMap<String, String>,
}

/// What every national record with texts tells of itself; other kinds take the parts they have.
#[derive(Clone, Debug, Serialize, ToSchema, SimpleObject)]
pub struct Seen {
    /// Metadata.
    #[serde(flatten)]
    #[graphql(flatten)]
    pub meta: Meta,
    /// Who may see the record.
    #[serde(flatten)]
    #[graphql(flatten)]
    pub national: National,
    /// Its languages.
    #[serde(flatten)]
    #[graphql(flatten)]
    pub texts: Texts,
}

/// The view of one caller on a batch of rows.
pub struct Lens {
    actor: Arc<Actor>,
    locale: Arc<Locale>,
    refs: Option<HashMap<Uuid, Ref>>,
    sets: HashMap<Uuid, SharedWith>,
    owners: Arc<Owners>,
    kinds: &'static Registry,
    with_can: bool,
}

/// Kind and id of the record of any kind that a row refers to.
fn any_of<'r>(def: &KindDef, row: &'r Row) -> Option<(&'r str, Uuid)> {
    let (kind, id) = def.any?;
    Some((row.text(kind)?, row.uuid(id)?))
}

/// Official languages by owner.
pub type Owners = HashMap<String, Vec<String>>;

/// What a lens shall resolve.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Detail {
    /// A list of REST: references with code and name.
    List,
    /// A single record of REST: besides, what the caller may do.
    Single,
}

impl Lens {
    /// Looks up what rendering `rows` needs: at most one statement for each kind referred to.
    ///
    /// # Errors
    /// What the database says.
    pub async fn on(ctx: &Ctx, def: &'static KindDef, rows: &[Row], detail: Detail) -> Result<Self> {
        let owners = if def.has_texts() {
            let codes = rows.iter().map(|row| row.owner().to_owned()).collect();
            store::owner_languages(ctx.db.reading(), &codes).await?
        } else {
            HashMap::new()
        };
        let shared = rows
            .iter()
            .filter(|row| ctx.actor.is_inside(row.owner()))
            .filter_map(|row| row.uuid("shared_set_id"));
        let sets = sets::seen(ctx, &shared.collect()).await?;
        let mut lens = Self {
            actor: ctx.actor.clone(),
            locale: ctx.locale.clone(),
            refs: None,
            sets,
            owners: Arc::new(owners),
            kinds: ctx.kinds,
            with_can: detail == Detail::Single,
        };
        lens.refs = Some(lens.look_up(ctx, def, rows).await?);
        Ok(lens)
    }

    /// Official languages of all owners, for [`Lens::for_edges`].
    ///
    /// # Errors
    /// What the database says.
    pub async fn owners(ctx: &Ctx) -> Result<Owners> {
        store::all_owner_languages(ctx.db.reading()).await
    }

    /// A lens for GraphQL: references are edges, looked up only where selected, so it needs no statement.
    #[must_use]
    pub fn for_edges(ctx: &Ctx, owners: Arc<Owners>) -> Self {
        let (actor, locale) = (ctx.actor.clone(), ctx.locale.clone());
        Self { actor, locale, refs: None, sets: HashMap::new(), owners, kinds: ctx.kinds, with_can: true }
    }

    async fn look_up(&self, ctx: &Ctx, def: &'static KindDef, rows: &[Row]) -> Result<HashMap<Uuid, Ref>> {
        let mut wanted: BTreeMap<&'static str, BTreeSet<Uuid>> = BTreeMap::new();
        for row in rows {
            for column in &def.columns {
                if let (Some(target), Some(id)) = (column.target, row.uuid(column.name)) {
                    wanted.entry(target).or_default().insert(id);
                }
            }
            if let Some((kind, id)) = any_of(def, row)
                && let Some(target) = ctx.kinds.get(kind)
            {
                wanted.entry(target.name).or_default().insert(id);
            }
            for link in &def.links {
                if let Some(target) = link.target {
                    wanted.entry(target).or_default().extend(row.ids(link.column));
                }
            }
        }
        let mut refs = HashMap::new();
        for (kind, ids) in wanted {
            let Some(target) = ctx.kinds.get(kind) else { continue };
            for some in ids.into_iter().collect::<Vec<_>>().chunks(store::IDS) {
                refs.extend(self.named(ctx, target, some).await?);
            }
        }
        Ok(refs)
    }

    /// The visible ones of these records, as references.
    async fn named(&self, ctx: &Ctx, target: &'static KindDef, ids: &[Uuid]) -> Result<Vec<(Uuid, Ref)>> {
        let mut columns = vec!["id", "owner"];
        columns.extend(target.code);
        columns.extend(target.label);
        let has_texts = target.has_texts();
        if has_texts {
            columns.extend(["language", "translations"]);
        }
        let mut select = Query::select();
        select.columns(columns.iter().map(|name| (target.iden(), Alias::new(*name)))).from(target.iden());
        select.cond_where(visible(&ctx.actor, target));
        select.and_where(target.col("id").is_in(ids.iter().copied()));
        let mut refs = Vec::new();
        for found in ctx.db.reading().all(&select).await? {
            let mut row = Row::empty(target);
            for (at, name) in columns.iter().enumerate() {
                match *name {
                    "id" => row.set("id", found.try_get_by_index::<Uuid>(at)?),
                    "translations" => row.set("translations", found.try_get_by_index::<Json>(at)?),
                    text => row.set(text, found.try_get_by_index::<Option<String>>(at)?),
                }
            }
            if has_texts {
                self.localise(target, &mut row);
            }
            let text = |column: Option<&str>| column.and_then(|column| row.text(column)).map(str::to_owned);
            let (id, code, name) = (row.id(), text(target.code), text(target.label));
            refs.push((id, Ref { id, code, name }));
        }
        Ok(refs)
    }

    /// The record a column refers to; none if the caller may not see it.
    #[must_use]
    pub fn reference(&self, id: Option<Uuid>) -> Option<Ref> {
        let id = id?;
        match &self.refs {
            Some(refs) => refs.get(&id).cloned(),
            None => Some(Ref { id, code: None, name: None }),
        }
    }

    /// The records an array refers to, without those the caller may not see.
    #[must_use]
    pub fn references(&self, ids: &Json) -> Vec<Ref> {
        let ids = ids.as_array().into_iter().flatten().filter_map(|id| id.as_str()?.parse().ok());
        ids.filter_map(|id| self.reference(Some(id))).collect()
    }

    /// Tells whether the caller sees the record of any kind that a row refers to; one of a kind that is
    /// not kept here is told inside the owner only. Edges look for themselves.
    #[must_use]
    pub fn sees_any(&self, seen: &Seen, kind: &str, id: Uuid) -> bool {
        match &self.refs {
            Some(_) if self.kinds.get(kind).is_none() => self.actor.is_inside(&seen.meta.owner),
            Some(refs) => refs.contains_key(&id),
            None => true,
        }
    }

    /// Puts translations in the place of base texts, as the caller's languages ask.
    pub fn localise(&self, def: &KindDef, row: &mut Row) -> Texts {
        if !def.has_texts() {
            return Texts::default();
        }
        let language = row.text("language").unwrap_or_default().to_owned();
        let all = row.json("translations").cloned().unwrap_or_default();
        let mut texts = Texts { language: language.clone(), ..Texts::default() };
        if self.locale.all {
            texts.translations = Some(Object(all));
            return texts;
        }
        let official = self.owners.get(row.owner()).map_or(&[][..], Vec::as_slice);
        for column in def.columns.iter().filter(|column| column.is_text) {
            if row.text(column.name).is_none() {
                continue;
            }
            let found = self.locale.chain.iter().chain(official).find_map(|tag| {
                if matches(&language, tag) {
                    return Some(None);
                }
                let own = all
                    .as_object()?
                    .iter()
                    .find(|(of, texts)| matches(of, tag) && texts.get(column.name).is_some())?;
                Some(Some((own.0.clone(), own.1.get(column.name)?.as_str()?.to_owned())))
            });
            if let Some(Some((tag, text))) = found {
                row.set(column.name, text);
                texts.languages.insert(column.field.to_owned(), tag);
            }
        }
        texts
    }

    /// The parts every view has.
    #[must_use]
    pub fn seen(&self, row: &Row, texts: Texts) -> Seen {
        let def = row.def();
        let facts = row.scope();
        let inside = is_inside(&self.actor, def, &facts.owner);
        let can = self
            .with_can
            .then(|| def.verbs().filter(|verb| authorize(&self.actor, *verb, def, &facts).is_ok()).collect());
        let own = |column: &str| row.text(column).map(str::to_owned);
        Seen {
            meta: Meta {
                id: row.id(),
                owner: facts.owner.clone(),
                external_key: own("external_key"),
                source_system: own("source_system"),
                version: inside.then(|| row.version()),
                created_at: row.instant("created_at").unwrap_or_default(),
                created_by: row.uuid("created_by").filter(|_| inside),
                updated_at: row.instant("updated_at").unwrap_or_default(),
                updated_by: row.uuid("updated_by").filter(|_| inside),
                can,
            },
            national: National {
                visibility: facts.level.unwrap_or(Visibility::National),
                handling: if own("handling").as_deref() == Some("restricted") {
                    Handling::Restricted
                } else {
                    Handling::Normal
                },
                shared_set: facts.shared_set.filter(|_| inside),
                shared_with: inside
                    .then(|| facts.shared_set.and_then(|id| self.sets.get(&id).cloned()).unwrap_or_default()),
            },
            texts,
        }
    }

    /// Language of the text that names a row, as this caller sees it.
    #[must_use]
    pub fn language(&self, row: &Row) -> Option<String> {
        let mut shown = row.clone();
        let texts = self.localise(row.def(), &mut shown);
        let label = row.def().label?;
        Some(texts.languages.get(label).cloned().unwrap_or(texts.language)).filter(|tag| !tag.is_empty())
    }

    /// Renders rows.
    ///
    /// # Errors
    /// `Internal` if a row does not fit its table.
    pub fn views<R: Record>(&self, rows: Vec<Row>) -> Result<Vec<R>> {
        rows.into_iter().map(|row| R::from_row(row, self)).collect()
    }
}

/// Tells whether a text's language serves a wanted tag: equal, or the wanted tag is its prefix.
fn matches(of: &str, wanted: &str) -> bool {
    of.eq_ignore_ascii_case(wanted)
        || of.get(..wanted.len()).is_some_and(|head| head.eq_ignore_ascii_case(wanted))
            && of.as_bytes().get(wanted.len()) == Some(&b'-')
}
