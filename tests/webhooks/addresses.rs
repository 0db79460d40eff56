//! Nothing is sent where nothing may be sent, whatever an address says.

use std::{
    net::SocketAddr,
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
    time::Duration,
};

use concord::outgoing::hooks::{Hooks, Resolve};
use serde_json::json;
use tokio::{io::AsyncWriteExt, net::TcpListener, time::timeout};

use super::{Receiver, hooked, made, run, seen, task, with};
use crate::support::app;

/// Addresses that nobody may name: not public, written in any way, or of no form.
const REFUSED: [&str; 36] = [
    "https://127.0.0.1/",
    "https://127.1/",
    "https://2130706433/",
    "https://0x7f000001/",
    "https://0177.0.0.1/",
    "https://0/",
    "https://10.1.2.3/",
    "https://172.16.0.1:8443/",
    "https://192.168.1.1/",
    "https://100.64.0.1/",
    "https://169.254.169.254/latest/meta-data/",
    "https://2852039166/",
    "https://224.0.0.1/",
    "https://255.255.255.255/",
    "https://[::1]/",
    "https://[::]/",
    "https://[::ffff:127.0.0.1]/",
    "https://[::ffff:a9fe:a9fe]/",
    "https://[::127.0.0.1]/",
    "https://[64:ff9b::7f00:1]/",
    "https://[2002:7f00:1::]/",
    "https://[fd00:ec2::254]/",
    "https://[fe80::1]/",
    "https://localhost/",
    "https://LOCALHOST./",
    "https://nowhere.invalid/",
    "http://127.0.0.1/",
    "http://93.184.216.34/",
    "https://me:secret@93.184.216.34/",
    "https://93.184.216.34/#here",
    "https://127。0。0。1/",
    "ftp://93.184.216.34/",
    "file:///etc/passwd",
    "https:///",
    "nothing",
    "https://93.184.216.34/a b",
];

#[tokio::test]
async fn addresses_that_are_not_public_are_refused() {
    app(async |app| {
        let me = app.user("focal_point").await;

        for url in REFUSED {
            let answer = me.post("/webhooks", json!({ "url": url })).await;
            let problem = answer.problem(422, "invalid");
            let wanted = (&json!("/url"), &json!("address_not_allowed"));
            assert_eq!((&problem["errors"][0]["pointer"], &problem["errors"][0]["code"]), wanted, "{url}");
        }
        // A name that leads nowhere and one that leads inside are told alike.
        let told = async |url: &str| {
            me.post("/webhooks", json!({ "url": url })).await.body["errors"][0]["detail"].clone()
        };
        assert_eq!(told("https://nowhere.invalid/").await, told("https://localhost/").await);
        let (path, _) = made(&me, "https://93.184.216.34:8443/hook", json!({})).await;
        let edited = me.patch(&path, "*", json!({ "url": "https://10.0.0.1/" })).await;
        assert_eq!(edited.problem(422, "invalid")["errors"][0]["code"], "address_not_allowed");
        me.patch(&path, "*", json!({ "url": null })).await.problem(422, "invalid");
    })
    .await;
}

#[tokio::test]
async fn a_name_that_means_something_else_the_next_time_leads_nowhere() {
    hooked(async |app| {
        let receiver = Receiver::new().await;
        let port = receiver.url.split([':', '/']).nth(4).expect("a port").to_owned();
        let asked = Arc::new(AtomicUsize::new(0));
        let count = asked.clone();
        // The third time, at the second message, the name is one of the metadata of a cloud.
        let resolve: Resolve = Arc::new(move |_, port| {
            let turn = count.fetch_add(1, Ordering::SeqCst);
            let host = if turn < 2 { [127, 0, 0, 1] } else { [169, 254, 169, 254] };
            Box::pin(async move { Ok(vec![SocketAddr::from((host, port))]) })
        });
        let networks = ["127.0.0.0/8".parse().expect("a network")];
        let app = with(app, Hooks::to(&networks).expect("hooks").resolving(resolve));
        let me = app.user("focal_point").await;
        let url = format!("http://hooks.example.org:{port}/");
        let (path, _) = made(&me, &url, json!({ "kinds": ["task"] })).await;

        task(&app, "focal_point", "One", json!({})).await;
        run(&app).await;
        let first = receiver.got();
        task(&app, "focal_point", "Two", json!({})).await;
        run(&app).await;

        assert_eq!(first[0].header("host"), format!("hooks.example.org:{port}"));
        assert_eq!((first.len(), receiver.got().len()), (1, 0));
        // A message asks for the address once, and goes to what it was told.
        assert_eq!(asked.load(Ordering::SeqCst), 3);
        let hook = seen(&app, "focal_point", &path).await;
        assert_eq!(hook["last_attempt"]["error"], "no_address");
        assert!(!hook.to_string().contains("169.254"));
    })
    .await;
}

