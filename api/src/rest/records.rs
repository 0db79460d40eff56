//! What the operations of record kinds do, once for all kinds.

use std::collections::BTreeMap;

use kernel::{
    Code, Ctx, Error, KindDef, Result, Unit,
    lifecycle::{self, MoveState},
    page::{Page as Paging, Slice},
    record::{Expected, Op, Outcome, OutcomeKind},
    render::{Detail, Named, Renderer, Shown},
    row::Row,
    store,
};
use model::Move;
use serde::Serialize;
use serde_json::{Map, Value as Json};
use uuid::Uuid;

use super::{
    addresses,
    answer::{Answer, Page, PageInfo},
    listing::{AXES, Parameters},
    problem::Problem,
};
use crate::{
    domain::{
        batch::{self, BatchInput, BatchResult},
        history::{HistoryEntry, history},
        moves,
        needs::renewal::Renewed,
        plans::editions::{self, Edition},
        purge::{self, Purging, ReasonInput},
        sharing,
        treaties::standing::{as_held, tells},
    },
    signin::identity::Recalled,
};

/// The records of a kind, as one caller works on them.
pub struct Records {
    /// The kind.
    pub def: &'static KindDef,
    /// The caller.
    pub ctx: Ctx,
}

impl Records {
    /// Lists records.
    async fn list(&self, parameters: &Parameters) -> Result<Answer, Problem> {
        let Self { def, ctx } = self;
        if def.declared.has_editions && def.has("plan_id") && parameters.has("as_of") {
            return self.list_past(parameters).await;
        }
        if tells(def) && AXES.iter().any(|name| parameters.has(name)) {
            return self.list_held(parameters).await;
        }
        let (filters, page) = parameters.of_list(def)?;
        let (slice, named) = store::list_along(ctx, def, &filters, &page).await?;
        self.listed(parameters, &page, (slice, &named)).await
    }

    /// Lists participations as the countries stood on one day, as it was known on another.
    async fn list_held(&self, parameters: &Parameters) -> Result<Answer, Problem> {
        let Self { def, ctx } = self;
        let (filters, page, axes) = parameters.of_standings(def, ctx.clock.today())?;
        let (mut slice, named) = store::list_along(ctx, def, &filters, &page).await?;
        slice.rows = as_held(ctx, slice.rows, axes).await?;
        self.listed(parameters, &page, (slice, &named)).await
    }

    /// A page of the list.
    async fn listed(
        &self,
        parameters: &Parameters,
        page: &Paging,
        (slice, named): (Slice, &Named),
    ) -> Result<Answer, Problem> {
        let Self { def, ctx } = self;
        let next = slice.rows.last().filter(|_| slice.has_more).map(|row| page.cursor_at(ctx, row));
        let renderer = Renderer::along(ctx, def, (&slice.rows, named), Detail::List).await?;
        let items: Vec<_> = slice.rows.iter().map(|row| renderer.shown(row)).collect();
        let info = PageInfo { next: next.clone(), limit: page.limit, total: slice.total };
        Ok(Answer {
            language: common_language(&renderer, &slice.rows),
            next: next.map(|cursor| parameters.address_after(&cursor)),
            ..Answer::of(&Page { items, page: info })?
        })
    }

    /// Reads one record.
    async fn get(&self, address: &str) -> Result<Answer, Problem> {
        let Ok(id) = address.parse() else {
            return match self.find(address).await {
                Err(Error::NotFound) => Err(self.unknown(address).await?),
                found => self.answer(&found?, false).await,
            };
        };
        let (row, named) = store::get_along(&self.ctx, self.def, id).await?;
        let rows = std::slice::from_ref(&row);
        let renderer = Renderer::along(&self.ctx, self.def, (rows, &named), Detail::Single).await?;
        self.shown(&renderer, &row, false)
    }

    /// Reads one record in an edition of its plan.
    pub async fn stated(&self, address: &str, edition: Edition) -> Result<Answer, Problem> {
        let id = addresses::id(address)?;
        let (ctx, row) = editions::one(&self.ctx, self.def, id, edition).await?;
        Records { def: self.def, ctx }.answer(&row, false).await
    }

    /// Lists the records of a plan as they stood at a time.
    async fn list_past(&self, parameters: &Parameters) -> Result<Answer, Problem> {
        let (plan, at) = parameters.of_past(self.def)?;
        let rows = editions::list_at(&self.ctx, self.def, plan, at).await?;
        let renderer = Renderer::on(&self.ctx, self.def, &rows, Detail::List).await?;
        let items: Vec<_> = rows.iter().map(|row| renderer.shown(row)).collect();
        let total = u64::try_from(rows.len()).ok();
        let info = PageInfo { next: None, limit: rows.len(), total };
        Ok(Answer { language: common_language(&renderer, &rows), ..Answer::of(&Page { items, page: info })? })
    }

    /// Creates a record.
    pub async fn create(&self, fields: Map<String, Json>) -> Result<Answer, Problem> {
        self.write(Op::Create(fields)).await
    }

