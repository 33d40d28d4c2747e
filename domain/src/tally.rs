//! What one phone has counted in one stocktake, line by line, from the events it recorded.
//!
//! The ledger's read models ([`crate::fold`]) add up everybody; a counter works on the lines of this phone, offline
//! too. Noting an event costs the same however many there are, so scanning never slows down.

use crate::event::{CountedItem, DeviceEvent, EventBody};
use crate::id::{EventId, ShelfCode, SkuCode, StocktakeId};
use crate::movement::{UNITS_MAX, Units};
use std::collections::{BTreeMap, BTreeSet};

/// What a line counts.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum LineItem {
    /// An item of the master data.
    Known(SkuCode),
    /// A code nobody knows yet.
    Unknown(String),
}

impl From<&CountedItem> for LineItem {
    fn from(item: &CountedItem) -> Self {
        match item {
            CountedItem::Known(sku) => Self::Known(sku.clone()),
            CountedItem::Unknown { code, .. } => Self::Unknown(code.clone()),
        }
    }
}

/// Names a line of a stocktake.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct LineKey {
    /// The shelf.
    pub shelf: ShelfCode,
    /// What is counted there.
    pub item: LineItem,
}

/// One item on one shelf, as this phone counted it.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Line {
    units: Units,
    /// Observations that stand, with their pieces, in the order they were noted.
    standing: Vec<(EventId, Units)>,
    name: Option<String>,
}

impl Line {
    /// Σ pieces of the observations that stand.
    #[must_use]
    pub fn units(&self) -> Units {
        self.units
    }

    /// Observations that stand; a counted 0 has one.
    #[must_use]
    pub fn n_observations(&self) -> usize {
        self.standing.len()
    }

    /// The newest observation that stands, and its pieces: what "undo" takes back.
    #[must_use]
    pub fn newest(&self) -> Option<(EventId, Units)> {
        self.standing.last().copied()
    }

    /// The observations that stand, in the order they were noted: all of them taken back, the line is uncounted again.
    pub fn observations(&self) -> impl Iterator<Item = EventId> {
        self.standing.iter().map(|(id, _)| *id)
    }

    /// What the counter called an unknown item last.
    #[must_use]
    pub fn name(&self) -> Option<&str> {
        self.name.as_deref()
    }
}

/// The lines of one stocktake.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Tally {
    stocktake: StocktakeId,
    lines: BTreeMap<LineKey, Line>,
    n_lines: BTreeMap<ShelfCode, u32>,
    counted: BTreeMap<EventId, LineKey>,
    undone: BTreeSet<EventId>,
    /// Every observation in the order noted, for "undo"; those taken back are dropped when they come up.
    history: Vec<EventId>,
}

impl Tally {
    /// Begins with nothing counted.
    #[must_use]
    pub fn new(stocktake: StocktakeId) -> Self {
        Self {
            stocktake,
            lines: BTreeMap::new(),
            n_lines: BTreeMap::new(),
            counted: BTreeMap::new(),
            undone: BTreeSet::new(),
            history: Vec::new(),
        }
    }

    /// The stocktake.
    #[must_use]
    pub fn stocktake(&self) -> &StocktakeId {
        &self.stocktake
    }

    /// Takes note of an event and names the line it changed. Events of other stocktakes, events noted before and
    /// events that count nothing change none.
    pub fn note(&mut self, event: &DeviceEvent) -> Option<LineKey> {
        if event.body.stocktake() != Some(&self.stocktake) {
            return None;
        }
        match &event.body {
            EventBody::Counted { shelf, item, units, .. } => {
                let key = LineKey { shelf: shelf.clone(), item: item.into() };
                if self.counted.insert(event.id, key.clone()).is_some() || self.undone.contains(&event.id) {
                    return None;
                }
                self.history.push(event.id);
                let line = self.lines.entry(key.clone()).or_default();
                if line.standing.is_empty() {
                    *self.n_lines.entry(shelf.clone()).or_default() += 1;
                }
                line.standing.push((event.id, *units));
                line.units += units;
                if let CountedItem::Unknown { name: Some(name), .. } = item {
                    line.name = Some(name.clone());
                }
                Some(key)
            }
            EventBody::CountUndone { cites, .. } => {
                if !self.undone.insert(*cites) {
                    return None;
                }
                let key = self.counted.get(cites)?.clone();
                let line = self.lines.get_mut(&key)?;
                // From the end: it is nearly always the newest that is taken back.
                let at = line.standing.iter().rposition(|(id, _)| id == cites)?;
                let (_, units) = line.standing.remove(at);
                line.units -= units;
                if line.standing.is_empty()
                    && let Some(n_lines) = self.n_lines.get_mut(&key.shelf)
                {
                    *n_lines -= 1;
                }
                Some(key)
            }
            _ => None,
        }
    }

