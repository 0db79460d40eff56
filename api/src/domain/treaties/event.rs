//! Events that duties count from.

use std::collections::BTreeSet;

use entity::treaty_event;
use futures_util::future::BoxFuture;
use kernel::{Result, Unit, unit::Item};

use super::compile::{self, Whose};

/// Works out what is due by the obligations that an event concerns, or did.
pub fn follow<'a>(unit: &'a mut Unit, items: &'a mut [Item]) -> BoxFuture<'a, Result<()>> {
    Box::pin(async move {
        let (mut owners, mut ids) = (BTreeSet::new(), BTreeSet::new());
        for item in items.iter().filter(|item| !item.is_rejected()) {
            owners.insert(item.after.owner().to_owned());
            for row in item.before.iter().chain([&item.after]) {
                ids.extend(row.read(treaty_event::OBLIGATIONS).unwrap_or_default());
            }
        }
        compile::again(unit, Whose::Owners(owners), Some(ids)).await
    })
}
