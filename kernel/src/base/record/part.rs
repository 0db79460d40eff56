//! What callers see of a record, part by part, in the order of answers.

use model::{
    FieldDef, Lifecycle, Shape, Vocabulary, VocabularyDef,
    access::{Handling, Visibility},
};

use super::KindDef;

/// One member of a record's answer.
#[derive(Clone, Debug)]
pub struct Part {
    /// Name in the API.
    pub name: &'static str,
    /// What it holds.
    pub text: &'static str,
    /// How it is made of the row.
    pub form: Form,
    /// Whether every answer has it.
    pub is_always: bool,
    /// Whether it is never null.
    pub is_required: bool,
}

/// How a part is made of a row.
#[derive(Clone, Copy, Debug)]
pub enum Form {
    /// The value of a column.
    Column(usize),
    /// A code of a closed list in a column.
    Code(usize, &'static VocabularyDef),
    /// A code that only records of a country, region or organisation have: facts that belong to nobody have none.
    Level(usize, &'static VocabularyDef),
    /// Codes in an array column.
    Codes(usize, &'static VocabularyDef),
    /// Codes in a mask.
    Mask(usize, &'static VocabularyDef),
    /// A text that may have translations.
    Text(usize),
    /// Texts in an array column.
    Texts(usize),
    /// The value of a column, for readers inside the owner only.
    Inside(usize),
    /// The version, for those who may write the record.
    Version(usize),
    /// State of the working edition, inside the owner only: a column, else the state where that is one of a working
    /// edition.
    Ahead(usize, usize, &'static Lifecycle, &'static VocabularyDef),
    /// Code of the country the record is of, which a column says.
    Country(usize),
    /// Codes of the regions of that country.
    Regions(usize),
    /// Whether that country is invented.
    IsDemo(usize),
    /// What the caller may do.
    Can,
    /// Whom the record is shared with.
    SharedWith,
    /// Every translation, where all languages are asked for.
    Translations,
    /// The languages of texts shown in translation.
    Languages,
    /// The record a column refers to.
    Ref(usize),
    /// The records an array column refers to.
    Refs(usize),
    /// An exact decimal number in a column of millionths.
    Decimal(usize),
    /// An amount: minor units and currency.
    Money(usize, usize),
    /// A record of any kind: kind and id.
    AnyRef(usize, usize),
    /// An object in a column, of the schema with this name.
    Object(usize, &'static str),
    /// A list of objects in a column, of the schema with this name.
    Objects(usize, &'static str),
    /// Whether a column holds a code.
    Is(usize, &'static str),
    /// Whether the instant in a column is past while another one holds one of these states: the first code of the list
    /// inside the owner, the second one outside.
    Overdue(usize, usize, &'static [&'static str], &'static VocabularyDef),
}

impl Form {
    /// Whether the part is told of the country the record is of.
    #[must_use]
    pub const fn is_of_country(self) -> bool {
        matches!(self, Self::Country(_) | Self::Regions(_) | Self::IsDemo(_))
    }

    /// Whether showing it takes what is known of owners.
    #[must_use]
    pub const fn takes_owners(self) -> bool {
        self.is_of_country() || matches!(self, Self::Text(_) | Self::Languages)
    }
}

const META: &[(&str, &str, bool)] = &[
    ("id", "Id of the record, for life.", true),
    (
        "owner",
        "Who the record belongs to: `KGZ`, `region:CA`, `org:UNICRI`, `reference` or `installation`.",
        true,
    ),
    ("external_key", "Key of the record in the system it came from.", false),
    ("source_system", "System the external key belongs to.", false),
    ("version", "Lock counter: the number of writes; null for readers outside the owner.", false),
    ("created_at", "When the record was made.", true),
    ("created_by", "User who made it; null for readers outside the owner.", false),
    ("updated_at", "When the record was last changed.", true),
    ("updated_by", "User who last changed it; null for readers outside the owner.", false),
];

/// The parts of a kind.
pub(super) fn parts(def: &KindDef) -> Vec<Part> {
    let mut all = Vec::new();
    let mut add = |name, text, form: Option<Form>, is_always, is_required| {
        all.extend(form.map(|form| Part { name, text, form, is_always, is_required }));
    };
    for (name, text, is_required) in META {
        let at = def.at(name);
        let form = match *name {
            "version" => Form::Version,
            "created_by" | "updated_by" => Form::Inside,
            _ => Form::Column,
        };
        add(name, text, at.map(form), true, *is_required);
    }
    let of_country = def.country_column().and_then(|column| def.at(column));
    let text = "Country the record is of (ISO 3166-1 alpha-3): the one it is about, else its owner; null where that is no country.";
    add("owner_country", text, of_country.map(Form::Country), true, false);
    let text = "Codes of the regions that memberships on record give the record's country now, the primary one first; the membership has the standing.";
    add("regions", text, of_country.map(Form::Regions), true, true);
    if !def.has("is_demo") {
        let text = "Whether the record's country is invented for the demonstration.";
        add("is_demo", text, of_country.map(Form::IsDemo), true, true);
    }
    add(
        "can",
        "What the caller may do to the record; left out in lists of REST.",
        Some(Form::Can),
        false,
        false,
    );
    if def.is_national() {
        let (visibility, handling) = (Visibility::DEF, Handling::DEF);
        let code = |name, list| def.at(name).map(|at| Form::Code(at, list));
        let (text, level, is_required) = if def.declared.or_fact {
            let level = def.at("visibility").map(|at| Form::Level(at, visibility));
            ("Who sees the record inside its country; null for facts, which everybody sees.", level, false)
        } else {
            ("Who sees the record inside its country.", code("visibility", visibility), true)
        };
        add("visibility", text, level, true, is_required);
        let text = "Care the record asks for when it is passed on.";
        add("handling", text, code("handling", handling), true, true);
        let text = "Agencies and groups it is shared with at visibility `group`; null for readers outside the owner.";
        add("shared_with", text, Some(Form::SharedWith), true, false);
    }
    if def.has_texts() {
        add(
            "language",
            "Language of the base texts (BCP 47).",
            def.at("language").map(Form::Column),
            true,
            true,
        );
        let text = "All translations, language -> field -> text; given with `lang=*` only.";
        add("translations", text, Some(Form::Translations), false, false);
        let text = "Field -> language, for texts that are shown in translation.";
        add("languages", text, Some(Form::Languages), false, true);
    }
    for field in def.declared.fields.iter().filter(|field| field.is_shown()) {
        // Whether a caller sees the record that is referred to is another matter.
        let is_hidden = matches!(field.shape, Shape::Ref(_) | Shape::AnyRef);
        let is_required = !field.is_nullable && !is_hidden;
        add(field.name, field.doc, own(def, field), true, is_required);
    }
    all
}

fn own(def: &KindDef, field: &'static FieldDef) -> Option<Form> {
    if let Some((of, code)) = field.is {
        return Some(Form::Is(def.at(def.declared.field(of)?.column)?, code));
    }
    if let (Some((of, states)), Shape::Code(list), Some(cycle)) = (field.overdue, field.shape, def.lifecycle)
    {
        let due = def.at(def.declared.field(of)?.column)?;
        return Some(Form::Overdue(due, def.at(cycle.state)?, states, list));
    }
    let named = |end: &str| def.at(&format!("{}{end}", field.name));
    let at = || def.at(field.column);
    if let (Some(cycle), Shape::Code(list)) = (def.lifecycle, field.shape)
        && cycle.working.is_some_and(|(working, _)| working == field.column)
    {
        return Some(Form::Ahead(at()?, def.at(cycle.state)?, cycle, list));
    }
    Some(match field.shape {
        Shape::Text if field.is_inside => Form::Inside(at()?),
        Shape::Text if field.is_text => Form::Text(at()?),
        Shape::Id
        | Shape::Text
        | Shape::Int
        | Shape::Long
        | Shape::Bool
        | Shape::Date
        | Shape::Instant
        | Shape::JsonObject => Form::Column(at()?),
        Shape::Code(list) => Form::Code(at()?, list),
        Shape::Codes(list) => Form::Codes(at()?, list),
        Shape::Mask(list) => Form::Mask(at()?, list),
        Shape::Texts => Form::Texts(at()?),
        Shape::Ref(_) => Form::Ref(at()?),
        Shape::Refs(_) => Form::Refs(at()?),
        Shape::Decimal => Form::Decimal(at()?),
        Shape::Money => Form::Money(named("_minor")?, named("_currency")?),
        Shape::AnyRef => Form::AnyRef(named("_kind")?, named("_id")?),
        Shape::Object(name) => Form::Object(at()?, name),
        Shape::Objects(name) => Form::Objects(at()?, name),
    })
}
