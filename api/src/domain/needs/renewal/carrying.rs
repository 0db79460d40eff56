//! Which question of the new questionnaire stands in the place of an old one, and what an answer becomes there.

use std::collections::{BTreeSet, HashMap, HashSet};

use entity::{Answer, Question, answer, assessment, question, vocab::AnswerType};
use kernel::{
    Ctx, Result,
    db::Conn,
    decimal,
    row::{Row, json},
    scalar::SharedWith,
    store,
};
use sea_orm::sea_query::{Cond, ExprTrait};
use serde_json::{Map, Value as Json, json};
use uuid::Uuid;

use super::{super::answer::misfit, RenewalReason};
use crate::domain::{Registered, needs::proposal::seen};

/// How far back a question is followed through the editions that it was replaced in.
const EDITIONS: usize = 12;

/// Members of an answer that are carried over as they are.
const KEPT: [&str; 10] = [
    "score",
    "text",
    "is_yes",
    "choice",
    "confidence",
    "source",
    "answered_on",
    "note",
    "language",
    "translations",
];

/// What becomes of an answer.
#[derive(Clone, Copy, Debug)]
pub enum Fate {
    /// It answers this question of the new questionnaire.
    To(Uuid),
    /// It stays behind.
    Left(RenewalReason),
}

/// Every answer of an assessment, hidden ones too, with what becomes of it in a new one.
pub async fn fates(conn: Conn<'_>, old: Uuid, new: &Row) -> Result<Vec<(Row, Fate)>> {
    let def = Answer::def();
    let of = Cond::all().add(def.col(answer::ASSESSMENT.column).eq(old));
    let answers = store::all(conn, def, of).await?;
    let asked: BTreeSet<Uuid> = answers.iter().filter_map(|row| row.read(answer::QUESTION)).collect();
    let edition = new.read(assessment::QUESTIONNAIRE).unwrap_or_default();
    let successors = Successors::of(conn, &asked, edition).await?;
    let mut taken = HashSet::new();
    let all = answers.into_iter().map(|row| {
        let fate = successors.fate(&row, &mut taken);
        (row, fate)
    });
    Ok(all.collect())
}

/// The questions of the new questionnaire by those of the old one that they stand for.
struct Successors {
    by_old: HashMap<Uuid, Row>,
    old: HashMap<Uuid, Row>,
}

impl Successors {
    /// One statement for each questionnaire, and one for each edition between the two.
    async fn of(conn: Conn<'_>, asked: &BTreeSet<Uuid>, edition: Uuid) -> Result<Self> {
        let def = Question::def();
        let of = Cond::all().add(def.col(question::QUESTIONNAIRE.column).eq(edition));
        let new = store::all(conn, def, of).await?;
        let old = by_id(conn, asked).await?;
        let mut by_old = HashMap::new();
        let mut front: Vec<(Row, Option<Uuid>)> =
            new.iter().map(|row| (row.clone(), row.read(question::REPLACES))).collect();
        for _ in 0..EDITIONS {
            let (here, further): (Vec<_>, Vec<_>) = front
                .into_iter()
                .filter_map(|(row, older)| Some((row, older?)))
                .partition(|(_, older)| old.contains_key(older));
            by_old.extend(here.into_iter().map(|(row, older)| (older, row)));
            let ids = further.iter().map(|(_, older)| *older).collect::<BTreeSet<_>>();
            if ids.is_empty() {
                break;
            }
            let between = by_id(conn, &ids).await?;
            let step = |older: Uuid| between.get(&older)?.read(question::REPLACES);
            front = further.into_iter().map(|(row, older)| (row, step(older))).collect();
        }
        let plain = new.iter().filter(|row| row.read(question::REPLACES).is_none());
        let by_code: HashMap<Option<String>, &Row> =
            plain.map(|row| (row.read(question::CODE), row)).collect();
        for (id, row) in &old {
            if let Some(kept) = by_code.get(&row.read(question::CODE)) {
                by_old.entry(*id).or_insert_with(|| (*kept).clone());
            }
        }
        Ok(Self { by_old, old })
    }

    fn fate(&self, given: &Row, taken: &mut HashSet<(Uuid, Option<Uuid>)>) -> Fate {
        let asked = given.read(answer::QUESTION).unwrap_or_default();
        let Some(new) = self.by_old.get(&asked) else { return Fate::Left(RenewalReason::NoSuccessor) };
        let ty = |row: &Row| row.read(question::ANSWER_TYPE);
        if self.old.get(&asked).and_then(ty) != ty(new) {
            return Fate::Left(RenewalReason::OtherAnswerType);
        }
        if misfit(given, new).is_some() {
            let is_scale = ty(new) == Some(AnswerType::Scale);
            return Fate::Left(if is_scale { RenewalReason::OutOfScale } else { RenewalReason::NotAChoice });
        }
        if !taken.insert((new.id(), given.read(answer::AGENCY))) {
            return Fate::Left(RenewalReason::AlreadyAnswered);
        }
        Fate::To(new.id())
    }
}

async fn by_id(conn: Conn<'_>, ids: &BTreeSet<Uuid>) -> Result<HashMap<Uuid, Row>> {
    if ids.is_empty() {
        return Ok(HashMap::new());
    }
    let def = Question::def();
    let found = store::all(conn, def, Cond::all().add(def.col("id").is_in(ids.iter().copied()))).await?;
    Ok(found.into_iter().map(|row| (row.id(), row)).collect())
}

/// What makes the answer anew: below the new assessment, to the new question.
pub fn fields(
    row: &Row,
    (assessment, question): (Uuid, Uuid),
    sets: &HashMap<Uuid, SharedWith>,
) -> Map<String, Json> {
    let mut all = Map::from_iter([
        ("assessment".to_owned(), json!(assessment)),
        ("question".to_owned(), json!(question)),
        ("agency".to_owned(), json!(row.read(answer::AGENCY))),
        ("visibility".to_owned(), json!(row.text("visibility"))),
        ("handling".to_owned(), json!(row.text("handling"))),
    ]);
    all.extend(KEPT.iter().map(|name| ((*name).to_owned(), json(row.get(name)))));
    all.extend(row.read(answer::NUMBER).map(|number| ("number".to_owned(), json!(decimal::written(number)))));
    let shared = row.uuid("shared_set_id").and_then(|id| sets.get(&id));
    all.extend(shared.map(|shared| ("shared_with".to_owned(), json!(shared))));
    all.retain(|_, value| !Json::is_null(value));
    all
}

/// The visible answers of an assessment, by question and agency.
pub async fn made(ctx: &Ctx, assessment: Uuid) -> Result<HashMap<(Uuid, Uuid), Uuid>> {
    let def = Answer::def();
    let of = Cond::all().add(def.col(answer::ASSESSMENT.column).eq(assessment));
    let rows = seen(ctx, def, of).await?;
    let key = |row: &Row| Some((row.read(answer::QUESTION)?, row.read(answer::AGENCY)?));
    Ok(rows.iter().filter_map(|row| Some((key(row)?, row.id()))).collect())
}