    /// The line, if it stands.
    #[must_use]
    pub fn line(&self, key: &LineKey) -> Option<&Line> {
        self.lines.get(key).filter(|line| !line.standing.is_empty())
    }

    /// The lines that stand on a shelf.
    pub fn lines_of<'a>(&'a self, shelf: &'a ShelfCode) -> impl Iterator<Item = (&'a LineKey, &'a Line)> {
        self.lines.iter().filter(move |(key, line)| key.shelf == *shelf && !line.standing.is_empty())
    }

    /// The shelf's items in the order they were first counted, of those that stand.
    #[must_use]
    pub fn items_in_order(&self, shelf: &ShelfCode) -> Vec<LineItem> {
        let mut lines: Vec<(&LineKey, &Line)> = self.lines_of(shelf).collect();
        lines.sort_by_key(|(_, line)| line.standing.first().map(|(id, _)| *id));
        lines.into_iter().map(|(key, _)| key.item.clone()).collect()
    }

    /// Lines that stand on a shelf.
    #[must_use]
    pub fn n_lines_of(&self, shelf: &ShelfCode) -> u32 {
        self.n_lines.get(shelf).copied().unwrap_or(0)
    }

    /// Lines that stand on all shelves.
    #[must_use]
    pub fn n_lines(&self) -> u32 {
        self.n_lines.values().sum()
    }

    /// Shelves with a line that stands.
    #[must_use]
    pub fn n_shelves(&self) -> usize {
        self.n_lines.values().filter(|n_lines| **n_lines > 0).count()
    }

    /// The newest observation that stands, on whichever line.
    pub fn newest(&mut self) -> Option<(EventId, LineKey)> {
        while let Some(id) = self.history.last() {
            if !self.undone.contains(id) {
                return self.counted.get(id).map(|key| (*id, key.clone()));
            }
            self.history.pop();
        }
        None
    }

    /// The pieces to record so that the line says `total`. 0 over 0 is an observation too: "there are none".
    ///
    /// # Errors
    /// When `total` is negative or absurd.
    pub fn difference_to(&self, key: &LineKey, total: Units) -> Result<Units, TotalError> {
        if !(0..=UNITS_MAX).contains(&total) {
            return Err(TotalError { total });
        }
        Ok(total - self.line(key).map_or(0, Line::units))
    }
}

/// Why a quantity cannot be what is on a shelf.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("{total} pieces cannot be on a shelf; 0 to {UNITS_MAX} can")]
pub struct TotalError {
    /// The quantity.
    pub total: Units,
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::event::{CountMethod, ShelfProof};
    use crate::geo::{Fix, NoFix};
    use crate::id::{DeviceId, PersonId, StoreCode};
    use crate::instant::Timestamp;

    const STOCKTAKE: &str = "S001-20261122";

    fn stocktake() -> StocktakeId {
        StocktakeId::parse(STOCKTAKE).expect("valid")
    }

    fn shelf(code: &str) -> ShelfCode {
        ShelfCode::parse(code).expect("valid")
    }

    fn milk() -> CountedItem {
        CountedItem::Known(SkuCode::parse("100234").expect("valid"))
    }

    fn key(item: &CountedItem) -> LineKey {
        LineKey { shelf: shelf("A-01"), item: item.into() }
    }

    fn event(n: u64, body: EventBody) -> DeviceEvent {
        DeviceEvent {
            id: EventId::from_parts(n, 0),
            store: StoreCode::parse("S001").expect("valid"),
            device: DeviceId::from_parts(1, 1),
            device_seq: n,
            person: PersonId::parse("P1").expect("valid"),
            effective_at: Timestamp::from_unix_ms(0),
            fix: Fix::Missing { reason: NoFix::Denied },
            app: String::new(),
            body,
        }
    }

    fn counted(n: u64, at: &str, item: CountedItem, units: Units) -> DeviceEvent {
        let (proof, method) = (ShelfProof::Picked, CountMethod::Camera);
        event(n, EventBody::Counted { stocktake: stocktake(), shelf: shelf(at), proof, item, units, method })
    }

