//! Picking and receiving by scanning: what has been scanned of a transfer so far, beside what was promised or sent.

use super::{Discrepancy, Line, PickedLine, ReceivedLine, Step, StepKind, Transfer, TransferId};
use crate::accept::TEXT_MAX_CHARS;
use crate::id::SkuCode;
use crate::movement::{Lot, Place, UNITS_MAX, Units};
use crate::photo::PhotoId;
use serde::{Deserialize, Serialize};

/// Scans that can be taken back.
const UNDO_MAX: usize = 200;

/// Which step is scanned.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ScanTask {
    /// The source takes what it promised off its shelves.
    Picking,
    /// The receiving store takes in what was sent.
    Receipt,
}

impl ScanTask {
    /// The step that is scanned.
    #[must_use]
    pub fn step(self) -> StepKind {
        match self {
            Self::Picking => StepKind::Picking,
            Self::Receipt => StepKind::Receipt,
        }
    }

    /// The step that says how many there should be.
    fn expected_by(self) -> StepKind {
        match self {
            Self::Picking => StepKind::Answer,
            Self::Receipt => StepKind::HandOver,
        }
    }
}

/// Names a scanned line: one item of one lot, from or to one place.
pub type ScanKey = (SkuCode, Option<Lot>, Place);

/// What was scanned of an item, of one lot, from or to one place.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ScanLine {
    /// The item.
    pub sku: SkuCode,
    /// The lot, where the code on the goods told it.
    pub lot: Option<Lot>,
    /// Where it is picked from, or put.
    pub place: Place,
    /// Pieces, the damaged ones among them; more than 0.
    pub units: Units,
    /// How many of them cannot be sold.
    pub damaged: Units,
}

impl ScanLine {
    /// The line's name.
    #[must_use]
    pub fn key(&self) -> ScanKey {
        (self.sku.clone(), self.lot.clone(), self.place.clone())
    }
}

/// An item beside what has been scanned of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ScanRow {
    /// The item.
    pub sku: SkuCode,
    /// Pieces promised or sent.
    pub expected: Units,
    /// Pieces scanned.
    pub scanned: Units,
    /// How many of them are damaged.
    pub damaged: Units,
}

impl ScanRow {
    /// Scanned less expected: positive where there are too many, negative where some are missing.
    #[must_use]
    pub fn difference(&self) -> Units {
        self.scanned - self.expected
    }
}

/// Why something cannot be scanned.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum ScanError {
    /// The transfer does not have the item.
    #[error("the transfer does not have the item")]
    NotOfTransfer,
    /// More than was promised: nobody asked for them.
    #[error("no more than {most} were promised")]
    MoreThanPromised {
        /// Pieces promised.
        most: Units,
    },
    /// More damaged than were sent: what is beyond those sent is a find, and is not taken in broken.
    #[error("no more than the {most} sent can be damaged")]
    MoreDamagedThanSent {
        /// Pieces sent.
        most: Units,
    },
    /// More than can move at once.
    #[error("at most {UNITS_MAX} pieces of an item move at once")]
    TooMany,
}

/// What a scanned step still lacks.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum ScanLack {
    /// Anything scanned.
    Lines,
    /// A photo of what is damaged.
    Photo,
    /// A shorter note.
    ShorterNote,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
struct Undo {
    key: ScanKey,
    before: Option<(usize, ScanLine)>,
}

/// A step being put together by scanning.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Scanning {
    /// Of which transfer.
    pub transfer: TransferId,
    /// Which step.
    pub task: ScanTask,
    /// What there should be; each item once.
    expected: Vec<Line>,
    /// What was scanned, in that order.
    lines: Vec<ScanLine>,
    /// Evidence.
    pub photos: Vec<PhotoId>,
    /// In the person's own words.
    pub note: String,
    undo: Vec<Undo>,
}

