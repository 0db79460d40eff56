//! `concord contracts`.

use std::{
    fs,
    path::{Path, PathBuf},
};

use clap::Args;

use super::{failure::Failure, say};
use crate::contracts::{Pair, announced};

/// What to do with the contracts.
#[derive(Debug, Args)]
pub(super) struct Contracts {
    /// Compares instead of writing: with the committed contracts, and with the released ones, whose callers nothing may
    /// break unless `CHANGELOG.md` names it under Unreleased, Breaking.
    #[arg(long, conflicts_with = "release")]
    check: bool,
    /// Keeps the present contracts as the released ones: the last step of a release.
    #[arg(long)]
    release: bool,
}

pub(super) fn run(options: &Contracts) -> Result<(), Failure> {
    let folder = folder()?;
    let present = Pair::present();
    if options.check {
        return check(&folder, &present);
    }
    write(&folder, "openapi", &present)?;
    if options.release { write(&folder.join(RELEASED), "openapi/released", &present) } else { Ok(()) }
}

/// Folder of the released contracts, beside the present ones.
const RELEASED: &str = "released";
const OPENAPI: &str = "openapi.json";
const SDL: &str = "schema.graphql";

fn read(folder: &Path) -> Pair {
    let text = |name| fs::read_to_string(folder.join(name)).unwrap_or_default();
    Pair { openapi: text(OPENAPI), sdl: text(SDL) }
}

fn write(folder: &Path, shown: &str, present: &Pair) -> Result<(), Failure> {
    let kept = read(folder);
    for (name, was, is) in [(OPENAPI, kept.openapi, &present.openapi), (SDL, kept.sdl, &present.sdl)] {
        let path = folder.join(name);
        if was == *is {
            say(&format_args!("unchanged {shown}/{name}"));
            continue;
        }
        let failed = |error| Failure::other(&format!("{} cannot be written: {error}", path.display()));
        fs::create_dir_all(folder).and_then(|()| fs::write(&path, is)).map_err(failed)?;
        say(&format_args!("wrote {shown}/{name}"));
    }
    Ok(())
}

fn check(folder: &Path, present: &Pair) -> Result<(), Failure> {
    let committed = read(folder);
    let mut findings: Vec<String> =
        [(OPENAPI, committed.openapi, &present.openapi), (SDL, committed.sdl, &present.sdl)]
            .into_iter()
            .filter_map(|(name, was, is)| Some(format!("openapi/{name} {}", difference(&was, is)?)))
            .collect();
    if !findings.is_empty() {
        findings.push("run `cargo contracts` and commit the result with its cause".into());
    }
    findings.extend(broken(folder, present)?);
    if findings.is_empty() { Ok(()) } else { Err(Failure::findings(findings)) }
}

/// What breaks callers of the released contracts and is not told in the change log.
fn broken(folder: &Path, present: &Pair) -> Result<Vec<String>, Failure> {
    let released = folder.join(RELEASED);
    if !released.is_dir() {
        say(&format_args!("nothing is released yet: {} does not exist", released.display()));
        return Ok(Vec::new());
    }
    let breaks = read(&released).breaks(present).map_err(|error| Failure::other(&error))?;
    let log = folder.parent().map(|root| fs::read_to_string(root.join("CHANGELOG.md")).unwrap_or_default());
    let log = log.unwrap_or_default();
    let announced = announced(&log);
    let untold = breaks.iter().filter(|one| !announced.contains(one.name.as_str()));
    let mut findings: Vec<String> =
        untold.map(|one| format!("the released contract breaks: {one}")).collect();
    if !findings.is_empty() {
        findings.push("keep it, or name it in CHANGELOG.md under Unreleased, Breaking".into());
    }
    Ok(findings)
}

/// Finds `openapi/` beside `Cargo.toml`, from the working directory upwards.
fn folder() -> Result<PathBuf, Failure> {
    let here = std::env::current_dir()
        .map_err(|error| Failure::other(&format!("the working directory cannot be told: {error}")))?;
    let holds = |root: &&Path| root.join("Cargo.toml").is_file() && root.join("openapi").is_dir();
    let none = || Failure::usage(&"there is no `openapi/` beside a Cargo.toml here or above");
    here.ancestors().find(holds).map(|root| root.join("openapi")).ok_or_else(none)
}

/// The first line that differs, in short.
fn difference(committed: &str, present: &str) -> Option<String> {
    if committed == present {
        return None;
    }
    let (mut old, mut new) = (committed.lines(), present.lines());
    let mut line = 0_usize;
    loop {
        line += 1;
        match (old.next(), new.next()) {
            (None, None) => return Some("differs in its line ends".into()),
            (was, is) if was == is => {}
            (was, is) => {
                let (was, is) = (short(was), short(is));
                return Some(format!("differs from line {line} on: committed {was}, now {is}"));
            }
        }
    }
}

fn short(line: Option<&str>) -> String {
    line.map_or_else(
        || "nothing".into(),
        |line| format!("{:?}", line.trim().chars().take(60).collect::<String>()),
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_difference_is_told() {
        assert_eq!(difference("a\nb\n", "a\nb\n"), None);
        assert_eq!(
            difference("a\n  b\n", "a\n  c\n").as_deref(),
            Some("differs from line 2 on: committed \"b\", now \"c\"")
        );
        assert_eq!(
            difference("", "a").as_deref(),
            Some("differs from line 1 on: committed nothing, now \"a\"")
        );
        assert_eq!(difference("a", "a\n").as_deref(), Some("differs in its line ends"));
    }
}
