//! Whether a figure, or what two of them differ by, tells of enough countries.

use super::{
    guard::{Share, Shares},
    sums::Added,
};

/// Countries that a cell, and every difference of figures, tells of at least.
pub(super) const LEAST: usize = 3;

/// Whether a figure, or a change of one, tells of enough countries, or of nothing that is not public.
///
/// `unread` are the countries of which it tells something that nobody outside reads, `hidden` those of which it tells
/// something that not everybody reads.
const fn is_enough(unread: usize, hidden: usize) -> bool {
    hidden == 0 || unread >= LEAST
}

/// Whether a cell may be shown that says this, as things stand today.
pub(super) fn may_show(shares: &Shares, today: &Shares) -> bool {
    let still = |code: &str| today.get(code).is_some_and(|share| share.closed > 0);
    let unread = shares.iter().filter(|(code, share)| share.closed > 0 && still(code)).count();
    let hidden = shares.values().filter(|share| share.is_hidden()).count();
    shares.len() >= LEAST && is_enough(unread, hidden)
}

/// What a cell may say today, where it may say anything: everything that counts, else what everybody reads alone.
///
/// To hide what is public would tell that somebody has added something.
pub(super) fn figure(today: &Shares) -> Option<Shares> {
    if may_show(today, today) {
        return Some(today.clone());
    }
    let open = |share: &Share| Share { open: share.open, ..Share::default() };
    let public = today.iter().filter(|(_, share)| share.open > 0);
    let public: Shares = public.map(|(code, share)| (code.clone(), open(share))).collect();
    (public.len() >= LEAST).then_some(public)
}

/// Whether the difference of two figures tells of one country or two.
///
/// Who moves records from one circle of readers to another has told of them itself: it is none of those that nobody
/// outside reads, also where its total stays the same.
pub(super) fn tells(difference: &Added<'_>) -> bool {
    let unread = difference.values().filter(|share| share.closed != 0 && !share.changes_circle()).count();
    let hidden = difference.values().filter(|share| share.is_hidden()).count();
    !is_enough(unread, hidden)
}

/// Whether one country or two have come into a cell or left it, beside those of which everybody reads all that counts.
pub(super) fn has_come_or_gone(now: &Shares, then: &Shares) -> bool {
    let only = |one: &Shares, other: &Shares| {
        one.iter().filter(|(code, share)| share.is_hidden() && !other.contains_key(*code)).count()
    };
    (1..LEAST).contains(&(only(now, then) + only(then, now)))
}

/// Whether a figure counts nothing that has left since.
pub(super) fn nothing_left(shares: &Shares, today: &Shares) -> bool {
    let now = |code: &str| today.get(code).copied().unwrap_or_default().total();
    shares.iter().all(|(code, share)| now(code) >= share.total())
}
