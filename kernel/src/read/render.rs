//! How a caller sees rows: references it may see, its languages, what outsiders do not learn.

pub(crate) mod along;
mod onward;
mod shown;
mod texts;
mod told;

use std::{
    borrow::Cow,
    collections::{BTreeMap, BTreeSet, HashMap},
    sync::Arc,
};

use chrono::{DateTime, NaiveDate, Utc};
use serde_json::Value as Json;
use uuid::Uuid;

use crate::{
    actor::Actor,
    error::Result,
    owners::Owners,
    policy::{Verb, authorize, is_inside, is_party},
    record::{KindDef, Outcome, Registry},
    row::Row,
    scalar::{Ref, SharedWith},
    sets, store,
    view::{Locale, View},
};

pub use along::Named;
pub use onward::Known;
pub use shown::{PartValue, Shown};
pub use texts::Texts;
pub use told::{Codes, Refs, Regions, Told};

/// The visible records that rows refer to, by id.
type References = foldhash::HashMap<Uuid, Arc<Ref>>;

/// How much of a record is shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Detail {
    /// A list of REST: references with code and name.
    List,
    /// A single record of REST: besides, what the caller may do.
    Single,
}

/// Ids of the records that rows refer to, by kind.
type Wanted = BTreeMap<&'static str, BTreeSet<Uuid>>;

/// The records that rows refer to by the columns that they hold.
fn wanted(view: &View, def: &'static KindDef, rows: &[Row]) -> Wanted {
    let mut wanted = wanted_of_any(view, def, rows);
    let Some(held) = rows.first() else { return wanted };
    for column in def.columns.iter().filter(|column| held.holds(column.name)) {
        if let Some(target) = column.target {
            let ids = rows.iter().filter_map(|row| row.uuid(column.name));
            wanted.entry(target).or_default().extend(ids);
        }
    }
    for link in def.links.iter().filter(|link| held.holds(link.column)) {
        if let Some(target) = link.target {
            let ids = rows.iter().flat_map(|row| row.ids(link.column));
            wanted.entry(target).or_default().extend(ids);
        }
    }
    wanted
}

/// The records of any kind that rows refer to.
fn wanted_of_any(view: &View, def: &'static KindDef, rows: &[Row]) -> Wanted {
    let mut wanted = Wanted::new();
    let Some(held) = rows.first() else { return wanted };
    let all = def.any.iter().filter(|any| held.holds(any.kind) && held.holds(any.id));
    for (any, row) in all.flat_map(|any| rows.iter().map(move |row| (any, row))) {
        let target = row.text(any.kind).and_then(|kind| view.kinds.get(kind));
        if let (Some(target), Some(id)) = (target, row.uuid(any.id)) {
            wanted.entry(target.name).or_default().insert(id);
        }
    }
    wanted
}

/// The view of one caller on a batch of rows.
pub struct Renderer {
    actor: Arc<Actor>,
    locale: Arc<Locale>,
    /// The languages in which records that are referred to are named.
    names: Arc<Locale>,
    /// The visible records that the rows refer to; none where edges look for themselves.
    refs: Option<References>,
    sets: HashMap<Uuid, SharedWith>,
    /// Records that the rows lead to, for what is told of them beside their names.
    kept: foldhash::HashMap<Uuid, Arc<Row>>,
    owners: Arc<Owners>,
    /// The day on which countries are members of regions.
    today: NaiveDate,
    /// The instant by which something is overdue.
    now: DateTime<Utc>,
    kinds: &'static Registry,
    shows_can: bool,
}

impl Renderer {
    /// Looks up what rendering `rows` needs: at most one statement for each kind referred to.
    ///
    /// # Errors
    /// What the database says.
    pub async fn on(view: &View, def: &'static KindDef, rows: &[Row], detail: Detail) -> Result<Self> {
        let shared = rows.iter().filter(|row| view.actor.is_inside(row.owner()));
        let shared = shared.filter_map(|row| row.uuid("shared_set_id")).collect();
        let mut renderer = Self::of(view, detail, sets::seen(view, &shared).await?).await?;
        let wanted = wanted(view, def, rows);
        renderer.look_up(view, wanted).await?;
        Ok(renderer)
    }

