//! The address under which callers reach the service.

use super::reader::Reader;

/// Where callers reach the service: its links begin with it.
///
/// `https://plans.example.org`, `https://example.org/concord` behind a proxy with a path prefix, or the prefix alone.
/// Empty where nothing stands before the service: links then begin with their path.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct PublicUrl {
    base: String,
    /// Where the path begins in it.
    path: usize,
}

impl PublicUrl {
    /// Reads an address; a slash at its end does not count.
    ///
    /// # Errors
    /// What is wrong with it.
    pub fn read(text: &str) -> Result<Self, String> {
        let base = text.trim_end_matches('/');
        let site = base.strip_prefix("https://").or_else(|| base.strip_prefix("http://"));
        let path = match site {
            Some(rest) => base.len() - rest.find('/').map_or(0, |at| rest.len() - at),
            None => 0,
        };
        let (host, below) = base.split_at(path);
        let host = host.rsplit('/').next().unwrap_or_default();
        let has_host = site.is_some() && !host.is_empty() && host.bytes().all(is_plain);
        let segments = below.strip_prefix('/').map(|below| below.split('/'));
        let has_path = segments.map(|mut all| all.all(is_segment));
        let is_good = if site.is_some() {
            has_host && has_path.unwrap_or(below.is_empty())
        } else {
            has_path == Some(true)
        };
        if !is_good {
            return Err(format!("is {text:?}, not an address such as https://example.org/concord"));
        }
        // `//` alone would lead to another host.
        Ok(Self {
            base: base.to_owned(),
            path: if site.is_some() && has_path.is_none() { base.len() } else { path },
        })
    }

    /// The link to a path of the service.
    #[must_use]
    pub fn link(&self, path: &str) -> String {
        format!("{}{path}", self.base)
    }

    /// The path prefix; empty where there is none.
    #[must_use]
    pub fn prefix(&self) -> &str {
        self.base.get(self.path..).unwrap_or_default()
    }

    /// Whether links are as they are without a setting.
    #[must_use]
    pub const fn is_unset(&self) -> bool {
        self.base.is_empty()
    }

    /// A path without the prefix, where a proxy has left it there.
    #[must_use]
    pub fn within<'p>(&self, path: &'p str) -> Option<&'p str> {
        let prefix = Some(self.prefix()).filter(|prefix| !prefix.is_empty())?;
        match path.strip_prefix(prefix)? {
            "" => Some("/"),
            rest => Some(rest).filter(|rest| rest.starts_with('/')),
        }
    }
}

/// A character of a host with its port.
const fn is_plain(byte: u8) -> bool {
    matches!(byte, b'a'..=b'z' | b'0'..=b'9' | b'.' | b'-' | b':' | b'[' | b']')
}

/// A part of a path that needs no escapes.
fn is_segment(text: &str) -> bool {
    let is_plain = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'.' | b'_' | b'~');
    !text.is_empty() && text != "." && text != ".." && text.bytes().all(is_plain)
}

impl Reader {
    /// Where callers reach the service.
    pub(super) fn public_url(&mut self) -> Option<PublicUrl> {
        if self.is_empty("public_url") {
            return None;
        }
        self.checked("public_url", PublicUrl::read)
    }
}

#[cfg(test)]
mod tests {
    use super::PublicUrl;

    fn read(text: &str) -> PublicUrl {
        PublicUrl::read(text).unwrap()
    }

    #[test]
    fn links_begin_with_the_address() {
        let given = [
            "https://plans.example.org",
            "https://example.org/a/b/",
            "http://[::1]:8080",
            "/concord",
            "https://example.org/",
        ];

        let links = given.map(|text| read(text).link("/docs"));
        let prefixes = given.map(|text| read(text).prefix().to_owned());

        assert_eq!(
            links,
            [
                "https://plans.example.org/docs",
                "https://example.org/a/b/docs",
                "http://[::1]:8080/docs",
                "/concord/docs",
                "https://example.org/docs"
            ]
        );
        assert_eq!(prefixes, ["", "/a/b", "", "/concord", ""]);
        assert_eq!(PublicUrl::default().link("/docs"), "/docs");
    }

    #[test]
    fn a_prefix_that_a_proxy_leaves_is_known() {
        let url = read("https://example.org/concord");

        let within =
            ["/concord/docs", "/concord", "/concord/", "/concorde", "/docs"].map(|path| url.within(path));

        assert_eq!(within, [Some("/docs"), Some("/"), Some("/"), None, None]);
        assert_eq!(PublicUrl::default().within("/docs"), None);
    }

    #[test]
    fn what_is_no_address_is_refused() {
        let given = [
            "concord",
            "https://",
            "ftp://example.org",
            "https://example.org?x",
            "https://me@example.org",
            "https://Example.org",
            "//example.org",
            "/a//b",
            "/a/../b",
            "https://example.org/a b",
            "/",
            "https:///a",
        ];

        for text in given {
            assert!(PublicUrl::read(text).is_err(), "{text}");
        }
    }
}
