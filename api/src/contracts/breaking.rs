//! Breaking changes: what callers of a released contract would notice.

use std::{collections::BTreeSet, fmt};

/// One change that a caller of the released contract would notice.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Break {
    /// Name of what changed, as the change log must tell it: `GET /plans`, `Plan.title`, `Query.plans(first:)`.
    pub name: String,
    /// What became of it.
    pub what: String,
}

impl Break {
    pub(super) fn new(name: impl Into<String>, what: impl Into<String>) -> Self {
        Self { name: name.into(), what: what.into() }
    }
}

impl fmt::Display for Break {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "`{}` {}", self.name, self.what)
    }
}

/// The names in backquotes under `### Breaking` of the section `## [Unreleased]` of a change log.
#[must_use]
pub fn announced(changelog: &str) -> BTreeSet<&str> {
    let unreleased = section(changelog, "## ", "[unreleased]");
    let breaking = section(unreleased, "### ", "breaking");
    breaking.split('`').skip(1).step_by(2).collect()
}

/// The text below a heading, up to the next one of its level.
fn section<'a>(text: &'a str, level: &str, title: &str) -> &'a str {
    let is_title = |line: &str| {
        line.strip_prefix(level).is_some_and(|rest| rest.trim().to_lowercase().starts_with(title))
    };
    let mut lines = text.split_inclusive('\n');
    let before: usize = lines.by_ref().take_while(|line| !is_title(line)).map(str::len).sum();
    let rest = text.get(before..).unwrap_or_default();
    let heading = rest.find('\n').map_or(rest.len(), |end| end + 1);
    let below = rest.get(heading..).unwrap_or_default();
    let length = below.split_inclusive('\n').take_while(|line| !line.starts_with(level)).map(str::len).sum();
    below.get(..length).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_breaking_entries_of_the_unreleased_section_count() {
        let log = "# Changelog\n\n## [Unreleased]\n\n### Added\n- `Plan.colour`\n\n### Breaking\n- `Plan.act` and\n  `GET /acts` \
                   removed\n\n### Fixed\n- `x`\n\n## [0.1.0]\n\n### Breaking\n- `Plan.old`\n";

        assert_eq!(announced(log), BTreeSet::from(["GET /acts", "Plan.act"]));
        assert_eq!(
            announced("# Changelog\n\n## [Unreleased]\n\n## [0.1.0]\n### Breaking\n- `a`\n"),
            BTreeSet::new()
        );
        assert_eq!(announced(""), BTreeSet::new());
    }
}