impl Scanning {
    /// Nothing scanned yet; `None` as long as nobody has said how many there should be.
    #[must_use]
    pub fn of(transfer: &Transfer, task: ScanTask) -> Option<Self> {
        let units = transfer.units(task.expected_by());
        let expected: Vec<Line> =
            units.into_iter().map(|(sku, units)| Line { sku: sku.clone(), units }).filter(|of| of.units > 0).collect();
        (!expected.is_empty()).then(|| Self {
            transfer: transfer.id,
            task,
            expected,
            lines: Vec::new(),
            photos: Vec::new(),
            note: String::new(),
            undo: Vec::new(),
        })
    }

    /// Whether nothing has been put in that a person would miss.
    #[must_use]
    pub fn is_blank(&self) -> bool {
        self.lines.is_empty() && self.photos.is_empty() && self.note.trim().is_empty()
    }

    /// What was scanned, in that order.
    #[must_use]
    pub fn lines(&self) -> &[ScanLine] {
        &self.lines
    }

    /// The line of that name.
    #[must_use]
    pub fn line(&self, key: &ScanKey) -> Option<&ScanLine> {
        self.at(key).map(|at| &self.lines[at])
    }

    /// Each item beside what has been scanned of it.
    #[must_use]
    pub fn rows(&self) -> Vec<ScanRow> {
        self.expected.iter().map(|line| self.row(line)).collect()
    }

    fn row(&self, line: &Line) -> ScanRow {
        let of_item = || self.lines.iter().filter(|scanned| scanned.sku == line.sku);
        ScanRow {
            sku: line.sku.clone(),
            expected: line.units,
            scanned: of_item().map(|scanned| scanned.units).sum(),
            damaged: of_item().map(|scanned| scanned.damaged).sum(),
        }
    }

    /// Pieces expected and scanned in all.
    #[must_use]
    pub fn sums(&self) -> (Units, Units) {
        let rows = self.rows();
        (rows.iter().map(|row| row.expected).sum(), rows.iter().map(|row| row.scanned).sum())
    }

    /// Where what was scanned is not what should be there.
    #[must_use]
    pub fn discrepancies(&self) -> Vec<Discrepancy> {
        let of = |row: ScanRow| Discrepancy {
            short: (-row.difference()).max(0),
            damaged: row.damaged,
            over: row.difference().max(0),
            sku: row.sku,
        };
        let found = self.rows().into_iter().map(of);
        found.filter(|of| (of.short, of.damaged, of.over) != (0, 0, 0)).collect()
    }

    /// Adds pieces.
    ///
    /// # Errors
    /// When the transfer does not have the item, or there would be more than can be picked.
    pub fn add(&mut self, key: &ScanKey, units: Units) -> Result<(), ScanError> {
        let now = self.line(key).map_or(0, |line| line.units);
        self.set_units(key, now.saturating_add(units))
    }

    /// Makes a line say so many pieces; 0 takes it away.
    ///
    /// # Errors
    /// As [`Self::add`].
    pub fn set_units(&mut self, key: &ScanKey, units: Units) -> Result<(), ScanError> {
        let expected = self.expected.iter().find(|line| line.sku == key.0).ok_or(ScanError::NotOfTransfer)?;
        let now = self.line(key).map_or(0, |line| line.units);
        let total = (self.row(expected).scanned - now).saturating_add(units);
        if !(0..=UNITS_MAX).contains(&units) || total > UNITS_MAX {
            return Err(ScanError::TooMany);
        }
        if self.task == ScanTask::Picking && total > expected.units && units > now {
            return Err(ScanError::MoreThanPromised { most: expected.units });
        }
        self.change(key, |line| {
            line.units = units;
            line.damaged = line.damaged.min(units);
        });
        Ok(())
    }

