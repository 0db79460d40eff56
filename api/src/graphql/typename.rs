//! The field `__typename`, which the library does not check.

use async_graphql::{
    Positioned,
    parser::types::{DocumentOperations, ExecutableDocument, Field, InlineFragment, Selection, SelectionSet},
};

/// The same document for the library to check: it passes over a `__typename` with all that stands on it, so that the
/// directives of one stand around it instead.
pub(crate) fn apart(document: &ExecutableDocument) -> ExecutableDocument {
    let mut document = document.clone();
    match &mut document.operations {
        DocumentOperations::Single(operation) => set(&mut operation.node.selection_set.node),
        DocumentOperations::Multiple(all) => {
            for operation in all.values_mut() {
                set(&mut operation.node.selection_set.node);
            }
        }
    }
    for fragment in document.fragments.values_mut() {
        set(&mut fragment.node.selection_set.node);
    }
    document
}

fn set(of: &mut SelectionSet) {
    for item in &mut of.items {
        match &mut item.node {
            Selection::Field(field) if is_it(&field.node) => {
                if !field.node.directives.is_empty() {
                    item.node = around(field.clone());
                }
            }
            Selection::Field(field) => set(&mut field.node.selection_set.node),
            Selection::InlineFragment(inline) => set(&mut inline.node.selection_set.node),
            Selection::FragmentSpread(_) => {}
        }
    }
}

fn is_it(field: &Field) -> bool {
    field.name.node == "__typename"
}

/// The field without its directives in a fragment that has them.
fn around(mut field: Positioned<Field>) -> Selection {
    let (pos, directives) = (field.pos, std::mem::take(&mut field.node.directives));
    let items = vec![Positioned::new(Selection::Field(field), pos)];
    let selection_set = Positioned::new(SelectionSet { items }, pos);
    let inline = InlineFragment { type_condition: None, directives, selection_set };
    Selection::InlineFragment(Positioned::new(inline, pos))
}

/// What is wrong with a `__typename` besides its directives.
pub(crate) fn fault(field: &Field) -> Option<&'static str> {
    let has_more = !field.arguments.is_empty() || !field.selection_set.node.items.is_empty();
    (is_it(field) && has_more).then_some("`__typename` takes no arguments and has no fields")
}
