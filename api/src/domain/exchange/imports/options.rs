//! How a file is read and written, as its sender says.

use async_graphql::Enum;
use kernel::{Code, Error, KindDef, Result, Violation, kinds::Kinds, spelling};
use model::Write;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use super::{
    MAX_CELL, MAX_COLUMNS, MAX_ROWS, MAX_UNPACKED,
    columns::Mapped,
    form::{ImportCharset, ImportFormat, ImportSeparator},
    kinds::kind_named,
    read::Reading,
    rejected::{ERRORS, UNREAD},
};

/// What becomes of rows.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema, Enum)]
#[serde(rename_all = "snake_case")]
#[graphql(rename_items = "SCREAMING_SNAKE_CASE")]
pub enum ImportMode {
    /// Each row makes a record.
    Create,
    /// Each row edits the record it names; one that is not there is refused.
    Update,
    /// Each row makes a record, or edits the one it names.
    #[default]
    Upsert,
    /// Each row deletes the record it names.
    Delete,
    /// As `upsert`; and the records of `source_system` that the file does not name are deleted.
    Sync,
}

/// What is kept where a row is refused.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema, Enum)]
#[serde(rename_all = "snake_case")]
#[graphql(rename_items = "SCREAMING_SNAKE_CASE")]
pub enum ImportAtomic {
    /// Nothing: all rows are written, or none.
    #[default]
    All,
    /// The other groups of `group_size` rows.
    Group,
    /// The other rows.
    Row,
}

/// What an empty cell says, and null in JSON.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema, Enum)]
#[serde(rename_all = "snake_case")]
#[graphql(rename_items = "SCREAMING_SNAKE_CASE")]
pub enum Nulls {
    /// Nothing: the field stays as it is. A cell `!clear` empties it.
    #[default]
    Keep,
    /// The field is emptied.
    Clear,
}

/// What refuses a file besides what is wrong with it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema, Enum)]
#[serde(rename_all = "snake_case")]
#[graphql(rename_items = "SCREAMING_SNAKE_CASE")]
pub enum ImportFailOn {
    /// What its sender should know of.
    Warning,
}

/// How webhooks tell of what an import changes.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema, Enum)]
#[serde(rename_all = "snake_case")]
#[graphql(rename_items = "SCREAMING_SNAKE_CASE")]
pub enum ImportEvents {
    /// A message for each record, as for single writes.
    #[default]
    Each,
    /// One message `changes.summary` that counts them.
    Summary,
}

/// How a file is read and written.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, IntoParams)]
#[serde(default)]
#[into_params(parameter_in = Query)]
pub struct ImportOptions {
    /// Kind of the rows that do not say their own, such as `tasks`: sheets and parts say it by their names, objects by
    /// `record_kind`, or by `kind` where the kind has no such member.
    pub kind: Option<String>,
    /// What becomes of rows; `upsert` where nothing is said.
    #[param(inline)]
    pub mode: Option<ImportMode>,
    /// Judges the file on the same path, tells old and new of every field, and writes nothing. `import_plan` of the answer
    /// commits exactly that.
    #[param(default = false)]
    pub dry_run: Option<bool>,
    /// What is kept where a row is refused; `all`, which takes 100,000 rows at most, where nothing is said.
    #[param(inline)]
    pub atomic: Option<ImportAtomic>,
    /// Rows of a group, 1 to 10000; only with `atomic=group`.
    #[param(minimum = 1, maximum = 10_000, default = 1000)]
    pub group_size: Option<i64>,
    /// What an empty cell says, and null in JSON; `keep` where nothing is said.
    #[param(inline)]
    pub nulls: Option<Nulls>,
    /// Language of the texts (BCP 47), for rows that do not say it.
    pub language: Option<String>,
    /// Form of the file, where it is not to be found out.
    #[param(inline)]
    pub format: Option<ImportFormat>,
    /// Characters of the file; UTF-8 and UTF-16 are found out.
    #[param(inline)]
    pub charset: Option<ImportCharset>,
    /// What separates cells, where it is not to be found out.
    #[param(inline)]
    pub separator: Option<ImportSeparator>,
    /// Source system whose records `sync` deletes where the file does not name them.
    pub source_system: Option<String>,
    /// How many records `sync` deletes, as a dry run told: another number refuses the import.
    #[param(minimum = 0)]
    pub confirm_deletions: Option<i64>,
    /// What refuses the file besides what is wrong with it; nothing where nothing is said.
    #[param(inline)]
    pub fail_on: Option<ImportFailOn>,
    /// Imports the same file again, where the earlier import would be answered.
    #[param(default = false)]
    pub force: Option<bool>,
    /// Mapping by which the file is read: its id, or its code among those of the owner for whom the caller acts.
    pub mapping: Option<String>,
    /// How webhooks tell of what changes; `each` where nothing is said. The feed and the history have every change always.
    #[param(inline)]
    pub events: Option<ImportEvents>,
    /// Name of the file, for people.
    pub name: Option<String>,
    /// Languages wanted, best first.
    pub lang: Option<String>,
}

impl ImportOptions {
    /// What becomes of rows.
    #[must_use]
    pub fn mode(&self) -> ImportMode {
        self.mode.unwrap_or_default()
    }

    /// What is kept where a row is refused.
    #[must_use]
    pub fn atomic(&self) -> ImportAtomic {
        self.atomic.unwrap_or_default()
    }

    /// How webhooks tell of what changes.
    #[must_use]
    pub fn events(&self) -> ImportEvents {
        self.events.unwrap_or_default()
    }

    /// Whether it only judges.
    #[must_use]
    pub fn is_dry(&self) -> bool {
        self.dry_run.unwrap_or_default()
    }

