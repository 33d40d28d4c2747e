//! What the open transfers mean for each line: promised to others, coming from others, asked for and not answered.

use crate::store::{Database, StoreError};
use domain::id::{SkuCode, StoreCode};
use domain::movement::Units;
use domain::transfer::{Phase, StepKind, Transfer, asked, reserved};
use std::collections::BTreeMap;

type Line = (StoreCode, SkuCode);

/// Sums over the transfers that are not over.
#[derive(Debug, Default)]
pub struct UnderWay {
    reserved: BTreeMap<Line, Units>,
    asked_of: BTreeMap<Line, Units>,
    coming: BTreeMap<Line, Units>,
    asked_for: BTreeMap<Line, Units>,
}

fn at(sums: &BTreeMap<Line, Units>, line: &Line) -> Units {
    sums.get(line).copied().unwrap_or_default()
}

impl UnderWay {
    /// Reads every open transfer.
    ///
    /// # Errors
    /// When the database fails or a record is damaged.
    pub async fn read(database: &Database) -> Result<Self, StoreError> {
        let open = database.transfers(database.open_transfers(None).await?).await?;
        let mut sums = Self::default();
        open.iter().for_each(|transfer| sums.add(transfer));
        Ok(sums)
    }

    fn add(&mut self, transfer: &Transfer) {
        let add = |sums: &mut BTreeMap<Line, Units>, store: &StoreCode, units: BTreeMap<&SkuCode, Units>| {
            for (sku, units) in units {
                *sums.entry((store.clone(), sku.clone())).or_default() += units;
            }
        };
        if let Some(source) = transfer.source() {
            add(&mut self.reserved, source, reserved(source, [transfer]));
            add(&mut self.asked_of, source, asked(source, [transfer]));
        }
        let receiver = &transfer.receiver;
        match transfer.phase() {
            Phase::AwaitsApproval | Phase::AwaitsAnswer => {
                add(&mut self.asked_for, receiver, transfer.units(StepKind::Request));
            }
            Phase::Confirmed => add(&mut self.coming, receiver, transfer.units(StepKind::Answer)),
            Phase::Picked => add(&mut self.coming, receiver, transfer.units(StepKind::Picking)),
            Phase::InTransit | Phase::Abnormal => add(&mut self.coming, receiver, transfer.in_transit()),
            // What a dispute is about did not arrive and will not.
            Phase::Disputed | Phase::Closed | Phase::Cancelled | Phase::Rejected | Phase::Unmet => {}
        }
    }

    /// Pieces that the store has promised to others.
    #[must_use]
    pub fn reserved(&self, line: &Line) -> Units {
        at(&self.reserved, line)
    }

    /// Pieces that others ask of the store, and it has not answered.
    #[must_use]
    pub fn asked_of(&self, line: &Line) -> Units {
        at(&self.asked_of, line)
    }

    /// Pieces that others have promised or sent to the store.
    #[must_use]
    pub fn coming(&self, line: &Line) -> Units {
        at(&self.coming, line)
    }

    /// Pieces that the store asks of others, and they have not answered.
    #[must_use]
    pub fn asked_for(&self, line: &Line) -> Units {
        at(&self.asked_for, line)
    }
}