#[tokio::test]
async fn one_address_among_others_that_may_not_be_called_is_enough() {
    hooked(async |app| {
        let resolve: Resolve = Arc::new(|_, port| {
            let both = [[127, 0, 0, 1], [10, 0, 0, 1]].map(|host| SocketAddr::from((host, port)));
            Box::pin(async move { Ok(both.to_vec()) })
        });
        let networks = ["127.0.0.0/8".parse().expect("a network")];
        let app = with(app, Hooks::to(&networks).expect("hooks").resolving(resolve));

        let answer =
            app.user("focal_point").await.post("/webhooks", json!({ "url": "http://a.test/" })).await;

        assert_eq!(answer.problem(422, "invalid")["errors"][0]["code"], "address_not_allowed");
    })
    .await;
}

#[tokio::test]
async fn redirects_are_not_followed() {
    hooked(async |app| {
        let other = Receiver::new().await;
        let receiver = Receiver::pointing(&other.url).await;
        let me = app.user("focal_point").await;
        let (path, _) = made(&me, &receiver.url, json!({ "kinds": ["task"] })).await;
        task(app, "focal_point", "One", json!({})).await;
        receiver.answers(&[307]);

        run(app).await;

        assert_eq!((receiver.got().len(), other.got().len()), (1, 0));
        let hook = seen(app, "focal_point", &path).await;
        assert_eq!((&hook["last_attempt"]["status"], &hook["failures"]), (&json!(307), &json!(1)));
    })
    .await;
}

/// Somebody who begins to answer so, and goes on with this for ever.
async fn endless(head: &'static str, rest: &'static str) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
    let port = listener.local_addr().expect("an address").port();
    tokio::spawn(async move {
        while let Ok((mut stream, _)) = listener.accept().await {
            tokio::spawn(async move {
                let mut sent = stream.write_all(head.as_bytes()).await;
                while sent.is_ok() {
                    sent = stream.write_all(rest.as_bytes()).await;
                }
            });
        }
    });
    format!("http://127.0.0.1:{port}/")
}

#[tokio::test]
async fn answers_that_never_end_take_neither_time_nor_memory() {
    hooked(async |app| {
        let me = app.user("focal_point").await;
        let urls = [
            endless("HTTP/1.1 200 OK\r\n\r\n", "for ever and ever").await,
            endless("HTTP/1.1 200 OK\r\n", "x-more: for ever and ever\r\n").await,
            endless("HTTP/1.1 200 ", "for ever and ever").await,
            endless("", "no HTTP").await,
        ];
        let mut paths = Vec::new();
        for url in &urls {
            paths.push(made(&me, url, json!({ "kinds": ["task"] })).await.0);
        }
        // Nobody speaks TLS there.
        let tls = Receiver::new().await.url.replace("http:", "https:");
        paths.push(made(&me, &tls, json!({ "kinds": ["task"] })).await.0);
        task(app, "focal_point", "One", json!({})).await;

        timeout(Duration::from_secs(8), run(app)).await.expect("it ends");

        let mut told = Vec::new();
        for path in &paths {
            let last = seen(app, "focal_point", path).await["last_attempt"].clone();
            told.push((last["status"].clone(), last["error"].clone()));
        }
        let none = |why: &str| (json!(null), json!(why));
        let taken = (json!(200), json!(null));
        assert_eq!(told, [taken, none("no_answer"), none("no_answer"), none("no_answer"), none("tls")]);
    })
    .await;
}
