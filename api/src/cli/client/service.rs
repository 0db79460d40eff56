//! A running service, called over HTTP.

use std::{fs, path::Path, time::Duration};

use reqwest::{
    Certificate, Client, RequestBuilder, Response,
    header::{ACCEPT, AUTHORIZATION, HeaderMap, HeaderName, HeaderValue, LOCATION},
    redirect::Policy,
};
use serde::{Deserialize, de::DeserializeOwned};
use tokio::time::sleep;

use super::{
    super::{failure::Failure, say},
    access::{API_KEY, Access, TOKEN, Target},
    trouble::{Repeat, Trouble, persist},
};
use crate::signin::standing::ACT_AS;

/// Time for a connection.
const CONNECT: Duration = Duration::from_secs(10);
/// Time for an answer that takes no work, with all of its body.
const SHORT: Duration = Duration::from_secs(90);
/// Time in which something must come of an answer that takes work: as long as the service gives an export.
const SILENCE: Duration = Duration::from_mins(16);
/// Time after which a connection is given up on which what is sent does not arrive.
const UNHEARD: Duration = Duration::from_mins(1);

/// Time before it is looked what became of a call whose answer was lost.
const BEFORE_LOOKING: Duration = Duration::from_secs(2);

/// A running service.
pub(super) struct Service {
    http: Client,
    target: Target,
    access: Access,
}

/// What it answered with success.
pub(super) struct Answer {
    pub(super) text: String,
}

impl Answer {
    /// The answer as what it is about.
    ///
    /// # Errors
    /// Where it is something else: whoever answers is no service of ours.
    pub(super) fn read<T: DeserializeOwned>(&self) -> Result<T, Failure> {
        serde_json::from_str(&self.text)
            .map_err(|error| Failure::other(&format!("the service answers something else: {error}")))
    }
}

/// A refusal, as the service tells it (RFC 9457).
#[derive(Default, Deserialize)]
#[serde(default)]
struct Problem {
    code: String,
    detail: String,
    errors: Vec<Fault>,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct Fault {
    pointer: String,
    code: String,
    detail: String,
}

impl Service {
    /// The service that variables or a profile name.
    ///
    /// # Errors
    /// What is missing or wrong in them.
    pub(super) fn open(access: &Access) -> Result<Self, Failure> {
        let target = access.target()?;
        let mut http = Client::builder()
            .default_headers(headers(&target)?)
            .user_agent(concat!("concord/", env!("CARGO_PKG_VERSION")))
            // A key goes where it was meant to, and nowhere else.
            .redirect(Policy::none())
            .connect_timeout(CONNECT)
            .read_timeout(SILENCE)
            .tcp_keepalive(UNHEARD)
            .tcp_user_timeout(UNHEARD);
        if target.is_local() {
            http = http.no_proxy();
        }
        if let Some(file) = &target.ca {
            http = http.tls_certs_only(certificates(file)?);
        } else if target.url.scheme() == "http" {
            // Nothing is to be trusted, so a machine without certificates will do.
            http = http.tls_certs_only([]);
        }
        let http = http.build().map_err(Trouble::unanswered)?;
        Ok(Self { http, target, access: access.clone() })
    }

    /// Where the key comes from, and what may be wrong with it.
    fn about_key(&self) -> String {
        let how = if self.target.secret.is_some() { "it may have ended" } else { "none was given" };
        format!("the key comes from a profile, {API_KEY} or {TOKEN}: {how}")
    }

    /// Refuses to ask without a key for what only somebody has.
    ///
    /// # Errors
    /// Exit code 2.
    pub(super) fn must_have_key(&self) -> Result<(), Failure> {
        if self.target.secret.is_some() { Ok(()) } else { Err(Failure::usage(&self.about_key())) }
    }

    /// A request to an address below `/api/v1/`.
    ///
    /// # Errors
    /// For a path that is none.
    pub(super) fn request(&self, method: reqwest::Method, path: &str) -> Result<RequestBuilder, Failure> {
        let url = self.target.url.join("api/v1/").and_then(|url| url.join(path));
        let url = url.map_err(|error| Failure::usage(&format!("{path:?} is no address: {error}")))?;
        Ok(self.http.request(method, url))
    }

    /// How often a call is made again.
    pub(super) fn retries(&self) -> usize {
        self.access.retries
    }

    /// Whether answers are written as they are.
    pub(super) fn is_json(&self) -> bool {
        self.access.json
    }

    /// Writes an answer as it is, or what it comes to for people.
    pub(super) fn show(&self, answer: &Answer, for_people: &str) {
        if self.is_json() { say(&answer.text.trim_end()) } else { say(&for_people) }
    }

    /// Reads what is at an address.
    ///
    /// # Errors
    /// Why there is no answer.
    pub(super) async fn get(&self, path: &str, query: &[(&str, String)]) -> Result<Answer, Failure> {
        Ok(self.ask(Repeat::Always, || self.reading(path, query)).await?)
    }

    /// Reads what is at an address; none where nothing is.
    ///
    /// # Errors
    /// Why there is no answer.
    pub(super) async fn find(&self, path: &str) -> Result<Option<Answer>, Failure> {
        match self.ask(Repeat::Always, || self.reading(path, &[])).await {
            Err(trouble) if trouble.is_missing() => Ok(None),
            asked => Ok(Some(asked?)),
        }
    }

