//! Everything that is kept of a person, in one document.

use std::collections::BTreeSet;

use async_graphql::SimpleObject;
use chrono::{DateTime, Utc};
use entity::{
    ApiKey, Calendar, Grant, User, api_key, calendar, credential, grant, identity, password_token,
    recovery_code, second_factor, session, user,
};
use kernel::{
    Ctx, Error, KindDef, Result, change,
    change::Span,
    policy::{Verb, authorize},
    render::{Detail, Renderer},
    row::Row,
    scalar::Object,
    store,
};
use sea_orm::{
    QueryResult,
    sea_query::{Alias, Cond, Expr, ExprTrait, Func, Query, SelectStatement},
};
use serde::Serialize;
use utoipa::ToSchema;
use uuid::Uuid;

use crate::domain::{
    Registered,
    history::{HistoryEntry, histories},
};

/// Everything that is kept of a person; no secrets.
#[derive(Clone, Debug, Serialize, ToSchema, SimpleObject)]
pub struct PersonExport {
    /// Instant of the export.
    pub exported_at: DateTime<Utc>,
    /// The account.
    #[schema(value_type = std::collections::BTreeMap<String, serde_json::Value>)]
    pub account: Object,
    /// Number that stands for the person in the change log; it stays when the person is erased.
    pub number: i64,
    /// The grants, accepted or not.
    #[schema(value_type = Vec<std::collections::BTreeMap<String, serde_json::Value>>)]
    pub grants: Vec<Object>,
    /// The API keys.
    #[schema(value_type = Vec<std::collections::BTreeMap<String, serde_json::Value>>)]
    pub api_keys: Vec<Object>,
    /// The calendars.
    #[schema(value_type = Vec<std::collections::BTreeMap<String, serde_json::Value>>)]
    pub calendars: Vec<Object>,
    /// The sessions that are kept, over or not.
    pub sessions: Vec<KeptSession>,
    /// The subjects of trusted issuers that mean the person.
    pub identities: Vec<KeptIdentity>,
    /// What signing in knows of the person.
    pub sign_in: KeptSignIn,
    /// Instants of the calls of the last day that the person may repeat by their idempotency keys.
    pub repeatable_calls: Vec<DateTime<Utc>>,
    /// What the log keeps of the account, oldest first.
    pub account_history: Vec<HistoryEntry>,
    /// What the log keeps of the grants, past ones too, grant by grant.
    pub grant_history: Vec<HistoryEntry>,
    /// What the person wrote.
    pub written: KeptWrites,
}

/// A session, as far as it is kept.
#[derive(Clone, Debug, Serialize, ToSchema, SimpleObject)]
pub struct KeptSession {
    /// Identifier of the session.
    pub id: Uuid,
    /// Instant of signing in.
    pub created_at: DateTime<Utc>,
    /// Instant of the latest refresh.
    pub refreshed_at: DateTime<Utc>,
    /// Instant it ends by itself.
    pub expires_at: DateTime<Utc>,
    /// Instant it was ended.
    pub revoked_at: Option<DateTime<Utc>>,
    /// What signed in, as it named itself.
    pub user_agent: Option<String>,
}

/// A subject of a trusted issuer.
#[derive(Clone, Debug, Serialize, ToSchema, SimpleObject)]
pub struct KeptIdentity {
    /// The issuer.
    pub issuer: String,
    /// The person, as the issuer names it.
    pub subject: String,
    /// Instant of the link.
    pub created_at: DateTime<Utc>,
}

/// What signing in knows of a person, without what is secret.
#[derive(Clone, Debug, Serialize, ToSchema, SimpleObject)]
pub struct KeptSignIn {
    /// Instant the password was set; null where there is none.
    pub password_set_at: Option<DateTime<Utc>>,
    /// Instant the second factor was made; null where there is none.
    pub second_factor_made_at: Option<DateTime<Utc>>,
    /// Recovery codes that are left.
    pub recovery_codes: i64,
    /// Instant a token to set a password ends to be good; null where there is none.
    pub password_token_until: Option<DateTime<Utc>>,
}

/// How much a person wrote; what it was stands in the records of their owners.
#[derive(Clone, Debug, Serialize, ToSchema, SimpleObject)]
pub struct KeptWrites {
    /// Change sets in the log.
    pub change_sets: i64,
    /// Instant of the first.
    pub first_at: Option<DateTime<Utc>>,
    /// Instant of the last.
    pub last_at: Option<DateTime<Utc>>,
}