    /// The same with everything said that goes without saying, and without what changes nothing of what is done: settings that
    /// mean the same are equal.
    ///
    /// # Errors
    /// `BadRequest` for a kind that is none.
    pub(super) fn meant(
        &self,
        kinds: &Kinds,
        of_mapping: Option<&'static KindDef>,
        language: Option<&str>,
    ) -> Result<Self> {
        let kind = self.kind_of(kinds).map_err(|fault| Error::BadRequest(vec![fault]))?.or(of_mapping);
        Ok(Self {
            kind: kind.map(|def| def.name.to_owned()),
            mode: Some(self.mode()),
            dry_run: Some(self.is_dry()),
            atomic: Some(self.atomic()),
            group_size: self.group().and_then(|size| i64::try_from(size).ok()),
            nulls: Some(self.nulls.unwrap_or_default()),
            language: self.language.as_deref().or(language).map(str::to_owned),
            force: None,
            mapping: None,
            events: Some(self.events()),
            name: None,
            lang: None,
            ..self.clone()
        })
    }

    /// Whether the file is imported although it was before.
    pub(super) fn is_forced(&self) -> bool {
        self.force.unwrap_or_default()
    }

    /// Rows that are written together.
    pub(super) fn group(&self) -> Option<usize> {
        let size = (self.atomic() == ImportAtomic::Group).then(|| self.group_size.unwrap_or(1000));
        usize::try_from(size?).ok()
    }

    /// The kind of rows that do not say their own.
    pub(super) fn kind_of(&self, kinds: &Kinds) -> Result<Option<&'static KindDef>, Violation> {
        let found = self.kind.as_deref().map(|name| kind_named(kinds, name)).transpose();
        found.map_err(|text| Violation::new("?kind", Code::NotInList, text))
    }

    /// Everything that is wrong with what is asked.
    pub(super) fn check(&self, kinds: &Kinds) -> Result<()> {
        let mut wrong = Vec::new();
        wrong.extend(self.kind_of(kinds).err());
        let mut fault =
            |name: &str, code, text: &str| wrong.push(Violation::new(format!("?{name}"), code, text));
        if self.language.as_deref().is_some_and(|tag| spelling::tag(tag).as_deref() != Some(tag)) {
            fault("language", Code::BadFormat, "a language tag (BCP 47), such as `ru` or `fr`");
        }
        if self.group_size.is_some() && self.atomic() != ImportAtomic::Group {
            fault("group_size", Code::RuleBroken, "groups are of `atomic=group` only");
        }
        if self.group_size.is_some_and(|size| !(1..=10_000).contains(&size)) {
            fault("group_size", Code::OutOfRange, "a group has 1 to 10000 rows");
        }
        if self.confirm_deletions.is_some_and(|count| count < 0) {
            fault("confirm_deletions", Code::OutOfRange, "how many records are deleted: 0 or more");
        }
        if self.name.as_deref().is_some_and(|name| name.chars().count() > 200 || name.contains('\0')) {
            fault("name", Code::TooLong, "the name of the file has 200 characters at most");
        }
        if self.mode() == ImportMode::Sync {
            if self.kind.is_none() {
                fault("kind", Code::Required, "`sync` is of one kind: say which");
            }
            if self.source_system.as_deref().is_none_or(|system| system.trim().is_empty()) {
                fault(
                    "source_system",
                    Code::Required,
                    "`sync` deletes records of one source system: say which",
                );
            }
            if let Ok(Some(def)) = self.kind_of(kinds)
                && !def.declared.takes(Write::Delete)
            {
                let text = format!("`sync` deletes, and files delete no {}", def.declared.plural_words());
                fault("mode", Code::RuleBroken, &text);
            }
            if self.atomic() != ImportAtomic::All {
                fault("atomic", Code::RuleBroken, "`sync` writes all or nothing");
            }
        } else {
            if self.source_system.is_some() {
                fault("source_system", Code::RuleBroken, "only `sync` takes it; rows say theirs in a column");
            }
            if self.confirm_deletions.is_some() {
                fault("confirm_deletions", Code::RuleBroken, "only `sync` takes it");
            }
        }
        if wrong.is_empty() { Ok(()) } else { Err(Error::BadRequest(wrong)) }
    }

    /// How the file is read.
    pub(super) fn reading(&self, kinds: &'static Kinds, mapped: Option<Mapped>) -> Result<Reading> {
        let mut kind = self.kind_of(kinds).map_err(|fault| Error::BadRequest(vec![fault]))?;
        if let Some((mapping, _)) = &mapped {
            let of_mapping = kinds.served_as(&mapping.kind);
            if kind.is_some_and(|kind| of_mapping.is_none_or(|of| of.name != kind.name)) {
                let text = format!("the mapping is of {}", mapping.kind);
                return Err(Error::bad_request("?kind", Code::RuleBroken, text));
            }
            kind = of_mapping;
        }
        // What is wrong with rows that come back has columns of its own.
        let own = ERRORS.len() + [UNREAD].len();
        let file = tabular::Options {
            format: self.format.map(Into::into),
            charset: self.charset.map(Into::into),
            separator: self.separator.map(Into::into),
            // So lists without a record are exported; of no kind it would say nothing.
            empty: kind.map(|_| tabular::Format::Ndjson),
            limits: tabular::Limits {
                unpacked: MAX_UNPACKED,
                rows: MAX_ROWS,
                columns: MAX_COLUMNS + own,
                cell: MAX_CELL,
                raw: 0,
            },
        };
        Ok(Reading { kind, nulls: self.nulls.unwrap_or_default(), file, kinds, mapped })
    }
}
