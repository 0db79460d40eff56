//! Of which kind rows are: by the name of their table, or as they say themselves.

use kernel::{
    Code, KindDef, Result,
    input::{cut, did_you_mean, nearest},
    kinds::Kinds,
};
use serde_json::{Map, Value as Json};

use super::columns::{is_member, is_told};
use crate::domain::KINDS;

/// What says of which kind a row is, where kinds may have a member `kind`.
const RECORD_KIND: &str = "record_kind";
/// What says it where the kind has no such member.
const KIND: &str = "kind";

/// The kind that callers call so; else what is said of the name.
pub(super) fn kind_named(kinds: &Kinds, name: &str) -> Result<&'static KindDef, String> {
    kinds.served_as(name).or_else(|| kinds.served_as(first_of_series(name)?)).ok_or_else(|| {
        let near = did_you_mean(nearest(name, kinds.served().map(|def| def.collection)));
        format!("there is no kind {}{near}", cut(&name.into()))
    })
}

/// The name of the sheet that others go on with: `tasks` of `tasks (2)`, as exports of many rows have them.
fn first_of_series(name: &str) -> Option<&str> {
    let (first, number) = name.strip_suffix(')')?.rsplit_once(" (")?;
    number.bytes().all(|digit| digit.is_ascii_digit()).then_some(first)
}

/// Whether a row says by a member or column of this name of which kind it is: what the kind itself calls so is no such.
pub(super) fn says_kind(def: &KindDef, name: &str) -> bool {
    matches!(name, RECORD_KIND | KIND) && !is_member(def, name) && !is_told(def, name)
}

/// What an object says of its kind; `def` is the kind of those that say nothing.
pub(super) fn said<'m>(def: Option<&KindDef>, members: &'m Map<String, Json>) -> Option<&'m Json> {
    let of = |name: &str| {
        let value = members.get(name).filter(|value| !value.is_null())?;
        // Where no kind is given, only the name of one tells that `kind` is no field.
        let is_meant = match def {
            Some(def) => says_kind(def, name),
            None => name == RECORD_KIND || meant(value).is_ok(),
        };
        is_meant.then_some(value)
    };
    of(RECORD_KIND).or_else(|| of(KIND))
}

/// The kind that a row says it is of.
///
/// # Errors
/// What is wrong with what it says.
pub(super) fn meant(said: &Json) -> Result<&'static KindDef, (Code, String)> {
    let no_name = || (Code::WrongType, format!("{} is not the name of a kind, such as `tasks`", cut(said)));
    let name = said.as_str().ok_or_else(no_name)?;
    kind_named(&KINDS, name.trim()).map_err(|text| (Code::NotInList, text))
}

/// What is wrong with what a row says of its kind, which is not that of its table.
pub(super) fn fault(def: &KindDef, said: &Json) -> Option<(Code, String)> {
    match meant(said) {
        Ok(found) if found.name == def.name => None,
        Ok(_) => {
            let (other, own) = (cut(said), def.collection);
            Some((Code::RuleBroken, format!("{other} is another kind: the rows here are {own}")))
        }
        Err(wrong) => Some(wrong),
    }
}

#[cfg(test)]
mod tests {
    use entity::{Agency, Task};
    use serde_json::json;

    use super::*;
    use crate::domain::Registered;

    #[test]
    fn what_a_kind_itself_calls_so_says_nothing_of_the_kind() {
        let row = json!({"record_kind": "plans", "kind": "task"});
        let kind = json!({"kind": "plans"});
        let list = json!({"kind": "ministry", "record_kind": null});
        let said = |def, row: &Json| said(def, row.as_object().unwrap()).cloned();

        assert_eq!(said(None, &row), Some(json!("plans")));
        assert_eq!(said(Some(Task::def()), &kind), Some(json!("plans")));
        assert_eq!(said(None, &kind), Some(json!("plans")));
        assert_eq!(said(Some(Agency::def()), &list), None);
        assert_eq!(said(None, &list), None);
    }

    #[test]
    fn another_kind_is_told_with_the_nearest() {
        let told =
            |said: Json| fault(Task::def(), &said).map(|(code, text)| format!("{}: {text}", code.name()));

        assert_eq!(told(json!("task")), None);
        assert_eq!(told(json!("tasks (2)")), None);
        assert_eq!(
            told(json!("plans")).as_deref(),
            Some("rule_broken: \"plans\" is another kind: the rows here are tasks")
        );
        assert_eq!(
            told(json!("taks")).as_deref(),
            Some("not_in_list: there is no kind \"taks\"; did you mean `tasks`?")
        );
        assert_eq!(
            told(json!(5)).as_deref(),
            Some("wrong_type: 5 is not the name of a kind, such as `tasks`")
        );
    }
}