    fn undone(n: u64, cites: u64) -> DeviceEvent {
        event(n, EventBody::CountUndone { stocktake: stocktake(), cites: EventId::from_parts(cites, 0) })
    }

    fn tally(events: &[DeviceEvent]) -> Tally {
        let mut tally = Tally::new(stocktake());
        for event in events {
            tally.note(event);
        }
        tally
    }

    #[test]
    fn scans_of_one_item_add_up_on_their_shelf() {
        let tally =
            tally(&[counted(1, "A-01", milk(), 1), counted(2, "A-01", milk(), 1), counted(3, "A-02", milk(), 1)]);
        assert_eq!(tally.line(&key(&milk())).map(Line::units), Some(2));
        assert_eq!((tally.n_lines(), tally.n_shelves(), tally.n_lines_of(&shelf("A-01"))), (2, 2, 1));
    }

    #[test]
    fn an_event_noted_twice_counts_once() {
        let one = counted(1, "A-01", milk(), 1);
        assert_eq!(tally(&[one.clone(), one]).line(&key(&milk())).map(Line::units), Some(1));
    }

    #[test]
    fn what_is_taken_back_no_longer_stands() {
        let mut tally = tally(&[counted(1, "A-01", milk(), 1), counted(2, "A-01", milk(), 1), undone(3, 2)]);
        assert_eq!(tally.line(&key(&milk())).map(Line::units), Some(1));
        assert_eq!(tally.newest().map(|(id, _)| id), Some(EventId::from_parts(1, 0)));
        tally.note(&undone(4, 1));
        assert_eq!(tally.line(&key(&milk())), None, "a line without observations is uncounted, not 0");
        assert_eq!((tally.n_lines(), tally.n_shelves(), tally.newest()), (0, 0, None));
        let again = self::tally(&[counted(1, "A-01", milk(), 1), counted(2, "A-01", milk(), 4), undone(3, 1)]);
        let line = again.line(&key(&milk())).expect("counted");
        assert_eq!(line.observations().collect::<Vec<_>>(), [EventId::from_parts(2, 0)]);
    }

    #[test]
    fn taking_back_twice_or_ahead_of_the_count_takes_back_once() {
        let twice = tally(&[counted(1, "A-01", milk(), 3), counted(2, "A-01", milk(), 1), undone(3, 2), undone(4, 2)]);
        assert_eq!(twice.line(&key(&milk())).map(Line::units), Some(3));
        assert_eq!(tally(&[undone(2, 1), counted(1, "A-01", milk(), 3)]).n_lines(), 0);
    }

    #[test]
    fn a_typed_total_is_recorded_as_the_difference() {
        let tally = tally(&[counted(1, "A-01", milk(), 3)]);
        assert_eq!(tally.difference_to(&key(&milk()), 24), Ok(21));
        assert_eq!(tally.difference_to(&key(&milk()), 0), Ok(-3));
        for absurd in [-1, UNITS_MAX + 1, Units::MAX, Units::MIN] {
            assert_eq!(tally.difference_to(&key(&milk()), absurd), Err(TotalError { total: absurd }));
        }
    }

    #[test]
    fn a_counted_zero_stands() {
        let empty = tally(&[counted(1, "A-01", milk(), 0)]);
        assert_eq!(empty.line(&key(&milk())).map(|line| (line.units(), line.n_observations())), Some((0, 1)));
        assert_eq!(empty.n_lines(), 1);
    }

    #[test]
    fn unknown_codes_keep_their_last_name() {
        let named = |name: &str| CountedItem::Unknown { code: "X1".to_owned(), name: Some(name.to_owned()) };
        let bare = CountedItem::Unknown { code: "X1".to_owned(), name: None };
        let tally = tally(&[
            counted(1, "A-01", named("Tea"), 1),
            counted(2, "A-01", named("Green tea"), 0),
            counted(3, "A-01", bare.clone(), 1),
        ]);
        let line = tally.line(&key(&bare)).expect("counted");
        assert_eq!((line.name(), line.units()), (Some("Green tea"), 2));
    }

    #[test]
    fn another_stocktake_is_left_alone() {
        let mut other = Tally::new(StocktakeId::parse("S001-20261121").expect("valid"));
        assert_eq!(other.note(&counted(1, "A-01", milk(), 1)), None);
        assert_eq!(other.n_lines(), 0);
    }
}
