//! Methods of setting priorities.

use std::collections::HashSet;

use entity::{priority_method, vocab::PriorityMethodStatus};
use futures_util::future::BoxFuture;
use kernel::{Code, Error, Result, Unit, row::Row, scalar::Criterion, unit::Item};

use crate::domain::plans::content;

/// Whether priorities may be set by a method, which then stays as it is.
#[must_use]
pub fn is_published(method: &Row) -> bool {
    method.read(priority_method::STATUS) == Some(PriorityMethodStatus::Published)
}

/// The criteria of a method, in order.
#[must_use]
pub fn criteria(method: &Row) -> Vec<Criterion> {
    let all = method.read(priority_method::CRITERIA).unwrap_or_default();
    all.into_iter().filter_map(|one| serde_json::from_value(one).ok()).collect()
}

/// Refuses edits of a published method, but for who sees it and where it is from.
pub fn guard<'a>(_: &'a mut Unit, items: &'a mut [Item]) -> BoxFuture<'a, Result<()>> {
    Box::pin(async move {
        for item in items.iter_mut().filter(|item| !item.is_rejected() && !item.is_move()) {
            let is_edit = !item.is_new() && !item.is_deletion();
            if is_edit && item.before.as_ref().is_some_and(is_published) && content::changes(item) {
                let text = "a published method stays as it is; make another edition of it";
                item.reject(Error::Conflict(Code::MethodPublished, text.into()));
            }
        }
        Ok(())
    })
}

/// The scale leads upwards, and no two criteria have one code.
pub fn check<'a>(_: &'a mut Unit, items: &'a mut [Item]) -> BoxFuture<'a, Result<()>> {
    Box::pin(async move {
        for item in items.iter_mut().filter(|item| !item.is_rejected() && !item.is_deletion()) {
            let [least, greatest] =
                [priority_method::SCALE_MIN, priority_method::SCALE_MAX].map(|field| item.after.read(field));
            if least >= greatest {
                item.fault("/scale_max", Code::RuleBroken, "the greatest score lies above the least one");
            }
            let mut seen = HashSet::new();
            for (at, one) in criteria(&item.after).into_iter().enumerate() {
                if !seen.insert(one.code.clone()) {
                    let text = format!("another criterion has the code `{}`", one.code);
                    item.fault(&format!("/criteria/{at}/code"), Code::NotUnique, text);
                }
            }
        }
        Ok(())
    })
}
