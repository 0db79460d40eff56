//! What guides tell people to type is there.

use std::{collections::BTreeSet, fs, path::Path};

use super::{Installation, installation};

/// The calls of the program in the shell blocks of a text.
fn calls(text: &str) -> Vec<String> {
    let (mut is_shell, mut found) = (false, Vec::new());
    for line in text.lines() {
        if line.starts_with("```") {
            is_shell = line == "```sh";
        } else if is_shell && line.starts_with("concord ") {
            found.push(line.split(" #").next().unwrap_or_default().to_owned());
        }
    }
    found
}

/// What is wrong with a call: an unknown command, or an option it does not have.
fn fault(here: &Installation, call: &str) -> Option<String> {
    let words: Vec<&str> = call.split_whitespace().skip(1).collect();
    let is_command =
        |word: &&&str| word.chars().all(|c| c.is_ascii_lowercase() || c == '-') && !word.starts_with('-');
    let commands: Vec<&str> = words.iter().take_while(is_command).copied().collect();
    let help = here.run(&[&commands[..], &["--help"]].concat());
    let known: BTreeSet<&str> =
        help.out.split([' ', ',', '\n', '[', ']', '=', '<']).filter(|word| word.starts_with("--")).collect();
    let options = words.iter().copied().filter(|word| word.starts_with("--"));
    let unknown: Vec<&str> = options.filter(|word| !known.contains(word)).collect();
    (help.code != 0 || !unknown.is_empty()).then(|| format!("{call}: {unknown:?} {}", help.err))
}

/// Row R8.
#[tokio::test]
async fn every_command_of_the_guides_is_known_with_its_options() {
    installation(async |here| {
        let docs = Path::new(env!("CARGO_MANIFEST_DIR")).join("../docs");
        let texts = ["operations.md", "command-line.md", "guides/operator.md"]
            .map(|name| fs::read_to_string(docs.join(name)));
        let calls: BTreeSet<String> =
            texts.into_iter().flat_map(|text| calls(&text.expect("a text"))).collect();

        let faults: Vec<String> = calls.iter().filter_map(|call| fault(here, call)).collect();

        assert!(calls.len() > 20, "{calls:?}");
        assert_eq!(faults, Vec::<String>::new());
    })
    .await;
}
