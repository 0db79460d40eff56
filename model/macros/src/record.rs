//! The attribute `record`.

use proc_macro2::{Span, TokenStream};
use quote::{format_ident, quote};
use syn::{
    Error, Expr, ExprArray, ExprAssign, ExprCall, Field, Fields, GenericArgument, Ident, ItemStruct, Lit,
    LitStr, Meta, PathArguments, Result, Token, Type, parse::Parser, punctuated::Punctuated,
};

use super::{doc, option, snake};

/// What a declaration says of its kind, as calls on `Declaration`.
#[expect(clippy::struct_excessive_bools, reason = "each is a flag of the declaration")]
struct Head {
    calls: TokenStream,
    is_national: bool,
    has_texts: bool,
    has_editions: bool,
    is_comment: bool,
    is_named: bool,
}

pub fn expand(arguments: TokenStream, item: TokenStream) -> Result<TokenStream> {
    let item: ItemStruct = syn::parse2(item)?;
    let head = head(arguments)?;
    let (kind, vis, words) = (&item.ident, &item.vis, doc(&item.attrs));
    let text = kind.to_string();
    let table = snake(&text);
    let module = Ident::new(&table, kind.span());
    let Fields::Named(fields) = &item.fields else {
        return Err(Error::new_spanned(&item, "a record has named fields"));
    };
    let mut own = Own::default();
    for field in &fields.named {
        own.add(field)?;
    }
    let Own { columns, defs, constants, children, uses } = own;
    let standard = standard(&head);
    let calls = &head.calls;
    Ok(quote! {
        #[doc = #words]
        #[derive(Debug)]
        #vis struct #kind;

        #[doc = #words]
        #vis mod #module {
            #[allow(unused_imports, reason = "a declaration may need nothing of what stands around it")]
            use super::*;
            use sea_orm::entity::prelude::*;
            #[allow(unused_imports, reason = "sea-orm has another type of this name")]
            use model::Decimal;

            /// A row of the table.
            #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
            #[sea_orm(table_name = #table)]
            pub struct Model { #standard #(#columns),* }

            /// Relations of the table: none, links are read by id.
            #[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
            pub enum Relation {}

            impl ActiveModelBehavior for ActiveModel {}

            /// The fields of the kind.
            pub static FIELDS: &[model::FieldDef] = &[#(#defs),*];

            #(#constants)*
        }

        #(#uses)*

        impl model::Kind for #kind {
            const NAME: &'static str = #table;
            const DECLARATION: &'static model::Declaration = &model::Declaration::new(
                (#table, #text), #words, #module::FIELDS, &[#(#children),*],
            ) #calls;
        }
    })
}

