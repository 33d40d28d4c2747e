//! Stocktakes: their names, states and rules.

use crate::id::{PersonId, StocktakeId, StoreCode};
use crate::instant::{Timestamp, ZoneOffset};
use serde::{Deserialize, Serialize};

/// A stocktake as the ledger knows it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Stocktake {
    /// Its name.
    pub id: StocktakeId,
    /// The earliest effective time anybody opened it.
    pub opened_at: Timestamp,
    /// Who opened it then.
    pub opened_by: PersonId,
    /// The earliest effective time anybody submitted it, if somebody did.
    pub submitted_at: Option<Timestamp>,
}

impl Stocktake {
    /// Whether a count made at `at` may still go in. A count made before the submission may arrive after it.
    #[must_use]
    pub fn takes_counts_of(&self, at: Timestamp) -> bool {
        self.submitted_at.is_none_or(|submitted| at <= submitted)
    }
}

/// The name of the store's `n`th stocktake (from 1) of the business day that `now` falls on.
#[must_use]
pub fn stocktake_id(store: &StoreCode, now: Timestamp, zone: ZoneOffset, n: u32) -> StocktakeId {
    let date = now.wall(zone).date_digits();
    let text = if n <= 1 { format!("{store}-{date}") } else { format!("{store}-{date}-{n}") };
    StocktakeId::parse(&text).expect("a store code, a date and a number are within a stocktake id's length and letters")
}

/// The stocktake a counter goes on with: the newest open one, else a new one of today.
#[must_use]
pub fn current_or_new<'a>(
    known: impl IntoIterator<Item = &'a Stocktake>,
    store: &StoreCode,
    now: Timestamp,
    zone: ZoneOffset,
) -> CurrentStocktake {
    let known: Vec<&Stocktake> = known.into_iter().collect();
    let open = known.iter().filter(|s| s.submitted_at.is_none()).max_by_key(|s| s.opened_at);
    if let Some(open) = open {
        return CurrentStocktake::Open(open.id.clone());
    }
    let taken = |id: &StocktakeId| known.iter().any(|s| s.id == *id);
    let free = (1..).map(|n| stocktake_id(store, now, zone, n)).find(|id| !taken(id));
    CurrentStocktake::New(free.expect("names do not run out"))
}

/// What a counter goes on with.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum CurrentStocktake {
    /// One that is open.
    Open(StocktakeId),
    /// One to open.
    New(StocktakeId),
}

impl CurrentStocktake {
    /// Its name.
    #[must_use]
    pub fn id(&self) -> &StocktakeId {
        match self {
            Self::Open(id) | Self::New(id) => id,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOW: Timestamp = Timestamp::from_unix_ms(1_795_320_000_000); // 2026-11-22 04:00 UTC
    const CHINA: ZoneOffset = ZoneOffset(480);

    fn stocktake(id: &str, submitted: bool) -> Stocktake {
        Stocktake {
            id: StocktakeId::parse(id).expect("valid"),
            opened_at: NOW,
            opened_by: PersonId::parse("P1").expect("valid"),
            submitted_at: submitted.then_some(NOW),
        }
    }

    fn check(known: &[Stocktake], expected: &str) {
        let store = StoreCode::parse("S001").expect("valid");
        assert_eq!(current_or_new(known, &store, NOW, CHINA).id().as_str(), expected);
    }

    #[test]
    fn two_offline_phones_name_the_days_stocktake_alike() {
        check(&[], "S001-20261122");
    }

    #[test]
    fn an_open_one_is_joined_and_a_submitted_one_followed() {
        check(&[stocktake("S001-20261120", false)], "S001-20261120");
        check(&[stocktake("S001-20261122", true)], "S001-20261122-2");
    }
}
