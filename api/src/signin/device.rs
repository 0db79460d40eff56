//! Where somebody signs in from.

use std::net::IpAddr;

/// Characters of a user agent that are kept.
const MAX_CHARS: usize = 200;

/// What is known of a caller before it has signed in.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Device {
    /// Network address, where it is known.
    pub address: Option<IpAddr>,
    agent: Option<String>,
}

impl Device {
    /// A device at an address, with what it calls itself: one line of printable characters, cut to 200.
    #[must_use]
    pub fn new(address: Option<IpAddr>, agent: &str) -> Self {
        let plain: String = agent.chars().filter(|c| !c.is_control()).take(MAX_CHARS).collect();
        let plain = plain.trim();
        Self { address, agent: (!plain.is_empty()).then(|| plain.to_owned()) }
    }

    /// What the device calls itself.
    #[must_use]
    pub fn agent(&self) -> Option<&str> {
        self.agent.as_deref()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_user_agent_is_cut_and_cleaned() {
        let agent = |text: &str| Device::new(None, text).agent().map(str::to_owned);

        assert_eq!(agent(" Mozilla/5.0\u{7}\r\n (X11) "), Some("Mozilla/5.0 (X11)".into()));
        assert_eq!(agent(&"ы".repeat(300)), Some("ы".repeat(200)));
        assert_eq!(agent("\t"), None);
    }
}
