//! Texts in order and in search: one corpus, the same answers on both databases.

use serde_json::{Value as Json, json};

use super::{task, titles};
use crate::support::{TestApp, app, client::Client};

fn owned<const N: usize>(texts: [&str; N]) -> Vec<String> {
    texts.map(str::to_owned).to_vec()
}

/// Adds tasks with a mark that finds them all, each with its texts in several languages.
async fn add(me: &Client<'_>, texts: &[Json]) {
    for (at, titles) in texts.iter().enumerate() {
        let mut languages = titles.as_object().expect("titles").iter();
        let (language, title) = languages.next().expect("a title");
        let rest = languages.map(|(language, title)| (language.clone(), json!({ "title": title })));
        let mut body = task("");
        body["title"] = title.clone();
        body["language"] = json!(language);
        body["translations"] = Json::Object(rest.collect());
        body["source_system"] = json!("agency:MES");
        body["external_key"] = json!(format!("corpus-{at}"));
        me.post("/tasks", body).await.ok(201);
    }
}

const CORPUS: &str = "/tasks?source_system=agency:MES";

#[tokio::test]
async fn lists_are_in_the_order_of_the_alphabet() {
    app(async |app| {
        let me = app.user("officer").await;
        let words = ["яма", "Ёлка", "ель", "Zebra", "Өз", "орто", "Ңау", "нан", "Үй", "ун", "apple", "État"];
        add(&me, &words.map(|word| json!({ "ky": word }))).await;
        let latin_first =
            ["apple", "État", "Zebra", "Ёлка", "ель", "нан", "Ңау", "орто", "Өз", "ун", "Үй", "яма"];
        // Kyrgyz counts `ё` as a letter of its own, Russian does not.
        let kyrgyz = ["ель", "Ёлка", "нан", "Ңау", "орто", "Өз", "ун", "Үй", "яма", "apple", "État", "Zebra"];
        let russian = ["Ёлка", "ель"].into_iter().chain(kyrgyz[2..].iter().copied()).map(str::to_owned);
        let down: Vec<String> = owned(latin_first).into_iter().rev().collect();

        assert_eq!(titles(&me, &format!("{CORPUS}&sort=title&lang=en")).await, owned(latin_first));
        assert_eq!(titles(&me, &format!("{CORPUS}&sort=title&lang=de")).await, owned(latin_first));
        assert_eq!(titles(&me, &format!("{CORPUS}&sort=-title&lang=fr")).await, down);
        assert_eq!(titles(&me, &format!("{CORPUS}&sort=title&lang=ky")).await, owned(kyrgyz));
        assert_eq!(
            titles(&me, &format!("{CORPUS}&sort=title&lang=ru-RU")).await,
            russian.collect::<Vec<_>>()
        );
    })
    .await;
}

#[tokio::test]
async fn a_list_is_ordered_by_the_texts_it_shows() {
    app(async |app| {
        let me = app.user("officer").await;
        add(
            &me,
            &[
                json!({"en": "Zebra", "ru": "арка"}),
                json!({"en": "Apple", "ru": "яма"}),
                json!({"ru": "ель"}),
            ],
        )
        .await;
        let query = "query($f: TaskFilter) { tasks(filter: $f, sort: [TITLE_ASC]) { nodes { title } } }";
        let variables = json!({"f": {"sourceSystem": ["agency:MES"]}});

        let english = titles(&me, &format!("{CORPUS}&sort=title&lang=en")).await;
        let russian = titles(&me, &format!("{CORPUS}&sort=title&lang=ru")).await;
        let graph = me.with("accept-language", "ru").graphql(query, variables).await;

        assert_eq!(english, owned(["Apple", "Zebra", "ель"]));
        assert_eq!(russian, owned(["арка", "ель", "яма"]));
        let nodes = graph.data()["tasks"]["nodes"].as_array().cloned().expect("nodes");
        assert_eq!(nodes, ["арка", "ель", "яма"].map(|title| json!({ "title": title })));
    })
    .await;
}

#[tokio::test]
async fn the_order_follows_the_languages_of_the_owner() {
    app(async |app| {
        let me = app.user("officer").await;
        add(&me, &[json!({"en": "b", "ky": "2", "ru": "1"}), json!({"en": "a", "ky": "1", "ru": "2"})]).await;
        let path = format!("{CORPUS}&sort=title&lang=fr");
        let steward = app.user("steward").await;

        let before = titles(&me, &path).await;
        steward.edit("/countries/KGZ", json!({"official_languages": ["en"]})).await.ok(200);
        let after = titles(&me, &path).await;

        assert_eq!((before, after), (owned(["1", "2"]), owned(["a", "b"])));
    })
    .await;
}