    fn reading(&self, path: &str, query: &[(&str, String)]) -> Result<RequestBuilder, Failure> {
        let request = self.request(reqwest::Method::GET, path)?;
        Ok(request.query(query).header(ACCEPT, "application/json").timeout(SHORT))
    }

    /// Makes a call, again where it fails on the way, and reads the answer.
    ///
    /// # Errors
    /// Why there is no answer.
    pub(super) async fn ask<F>(&self, repeat: Repeat, request: F) -> Result<Answer, Trouble>
    where
        F: Fn() -> Result<RequestBuilder, Failure>,
    {
        persist(self.retries(), repeat, async || {
            let response = self.open_answer(request()?).await?;
            let text = response.text().await.map_err(Trouble::unanswered)?;
            Ok(Answer { text })
        })
        .await
    }

    /// Makes a call that is not simply made again where its answer is lost: `look` says what became of it, or
    /// nothing where it was not done.
    ///
    /// # Errors
    /// Why there is no answer.
    pub(super) async fn ask_once<F, L>(&self, request: F, look: L) -> Result<Answer, Failure>
    where
        F: Fn() -> Result<RequestBuilder, Failure>,
        L: AsyncFn() -> Result<Option<Answer>, Failure>,
    {
        let mut asked = self.ask(Repeat::UnlessDone, &request).await;
        for _ in 0..self.retries() {
            match asked {
                Err(trouble) if trouble.is_unknown() => trouble.tell(),
                settled => return Ok(settled?),
            }
            // What still goes on there can be found by then.
            sleep(BEFORE_LOOKING).await;
            if let Some(answer) = look().await? {
                return Ok(answer);
            }
            asked = self.ask(Repeat::UnlessDone, &request).await;
        }
        Ok(asked?)
    }

    /// Makes one attempt, and gives the answer with its body yet to come.
    ///
    /// # Errors
    /// Why there is none, or what it refuses.
    pub(super) async fn open_answer(&self, request: RequestBuilder) -> Result<Response, Trouble> {
        let response = request.send().await.map_err(Trouble::unanswered)?;
        let status = response.status();
        if status.is_success() {
            return Ok(response);
        }
        let headers = response.headers().clone();
        let text = response.text().await.unwrap_or_default();
        let failure = self.refusal(status.as_u16(), &headers, text);
        Err(Trouble::answered(status, &headers, failure))
    }

    /// What an answer that says no comes to.
    fn refusal(&self, status: u16, headers: &HeaderMap, text: String) -> Failure {
        let problem: Problem = serde_json::from_str(&text).unwrap_or_default();
        let mut lines: Vec<String> = problem.errors.iter().map(Fault::line).collect();
        if lines.is_empty() && !problem.detail.is_empty() {
            lines.push(format!("{}: {}", problem.code, problem.detail));
        }
        if (300..400).contains(&status) {
            let to = headers.get(LOCATION).and_then(|to| to.to_str().ok()).unwrap_or("another address");
            lines.push(format!("{} leads to {to}: take the address of the service itself", self.target.url));
        }
        if lines.is_empty() {
            lines.push(format!("{} answers {status}", self.target.url));
        }
        if status == 401 {
            lines.push(self.about_key());
        }
        // Too many calls are nothing that the caller has said wrong.
        let failure = match status {
            408 | 429 | 500.. => Failure::others(lines),
            _ => Failure::wrong(lines),
        };
        if self.is_json() && !problem.code.is_empty() { failure.with_document(text) } else { failure }
    }
}

impl Fault {
    fn line(&self) -> String {
        let parts: Vec<&str> = self.pointer.split('/').skip(1).collect();
        let place = match parts[..] {
            ["lines", line] => format!("line {line}: "),
            ["lines", line, "columns", column] => format!("line {line}, column {column}: "),
            _ if self.pointer.is_empty() => String::new(),
            _ => format!("{}: ", self.pointer.trim_start_matches(['/', '?'])),
        };
        format!("{place}{}: {}", self.code, self.detail)
    }
}

/// What every request says of its caller.
fn headers(target: &Target) -> Result<HeaderMap, Failure> {
    let mut headers = HeaderMap::new();
    if let Some(secret) = &target.secret {
        let mut value = HeaderValue::from_str(&format!("Bearer {secret}"))
            .map_err(|_| Failure::usage(&"the key has characters that no key has"))?;
        value.set_sensitive(true);
        headers.insert(AUTHORIZATION, value);
    }
    if let Some(owner) = &target.owner {
        let name = HeaderName::from_bytes(ACT_AS.as_bytes());
        let value = HeaderValue::from_str(owner);
        let (Ok(name), Ok(value)) = (name, value) else {
            return Err(Failure::usage(&format!("{owner:?} is no owner; one is such as `KGZ`")));
        };
        headers.insert(name, value);
    }
    Ok(headers)
}

fn certificates(file: &Path) -> Result<Vec<Certificate>, Failure> {
    let wrong =
        |error: &dyn std::fmt::Display| Failure::usage(&format!("{} is not usable: {error}", file.display()));
    let pem = fs::read(file).map_err(|error| wrong(&error))?;
    let found = Certificate::from_pem_bundle(&pem).map_err(|error| wrong(&error))?;
    if found.is_empty() {
        return Err(wrong(&"it holds no certificate"));
    }
    Ok(found)
}
