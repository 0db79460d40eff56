//! Settings of the issuers whose tokens are accepted: providers of OpenID Connect that a ministry runs.

use std::{
    collections::{BTreeMap, BTreeSet},
    path::PathBuf,
};

use figment::value::Value;
use jsonwebtoken::Algorithm;
use model::{
    Vocabulary,
    access::{HeldFor, Role},
};
use serde::Deserialize;

use super::reader::Reader;
use crate::outgoing::Address;

/// What a token can be signed with: keys whose public half the issuer publishes, never a shared secret.
const ALGORITHMS: [(&str, Algorithm); 9] = [
    ("RS256", Algorithm::RS256),
    ("RS384", Algorithm::RS384),
    ("RS512", Algorithm::RS512),
    ("PS256", Algorithm::PS256),
    ("PS384", Algorithm::PS384),
    ("PS512", Algorithm::PS512),
    ("ES256", Algorithm::ES256),
    ("ES384", Algorithm::ES384),
    ("EdDSA", Algorithm::EdDSA),
];

/// An issuer whose tokens are accepted, for one owner.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Issuer {
    /// What its tokens name in `iss`, to the letter.
    pub issuer: String,
    /// Where it is asked.
    pub address: Address,
    /// What its tokens name in `aud`.
    pub audience: String,
    /// The owner it speaks for, and never another.
    pub owner: String,
    /// What its tokens are signed with.
    pub algorithms: Vec<Algorithm>,
    /// Where its keys may be besides its own host.
    pub keys_beside: Option<Address>,
    /// Certificates it is trusted by, in PEM; none for the usual roots.
    pub ca_file: Option<PathBuf>,
    /// The claim that says what the person is: names from the outermost member to the innermost.
    pub claim: Vec<String>,
    /// What a value of the claim gives.
    pub grants: BTreeMap<String, Given>,
    /// Whether an account is made for a person nobody knows yet.
    pub provisions: bool,
}

/// A role, of one agency where it is one of those.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Given {
    /// The role.
    pub role: Role,
    /// Code of the agency of an officer or agency lead.
    pub agency: Option<String>,
}

impl Given {
    /// The form of the settings: `observer`, `officer:MES`.
    #[must_use]
    pub fn code(&self) -> String {
        let role = self.role.code();
        self.agency.as_ref().map_or_else(|| role.to_owned(), |agency| format!("{role}:{agency}"))
    }
}

/// An issuer as it stands in the settings.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Draft {
    issuer: String,
    audience: String,
    owner: String,
    algorithms: Vec<String>,
    jwks_host: Option<String>,
    ca_file: Option<PathBuf>,
    claim: Path,
    grants: BTreeMap<String, String>,
    unknown_users: Option<String>,
}

/// One name, or the names that lead to a member of a member.
#[derive(Deserialize)]
#[serde(untagged)]
enum Path {
    One(String),
    Many(Vec<String>),
}

/// What was wrong with one issuer, each with its setting.
struct Faults(Vec<String>);

impl Faults {
    fn or_noted<T>(&mut self, setting: &str, read: Result<T, String>) -> Option<T> {
        read.map_err(|why| self.0.push(format!("{setting} {why}"))).ok()
    }
}

impl Reader {
    /// The issuers: tables of the file, or JSON in the variable.
    pub(super) fn issuers(&mut self) -> Vec<Issuer> {
        let Some(given) = self.list("issuers") else { return Vec::new() };
        let mut found: Vec<Issuer> = Vec::new();
        for (at, one) in given.iter().enumerate() {
            match read(one) {
                Ok(one) if found.iter().any(|other| other.issuer == one.issuer) => {
                    self.fault_in("issuers", at, "issuer is given twice: one issuer speaks for one owner");
                }
                Ok(one) => found.push(one),
                Err(faults) => faults.iter().for_each(|why| self.fault_in("issuers", at, why)),
            }
        }
        found
    }
}

fn read(value: &Value) -> Result<Issuer, Vec<String>> {
    let draft: Draft = value.deserialize().map_err(|error| vec![error.to_string()])?;
    let mut faults = Faults(Vec::new());
    let address = faults.or_noted("issuer", address(&draft.issuer));
    let algorithms = faults.or_noted("algorithms", algorithms(&draft.algorithms));
    let held_for = faults.or_noted("owner", held_for(&draft.owner));
    let keys_beside = match (&draft.jwks_host, &address) {
        (Some(host), Some(address)) => faults.or_noted("jwks_host", host_like(address, host)),
        _ => None,
    };
    let audience = faults.or_noted("audience", audience(draft.audience));
    let claim = faults.or_noted("claim", claim(draft.claim));
    let grants = faults.or_noted("grants", grants(&draft.grants, held_for));
    let provisions = faults.or_noted("unknown_users", provisions(draft.unknown_users.as_deref()));
    let read = || {
        Some(Issuer {
            issuer: draft.issuer,
            address: address?,
            audience: audience?,
            owner: draft.owner,
            algorithms: algorithms?,
            keys_beside,
            ca_file: draft.ca_file,
            claim: claim?,
            grants: grants?,
            provisions: provisions?,
        })
    };
    if faults.0.is_empty() { read().ok_or(faults.0) } else { Err(faults.0) }
}

