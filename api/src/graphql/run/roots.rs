//! Reads at the root.

use std::{
    collections::{BTreeSet, HashMap},
    sync::Arc,
};

use kernel::{
    Code, Error, KindDef, Result,
    page::{MAX_LIMIT, Page},
    row::Row,
    store,
    store::kinds_of,
};
use serde::Serialize;
use serde_json::{Value as Json, json};
use uuid::Uuid;

use super::{Found, Run, Source, editions::edition, json::of_value, one};
use crate::{
    domain::{
        KINDS,
        access::{
            explanation::{Question, explain},
            export::export,
        },
        calendars::entries::entries_of,
        delivery::{funding::funding, progress::progress},
        exchange::changes::{Reader, kinds_named},
        me::me,
        needs::proposal::{ProposalInput, propose},
        plans::consultation::consultation,
        plans::document::document,
        plans::editions::{Edition, one as one_of},
        regional::{gaps::gaps, roll_up::roll_up},
        sharing::preview::preview,
        treaties::{
            due::due,
            series::series,
            simulation::{SimulationInput, simulate},
        },
        vocabularies::terms,
    },
    graphql::{selection::Item, types::Read},
    signin::sign_in_first,
};

impl Run {
    /// The visible record at an address: its id, or its code where that addresses the kind.
    pub(super) async fn get(&self, def: &'static KindDef, item: &Item) -> Result<Found> {
        if def.is_of_editions() {
            let edition = edition(item)?;
            if edition != Edition::InForce {
                let Ok(id) = text(item, "id").parse() else { return Ok(Found::Null) };
                return shown(one_of(&self.ctx, def, id, edition).await.map(|(_, row)| row));
            }
        }
        let wanted = item.wanted(def);
        let address = text(item, if def.is_addressed_by_code() { "code" } else { "id" });
        shown(store::at(&self.ctx, wanted, address).await)
    }

    /// The visible record with an external key.
    pub(super) async fn by_key(&self, def: &'static KindDef, item: &Item) -> Result<Found> {
        let (system, key) = (text(item, "source_system"), text(item, "key"));
        shown(store::by_key(&self.ctx, item.wanted(def), None, system, key).await)
    }

