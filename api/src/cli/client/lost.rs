//! Imports whose answer was lost: found again, so that nothing is done twice.

use super::{
    super::failure::Failure,
    report::Told,
    sent::Page,
    service::{Answer, Service},
};

/// The imports that were there before a call. Ids grow with time, so what the call makes has a greater one.
pub(super) struct Before<'a> {
    service: &'a Service,
    last: Option<String>,
}

impl<'a> Before<'a> {
    /// Looks what is there; who may not call is told so before anything is sent.
    ///
    /// # Errors
    /// Why there is no answer.
    pub(super) async fn look(service: &'a Service) -> Result<Self, Failure> {
        let page: Page = service.get("imports", &[("limit", "1".to_owned())]).await?.read()?;
        Ok(Self { service, last: page.items.into_iter().next().map(|told| told.id) })
    }

    /// The import that was made since and is the one meant; nothing where there is none.
    ///
    /// # Errors
    /// Why there is no answer.
    pub(super) async fn made<M>(&self, is_meant: M) -> Result<Option<Answer>, Failure>
    where
        M: Fn(&Told) -> bool,
    {
        let page: Page = self.service.get("imports", &[("limit", "200".to_owned())]).await?.read()?;
        let mut new = page.items.iter().filter(|told| Some(&told.id) > self.last.as_ref());
        match new.find(|told| is_meant(told)) {
            Some(told) => Ok(Some(self.service.get(&told.path(), &[]).await?)),
            None => Ok(None),
        }
    }
}
