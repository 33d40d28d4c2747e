//! Which lots the stock on hand is of, and which of it must go first.

use crate::gs1::TradeItem;
use crate::instant::Day;
use crate::movement::{Lot, Units};
use serde::{Deserialize, Serialize};

/// Pieces of one lot that are taken to be on hand.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct LotOnHand {
    /// The lot.
    pub lot: Lot,
    /// Pieces, more than 0.
    pub units: Units,
}

/// Divides what is on hand among the lots, first to expire first in the answer.
///
/// `lots` holds what came in of each lot less what left naming it. A till does not name lots: what left without is
/// taken from the lot that expires first, because that is how shelves are filled (first expired, first out). A lot
/// without a date goes last. What is on hand beyond all lots is of none.
#[must_use]
pub fn first_expired_first_out(on_hand: Units, lots: impl IntoIterator<Item = (Lot, Units)>) -> Vec<LotOnHand> {
    let mut lots: Vec<(Lot, Units)> = lots.into_iter().filter(|(_, units)| *units > 0).collect();
    lots.sort_by(|(a, _), (b, _)| (a.best_before.is_none(), a).cmp(&(b.best_before.is_none(), b)));
    let total: Units = lots.iter().map(|(_, units)| units).sum();
    let mut gone = (total - on_hand.max(0)).max(0);
    lots.into_iter()
        .filter_map(|(lot, units)| {
            let taken = gone.min(units);
            gone -= taken;
            (units > taken).then_some(LotOnHand { lot, units: units - taken })
        })
        .collect()
}

/// The lot that a code names: its batch, and the earlier of best before and expiry. None where it says neither.
#[must_use]
pub fn lot_of(detail: &TradeItem) -> Option<Lot> {
    let day = [detail.best_before, detail.sell_by, detail.expiry].into_iter().flatten().min().map(Day::from);
    let lot = Lot { best_before: day, batch: detail.lot.clone() };
    (lot.best_before.is_some() || lot.batch.is_some()).then_some(lot)
}

/// The lot that should go before `taken`, if any: the first of `on_hand` (first to expire first), where that expires
/// earlier. Goods whose code names no date may be of any lot.
#[must_use]
pub fn goes_before<'a>(on_hand: &'a [Lot], taken: Option<&Lot>) -> Option<&'a Lot> {
    let first = on_hand.first()?;
    let day = first.best_before?;
    let taken = taken.and_then(|lot| lot.best_before)?;
    (day < taken).then_some(first)
}

/// Whether goods best before `best_before` may still be sold `today`: they may on the day itself.
#[must_use]
pub fn is_expired(best_before: Day, today: Day) -> bool {
    best_before < today
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn lot(day: Option<u8>) -> Lot {
        let best_before = day.map(|day| format!("2026-12-{day:02}").parse().expect("valid"));
        Lot { best_before, batch: None }
    }

    #[test]
    fn what_left_without_a_name_was_of_the_lot_that_expires_first() {
        let lots = [(lot(Some(20)), 10), (lot(Some(5)), 6), (lot(None), 3)];
        let left = first_expired_first_out(11, lots);
        assert_eq!(
            left,
            [LotOnHand { lot: lot(Some(20)), units: 8 }, LotOnHand { lot: lot(None), units: 3 }],
            "all 6 of the 5th and 2 of the 20th are sold"
        );
    }

    #[test]
    fn a_code_names_the_lot_and_the_day_that_comes_first() {
        let read = |text: &str| match crate::barcode::read(
            text,
            crate::barcode::Format::DataMatrix,
            &crate::barcode::ReadRules::cn(2026),
        ) {
            Ok(crate::barcode::ScannedCode::Product { detail, .. }) => lot_of(&detail),
            other => panic!("{other:?}"),
        };
        let named = read("0106901234567892152612201726120510L7").expect("names a lot");
        assert_eq!((named.best_before, named.batch.as_deref()), (lot(Some(5)).best_before, Some("L7")));
        assert_eq!(read("0106901234567892"), None);
    }

    #[test]
    fn the_earlier_lot_is_pointed_out() {
        let on_hand = [lot(Some(5)), lot(Some(20)), lot(None)];
        assert_eq!(goes_before(&on_hand, Some(&lot(Some(20)))), Some(&lot(Some(5))));
        assert_eq!(goes_before(&on_hand, Some(&lot(Some(5)))), None);
        assert_eq!(goes_before(&on_hand, None), None, "it may be of the first");
        assert_eq!(goes_before(&[], Some(&lot(Some(5)))), None);
    }

    #[test]
    fn goods_may_be_sold_on_their_last_day() {
        let day = |text: &str| text.parse().expect("valid");
        assert!(!is_expired(day("2026-12-05"), day("2026-12-05")));
        assert!(is_expired(day("2026-12-05"), day("2026-12-06")));
    }

    proptest! {
        #[test]
        fn lots_never_hold_more_than_is_on_hand(on_hand in -5i64..60, units in prop::collection::vec(-5i64..20, 0..6)) {
            let lots = units.iter().enumerate().map(|(n, units)| (lot(Some(u8::try_from(n + 1).expect("small"))), *units));
            let left = first_expired_first_out(on_hand, lots);
            let total: Units = left.iter().map(|lot| lot.units).sum();
            let known: Units = units.iter().filter(|units| **units > 0).sum();
            prop_assert_eq!(total, known.min(on_hand.max(0)));
        }
    }
}
