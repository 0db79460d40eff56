//! What each field of the schema leads to.

use std::{collections::HashMap, sync::LazyLock};

use async_graphql::parser::{
    parse_schema,
    types::{BaseType, OperationType, Type, TypeKind, TypeSystemDefinition},
};

/// The shapes of the schema that is served.
pub(super) static SHAPES: LazyLock<Shapes> = LazyLock::new(|| Shapes::of(&crate::graphql::sdl()));

/// The fields of every type.
pub(super) struct Shapes(HashMap<&'static str, HashMap<&'static str, &'static str>>);

impl Shapes {
    /// Reads a schema; it lives as long as the process.
    fn of(sdl: &str) -> Self {
        let document = parse_schema(sdl).map(|document| document.definitions).unwrap_or_default();
        let mut all = HashMap::new();
        for definition in document {
            let TypeSystemDefinition::Type(of) = definition else { continue };
            let fields = match of.node.kind {
                TypeKind::Object(object) => object.fields,
                TypeKind::Interface(interface) => interface.fields,
                TypeKind::Union(_) => Vec::new(),
                _ => continue,
            };
            let shapes =
                fields.into_iter().map(|field| (leak(&field.node.name.node), named(&field.node.ty.node)));
            all.insert(leak(&of.node.name.node), shapes.collect::<HashMap<_, _>>());
        }
        // Scalars and closed lists have no fields and count for nothing.
        let objects: Vec<&'static str> = all.keys().copied().collect();
        for fields in all.values_mut() {
            fields.retain(|_, to| objects.contains(to));
        }
        Self(all)
    }

    /// The type operations begin with.
    pub(super) const fn root(operation: OperationType) -> &'static str {
        match operation {
            OperationType::Query => "Query",
            OperationType::Mutation => "Mutation",
            OperationType::Subscription => "Subscription",
        }
    }

    /// The type with this name, if the schema has it.
    pub(super) fn known(&self, name: &str) -> Option<&'static str> {
        self.0.get_key_value(name).map(|(name, _)| *name)
    }

    /// Where a field leads; none for scalars and for what the schema does not have.
    pub(super) fn field(&self, of: &str, field: &str) -> Option<&'static str> {
        self.0.get(of)?.get(field).copied()
    }
}

fn named(ty: &Type) -> &'static str {
    match &ty.base {
        BaseType::Named(name) => leak(name),
        BaseType::List(inner) => named(inner),
    }
}

fn leak(name: &str) -> &'static str {
    name.to_owned().leak()
}
