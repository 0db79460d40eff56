//! Cursors of the feed: sealed, for the place in the log says how much others write.

use aws_lc_rs::hmac;
use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use kernel::{
    Code, Ctx, Error, Result,
    change::feed::{Position, Proof, Told},
    crypto,
};

/// A place in the log, and the rights under which it was reached.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Mark {
    pub(super) position: Position,
    /// As [`kernel::change::feed::Stretch::begun`].
    pub(super) begun: i64,
    /// Of the log it was reached in.
    pub(super) proof: Proof,
    pub(super) rights: [u8; 16],
}

impl Mark {
    /// The text that stands for it, for this caller only.
    pub(super) fn seal(self, ctx: &Ctx) -> Result<String> {
        let mut bytes = self.position.seq.to_be_bytes().to_vec();
        bytes.extend(self.position.ordinal.to_be_bytes());
        bytes.push(u8::from(self.position.told == Told::All));
        bytes.extend(self.rights);
        bytes.extend(self.begun.to_be_bytes());
        bytes.extend(self.proof.seq.to_be_bytes());
        bytes.extend(self.proof.hash.to_be_bytes());
        let sealed = crypto::seal(key(ctx).as_ref(), &ctx.actor.fingerprint(), &bytes);
        Ok(URL_SAFE_NO_PAD.encode(sealed.ok_or_else(|| Error::Internal("a cursor cannot be sealed".into()))?))
    }

    /// Reads what [`Self::seal`] wrote for this caller.
    ///
    /// # Errors
    /// `BadRequest(CursorInvalid)` for anything else.
    pub(super) fn open(ctx: &Ctx, text: &str) -> Result<Self> {
        Self::read(ctx, text).ok_or_else(|| {
            let why = "the cursor was not made for you by this feed; begin without one, or with `now`";
            Error::bad_request("?after", Code::CursorInvalid, why)
        })
    }

    /// The mark, if the caller's rights are still those.
    ///
    /// # Errors
    /// `Gone` if they are not.
    pub(super) fn under(self, rights: [u8; 16]) -> Result<Self> {
        if self.rights == rights {
            return Ok(self);
        }
        let why = "what you may see has changed; take a cursor with `after=now`, read the lists anew, go on from there";
        Err(Error::Gone(Code::RightsChanged, why.into()))
    }

    fn read(ctx: &Ctx, text: &str) -> Option<Self> {
        let plain =
            crypto::unseal(key(ctx).as_ref(), &ctx.actor.fingerprint(), URL_SAFE_NO_PAD.decode(text).ok()?)?;
        let (seq, rest) = plain.split_first_chunk()?;
        let (ordinal, rest) = rest.split_first_chunk()?;
        let (told, rest) = rest.split_first()?;
        // Cursors of release 0.1.0 end with the rights.
        let (rights, rest) = rest.split_first_chunk()?;
        let mut numbers = rest.chunks_exact(8).filter_map(<[u8]>::first_chunk);
        let begun = numbers.next().map_or(0, |begun| i64::from_be_bytes(*begun));
        let seq_proved = numbers.next().map_or(0, |seq| i64::from_be_bytes(*seq));
        let hash = numbers.next().map_or(0, |hash| u64::from_be_bytes(*hash));
        let proof = Proof { seq: seq_proved, hash };
        let told = if *told == 0 { Told::Own } else { Told::All };
        let position =
            Position { seq: i64::from_be_bytes(*seq), ordinal: i32::from_be_bytes(*ordinal), told };
        Some(Self { position, begun, proof, rights: *rights })
    }
}

/// The key of these cursors, made from the one of all cursors.
fn key(ctx: &Ctx) -> hmac::Tag {
    hmac::sign(&hmac::Key::new(hmac::HMAC_SHA256, &ctx.cursor_key), b"cursors of the feed")
}
