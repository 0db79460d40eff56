//! Risks, methods of setting priorities, and the priorities set by them.

use model::{AnyRef, Children, Criterion, Mask, Objects, Ref, Refs, Score, lifecycle, record};

use crate::{
    cooperation::Agency,
    plans::Action,
    vocab::{Domain, HazardOrigin, PriorityMethodStatus},
};

/// A CBRN risk as a country sees it: what may happen, how likely it is and how grave; the service judges neither.
#[record(plural = "risks", class = Work, area = "Risks and priorities", texts, level = Group,
    example = r#"{"owner": "KGZ", "title": "Release of chlorine from a water treatment plant", "scenario": "A tank is damaged in an earthquake.", "hazard_origin": "accidental", "domains": ["C"], "likelihood": 2, "impact": 4, "responsible_agency": "MES", "review_on": "2026-12-31", "language": "en"}"#)]
pub struct Risk {
    /// Title.
    #[field(len(1, 500), text, sort)]
    pub title: String,
    /// What may happen.
    #[field(len(1, 20_000), text, disclosable)]
    pub scenario: Option<String>,
    /// Where the hazard comes from.
    #[field(filter, sort)]
    pub hazard_origin: HazardOrigin,
    /// Hazard domains it is about.
    #[field(len(1, 4), filter("domain", "Only those about one of these hazard domains."))]
    pub domains: Mask<Domain>,
    /// How likely it is, 1 (least) to 5 (most), as the country sees it.
    #[field(range(1, 5), sort)]
    pub likelihood: i32,
    /// How grave it would be, 1 (least) to 5 (most), as the country sees it.
    #[field(range(1, 5), sort)]
    pub impact: i32,
    /// Likelihood times impact, for sorting: a product, and no judgement.
    #[field(read_only, sort)]
    pub score: i32,
    /// What is in place against it.
    #[field(len(1, 20_000), text, disclosable)]
    pub existing_controls: Option<String>,
    /// Agency responsible for it.
    #[field(lead, filter)]
    pub responsible_agency: Ref<Agency>,
    /// Day on which it is to be looked at again.
    #[field(days("review", "to be reviewed"), sort)]
    pub review_on: Option<Date>,
    /// Actions of plans that reduce it.
    #[field(
        most(200),
        table = "risk_action",
        filter("action", "Only those that one of these actions reduces, by id.")
    )]
    pub actions: Refs<Action>,
    /// What is to be known about it.
    #[field(len(1, 5_000), text, disclosable)]
    pub note: Option<String>,
}

/// A method of setting priorities: criteria with weights, and a scale of scores. A published one stays as it is.
#[record(plural = "priority-methods", class = National, area = "Risks and priorities", texts, moves = PRIORITY_METHOD,
    unique(owner, edition, code),
    example = r#"{"owner": "KGZ", "code": "weighted", "edition": 1, "title": "Weighted criteria", "scale_min": 1, "scale_max": 5, "criteria": [{"code": "effect", "title": "Effect on the risk", "weight": 3}, {"code": "feasibility", "title": "Feasibility", "weight": 1}], "language": "en"}"#)]
pub struct PriorityMethod {
    /// Code of the method; its editions have one code.
    #[field(len(1, 40), pattern = r"^[A-Za-z0-9_-]+$", new_only, filter, sort)]
    pub code: String,
    /// Edition: 1, 2, 3; not the lock counter.
    #[field(range(1, 10_000), default = 1, new_only, sort)]
    pub edition: i32,
    /// Title.
    #[field(len(1, 500), text, sort)]
    pub title: String,
    /// Least score.
    #[field(range(0, 100))]
    pub scale_min: i32,
    /// Greatest score, above the least one.
    #[field(range(0, 100))]
    pub scale_max: i32,
    /// What is scored, each with its weight.
    #[field(len(1, 20))]
    pub criteria: Objects<Criterion>,
    /// State of the method.
    #[field(default = PriorityMethodStatus::Draft, new_only, filter)]
    pub status: PriorityMethodStatus,
    /// Reason of the last move that gave one.
    #[field(read_only)]
    pub status_reason: Option<String>,
    /// What is to be known about it.
    #[field(len(1, 5_000), text, disclosable)]
    pub note: Option<String>,
    /// Priorities set by it.
    pub priorities: Children<Priority>,
}

lifecycle! { PRIORITY_METHOD;
    /// Publish a method: priorities may be set by it, and it is not edited any more.
    publish: Draft => Published;
}

/// The priority of a gap, risk, action or proposal by a method: scores for each criterion, and why.
#[record(plural = "priorities", class = National, area = "Risks and priorities", texts, level = Group,
    unique(method, subject),
    example = r#"{"owner": "KGZ", "method": "0198c0de-0000-7000-8000-000000000001", "subject": {"kind": "action", "id": "0198c0de-0000-7000-8000-000000000002"}, "scores": [{"criterion": "effect", "score": 4}, {"criterion": "feasibility", "score": 3}], "rationale": "It reduces the gravest risk.", "language": "en"}"#)]
pub struct Priority {
    /// Method by which it is set: a published one.
    #[field(new_only, filter = "method_id")]
    pub method: Ref<PriorityMethod>,
    /// What has the priority: a gap, risk, action or proposal of the same owner.
    #[field(new_only)]
    pub subject: AnyRef,
    /// A score for each criterion of the method, within its scale.
    #[field(len(1, 20))]
    pub scores: Objects<Score>,
    /// Why it is scored so.
    #[field(len(1, 20_000), text)]
    pub rationale: String,
    /// Sum of the scores, each times the weight of its criterion; made of what is stored, never given.
    #[field(read_only, sort)]
    pub total: i32,
    /// Rank that the country gives it in the place of the computed one; needs `override_reason`.
    #[field(range(1, 100_000))]
    pub override_rank: Option<i32>,
    /// Why it has another rank; needs `override_rank`.
    #[field(len(1, 5_000), text, disclosable)]
    pub override_reason: Option<String>,
}
