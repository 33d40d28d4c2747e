//! What a transfer that is not over means for the stock lines of its two stores.

use super::{Phase, StepKind, Transfer, reserved};
use crate::id::{SkuCode, StoreCode};
use crate::movement::Units;
use std::collections::BTreeMap;
use std::ops::AddAssign;

/// Pieces of one item of one store that open transfers speak of. None is negative.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct LineUnderWay {
    /// That the store has promised to others and still has.
    pub reserved_units: Units,
    /// That others ask of the store, and it has not answered: no promise, but not proposed to a third either.
    pub asked_of_units: Units,
    /// That others have promised to the store and still have.
    pub promised_units: Units,
    /// That have left another store for this one. What a dispute is about did not arrive and will not.
    pub in_transit_units: Units,
    /// That the store asks of others, and they have not answered.
    pub asked_for_units: Units,
}

impl LineUnderWay {
    /// Pieces that the store may count on.
    #[must_use]
    pub fn coming_units(&self) -> Units {
        self.promised_units.saturating_add(self.in_transit_units)
    }

    /// Pieces that are spoken for.
    #[must_use]
    pub fn spoken_for_units(&self) -> Units {
        self.reserved_units.saturating_add(self.asked_of_units)
    }
}

impl AddAssign for LineUnderWay {
    fn add_assign(&mut self, other: Self) {
        for (sum, units) in [
            (&mut self.reserved_units, other.reserved_units),
            (&mut self.asked_of_units, other.asked_of_units),
            (&mut self.promised_units, other.promised_units),
            (&mut self.in_transit_units, other.in_transit_units),
            (&mut self.asked_for_units, other.asked_for_units),
        ] {
            *sum = sum.saturating_add(units);
        }
    }
}

impl Transfer {
    /// What the transfer means for the lines of the store that is asked, and for those of the one that asks. A store
    /// that was asked and declined has no part in it any more.
    #[must_use]
    pub fn under_way(&self) -> BTreeMap<(&StoreCode, &SkuCode), LineUnderWay> {
        type Part<'a> = (&'a StoreCode, BTreeMap<&'a SkuCode, Units>, fn(Units) -> LineUnderWay);
        let mut parts: Vec<Part<'_>> = Vec::new();
        let phase = self.phase();
        if let Some(source) = self.source() {
            let reserved = reserved(source, [self]);
            parts.push((source, reserved, |reserved_units| LineUnderWay { reserved_units, ..<_>::default() }));
            if phase == Phase::AwaitsAnswer {
                let asked = self.units(StepKind::Request);
                parts.push((source, asked, |asked_of_units| LineUnderWay { asked_of_units, ..<_>::default() }));
            }
        }
        let promised = |promised_units| LineUnderWay { promised_units, ..<_>::default() };
        match phase {
            Phase::AwaitsApproval | Phase::AwaitsAnswer => {
                let asked = self.units(StepKind::Request);
                let part = |asked_for_units| LineUnderWay { asked_for_units, ..<_>::default() };
                parts.push((&self.receiver, asked, part));
            }
            Phase::Confirmed => parts.push((&self.receiver, self.units(StepKind::Answer), promised)),
            Phase::Picked => parts.push((&self.receiver, self.units(StepKind::Picking), promised)),
            Phase::InTransit | Phase::Abnormal => {
                let part = |in_transit_units| LineUnderWay { in_transit_units, ..<_>::default() };
                parts.push((&self.receiver, self.in_transit(), part));
            }
            Phase::Disputed | Phase::Closed | Phase::Cancelled | Phase::Rejected | Phase::Unmet => {}
        }
        let mut lines: BTreeMap<(&StoreCode, &SkuCode), LineUnderWay> = BTreeMap::new();
        for (store, units, part) in parts {
            for (sku, units) in units {
                *lines.entry((store, sku)).or_default() += part(units);
            }
        }
        lines
    }
}
