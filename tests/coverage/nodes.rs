//! Records of any kind by their ids, many at once.

use concord::domain::KINDS;
use serde_json::json;

use super::{Caller, Faults};

/// Ids that one call may name.
const MOST: usize = 200;

/// Asks for every record, as many at once as may be.
pub(super) async fn many(caller: &Caller<'_>) -> Faults {
    let mut asked = Vec::new();
    for def in KINDS.all() {
        for (_, id) in caller.stage.targets(def.name) {
            asked.push((id, caller.read(def, id).await == 200));
        }
    }
    let mut faults = Faults::new();
    for some in asked.chunks(MOST) {
        let (ids, wanted): (Vec<_>, Vec<bool>) = some.iter().copied().unzip();
        let text = "query($ids: [ID!]!) { nodes(ids: $ids) { id } }";
        let answer = caller.client.graphql(text, json!({ "ids": ids })).await;
        let nodes = answer.body["data"]["nodes"].as_array();
        let found: Vec<bool> = nodes.into_iter().flatten().map(|node| !node.is_null()).collect();
        if found != wanted {
            let errors = &answer.body["errors"];
            faults.push(format!("{} nodes: {found:?}, not {wanted:?}: {errors}", caller.name));
        }
    }
    faults
}
