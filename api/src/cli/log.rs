//! `concord log`.

use std::{
    fs,
    path::{Path, PathBuf},
};

use aws_lc_rs::hmac;
use clap::Subcommand;
use kernel::change::{self, Head};
use serde::{Deserialize, Serialize};

use super::{failure::Failure, installation::Installation, say};
use crate::signin::secret::InstallationSecret;

/// What to do with the log.
#[derive(Debug, Subcommand)]
pub(super) enum Log {
    /// Recomputes the chain and compares every record with its newest entry.
    Verify {
        /// Head kept outside, as `log head` printed it: finds a log that was cut or written anew.
        #[arg(long, value_name = "FILE")]
        head: Option<PathBuf>,
    },
    /// Prints the end of the log, signed; to be kept where the database's keeper cannot write.
    Head,
}

/// The end of the log with the signature of the installation.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct SignedHead {
    seq: i64,
    hash: String,
    /// HMAC-SHA256 in hexadecimal.
    signature: String,
}

impl SignedHead {
    fn sign(head: Head, secret: &InstallationSecret) -> Self {
        let tag = hmac::sign(&key(secret), text(head.seq, &head.hash).as_bytes());
        Self { seq: head.seq, hash: head.hash, signature: hex::encode(tag) }
    }

    fn is_ours(&self, secret: &InstallationSecret) -> bool {
        hex::decode(&self.signature)
            .is_ok_and(|tag| hmac::verify(&key(secret), text(self.seq, &self.hash).as_bytes(), &tag).is_ok())
    }
}

fn key(secret: &InstallationSecret) -> hmac::Key {
    hmac::Key::new(hmac::HMAC_SHA256, secret.head_key())
}

/// What is signed.
fn text(seq: i64, hash: &str) -> String {
    format!("concord log head v1\n{seq}\n{hash}")
}

pub(super) async fn run(command: Log) -> Result<(), Failure> {
    let installation = Installation::open().await?;
    match command {
        Log::Verify { head } => verify(&installation, head.as_deref()).await?,
        Log::Head => {
            let secret = installation.secret_to_sign().await?;
            let head = SignedHead::sign(change::head(&installation.ctx).await?, &secret);
            say(&serde_json::to_string(&head).map_err(|error| Failure::other(&error))?);
        }
    }
    installation.ctx.db.close().await?;
    Ok(())
}

async fn verify(installation: &Installation, kept: Option<&Path>) -> Result<(), Failure> {
    let kept = match kept {
        Some(file) => Some(read(file, &installation.secret().await?)?),
        None => None,
    };
    let report = change::verify(&installation.ctx, kept.as_ref()).await?;
    say(&format_args!(
        "{} change sets, {} changes, {} records compared, {} payloads removed",
        report.sets, report.changes, report.records, report.erased
    ));
    if report.findings.is_empty() {
        say(&"the log is whole, and every record is what it says");
        return Ok(());
    }
    for finding in &report.findings {
        say(&format_args!("finding: {}", finding.0));
    }
    Err(Failure::findings(vec![format!("findings: {}", report.findings.len())]))
}

/// Reads a kept head; one that somebody else signed proves nothing, so it is a finding.
fn read(file: &Path, secret: &InstallationSecret) -> Result<Head, Failure> {
    let name = file.display();
    let text = fs::read_to_string(file)
        .map_err(|error| Failure::usage(&format!("{name} cannot be read: {error}")))?;
    let head: SignedHead = serde_json::from_str(&text)
        .map_err(|error| Failure::usage(&format!("{name} is not what `concord log head` prints: {error}")))?;
    if !head.is_ours(secret) {
        return Err(Failure::findings(vec![format!(
            "finding: {name} was not signed with the secret of this installation, or was changed"
        )]));
    }
    Ok(Head { seq: head.seq, hash: head.hash })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_changed_or_foreign_head_is_not_ours() {
        let ours = InstallationSecret::from_text(&"a".repeat(32)).unwrap();
        let other = InstallationSecret::from_text(&"b".repeat(32)).unwrap();
        let head = SignedHead::sign(Head { seq: 7, hash: "00ff".into() }, &ours);

        assert!(head.is_ours(&ours) && !head.is_ours(&other));
        assert!(!SignedHead { seq: 8, ..head.clone() }.is_ours(&ours));
        assert!(!SignedHead { signature: "zz".into(), ..head }.is_ours(&ours));
    }
}
