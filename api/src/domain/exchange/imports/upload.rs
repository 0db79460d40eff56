//! Files that are sent in parts: over weak links, each part is sent again by itself.

use std::{fs::File, io::Write};

use chrono::{DateTime, TimeDelta, Utc};
use entity::{import_upload, import_upload_part};
use kernel::{
    Code, Ctx, Error, Result,
    crypto::{Hasher, sha256},
    db::Conn,
};
use sea_orm::{
    ColumnTrait, FromQueryResult,
    sea_query::{Cond, Expr, OnConflict, Order, Query},
};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;

use super::{ImportOptions, MAX_BYTES, Sent, Started, again, start};
use crate::domain::{
    KINDS,
    exchange::{hold::Hold, kept},
};

/// Days for which an upload that is not complete is kept.
pub const UPLOAD_DAYS: i64 = 7;
/// Bytes of a part at most.
pub const MAX_PART: usize = 16 << 20;
/// Parts of a file at most.
pub const MAX_PARTS: i32 = 1000;
/// Uploads of one user that are open, at most: the oldest one gives way.
pub const MAX_UPLOADS: usize = 20;

/// A file that is sent in parts.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct ImportUpload {
    /// Id of the upload, and of the import that it becomes.
    pub id: Uuid,
    /// State: `open` until it is complete.
    pub state: String,
    /// Bytes that have come.
    pub bytes: i64,
    /// The parts that have come.
    pub parts: Vec<ImportPart>,
    /// When it was begun.
    pub created_at: DateTime<Utc>,
    /// When it is forgotten, if it is not complete.
    pub expires_at: DateTime<Utc>,
}

/// A part of a file.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema, FromQueryResult)]
pub struct ImportPart {
    /// Number of the part, from 1.
    pub number: i32,
    /// Bytes of the part.
    pub bytes: i32,
    /// SHA-256 of the part, in hexadecimal digits.
    pub sha256: String,
}

/// What is known of a file that has come whole.
#[derive(Clone, Debug, Default, Serialize, Deserialize, ToSchema)]
pub struct CompleteInput {
    /// SHA-256 of the whole file, in hexadecimal digits; where it is another one, nothing is imported.
    #[schema(pattern = "^[0-9A-Fa-f]{64}$")]
    pub sha256: Option<String>,
}

type Kept = import_upload::Model;

/// Begins a file that is sent in parts. Above the bound the oldest one of the caller gives way.
///
/// # Errors
/// `BadRequest` for settings that do not go together; `Forbidden` for who acts for no owner.
pub async fn open(ctx: &Ctx, options: &ImportOptions) -> Result<ImportUpload> {
    use import_upload::Column;

    ctx.actor.must_be_itself()?;
    options.check(&KINDS)?;
    let (Some(user), Some(owner)) = (ctx.actor.user, ctx.actor.acting.clone()) else {
        return Err(start::no_owner());
    };
    let now = ctx.clock.now();
    let upload = Kept {
        id: ctx.clock.id(),
        owner,
        user_id: user,
        api_key_id: ctx.actor.key.as_ref().map(|key| key.key),
        options: serde_json::to_value(options)?,
        created_at: now,
        expires_at: now + TimeDelta::days(UPLOAD_DAYS),
    };
    kept::insert(ctx.db.writing(), &upload).await?;
    let mine = select(ctx, Cond::all().add(Column::UserId.eq(user))).await?;
    for old in mine.iter().skip(MAX_UPLOADS) {
        forget(ctx.db.writing(), old.id).await?;
    }
    Ok(told(&upload, Vec::new()))
}

/// The caller's upload with this id.
///
/// # Errors
/// `NotFound` where it has none.
pub async fn uploaded(ctx: &Ctx, id: Uuid) -> Result<ImportUpload> {
    let upload = own(ctx, id).await?;
    Ok(told(&upload, parts(ctx, id).await?))
}