    /// Edits a record.
    pub async fn update(
        &self,
        address: &str,
        version: Option<i32>,
        fields: Map<String, Json>,
    ) -> Result<Answer, Problem> {
        let id = self.id_or_nil(address).await?;
        self.write(Op::Update { id, version, fields }).await
    }

    /// Deletes a record.
    pub async fn delete(&self, address: &str, version: Option<i32>) -> Result<(), Problem> {
        let id = self.id(address).await?;
        self.apply(Op::Delete { id, version }).await?;
        Ok(())
    }

    /// Destroys a record with its past.
    pub async fn purge(
        &self,
        address: &str,
        version: Option<i32>,
        members: Map<String, Json>,
    ) -> Result<(), Problem> {
        let ReasonInput { reason } = ReasonInput::of(members)?;
        let id = self.id(address).await?;
        Ok(purge::run(&self.ctx, Purging { def: self.def, id, version, reason }).await?)
    }

    /// Reads the record with an external key.
    async fn get_by_key(&self, system: &str, key: &str) -> Result<Answer, Problem> {
        let row = store::by_key(&self.ctx, self.def, None, system, key).await?;
        self.answer(&row, false).await
    }

    /// Creates or edits the record with an external key.
    pub async fn put_by_key(
        &self,
        (source_system, external_key): (String, String),
        expected: Expected,
        fields: Map<String, Json>,
    ) -> Result<Answer, Problem> {
        self.write(Op::Upsert { source_system, external_key, expected, fields }).await
    }

    /// Runs many operations in one transaction.
    pub async fn batch(&self, input: &BatchInput) -> Result<axum::Json<BatchResult>, Problem> {
        Ok(axum::Json(batch::run(&self.ctx, Some(self.def), input).await?))
    }

    /// Lists the releases that a record is in.
    async fn releases(&self, parameters: &Parameters, address: &str) -> Result<Answer, Problem> {
        let id = self.find(address).await?.id();
        let releases = Records { def: sharing::kind(), ctx: self.ctx.clone() };
        releases.list(&parameters.with("record", &id.to_string())?).await
    }

    /// Reads the history of a record.
    async fn history(&self, parameters: &Parameters, address: &str) -> Result<Answer, Problem> {
        let page = parameters.of_history()?;
        let past = history(&self.ctx, self.def, self.id(address).await?, &page).await?;
        let next = past.items.last().filter(|_| past.has_more).map(HistoryEntry::cursor);
        let total = page.total.then_some(past.total);
        let info = PageInfo { next: next.clone(), limit: page.limit, total };
        Ok(Answer {
            next: next.map(|cursor| parameters.address_after(&cursor)),
            ..Answer::of(&Page { items: past.items, page: info })?
        })
    }

    /// Lists the moves that the state of a record knows.
    pub async fn moves(&self, address: &str) -> Result<axum::Json<Vec<MoveState>>, Problem> {
        let id = self.id(address).await?;
        Ok(axum::Json(lifecycle::moves(&self.ctx, self.def, id).await?))
    }

    /// Makes a move.
    pub async fn make(
        &self,
        step: &'static Move,
        address: &str,
        version: Option<i32>,
        input: Map<String, Json>,
    ) -> Result<Answer, Problem> {
        let (def, id) = (self.def, self.id_or_nil(address).await?);
        let step = Step { def, of: step, id, version, input };
        let row = self.ctx.write(async move |unit| step.run(unit).await).await?;
        self.answer(&row, false).await
    }

    /// The visible record at an address: a code where codes address the kind, else an id.
    async fn find(&self, address: &str) -> Result<Row> {
        store::at(&self.ctx, self.def, address).await
    }

    /// What is said of a code that no record has: the nearest one, where everybody may know it.
    async fn unknown(&self, code: &str) -> Result<Problem> {
        let near = store::near_code(&self.ctx, self.def, code).await?;
        Ok(near.map_or(Problem::Domain(Error::NotFound), |near| {
            let at = format!("/api/v1/{}/{near}", self.def.collection);
            let words = self.def.declared.words();
            Problem::Http(Code::NotFound, format!("there is no such {words}; did you mean `{at}`?"))
        }))
    }

    /// The id at an address, for writes: an id as it is, a code looked up.
    async fn id(&self, address: &str) -> Result<Uuid> {
        match address.parse() {
            Ok(id) => Ok(id),
            Err(_) => Ok(self.find(address).await?.id()),
        }
    }

    /// The id at an address, for writes with a body; nil, which no record has, where the address leads nowhere.
    ///
    /// The write path then refuses as it refuses any missing record: after the shape of the body.
    async fn id_or_nil(&self, address: &str) -> Result<Uuid> {
        match self.id(address).await {
            Err(Error::NotFound) => Ok(Uuid::nil()),
            found => found,
        }
    }

    /// Makes one write.
    async fn apply(&self, op: Op) -> Result<Outcome> {
        let write = Write { def: self.def, op };
        self.ctx.write(async move |unit| write.run(unit).await).await
    }

