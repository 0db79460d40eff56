//! The file of a bundle: lines of JSON, each with the hash of the one before, the last one signed.
//!
//! Nothing here asks a database, so a file is verified wherever it is.

use std::io::BufRead;

use aws_lc_rs::signature::{ED25519, Ed25519KeyPair, KeyPair, UnparsedPublicKey};
use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use chrono::{DateTime, Utc};
use kernel::{
    Error, Result,
    crypto::{Hasher, sha256},
    scalar::Subject,
};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value as Json};
use uuid::Uuid;

pub use aws_lc_rs::signature::Ed25519KeyPair as Signer;

/// Name of the form.
pub const FORMAT: &str = "concord-bundle/1";
/// Bytes of a line at most.
const MAX_LINE: u64 = 8 << 20;

/// A line with its number and the SHA-256 of the line before, without its end.
#[derive(Debug, Serialize, Deserialize)]
struct Linked {
    n: u64,
    prev: String,
    #[serde(flatten)]
    line: Line,
}

/// What a line says.
#[derive(Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Line {
    /// What the bundle is: the first line.
    Bundle(Header),
    /// A release that shows records of it.
    Release(SentRelease),
    /// A record.
    Record(SentRecord),
    /// The signature: the last line.
    End(End),
}

/// What a bundle is.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Header {
    /// Name of the form, with its number.
    pub format: String,
    /// Id of the bundle.
    pub id: Uuid,
    /// Owner of all its records.
    pub owner: String,
    /// The audiences that it is for.
    pub audiences: Vec<String>,
    /// The one plan it holds; else it holds everything that its owner releases to these audiences.
    pub plan: Option<Uuid>,
    /// Instant that the records tell of.
    pub made_at: DateTime<Utc>,
    /// Instant from which it shows nothing.
    pub valid_until: DateTime<Utc>,
}

/// A release, as far as the audiences of the bundle are concerned.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SentRelease {
    /// Id of the release.
    pub id: Uuid,
    /// Those of its audiences that the bundle reaches: what it is for, and everybody.
    pub audiences: Vec<String>,
    /// What it shows.
    pub subject: Subject,
    /// When it began.
    pub from_at: DateTime<Utc>,
    /// When it ends.
    pub until_at: Option<DateTime<Utc>>,
}

/// A record, as a reader in the audiences is shown it, in all its languages.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct SentRecord {
    /// Its kind.
    pub kind: String,
    /// The releases of the bundle that show it.
    pub releases: Vec<Uuid>,
    /// Its members.
    pub record: Map<String, Json>,
}

impl SentRecord {
    /// The id that its members say.
    pub(super) fn id(&self) -> Option<Uuid> {
        self.record.get("id")?.as_str()?.parse().ok()
    }
}

/// The id of a record that is shown, or of one that it refers to.
pub(super) fn id_of(shown: &Json) -> Option<Uuid> {
    shown.get("id")?.as_str()?.parse().ok()
}

/// The end of a bundle.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct End {
    /// Records in the bundle.
    pub records: u64,
    /// Public key (Ed25519, base64url) of who signed it.
    pub key: String,
    /// Signature (Ed25519, base64url) over the form, the hash before, and the numbers of lines and records.
    pub signature: String,
}

/// Why a file is no bundle, or not as it was signed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Broken {
    /// The line, from 1 on.
    pub line: u64,
    /// What is wrong there.
    pub text: String,
}

/// A bundle that is as it was signed, by whoever has the key.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Checked {
    /// What it is.
    pub header: Header,
    /// Public key of who signed it.
    pub key: String,
    /// Records in it.
    pub records: u64,
    /// SHA-256 of the file, in hexadecimal digits.
    pub sha256: String,
}

/// What is signed.
fn sealed(prev: &str, lines: u64, records: u64) -> String {
    format!("{FORMAT}\n{prev}\n{lines}\n{records}")
}

