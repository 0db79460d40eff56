//! Addresses of calendars: each holds a token, by which a program that shows calendars reads one as its person.
//!
//! A token has 256 random bits and is shown once; its SHA-256 is stored, apart from the record. Who reads is looked up at
//! each call: what the person may see now, and nothing once its account or its grants have ended.

use std::{net::IpAddr, sync::Arc};

use chrono::{DateTime, Utc};
use entity::{Calendar, calendar, calendar_token, user, vocab::CalendarStatus};
use kernel::{
    actor::Actor,
    ctx::Ctx,
    db::Conn,
    error::{Error, Result},
    view::Locale,
};
use sea_orm::{
    ActiveEnum,
    sea_query::{Expr, ExprTrait, Query, SelectStatement},
};
use uuid::Uuid;

use super::{
    keys::KeyRing,
    session::{Secret, hash_of},
    standing::{grants, is_open, stand},
    throttle::{self, Ending},
};
use crate::domain::Registered;

/// How every token begins.
const MARK: &str = "cal_";
/// Characters of the part that is secret: 256 bits in base64.
const SECRET: usize = 43;
/// Characters of an id: what is longer where an id belongs may be a token.
const ID: usize = 36;

/// A token that was taken off the address of a request, or what stood in its place.
#[derive(Clone)]
pub struct Token(String);

impl std::fmt::Debug for Token {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Token")
    }
}

impl Token {
    /// Takes the token off what stands in an address in the place of an id, with its ending; none where that is short as an
    /// id is, and so is none.
    #[must_use]
    pub fn take(segment: &str) -> Option<(Self, &'static str)> {
        if segment.len() <= ID {
            return None;
        }
        let ending =
            [".ics", ".json"].into_iter().find(|ending| segment.ends_with(ending)).unwrap_or_default();
        let text = segment.strip_suffix(ending).unwrap_or(segment);
        Some((Self(text.to_owned()), ending))
    }

    /// Who pays for reading at the address: a caller of its own, told by the hash before anything is looked up.
    #[must_use]
    pub fn payer(&self) -> Uuid {
        let hash = hex::decode(hash_of(&self.0)).unwrap_or_default();
        Uuid::from_bytes(std::array::from_fn(|at| hash.get(at).copied().unwrap_or_default()))
    }

    /// The hash of what may be a token by its form.
    fn hash(&self) -> Option<String> {
        let is_base64 = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'-' || byte == b'_';
        let secret = self.0.strip_prefix(MARK)?;
        (secret.len() == SECRET && secret.bytes().all(is_base64)).then(|| hash_of(&self.0))
    }
}

/// Makes the token of a calendar that was just made, and stores its hash.
///
/// # Errors
/// What the database says.
pub async fn give(conn: Conn<'_>, calendar: Uuid) -> Result<String> {
    use calendar_token::{Column, Entity};
    let text = format!("{MARK}{}", Secret::new()?.expose());
    let mut row = Query::insert();
    row.into_table(Entity).columns([Column::CalendarId, Column::Hash]);
    row.values_panic([Expr::val(calendar), Expr::val(hash_of(&text))]);
    conn.run(&row).await?;
    Ok(text)
}

/// Finds the calendar of a token, and who reads it: its person, as that one stands now under the owner of the calendar.
///
/// # Errors
/// `NotFound` for a token that is none, has ended, or whose person has no grant of the owner any more: nobody learns which;
/// `TooManyAttempts` for a network that shows many of them; what the database says.
pub async fn read(ctx: &Ctx, ring: &KeyRing, token: &Token, from: Option<IpAddr>) -> Result<(Ctx, Uuid)> {
    let found = match token.hash() {
        Some(hash) => reader(ctx, &hash).await?,
        None => None,
    };
    let Some((reader, language, calendar)) = found else {
        return Err(throttle::refuse(ctx, ring, from, (Ending::WrongCalendar, Error::NotFound)).await?);
    };
    ctx.standings.note_use(Calendar::def().name, calendar, ctx.clock.now());
    let mut ctx = ctx.acting(reader);
    if let Some(language) = language.filter(|_| ctx.locale.chain.is_empty()) {
        ctx.locale = Arc::new(Locale { chain: vec![language], all: false });
    }
    Ok((ctx, calendar))
}

async fn reader(ctx: &Ctx, hash: &str) -> Result<Option<(Actor, Option<String>, Uuid)>> {
    let Some(row) = ctx.db.reading().one(&select(ctx.clock.now(), hash)).await? else { return Ok(None) };
    let owner: String = row.try_get_by_index(1)?;
    let user: Uuid = row.try_get_by_index(2)?;
    let mut actor = Actor::anonymous();
    actor.user = Some(user);
    actor.number = row.try_get_by_index(3)?;
    actor.grants = grants(ctx, user).await?;
    actor.grants.retain(|grant| grant.owner == owner);
    if actor.grants.is_empty() {
        return Ok(None);
    }
    actor.acting = Some(owner);
    let (actor, _) = stand(ctx, actor, DateTime::<Utc>::MAX_UTC).await?;
    Ok(Some((actor, row.try_get_by_index(4)?, row.try_get_by_index(0)?)))
}

fn select(now: DateTime<Utc>, hash: &str) -> SelectStatement {
    use calendar::Column;
    let of = |column| Expr::col((calendar::Entity, column));
    let token = |column| Expr::col((calendar_token::Entity, column));
    Query::select()
        .exprs([Column::Id, Column::Owner, Column::UserId].map(of))
        .columns([user::Column::Number, user::Column::Language].map(|column| (user::Entity, column)))
        .from(calendar_token::Entity)
        .inner_join(
            calendar::Entity,
            of(Column::Id).equals((calendar_token::Entity, calendar_token::Column::CalendarId)),
        )
        .inner_join(user::Entity, of(Column::UserId).equals((user::Entity, user::Column::Id)))
        .and_where(token(calendar_token::Column::Hash).eq(hash))
        .and_where(of(Column::Status).eq(CalendarStatus::Active.to_value()))
        .and_where(of(Column::ExpiresAt).is_null().or(of(Column::ExpiresAt).gt(now)))
        .and_where(is_open(now))
        .take()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_longer_than_an_id_is_no_part_of_an_address() {
        let secret = "A".repeat(SECRET);
        let taken = |text: &str| Token::take(text).map(|(token, ending)| (token.hash().is_some(), ending));

        assert_eq!(taken(&format!("cal_{secret}.ics")), Some((true, ".ics")));
        assert_eq!(taken(&format!("cal_{secret}.json")), Some((true, ".json")));
        assert_eq!(taken(&format!("cal_{secret}")), Some((true, "")));
        assert_eq!(taken(&format!("cal_{secret}.pdf")), Some((false, "")));
        assert_eq!(taken(&format!("cal%5F{secret}.ics")), Some((false, ".ics")));
        assert_eq!(taken("0198c0de-0000-7000-8000-000000000001"), None);
        assert_eq!(taken("cal_short.ics"), None);
    }
}
