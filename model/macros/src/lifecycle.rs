//! The macro `lifecycle`.
//!
//! `TASK, state status, reason status_reason, before status_before_block, working next_status next_reason, recorded;` and then a line
//! for each move: `/// Doc.` `block: Assigned | InProgress => Blocked, by Contributor, takes [due_on, body!],
//! needs [reason, due_on, some_fact()], remembers, act, working;`

use proc_macro2::TokenStream;
use quote::{ToTokens, quote};
use syn::{
    Attribute, Ident, Result, Token, bracketed,
    ext::IdentExt,
    parenthesized,
    parse::{Parse, ParseStream},
};

use super::{doc, snake};

struct Head {
    name: Ident,
    state: String,
    reason: String,
    before: Option<String>,
    working: Option<(String, String)>,
    is_recorded: bool,
}

struct Step {
    doc: String,
    name: String,
    from: Vec<String>,
    to: String,
    by: Ident,
    takes: Vec<(String, bool)>,
    needs: Vec<(String, bool)>,
    is_remembered: bool,
    is_act: bool,
    is_working: bool,
}

struct Whole(Head, Vec<Step>);

fn word(input: ParseStream<'_>) -> Result<String> {
    Ok(Ident::parse_any(input)?.unraw().to_string())
}

impl Parse for Head {
    fn parse(input: ParseStream<'_>) -> Result<Self> {
        let mut head = Self {
            name: input.parse()?,
            state: "status".into(),
            reason: "status_reason".into(),
            before: None,
            working: None,
            is_recorded: false,
        };
        while input.parse::<Option<Token![,]>>()?.is_some() {
            match word(input)?.as_str() {
                "state" => head.state = word(input)?,
                "reason" => head.reason = word(input)?,
                "before" => head.before = Some(word(input)?),
                "working" => head.working = Some((word(input)?, word(input)?)),
                "recorded" => head.is_recorded = true,
                other => return Err(input.error(format!("`{other}` is nothing a lifecycle says of itself"))),
            }
        }
        input.parse::<Token![;]>()?;
        Ok(head)
    }
}

impl Parse for Step {
    fn parse(input: ParseStream<'_>) -> Result<Self> {
        let attributes = input.call(Attribute::parse_outer)?;
        let name = word(input)?;
        input.parse::<Token![:]>()?;
        let mut from = vec![snake(&word(input)?)];
        while input.parse::<Option<Token![|]>>()?.is_some() {
            from.push(snake(&word(input)?));
        }
        input.parse::<Token![=>]>()?;
        let to = word(input)?;
        let mut step = Self {
            doc: doc(&attributes),
            name,
            from,
            to: snake(&to),
            by: Ident::new("Full", input.span()),
            takes: Vec::new(),
            needs: Vec::new(),
            is_remembered: false,
            is_act: false,
            is_working: false,
        };
        while input.parse::<Option<Token![,]>>()?.is_some() {
            match word(input)?.as_str() {
                "by" => step.by = input.parse()?,
                "takes" => step.takes = list(input)?,
                "needs" => step.needs = list(input)?,
                "remembers" => step.is_remembered = true,
                "act" => step.is_act = true,
                "working" => step.is_working = true,
                other => return Err(input.error(format!("`{other}` is nothing a move says of itself"))),
            }
        }
        input.parse::<Token![;]>()?;
        Ok(step)
    }
}

/// Names in brackets, each with whether it is marked: by `!` or by `()`.
fn list(input: ParseStream<'_>) -> Result<Vec<(String, bool)>> {
    let inside;
    bracketed!(inside in input);
    let mut all = Vec::new();
    while !inside.is_empty() {
        let name = word(&inside)?;
        let mut is_marked = inside.parse::<Option<Token![!]>>()?.is_some();
        if inside.peek(syn::token::Paren) {
            let _empty;
            parenthesized!(_empty in inside);
            is_marked = true;
        }
        all.push((name, is_marked));
        inside.parse::<Option<Token![,]>>()?;
    }
    Ok(all)
}

impl Parse for Whole {
    fn parse(input: ParseStream<'_>) -> Result<Self> {
        let head = input.parse()?;
        let mut steps = Vec::new();
        while !input.is_empty() {
            steps.push(input.parse()?);
        }
        Ok(Self(head, steps))
    }
}

impl ToTokens for Step {
    fn to_tokens(&self, out: &mut TokenStream) {
        let Self { doc, name, from, by, is_remembered, is_act, is_working, .. } = self;
        let to = match self.to.as_str() {
            "back" => quote!(model::lifecycle::To::Back),
            "same" => quote!(model::lifecycle::To::Same),
            state => quote!(model::lifecycle::To::State(#state)),
        };
        let act = [("act_body", true), ("act_number", true), ("act_on", true), ("act_source", false)];
        let act =
            act.iter().filter(|_| *is_act).map(|(name, is_required)| ((*name).to_owned(), *is_required));
        let takes = self.takes.iter().cloned().chain(act).map(|(field, is_required)| {
            quote!(model::lifecycle::Taken { field: #field, is_required: #is_required })
        });
        let act = ["act_body", "act_number", "act_on"].into_iter().filter(|_| *is_act);
        let act = act.map(|name| (name.to_owned(), false));
        let needs =
            self.needs.iter().cloned().chain(act).map(|(name, is_fact)| match (name.as_str(), is_fact) {
                ("reason", _) => quote!(model::Need::Reason),
                (_, true) => quote!(model::Need::Fact(#name)),
                (_, false) => quote!(model::Need::Field(#name)),
            });
        out.extend(quote! {
            model::Move {
                name: #name, doc: #doc, from: &[#(#from),*], to: #to, by: model::By::#by, takes: &[#(#takes),*],
                needs: &[#(#needs),*], is_remembered: #is_remembered, is_act: #is_act,
                is_working: #is_working,
            }
        });
    }
}

pub fn expand(item: TokenStream) -> Result<TokenStream> {
    let Whole(head, steps) = syn::parse2(item)?;
    let Head { name, state, reason, before, working, is_recorded } = head;
    let before = super::option(before);
    let working =
        if let Some((state, reason)) = working { quote!(Some((#state, #reason))) } else { quote!(None) };
    Ok(quote! {
        pub(crate) static #name: model::Lifecycle = model::Lifecycle {
            state: #state, reason: #reason, before: #before, working: #working,
            is_recorded: #is_recorded, moves: &[#(#steps),*],
        };
    })
}
