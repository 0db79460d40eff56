//! Who asks: a person or a machine with grants, acting under one owner at a time.

use std::{collections::BTreeSet, sync::Arc};

use model::access::{ReadCeiling, Role};
use uuid::Uuid;

use crate::{
    error::{Error, Result},
    narrowing::Narrowing,
    policy::Withheld,
};

/// The audience everybody belongs to.
pub const PUBLIC: &str = "public";

/// One grant as the policy needs it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Grant {
    /// The grant's id.
    pub id: Uuid,
    /// What the holder is.
    pub role: Role,
    /// Whose records the grant is for.
    pub owner: String,
    /// The agency of an officer or agency lead.
    pub agency: Option<Uuid>,
    /// Code of that agency; its source system is `agency:<code>`.
    pub agency_code: Option<String>,
    /// The plan the grant is narrowed to.
    pub within_plan: Option<Uuid>,
    /// How far a portal may read, or the grants of an API key's person at most.
    pub read_ceiling: Option<ReadCeiling>,
    /// The kinds a portal may write.
    pub write_kinds: Vec<String>,
    /// The source systems a portal may write under.
    pub source_systems: Vec<String>,
}

impl Grant {
    /// Whether the grant reads all that its role does.
    #[must_use]
    pub const fn has_no_ceiling(&self) -> bool {
        self.read_ceiling.is_none()
    }

    /// Whether its holder writes external keys under a source system.
    fn writes_under(&self, system: &str) -> bool {
        match self.role {
            Role::Officer | Role::AgencyLead => {
                self.agency_code.as_ref().is_some_and(|code| system == format!("agency:{code}"))
            }
            Role::Portal => self.source_systems.iter().any(|own| own == system),
            Role::FocalPoint
            | Role::Secretariat
            | Role::Regional
            | Role::Partner
            | Role::Steward
            | Role::Operator => !system.contains(':'),
            Role::Approver | Role::Observer => false,
        }
    }
}

/// What the stored data say about the caller, as it was looked up last.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Standing {
    /// Regions the acting country belongs to (`region:CA`).
    pub regions: Vec<String>,
    /// Shared sets that name one of the caller's agencies or their groups.
    pub shared_sets: BTreeSet<Uuid>,
    /// Release sets with a live release for one of the caller's audiences.
    pub release_sets: BTreeSet<Uuid>,
    /// Those of them with a live release to everybody.
    pub public_sets: BTreeSet<Uuid>,
    /// Fields that owners withhold.
    pub withheld: Vec<Withheld>,
}

/// The audience as which a focal point views what its country shows.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Viewing {
    /// Its code: `public`, `partners`, `region:CA`, `agency:MES`.
    pub audience: String,
    /// The audiences of releases its members belong to, `public` among them.
    pub belongs: BTreeSet<String>,
    /// The focal point, with no more than its rights as such: nothing beyond what it may see is shown.
    pub own: Arc<Actor>,
}

/// The caller.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Actor {
    /// The user; none for anonymous callers and for the service itself.
    pub user: Option<Uuid>,
    /// The user's pseudonymous number in the change log.
    pub number: Option<i64>,
    /// The owner the caller acts under.
    pub acting: Option<String>,
    /// The caller's grants of that owner.
    pub grants: Vec<Grant>,
    /// What the data say about the caller.
    pub standing: Standing,
    /// What the API key narrows that the caller comes with; none for persons.
    pub key: Option<Arc<Narrowing>>,
    /// The one owner for which somebody else vouches for the caller: of its own account, grants and keys it sees what
    /// concerns that owner; it does not edit its account, and makes no keys.
    pub bound: Option<String>,
    /// The audience the caller views as; grants and standing are then those of its members, and there is no user.
    pub viewing: Option<Viewing>,
    /// Whose file the caller commits as a second person: under the source systems of that one too.
    pub writes_for: Option<Arc<Self>>,
    /// Whether the caller works on the next edition of plans, and reads them as they are there.
    pub is_drafting: bool,
    /// The service itself: seeds, the command line, the clock job.
    is_system: bool,
}

impl Actor {
    /// Somebody who is not signed in.
    #[must_use]
    pub fn anonymous() -> Self {
        Self::default()
    }

    /// The service itself, for seeds and the command line; never made from a request.
    #[must_use]
    pub fn system() -> Self {
        Self { is_system: true, ..Self::default() }
    }

    /// The same caller with the authority of the service, for verbs that do what their caller may not do directly.
    #[must_use]
    pub fn elevated(&self) -> Self {
        Self { is_system: true, ..self.clone() }
    }

    /// The same caller at work on the next edition of plans: by grants alone, for releases show what is in force.
    #[must_use]
    pub fn drafting(&self) -> Self {
        let viewing = self
            .viewing
            .as_ref()
            .map(|viewing| Viewing { own: Arc::new(viewing.own.drafting()), ..viewing.clone() });
        let mut standing = self.standing.clone();
        standing.release_sets.clear();
        standing.public_sets.clear();
        Self { is_drafting: true, viewing, standing, ..self.clone() }
    }

