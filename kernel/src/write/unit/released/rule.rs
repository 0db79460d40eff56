//! The rule: which releases a record may be in.

use std::collections::{BTreeSet, HashMap};

use model::{access::Visibility, declaration::standard};
use serde_json::Value as Json;
use uuid::Uuid;

use crate::{actor::PUBLIC, clock::Clock, policy::Class, row::Row, scalar::Subject};

/// A release, as far as the rule looks at it.
#[derive(Clone, Debug)]
#[expect(clippy::struct_excessive_bools, reason = "each is a question that the rule asks")]
pub struct Release {
    /// Its id.
    pub id: Uuid,
    /// Whose it is.
    owner: String,
    /// Who may read.
    pub audiences: BTreeSet<String>,
    /// What it shows.
    pub subject: Subject,
    /// Whether it shows records, and does not only count them.
    pub is_read: bool,
    /// Whether it shows or counts its subject now.
    pub is_live: bool,
    /// Whether it does or may come to do so.
    pub is_open: bool,
    takes_future: bool,
    /// Whether its audiences may comment, and so read comments.
    pub may_comment: bool,
}

impl Release {
    /// Reads a release.
    #[must_use]
    pub fn of(row: &Row, clock: &Clock) -> Self {
        let now = clock.now();
        let instant = |column| row.instant(column);
        let status = row.text("status").unwrap_or_default();
        let is_open = ["scheduled", "live", "suspended"].contains(&status)
            && instant("until_at").is_none_or(|until| until > now);
        let subject = row.json("subject").and_then(|json| serde_json::from_value(json.clone()).ok());
        Self {
            id: row.id(),
            owner: row.owner().to_owned(),
            audiences: texts(row, "audiences"),
            subject: subject.unwrap_or_default(),
            is_read: row.text("mode") == Some("read"),
            is_live: is_open && status != "suspended" && instant("from_at").is_some_and(|from| from <= now),
            is_open,
            takes_future: row.truth("include_future"),
            may_comment: row.truth("may_comment"),
        }
    }

    /// Whether the release names this record by its id.
    fn names(&self, id: Uuid) -> bool {
        self.subject.plan == Some(id) || self.subject.record.as_ref().is_some_and(|one| one.id == id)
    }
}

fn texts(row: &Row, column: &str) -> BTreeSet<String> {
    let all = row.json(column).and_then(Json::as_array).into_iter().flatten();
    all.filter_map(Json::as_str).map(str::to_owned).collect()
}

/// Sets of releases, with what is known of their members.
#[derive(Debug, Default)]
pub struct Released {
    pub(super) sets: HashMap<Uuid, BTreeSet<Uuid>>,
    pub(super) releases: HashMap<Uuid, Release>,
}

impl Released {
    /// The releases that a record is in.
    pub fn of<'a>(&'a self, row: &Row) -> impl Iterator<Item = &'a Release> {
        self.ids(row).iter().filter_map(|id| self.releases.get(id))
    }

    pub(super) fn ids(&self, row: &Row) -> &BTreeSet<Uuid> {
        const NONE: &BTreeSet<Uuid> = &BTreeSet::new();
        row.uuid("release_set_id").and_then(|set| self.sets.get(&set)).unwrap_or(NONE)
    }

    /// Whether a record is shown now to everybody who belongs to an audience.
    #[must_use]
    pub fn shows(&self, row: &Row, audience: &str) -> bool {
        self.showing(row, audience).next().is_some()
    }

    /// The releases that show a record now to everybody who belongs to an audience.
    pub fn showing<'a>(&'a self, row: &Row, audience: &'a str) -> impl Iterator<Item = &'a Release> {
        let is_for = move |one: &&Release| one.audiences.contains(PUBLIC) || one.audiences.contains(audience);
        self.of(row).filter(|one| one.is_read && one.is_live).filter(is_for)
    }

    /// Whether a release may show a record below all of these.
    #[must_use]
    pub fn may_show(&self, release: &Release, above: &[&Row]) -> bool {
        let shows = |parent: &&Row| {
            self.ids(parent).contains(&release.id)
                || release.audiences.iter().all(|audience| self.shows(parent, audience))
        };
        !release.is_read || above.iter().all(shows)
    }

    /// Whether a record may stay in a release, as its level and the records above it are. What has ended shows
    /// nothing, and may stay.
    fn may_keep(&self, release: &Release, row: &Row, above: &[&Row]) -> bool {
        let by_level = match row.read(standard::VISIBILITY) {
            Some(Visibility::National) | None => true,
            Some(Visibility::Group) => release.names(row.id()),
            Some(Visibility::Agency) => false,
        };
        let is_meant = row.def().class != Class::Comment || release.may_comment;
        !release.is_open || (by_level && is_meant && self.may_show(release, above))
    }

    /// The releases a record stays in; none if it stays in all of them.
    pub(in crate::write::unit) fn kept(&self, row: &Row, above: &[&Row]) -> Option<BTreeSet<Uuid>> {
        let all = self.ids(row);
        let may = |id: &&Uuid| self.releases.get(*id).is_some_and(|one| self.may_keep(one, row, above));
        let kept: BTreeSet<Uuid> = all.iter().filter(may).copied().collect();
        (kept.len() != all.len()).then_some(kept)
    }

    /// The releases that take in what is made, or comes, below their subject.
    pub(super) fn future(&self, row: &Row, above: &[&Row]) -> BTreeSet<Uuid> {
        if row.read(standard::VISIBILITY) != Some(Visibility::National) {
            return BTreeSet::new();
        }
        let plan = row.def().plan_column().and_then(|column| row.uuid(column));
        if row.def().class == Class::Comment {
            // Comments are shown with their record, to those who may comment themselves.
            let above = above.iter().flat_map(|parent| self.of(parent));
            return above.filter(|one| one.is_open && one.may_comment).map(|one| one.id).collect();
        }
        let takes = |one: &&Release| {
            let is_below = one.subject.plan.is_some() && one.subject.plan == plan;
            let is_of_kind = one.subject.kind.as_deref() == Some(row.def().name);
            one.is_open
                && one.takes_future
                && one.owner == row.owner()
                && (is_below || is_of_kind)
                && self.may_show(one, above)
        };
        self.releases.values().filter(takes).map(|one| one.id).collect()
    }
}
