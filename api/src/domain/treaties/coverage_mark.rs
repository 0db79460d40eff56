//! Coverage marks: whoever says that something was looked at says where that is from.

use entity::{
    coverage_mark::{MARK, SOURCE},
    vocab::Mark,
};
use futures_util::future::BoxFuture;
use kernel::{Code, Result, Unit, unit::Item};

/// A mark has a source, unless it says that nobody has looked.
pub fn check<'a>(_: &'a mut Unit, items: &'a mut [Item]) -> BoxFuture<'a, Result<()>> {
    Box::pin(async move {
        for item in items.iter_mut().filter(|item| !item.is_rejected() && !item.is_deletion()) {
            let is_assessed = item.after.read(MARK) != Some(Mark::NotAssessed);
            if is_assessed && item.after.read(SOURCE).is_none() {
                let text = "a mark has a source: the law, the report or the body that it rests on";
                item.fault("/source", Code::Required, text);
            }
        }
        Ok(())
    })
}