    /// Makes one write and answers with the record.
    async fn write(&self, op: Op) -> Result<Answer, Problem> {
        let outcome = self.apply(op).await?;
        let is_new = matches!(outcome.kind, OutcomeKind::Created);
        let row = outcome.row.ok_or_else(|| Error::Internal("a write has no row".into()))?;
        if matches!(outcome.kind, OutcomeKind::Unchanged) {
            // No more than a read.
            self.ctx.note(&row);
        }
        self.answer(&row, is_new).await
    }

    /// The answer with one record.
    pub(super) async fn answer(&self, row: &Row, is_new: bool) -> Result<Answer, Problem> {
        let renderer = Renderer::on(&self.ctx, self.def, std::slice::from_ref(row), Detail::Single).await?;
        self.shown(&renderer, row, is_new)
    }

    /// The answer with a record that was just made, and with the secret that leads to it, under a name.
    pub async fn issued(&self, row: &Row, (name, secret): (&str, &str)) -> Result<Answer, Problem> {
        #[derive(Serialize)]
        #[serde(untagged)]
        enum Part<'a> {
            Record(Box<Shown<'a>>),
            Secret(&'a str),
        }

        let renderer = Renderer::on(&self.ctx, self.def, std::slice::from_ref(row), Detail::Single).await?;
        let record = Part::Record(Box::new(renderer.shown(row)));
        let issued = BTreeMap::from([(self.def.name, record), (name, Part::Secret(secret))]);
        Ok(Answer {
            version: Some(row.version()),
            location: Some(self.location(row)),
            ..Answer::of(&issued)?
        })
    }

    /// The answer with an assessment that renews another one, and with what became of the answers.
    pub(super) async fn renewed(&self, row: &Row, renewed: &Renewed) -> Result<Answer, Problem> {
        #[derive(Serialize)]
        struct Whole<'a> {
            assessment: Shown<'a>,
            #[serde(flatten)]
            answers: &'a Renewed,
        }

        let renderer = Renderer::on(&self.ctx, self.def, std::slice::from_ref(row), Detail::Single).await?;
        Ok(Answer {
            version: Some(row.version()),
            language: renderer.language(row),
            location: Some(self.location(row)),
            ..Answer::of(&Whole { assessment: renderer.shown(row), answers: renewed })?
        })
    }

    fn shown(&self, renderer: &Renderer, row: &Row, is_new: bool) -> Result<Answer, Problem> {
        Ok(Answer {
            version: renderer.shows_version(row).then(|| row.version()),
            language: renderer.language(row),
            location: is_new.then(|| self.location(row)),
            ..Answer::of(&renderer.shown(row))?
        })
    }

    /// The address of a record.
    fn location(&self, row: &Row) -> String {
        let code = self.def.code.filter(|_| self.def.is_addressed_by_code());
        let own =
            code.and_then(|column| row.text(column)).map_or_else(|| row.id().to_string(), str::to_owned);
        format!("/api/v1/{}/{own}", self.def.collection)
    }
}

/// What is read of a kind.
pub enum Read {
    /// A list.
    List(Parameters),
    /// The record at an address.
    One(String),
    /// The record with an external key: system and key.
    ByKey(String, String),
    /// The history of the record at an address.
    History(Parameters, String),
    /// The releases that the record at an address is in.
    Releases(Parameters, String),
}

/// Reads as the caller stood when it was looked up last, and again where it stands otherwise by now.
pub async fn read(def: &'static KindDef, mut recalled: Recalled, what: &Read) -> Result<Answer, Problem> {
    loop {
        let records = Records { def, ctx: recalled.ctx.clone() };
        let answer = match what {
            Read::List(parameters) => records.list(parameters).await,
            Read::One(address) => records.get(address).await,
            Read::ByKey(system, key) => records.get_by_key(system, key).await,
            Read::History(parameters, address) => records.history(parameters, address).await,
            Read::Releases(parameters, address) => records.releases(parameters, address).await,
        };
        if recalled.stood().await? {
            return answer;
        }
    }
}

/// The language of the texts that name these records, where it is one.
fn common_language(renderer: &Renderer, rows: &[Row]) -> Option<String> {
    let mut tags = rows.iter().map(|row| renderer.language(row));
    let first = tags.next()??;
    tags.all(|tag| tag.as_ref() == Some(&first)).then_some(first)
}

/// One write, for a unit.
///
/// A struct and not a closure that captures the kind: the compiler cannot show that such a closure's future is
/// `Send`, because it takes the reference to the kind for one of any lifetime.
struct Write {
    def: &'static KindDef,
    op: Op,
}

impl Write {
    async fn run(&self, unit: &mut Unit) -> Result<Outcome> {
        unit.apply_one(self.def, self.op.clone()).await
    }
}

/// One move, for a unit; a struct for the same reason.
struct Step {
    def: &'static KindDef,
    of: &'static Move,
    id: Uuid,
    version: Option<i32>,
    input: Map<String, Json>,
}

impl Step {
    async fn run(&self, unit: &mut Unit) -> Result<Row> {
        moves::make(unit, self.def, self.of, self.id, self.version, &self.input).await
    }
}