fn audience(text: String) -> Result<String, String> {
    if text.is_empty() {
        return Err("is empty: name what the issuer's tokens for this service have in `aud`".to_owned());
    }
    Ok(text)
}

fn claim(path: Path) -> Result<Vec<String>, String> {
    let names = match path {
        Path::One(name) => vec![name],
        Path::Many(names) => names,
    };
    if names.is_empty() || names.iter().any(String::is_empty) {
        return Err("is empty: name the claim, or list the names that lead to it".to_owned());
    }
    Ok(names)
}

fn address(text: &str) -> Result<Address, String> {
    if text.contains('?') {
        return Err(format!("is {text:?}: an issuer has no query"));
    }
    Address::read(text)
}

/// A host with or without a port, reached as the issuer is.
fn host_like(issuer: &Address, host: &str) -> Result<Address, String> {
    let wrong = || format!("is {host:?}, not a host such as keys.example.org or keys.example.org:8443");
    if host.contains(['/', '?']) {
        return Err(wrong());
    }
    issuer.at_host(host).map_err(|_| wrong())
}

fn algorithms(names: &[String]) -> Result<Vec<Algorithm>, String> {
    let known = || ALGORITHMS.map(|(name, _)| name).join(", ");
    let of = |name: &String| ALGORITHMS.iter().find(|(known, _)| known == name).map(|(_, found)| *found);
    let found: Option<Vec<Algorithm>> = names.iter().map(of).collect();
    found.filter(|found| !found.is_empty()).ok_or_else(|| format!("takes one or more of {}", known()))
}

/// Reference data and the installation are nobody's to speak for from outside.
fn held_for(owner: &str) -> Result<HeldFor, String> {
    let is_country = owner.len() == 3 && owner.bytes().all(|byte| byte.is_ascii_uppercase());
    match owner.split_once(':') {
        None if is_country => Ok(HeldFor::Country),
        Some(("region", code)) if !code.is_empty() => Ok(HeldFor::Region),
        Some(("org", code)) if !code.is_empty() => Ok(HeldFor::Organisation),
        _ => Err(format!("is {owner:?}, not a country, region or organisation: KGZ, region:CA, org:UNICRI")),
    }
}

fn grants(
    table: &BTreeMap<String, String>,
    owner: Option<HeldFor>,
) -> Result<BTreeMap<String, Given>, String> {
    if table.is_empty() {
        return Err("is empty: say which value of the claim gives which role".to_owned());
    }
    let read = |(value, text): (&String, &String)| {
        given(text, owner).map(|given| (value.clone(), given)).map_err(|why| format!("{value:?} {why}"))
    };
    let all: Vec<_> = table.iter().map(read).collect();
    let faults: BTreeSet<&String> = all.iter().filter_map(|one| one.as_ref().err()).collect();
    if faults.is_empty() {
        return Ok(all.into_iter().flatten().collect());
    }
    Err(faults.into_iter().map(String::as_str).collect::<Vec<_>>().join("; "))
}

fn given(text: &str, owner: Option<HeldFor>) -> Result<Given, String> {
    let (role, agency) = text.split_once(':').map_or((text, None), |(role, agency)| (role, Some(agency)));
    let fits = |role: &Role| owner.is_none_or(|owner| role.held_for() == owner) && *role != Role::Portal;
    let role = Role::of(role).filter(fits).ok_or_else(|| format!("is {text:?}, no role of this owner"))?;
    let is_of_agency = matches!(role, Role::Officer | Role::AgencyLead);
    if is_of_agency != agency.is_some_and(|code| !code.is_empty()) {
        return Err(format!(
            "is {text:?}: officers and agency leads, and only they, have an agency (officer:MES)"
        ));
    }
    Ok(Given { role, agency: agency.map(str::to_owned) })
}

fn provisions(text: Option<&str>) -> Result<bool, String> {
    match text {
        None | Some("refuse") => Ok(false),
        Some("provision") => Ok(true),
        Some(other) => Err(format!("is {other:?}; it can be refuse or provision")),
    }
}