fn head(arguments: TokenStream) -> Result<Head> {
    let arguments = Punctuated::<Expr, Token![,]>::parse_terminated.parse2(arguments)?;
    let (mut calls, mut unique) = (TokenStream::new(), Vec::new());
    let (mut is_national, mut has_texts, mut has_editions) = (true, false, false);
    let (mut is_comment, mut is_named) = (false, false);
    for argument in &arguments {
        match argument {
            Expr::Assign(ExprAssign { left, right, .. }) => {
                let name = ident(left)?;
                calls.extend(match name.to_string().as_str() {
                    "class" => {
                        let class = ident(right)?;
                        is_comment = class == "Comment";
                        is_national = class == "National" || class == "Work" || is_comment;
                        quote!(.class(model::Class::#class))
                    }
                    "code" => {
                        let how = ident(right)?;
                        quote!(.code(model::Code::#how))
                    }
                    "level" => {
                        let level = ident(right)?;
                        quote!(.level(model::access::Visibility::#level))
                    }
                    "below" => {
                        let fields = names(right)?;
                        quote!(.below(&[#(#fields),*]))
                    }
                    "moves" => quote!(.moves(&#right)),
                    "named" => {
                        is_named = true;
                        let field = ident(right)?.to_string();
                        quote!(.named(#field))
                    }
                    "shown_in" => {
                        let states = names(right)?;
                        quote!(.shown_in(&[#(#states),*]))
                    }
                    "writes" => {
                        let which = names(right)?.into_iter().map(|one| Ident::new(&one, Span::call_site()));
                        quote!(.writes(&[#(model::Write::#which),*]))
                    }
                    "example" | "plural" | "area" | "owns" | "fixed" | "held" => quote!(.#name(#right)),
                    _ => return Err(Error::new_spanned(left, "nothing a kind says of itself")),
                });
            }
            Expr::Call(ExprCall { func, args, .. }) if ident(func)? == "unique" => {
                let fields =
                    args.iter().map(|one| Ok(ident(one)?.to_string())).collect::<Result<Vec<_>>>()?;
                unique.push(quote!(&[#(#fields),*]));
            }
            flag => {
                let name = ident(flag)?;
                has_texts |= name == "texts";
                has_editions |= name == "editions";
                calls.extend(quote!(.#name()));
            }
        }
    }
    if !unique.is_empty() {
        calls.extend(quote!(.unique(&[#(#unique),*])));
    }
    Ok(Head { calls, is_national, has_texts, has_editions, is_comment, is_named })
}

fn ident(of: &Expr) -> Result<Ident> {
    match of {
        Expr::Path(path) => path.path.get_ident().cloned().ok_or_else(|| Error::new_spanned(of, "a name")),
        _ => Err(Error::new_spanned(of, "a name")),
    }
}

/// One name, or several in brackets.
fn names(of: &Expr) -> Result<Vec<String>> {
    match of {
        Expr::Array(ExprArray { elems, .. }) => elems.iter().map(|one| Ok(ident(one)?.to_string())).collect(),
        one => Ok(vec![ident(one)?.to_string()]),
    }
}

/// The columns every kind of this sort has.
fn standard(of: &Head) -> TokenStream {
    let mut all = quote! {
        /// Id of the record, for life.
        #[sea_orm(primary_key, auto_increment = false)]
        pub id: Uuid,
        /// Who the record belongs to.
        pub owner: String,
        /// Key of the record in the system it came from.
        pub external_key: Option<String>,
        /// System the external key belongs to.
        pub source_system: Option<String>,
        /// Number of writes, from 1.
        pub version: i32,
        /// Instant the record was made.
        pub created_at: DateTimeUtc,
        /// User who made it; no foreign key, for seeds write too.
        pub created_by: Option<Uuid>,
        /// Instant of the last change.
        pub updated_at: DateTimeUtc,
        /// User who made the last change; no foreign key.
        pub updated_by: Option<Uuid>,
    };
    if of.is_national {
        all.extend(quote! {
            /// Who sees the record inside its country.
            pub visibility: model::access::Visibility,
            /// Care the record asks for when it is passed on.
            pub handling: model::access::Handling,
            /// Set of agencies and groups that share the record.
            pub shared_set_id: Option<Uuid>,
            /// Set of releases that show the record outside its owner.
            pub release_set_id: Option<Uuid>,
        });
    }
    if of.has_texts {
        all.extend(quote! {
            /// Language of the base texts (BCP 47).
            pub language: String,
            /// Texts in other languages: language -> field -> text.
            pub translations: Json,
            /// Folded texts of all languages, for searching.
            pub search: String,
        });
    }
    if of.has_editions {
        all.extend(quote! {
            /// What the next edition changes of the record.
            pub pending: Option<Json>,
        });
    }
    if of.has_editions || of.is_comment {
        all.extend(quote! {
            /// Number of the edition the record belongs to that is not in force yet.
            pub drafted_in: Option<i32>,
        });
    }
    if of.is_named {
        all.extend(quote! {
            /// What the country it names is called as an owner.
            pub named: Option<String>,
        });
    }
    all
}

/// What the fields of a declaration make.
#[derive(Default)]
struct Own {
    columns: Vec<TokenStream>,
    defs: Vec<TokenStream>,
    constants: Vec<TokenStream>,
    children: Vec<TokenStream>,
    /// Names that the declaration uses and nothing else does.
    uses: Vec<TokenStream>,
}

impl Own {
    fn add(&mut self, field: &Field) -> Result<()> {
        let Some(name) = &field.ident else { return Err(Error::new_spanned(field, "a name")) };
        let (ty, text, words) = (&field.ty, name.to_string(), doc(&field.attrs));
        let text = text.trim_start_matches("r#");
        if words.is_empty() {
            return Err(Error::new_spanned(field, "a field has a doc comment: it is text of both contracts"));
        }
        let flags = flags(field)?;
        let (outer, inner) = wrapper(ty);
        if outer == "Children" {
            let Some(of) = inner else { return Err(Error::new_spanned(ty, "`Children<Kind>`")) };
            self.uses.push(quote!(const _: Option<#ty> = None;));
            let via = flags.iter().find_map(|flag| match flag {
                Expr::Assign(pair) if ident(&pair.left).is_ok_and(|name| name == "via") => {
                    ident(&pair.right).ok()
                }
                _ => None,
            });
            let via = option(via.map(|name| name.to_string()));
            self.children.push(quote!(model::declaration::ChildrenDef {
                name: #text, doc: #words, kind: <#of as model::Kind>::NAME, via: #via,
            }));
            return Ok(());
        }
        let is_fact = flags
            .iter()
            .any(|flag| matches!(flag, Expr::Call(call) if ident(&call.func).is_ok_and(|name| name == "is" || name == "overdue")));
        let column = self.columns(name, ty, &words, is_fact);
        let constant = Ident::new(&text.to_uppercase(), name.span());
        let calls = flags.iter().map(call).collect::<Result<Vec<_>>>()?;
        self.defs.push(quote!(model::FieldDef::of::<#ty>(#text, #column, #words) #(#calls)*));
        if !is_fact {
            self.constants.push(
                quote!(#[doc = #words] pub const #constant: model::Field<#ty> = model::Field::at(#column);),
            );
        }
        Ok(())
    }

    /// Adds the columns a field is kept in; answers the name of the first.
    fn columns(&mut self, name: &Ident, ty: &Type, words: &str, is_fact: bool) -> String {
        let (outer, inner) = wrapper(ty);
        let is_optional = outer == "Option";
        let core = if is_optional {
            inner.as_ref().map_or_else(|| outer.clone(), |of| wrapper(of).0)
        } else {
            outer
        };
        if core == "Decimal" {
            self.uses.push(quote!(const _: Option<#ty> = None;));
        }
        let optional = |stored: TokenStream| if is_optional { quote!(Option<#stored>) } else { stored };
        let named = |end: &str| format_ident!("{name}{end}", span = name.span());
        let (first, stored) = match core.as_str() {
            "Ref" => (named("_id"), optional(quote!(Uuid))),
            "Refs" | "List" | "Objects" => (name.clone(), quote!(Json)),
            "Subject" | "JsonObject" => (name.clone(), optional(quote!(Json))),
            "Mask" => (name.clone(), quote!(i32)),
            "Decimal" => (name.clone(), optional(quote!(i64))),
            "Money" => (named("_minor"), optional(quote!(i64))),
            "AnyRef" => (named("_kind"), optional(quote!(String))),
            _ => (name.clone(), quote!(#ty)),
        };
        if !is_fact {
            self.columns.push(quote!(#[doc = #words] pub #first: #stored));
        }
        let second = match core.as_str() {
            "Money" => Some((named("_currency"), quote!(String))),
            "AnyRef" => Some((named("_id"), quote!(Uuid))),
            _ => None,
        };
        if let Some((column, stored)) = second {
            let stored = optional(stored);
            self.columns.push(quote!(#[doc = #words] pub #column: #stored));
            // Domain code reads the id of a reference, and the minor units of an amount.
            return if core == "AnyRef" { column.to_string() } else { first.to_string() };
        }
        first.to_string().trim_start_matches("r#").to_owned()
    }
}

/// What stands in `#[field(..)]`.
fn flags(field: &Field) -> Result<Vec<Expr>> {
    let mut all = Vec::new();
    for attribute in field.attrs.iter().filter(|one| one.path().is_ident("field")) {
        let Meta::List(list) = &attribute.meta else {
            return Err(Error::new_spanned(attribute, "`#[field(..)]`"));
        };
        all.extend(Punctuated::<Expr, Token![,]>::parse_terminated.parse2(list.tokens.clone())?);
    }
    Ok(all)
}

/// A flag as a call on `FieldDef`.
fn call(flag: &Expr) -> Result<TokenStream> {
    Ok(match flag {
        Expr::Assign(ExprAssign { left, right, .. }) => {
            let name = ident(left)?;
            match (name.to_string().as_str(), &**right) {
                ("default", Expr::Lit(literal)) => match &literal.lit {
                    Lit::Bool(truth) => quote!(.default(model::DefaultValue::Bool(#truth))),
                    number => quote!(.default(model::DefaultValue::Int(#number))),
                },
                ("default", Expr::Path(path)) if path.path.is_ident("now") => {
                    quote!(.default(model::DefaultValue::Now))
                }
                ("default", code) => quote!(.default(model::DefaultValue::Code(#code.code()))),
                ("of_state", state) => quote!(.of_state(#state.code())),
                ("filter", Expr::Lit(_)) => quote!(.filter(Some(#right), None)),
                ("not_before" | "shown_with", field) => {
                    let field = ident(field)?.to_string();
                    quote!(.#name(#field))
                }
                _ => quote!(.#name(#right)),
            }
        }
        Expr::Call(ExprCall { func, args, .. }) => {
            let name = ident(func)?;
            match (name.to_string().as_str(), args.first(), args.get(1)) {
                ("filter", Some(of), Some(words)) => quote!(.filter(Some(#of), Some(#words))),
                ("is", Some(field), Some(code)) => {
                    let field = LitStr::new(&ident(field)?.to_string(), Span::call_site());
                    quote!(.is(#field, #code.code()))
                }
                ("overdue" | "late", Some(field), Some(Expr::Array(states))) => {
                    let field = LitStr::new(&ident(field)?.to_string(), Span::call_site());
                    let states = states.elems.iter();
                    quote!(.#name(#field, &[#(#states.code()),*]))
                }
                _ => quote!(.#name(#args)),
            }
        }
        name => match ident(name)? {
            name if name == "filter" => quote!(.filter(None, None)),
            name => quote!(.#name()),
        },
    })
}

/// The outermost type and what stands within: `Option` and `Ref<Plan>`.
fn wrapper(ty: &Type) -> (String, Option<Type>) {
    let Type::Path(path) = ty else { return (String::new(), None) };
    let Some(last) = path.path.segments.last() else { return (String::new(), None) };
    let inner = match &last.arguments {
        PathArguments::AngleBracketed(within) => within.args.iter().find_map(|one| match one {
            GenericArgument::Type(ty) => Some(ty.clone()),
            _ => None,
        }),
        _ => None,
    };
    (last.ident.to_string(), inner)
}
