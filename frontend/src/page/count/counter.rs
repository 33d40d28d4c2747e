//! What the phone knows while counting, and what it decides from that.

use crate::device::recorder::Recorder;
use crate::text::Language;
use domain::accept::{Refusal, accept};
use domain::barcode::ReadRules;
use domain::catalogue::Catalogue;
use domain::event::{CountMethod, CountedItem, DeviceEvent, EventBody, ShelfProof};
use domain::id::{PersonId, ShelfCode, SkuCode, StocktakeId};
use domain::instant::{Timestamp, ZoneOffset};
use domain::movement::Units;
use domain::shelf_tag::ShelfTag;
use domain::stocktake::{Plan, Stocktake};
use domain::sync::{PhoneFacts, SnapshotShelf, TagRefusal};
use domain::tally::{LineItem, LineKey, Tally};

/// The shelf in front of the counter.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Here {
    /// Which.
    pub shelf: ShelfCode,
    /// How it was identified.
    pub proof: ShelfProof,
}

/// Something to record. What it becomes is decided when its turn comes, from what has been recorded by then.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Intent {
    /// Open the stocktake, or join it.
    Begin,
    /// Add pieces to a line.
    Count {
        /// Where.
        here: Here,
        /// Of what.
        item: LineItem,
        /// How many.
        units: Units,
        /// How it was seen.
        method: CountMethod,
    },
    /// Make a line say a total.
    SetTo {
        /// Where.
        here: Here,
        /// Of what.
        item: LineItem,
        /// The total.
        total: Units,
    },
    /// Name a code nobody knows.
    Name {
        /// Where it was seen.
        here: Here,
        /// The code.
        code: String,
        /// What it is.
        name: String,
    },
    /// Take back the newest observation.
    UndoNewest,
    /// Take back the newest observation of a line.
    UndoLine(LineKey),
    /// A shelf is counted completely.
    FinishShelf(ShelfCode),
    /// Finish.
    Submit,
}

/// The phone's knowledge.
pub struct Counter {
    /// The snapshot and this phone's own events.
    pub facts: PhoneFacts,
    /// The products.
    pub catalogue: Catalogue,
    /// What this phone has counted.
    pub tally: Tally,
    /// Writes events down.
    pub recorder: Recorder,
    /// How codes are read.
    pub rules: ReadRules,
    /// Server clock − device clock, in milliseconds.
    pub offset_ms: i64,
    /// Whether this phone has opened or joined the stocktake.
    pub has_begun: bool,
    /// Whether single lines are counted again, after the counting was over.
    pub is_recount: bool,
}

impl Counter {
    /// The server's time as this phone believes it.
    pub fn now(&self) -> Timestamp {
        Timestamp::from_unix_ms(crate::browser::device_now_ms()).plus_ms(self.offset_ms)
    }

    /// The store's clocks.
    pub fn zone_offset(&self) -> ZoneOffset {
        self.facts.snapshot().store.zone_offset
    }

    /// The stocktake.
    pub fn stocktake(&self) -> &StocktakeId {
        self.tally.stocktake()
    }

    /// The store's shelves.
    pub fn shelves(&self) -> &[SnapshotShelf] {
        &self.facts.snapshot().shelves
    }

    /// The stocktake as this phone knows it; `None` before anybody has opened it.
    fn known(&self) -> Option<&Stocktake> {
        self.facts.stocktakes().find(|known| known.id == *self.stocktake())
    }

    fn plan(&self) -> Option<&Plan> {
        self.known().and_then(Stocktake::plan)
    }

    /// The shelves to count, those of the person who counts first.
    pub fn shelves_to_count(&self) -> Vec<&SnapshotShelf> {
        let is_wanted = |shelf: &ShelfCode| match self.is_recount {
            true => !self.planned(shelf).is_empty(),
            false => self.plan().is_none_or(|plan| plan.shelves.contains(shelf)),
        };
        let mut shelves: Vec<&SnapshotShelf> =
            self.shelves().iter().filter(|shelf| is_wanted(&shelf.shelf.code)).collect();
        shelves.sort_by_key(|shelf| !self.is_mine(&shelf.shelf.code));
        shelves
    }

    /// The items to count on a shelf.
    pub fn planned(&self, shelf: &ShelfCode) -> Vec<SkuCode> {
        if self.is_recount {
            let tasks = self.facts.snapshot().recounts.iter();
            let here = tasks.filter(|task| task.stocktake == *self.stocktake() && task.line.shelf == *shelf);
            return here.map(|task| task.line.sku.clone()).collect();
        }
        match self.plan().filter(|plan| !plan.lines.is_empty()) {
            Some(plan) => plan.lines.iter().filter(|line| line.shelf == *shelf).map(|line| line.sku.clone()).collect(),
            None => self.shelf(shelf).map(|shelf| shelf.shelf.items.clone()).unwrap_or_default(),
        }
    }

