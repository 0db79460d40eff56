//! Sorts of requests: limits differ by them, and so does what is done around a request.

use axum::http::Method;

/// A sort of request.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Traffic {
    /// Reads that change nothing.
    Read,
    /// Writes of one record, and moves.
    Write,
    /// Writes of many records.
    Batch,
    /// Signing in and what belongs to it, whose bodies and answers hold secrets.
    SignIn,
    /// GraphQL, which is costed by its document.
    Graphql,
}

impl Traffic {
    /// The sort of a request by its method and path, which may be given below its version.
    #[must_use]
    pub fn of(method: &Method, path: &str) -> Self {
        let path = path.strip_prefix("/api/v1").unwrap_or(path);
        let is_read = matches!(*method, Method::GET | Method::HEAD | Method::OPTIONS);
        let makes_key = matches!(path, "/api-keys" | "/calendars") && *method == Method::POST;
        let of_webhook = path == "/webhooks" || (path.starts_with("/webhooks/") && path.ends_with("/rotate"));
        let tells_secret = of_webhook && *method == Method::POST;
        if path.starts_with("/auth/") || path.ends_with("/password-token") || makes_key || tells_secret {
            Self::SignIn
        } else if path == "/graphql" {
            Self::Graphql
        } else if is_read {
            Self::Read
        } else if path.ends_with("/batch")
            || matches!(path, "/imports" | "/imports/preview" | "/exports" | "/bundles")
        {
            Self::Batch
        } else {
            Self::Write
        }
    }

    /// Whether a `POST` may be repeated under a key; not signing in, whose answers are kept nowhere.
    #[must_use]
    pub fn is_repeatable(self) -> bool {
        self != Self::SignIn
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn requests_are_sorted_by_method_and_path() {
        let of = |method: Method, path| Traffic::of(&method, path);

        assert_eq!(of(Method::GET, "/api/v1/tasks"), Traffic::Read);
        assert_eq!(of(Method::POST, "/api/v1/tasks/batch"), Traffic::Batch);
        assert_eq!(of(Method::POST, "/tasks/batch"), Traffic::Batch);
        assert_eq!(of(Method::POST, "/api/v1/imports"), Traffic::Batch);
        assert_eq!(of(Method::POST, "/api/v1/exports"), Traffic::Batch);
        assert_eq!(of(Method::PATCH, "/api/v1/tasks/1"), Traffic::Write);
        assert_eq!(of(Method::POST, "/api/v1/auth/login"), Traffic::SignIn);
        assert_eq!(of(Method::POST, "/users/1/password-token"), Traffic::SignIn);
        assert_eq!(of(Method::POST, "/api/v1/api-keys"), Traffic::SignIn);
        assert_eq!(of(Method::POST, "/api/v1/calendars"), Traffic::SignIn);
        assert_eq!(of(Method::POST, "/api/v1/webhooks"), Traffic::SignIn);
        assert_eq!(of(Method::POST, "/api/v1/webhooks/1/rotate"), Traffic::SignIn);
        assert_eq!(of(Method::POST, "/api/v1/webhooks/1/pause"), Traffic::Write);
        assert_eq!(of(Method::GET, "/api/v1/api-keys"), Traffic::Read);
        assert_eq!(of(Method::POST, "/api/v1/api-keys/1/revoke"), Traffic::Write);
        assert_eq!(of(Method::POST, "/graphql"), Traffic::Graphql);
        assert_eq!(of(Method::POST, "/api/v1/api/v1/auth/login"), Traffic::Write);
    }
}