    /// Records of any kinds: one statement for the kinds, one for each kind among them.
    pub(super) async fn nodes(&self, item: &Item, read: Read) -> Result<Found> {
        let ids: Vec<Uuid> = match item.arguments.get("ids").and_then(Json::as_array) {
            Some(ids) => ids.iter().filter_map(|id| id.as_str()?.parse().ok()).collect(),
            None => text(item, "id").parse().into_iter().collect(),
        };
        if ids.len() > MAX_LIMIT {
            let text = format!("at most {MAX_LIMIT} ids");
            return Err(Error::bad_request("?ids", Code::LimitOutOfRange, text));
        }
        let kinds = kinds_of(&self.ctx, &ids.iter().copied().collect()).await?;
        // An id that never was takes the way of a hidden one, and as long.
        let never = KINDS.get("task");
        let mut wanted: HashMap<&str, (&'static KindDef, BTreeSet<Uuid>)> = HashMap::new();
        for id in &ids {
            if let Some(def) = kinds.get(id).copied().or(never).filter(|def| def.is_served()) {
                wanted.entry(def.name).or_insert_with(|| (def, BTreeSet::new())).1.insert(*id);
            }
        }
        let mut loaded = one::Loaded::default();
        for (def, ids) in wanted.into_values() {
            loaded.extend(self.by_ids(item.wanted(def), &ids).await?);
        }
        let mut all = ids.into_iter().map(|id| one::found(&loaded, Some(id)));
        Ok(match read {
            Read::Nodes => Found::Many(all.collect()),
            _ => all.next().unwrap_or(Found::Null),
        })
    }

    /// The caller.
    pub(super) async fn me(&self) -> Result<Found> {
        value(&me(&self.ctx).await?)
    }

    /// Everything that is kept of a person; nothing where the caller may not see the account.
    pub(super) async fn export(&self, item: &Item) -> Result<Found> {
        let Ok(user) = text(item, "id").parse() else { return Ok(Found::Null) };
        or_null(export(&self.ctx, user).await)
    }

    /// The closed lists.
    #[expect(clippy::unused_self, reason = "as the other reads")]
    pub(super) fn vocabularies(&self) -> Result<Found> {
        value(&terms())
    }

    /// A plan as a document; nothing where the caller may not see the plan.
    pub(super) async fn document(&self, item: &Item) -> Result<Found> {
        let Ok(plan) = text(item, "id").parse::<Uuid>() else { return Ok(Found::Null) };
        match document(&self.ctx, plan, edition(item)?).await {
            Ok(document) => {
                let (language, made_on) = (document.language, document.made_on);
                value(&json!({ "id": plan, "language": language, "made_on": made_on, "content": document }))
            }
            Err(Error::NotFound) => Ok(Found::Null),
            Err(error) => Err(error),
        }
    }

    /// What a release would show.
    pub(super) async fn release_preview(&self, item: &Item) -> Result<Found> {
        if !self.ctx.own().actor.is_known() {
            return Err(sign_in_first());
        }
        let input = item.arguments.get("input").and_then(Json::as_object).cloned().unwrap_or_default();
        value(&preview(&self.ctx, input).await?)
    }

    /// A plan that is proposed from an assessment; nothing where the caller may not see that.
    pub(super) async fn plan_proposal(&self, item: &Item) -> Result<Found> {
        self.ctx.actor.must_be_itself()?;
        if !self.ctx.actor.is_known() {
            return Err(sign_in_first());
        }
        let Ok(assessment) = text(item, "assessment").parse() else { return Ok(Found::Null) };
        let input = ProposalInput { plan: text(item, "plan").parse().ok() };
        or_null(propose(&self.ctx, assessment, &input).await)
    }

    /// How far a plan is; nothing where the caller may not see it.
    pub(super) async fn plan_progress(&self, item: &Item) -> Result<Found> {
        let Ok(plan) = text(item, "id").parse() else { return Ok(Found::Null) };
        or_null(progress(&self.ctx, plan).await)
    }

    /// The money of a plan; nothing where the caller may not see it.
    pub(super) async fn plan_funding(&self, item: &Item) -> Result<Found> {
        let Ok(plan) = text(item, "id").parse() else { return Ok(Found::Null) };
        or_null(funding(&self.ctx, plan).await)
    }

    /// What is said of a plan; nothing where the caller may not see it.
    pub(super) async fn plan_consultation(&self, item: &Item) -> Result<Found> {
        let Ok(plan) = text(item, "id").parse() else { return Ok(Found::Null) };
        or_null(consultation(&self.ctx, plan).await)
    }

    /// What a regional plan comes to; nothing where the caller may not see it.
    pub(super) async fn plan_roll_up(&self, item: &Item) -> Result<Found> {
        let Ok(plan) = text(item, "id").parse() else { return Ok(Found::Null) };
        or_null(roll_up(&self.ctx, plan).await)
    }

    /// The gaps of a region by area; nothing where there is no such region.
    pub(super) async fn region_gaps(&self, item: &Item) -> Result<Found> {
        or_null(gaps(&self.ctx, text(item, "code")).await)
    }

    /// What is due in a country; nothing where there is no such country.
    pub(super) async fn country_due(&self, item: &Item) -> Result<Found> {
        let days = item.arguments.get("days").and_then(Json::as_i64);
        or_null(due(&self.ctx, text(item, "code"), days).await)
    }

    /// What a calendar shows; nothing where the caller may not see it.
    pub(super) async fn calendar_entries(&self, item: &Item) -> Result<Found> {
        let Ok(calendar) = text(item, "id").parse() else { return Ok(Found::Null) };
        or_null(entries_of(&self.ctx, calendar).await)
    }

    /// The series of a commitment; nothing where the caller may not see it.
    pub(super) async fn commitment_series(&self, item: &Item) -> Result<Found> {
        let Ok(commitment) = text(item, "id").parse() else { return Ok(Found::Null) };
        or_null(series(&self.ctx, commitment).await)
    }

    /// What would fall due.
    pub(super) async fn simulation(&self, item: &Item) -> Result<Found> {
        if !self.ctx.own().actor.is_known() {
            return Err(sign_in_first());
        }
        let input = item.arguments.get("input").cloned().unwrap_or_default();
        let input: SimulationInput = serde_json::from_value(input)?;
        value(&simulate(&self.ctx, &input).await?)
    }

    /// Why the caller may do something, or may not; nothing where it may not see the record.
    pub(super) async fn explain(&self, item: &Item) -> Result<Found> {
        let [kind, id, verb] = ["kind", "id", "verb"].map(|name| Some(text(item, name)));
        or_null(explain(&self.ctx, Question { kind, id, verb }).await)
    }

    /// A page of the feed.
    pub(super) async fn changes(&self, item: &Item) -> Result<Found> {
        let first = item.arguments.get("first").and_then(Json::as_i64).unwrap_or_default();
        let limit = Page::check_limit("first", first)?;
        let kinds = item.arguments.get("kinds").and_then(Json::as_array).into_iter().flatten();
        let kinds: Vec<String> = kinds.filter_map(|kind| kind.as_str().map(str::to_owned)).collect();
        let after = item.arguments.get("after").and_then(Json::as_str);
        let call = (self.ctx.clone(), self.identity.clone());
        let page = Reader::new(call, after, kinds_named(&kinds)?, limit).next().await?;
        value(&page)
    }
}

/// An argument that is a text.
pub(super) fn text<'a>(item: &'a Item, name: &str) -> &'a str {
    item.arguments.get(name).and_then(Json::as_str).unwrap_or_default()
}

/// Behind which cursor, and how many are wanted of what is listed from the last one on.
///
/// # Errors
/// `BadRequest` for more than a page may have.
pub(super) fn following(item: &Item) -> Result<(Option<&str>, usize)> {
    let first = item.arguments.get("first").and_then(Json::as_i64).unwrap_or_default();
    let after = Some(text(item, "after")).filter(|after| !after.is_empty());
    Ok((after, Page::check_limit("first", first)?))
}

fn value<T: Serialize>(of: &T) -> Result<Found> {
    Ok(of_value(&serde_json::to_value(of)?))
}

/// A value, or nothing where the caller may not see what it is about.
pub(super) fn or_null<T: Serialize>(found: Result<T>) -> Result<Found> {
    match found {
        Ok(found) => value(&found),
        Err(Error::NotFound) => Ok(Found::Null),
        Err(error) => Err(error),
    }
}

/// A record, or nothing where the caller may not see it.
fn shown(found: Result<Row>) -> Result<Found> {
    match found {
        Ok(row) => Ok(Found::One(Source::Row(Arc::new(row)))),
        Err(Error::NotFound) => Ok(Found::Null),
        Err(error) => Err(error),
    }
}
