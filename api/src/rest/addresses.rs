//! Addresses that lead nowhere: what is said of them, and which one is near.

use std::{collections::BTreeSet, sync::LazyLock};

use kernel::{Code, Error, Result, input::nearest};
use uuid::Uuid;

use super::problem::Problem;

/// Where operations lie.
const ROOT: &str = "/api/v1";

/// Addresses outside of it.
const OTHERS: [&str; 14] = [
    "/",
    "/graphql",
    "/graphql/ws",
    "/graphiql",
    "/graphiql/{file}",
    "/docs",
    "/docs/",
    "/openapi.json",
    "/schema.graphql",
    "/problems",
    "/problems/{code}",
    "/health/live",
    "/health/ready",
    "/.well-known/jwks.json",
];

/// The id in an address; what is none leads nowhere.
///
/// # Errors
/// `NotFound`.
pub(super) fn id(text: &str) -> Result<Uuid> {
    Uuid::try_parse(text).map_err(|_| Error::NotFound)
}

/// Every address there is, in segments; `{...}` stands for any one.
static KNOWN: LazyLock<Vec<Vec<String>>> = LazyLock::new(|| {
    let of_kinds = super::kinds::operations().flat_map(|operation| super::exports::addresses(operation.path));
    let written = super::areas().flat_map(|area| area.into_openapi().paths.paths.into_keys());
    let below: BTreeSet<String> = of_kinds.chain(written).map(|path| format!("{ROOT}{path}")).collect();
    let all = below.iter().map(String::as_str).chain(OTHERS);
    all.map(|path| segments(path).map(str::to_owned).collect()).collect()
});

/// The answer for an address that leads nowhere, with the nearest one where one is near.
#[must_use]
pub fn no_such_address(path: &str) -> Problem {
    let hint = near(path).map_or_else(String::new, |hint| format!("; {hint}"));
    Problem::Http(Code::NotFound, format!("there is no such address{hint}"))
}

/// The address that was meant, as a part of a sentence.
fn near(path: &str) -> Option<String> {
    if path.len() > 1000 {
        return None;
    }
    let plain: Vec<&str> = segments(path).filter(|one| !one.is_empty()).collect();
    if is_known(&plain) && joined(&plain) != path {
        return Some(format!("did you mean `{}`, {}?", joined(&plain), slashes(path)));
    }
    let root: Vec<&str> = segments(ROOT).chain(plain.iter().copied()).collect();
    if is_known(&root) {
        return Some(format!("did you mean `{}`? Operations lie below `{ROOT}`", joined(&root)));
    }
    let lower: Vec<String> = plain.iter().map(|one| one.to_lowercase()).collect();
    let lower: Vec<&str> = lower.iter().map(String::as_str).collect();
    if lower != plain && is_known(&lower) {
        return Some(format!("did you mean `{}`?", joined(&lower)));
    }
    misspelt(&plain).map(|meant| format!("did you mean `{meant}`?"))
}

/// What is wrong with the slashes of an address that is known without them.
fn slashes(path: &str) -> &'static str {
    if path.ends_with('/') { "without the slash at the end" } else { "with one slash between its parts" }
}

/// The known address of which one segment differs a little, all others being the same.
fn misspelt(given: &[&str]) -> Option<String> {
    let mut found = BTreeSet::new();
    for known in KNOWN.iter().filter(|known| known.len() == given.len()) {
        let mut differing =
            known.iter().zip(given).enumerate().filter(|(_, (known, given))| !fits(known, given));
        let Some((at, (meant, wrong))) = differing.next().filter(|_| differing.next().is_none()) else {
            continue;
        };
        if let Some(meant) = nearest(&wrong.to_lowercase(), [meant.as_str()].into_iter()) {
            found.insert((at, meant));
        }
    }
    // Of several the nearest; all of them stand at the first place where one differs.
    let (at, _) = *found.first()?;
    let wrong = given.get(at)?.to_lowercase();
    let meant = nearest(&wrong, found.iter().filter(|(other, _)| *other == at).map(|(_, meant)| *meant))?;
    let mut whole = given.to_vec();
    *whole.get_mut(at)? = meant;
    Some(joined(&whole))
}

fn is_known(given: &[&str]) -> bool {
    let fits_all = |known: &&Vec<String>| known.iter().zip(given).all(|(known, given)| fits(known, given));
    KNOWN.iter().filter(|known| known.len() == given.len()).any(|known| fits_all(&known))
}

fn fits(known: &str, given: &str) -> bool {
    known == given || known.starts_with('{')
}

fn segments(path: &str) -> impl Iterator<Item = &str> {
    path.trim_start_matches('/').split('/').filter(|one| !one.is_empty())
}

fn joined(segments: &[&str]) -> String {
    format!("/{}", segments.join("/"))
}

#[cfg(test)]
mod tests {
    use super::near;

    fn told(path: &str) -> String {
        near(path).unwrap_or_default()
    }

    #[test]
    fn an_address_that_differs_by_slashes_is_named() {
        assert_eq!(told("/api/v1/tasks/"), "did you mean `/api/v1/tasks`, without the slash at the end?");
        assert_eq!(told("/api/v1//tasks"), "did you mean `/api/v1/tasks`, with one slash between its parts?");
        assert_eq!(told("/graphql/"), "did you mean `/graphql`, without the slash at the end?");
    }

    #[test]
    fn the_nearest_address_is_named() {
        assert_eq!(told("/api/v1/taks"), "did you mean `/api/v1/tasks`?");
        assert_eq!(told("/api/v1/taks/7/history"), "did you mean `/api/v1/tasks/7/history`?");
        assert_eq!(told("/api/v1/tasks/7/histroy"), "did you mean `/api/v1/tasks/7/history`?");
        assert_eq!(told("/api/v1/Tasks"), "did you mean `/api/v1/tasks`?");
        assert_eq!(told("/API/v1/TASKS"), "did you mean `/api/v1/tasks`?");
        assert_eq!(told("/api/v2/tasks"), "did you mean `/api/v1/tasks`?");
        assert_eq!(told("/tasks"), "did you mean `/api/v1/tasks`? Operations lie below `/api/v1`");
        assert_eq!(told("/opanapi.json"), "did you mean `/openapi.json`?");
    }

    #[test]
    fn what_is_like_nothing_is_said_to_be_unknown_only() {
        let given = ["/api/v1/zzzzzzzzzz", "/wp-login.php", "/api/v1", "/a/b/c/d/e/f/g"];

        assert_eq!(given.map(told), [""; 4]);
    }
}