    /// Says how many of a line are damaged; more than there are counts as all.
    ///
    /// # Errors
    /// When that would be more than were sent.
    pub fn set_damaged(&mut self, key: &ScanKey, damaged: Units) -> Result<(), ScanError> {
        let Some(line) = self.line(key) else { return Ok(()) };
        let (damaged, now) = (damaged.clamp(0, line.units), line.damaged);
        let expected = self.expected.iter().find(|line| line.sku == key.0).ok_or(ScanError::NotOfTransfer)?;
        if self.row(expected).damaged - now + damaged > expected.units {
            return Err(ScanError::MoreDamagedThanSent { most: expected.units });
        }
        if damaged != now {
            self.change(key, |line| line.damaged = damaged);
        }
        Ok(())
    }

    /// Whether there is anything to take back.
    #[must_use]
    pub fn can_undo(&self) -> bool {
        !self.undo.is_empty()
    }

    /// Takes the last change back: a scan, a quantity, a damage. The line it was about.
    pub fn undo(&mut self) -> Option<ScanKey> {
        let Undo { key, before } = self.undo.pop()?;
        match (self.at(&key), before) {
            (Some(at), Some((_, before))) => self.lines[at] = before,
            (Some(at), None) => {
                self.lines.remove(at);
            }
            (None, Some((at, before))) => self.lines.insert(at.min(self.lines.len()), before),
            (None, None) => {}
        }
        Some(key)
    }

    fn at(&self, key: &ScanKey) -> Option<usize> {
        self.lines.iter().position(|line| (&line.sku, &line.lot, &line.place) == (&key.0, &key.1, &key.2))
    }

    fn change(&mut self, key: &ScanKey, change: impl FnOnce(&mut ScanLine)) {
        let at = self.at(key);
        let before = at.map(|at| (at, self.lines[at].clone()));
        let (sku, lot, place) = key.clone();
        let empty = ScanLine { sku, lot, place, units: 0, damaged: 0 };
        let mut after = before.as_ref().map_or(empty, |(_, line)| line.clone());
        change(&mut after);
        match at {
            Some(at) if after.units == 0 => {
                self.lines.remove(at);
            }
            Some(at) => self.lines[at] = after,
            None if after.units == 0 => return,
            None => self.lines.push(after),
        }
        self.undo.push(Undo { key: key.clone(), before });
        let n_over = self.undo.len().saturating_sub(UNDO_MAX);
        self.undo.drain(..n_over);
    }

    /// What is still missing before it can be confirmed. That all is missing is said by hand: an empty scan is no word.
    #[must_use]
    pub fn lacks(&self) -> Vec<ScanLack> {
        let mut lacks = Vec::new();
        if self.lines.is_empty() {
            lacks.push(ScanLack::Lines);
        }
        if self.photos.is_empty() && self.lines.iter().any(|line| line.damaged > 0) {
            lacks.push(ScanLack::Photo);
        }
        if self.note.chars().count() > TEXT_MAX_CHARS {
            lacks.push(ScanLack::ShorterNote);
        }
        lacks
    }

    /// The step as it was scanned.
    ///
    /// # Errors
    /// What is still missing.
    pub fn finish(&self) -> Result<Step, Vec<ScanLack>> {
        let lacks = self.lacks();
        if !lacks.is_empty() {
            return Err(lacks);
        }
        Ok(match self.task {
            ScanTask::Picking => {
                let line = |line: &ScanLine| PickedLine {
                    sku: line.sku.clone(),
                    units: line.units,
                    lot: line.lot.clone(),
                    from: line.place.clone(),
                };
                Step::Picked { lines: self.lines.iter().map(line).collect() }
            }
            ScanTask::Receipt => {
                let note = Some(self.note.trim().to_owned()).filter(|note| !note.is_empty());
                Step::Received { lines: self.received(), photos: self.photos.clone(), note }
            }
        })
    }