#[tokio::test]
async fn a_walk_in_alphabetical_order_meets_every_record_once() {
    app(async |app| {
        let me = app.user("officer").await;
        add(&me, &["в", "б", "б", "Ё", "а", "е"].map(|word| json!({ "ru": word }))).await;
        let (mut found, mut next) = (Vec::new(), format!("{CORPUS}&sort=title&lang=ru&limit=2"));
        for _ in 0..3 {
            let page = me.get(&next).await;
            let items = page.ok(200)["items"].as_array().cloned().expect("items");
            found.extend(items.iter().map(|one| one["title"].as_str().unwrap_or_default().to_owned()));
            let after = page.body["page"]["next"].as_str().unwrap_or_default().to_owned();
            next = format!("{CORPUS}&sort=title&lang=ru&limit=2&after={after}");
        }

        assert_eq!(found, owned(["а", "б", "б", "в", "е", "Ё"]));
    })
    .await;
}

/// How many records of the corpus a query finds.
async fn found(me: &Client<'_>, query: &str) -> usize {
    let query: String = query.bytes().map(|byte| format!("%{byte:02X}")).collect();
    titles(me, &format!("{CORPUS}&q={query}")).await.len()
}

#[tokio::test]
async fn what_people_take_for_the_same_is_found() {
    app(async |app| {
        let me = app.user("officer").await;
        let texts = [
            json!({"en": "Βορράς"}),
            json!({"en": "Straße"}),
            json!({"ky": "Өзгөчө кырдаалдар"}),
            json!({"ru": "Министерство обороны"}),
            json!({"en": "co\u{ad}ordi\u{200b}nation of non\u{2011}proliferation"}),
            json!({"fr": "Conseil de l\u{2019}État"}),
            json!({"en": "National policy", "ru": "План мероприятий"}),
        ];
        add(&me, &texts).await;

        for query in [
            "ΒΟΡΡΑΣ",
            "STRASSE",
            "озгочо",
            "министерства",
            "МИНИСТЕРСТВОМ",
            "coordination",
            "non-proliferation",
            "coor\u{ad}dination",
            "l'etat",
            "policies",
            "мероприятия план",
            "conseils",
        ] {
            assert_eq!(found(&me, query).await, 1, "{query}");
        }
        for query in ["озгочо министерства", "министр", "polices", "пляж"] {
            assert_eq!(found(&me, query).await, 0, "{query}");
        }
    })
    .await;
}

async fn run(app: &TestApp, sql: &str) {
    let conn = app.state.db.writing();
    conn.all_raw(sea_orm::Statement::from_string(conn.backend(), sql)).await.expect("the statement runs");
}

#[tokio::test]
async fn a_program_that_orders_texts_in_another_way_makes_the_keys_anew() {
    app(async |app| {
        let me = app.user("officer").await;
        add(&me, &[json!({"ru": "б министерство"}), json!({"ru": "а"})]).await;
        for column in ["order_ru", "order_und", "search"] {
            run(app, &format!("UPDATE task SET {column} = ''")).await;
        }
        let path = format!("{CORPUS}&sort=title&lang=ru");
        let lost = titles(&me, &path).await;

        let nothing = kernel::derived::refresh(&app.state.db, &concord::domain::KINDS).await;
        run(app, "UPDATE text_algorithm SET name = 'another'").await;
        let all = kernel::derived::refresh(&app.state.db, &concord::domain::KINDS).await;

        assert_eq!(lost, owned(["б министерство", "а"]));
        assert_eq!(nothing.expect("it is looked"), 0);
        assert!(all.expect("they are made") > 2);
        assert_eq!(titles(&me, &path).await, owned(["а", "б министерство"]));
        assert_eq!(found(&me, "министерства").await, 1);
    })
    .await;
}

#[test]
fn the_algorithm_names_the_collation_that_is_built_in() {
    let lock =
        std::fs::read_to_string(concat!(env!("CARGO_MANIFEST_DIR"), "/../Cargo.lock")).expect("a lock file");
    let version =
        lock.split("name = \"icu_collator\"\nversion = \"").nth(1).and_then(|rest| rest.split('"').next());

    let named = version.map(|version| format!("icu_collator {version};"));

    assert!(named.is_some_and(|named| kernel::text::ALGORITHM.starts_with(&named)), "{version:?}");
}
