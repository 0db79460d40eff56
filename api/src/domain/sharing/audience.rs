//! Audiences of releases: who may be named.

use std::collections::BTreeSet;

use entity::owner;
use kernel::{
    Result,
    db::Conn,
    input::{did_you_mean, nearest},
};
use sea_orm::sea_query::Query;

/// The audiences that have no name of their own.
pub const PLAIN: [&str; 3] = ["public", "partners", "network"];

/// Every audience there is.
#[derive(Debug)]
pub struct Audiences(BTreeSet<String>);

impl Audiences {
    /// Reads which owners there are: regions, countries, organisations.
    ///
    /// # Errors
    /// What the database says.
    pub async fn read(conn: Conn<'_>) -> Result<Self> {
        let select = Query::select().column(owner::Column::Code).from(owner::Entity).take();
        let mut all: BTreeSet<String> = PLAIN.into_iter().map(str::to_owned).collect();
        for row in conn.all(&select).await? {
            let code: String = row.try_get_by_index(0)?;
            match code.as_str() {
                "reference" | "installation" => {}
                owner if owner.contains(':') => drop(all.insert(code)),
                country => drop(all.insert(format!("country:{country}"))),
            }
        }
        Ok(Self(all))
    }

    /// The audience that a text means, in whatever case.
    #[must_use]
    pub fn meant(&self, text: &str) -> Option<&str> {
        let text = text.trim();
        self.0.iter().find(|one| one.eq_ignore_ascii_case(text)).map(String::as_str)
    }

    /// What is said of a text that is no audience.
    #[must_use]
    pub fn unknown(&self, text: &str) -> String {
        let given: String = text.chars().take(60).collect();
        let near = did_you_mean(nearest(text, self.0.iter().map(String::as_str)));
        let forms = "`public`, `partners`, `network`, `region:<code>`, `country:<code>`, `org:<code>`";
        format!("{given:?} is no audience{near}; audiences are {forms}")
    }
}