/// Keeps a part of a file, in the place of one with the same number.
///
/// # Errors
/// `NotFound` where the caller has no such upload; `BadRequest` for a number out of bounds; `Invalid` for a part without bytes;
/// `Conflict` where the file grows too large.
pub async fn keep_part(ctx: &Ctx, id: Uuid, number: &str, content: Vec<u8>) -> Result<ImportPart> {
    use import_upload_part::Column;

    own(ctx, id).await?;
    let number = number.parse::<i32>().ok().filter(|number| (1..=MAX_PARTS).contains(number));
    let number = number.ok_or_else(|| {
        Error::bad_request("/number", Code::OutOfRange, format!("parts are numbered from 1 to {MAX_PARTS}"))
    })?;
    if content.is_empty() {
        return Err(Error::invalid("", Code::Required, "a part has at least one byte"));
    }
    let bytes = i32::try_from(content.len()).unwrap_or(i32::MAX);
    let part = ImportPart { number, bytes, sha256: sha256(&[&content]) };
    let mut all = parts(ctx, id).await?;
    all.retain(|other| other.number != number);
    all.push(part.clone());
    must_fit(&all)?;
    let mut insert = Query::insert();
    insert
        .into_table(import_upload_part::Entity)
        .columns([Column::UploadId, Column::Number, Column::Sha256, Column::Content, Column::Bytes])
        .values_panic([
            Expr::val(id),
            Expr::val(number),
            Expr::val(part.sha256.as_str()),
            Expr::val(content),
            Expr::val(part.bytes),
        ]);
    let again = OnConflict::columns([Column::UploadId, Column::Number])
        .update_columns([Column::Sha256, Column::Content, Column::Bytes])
        .to_owned();
    insert.on_conflict(again);
    ctx.db.writing().run(&insert).await?;
    Ok(part)
}

/// Refuses parts that are more than a file may have.
fn must_fit(parts: &[ImportPart]) -> Result<()> {
    let bytes: u64 = parts.iter().map(|part| u64::try_from(part.bytes).unwrap_or_default()).sum();
    if bytes <= MAX_BYTES {
        return Ok(());
    }
    let text = format!("a file has at most {MAX_BYTES} bytes, and these parts have {bytes}");
    Err(Error::Conflict(Code::PayloadTooLarge, text))
}

/// Puts the parts together and starts the import. Where that was done before, or is being done, answers the import. An upload
/// that is no new import, for the same file was imported before, stays: completed again, it is answered the same.
///
/// # Errors
/// `NotFound` where the caller has no such upload; `Conflict` while another call puts it together; `Invalid` where parts are
/// missing, or the file has another hash; and as [`start`](start::start).
pub async fn complete(ctx: &Ctx, id: Uuid, input: &CompleteInput) -> Result<Started> {
    ctx.actor.must_be_itself()?;
    // Nobody holds what is somebody else's.
    if let Err(error) = own(ctx, id).await {
        return became(ctx, id, error).await;
    }
    let Some(hold) = Hold::take(ctx, id).await? else {
        let text = "another call completes this upload; repeat this one when it is done";
        return became(ctx, id, Error::Conflict(Code::IdempotencyInFlight, text.into())).await;
    };
    match whole(ctx, id, input).await {
        Ok(whole) => start::start_parts(ctx, id, whole, hold).await,
        Err(error) => {
            hold.end().await?;
            became(ctx, id, error).await
        }
    }
}

/// The import that an upload became; where there is none, why the upload is not completed.
async fn became(ctx: &Ctx, id: Uuid, error: Error) -> Result<Started> {
    match again::told(ctx, id).await {
        Ok(import) => Ok(Started::Earlier(Box::new(import))),
        Err(Error::NotFound) => Err(error),
        Err(other) => Err(other),
    }
}

/// The whole file of an upload, and how it is read and written.
async fn whole(ctx: &Ctx, id: Uuid, input: &CompleteInput) -> Result<(Sent, ImportOptions)> {
    let upload = own(ctx, id).await?;
    let parts = parts(ctx, id).await?;
    must_fit(&parts)?;
    let missing: Vec<String> = (1..=parts.last().map_or(1, |part| part.number))
        .filter(|number| parts.iter().all(|part| part.number != *number))
        .map(|number| number.to_string())
        .collect();
    if !missing.is_empty() {
        let text = format!("these parts have not come: {}", missing.join(", "));
        return Err(Error::invalid("", Code::Required, text));
    }
    let sent = together(ctx, id, &parts).await?;
    if input.sha256.as_ref().is_some_and(|expected| !expected.eq_ignore_ascii_case(&sent.sha256)) {
        let text = format!("the file has the SHA-256 {}: a part is another one than was meant", sent.sha256);
        return Err(Error::invalid("/sha256", Code::BadFormat, text));
    }
    Ok((sent, serde_json::from_value(upload.options)?))
}