    /// Who is to count a shelf.
    pub fn assigned(&self, shelf: &ShelfCode) -> Option<&PersonId> {
        self.plan().and_then(|plan| plan.assigned.get(shelf))
    }

    /// Whether the shelf is assigned to the person who counts.
    pub fn is_mine(&self, shelf: &ShelfCode) -> bool {
        self.assigned(shelf) == Some(&self.facts.snapshot().viewer.id)
    }

    /// Whether the shelf is reported complete.
    pub fn is_finished(&self, shelf: &ShelfCode) -> bool {
        self.known().is_some_and(|known| known.finished.contains_key(shelf))
    }

    /// A shelf of the store.
    pub fn shelf(&self, code: &ShelfCode) -> Option<&SnapshotShelf> {
        self.facts.shelf(code)
    }

    /// Follows a shelf's label, if it is one of this store.
    pub fn enter(&self, tag: ShelfTag) -> Result<Here, (TagRefusal, ShelfTag)> {
        if let Err(refusal) = self.facts.check_tag(&tag) {
            return Err((refusal, tag));
        }
        Ok(Here { shelf: tag.shelf, proof: ShelfProof::Scanned(tag.signature) })
    }

    /// What an item is called.
    pub fn name(&self, key: &LineKey, language: Language) -> String {
        match &key.item {
            LineItem::Known(sku) => self.catalogue.name_of(sku),
            LineItem::Unknown(_) => {
                let named = self.tally.line(key).and_then(|line| line.name());
                named.unwrap_or_else(|| language.line_unknown()).to_owned()
            }
        }
    }

    /// The code printed on an item, as people compare it.
    pub fn code(&self, item: &LineItem) -> String {
        match item {
            LineItem::Known(sku) => {
                self.catalogue.product(sku).map_or_else(|| sku.to_string(), domain::master::Product::printed_code)
            }
            LineItem::Unknown(code) => code.clone(),
        }
    }

    /// What to write down for an intent; nothing where it has lost its meaning.
    pub fn body(&mut self, intent: &Intent) -> Option<Result<EventBody, Refusal>> {
        let stocktake = self.stocktake().clone();
        let counted = |here: &Here, item: CountedItem, units: Units, method: CountMethod| EventBody::Counted {
            stocktake: stocktake.clone(),
            shelf: here.shelf.clone(),
            proof: here.proof.clone(),
            item,
            units,
            method,
        };
        Some(Ok(match intent {
            Intent::Begin if self.has_begun => return None,
            Intent::Begin => EventBody::StocktakeOpened { stocktake },
            Intent::Count { here, item, units, method } => counted(here, to_count(item), *units, *method),
            Intent::SetTo { here, item, total } => {
                let key = LineKey { shelf: here.shelf.clone(), item: item.clone() };
                match self.tally.difference_to(&key, *total) {
                    Ok(0) if *total > 0 => return None,
                    Ok(units) => counted(here, to_count(item), units, CountMethod::Keypad),
                    Err(error) => return Some(Err(Refusal::BadUnits { units: error.total })),
                }
            }
            Intent::Name { here, code, name } => {
                let item = CountedItem::Unknown { code: code.clone(), name: Some(name.clone()) };
                counted(here, item, 0, CountMethod::Keypad)
            }
            Intent::UndoNewest => EventBody::CountUndone { stocktake, cites: self.tally.newest()?.0 },
            Intent::UndoLine(key) => EventBody::CountUndone { stocktake, cites: self.tally.line(key)?.newest()?.0 },
            Intent::FinishShelf(shelf) => EventBody::ShelfFinished { stocktake, shelf: shelf.clone() },
            Intent::Submit => EventBody::StocktakeSubmitted { stocktake },
        }))
    }

    /// Whether the ledger would take it, as far as this phone can tell.
    pub fn judge(&self, event: &DeviceEvent) -> Result<(), Refusal> {
        accept(event, self.now(), &self.facts).map(drop)
    }

    /// Takes note of what has been kept; the line it changed.
    pub fn note(&mut self, event: &DeviceEvent) -> Option<LineKey> {
        self.facts.note(event.clone());
        if matches!(&event.body, EventBody::StocktakeOpened { stocktake } if stocktake == self.stocktake()) {
            self.has_begun = true;
        }
        self.tally.note(event)
    }
}

fn to_count(item: &LineItem) -> CountedItem {
    match item {
        LineItem::Known(sku) => CountedItem::Known(sku.clone()),
        LineItem::Unknown(code) => CountedItem::Unknown { code: code.clone(), name: None },
    }
}