    /// Takes what rendering `rows` needs from what was selected along with them, and looks up the rest.
    ///
    /// # Errors
    /// What the database says.
    pub async fn along(
        view: &View,
        def: &'static KindDef,
        (rows, named): (&[Row], &Named),
        detail: Detail,
    ) -> Result<Self> {
        let mut renderer = Self::of(view, detail, named.sets().clone()).await?;
        let refs: References =
            named.rows().map(|row| (row.id(), renderer.as_reference(row).into())).collect();
        renderer.refs = Some(refs);
        let wanted = wanted_of_any(view, def, rows);
        renderer.look_up(view, wanted).await?;
        Ok(renderer)
    }

    /// Shows outcomes with the sets that they share records with, which may be stored nowhere yet.
    ///
    /// # Errors
    /// What the database says.
    pub async fn share_with(&mut self, view: &View, outcomes: &[Outcome]) -> Result<()> {
        let given = outcomes.iter().filter_map(|outcome| {
            let row = outcome.row.as_ref().filter(|row| view.actor.is_inside(row.owner()))?;
            Some((row.uuid("shared_set_id")?, outcome.shared.clone()?))
        });
        self.sets.extend(sets::seen_of(view, given.collect()).await?);
        Ok(())
    }

    async fn of(view: &View, detail: Detail, sets: HashMap<Uuid, SharedWith>) -> Result<Self> {
        Ok(Self {
            sets,
            shows_can: detail == Detail::Single,
            refs: Some(References::default()),
            ..Self::for_edges(view, Self::owners(view).await?)
        })
    }

    /// What is known of all owners, for [`Renderer::for_edges`].
    ///
    /// # Errors
    /// What the database says.
    pub async fn owners(view: &View) -> Result<Arc<Owners>> {
        view.standings.owners().recall(view.db.reading(), view.watch.as_deref()).await
    }

    /// A view for GraphQL: references are edges, looked up only where selected, so it needs no statement.
    #[must_use]
    pub fn for_edges(view: &View, owners: Arc<Owners>) -> Self {
        Self {
            actor: view.actor.clone(),
            locale: view.locale.clone(),
            names: view.locale.clone(),
            refs: None,
            sets: HashMap::new(),
            kept: foldhash::HashMap::default(),
            owners,
            today: view.clock.today(),
            now: view.clock.now(),
            kinds: view.kinds,
            shows_can: true,
        }
    }

    /// A whole record in the form of the REST face, to be serialised.
    #[must_use]
    pub fn shown<'a>(&'a self, row: &'a Row) -> Shown<'a> {
        Shown::new(self, row)
    }

    /// A whole record in the form of the REST face.
    ///
    /// # Errors
    /// `Internal` if it cannot be written.
    pub fn json(&self, row: &Row) -> Result<Json> {
        Ok(serde_json::to_value(self.shown(row))?)
    }

    /// The texts of a row in the caller's languages.
    #[must_use]
    pub fn texts<'a>(&'a self, row: &'a Row) -> Texts<'a> {
        Texts::of(row, &self.locale, &self.owners)
    }

    /// How a record is named, in the caller's language.
    #[must_use]
    pub fn named(&self, row: &Row) -> Ref {
        let name = row.def().label.and_then(|label| self.texts(row).get(label).map(str::to_owned));
        Ref { id: row.id(), code: row.text("code").map(str::to_owned), name }
    }

    /// The code that the caller is shown in a part of a record.
    #[must_use]
    pub fn code(&self, row: &Row, name: &str) -> Option<String> {
        let part = row.def().parts.iter().find(|part| part.name == name)?;
        serde_json::to_value(self.part(row, part)).ok()?.as_str().map(str::to_owned)
    }

