//! The batch of a proposal: pillars, objectives and actions of the template, and the gaps that the actions are to close.

use std::collections::{BTreeMap, BTreeSet};

use entity::{
    gap, obligation,
    vocab::{Domain, Function},
};
use kernel::{row::Row, scalar::Object};
use model::Vocabulary;
use serde_json::{Value as Json, json};
use uuid::Uuid;

use super::{
    Known, PlanProposal, ProposedAction, UnmappedGap,
    template::{Line, TEMPLATE, WAYS, Way, number},
    title,
};

/// System of the external keys by which the items refer to each other.
const SYSTEM: &str = "plan_proposal";
/// Actions that a gap names at most.
const MOST_ACTIONS: usize = 200;

/// A gap with the way from its area to an objective.
type Led<'a> = (&'a Row, &'static Way);

/// A proposal in the making.
pub(super) struct Draft<'a> {
    of: &'a Row,
    known: &'a Known,
    items: Vec<Json>,
    made: BTreeSet<String>,
}

/// Puts a member into an object.
fn put(to: &mut Json, name: &str, value: Json) {
    if let Some(members) = to.as_object_mut() {
        members.insert(name.to_owned(), value);
    }
}

impl<'a> Draft<'a> {
    /// A proposal without items.
    pub(super) const fn new(of: &'a Row, known: &'a Known) -> Self {
        Self { of, known, items: Vec::new(), made: BTreeSet::new() }
    }

