//! A page for each error code: where the `type` of a problem (RFC 9457) leads.

use kernel::Code;

use super::escaped;

const FRAME: &str = include_str!(concat!(env!("CARGO_MANIFEST_DIR"), "/assets/problem.html"));

/// The page of one code.
pub(super) fn one(code: Code) -> String {
    let content = format!(
        "    <section>\n      <h2>What it means, and what helps</h2>\n      <p>{}</p>\n      <p>HTTP status {}; <code>{}</code> as \
         <code>code</code> of a problem in REST, as <code>extensions.code</code> in GraphQL, or as the code of one \
         violation in <code>errors</code>.</p>\n    </section>",
        marked(&sentence(code.meaning())),
        code.status(),
        code.name(),
    );
    framed("../", code.title(), (&format!("<code>{}</code>", code.name()), &content))
}

/// A meaning as the table has it, as a sentence of its own.
fn sentence(meaning: &str) -> String {
    let mut letters = meaning.chars();
    letters.next().map(|first| format!("{}{}.", first.to_uppercase(), letters.as_str())).unwrap_or_default()
}

/// The page of all codes.
pub(super) fn all() -> String {
    let line = |code: &Code| {
        format!(
            "        <li><a href=\"problems/{0}\"><strong>{1}</strong><code>{0}</code><span>{2}</span></a></li>\n",
            code.name(),
            escaped(code.title()),
            code.status(),
        )
    };
    let lines: String = Code::ALL.iter().map(line).collect();
    let lead = "Every code an answer can carry. Codes are part of the API and keep their names.";
    let content = format!("    <section>\n      <ul class=\"cards\">\n{lines}      </ul>\n    </section>");
    framed("./", "Error codes", (lead, &content))
}

/// A page; `root` leads from it to the root of the service.
fn framed(root: &str, title: &str, (lead, content): (&str, &str)) -> String {
    let page = FRAME.replace("{root}", root).replace("{title}", &escaped(title));
    page.replace("{lead}", lead).replace("{content}", content)
}

/// The text as HTML, with what stands in backquotes as code.
fn marked(text: &str) -> String {
    let parts = text.split('`').enumerate();
    let marked = parts.map(|(at, part)| {
        let part = escaped(part);
        if at % 2 == 1 { format!("<code>{part}</code>") } else { part }
    });
    marked.collect()
}
