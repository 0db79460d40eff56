//! The attributes that declarations are written with.

mod lifecycle;
mod record;
mod vocabulary;

use proc_macro::TokenStream;
use quote::quote;
use syn::{Attribute, Expr, ExprLit, Lit, Meta};

/// Declares a record kind.
///
/// One struct makes the marker type of the kind, its row for sea-orm (`Model`, with the standard columns put
/// in), the table of its fields, and a typed constant for each (`task::TITLE`).
#[proc_macro_attribute]
pub fn record(arguments: TokenStream, item: TokenStream) -> TokenStream {
    record::expand(arguments.into(), item.into()).unwrap_or_else(syn::Error::into_compile_error).into()
}

/// Declares a closed list; `#[vocabulary(verbatim)]` keeps the names of its values as codes.
#[proc_macro_attribute]
pub fn vocabulary(arguments: TokenStream, item: TokenStream) -> TokenStream {
    vocabulary::expand(&arguments.into(), item.into()).unwrap_or_else(syn::Error::into_compile_error).into()
}

/// Declares the moves between the states of a kind.
#[proc_macro]
pub fn lifecycle(item: TokenStream) -> TokenStream {
    lifecycle::expand(item.into()).unwrap_or_else(syn::Error::into_compile_error).into()
}

/// A text that may be missing, as it is written in a constant.
fn option(text: Option<String>) -> proc_macro2::TokenStream {
    text.map_or_else(|| quote!(None), |text| quote!(Some(#text)))
}

/// The doc comment of an item, as one line.
fn doc(attributes: &[Attribute]) -> String {
    let line = |attribute: &Attribute| match &attribute.meta {
        Meta::NameValue(pair) if pair.path.is_ident("doc") => match &pair.value {
            Expr::Lit(ExprLit { lit: Lit::Str(text), .. }) => Some(text.value().trim().to_owned()),
            _ => None,
        },
        _ => None,
    };
    attributes.iter().filter_map(line).collect::<Vec<_>>().join("\n").trim().to_owned()
}

/// `InReview` as `in_review`.
fn snake(name: &str) -> String {
    let mut out = String::new();
    for (at, letter) in name.chars().enumerate() {
        if letter.is_uppercase() && at > 0 {
            out.push('_');
        }
        out.extend(letter.to_lowercase());
    }
    out
}