/// Lines on their way into a file.
#[derive(Debug)]
pub struct Chain {
    lines: u64,
    records: u64,
    prev: String,
}

impl Default for Chain {
    fn default() -> Self {
        Self { lines: 0, records: 0, prev: "0".repeat(64) }
    }
}

impl Chain {
    /// Records by now.
    #[must_use]
    pub const fn records(&self) -> u64 {
        self.records
    }

    /// Adds a line.
    ///
    /// # Errors
    /// `Internal` if it cannot be written.
    pub fn add(&mut self, line: Line, to: &mut Vec<u8>) -> Result<()> {
        self.lines += 1;
        self.records += u64::from(matches!(line, Line::Record(_)));
        let from = to.len();
        serde_json::to_writer(
            &mut *to,
            &Linked { n: self.lines, prev: std::mem::take(&mut self.prev), line },
        )?;
        self.prev = sha256(&[to.get(from..).unwrap_or_default()]);
        to.push(b'\n');
        Ok(())
    }

    /// Adds the signature; answers how many records there are.
    ///
    /// # Errors
    /// `Internal` if it cannot be written.
    pub fn sign(mut self, pair: &Ed25519KeyPair, to: &mut Vec<u8>) -> Result<u64> {
        let (key, records) = (public(pair), self.records);
        let signature = pair.sign(sealed(&self.prev, self.lines, records).as_bytes());
        self.add(Line::End(End { records, key, signature: URL_SAFE_NO_PAD.encode(signature) }), to)?;
        Ok(records)
    }
}

/// The public half of a pair, as files and people write it.
#[must_use]
pub fn public(pair: &Ed25519KeyPair) -> String {
    URL_SAFE_NO_PAD.encode(pair.public_key())
}

/// A public key as it is written; none where it is none.
#[must_use]
pub fn read_key(text: &str) -> Option<String> {
    let bytes = URL_SAFE_NO_PAD.decode(text.trim().trim_end_matches('=')).ok()?;
    (bytes.len() == 32).then(|| URL_SAFE_NO_PAD.encode(bytes))
}

/// Reads a bundle from its beginning to its end and tells `each` what its lines say but the first and the last one, before
/// it is known whether it is as it was signed.
///
/// # Errors
/// The first thing that is wrong; what `each` returned.
pub fn read(
    mut input: impl BufRead,
    mut each: impl FnMut(u64, Line) -> Result<(), Broken>,
) -> Result<Checked, Broken> {
    let (mut prev, mut n, mut records) = ("0".repeat(64), 0_u64, 0_u64);
    let (mut header, mut whole, mut bytes) = (None::<Header>, Hasher::default(), Vec::new());
    loop {
        n += 1;
        let broken = |text: &str| Broken { line: n, text: text.to_owned() };
        bytes.clear();
        let mut line = std::io::Read::take(&mut input, MAX_LINE);
        line.read_until(b'\n', &mut bytes).map_err(|error| broken(&format!("it cannot be read: {error}")))?;
        if bytes.is_empty() {
            return Err(broken("it ends before its signature"));
        }
        whole.update(&bytes);
        if bytes.pop() != Some(b'\n') {
            return Err(broken("the line is cut off, or longer than 8 MiB"));
        }
        let linked: Linked =
            serde_json::from_slice(&bytes).map_err(|_| broken("the line is none of a bundle"))?;
        if linked.n != n || linked.prev != prev {
            return Err(broken(
                "the line does not follow from the one before: something was changed or left out",
            ));
        }
        match linked.line {
            Line::Bundle(first) if n == 1 && first.format == FORMAT => header = Some(first),
            Line::Bundle(first) if n == 1 => {
                return Err(broken(&format!("its form is {:?}, this is {FORMAT}", first.format)));
            }
            Line::End(end) => {
                let header = header.ok_or_else(|| broken("it does not say what it is"))?;
                let rest =
                    input.fill_buf().map_err(|error| broken(&format!("it cannot be read: {error}")))?;
                if !rest.is_empty() || end.records != records {
                    return Err(broken("there is more, or less, than was signed"));
                }
                let key = read_key(&end.key).ok_or_else(|| broken("its key is none of Ed25519"))?;
                verify(&key, &sealed(&prev, n - 1, records), &end.signature)
                    .ok_or_else(|| broken("its signature is not by its key"))?;
                return Ok(Checked { header, key, records, sha256: whole.done() });
            }
            Line::Bundle(_) => return Err(broken("it says twice what it is")),
            _ if header.is_none() => return Err(broken("it does not begin with what it is")),
            line => {
                records += u64::from(matches!(line, Line::Record(_)));
                each(n, line)?;
            }
        }
        prev = sha256(&[&bytes]);
    }
}

