//! What the ledger's read models say of each line before a stocktake is planned.

use super::{LastCount, PlanLine, SALES_DAYS};
use crate::fold::LegKey;
use crate::id::{EventId, SkuCode};
use crate::instant::{DAY_MS, Timestamp};
use crate::movement::Units;
use crate::stocktake::LineRef;
use std::collections::{BTreeMap, BTreeSet};

/// A count of a line: when, and counted − expected.
pub type PastCount = (Timestamp, Units);

/// Lays together what is known of each of `lines` (book stock and price): its movements and its past counts.
///
/// Corrections of a count stand in the ledger one millisecond after it and are no movement of goods. What goes from
/// one of the store's places to another has not left the store and is not sold.
#[must_use]
pub fn plan_lines(
    lines: BTreeMap<LineRef, (Units, i64)>,
    legs: &[(LegKey, Units)],
    counts: &BTreeMap<LineRef, Vec<PastCount>>,
    now: Timestamp,
) -> Vec<PlanLine> {
    let mut net: BTreeMap<(EventId, &SkuCode), Units> = BTreeMap::new();
    for (key, units) in legs {
        *net.entry((key.event, &key.sku)).or_default() += units;
    }
    let mut by_line: BTreeMap<LineRef, Vec<(Timestamp, Units, bool)>> = BTreeMap::new();
    for (key, units) in legs {
        let Some(shelf) = key.place.shelf() else { continue };
        let line = LineRef { shelf: shelf.clone(), sku: key.sku.clone() };
        let has_left = net.get(&(key.event, &key.sku)).is_some_and(|net| *net < 0);
        by_line.entry(line).or_default().push((key.at, *units, has_left));
    }
    let sales_from = now.plus_ms(-SALES_DAYS * DAY_MS);
    let known = |(line, (on_hand_units, price_minor)): (LineRef, (Units, i64))| {
        let mut counts = counts.get(&line).cloned().unwrap_or_default();
        counts.sort_unstable();
        let corrections: BTreeSet<Timestamp> = counts.iter().map(|(at, _)| at.plus_ms(1)).collect();
        let mut moves = by_line.remove(&line).unwrap_or_default();
        moves.retain(|(at, _, _)| !corrections.contains(at));
        let moved = |from: Option<Timestamp>, to: Option<Timestamp>| -> Units {
            let is_in = |at: Timestamp| from.is_none_or(|from| at > from) && to.is_none_or(|to| at <= to);
            moves.iter().filter(|(at, _, _)| is_in(*at)).map(|(_, units, _)| units.abs()).sum()
        };
        let last = counts.last().copied();
        let before = counts.len().checked_sub(2).and_then(|n| counts.get(n)).map(|(at, _)| *at);
        let last_count =
            last.map(|(at, variance_units)| LastCount { at, variance_units, moved_units: moved(before, Some(at)) });
        let sold = moves.iter().filter(|(at, units, has_left)| *at >= sales_from && *units < 0 && *has_left);
        PlanLine {
            on_hand_units,
            price_minor,
            sold_units: sold.map(|(_, units, _)| units.abs()).sum(),
            moved_units: moved(last.map(|(at, _)| at), None),
            last_count,
            line,
        }
    };
    lines.into_iter().map(known).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::id::ShelfCode;
    use crate::movement::Place;

    const NOW: Timestamp = Timestamp::from_unix_ms(1_795_320_000_000);

    fn days_ago(n: i64) -> Timestamp {
        NOW.plus_ms(-n * DAY_MS)
    }

    fn line() -> LineRef {
        LineRef { shelf: ShelfCode::parse("A-01").expect("valid"), sku: SkuCode::parse("1").expect("valid") }
    }

    fn leg(event: u128, place: Place, at: Timestamp, units: Units) -> (LegKey, Units) {
        (LegKey { place, sku: line().sku, at, event: EventId::from_parts(1, event), index: 0 }, units)
    }

    #[test]
    fn movements_are_parted_at_the_last_count() {
        let shelf = || Place::Shelf(line().shelf);
        let counted_at = days_ago(10);
        let legs = [
            leg(1, shelf(), days_ago(60), 100),
            leg(2, shelf(), days_ago(40), -20),
            leg(3, shelf(), days_ago(20), -5),
            // The correction of the count.
            leg(4, shelf(), counted_at.plus_ms(1), -7),
            leg(5, shelf(), days_ago(2), -3),
            // Onto the shelf from the back room: moved, not sold.
            leg(6, shelf(), days_ago(1), 4),
            leg(6, Place::BackRoom, days_ago(1), -4),
            // Off the shelf into the back room: neither.
            leg(7, shelf(), days_ago(1), -2),
            leg(7, Place::BackRoom, days_ago(1), 2),
        ];
        let counts = BTreeMap::from([(line(), vec![(counted_at, -7)])]);
        let known = plan_lines(BTreeMap::from([(line(), (67, 100))]), &legs, &counts, NOW);
        assert_eq!(known[0].sold_units, 5 + 3);
        assert_eq!(known[0].moved_units, 3 + 4 + 2);
        let last = LastCount { at: counted_at, variance_units: -7, moved_units: 125 };
        assert_eq!(known[0].last_count, Some(last));
    }

    #[test]
    fn only_what_moved_between_the_last_two_counts_made_the_error() {
        let legs = [
            leg(1, Place::Shelf(line().shelf), days_ago(60), 100),
            leg(2, Place::Shelf(line().shelf), days_ago(20), -5),
        ];
        let counts = BTreeMap::from([(line(), vec![(days_ago(10), 1), (days_ago(30), 0)])]);
        let known = plan_lines(BTreeMap::from([(line(), (95, 100))]), &legs, &counts, NOW);
        assert_eq!(known[0].last_count.map(|last| (last.variance_units, last.moved_units)), Some((1, 5)));
    }
}
