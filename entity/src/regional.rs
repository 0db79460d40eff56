//! Regional plans: items that link to what countries have released, and what each member says of them.

use model::{AnyRef, Children, Mask, Ref, Refs, lifecycle, record};

use crate::{
    delivery::Indicator,
    needs::Gap,
    plans::{Action, Plan},
    reference::Country,
    vocab::{Domain, EndorsementStatus},
};

/// An item of a region's plan: a shared priority, with links to what countries have released.
#[record(plural = "regional-items", class = National, area = "Regional plans", texts, below = plan,
    example = r#"{"plan": "0198c0de-0000-7000-8000-000000000001", "title": "Joint detection at border crossings", "position": 1, "domains": ["R", "N"], "language": "en"}"#)]
pub struct RegionalItem {
    /// Plan of the region; the region owns the item.
    #[field(new_only, filter = "plan_id")]
    pub plan: Ref<Plan>,
    /// Title.
    #[field(len(1, 500), text, sort)]
    pub title: String,
    /// What the region wants to reach together.
    #[field(len(1, 20_000), text, disclosable)]
    pub text: Option<String>,
    /// Place among its siblings.
    #[field(range(0, 100_000), default = 0, sort)]
    pub position: i32,
    /// Hazard domains it is about.
    #[field(most(4), filter("domain", "Only those about one of these hazard domains."))]
    pub domains: Mask<Domain>,
    /// Actions of national plans that it is made of, as countries have released them; each reader sees those that it
    /// may see.
    #[field(
        most(500),
        any_owner,
        table = "regional_item_action",
        filter("action", "Only those made of one of these actions, by id.")
    )]
    pub actions: Refs<Action>,
    /// Gaps of countries that it answers, as countries have released them.
    #[field(
        most(500),
        any_owner,
        table = "regional_item_gap",
        filter("gap", "Only those that answer one of these gaps, by id.")
    )]
    pub gaps: Refs<Gap>,
    /// Indicators of national plans that measure it, as countries have released them.
    #[field(
        most(500),
        any_owner,
        table = "regional_item_indicator",
        filter("indicator", "Only those measured by one of these indicators, by id.")
    )]
    pub indicators: Refs<Indicator>,
    /// Text copied from a country's record. It needs the country's endorsement of the item, and goes with it, and with
    /// the release of the record. It is null for whoever does not see the record.
    #[field(len(1, 20_000), disclosable, shown_with = copied_from)]
    pub copied_text: Option<String>,
    /// Record the text is copied from, which its country has released; goes with `copied_text`.
    #[field(any_owner)]
    pub copied_from: Option<AnyRef>,
    /// What each member country says of it.
    pub endorsements: Children<Endorsement>,
}

/// What a member country says of an item of its region's plan. Everybody else sees it only once the country has endorsed the
/// item.
#[record(plural = "endorsements", class = National, area = "Regional plans", texts, below = item, named = country,
    shown_in = [endorsed, with_reservation], moves = ENDORSEMENT, unique(item, country),
    example = r#"{"item": "0198c0de-0000-7000-8000-000000000001", "country": "KAZ", "language": "en"}"#)]
pub struct Endorsement {
    /// Plan of the item.
    #[field(read_only, filter = "plan_id")]
    pub plan: Ref<Plan>,
    /// The item; the region owns the record.
    #[field(new_only, filter = "item_id")]
    pub item: Ref<RegionalItem>,
    /// The member country that is asked.
    #[field(new_only)]
    pub country: Ref<Country>,
    /// What the region tells the country.
    #[field(len(1, 5_000), text, disclosable)]
    pub note: Option<String>,
    /// What the country says.
    #[field(default = EndorsementStatus::Proposed, new_only, filter)]
    pub status: EndorsementStatus,
    /// Why the country does not endorse the item, or why it is asked anew.
    #[field(read_only, disclosable)]
    pub status_reason: Option<String>,
    /// What the country reserves.
    #[field(len(1, 5_000), read_only, disclosable)]
    pub reservation: Option<String>,
    /// Act of the country's decision, such as an order with its number.
    #[field(len(1, 1_000), read_only, disclosable)]
    pub act: Option<String>,
    /// Day of the country's decision.
    #[field(days("decided", "decided"), sort, read_only)]
    pub decided_on: Option<Date>,
    /// How often the item has changed since it was first asked. A decision that was made on the state before such a
    /// change is refused as stale, and one that is there falls.
    #[field(default = 0, read_only)]
    pub revision: i32,
}

lifecycle! { ENDORSEMENT;
    /// Endorse an item, for the country that is asked.
    endorse: Proposed | WithReservation | NotEndorsed => Endorsed, by Named, takes [act, decided_on];
    /// Endorse an item with a reservation, for the country that is asked.
    reserve: Proposed | Endorsed | NotEndorsed => WithReservation, by Named, takes [reservation!, act, decided_on], needs [reservation];
    /// Do not endorse an item, for the country that is asked, or take its endorsement back.
    decline: Proposed | Endorsed | WithReservation => NotEndorsed, by Named, takes [act, decided_on];
}
