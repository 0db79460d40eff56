//! Cubes: fixed figures over countries, made of records that their owners let count without letting them be read.
//!
//! A cube has no filters, is counted once a day (UTC) and is then the same for everybody. What it may show is decided in
//! `guard`, by `rules`, and written down in ADR 0022.

mod counting;
mod guard;
mod kept;
mod rules;
mod sums;
mod told;

use async_graphql::SimpleObject;
use kernel::{
    Ctx, Result,
    input::{cut, hint},
};
use serde::Serialize;
use serde_json::Value as Json;
use utoipa::ToSchema;

use super::analytics::Analytics;

/// Something that the cells of a cube are told apart by.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Dimension {
    Region,
    Area,
    Step,
    Domain,
    Quarter,
    Framework,
    Mark,
}

impl Dimension {
    /// Its name in answers.
    const fn name(self) -> &'static str {
        match self {
            Self::Region => "region",
            Self::Area => "area",
            Self::Step => "step",
            Self::Domain => "domain",
            Self::Quarter => "quarter",
            Self::Framework => "framework",
            Self::Mark => "mark",
        }
    }

    /// What records are grouped by for it.
    const fn field(self) -> &'static str {
        match self {
            Self::Domain => "domains",
            Self::Quarter => "created_at",
            Self::Framework => "obligation",
            _ => self.name(),
        }
    }
}

/// A cube as it is made.
struct Cube {
    name: &'static str,
    title: &'static str,
    doc: &'static str,
    dimensions: &'static [Dimension],
    /// Which records it counts: cubes of the same records can be held against each other.
    of: &'static str,
}

/// The cube of the steps of cycles.
const STEPS: &str = "countries-by-step";
/// What gaps are called.
const GAPS: &str = "gaps";
/// What coverage marks are called.
const MARKS: &str = "marks";
/// What countries are called, which every cube counts.
const COUNTRIES: &str = "countries";

/// Every cube.
static CUBES: [Cube; 4] = [
    Cube {
        name: "gaps-by-area",
        title: "Gaps by region and area of capability",
        doc: "Gaps of any state that needs assessments or countries have recorded. A country that is a member of several regions counts in each.",
        dimensions: &[Dimension::Region, Dimension::Area],
        of: GAPS,
    },
    Cube {
        name: STEPS,
        title: "Countries by region and step of their cycle",
        doc: "Where countries stand: of the cycle with the highest number the last step that runs, else the last that is done.",
        dimensions: &[Dimension::Region, Dimension::Step],
        of: COUNTRIES,
    },
    Cube {
        name: "gaps-by-quarter",
        title: "Gaps by region, hazard domain and quarter",
        doc: "Gaps by the quarter (UTC) in which they were recorded, of the last twelve. One that is about several domains counts in each.",
        dimensions: &[Dimension::Region, Dimension::Domain, Dimension::Quarter],
        of: GAPS,
    },
    Cube {
        name: "marks-by-framework",
        title: "Coverage marks by framework",
        doc: "What countries found when they looked at the measures for obligations of a framework: facts about what was found, no verdict.",
        dimensions: &[Dimension::Framework, Dimension::Mark],
        of: MARKS,
    },
];

/// The cubes there are.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema, SimpleObject)]
pub struct CubeList {
    /// Every cube.
    pub items: Vec<CubeSummary>,
}

/// A cube: fixed figures over countries.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema, SimpleObject)]
pub struct CubeSummary {
    /// Its name in addresses.
    pub name: String,
    /// What it tells.
    pub title: String,
    /// What counts in it.
    pub description: String,
    /// What its cells are told apart by.
    pub dimensions: Vec<String>,
    /// What is told of each cell.
    pub measures: Vec<String>,
}

impl Cube {
    /// What is told of each cell.
    fn measures(&self) -> Vec<&'static str> {
        let own = (self.of != COUNTRIES).then_some(self.of);
        [COUNTRIES].into_iter().chain(own).collect()
    }
}

/// The cubes there are.
#[must_use]
pub fn list() -> CubeList {
    let one = |cube: &Cube| CubeSummary {
        name: cube.name.to_owned(),
        title: cube.title.to_owned(),
        description: cube.doc.to_owned(),
        dimensions: cube.dimensions.iter().map(|one| one.name().to_owned()).collect(),
        measures: cube.measures().into_iter().map(str::to_owned).collect(),
    };
    CubeList { items: CUBES.iter().map(one).collect() }
}

/// The place of the cube with this name.
///
/// # Errors
/// What to tell whoever asks for it.
pub fn find(name: &str) -> std::result::Result<usize, String> {
    CUBES.iter().position(|cube| cube.name == name).ok_or_else(|| {
        let near = hint(name, CUBES.iter().map(|cube| cube.name));
        format!("there is no cube {}{near}", cut(&Json::from(name)))
    })
}

/// The figures of a cube as they are published today, the same for every caller, with labels in the caller's languages.
///
/// # Errors
/// What the database says.
pub async fn cube(ctx: &Ctx, at: usize) -> Result<Analytics> {
    let day = kept::today(ctx).await?;
    told::table(ctx, at, &day).await
}
