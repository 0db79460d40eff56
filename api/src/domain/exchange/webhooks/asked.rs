//! What is asked of a webhook, read and checked.

use std::collections::BTreeSet;

use entity::{Country, country};
use kernel::{
    Code, Ctx, Error, Result, Violation,
    change::feed::ChangeEvent,
    input::{cut, did_you_mean, nearest},
    store,
};
use serde_json::Value as Json;

use super::{MAX_NAMES, keys};
use crate::{
    domain::{KINDS, Registered, exchange::changes::kinds_named},
    outgoing::hooks::Hooks,
};

const EVENTS: [ChangeEvent; 3] = [ChangeEvent::Changed, ChangeEvent::Appeared, ChangeEvent::Disappeared];

/// Reads members one by one, noting what is wrong with each.
pub(super) struct Asked<'a> {
    ctx: &'a Ctx,
    faults: Vec<Violation>,
}

impl<'a> Asked<'a> {
    pub(super) const fn of(ctx: &'a Ctx) -> Self {
        Self { ctx, faults: Vec::new() }
    }

    /// What was read, where nothing is wrong.
    ///
    /// # Errors
    /// `Invalid`, naming everything that is wrong.
    pub(super) fn done<T>(self, read: T) -> Result<T> {
        if self.faults.is_empty() { Ok(read) } else { Err(Error::Invalid(self.faults)) }
    }

    fn fault(&mut self, pointer: &str, code: Code, text: impl Into<String>) {
        self.faults.push(Violation::new(pointer, code, text));
    }

    /// The address, which may be called now.
    pub(super) async fn url(&mut self, hooks: &Hooks, text: &str) -> String {
        match hooks.admit(text).await {
            Ok(url) => url,
            Err(why) => {
                self.fault("/url", Code::AddressNotAllowed, why);
                String::new()
            }
        }
    }

    /// Names of kinds, each once, in the order in which they are declared.
    pub(super) fn kinds(&mut self, names: &[String]) -> Vec<String> {
        if names.is_empty() || self.are_too_many("/kinds", names) {
            return Vec::new();
        }
        let found = kinds_named(names).unwrap_or_else(|error| {
            let all = error.violations().iter();
            self.faults.extend(all.map(|fault| Violation { pointer: "/kinds".into(), ..fault.clone() }));
            Vec::new()
        });
        let wanted: BTreeSet<&str> = found.iter().map(|def| def.name).collect();
        KINDS.served().map(|def| def.name.to_owned()).filter(|name| wanted.contains(name.as_str())).collect()
    }

    /// Codes of countries, each once.
    ///
    /// # Errors
    /// What the database says.
    pub(super) async fn countries(&mut self, codes: &[String]) -> Result<Vec<String>> {
        if self.are_too_many("/countries", codes) {
            return Ok(Vec::new());
        }
        let mut found = BTreeSet::new();
        for (at, given) in codes.iter().enumerate() {
            match store::by_code(self.ctx, Country::def(), given).await {
                Ok(row) => found.extend(row.text(country::CODE.column).map(str::to_owned)),
                Err(Error::NotFound) => {
                    let near = store::near_code(self.ctx, Country::def(), given).await?;
                    let hint = did_you_mean(near.as_deref());
                    let text = format!("there is no country {}{hint}", cut(&Json::from(given.as_str())));
                    self.fault(&format!("/countries/{at}"), Code::ReferenceNotFound, text);
                }
                Err(error) => return Err(error),
            }
        }
        Ok(found.into_iter().collect())
    }

    /// Names of events, each once.
    pub(super) fn events(&mut self, names: &[String]) -> Vec<String> {
        let known = EVENTS.map(ChangeEvent::name);
        if self.are_too_many("/events", names) {
            return Vec::new();
        }
        for (at, given) in names.iter().enumerate().filter(|(_, given)| !known.contains(&given.as_str())) {
            let text = not_one_of(given, &known);
            self.fault(&format!("/events/{at}"), Code::NotInList, text);
        }
        known
            .iter()
            .filter(|name| names.iter().any(|given| given == *name))
            .map(|name| (*name).into())
            .collect()
    }

    /// How messages are signed.
    pub(super) fn signature(&mut self, given: Option<&str>) -> String {
        let known = [keys::HMAC, keys::ED25519];
        let given = given.unwrap_or(keys::HMAC);
        if !known.contains(&given) {
            self.fault("/signature", Code::NotInList, not_one_of(given, &known));
        }
        given.to_owned()
    }

    fn are_too_many(&mut self, pointer: &str, names: &[String]) -> bool {
        let are = names.len() > MAX_NAMES;
        if are {
            self.fault(pointer, Code::TooLong, format!("{MAX_NAMES} names at most; none at all means all"));
        }
        are
    }
}

fn not_one_of(given: &str, known: &[&str]) -> String {
    let hint = did_you_mean(nearest(given, known.iter().copied()));
    format!("{} is not one of {}{hint}", cut(&Json::from(given)), known.join(", "))
}
