//! The rules of the policy by name: what an answer says when it tells why.

/// A rule: who may do what.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Rule {
    /// Name used in answers; it stays.
    pub code: &'static str,
    /// The rule in words.
    pub text: &'static str,
}

macro_rules! rules {
    ($($name:ident $code:literal $text:literal)*) => {
        $(pub(super) const $name: Rule = Rule { code: $code, text: $text };)*

        impl Rule {
            /// Every rule there is.
            pub const ALL: &[Self] = &[$($name),*];
        }
    };
}

rules! {
    READ_REFERENCE "read_reference" "reference data are read by everybody"
    READ_NATIONAL "read_national" "what is `national` is read with every grant of its owner"
    READ_GROUP "read_group" "what is `group` is read by those who see all of their owner's records but what agencies keep"
    READ_SHARED "read_shared" "what is `group` is read by the agencies it is shared with"
    READ_AGENCY "read_agency" "the lead agency and the contributors read what they work on"
    READ_REGION "read_region" "focal points and secretariats of member countries read what belongs to their region"
    READ_RELEASED "read_released" "a live release shows the record to an audience you belong to"
    READ_NAMED "read_named" "the country that a record names reads it"
    READ_ONESELF "read_oneself" "everybody reads one's own account and grants"
    READ_ACCOUNT "read_account" "accounts and grants are read by the focal point of their country, the lead of their agency, operators"
    READ_RELEASES "read_releases" "releases are read by those who see all of their owner's records but what agencies keep"
    READ_KEY "read_key" "an API key or a calendar is seen by its person, the focal point of its owner, operators"
    NOT_SHARED "not_shared" "the record is not shared with you"
    VIEWING "viewing_as" "nothing is written while you view as others"
    STEWARD_WRITES "steward_writes" "reference data are kept by the steward"
    NO_REFERENCE_VERB "no_reference_verb" "reference data know no such verb, and belong to `reference`"
    NO_SUCH_VERB "no_such_verb" "this kind knows no such verb"
    COUNTRIES_ONLY "countries_only" "only countries own such records"
    FULL_WRITES "full_writes" "only the focal point and the secretariat write this kind"
    PORTAL_WRITES "portal_writes" "a portal writes the kinds listed on its grant"
    LEAD_WRITES "lead_writes" "the lead agency writes what it leads"
    PART_REPORTS "part_reports" "contributors report the progress of what they contribute to"
    WORK_WRITERS "work_writers" "focal point, secretariat, the lead agency, and for progress its contributors"
    APPROVER_MOVES "approver_moves" "this move is the approver's"
    FOCAL_POINT_MOVES "focal_point_moves" "this move is the focal point's"
    NAMED_DECIDES "named_decides" "this move is that of the focal point of the country that the record names"
    COMMENTERS "commenters" "whoever reads a record with a grant of its owner comments on it, or by a release that lets its audiences comment"
    AUTHOR_WRITES "author_writes" "only its author writes a comment"
    PAPER "paper" "a move made on paper is recorded by the focal point"
    FOCAL_POINT_RELEASES "focal_point_releases" "only the focal point releases; for a region or an organisation its own grants do"
    RELEASES_BY_VERB "releases_by_verb" "releases are made, and end, by verbs of their own only"
    OWN_ACCOUNT "own_account" "everybody edits one's own account"
    ACCOUNTS "accounts" "accounts are made by focal points, agency leads and operators"
    NO_GRANT_VERB "no_grant_verb" "grants know no such verb"
    NOT_TO_ONESELF "not_to_oneself" "nobody grants to oneself or edits one's own grants"
    ROLE_NAMED "role_named" "a grant names its role"
    KEY_BOUNDS "key_bounds" "the API key does not write this"
    FOCAL_POINT_WRITES "focal_point_writes" "only the focal point writes this kind"
    FOCAL_POINT_PURGES "focal_point_purges" "only the focal point purges; for a region or an organisation its own grants do"
    LEAD_PURGES "lead_purges" "an agency lead purges the work that its agency leads"
    KEYS "keys" "a person makes keys and calendars for itself; its person, the focal point and the operator revoke them"
    GRANTERS "granters" "grants are made by the focal point, the agency lead for its officers, the operator"
}