    /// The proposal that follows from these gaps.
    pub(super) fn of_gaps(mut self, gaps: &'a [Row]) -> PlanProposal {
        let (mut led, mut unmapped) = (BTreeMap::<&str, Vec<Led<'_>>>::new(), Vec::new());
        for row in gaps {
            let area = self.known.area(row);
            let ways: Vec<&Way> = WAYS.iter().filter(|way| Some(&way.area) == area.as_ref()).collect();
            if ways.is_empty() {
                unmapped.push(UnmappedGap { gap: row.id(), area });
            }
            for way in ways {
                led.entry(&way.objective).or_default().push((row, way));
            }
        }
        let mut actions = Vec::new();
        for line in TEMPLATE.iter() {
            if let Some(led) = led.get(line.objective_code.as_str()) {
                actions.push(self.action(line, led, gaps));
            }
        }
        self.close(gaps, &actions);
        let batch = json!({ "atomic": "all", "dry_run": false, "items": &self.items });
        let batch = Some(Object(batch)).filter(|_| !self.items.is_empty());
        PlanProposal { batch, actions, unmapped }
    }

    fn key(&self, code: &str) -> String {
        format!("{}/{code}", self.of.id())
    }

    fn reference(&self, code: &str) -> Json {
        json!(format!("external_key:{SYSTEM}:{}", self.key(code)))
    }

    /// Adds a creation, once.
    fn create(&mut self, kind: &str, code: &str, mut data: Json) {
        let key = self.key(code);
        if self.made.insert(key.clone()) {
            put(&mut data, "source_system", json!(SYSTEM));
            put(&mut data, "external_key", json!(key));
            put(&mut data, "language", json!("en"));
            self.items.push(json!({ "op": "create", "kind": kind, "data": data }));
        }
    }

    /// The plan, which is there or is made.
    fn plan(&mut self, gaps: &[Row]) -> Json {
        if let Some(plan) = &self.known.plan {
            return json!(plan.id());
        }
        let mask = gaps.iter().filter_map(|row| row.read(gap::DOMAINS)).fold(0, |all, one| all | one);
        let domains: Vec<&str> =
            Domain::ALL.iter().filter(|one| mask & one.bit() != 0).map(|one| one.code()).collect();
        let kind = if self.of.owner().starts_with("region:") { "regional" } else { "cbrn_nap" };
        let text = format!("Plan proposed from: {}", title(self.of)).chars().take(500).collect::<String>();
        let data = json!({ "owner": self.of.owner(), "kind": kind, "title": text, "domains": domains });
        self.create("plan", "plan", data);
        self.reference("plan")
    }

    /// The objective that an action stands below, with what stands above it.
    fn objective(&mut self, line: &Line, gaps: &[Row]) -> Json {
        if let Some(there) = self.known.objective(&line.objective_code) {
            return json!(there);
        }
        let pillar = if let Some(there) = self.known.pillar(&line.pillar_code) {
            json!(there)
        } else {
            let plan = self.plan(gaps);
            let position = number(&line.pillar_code);
            let data =
                json!({ "plan": plan, "code": line.pillar_code, "title": line.pillar, "position": position });
            self.create("pillar", &line.pillar_code, data);
            self.reference(&line.pillar_code)
        };
        let position = number(&line.objective_code);
        let data = json!({ "pillar": pillar, "code": line.objective_code, "title": line.objective, "position": position });
        self.create("objective", &line.objective_code, data);
        self.reference(&line.objective_code)
    }

    fn action(&mut self, line: &Line, led: &[Led<'_>], gaps: &[Row]) -> ProposedAction {
        let objective = self.objective(line, gaps);
        let named: BTreeSet<Uuid> =
            led.iter().flat_map(|(row, _)| row.read(gap::OBLIGATIONS).unwrap_or_default()).collect();
        let obligations: Vec<&Row> =
            self.known.obligations.iter().filter(|row| named.contains(&row.id())).collect();
        let found = self.known.mandates.lead(&wanted(led, &obligations));
        let (lead_agency, lead_function) = found.unzip();
        let ids: Vec<Uuid> = obligations.iter().take(MOST_ACTIONS).map(|row| row.id()).collect();
        let mut data = json!({ "objective": objective, "code": line.action_code, "title": line.action,
            "position": number(&line.action_code), "obligations": ids });
        if let Some(agency) = &lead_agency {
            put(&mut data, "lead_agency", json!(agency));
        }
        self.create("action", &line.action_code, data);
        let areas: BTreeSet<&str> = led.iter().map(|(_, way)| way.area.as_str()).collect();
        ProposedAction {
            external_key: self.key(&line.action_code),
            code: line.action_code.clone(),
            gaps: led.iter().map(|(row, _)| row.id()).collect(),
            areas: areas.into_iter().map(str::to_owned).collect(),
            lead_agency,
            lead_function: lead_function.map(|function| function.code().to_owned()),
        }
    }

    /// Lets each gap name the actions that are to close it, besides those that it names already.
    fn close(&mut self, gaps: &[Row], actions: &[ProposedAction]) {
        for row in gaps {
            let proposed = actions.iter().filter(|action| action.gaps.contains(&row.id()));
            let proposed: Vec<Json> = proposed.map(|action| self.reference(&action.code)).collect();
            if proposed.is_empty() {
                continue;
            }
            let there = row.read(gap::ACTIONS).unwrap_or_default().into_iter();
            let there = there.filter(|id| self.known.actions.contains(id)).map(|id| json!(id));
            let all: Vec<Json> = there.chain(proposed).take(MOST_ACTIONS).collect();
            self.items.push(json!({ "op": "update", "kind": "gap", "id": row.id(), "version": row.version(),
                "data": { "actions": all } }));
        }
    }
}

/// The state functions that are to lead: those that the areas name, the most severe gap first, then those that usually
/// lead the obligations of the gaps.
fn wanted(led: &[Led<'_>], obligations: &[&Row]) -> Vec<Function> {
    let of_areas = led.iter().flat_map(|(_, way)| way.functions.iter().copied());
    let of_duties =
        obligations.iter().flat_map(|row| row.read(obligation::LEAD_FUNCTIONS).unwrap_or_default());
    let mut all = Vec::new();
    for function in of_areas.chain(of_duties) {
        if !all.contains(&function) {
            all.push(function);
        }
    }
    all
}
