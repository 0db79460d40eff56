//! What a caller prefers: `Accept` and `Accept-Language`, as RFC 9110 section 12 reads them.

use axum::http::{HeaderMap, HeaderName, header};

/// What a header prefers, each with its weight from 0 (refused) to 1; empty where there is no such header.
pub fn weighted(headers: &HeaderMap, name: HeaderName) -> Vec<(&str, f32)> {
    let values = headers.get_all(name).iter().filter_map(|value| value.to_str().ok());
    let parts = values.flat_map(|value| value.split(','));
    let weighed = parts.map(|part| {
        let mut words = part.split(';').map(str::trim);
        let wanted = words.next().unwrap_or_default();
        let weight = words.find_map(|word| word.strip_prefix("q=").or_else(|| word.strip_prefix("Q=")));
        (wanted, weight.map_or(1.0, |weight| weight.parse().unwrap_or_default()))
    });
    weighed.filter(|(wanted, _)| !wanted.is_empty()).collect()
}

/// The media types a caller takes.
#[derive(Clone, Debug)]
pub struct Accept<'a>(Vec<(&'a str, f32)>);

impl<'a> Accept<'a> {
    /// Reads them from a request; one that does not say takes everything.
    #[must_use]
    pub fn of(headers: &'a HeaderMap) -> Self {
        let given = weighted(headers, header::ACCEPT);
        Self(if given.is_empty() { vec![("*/*", 1.0)] } else { given })
    }

    /// Whether a media type is taken, and asked for by its own name.
    #[must_use]
    pub fn names(&self, media: &str) -> bool {
        self.find(media).is_some_and(|weight| weight > 0.0)
    }

    /// How much a media type is preferred; 0 where it is not taken. The most exact range counts.
    #[must_use]
    pub fn weight(&self, media: &str) -> f32 {
        let kind = media.split('/').next().unwrap_or_default();
        let ranges = [media, &format!("{kind}/*"), "*/*"];
        ranges.iter().find_map(|range| self.find(range)).unwrap_or_default()
    }

    fn find(&self, range: &str) -> Option<f32> {
        let found = self.0.iter().find(|(given, _)| given.eq_ignore_ascii_case(range));
        found.map(|(_, weight)| *weight)
    }
}

#[cfg(test)]
mod tests {
    use axum::http::HeaderValue;

    use super::*;

    fn headers(accept: &'static str) -> HeaderMap {
        HeaderMap::from_iter([(header::ACCEPT, HeaderValue::from_static(accept))])
    }

    #[test]
    fn the_most_exact_range_counts() {
        let headers =
            headers("text/*;q=0.3, text/plain ; q=0, APPLICATION/json;charset=utf-8;q=0.5, */*;Q=0.1");

        let accept = Accept::of(&headers);

        let weights = ["text/html", "text/plain", "application/json", "image/png"]
            .map(|one| format!("{:.1}", accept.weight(one)));
        assert_eq!(weights, ["0.3", "0.0", "0.5", "0.1"]);
        assert!(
            accept.names("application/json") && !accept.names("text/plain") && !accept.names("text/html")
        );
    }

    #[test]
    fn who_says_nothing_takes_everything_and_names_nothing() {
        for headers in [HeaderMap::new(), headers(" ")] {
            let accept = Accept::of(&headers);

            assert!(accept.weight("application/json") > 0.0 && !accept.names("application/json"));
        }
    }

    #[test]
    fn a_weight_that_is_no_number_refuses() {
        let headers = headers("application/json;q=high");

        assert!(Accept::of(&headers).weight("application/json") <= 0.0);
    }
}
