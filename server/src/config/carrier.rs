//! Carriers that orders are sent to.

use super::{Config, ConfigError};
use crate::message::guard::checked_url;
use crate::message::webhook::SigningKey;
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;

/// A carrier, as headquarters has set it up.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CarrierSetting {
    /// As stores choose it at the hand-over.
    pub name: String,
    /// Where its orders go.
    pub url: String,
    /// What both sides sign with, `whsec_…`.
    pub key: String,
}

impl Config {
    pub(super) fn check_carriers(&self) -> Result<(), ConfigError> {
        let mut names = BTreeSet::new();
        for (code, carrier) in &self.carriers {
            let nonsense = |need| ConfigError::Nonsense { key: "carriers", value: code.clone(), need };
            let is_code = (1..=32).contains(&code.len())
                && code.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-');
            if !is_code {
                return Err(nonsense("a carrier's code has 1 to 32 small letters, digits and -"));
            }
            let name = carrier.name.trim();
            if name.is_empty() || name.chars().count() > 100 || name != carrier.name || !names.insert(name) {
                return Err(nonsense("each carrier has a name of its own, at most 100 characters"));
            }
            if checked_url(&carrier.url, self.reach()).is_err() {
                return Err(nonsense("a carrier's url must be https://host/path on the public network"));
            }
            if SigningKey::parse(&carrier.key).is_err() {
                return Err(nonsense("a carrier's key must be whsec_ and base 64 of 24 to 64 bytes"));
            }
        }
        Ok(())
    }
}
