//! `concord contracts`.

use std::{
    fs,
    path::{Path, PathBuf},
};

use clap::Args;

use super::{failure::Failure, say};
use crate::contracts;

/// What to do with the contracts.
#[derive(Debug, Args)]
pub(super) struct Contracts {
    /// Compares instead of writing, and fails where a committed contract is not the present one.
    #[arg(long)]
    check: bool,
}

pub(super) fn run(options: &Contracts) -> Result<(), Failure> {
    let folder = folder()?;
    let present = [("openapi.json", contracts::openapi()), ("schema.graphql", contracts::sdl())];
    let mut differences = Vec::new();
    for (name, text) in present {
        let path = folder.join(name);
        let committed = fs::read_to_string(&path).unwrap_or_default();
        if options.check {
            let found = difference(&committed, &text);
            differences.extend(found.map(|found| format!("openapi/{name} {found}")));
        } else if committed == text {
            say(&format_args!("unchanged openapi/{name}"));
        } else {
            let failed = |error| Failure::other(&format!("{} cannot be written: {error}", path.display()));
            fs::write(&path, text).map_err(failed)?;
            say(&format_args!("wrote openapi/{name}"));
        }
    }
    if differences.is_empty() {
        return Ok(());
    }
    differences.push("run `cargo contracts` and commit the result with its cause".into());
    Err(Failure::findings(differences))
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
