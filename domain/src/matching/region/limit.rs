//! How far a person may go with the lines of a plan, told at every stroke.

use super::Shipment;
use crate::id::{SkuCode, StoreCode};
use crate::movement::Units;
use std::collections::BTreeMap;

/// A line of a plan that a person accepts, with what bounds it.
#[derive(Debug, Clone, Copy)]
pub struct Limited<'a> {
    /// The line, with the pieces that the person has given it.
    pub shipment: &'a Shipment,
    /// Pieces that its source can give to all.
    pub surplus_units: Units,
    /// Pieces that the store wants from all.
    pub wanted_units: Units,
}

/// How many pieces each line may have at most while the others stay as they are: what its source can still spare, and
/// what the store still wants; 0 or more.
#[must_use]
pub fn most(lines: &[Limited<'_>]) -> Vec<Units> {
    let mut given: BTreeMap<(&StoreCode, &SkuCode), Units> = BTreeMap::new();
    let mut brought: BTreeMap<(&StoreCode, &SkuCode), Units> = BTreeMap::new();
    for Limited { shipment, .. } in lines {
        let units = shipment.units.max(0);
        let gone = given.entry((&shipment.from, &shipment.sku)).or_default();
        *gone = gone.saturating_add(units);
        let got = brought.entry((&shipment.to, &shipment.sku)).or_default();
        *got = got.saturating_add(units);
    }
    let most = |line: &Limited<'_>| {
        let own = line.shipment.units.max(0);
        let others_take = given[&(&line.shipment.from, &line.shipment.sku)] - own;
        let others_bring = brought[&(&line.shipment.to, &line.shipment.sku)] - own;
        (line.surplus_units - others_take).min(line.wanted_units - others_bring).max(0)
    };
    lines.iter().map(most).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn line(from: &str, to: &str, units: Units) -> Shipment {
        let store = |code: &str| StoreCode::parse(code).expect("valid");
        Shipment { from: store(from), to: store(to), sku: SkuCode::parse("1").expect("valid"), units }
    }

    #[test]
    fn a_line_may_have_what_the_others_leave() {
        let lines = [line("S1", "S2", 4), line("S1", "S3", 5), line("S4", "S3", 1)];
        let limits = [(10, 4), (10, 9), (3, 9)];
        let limited = |lines: &[Shipment]| {
            let limited = lines.iter().zip(limits).map(|(shipment, (surplus_units, wanted_units))| Limited {
                shipment,
                surplus_units,
                wanted_units,
            });
            most(&limited.collect::<Vec<_>>())
        };
        assert_eq!(limited(&lines), [4, 6, 3], "S2 wants no more, S1 has 6 left for S3, S4 no more than 3");
        let mut greedy = lines.clone();
        greedy[0].units = 20;
        assert_eq!(limited(&greedy), [4, 0, 3], "what one takes too much of is gone for the others");
        greedy[0].units = -5;
        assert_eq!(limited(&greedy), [4, 8, 3], "less than nothing gives nothing back");
    }
}