/// Collects everything that is kept of a person, for itself and for the operator.
///
/// # Errors
/// `NotFound` if the account is not visible; `Forbidden` to all others who see it; what the database says.
pub async fn export(ctx: &Ctx, person: Uuid) -> Result<PersonExport> {
    let account = store::get(ctx, User::def(), person).await?;
    authorize(&ctx.actor, Verb::Update, User::def(), &account.scope())
        .map_err(|_| Error::Forbidden("only the person itself and the operator export an account".into()))?;
    let conn = ctx.db.reading();
    let of_person = Cond::all().add(Grant::def().col(grant::USER.column).eq(person));
    let grants = store::all(conn, Grant::def(), of_person).await?;
    let of_its = Cond::all().add(Calendar::def().col(calendar::USER.column).eq(person));
    let of_person = Cond::all().add(ApiKey::def().col(api_key::USER.column).eq(person));
    if ctx.actor.user != Some(person) {
        for held in &grants {
            ctx.note_export(held.owner(), User::def());
        }
    }
    let keys = store::all(conn, ApiKey::def(), of_person).await?;
    let calendars = store::all(conn, Calendar::def(), of_its).await?;
    let past = change::records_about(conn, Grant::def(), person).await?;
    let number = account.read(user::NUMBER).unwrap_or_default();
    let written = change::written_by(conn, number).await?;
    Ok(PersonExport {
        exported_at: ctx.clock.now(),
        account: shown(ctx, User::def(), &[account]).await?.pop().ok_or(Error::NotFound)?,
        number,
        grants: shown(ctx, Grant::def(), &grants).await?,
        api_keys: shown(ctx, ApiKey::def(), &keys).await?,
        calendars: shown(ctx, Calendar::def(), &calendars).await?,
        sessions: sessions(ctx, person).await?,
        identities: identities(ctx, person).await?,
        sign_in: sign_in(ctx, person).await?,
        repeatable_calls: instants(ctx, &calls(person)).await?,
        account_history: whole_history(ctx, User::def(), &[person].into()).await?,
        grant_history: whole_history(ctx, Grant::def(), &past).await?,
        written: KeptWrites {
            change_sets: written.sets,
            first_at: written.first_at,
            last_at: written.last_at,
        },
    })
}

async fn shown(ctx: &Ctx, def: &'static KindDef, rows: &[Row]) -> Result<Vec<Object>> {
    let renderer = Renderer::on(ctx, def, rows, Detail::Single).await?;
    let one = |row| Ok(Object(serde_json::to_value(renderer.shown(row))?));
    rows.iter().map(one).collect()
}

async fn whole_history(ctx: &Ctx, def: &'static KindDef, ids: &BTreeSet<Uuid>) -> Result<Vec<HistoryEntry>> {
    let span = Span { after: 0, limit: usize::MAX };
    let mut found: Vec<_> = histories(ctx, def, ids, span).await?.into_iter().collect();
    found.sort_by_key(|(id, _)| *id);
    Ok(found.into_iter().flat_map(|(_, history)| history.items).collect())
}

async fn sessions(ctx: &Ctx, person: Uuid) -> Result<Vec<KeptSession>> {
    use session::Column;
    let columns = [
        Column::Id,
        Column::CreatedAt,
        Column::RefreshedAt,
        Column::ExpiresAt,
        Column::RevokedAt,
        Column::UserAgent,
    ];
    let select = Query::select()
        .columns(columns)
        .from(session::Entity)
        .and_where(Expr::col(Column::UserId).eq(person))
        .order_by(Column::Id, sea_orm::Order::Asc)
        .take();
    let one = |row: &QueryResult| {
        Ok(KeptSession {
            id: row.try_get_by_index(0)?,
            created_at: row.try_get_by_index(1)?,
            refreshed_at: row.try_get_by_index(2)?,
            expires_at: row.try_get_by_index(3)?,
            revoked_at: row.try_get_by_index(4)?,
            user_agent: row.try_get_by_index(5)?,
        })
    };
    ctx.db.reading().all(&select).await?.iter().map(one).collect()
}

async fn identities(ctx: &Ctx, person: Uuid) -> Result<Vec<KeptIdentity>> {
    use identity::Column;
    let select = Query::select()
        .columns([Column::Issuer, Column::Subject, Column::CreatedAt])
        .from(identity::Entity)
        .and_where(Expr::col(Column::UserId).eq(person))
        .order_by(Column::Id, sea_orm::Order::Asc)
        .take();
    let one = |row: &QueryResult| {
        let (issuer, subject) = (row.try_get_by_index(0)?, row.try_get_by_index(1)?);
        Ok(KeptIdentity { issuer, subject, created_at: row.try_get_by_index(2)? })
    };
    ctx.db.reading().all(&select).await?.iter().map(one).collect()
}

async fn sign_in(ctx: &Ctx, person: Uuid) -> Result<KeptSignIn> {
    let password = Query::select()
        .column(credential::Column::ChangedAt)
        .from(credential::Entity)
        .and_where(Expr::col(credential::Column::UserId).eq(person))
        .take();
    let factor = Query::select()
        .column(second_factor::Column::CreatedAt)
        .from(second_factor::Entity)
        .and_where(Expr::col(second_factor::Column::UserId).eq(person))
        .take();
    let token = Query::select()
        .column(password_token::Column::ExpiresAt)
        .from(password_token::Entity)
        .and_where(Expr::col(password_token::Column::UserId).eq(person))
        .take();
    let codes = Query::select()
        .expr(Func::count(Expr::val(1)))
        .from(recovery_code::Entity)
        .and_where(Expr::col(recovery_code::Column::UserId).eq(person))
        .take();
    let codes = ctx.db.reading().one(&codes).await?;
    Ok(KeptSignIn {
        password_set_at: instants(ctx, &password).await?.pop(),
        second_factor_made_at: instants(ctx, &factor).await?.pop(),
        recovery_codes: codes.map(|row| row.try_get_by_index(0)).transpose()?.unwrap_or_default(),
        password_token_until: instants(ctx, &token).await?.pop(),
    })
}

fn calls(person: Uuid) -> SelectStatement {
    Query::select()
        .column(Alias::new("created_at"))
        .from(Alias::new("idempotency_key"))
        .and_where(Expr::col(Alias::new("user_id")).eq(person))
        .order_by(Alias::new("created_at"), sea_orm::Order::Asc)
        .take()
}

async fn instants(ctx: &Ctx, select: &SelectStatement) -> Result<Vec<DateTime<Utc>>> {
    ctx.db.reading().all(select).await?.iter().map(|row| Ok(row.try_get_by_index(0)?)).collect()
}
