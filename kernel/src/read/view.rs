//! Who reads, when and in which languages, on which database.

use std::sync::Arc;

use crate::{
    actor::Actor,
    clock::Clock,
    db::Db,
    record::{KindDef, Registry},
    row::Row,
    standings::{Remembered, Standings, Watch},
    traces::Reads,
};

/// Languages the caller wants, best first.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Locale {
    /// BCP 47 tags in order of preference.
    pub chain: Vec<String>,
    /// `lang=*`: base texts and all translations, as an editor needs them.
    pub all: bool,
}

/// What every read is given: no identity, no read.
#[derive(Clone, Debug)]
pub struct View {
    /// The database.
    pub db: Db,
    /// Who asks.
    pub actor: Arc<Actor>,
    /// What time it is.
    pub clock: Clock,
    /// The languages the caller wants.
    pub locale: Arc<Locale>,
    /// The record kinds there are.
    pub kinds: &'static Registry,
    /// Key that signs cursors.
    pub cursor_key: Arc<[u8]>,
    /// The callers that this process remembers.
    pub standings: Standings,
    /// What is seen of the epoch the caller is remembered from; none where the caller was made otherwise.
    pub watch: Option<Arc<Watch>>,
    /// What is read of what leaves a trace; none where nobody is shown what is read.
    pub reads: Option<Arc<Reads>>,
}

impl View {
    /// What the service itself sees of a database.
    #[must_use]
    pub fn of_service(db: Db, clock: Clock, kinds: &'static Registry) -> Self {
        Self {
            db,
            actor: Arc::new(Actor::system()),
            clock,
            locale: Arc::default(),
            kinds,
            cursor_key: Arc::from([]),
            standings: Standings::default(),
            watch: None,
            reads: None,
        }
    }

    /// The same view for another caller.
    #[must_use]
    pub fn acting(&self, actor: Actor) -> Self {
        Self { actor: Arc::new(actor), watch: None, ..self.clone() }
    }

    /// The caller itself, where it views as others.
    #[must_use]
    pub fn own(&self) -> Self {
        match &self.actor.viewing {
            Some(viewing) => self.acting(Actor::clone(&viewing.own)),
            None => self.clone(),
        }
    }

    /// The same view for a caller who is remembered.
    #[must_use]
    pub fn remembering(&self, caller: &Remembered) -> Self {
        let watch = Some(Arc::new(Watch::over(caller)));
        Self { actor: caller.actor.clone(), watch, db: self.db.tallied(), ..self.clone() }
    }

    /// The same view, for an answer: what is read for it is noted.
    #[must_use]
    pub fn noting(&self) -> Self {
        Self { reads: Some(Arc::default()), ..self.clone() }
    }

    /// The same view, for reads of which the caller is shown no more than names.
    #[must_use]
    pub(crate) fn unnoted(&self) -> Self {
        Self { reads: None, ..self.clone() }
    }

    /// Notes that the caller is shown a record, where that leaves a trace (see [`crate::traces`]).
    pub fn note(&self, row: &Row) {
        if let Some(reads) = &self.reads {
            reads.note(&self.actor, row);
        }
    }

    /// Notes that the caller is shown all that is kept of somebody who works for an owner.
    pub fn note_export(&self, owner: &str, def: &KindDef) {
        if let Some(reads) = &self.reads {
            reads.note_export(&self.actor, owner, def);
        }
    }
}