    /// Whether the caller reads a record from inside: with its version, writers and sharing.
    #[must_use]
    pub fn is_inside(&self, row: &Row) -> bool {
        is_inside(&self.actor, row.def(), row.owner())
    }

    /// Whether the caller is told the version of a record: it reads it from inside, or may write it from outside, as the
    /// country that it names or as its author.
    #[must_use]
    pub fn shows_version(&self, row: &Row) -> bool {
        self.is_inside(row) || is_party(&self.actor, row)
    }

    /// What the caller may do to a record.
    #[must_use]
    pub fn can(&self, row: &Row) -> Vec<Verb> {
        let scope = row.scope();
        row.def().verbs().filter(|verb| authorize(&self.actor, *verb, row.def(), &scope).is_ok()).collect()
    }

    /// The record an id refers to; none if the caller may not see it.
    #[must_use]
    pub fn reference(&self, id: Option<Uuid>) -> Option<Ref> {
        self.referred(id?).map(Cow::into_owned)
    }

    /// The same, lent.
    fn referred(&self, id: Uuid) -> Option<Cow<'_, Ref>> {
        match &self.refs {
            Some(refs) => refs.get(&id).map(|found| Cow::Borrowed(&**found)),
            None => Some(Cow::Owned(Ref { id, code: None, name: None })),
        }
    }

    /// Whether the caller sees the record of any kind that a row refers to; one of a kind that is not kept
    /// here is shown inside the owner only. Edges look for themselves.
    fn sees_any(&self, row: &Row, kind: &str, id: Uuid) -> bool {
        match &self.refs {
            Some(_) if self.kinds.get(kind).is_none() => self.actor.is_inside(row.owner()),
            Some(refs) => refs.contains_key(&id),
            None => true,
        }
    }

    /// Language of the text that names a row, as this caller sees it.
    #[must_use]
    pub fn language(&self, row: &Row) -> Option<String> {
        let label = row.def().label?;
        self.texts(row).language_of(label).filter(|tag| !tag.is_empty()).map(str::to_owned)
    }

    /// Keeps records that the rows lead to.
    pub fn keep(&mut self, rows: impl IntoIterator<Item = Arc<Row>>) {
        self.kept.extend(rows.into_iter().map(|row| (row.id(), row)));
    }

    /// A record that is kept.
    #[must_use]
    pub fn kept(&self, id: Uuid) -> Option<&Row> {
        self.kept.get(&id).map(|row| &**row)
    }

    /// Looks up records that rows refer to, one statement for each kind.
    async fn look_up(&mut self, view: &View, wanted: Wanted) -> Result<()> {
        let found = self.found(view, wanted).await?;
        self.refs.get_or_insert_default().extend(found);
        Ok(())
    }

    /// Those of some records that the caller sees, as others refer to them: one statement for each kind.
    async fn found(&self, view: &View, wanted: Wanted) -> Result<References> {
        let mut all = References::default();
        for (kind, ids) in wanted {
            let Some(target) = view.kinds.get(kind) else { continue };
            let names: Vec<&str> = along::shown(target).into_iter().flatten().collect();
            let shown = store::Wanted { def: target, columns: target.named(&names) };
            // A name in a reference is no read of the record.
            let found = store::by_ids(&view.unnoted(), shown, &ids).await?;
            all.extend(found.values().map(|row| (row.id(), self.as_reference(row).into())));
        }
        Ok(all)
    }

    /// A row as others refer to it.
    fn as_reference(&self, row: &Row) -> Ref {
        let texts = Texts::of(row, &self.names, &self.owners);
        let text = |column: Option<&'static str>| texts.get(column?).map(str::to_owned);
        Ref { id: row.id(), code: text(row.def().code), name: text(row.def().label) }
    }
}
