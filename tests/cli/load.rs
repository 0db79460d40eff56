//! `concord load`: what it reads, and how it ends.

use std::{io::Write, process::Stdio};

use super::{Ended, GOOD, seeded};

#[tokio::test]
async fn a_file_that_is_wrong_as_a_whole_ends_with_2() {
    seeded(async |here| {
        let (header, empty) = (here.file("header.csv", "owner,tittle\n"), here.file("empty.csv", ""));
        let (good, folder) = (here.file("good.csv", GOOD), here.folder.display().to_string());

        let unknown = here.run(&["load", &header, "--kind", "tasks"]);
        let nothing = here.run(&["load", &empty]);
        let no_kind = here.run(&["load", &good]);
        let no_file = here.run(&["load", &folder, "--kind", "tasks"]);

        assert!(unknown.failed(2).ends_with("the file cannot be loaded; nothing was written"));
        nothing.failed(2);
        no_kind.failed(2);
        assert!(no_file.failed(2).ends_with("cannot be read: it is no file"), "{}", no_file.err);
    })
    .await;
}

#[tokio::test]
async fn standard_input_is_loaded_as_a_file_is() {
    seeded(async |here| {
        let mut command = here.command(&["load", "-", "--kind", "tasks"]);
        command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
        let mut load = command.spawn().expect("the program runs");
        load.stdin.take().expect("its input").write_all(GOOD.as_bytes()).expect("it is read");

        let loaded: Ended = load.wait_with_output().expect("it ends").into();

        assert_eq!(loaded.ok(), "2 created, 0 updated, 0 unchanged");
    })
    .await;
}
