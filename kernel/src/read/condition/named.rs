//! Filters by codes of reference data: what their values mean.

use std::borrow::Cow;

use uuid::Uuid;

use crate::{
    codes::{self, Meant, Search},
    error::{Code, Error, Result, Violation},
    filter::{Filter, MAX_VALUES, Narrowing, Rule},
    input::did_you_mean,
    record::KindDef,
    view::View,
};

/// Characters of a value that a refusal repeats.
const SHOWN: usize = 60;

/// What a filter by owner takes for the one that the caller acts for.
const MINE: &str = "mine";

/// Whose codes a filter takes.
enum Whose {
    Kind(&'static KindDef),
    Owners,
}

impl Narrowing {
    /// The same with the codes that are meant: in any case, by other names of the records.
    ///
    /// # Errors
    /// `BadRequest` for a code that no record has, with the nearest one: of kinds that everybody may read only.
    pub(crate) async fn settled(&self, view: &View, def: &'static KindDef) -> Result<Cow<'_, Self>> {
        let (mut settled, mut faults) = (Cow::Borrowed(self), Vec::new());
        let values: usize = self.given().iter().map(|(_, values)| values.len()).sum();
        if values > MAX_VALUES {
            // `condition` refuses them all.
            return Ok(settled);
        }
        let mut search = Search::of_read(view);
        for (at, (filter, values)) in self.given().iter().enumerate() {
            let Some(whose) = whose(view, def, filter) else { continue };
            for (place, value) in values.iter().enumerate() {
                let meant = match whose {
                    Whose::Owners if value.eq_ignore_ascii_case(MINE) => {
                        let Some(own) = &view.actor.acting else {
                            faults.push(nobodys(filter));
                            continue;
                        };
                        Meant::Code(own.clone())
                    }
                    Whose::Kind(_) if filter.takes_ids() && value.parse::<Uuid>().is_ok() => continue,
                    Whose::Kind(def) => search.meant(def, value).await?,
                    Whose::Owners => search.owner_meant(value).await?,
                };
                match meant {
                    Meant::Code(code) if code == *value => {}
                    Meant::Code(code) => settled.to_mut().put(at, place, code),
                    Meant::Nothing(near) => {
                        let words = match whose {
                            Whose::Kind(def) => def.name.replace('_', " "),
                            Whose::Owners => "owner".to_owned(),
                        };
                        let shown: String = value.chars().take(SHOWN).collect();
                        let hint = did_you_mean(near.as_deref());
                        let detail = format!("`{}`: there is no {words} {shown:?}{hint}", filter.name);
                        faults.push(Violation::new(
                            format!("?{}", filter.name),
                            Code::ReferenceNotFound,
                            detail,
                        ));
                    }
                }
            }
        }
        if faults.is_empty() { Ok(settled) } else { Err(Error::BadRequest(faults)) }
    }
}

/// The refusal of [`MINE`] where the caller acts for no owner.
fn nobodys(filter: &Filter) -> Violation {
    let detail = format!(
        "`{}`: `{MINE}` is the owner you act for, and you act for none; sign in with a grant",
        filter.name
    );
    Violation::new(format!("?{}", filter.name), Code::ReferenceNotFound, detail)
}

impl Filter {
    /// Whether a value may be the id of a record too.
    const fn takes_ids(&self) -> bool {
        matches!(self.rule, Rule::Refers(..) | Rule::Linked(..))
    }
}

/// Whose codes a filter takes, where everybody may know them.
fn whose(view: &View, def: &'static KindDef, filter: &Filter) -> Option<Whose> {
    let kind = match filter.rule {
        _ if !filter.applies => return None,
        Rule::Any("owner") => return Some(Whose::Owners),
        Rule::Any(column) => Some(def).filter(|def| def.code == Some(column)),
        Rule::Refers(_, kind) | Rule::Linked(_, kind) => view.kinds.get(kind),
        Rule::Country => view.kinds.get("country"),
        Rule::Region => view.kinds.get("region"),
        _ => None,
    };
    kind.filter(|def| codes::is_public(def)).map(Whose::Kind)
}
