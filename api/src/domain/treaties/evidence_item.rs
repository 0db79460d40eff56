//! Evidence: it shows something of one record, and says what it is or where it is kept.

use entity::{
    EvidenceItem, action,
    evidence_item::{ACTION, COVERAGE_MARK, FILE_SHA256, LEGAL_INSTRUMENT, POINTER, SUBMISSION},
};
use futures_util::future::BoxFuture;
use kernel::{Code, Result, Unit, unit::Item};

use crate::domain::{
    Registered,
    delivery::indicator::{follow_action as follow_indicators, hand_down},
};

/// What evidence has from its action, or its submission.
const FOLLOWED: [&str; 1] = [action::LEAD_AGENCY.column];

/// Evidence stands below a mark, an action or a submission, and leads to an instrument, a file or a pointer.
pub fn check<'a>(_: &'a mut Unit, items: &'a mut [Item]) -> BoxFuture<'a, Result<()>> {
    Box::pin(async move {
        for item in items.iter_mut().filter(|item| !item.is_rejected() && !item.is_deletion()) {
            let row = &item.after;
            let places = [row.read(COVERAGE_MARK), row.read(ACTION), row.read(SUBMISSION)];
            let leads_somewhere = row.read(LEGAL_INSTRUMENT).is_some()
                || row.read(FILE_SHA256).is_some()
                || row.read(POINTER).is_some();
            match places.iter().flatten().count() {
                0 => {
                    let text = "evidence stands below a coverage mark, an action or a submission";
                    item.fault("/coverage_mark", Code::Required, text);
                }
                1 => {}
                _ => {
                    let text = "evidence stands below one record: a coverage mark, an action or a submission";
                    item.fault("/coverage_mark", Code::RuleBroken, text);
                }
            }
            if !leads_somewhere {
                let text =
                    "evidence is a `legal_instrument`, a `file_sha256` or a `pointer`: give one at least";
                item.fault("/legal_instrument", Code::Required, text);
            }
        }
        Ok(())
    })
}

/// What hangs on actions gets another lead agency with them: indicators, and evidence.
pub fn follow_action<'a>(unit: &'a mut Unit, items: &'a mut [Item]) -> BoxFuture<'a, Result<()>> {
    Box::pin(async move {
        follow_indicators(unit, items).await?;
        hand_down(unit, items, (&FOLLOWED, EvidenceItem::def(), ACTION.column)).await
    })
}

/// Evidence of submissions gets another lead agency with them.
pub fn follow_submission<'a>(unit: &'a mut Unit, items: &'a mut [Item]) -> BoxFuture<'a, Result<()>> {
    Box::pin(async move { hand_down(unit, items, (&FOLLOWED, EvidenceItem::def(), SUBMISSION.column)).await })
}
