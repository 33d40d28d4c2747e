//! One timeline over several stores.

use super::{StoreSite, TraceAsk, TraceAskError, TraceQuery, TraceStep};
use crate::id::StoreCode;
use crate::instant::{Timestamp, ZoneOffset};
use serde::{Deserialize, Serialize};
use std::cmp::Reverse;
use std::fmt;
use std::str::FromStr;

/// Where an event stands on a timeline over several stores: the newest first by when the server took them, at the same
/// moment by the store's code, within a store the highest number first. Its text, `1795320000000:S001:12`, is the
/// cursor that the next page is asked for with. What is taken later stands above it, so that pages neither repeat nor
/// leave out an event.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct TraceMark {
    /// When the server took the event.
    pub at: Timestamp,
    /// Its store.
    pub store: StoreCode,
    /// Its number there.
    pub seq: u64,
}

/// The text is no mark.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("a page begins after an event such as 1795320000000:S001:12, taken from the page before")]
pub struct TraceMarkError;

impl TraceMark {
    /// What marks are ordered by: a smaller one stands further up.
    #[must_use]
    pub fn rank(&self) -> (Reverse<Timestamp>, &StoreCode, Reverse<u64>) {
        (Reverse(self.at), &self.store, Reverse(self.seq))
    }

    /// The moment before which the server must have taken an event of `store` for it to stand below this one. In this
    /// event's own store its number decides too.
    #[must_use]
    pub fn ceiling(&self, store: &StoreCode) -> Timestamp {
        if *store < self.store { self.at } else { self.at.plus_ms(1) }
    }
}

impl fmt::Display for TraceMark {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}:{}", self.at.unix_ms(), self.store, self.seq)
    }
}
impl FromStr for TraceMark {
    type Err = TraceMarkError;
    fn from_str(text: &str) -> Result<Self, TraceMarkError> {
        let mut parts = text.splitn(3, ':');
        let mut part = || parts.next().ok_or(TraceMarkError);
        let at = part()?.parse().map_err(|_| TraceMarkError)?;
        let store = StoreCode::parse(part()?).map_err(|_| TraceMarkError)?;
        let seq = part()?.parse().map_err(|_| TraceMarkError)?;
        Ok(Self { at: Timestamp::from_unix_ms(at), store, seq })
    }
}
impl TryFrom<String> for TraceMark {
    type Error = TraceMarkError;
    fn try_from(text: String) -> Result<Self, TraceMarkError> {
        text.parse()
    }
}
impl From<TraceMark> for String {
    fn from(mark: TraceMark) -> String {
        mark.to_string()
    }
}

impl TraceAsk {
    /// What the address says in place of a store's code for all of them; no store has such a code.
    pub const ALL_STORES: &str = "all";

    /// Whether it asks for something, not for every event there is.
    #[must_use]
    pub fn names_something(&self) -> bool {
        let named = [&self.subject, &self.kind, &self.person, &self.flag];
        named.into_iter().flatten().any(|text| !text.is_empty())
    }

    /// The search over several stores, one for each, in days of its own clocks.
    ///
    /// # Errors
    /// When a part of it is not what it should be, or it would find every event there is.
    pub fn queries<'a>(
        &self,
        stores: impl IntoIterator<Item = (&'a StoreCode, ZoneOffset)>,
    ) -> Result<Vec<TraceQuery>, TraceAskError> {
        if !self.names_something() {
            return Err(TraceAskError::Nothing);
        }
        let of = |(store, zone): (&StoreCode, ZoneOffset)| {
            TraceAsk { store: store.to_string(), before: None, ..self.clone() }.query(zone)
        };
        stores.into_iter().map(of).collect()
    }
}

/// A page of a search over several stores.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct TraceAcross {
    /// The server's clock.
    pub now: Timestamp,
    /// The stores of the events on the page, by code.
    pub sites: Vec<StoreSite>,
    /// What the search is about, as shown.
    pub title: Option<String>,
    /// The events, the newest first; each names its store.
    pub steps: Vec<TraceStep>,
    /// What to ask for next as `past`; `None` on the last page.
    pub next_past: Option<TraceMark>,
    /// Events that were not looked through, because the index of them is still being made; 0 as a rule.
    pub n_behind: u64,
}

#[cfg(test)]
mod tests {
    use super::*;

    fn mark(text: &str) -> TraceMark {
        text.parse().expect("a mark")
    }

    #[test]
    fn a_mark_survives_its_text_and_nothing_else_is_one() {
        for text in ["1795320000000:S001:12", "0:A.B-1:1"] {
            assert_eq!(mark(text).to_string(), text);
        }
        for text in ["", "12", "1:S001", "1:s001:1", "x:S001:1", "1:S001:-1", "1:S001:1:1"] {
            assert_eq!(text.parse::<TraceMark>(), Err(TraceMarkError), "{text}");
        }
    }

    #[test]
    fn below_a_mark_is_what_its_ceiling_lets_through() {
        let middle = mark("1000:S002:5");
        // In its own store the number decides, and later events have higher numbers.
        for (text, is_below) in [
            ("1001:S001:1", false),
            ("1000:S001:9", false),
            ("999:S001:9", true),
            ("1000:S003:9", true),
            ("1001:S003:1", false),
            ("1000:S002:4", true),
        ] {
            let other = mark(text);
            assert_eq!(middle.rank() < other.rank(), is_below, "{text}");
            assert_eq!(other.at < middle.ceiling(&other.store), is_below, "{text}");
        }
    }

    #[test]
    fn each_store_is_asked_in_its_own_days_and_never_for_everything() {
        let stores = [("S001", 480), ("S002", 0)].map(|(store, zone)| (StoreCode::parse(store).expect("valid"), zone));
        let stores = || stores.iter().map(|(store, zone)| (store, ZoneOffset(*zone)));
        let ask = TraceAsk { kind: Some("sale".into()), from: Some("2026-11-22".into()), ..TraceAsk::default() };
        let queries = ask.queries(stores()).expect("fits");
        let begins: Vec<_> = queries.iter().filter_map(|query| query.from).collect();
        assert_eq!(begins[1].since(begins[0]), 8 * 3_600_000);
        assert_eq!(TraceAsk::default().queries(stores()), Err(TraceAskError::Nothing));
        assert!(StoreCode::parse(TraceAsk::ALL_STORES).is_err());
    }
}
