//! Minimal valid inputs of every kind, in the world's first country.

use serde_json::{Value as Json, json};

use super::stage::Stage;

/// A letter for a number; codes of countries have only letters.
fn letter(n: u32) -> char {
    char::from_digit(n % 26 + 10, 36).expect("a letter").to_ascii_uppercase()
}

/// What makes a new record; `n` keeps it apart from all others.
pub fn new(kind: &str, n: u32, stage: &Stage) -> Json {
    let id = |name: &str| stage.id(name).to_string();
    match kind {
        "region" => json!({"code": format!("R{n}"), "name": "Region"}),
        "country" => {
            json!({"code": format!("QX{}", letter(n)), "iso2": format!("Q{}", letter(n)), "name": "New",
            "name_long": "New", "official_languages": ["en"], "time_zone": "Asia/Bishkek",
            "is_partner": false, "confidence": "high"})
        }
        "region_membership" => {
            json!({"country": "QZZ", "region": "CA", "standing": "member", "source": "test"})
        }
        "organisation" => json!({"code": format!("O{n}"), "name": format!("Body {n}"), "kind": "un_body"}),
        "framework" => {
            json!({"code": format!("F{n}"), "name": format!("Treaty {n}"), "short_name": format!("F{n}"),
            "kind": "treaty", "domains": ["C"]})
        }
        "obligation" => {
            json!({"code": format!("D{n}"), "framework": "CWC", "provision": "III", "title": "Duty",
            "summary": "In own words.", "category": "declaration", "domains": ["C"],
            "periodicity": "continuous", "lead_functions": ["foreign_affairs"], "binding": "legally_binding",
            "source": "III"})
        }
        "participation" => json!({"owner": "KGZ", "country": "KGZ", "framework": "FRX", "status": "ratified",
            "confidence": "high", "source": "ministry"}),
        "country_framework" => json!({"owner": "KGZ", "framework": "FRX", "source": "list"}),
        "agency" => json!({"owner": "KGZ", "code": format!("A{n}"), "name": "Agency", "kind": "ministry",
            "language": "en"}),
        "working_group" => json!({"owner": "KGZ", "name": format!("Group {n}"), "kind": "interagency_group",
            "language": "en"}),
        "membership" => json!({"working_group": id("working_group:KGZ"), "agency": "MOF"}),
        "plan" => {
            json!({"owner": "KGZ", "kind": "cbrn_nap", "title": "Plan", "domains": ["C"], "language": "en"})
        }
        "pillar" => json!({"plan": id("plan:national"), "title": "Pillar", "position": 7}),
        "objective" => json!({"pillar": id("pillar:national"), "title": "Objective"}),
        "action" => json!({"objective": id("objective:national"), "title": "Action", "lead_agency": "MES"}),
        "task" => json!({"owner": "KGZ", "title": "Task", "lead_agency": "MES", "language": "en"}),
        "user" => json!({"email": format!("new{n}@test"), "name": "New"}),
        "grant" => json!({"owner": "KGZ", "user": id("user:bystander"), "role": "observer"}),
        _ => panic!("the coverage test has no body for the kind {kind}; give it one"),
    }
}

/// The record that the body of a new one stands below, where its owner follows from that.
pub const fn parent(kind: &str) -> Option<(&'static str, &'static str)> {
    match kind.as_bytes() {
        b"membership" => Some(("working_group", "working_group:KGZ")),
        b"pillar" => Some(("plan", "plan:national")),
        b"objective" => Some(("pillar", "pillar:national")),
        b"action" => Some(("objective", "objective:national")),
        _ => None,
    }
}

/// What edits a record.
pub fn patch(kind: &str) -> Json {
    match kind {
        "region_membership" | "participation" | "country_framework" => json!({"source": "another"}),
        "membership" => json!({"until_on": "2030-01-01"}),
        "grant" => json!({"valid_until": "2030-01-01"}),
        "obligation" | "plan" | "pillar" | "objective" | "action" | "task" => json!({"title": "Another"}),
        _ => json!({"name": "Another"}),
    }
}

/// What a move takes.
pub fn for_move(verb: &str) -> Json {
    match verb {
        "adopt" => json!({"act_body": "Cabinet", "act_number": "1", "act_on": "2026-01-01"}),
        "assign" => json!({"due_on": "2027-01-01"}),
        _ => json!({"reason": "As agreed"}),
    }
}