    /// Whether this is the service itself.
    #[must_use]
    pub const fn is_system(&self) -> bool {
        self.is_system
    }

    /// Whether the caller is signed in; who views as the public is bounded as the public is.
    #[must_use]
    pub fn is_known(&self) -> bool {
        let viewed = self.viewing.as_ref().map(|viewing| viewing.audience != PUBLIC);
        self.is_system || viewed.unwrap_or(self.user.is_some())
    }

    /// Refuses to write for who views as others.
    ///
    /// # Errors
    /// [`Error::Viewing`].
    pub const fn must_be_itself(&self) -> Result<()> {
        if self.viewing.is_some() { Err(Error::Viewing) } else { Ok(()) }
    }

    /// The caller's grants in one of `roles`.
    pub fn with_role<'a>(&'a self, roles: &'a [Role]) -> impl Iterator<Item = &'a Grant> {
        self.grants.iter().filter(move |grant| roles.contains(&grant.role))
    }

    /// Whether the caller may be somebody for `owner` at all.
    #[must_use]
    pub fn reaches(&self, owner: &str) -> bool {
        self.bound.as_deref().is_none_or(|bound| bound == owner)
    }

    /// Whether a record of `owner` is the caller's own side.
    #[must_use]
    pub fn is_inside(&self, owner: &str) -> bool {
        let acts = |actor: &Self| actor.acting.as_deref() == Some(owner);
        match &self.viewing {
            Some(viewing) => acts(self) && acts(&viewing.own),
            None => self.is_system || acts(self) || self.reaches_region(owner),
        }
    }

    /// Whether `owner` is a region whose records the caller's country reads from inside.
    #[must_use]
    pub fn reaches_region(&self, owner: &str) -> bool {
        self.with_role(&[Role::FocalPoint, Role::Secretariat]).any(Grant::has_no_ceiling)
            && self.standing.regions.iter().any(|region| region == owner)
    }

    /// Whether the caller sees every account.
    #[must_use]
    pub fn oversees_all(&self) -> bool {
        self.is_system || self.with_role(&[Role::Operator]).next().is_some()
    }

    /// Whether the caller writes external keys under a source system; `seed`, `demo` and those of releases are nobody's.
    #[must_use]
    pub fn writes_under(&self, system: &str) -> bool {
        let is_narrowed = self.key.as_ref().is_some_and(|key| !key.writes_under(system));
        let is_reserved = ["seed", "demo", "release", "release_set", "bundle"].contains(&system);
        let is_own = self.grants.iter().any(|grant| grant.writes_under(system));
        let is_lent = || self.writes_for.as_ref().is_some_and(|sender| sender.writes_under(system));
        !is_narrowed && !is_reserved && (is_own || is_lent())
    }

    /// Text that names the caller and what it acts under, for signing cursors.
    #[must_use]
    pub fn fingerprint(&self) -> String {
        if let Some(viewing) = &self.viewing {
            return format!("{} as {}", viewing.own.fingerprint(), viewing.audience);
        }
        let mut text = format!(
            "{:?}/{:?}/{}{}",
            self.user,
            self.acting,
            self.is_system,
            if self.is_drafting { "/d" } else { "" }
        );
        text.extend(self.key.iter().map(|key| format!("/{}", key.key)));
        text
    }

    /// The audiences of releases the caller belongs to, `public` among them always.
    #[must_use]
    pub fn audiences(&self) -> Vec<String> {
        if let Some(viewing) = &self.viewing {
            return viewing.belongs.iter().cloned().collect();
        }
        let mut found = BTreeSet::from([PUBLIC.to_owned()]);
        for grant in self.grants.iter().filter(|grant| grant.read_ceiling != Some(ReadCeiling::Public)) {
            let owner = grant.owner.as_str();
            match grant.role {
                Role::FocalPoint | Role::Secretariat if grant.read_ceiling.is_some() => {
                    found.insert(format!("country:{owner}"));
                }
                Role::FocalPoint | Role::Secretariat => {
                    found.insert(format!("country:{owner}"));
                    if !self.standing.regions.is_empty() {
                        found.insert("network".into());
                    }
                    if grant.role == Role::FocalPoint {
                        found.extend(self.standing.regions.iter().cloned());
                    }
                }
                Role::Approver | Role::AgencyLead | Role::Officer | Role::Observer | Role::Portal => {
                    if grant.role != Role::Portal || grant.read_ceiling == Some(ReadCeiling::National) {
                        found.insert(format!("country:{owner}"));
                    }
                }
                Role::Regional => {
                    found.insert(owner.to_owned());
                }
                Role::Partner => {
                    found.insert("partners".into());
                    found.insert(owner.to_owned());
                }
                Role::Steward | Role::Operator => {}
            }
        }
        found.into_iter().collect()
    }
}
