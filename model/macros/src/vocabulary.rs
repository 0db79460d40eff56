//! The attribute `vocabulary`. A value without a doc comment is described by its name.

use proc_macro2::TokenStream;
use quote::quote;
use syn::{Error, Fields, ItemEnum, Result, parse_quote};

use super::{doc, snake};

/// `in_review` as `In review.`
fn sentence(code: &str) -> String {
    let (first, rest) = code.split_at(1);
    format!("{}{}.", first.to_uppercase(), rest.replace('_', " "))
}

pub fn expand(arguments: &TokenStream, item: TokenStream) -> Result<TokenStream> {
    let mut item: ItemEnum = syn::parse2(item)?;
    let is_verbatim = arguments.to_string() == "verbatim";
    let (mut values, mut terms, mut codes) = (Vec::new(), Vec::new(), Vec::new());
    for variant in &mut item.variants {
        if !matches!(variant.fields, Fields::Unit) {
            return Err(Error::new_spanned(variant, "a code holds nothing"));
        }
        let value = variant.ident.clone();
        let code = if is_verbatim { value.to_string() } else { snake(&value.to_string()) };
        let mut meaning = doc(&variant.attrs);
        if meaning.is_empty() {
            meaning = sentence(&code);
            variant.attrs.push(parse_quote!(#[doc = #meaning]));
        }
        terms.push(quote!(model::Term { code: #code, doc: #meaning }));
        codes.push(quote!(Self::#value => #code));
        values.push(value);
    }
    let (name, text, words) = (&item.ident, item.ident.to_string(), doc(&item.attrs));
    let case = if is_verbatim { "PascalCase" } else { "snake_case" };
    Ok(quote! {
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, sea_orm::EnumIter, sea_orm::DeriveActiveEnum)]
        #[sea_orm(rs_type = "String", db_type = "Text", rename_all = #case)]
        #item

        impl #name {
            /// The code in the database and in JSON.
            #[must_use]
            pub const fn code(self) -> &'static str {
                match self { #(#codes),* }
            }
        }

        impl model::Vocabulary for #name {
            const DEF: &'static model::VocabularyDef =
                &model::VocabularyDef { name: #text, doc: #words, terms: &[#(#terms),*] };
            const ALL: &'static [Self] = &[#(Self::#values),*];

            fn code(self) -> &'static str {
                #name::code(self)
            }
        }

        impl model::FieldType for #name {
            const SHAPE: model::Shape = model::Shape::Code(<Self as model::Vocabulary>::DEF);
            type Held = Self;

            fn read(value: &sea_orm::Value) -> Option<Self> {
                match value {
                    sea_orm::Value::String(Some(code)) => <Self as model::Vocabulary>::of(code),
                    _ => None,
                }
            }

            fn write(held: Self) -> sea_orm::Value {
                sea_orm::Value::String(Some(held.code().to_owned()))
            }
        }

        impl serde::Serialize for #name {
            fn serialize<S: serde::Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
                to.serialize_str(self.code())
            }
        }

        impl<'de> serde::Deserialize<'de> for #name {
            fn deserialize<D: serde::Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
                let code = <String as serde::Deserialize>::deserialize(from)?;
                let unknown = || serde::de::Error::custom(format!("`{code}` is no code of {}", #text));
                <Self as model::Vocabulary>::of(&code).ok_or_else(unknown)
            }
        }
    })
}