/// Forgets an upload of the caller.
///
/// # Errors
/// `NotFound` where it has none.
pub async fn discard(ctx: &Ctx, id: Uuid) -> Result<()> {
    ctx.actor.must_be_itself()?;
    own(ctx, id).await?;
    forget(ctx.db.writing(), id).await
}

/// Forgets uploads whose time is over; answers how many.
///
/// # Errors
/// What the database says.
pub async fn expire_uploads(ctx: &Ctx, most: u64) -> Result<u64> {
    let over = select(ctx, Cond::all().add(import_upload::Column::ExpiresAt.lt(ctx.clock.now()))).await?;
    let most = usize::try_from(most).unwrap_or(usize::MAX);
    for upload in over.iter().take(most) {
        forget(ctx.db.writing(), upload.id).await?;
    }
    Ok(u64::try_from(over.len().min(most)).unwrap_or_default())
}

fn told(upload: &Kept, parts: Vec<ImportPart>) -> ImportUpload {
    ImportUpload {
        id: upload.id,
        state: "open".into(),
        bytes: parts.iter().map(|part| i64::from(part.bytes)).sum(),
        parts,
        created_at: upload.created_at,
        expires_at: upload.expires_at,
    }
}

async fn own(ctx: &Ctx, id: Uuid) -> Result<Kept> {
    use import_upload::Column;

    let (user, owner, key) = kept::maker(ctx)?;
    let mut which =
        Cond::all().add(Column::Id.eq(id)).add(Column::UserId.eq(user)).add(Column::Owner.eq(owner));
    if let Some(key) = key {
        which = which.add(Column::ApiKeyId.eq(key));
    }
    which = which.add(Column::ExpiresAt.gt(ctx.clock.now()));
    select(ctx, which).await?.pop().ok_or(Error::NotFound)
}

/// Uploads, the last one first.
async fn select(ctx: &Ctx, which: Cond) -> Result<Vec<Kept>> {
    kept::select::<import_upload::Entity>(ctx.db.reading(), import_upload::Column::Id, which, (None, 100))
        .await
}

async fn parts(ctx: &Ctx, id: Uuid) -> Result<Vec<ImportPart>> {
    use import_upload_part::Column;

    let mut select = Query::select();
    select.columns([Column::Number, Column::Bytes, Column::Sha256]).from(import_upload_part::Entity);
    select.and_where(Column::UploadId.eq(id)).order_by(Column::Number, Order::Asc);
    let rows = ctx.db.reading().all(&select).await?;
    rows.iter().map(|row| Ok(ImportPart::from_query_result(row, "")?)).collect()
}

/// The file of an upload, part by part.
async fn together(ctx: &Ctx, id: Uuid, parts: &[ImportPart]) -> Result<Sent> {
    use import_upload_part::Column;

    let io = |error: std::io::Error| Error::Internal(format!("a file cannot be kept: {error}"));
    let mut file: File = tempfile::tempfile().map_err(io)?;
    let (mut hash, mut bytes) = (Hasher::default(), 0);
    for part in parts {
        let mut select = Query::select();
        select.column(Column::Content).from(import_upload_part::Entity);
        select.and_where(Column::UploadId.eq(id)).and_where(Column::Number.eq(part.number));
        let row = ctx.db.reading().one(&select).await?.ok_or(Error::NotFound)?;
        let content: Vec<u8> = row.try_get_by_index(0)?;
        hash.update(&content);
        file.write_all(&content).map_err(io)?;
        bytes += u64::try_from(content.len()).unwrap_or_default();
    }
    Ok(Sent { file, bytes, sha256: hash.done() })
}

/// Deletes an upload with its parts.
///
/// # Errors
/// What the database says.
pub(super) async fn forget(conn: Conn<'_>, id: Uuid) -> Result<()> {
    let mut parts = Query::delete();
    parts.from_table(import_upload_part::Entity).and_where(import_upload_part::Column::UploadId.eq(id));
    conn.run(&parts).await?;
    let mut whole = Query::delete();
    whole.from_table(import_upload::Entity).and_where(import_upload::Column::Id.eq(id));
    conn.run(&whole).await?;
    Ok(())
}