fn verify(key: &str, text: &str, signature: &str) -> Option<()> {
    let (key, signature) = (URL_SAFE_NO_PAD.decode(key).ok()?, URL_SAFE_NO_PAD.decode(signature).ok()?);
    UnparsedPublicKey::new(&ED25519, key).verify(text.as_bytes(), &signature).ok()
}

/// A pair from its seed.
///
/// # Errors
/// `Internal` where it is none.
pub fn pair(seed: &[u8]) -> Result<Ed25519KeyPair> {
    Ed25519KeyPair::from_seed_unchecked(seed)
        .map_err(|_| Error::Internal("no key follows from the secret".into()))
}

#[cfg(test)]
mod tests {
    use chrono::TimeDelta;
    use serde_json::json;

    use super::*;

    fn sample() -> Vec<u8> {
        let (mut chain, mut bytes) = (Chain::default(), Vec::new());
        let now = DateTime::<Utc>::from_timestamp(1_800_000_000, 0).unwrap();
        let header = Header {
            format: FORMAT.into(),
            id: Uuid::nil(),
            owner: "KGZ".into(),
            audiences: vec!["partners".into()],
            plan: None,
            made_at: now,
            valid_until: now + TimeDelta::days(90),
        };
        chain.add(Line::Bundle(header), &mut bytes).unwrap();
        for title in ["one", "two"] {
            let record = json!({ "title": title }).as_object().cloned().unwrap();
            let record = SentRecord { kind: "task".into(), releases: vec![Uuid::nil()], record };
            chain.add(Line::Record(record), &mut bytes).unwrap();
        }
        chain.sign(&pair(&[7; 32]).unwrap(), &mut bytes).unwrap();
        bytes
    }

    fn checked(bytes: &[u8]) -> Result<Checked, Broken> {
        read(bytes, |_, _| Ok(()))
    }

    #[test]
    fn what_was_signed_is_read_and_nothing_else() {
        let bytes = sample();

        let found = checked(&bytes).unwrap();

        assert_eq!((found.records, found.header.owner.as_str()), (2, "KGZ"));
        assert_eq!(found.key, public(&pair(&[7; 32]).unwrap()));
        // Any byte of it is part of what was signed.
        for at in 0..bytes.len() {
            let mut other = bytes.clone();
            other[at] ^= 1;
            assert!(checked(&other).is_err(), "byte {at} was changed");
        }
        for end in 0..bytes.len() {
            assert!(checked(&bytes[..end]).is_err(), "cut off at {end}");
        }
        assert!(checked(&[bytes.as_slice(), b"\n"].concat()).is_err());
    }

    #[test]
    fn lines_are_not_left_out_doubled_or_moved() {
        let bytes = sample();
        let lines: Vec<&[u8]> = bytes.split_inclusive(|byte| *byte == b'\n').collect();

        let orders =
            [vec![0, 1, 3], vec![0, 2, 1, 3], vec![0, 1, 1, 2, 3], vec![1, 2, 3], vec![3], vec![0, 3]];
        for order in orders {
            let other: Vec<u8> = order.iter().flat_map(|at| lines[*at]).copied().collect();
            assert!(checked(&other).is_err(), "{order:?}");
        }
    }
}
