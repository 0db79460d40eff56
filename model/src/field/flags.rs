//! How a field gets its flags: what the attribute [`crate::record`] writes out.

use super::{DefaultValue, FieldDef, FilterDef, Writing};
use crate::types::FieldType;

impl FieldDef {
    /// A field of this type.
    #[must_use]
    pub const fn of<T: FieldType>(name: &'static str, column: &'static str, doc: &'static str) -> Self {
        Self {
            name,
            column,
            doc,
            shape: T::SHAPE,
            is_nullable: T::IS_NULLABLE,
            min: None,
            max: None,
            pattern: None,
            default: None,
            writing: Writing::Always,
            filter: None,
            is_sort: false,
            is_text: false,
            is_label: false,
            is_progress: false,
            is_lead: false,
            is_contributors: false,
            is_unique: false,
            is_disclosable: false,
            is_alias: false,
            not_before: None,
            of_state: None,
            table: None,
            is_unlogged: false,
            is_inside: false,
            is_of_any_owner: false,
            shown_with: None,
            is: None,
            overdue: None,
            late: None,
        }
    }

    /// Bounds the characters of a text, or the items of a list.
    #[must_use]
    pub const fn len(mut self, min: i64, max: i64) -> Self {
        self.min = Some(min);
        self.max = Some(max);
        self
    }

    /// Bounds a number.
    #[must_use]
    pub const fn range(self, min: i64, max: i64) -> Self {
        self.len(min, max)
    }

    /// Bounds the items of a list from above.
    #[must_use]
    pub const fn most(mut self, max: i64) -> Self {
        self.max = Some(max);
        self
    }

    /// Says which regular expression a text matches.
    #[must_use]
    pub const fn pattern(mut self, pattern: &'static str) -> Self {
        self.pattern = Some(pattern);
        self
    }

    /// Says what a new record holds where nothing is given.
    #[must_use]
    pub const fn default(mut self, value: DefaultValue) -> Self {
        self.default = Some(value);
        self
    }

    /// Lets callers write the field in creations only.
    #[must_use]
    pub const fn new_only(mut self) -> Self {
        self.writing = Writing::NewOnly;
        self
    }

    /// Keeps the field from callers' writes.
    #[must_use]
    pub const fn read_only(mut self) -> Self {
        self.writing = Writing::Never;
        self
    }

    /// Keeps the field from callers altogether.
    #[must_use]
    pub const fn stored_only(mut self) -> Self {
        self.writing = Writing::Stored;
        self
    }

    /// Lets lists be narrowed by the field; `name` and `doc` where they do not follow from it.
    #[must_use]
    pub const fn filter(mut self, name: Option<&'static str>, doc: Option<&'static str>) -> Self {
        self.filter = Some(FilterDef { name, doc, range: None });
        self
    }

    /// Lets lists be narrowed by days from `<stem>_from` to `<stem>_to`; `words` stand before "at or after".
    #[must_use]
    pub const fn days(mut self, stem: &'static str, words: &'static str) -> Self {
        self.filter = Some(FilterDef { name: None, doc: None, range: Some((stem, words)) });
        self
    }

    /// Lets lists be sorted by the field; codes sort by their place in the closed list.
    #[must_use]
    pub const fn sort(mut self) -> Self {
        self.is_sort = true;
        self
    }

    /// Gives the field translations, and lets it be searched.
    #[must_use]
    pub const fn text(mut self) -> Self {
        self.is_text = true;
        self
    }

    /// Lets the field name the record in references.
    #[must_use]
    pub const fn label(mut self) -> Self {
        self.is_label = true;
        self
    }

    /// Says that the field is about progress.
    #[must_use]
    pub const fn progress(mut self) -> Self {
        self.is_progress = true;
        self
    }

    /// Says that the agency in the field leads.
    #[must_use]
    pub const fn lead(mut self) -> Self {
        self.is_lead = true;
        self
    }

    /// Says that the agencies in the field contribute.
    #[must_use]
    pub const fn contributors(mut self) -> Self {
        self.is_contributors = true;
        self
    }

    /// Says that no two records of the kind have one value.
    #[must_use]
    pub const fn unique(mut self) -> Self {
        self.is_unique = true;
        self
    }

    /// Lets owners withhold the field from others.
    #[must_use]
    pub const fn disclosable(mut self) -> Self {
        self.is_disclosable = true;
        self
    }

    /// Lets the record be named by the field wherever its code names it.
    #[must_use]
    pub const fn alias(mut self) -> Self {
        self.is_alias = true;
        self
    }

    /// Says that the day does not lie before the one in `field`.
    #[must_use]
    pub const fn not_before(mut self, field: &'static str) -> Self {
        self.not_before = Some(field);
        self
    }

    /// Says which state of the lifecycle the field belongs to.
    #[must_use]
    pub const fn of_state(mut self, state: &'static str) -> Self {
        self.of_state = Some(state);
        self
    }

    /// Names the link table of a list of references.
    #[must_use]
    pub const fn table(mut self, table: &'static str) -> Self {
        self.table = Some(table);
        self
    }

    /// Shows the field inside the owner only; a change of nothing else is not told outside.
    #[must_use]
    pub const fn inside(mut self) -> Self {
        self.is_inside = true;
        self
    }

    /// Keeps the field out of the log and of versions; our own code notes it beside them.
    #[must_use]
    pub const fn unlogged(mut self) -> Self {
        self.is_unlogged = true;
        self
    }

    /// Lets the field refer to records of other owners that its writer reads through a live release: it keeps their
    /// ids only, which give nobody a right and do not hold the records.
    #[must_use]
    pub const fn any_owner(mut self) -> Self {
        self.is_of_any_owner = true;
        self
    }

    /// Shows the field to those alone who see the record that `field` refers to.
    #[must_use]
    pub const fn shown_with(mut self, field: &'static str) -> Self {
        self.shown_with = Some(field);
        self
    }

    /// Says that the field tells whether the instant in `field` is past while the record is in one of these states.
    #[must_use]
    pub const fn overdue(mut self, field: &'static str, states: &'static [&'static str]) -> Self {
        self.overdue = Some((field, states));
        self.writing = Writing::Never;
        self
    }

    /// Says that records whose day here is past are late, but in these states of `field`, in which they are over.
    #[must_use]
    pub const fn late(mut self, field: &'static str, over: &'static [&'static str]) -> Self {
        self.late = Some((field, over));
        self
    }

    /// Says that the field is true where `field` holds `code`.
    #[must_use]
    pub const fn is(mut self, field: &'static str, code: &'static str) -> Self {
        self.is = Some((field, code));
        self.writing = Writing::Never;
        self
    }
}