#[cfg(test)]
mod tests {
    use super::super::Config;
    use super::*;

    const GOOD: &str = r#"
        [[issuers]]
        issuer = "https://id.gov.example/realms/plans"
        audience = "concord"
        owner = "KGZ"
        algorithms = ["RS256", "ES256"]
        jwks_host = "keys.gov.example"
        claim = ["realm_access", "roles"]
        grants = { "cbrn-desk" = "secretariat", "rescue" = "officer:MES" }
        unknown_users = "provision"
    "#;

    fn of_file(text: &str) -> Result<Vec<Issuer>, Vec<String>> {
        let read = Config::read(Some(("concord.toml", text)), []);
        read.map(|config| config.issuers).map_err(|errors| errors.0)
    }

    /// What is wrong with the good issuer once this line of it is another.
    fn fault(line: &str, other: &str) -> String {
        assert!(GOOD.contains(line), "{line}");
        of_file(&GOOD.replace(line, other)).map_or_else(|faults| faults.join("\n"), |_| String::new())
    }

    #[test]
    fn an_issuer_is_read_from_the_file() {
        let found = of_file(GOOD).unwrap();

        let [one] = found.as_slice() else { panic!("one issuer expected") };
        let grants: Vec<_> = one.grants.iter().map(|(value, given)| (value.as_str(), given.code())).collect();
        assert_eq!((one.owner.as_str(), one.provisions), ("KGZ", true));
        assert_eq!(one.algorithms, [Algorithm::RS256, Algorithm::ES256]);
        assert_eq!(one.claim, ["realm_access", "roles"]);
        assert_eq!(grants, [("cbrn-desk", "secretariat".into()), ("rescue", "officer:MES".into())]);
        assert_eq!(
            one.keys_beside.as_ref().map(ToString::to_string).as_deref(),
            Some("https://keys.gov.example/")
        );
    }

    #[test]
    fn issuers_are_json_in_the_variable() {
        let text = r#"[{"issuer": "http://127.0.0.1:9", "audience": "a", "owner": "org:UNICRI", "algorithms": ["EdDSA"],
            "claim": "roles", "grants": {"x": "partner"}}]"#;
        let given = |text: &str| Config::read(None, [("CONCORD_ISSUERS".to_owned(), text.to_owned())]);

        let found = given(text).unwrap().issuers;
        let broken = given("[{").unwrap_err();

        assert_eq!(
            (found[0].claim.as_slice(), found[0].provisions),
            (["roles".to_owned()].as_slice(), false)
        );
        assert!(broken.0[0].starts_with("CONCORD_ISSUERS "), "{broken}");
    }

    #[test]
    fn what_would_weaken_a_token_is_refused() {
        let refused = [
            fault(r#"algorithms = ["RS256", "ES256"]"#, r#"algorithms = ["HS256"]"#),
            fault(r#"algorithms = ["RS256", "ES256"]"#, r#"algorithms = ["none"]"#),
            fault(r#"algorithms = ["RS256", "ES256"]"#, "algorithms = []"),
            fault("https://id.gov.example", "http://id.gov.example"),
            fault(r#"audience = "concord""#, r#"audience = """#),
            fault(r#"owner = "KGZ""#, r#"owner = "installation""#),
            fault(r#""secretariat""#, r#""partner""#),
            fault(r#""secretariat""#, r#""portal""#),
            fault(r#""officer:MES""#, r#""officer""#),
            fault(r#""keys.gov.example""#, r#""https://keys.gov.example/x""#),
            fault(r#""provision""#, r#""maybe""#),
            fault("unknown_users", "unknown_user"),
            of_file(&format!("{GOOD}{GOOD}")).unwrap_err().join("\n"),
        ];

        let places = refused.map(|text| {
            let rest = text.strip_prefix("issuers in concord.toml, item ").unwrap_or_default().to_owned();
            rest.split(' ').take(2).collect::<Vec<_>>().join(" ")
        });
        assert_eq!(
            places,
            [
                "1: algorithms",
                "1: algorithms",
                "1: algorithms",
                "1: issuer",
                "1: audience",
                "1: owner",
                "1: grants",
                "1: grants",
                "1: grants",
                "1: jwks_host",
                "1: unknown_users",
                "1: unknown",
                "2: issuer"
            ]
        );
    }

    #[test]
    fn everything_wrong_with_an_issuer_is_listed() {
        let text = GOOD.replace("RS256", "HS256").replace("KGZ", "kgz").replace("provision", "maybe");

        let found = of_file(&text).unwrap_err();

        assert_eq!(found.len(), 3, "{found:?}");
    }
}
