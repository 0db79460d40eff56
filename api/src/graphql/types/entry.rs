//! Entries of the library's registry; what this schema does not use is left empty.

use async_graphql::registry::{Deprecation, MetaEnumValue, MetaField, MetaInputValue, MetaType};

/// A field without arguments.
pub(super) fn field(name: &str, text: &str, ty: impl Into<String>) -> MetaField {
    MetaField {
        name: name.to_owned(),
        description: Some(text.to_owned()),
        args: [].into_iter().collect(),
        ty: ty.into(),
        deprecation: Deprecation::NoDeprecated,
        cache_control: async_graphql::CacheControl::default(),
        external: false,
        requires: None,
        provides: None,
        visible: None,
        shareable: false,
        inaccessible: false,
        tags: Vec::new(),
        override_from: None,
        compute_complexity: None,
        directive_invocations: Vec::new(),
        requires_scopes: Vec::new(),
    }
}

/// A field with arguments.
pub(super) fn with_arguments(mut field: MetaField, arguments: Vec<MetaInputValue>) -> MetaField {
    field.args = arguments.into_iter().map(|argument| (argument.name.clone(), argument)).collect();
    field
}

/// A member of an input, or an argument.
pub(super) fn input(name: &str, text: &str, ty: impl Into<String>) -> MetaInputValue {
    MetaInputValue {
        name: name.to_owned(),
        description: Some(text.to_owned()),
        ty: ty.into(),
        deprecation: Deprecation::NoDeprecated,
        default_value: None,
        visible: None,
        inaccessible: false,
        tags: Vec::new(),
        is_secret: false,
        directive_invocations: Vec::new(),
    }
}

/// A member of an input, or an argument, with a default.
pub(super) fn with_default(mut input: MetaInputValue, value: &str) -> MetaInputValue {
    input.default_value = Some(value.to_owned());
    input
}

/// An object.
pub(super) fn object(name: &str, text: &str, fields: Vec<MetaField>) -> MetaType {
    MetaType::Object {
        name: name.to_owned(),
        description: Some(text.to_owned()),
        fields: fields.into_iter().map(|field| (field.name.clone(), field)).collect(),
        cache_control: async_graphql::CacheControl::default(),
        extends: false,
        shareable: false,
        resolvable: true,
        keys: None,
        visible: None,
        inaccessible: false,
        interface_object: false,
        tags: Vec::new(),
        is_subscription: false,
        rust_typename: None,
        directive_invocations: Vec::new(),
        requires_scopes: Vec::new(),
    }
}

/// An interface of these types.
pub(super) fn interface(name: &str, text: &str, fields: Vec<MetaField>, types: Vec<String>) -> MetaType {
    MetaType::Interface {
        name: name.to_owned(),
        description: Some(text.to_owned()),
        fields: fields.into_iter().map(|field| (field.name.clone(), field)).collect(),
        possible_types: types.into_iter().collect(),
        extends: false,
        keys: None,
        visible: None,
        inaccessible: false,
        tags: Vec::new(),
        rust_typename: None,
        directive_invocations: Vec::new(),
        requires_scopes: Vec::new(),
    }
}

/// An input object.
pub(super) fn inputs(name: &str, text: &str, fields: Vec<MetaInputValue>) -> MetaType {
    MetaType::InputObject {
        name: name.to_owned(),
        description: Some(text.to_owned()),
        input_fields: fields.into_iter().map(|field| (field.name.clone(), field)).collect(),
        visible: None,
        inaccessible: false,
        tags: Vec::new(),
        rust_typename: None,
        oneof: false,
        directive_invocations: Vec::new(),
    }
}

/// A closed list of names, each with what it means.
pub(super) fn names(name: &str, text: &str, values: &[(String, String)]) -> MetaType {
    let value = |(name, text): &(String, String)| MetaEnumValue {
        name: name.clone(),
        description: Some(text.clone()),
        deprecation: Deprecation::NoDeprecated,
        visible: None,
        inaccessible: false,
        tags: Vec::new(),
        directive_invocations: Vec::new(),
    };
    MetaType::Enum {
        name: name.to_owned(),
        description: Some(text.to_owned()),
        enum_values: values.iter().map(|of| (of.0.clone(), value(of))).collect(),
        visible: None,
        inaccessible: false,
        tags: Vec::new(),
        rust_typename: None,
        directive_invocations: Vec::new(),
        requires_scopes: Vec::new(),
    }
}

/// A scalar; its values are checked where they are coerced.
pub(super) fn scalar(name: &str, text: &str) -> MetaType {
    MetaType::Scalar {
        name: name.to_owned(),
        description: Some(text.to_owned()),
        is_valid: None,
        visible: None,
        inaccessible: false,
        tags: Vec::new(),
        specified_by_url: None,
        directive_invocations: Vec::new(),
        requires_scopes: Vec::new(),
    }
}

/// Which page is wanted of what is listed from the last one on.
pub(super) fn following() -> Vec<MetaInputValue> {
    vec![
        with_default(input("first", "How many, 1 to 200.", "Int!"), "50"),
        input("after", "Cursor: `next` of the page before.", "String"),
    ]
}
