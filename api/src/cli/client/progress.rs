//! How far something is, shown where somebody looks: on a terminal, and nowhere else.

use std::{
    io::{IsTerminal, stderr},
    time::Duration,
};

use indicatif::{ProgressBar, ProgressStyle};

/// What is counted.
#[derive(Clone, Copy)]
pub(super) enum Unit {
    Bytes,
    Rows,
}

/// A bar for so many; without a number only what has come so far.
pub(super) fn bar(what: &str, of: Option<u64>, unit: Unit) -> ProgressBar {
    if !stderr().is_terminal() {
        return ProgressBar::hidden();
    }
    let count = match (unit, of) {
        (Unit::Bytes, Some(_)) => "{bar:30} {bytes}/{total_bytes} {bytes_per_sec} {eta}",
        (Unit::Bytes, None) => "{bytes} {bytes_per_sec}",
        (Unit::Rows, _) => "{bar:30} {pos}/{len} rows {eta}",
    };
    let style = ProgressStyle::with_template(&format!("{{spinner}} {{msg}} {count}"));
    let bar = ProgressBar::new(of.unwrap_or_default()).with_message(what.to_owned());
    bar.set_style(style.unwrap_or_else(|_| ProgressStyle::default_bar()));
    bar.enable_steady_tick(Duration::from_millis(200));
    bar
}
