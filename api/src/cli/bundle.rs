//! `concord bundle`: keys on the host, files anywhere, and what a running service is asked.

use std::{fs::File, io::BufReader, path::PathBuf, sync::Arc};

use clap::{Args, Subcommand};

use kernel::clock::Clock;

use super::{
    client::bundle::{Make, Send, make, send},
    failure::Failure,
    installation::Installation,
    say,
    users::{reason, request},
};
use crate::{
    domain::exchange::bundles::{self, file},
    signin::{keys::KeyRing, notice::under},
};

/// What to do with bundles.
#[derive(Debug, Subcommand)]
pub(super) enum Bundle {
    /// Has a running service make a bundle of what its country releases, and fetches the file.
    Make(Make),
    /// Sends a bundle to a running service, which takes it in.
    Send(Send),
    /// Verifies a file: that it is whole and as it was signed, and by whom.
    Verify(Verify),
    /// Prints the public key that this installation signs the bundles of an owner with; makes one where there is none.
    Key {
        /// The owner, such as `KGZ`.
        owner: String,
    },
    /// Makes another key that bundles of an owner are signed with from now on.
    Rotate {
        /// The owner, such as `KGZ`.
        owner: String,
        /// Why, for the log.
        #[arg(long, value_parser = reason)]
        reason: Option<String>,
    },
    /// Takes bundles of an owner that are signed with a key. Ask the country for it by a way you trust.
    Pin {
        /// The owner, such as `KGZ`.
        owner: String,
        /// Its public key, as `concord bundle key` prints it there.
        key: String,
        /// Why, for the log.
        #[arg(long, value_parser = reason)]
        reason: Option<String>,
    },
    /// Takes no more bundles of an owner that are signed with a key, or with any.
    Unpin {
        /// The owner, such as `KGZ`.
        owner: String,
        /// The key; all keys of the owner without it.
        key: Option<String>,
        /// Why, for the log.
        #[arg(long, value_parser = reason)]
        reason: Option<String>,
    },
    /// Lists the keys that bundles are taken by.
    Pins,
}

/// Which file to verify.
#[derive(Debug, Args)]
pub(super) struct Verify {
    /// File of a bundle.
    file: PathBuf,
    /// Public key that it has to be signed with.
    #[arg(long)]
    key: Option<String>,
}

pub(super) async fn run(command: Bundle) -> Result<(), Failure> {
    match command {
        Bundle::Make(wanted) => make(&wanted).await,
        Bundle::Send(wanted) => send(&wanted).await,
        Bundle::Verify(wanted) => verify(&wanted),
        Bundle::Pins => pins().await,
        Bundle::Key { owner } => own(&owner, None, false).await,
        Bundle::Rotate { owner, reason } => own(&owner, reason.as_deref(), true).await,
        Bundle::Pin { owner, key, reason } => {
            let because = request("bundle pin", reason.as_deref());
            change(because, &owner, Some(&key), true).await?;
            say(&format_args!("bundles of {owner} are taken that {key} has signed"));
            Ok(())
        }
        Bundle::Unpin { owner, key, reason } => {
            let because = request("bundle unpin", reason.as_deref());
            change(because, &owner, key.as_deref(), false).await?;
            let which = key.map_or_else(|| "any key".to_owned(), |key| format!("the key {key}"));
            say(&format_args!(
                "bundles of {owner} are not taken by {which}; what was received stays until it ends"
            ));
            Ok(())
        }
    }
}

/// Pins a key, or takes pins away.
async fn change(because: Arc<str>, owner: &str, key: Option<&str>, pins: bool) -> Result<(), Failure> {
    let mut installation = Installation::open().await?;
    installation.ctx.request_id = Some(because);
    let ctx = under(&installation.ctx, "installation");
    let done = ctx
        .run(async |unit| match key {
            Some(key) if pins => bundles::pin(unit, owner, key).await,
            key => bundles::unpin(unit, owner, key).await,
        })
        .await;
    installation.ctx.db.close().await?;
    Ok(done?)
}

async fn own(owner: &str, reason: Option<&str>, is_new: bool) -> Result<(), Failure> {
    let mut installation = Installation::open().await?;
    installation.ctx.request_id = Some(request(if is_new { "bundle rotate" } else { "bundle key" }, reason));
    let secret = installation.secret().await?;
    KeyRing::opens(&installation.ctx.db, &installation.ctx.clock, &secret).await?;
    let mut ctx = under(&installation.ctx, "installation");
    ctx.view.cursor_key = secret.cursor_key().to_vec().into();
    let key = if is_new {
        ctx.run(async |unit| bundles::rotate(unit, owner).await).await?
    } else {
        file::public(&bundles::own(&ctx, owner).await?)
    };
    installation.ctx.db.close().await?;
    say(&key);
    Ok(())
}

async fn pins() -> Result<(), Failure> {
    let installation = Installation::open().await?;
    let pins = bundles::pins(installation.ctx.db.reading()).await?;
    installation.ctx.db.close().await?;
    for pin in pins {
        say(&format_args!("{} {} since {}", pin.owner, pin.key, pin.since.format("%Y-%m-%d")));
    }
    Ok(())
}

/// Verifies a file without a database or a network.
fn verify(wanted: &Verify) -> Result<(), Failure> {
    let shown = wanted.file.display();
    let key = wanted.key.as_deref().map(|key| {
        file::read_key(key).ok_or_else(|| Failure::usage(&format!("{key:?} is no public key of Ed25519")))
    });
    let key = key.transpose()?;
    let input = File::open(&wanted.file)
        .map_err(|error| Failure::usage(&format!("{shown} cannot be read: {error}")))?;
    let checked = file::read(BufReader::new(input), |_, _| Ok(())).map_err(|found| {
        Failure::findings(vec![
            format!("line {}: {}", found.line, found.text),
            format!("{shown} is no bundle as it was signed"),
        ])
    })?;
    if key.as_ref().is_some_and(|key| *key != checked.key) {
        let text =
            format!("{shown} is whole, but signed with {}, not with the key that you name", checked.key);
        return Err(Failure::findings(vec![text]));
    }
    let header = &checked.header;
    let what = header.plan.map_or_else(|| "everything released".to_owned(), |plan| format!("plan {plan}"));
    say(&format_args!("{} of {}: {what} to {}", header.id, header.owner, header.audiences.join(", ")));
    say(&format_args!(
        "{} records as of {}, good until {}",
        checked.records, header.made_at, header.valid_until
    ));
    let whose = if key.is_some() { "the key that you name" } else { "a key that you have to compare" };
    say(&format_args!("whole, and signed with {whose}: {}", checked.key));
    if header.valid_until <= Clock::system().now() {
        return Err(Failure::findings(vec!["its time is over: nobody takes it any more".into()]));
    }
    Ok(())
}
