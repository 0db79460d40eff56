//! As whom a service is called, by which way, and what a key is kept from.

use std::{
    fs::{self, Permissions},
    os::unix::fs::PermissionsExt,
};

use rcgen::{CertifiedKey, generate_simple_self_signed};

use super::{
    Desk, served,
    stub::{Stub, answer},
};
use crate::{cli::Ended, support::process::process};

const EMPTY: &str = r#"{"items":[],"next":null}"#;

impl Desk {
    /// A file of profiles with this mode.
    fn profiles(&self, text: &str, mode: u32) {
        fs::create_dir_all(self.folder.join("concord")).expect("a folder");
        let file = self.folder.join("concord/client.toml");
        fs::write(&file, text).expect("a file");
        fs::set_permissions(&file, Permissions::from_mode(mode)).expect("a mode");
    }

    /// Runs without address and key in variables.
    fn run_bare(&self, arguments: &[&str]) -> Ended {
        let mut command = self.command(arguments);
        command.env_remove("CONCORD_URL").env_remove("CONCORD_API_KEY");
        command.output().expect("the program runs").into()
    }
}

#[tokio::test]
async fn keys_that_are_not_taken_end_with_2() {
    served(async |desk| {
        let nobody = Desk::new(desk.url.clone(), String::new());
        let stranger = Desk::new(desk.url.clone(), "wrong".into());
        stranger.file("large.csv", &"title\n".repeat(1_000_000));

        let anonymous = nobody.run(&["imports"]);
        let wrong = stranger.run(&["import", "large.csv", "--kind", "tasks"]);
        let elsewhere = desk.run(&["imports", "--owner", "XAA"]);
        let public = nobody.run(&["export", "frameworks", "--filter", "columns=code"]);

        assert!(anonymous.failed(2).contains("none was given"), "{}", anonymous.err);
        assert!(wrong.failed(2).starts_with("unauthenticated: "), "{}", wrong.err);
        assert!(!wrong.err.contains("again in"), "{}", wrong.err);
        elsewhere.failed(2);
        assert!(public.ok().starts_with("code\n"), "{}", public.out);
    })
    .await;
}

#[test]
fn a_profile_has_address_key_and_owner() {
    let stub = Stub::new(|_, _| answer("200 OK", "", EMPTY));
    let desk = Desk::new(String::new(), String::new());
    let url = format!("{}/below", stub.url);
    let text = format!(
        "[default]\nurl = \"{url}\"\nkey = \"first\"\n[other]\nurl = \"{url}\"\nkey_file = \"key\"\nowner = \"KGZ\"\n"
    );
    desk.profiles(&text, 0o600);
    desk.file("concord/key", "second\n");
    fs::set_permissions(desk.folder.join("concord/key"), Permissions::from_mode(0o600)).expect("a mode");

    desk.run_bare(&["imports"]).ok();
    desk.run_bare(&["imports", "--profile", "other"]).ok();
    desk.run_bare(&["imports", "--profile", "other", "--owner", "XAA"]).ok();
    let unknown = desk.run_bare(&["imports", "--profile", "third"]);

    let asked = stub.asked();
    let sent = |name| asked.iter().map(|asked| asked.header(name)).collect::<Vec<_>>();
    assert_eq!(sent("authorization"), [Some("Bearer first"), Some("Bearer second"), Some("Bearer second")]);
    assert_eq!(sent("x-concord-act-as"), [None, Some("KGZ"), Some("XAA")]);
    assert_eq!(asked[0].what, "GET /below/api/v1/imports?limit=20");
    assert!(unknown.failed(2).contains("it has default, other"), "{}", unknown.err);
}

#[test]
fn files_with_keys_that_others_may_read_are_refused() {
    let desk = Desk::new(String::new(), String::new());
    let none = desk.run_bare(&["imports"]);
    desk.profiles("[default]\nurl = \"http://127.0.0.1:1\"\nkey = \"hush\"\n", 0o644);
    let open = desk.run_bare(&["imports"]);
    desk.profiles("[default]\nurl = \"http://127.0.0.1:1\"\nkey_file = \"key\"\n", 0o600);
    desk.file("concord/key", "hush");
    fs::set_permissions(desk.folder.join("concord/key"), Permissions::from_mode(0o604)).expect("a mode");
    let open_key = desk.run_bare(&["imports"]);

    assert!(none.failed(2).contains("or set CONCORD_URL"), "{}", none.err);
    assert!(
        open.failed(2).contains("client.toml can be read or written by others (mode 0644)"),
        "{}",
        open.err
    );
    assert!(
        open_key.failed(2).contains("key can be read or written by others (mode 0604)"),
        "{}",
        open_key.err
    );
    assert!(!open.err.contains("hush") && !open_key.err.contains("hush"));
}

#[test]
fn addresses_and_keys_that_do_not_fit_are_told() {
    let far = Desk::new("http://concord.example".into(), "key".into());
    let both = Desk::new("http://127.0.0.1:1".into(), "key".into());

    let plain = far.run(&["imports"]);
    let double = both.command(&["imports"]).env("CONCORD_TOKEN", "token").output().expect("the program runs");
    let control = Desk::new("http://127.0.0.1:1".into(), "a\nb".into()).run(&["imports"]);

    assert!(plain.failed(2).contains("--insecure"), "{}", plain.err);
    assert!(Ended::from(double).failed(2).contains("are both set"));
    assert!(control.failed(2).contains("the key has characters"), "{}", control.err);
}

#[tokio::test]
async fn a_certificate_of_an_own_authority_is_trusted_where_it_is_named() {
    let desk = Desk::new(String::new(), String::new());
    let CertifiedKey { cert, signing_key } =
        generate_simple_self_signed(["localhost".to_owned()]).expect("a certificate");
    desk.file("cert.pem", &cert.pem());
    desk.file("key.pem", &signing_key.serialize_pem());
    let path = |name| desk.folder.join(name).display().to_string();
    let (certificate, key) = (path("cert.pem"), path("key.pem"));
    let settings = [("tls_certificate_file", certificate.as_str()), ("tls_key_file", key.as_str())];

    process(&settings, async |service| {
        let url = format!("https://localhost:{}", service.address.port());
        let desk = Desk::new(url, String::new());
        let export = ["export", "frameworks", "--filter", "columns=code"];

        let trusted = desk.run(&[&export[..], &["--ca", &certificate]].concat());
        let stranger = desk.run(&export);
        let empty = desk.run(&[&export[..], &["--ca", &key]].concat());

        assert!(trusted.ok().starts_with("code\n"), "{}", trusted.out);
        assert!(stranger.failed(2).contains("the service cannot be called"), "{}", stranger.err);
        assert!(!stranger.err.contains("again in"), "{}", stranger.err);
        assert!(empty.failed(2).contains("it holds no certificate"), "{}", empty.err);
    })
    .await;
}