    /// Of each item the damaged ones first, then the sound ones, are of those that were sent; the rest is too many.
    fn received(&self) -> Vec<ReceivedLine> {
        let mut left: Vec<(&SkuCode, Units)> =
            self.rows_of_expected().map(|(line, damaged)| (&line.sku, line.units - damaged)).collect();
        let mut lines = Vec::with_capacity(self.lines.len());
        for line in &self.lines {
            let sound = line.units - line.damaged;
            let of_sent = match left.iter_mut().find(|(sku, _)| **sku == line.sku) {
                Some((_, left)) => {
                    let taken = sound.min(*left);
                    *left -= taken;
                    taken
                }
                None => 0,
            };
            lines.push(ReceivedLine {
                sku: line.sku.clone(),
                lot: line.lot.clone(),
                units: of_sent,
                damaged: line.damaged,
                over: sound - of_sent,
                to: line.place.clone(),
            });
        }
        lines
    }

    fn rows_of_expected(&self) -> impl Iterator<Item = (&Line, Units)> {
        self.expected.iter().map(|line| (line, self.row(line).damaged))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::approval::Standing;
    use crate::id::{EventId, PersonId, ShelfCode, StoreCode};
    use crate::instant::Timestamp;
    use crate::transfer::{Candidate, Carriage, LotLine, Request, Side, Taken};
    use proptest::prelude::*;
    use std::collections::BTreeMap;

    fn sku(code: &str) -> SkuCode {
        SkuCode::parse(code).expect("valid")
    }

    fn lot(batch: &str) -> Option<Lot> {
        Some(Lot { best_before: None, batch: Some(batch.into()) })
    }

    fn shelf(code: &str) -> Place {
        Place::Shelf(ShelfCode::parse(code).expect("valid"))
    }

    fn key(code: &str) -> ScanKey {
        (sku(code), None, Place::BackRoom)
    }

    /// S002 has promised, and sent, 3 of item 1 and 2 of item 2.
    fn transfer() -> Transfer {
        let store = |code: &str| StoreCode::parse(code).expect("valid");
        let lines = || [("1", 3), ("2", 2)].map(|(code, units)| Line { sku: sku(code), units }).to_vec();
        let sent = lines().into_iter().map(|of| LotLine { sku: of.sku, units: of.units, lot: lot("L") }).collect();
        let picked = lines().into_iter().map(|of| PickedLine {
            sku: of.sku,
            units: of.units,
            lot: lot("L"),
            from: Place::BackRoom,
        });
        let candidates = vec![Candidate { store: store("S002"), why: Vec::new() }];
        let taken = |n: u128, step: Step| Taken {
            at: Timestamp::from_unix_ms(i64::try_from(n).expect("small")),
            event: EventId::from_parts(1, n),
            by: PersonId::parse("P").expect("valid"),
            value_minor: 0,
            standing: Standing::Posted,
            step,
        };
        let request = Step::Requested(Request { lines: lines(), candidates, wanted_by: None, note: None });
        let of_source = [
            Step::Confirmed { lines: lines() },
            Step::Picked { lines: picked.collect() },
            Step::HandedOver { lines: sent, carriage: Carriage::Driver { name: "李师傅".into() } },
        ];
        let of_source = of_source.into_iter().zip(2..).map(|(step, n)| taken(n, step));
        let sides = BTreeMap::from([
            (store("S001"), Side::from_iter([taken(1, request)])),
            (store("S002"), Side::from_iter(of_source)),
        ]);
        Transfer::of(TransferId::of(EventId::from_parts(1, 1)), sides).expect("requested")
    }

    fn scanning(task: ScanTask) -> Scanning {
        Scanning::of(&transfer(), task).expect("there is something to scan")
    }

    #[test]
    fn no_more_is_picked_than_was_promised_and_nothing_else() {
        let mut picking = scanning(ScanTask::Picking);
        assert_eq!(picking.add(&key("7"), 1), Err(ScanError::NotOfTransfer));
        assert_eq!(picking.add(&(sku("1"), None, shelf("A-01")), 2), Ok(()));
        assert_eq!(picking.add(&key("1"), 2), Err(ScanError::MoreThanPromised { most: 3 }), "a case of two");
        assert_eq!(picking.add(&key("1"), 1), Ok(()));
        assert_eq!(picking.add(&key("1"), 1), Err(ScanError::MoreThanPromised { most: 3 }));
        let Ok(Step::Picked { lines }) = picking.finish() else { panic!("complete") };
        let from: Vec<(Units, Place)> = lines.into_iter().map(|line| (line.units, line.from)).collect();
        assert_eq!(from, [(2, shelf("A-01")), (1, Place::BackRoom)]);
        let row = &picking.rows()[1];
        assert_eq!((row.scanned, row.difference()), (0, -2), "fewer may be picked");
    }

    #[test]
    fn what_arrives_damaged_was_sent_and_what_is_beyond_is_too_many() {
        let mut receipt = scanning(ScanTask::Receipt);
        receipt.add(&(sku("1"), lot("L"), Place::BackRoom), 2).expect("sent");
        receipt.add(&(sku("1"), None, shelf("A-01")), 2).expect("one too many");
        receipt.set_damaged(&(sku("1"), None, shelf("A-01")), 1).expect("there is one");
        receipt.add(&key("2"), 1).expect("sent");
        assert_eq!(receipt.finish(), Err(vec![ScanLack::Photo]));
        let found: Vec<(Units, Units, Units)> =
            receipt.discrepancies().into_iter().map(|of| (of.short, of.damaged, of.over)).collect();
        assert_eq!(found, [(0, 1, 1), (1, 0, 0)]);
        receipt.photos.push(PhotoId::of(b"photo"));
        let Ok(Step::Received { lines, .. }) = receipt.finish() else { panic!("complete") };
        let lines: Vec<(Units, Units, Units)> =
            lines.into_iter().map(|line| (line.units, line.damaged, line.over)).collect();
        assert_eq!(lines, [(2, 0, 0), (0, 1, 1), (1, 0, 0)]);
        assert_eq!(receipt.add(&key("7"), 1), Err(ScanError::NotOfTransfer));
    }

    #[test]
    fn more_cannot_be_damaged_than_were_sent() {
        let mut receipt = scanning(ScanTask::Receipt);
        receipt.add(&key("2"), 5).expect("three too many");
        assert_eq!(receipt.set_damaged(&key("2"), 3), Err(ScanError::MoreDamagedThanSent { most: 2 }));
        assert_eq!(receipt.set_damaged(&key("2"), 2), Ok(()));
    }

    #[test]
    fn an_empty_scan_says_nothing() {
        assert_eq!(scanning(ScanTask::Receipt).finish(), Err(vec![ScanLack::Lines]));
    }

    proptest! {
        /// Whatever was scanned: undoing all of it leaves nothing, and what is received fits what was sent.
        #[test]
        fn scans_can_be_taken_back_and_add_up(scans in prop::collection::vec((0..3_usize, 1..4_i64, 0..3_i64), 0..20)) {
            let mut receipt = scanning(ScanTask::Receipt);
            for (item, units, damaged) in scans {
                let key = key(["1", "2", "7"][item]);
                let _ = receipt.add(&key, units);
                let _ = receipt.set_damaged(&key, damaged);
            }
            receipt.photos.push(PhotoId::of(b"photo"));
            if let Ok(Step::Received { lines, .. }) = receipt.finish() {
                for row in receipt.rows() {
                    let of = || lines.iter().filter(|line| line.sku == row.sku);
                    let of_sent: Units = of().map(|line| line.units + line.damaged).sum();
                    let over: Units = of().map(|line| line.over).sum();
                    prop_assert_eq!(of_sent + over, row.scanned);
                    prop_assert!(of_sent <= row.expected && (over == 0 || of_sent == row.expected));
                }
            }
            while receipt.undo().is_some() {}
            prop_assert!(receipt.lines().is_empty());
        }
    }
}
