//! Plans the stocktakes that the demo finds under way or behind it, and plays them piece by piece.

use super::catalogue::CATEGORIES;
use super::history::{Line, Setting};
use super::random::Random;
use super::recorder::Recorder;
use domain::event::{CountMethod, CountedItem, EventBody, ShelfProof};
use domain::id::{ShelfCode, StocktakeId};
use domain::instant::{DAY_MS, MINUTE_MS, Timestamp};
use domain::movement::Units;
use domain::policy::Role;
use domain::shelf_tag::ShelfKey;
use domain::stocktake::stocktake_id;

/// What the demo finds in a store.
enum Progress {
    /// Nothing has been counted: the newcomer's own scan is the first.
    Untouched,
    /// Under way: the share counted, and the minutes since the last scan.
    UnderWay { share: f64, idle_min: i64 },
    /// Submitted so many days ago.
    Finished { days_ago: i64 },
}

/// The first twelve stores, so that the board shows every stage at first sight.
const FIRST: [Progress; 12] = [
    Progress::Untouched,
    Progress::UnderWay { share: 0.38, idle_min: 2 },
    Progress::Finished { days_ago: 1 },
    Progress::UnderWay { share: 0.76, idle_min: 1 },
    Progress::Finished { days_ago: 3 },
    Progress::Untouched,
    Progress::UnderWay { share: 0.12, idle_min: 4 },
    Progress::Finished { days_ago: 6 },
    Progress::UnderWay { share: 0.55, idle_min: 170 },
    Progress::Finished { days_ago: 12 },
    Progress::UnderWay { share: 0.93, idle_min: 9 },
    Progress::Finished { days_ago: 20 },
];

fn progress(store_at: usize, random: &mut Random) -> Progress {
    if let Some(first) = FIRST.get(store_at) {
        return match *first {
            Progress::Untouched => Progress::Untouched,
            Progress::UnderWay { share, idle_min } => Progress::UnderWay { share, idle_min },
            Progress::Finished { days_ago } => Progress::Finished { days_ago },
        };
    }
    match random.whole(0, 9) {
        0..=2 => Progress::Untouched,
        3..=5 => Progress::UnderWay { share: random.between(0.05, 0.97), idle_min: random.whole(1, 240) },
        _ => Progress::Finished { days_ago: random.whole(1, 25) },
    }
}

/// One thing a counter does.
pub enum CountStep {
    /// Opens the stocktake.
    Open { stocktake: StocktakeId, counter: usize },
    /// Counts one item on a shelf.
    Item { stocktake: StocktakeId, counter: usize, line: usize, online_at: Timestamp },
    /// Finds a code that nobody knows.
    Unknown { stocktake: StocktakeId, counter: usize, shelf: usize },
    /// Hands the count in.
    Submit { stocktake: StocktakeId, counter: usize },
}

/// From the first scan of an item to that of the next, in milliseconds: some six items a minute.
const PACE_MS: (i64, i64) = (6_500, 12_500);
/// From one shelf to the next.
const WALK_MS: (i64, i64) = (15_000, 60_000);

/// Everything that is done for the store's stocktake, if it has one.
pub fn plan(setting: &Setting<'_>, lines: &[Line], random: &mut Random) -> Vec<(Timestamp, CountStep)> {
    let (share, last_at) = match progress(setting.store_at, random) {
        Progress::Untouched => return Vec::new(),
        Progress::UnderWay { share, idle_min } => (share, setting.now.plus_ms(-idle_min * MINUTE_MS)),
        Progress::Finished { days_ago } => {
            let finished_at = setting.now.plus_ms(-days_ago * DAY_MS - random.whole(0, 3 * 60) * MINUTE_MS);
            (1.0, finished_at)
        }
    };
    let is_finished = share >= 1.0;
    if is_finished && setting.now.since(last_at) > i64::from(setting.n_days.saturating_sub(2)) * DAY_MS {
        return Vec::new();
    }
    let counters = counters(setting);
    let walk = walk(setting, lines, share, &counters, random);
    let Some(length_ms) = walk.iter().map(|(after_ms, _)| *after_ms).max() else { return Vec::new() };
    // Played backwards from its end, so that the last scan is as fresh as planned.
    let opened_at = last_at.plus_ms(-length_ms);
    let stocktake = stocktake_id(&setting.store.store.code, opened_at, setting.store.store.zone_offset, 1);
    let lead = counters[0];
    let mut steps = vec![(opened_at.plus_ms(-20_000), CountStep::Open { stocktake: stocktake.clone(), counter: lead })];
    let mut offline: Option<(usize, Timestamp)> = None;
    for (after_ms, seen) in walk {
        let at = opened_at.plus_ms(after_ms);
        match seen {
            Seen::Item { counter, line } => {
                // A dead spot between the shelves: some minutes of scans arrive together.
                if random.chance(0.004) {
                    offline = Some((counter, at.plus_ms(random.whole(2, 12) * MINUTE_MS)));
                }
                let online_at = offline.filter(|(who, until)| *who == counter && *until > at).map_or(at, |(_, t)| t);
                let step = CountStep::Item { stocktake: stocktake.clone(), counter, line, online_at };
                steps.push((at, step));
            }
            Seen::Unknown { counter, shelf } => {
                steps.push((at, CountStep::Unknown { stocktake: stocktake.clone(), counter, shelf }));
            }
        }
    }
    if is_finished {
        // Later than any dead spot lasts.
        let at = last_at.plus_ms(15 * MINUTE_MS);
        steps.push((at, CountStep::Submit { stocktake, counter: lead }));
    }
    steps
}

/// The store's clerks, or whoever there is: indexes into its staff.
fn counters(setting: &Setting<'_>) -> Vec<usize> {
    let clerks: Vec<usize> = (0..setting.staff.len()).filter(|&at| setting.staff[at].role == Role::Clerk).collect();
    if clerks.is_empty() { vec![0] } else { clerks }
}

enum Seen {
    Item { counter: usize, line: usize },
    Unknown { counter: usize, shelf: usize },
}

/// Who sees what, and how many milliseconds after the opening: each counter takes every other shelf.
fn walk(
    setting: &Setting<'_>,
    lines: &[Line],
    share: f64,
    counters: &[usize],
    random: &mut Random,
) -> Vec<(i64, Seen)> {
    let n_lines = (lines.len() as f64 * share).round() as usize;
    let mut order: Vec<usize> = (0..setting.store.shelves.len()).collect();
    // Not every store begins with the drinks.
    let first = if order.is_empty() { 0 } else { random.index(order.len()) };
    order.rotate_left(first);
    // Some departments are counted to the last piece, in others much is passed over.
    let passed_over: Vec<f64> = CATEGORIES
        .iter()
        .map(|_| match random.whole(0, 9) {
            0..=4 => 0.0,
            5..=7 => random.between(0.05, 0.25),
            _ => random.between(0.3, 0.7),
        })
        .collect();
    let mut walk = Vec::new();
    let mut n_seen = 0;
    let mut clocks = vec![0_i64; counters.len()];
    for shelf in order {
        let (turn, clock) = clocks.iter_mut().enumerate().min_by_key(|(_, clock)| **clock).expect("there is a counter");
        let counter = counters[turn];
        *clock += random.whole(WALK_MS.0, WALK_MS.1);
        for line in (0..lines.len()).filter(|&line| lines[line].shelf == shelf) {
            if n_seen == n_lines {
                return walk;
            }
            n_seen += 1;
            if random.chance(passed_over[lines[line].category]) {
                continue;
            }
            walk.push((*clock, Seen::Item { counter, line }));
            *clock += random.whole(PACE_MS.0, PACE_MS.1);
        }
        if random.chance(0.03) {
            walk.push((*clock, Seen::Unknown { counter, shelf }));
            *clock += random.whole(PACE_MS.0, PACE_MS.1);
        }
    }
    walk
}

/// What unknown goods are called by those who find them.
const FOUND: [&str; 6] = ["赠品水杯", "试用装洗面奶", "无标签糖果", "换包装饼干", "临期赠饮", "促销雨伞"];

/// How the store's book stock is wrong, and the counting of it.
pub struct Counting {
    /// By category: the share of the pieces that is missing (negative) or too many.
    bias: Vec<f64>,
}

impl Counting {
    pub fn new(random: &mut Random) -> Self {
        let bias = CATEGORIES
            .iter()
            .map(|_| match random.whole(0, 9) {
                0 => random.between(-0.10, -0.05),
                1 => random.between(0.03, 0.07),
                _ => random.spread() * 0.008 - 0.004,
            })
            .collect();
        Self { bias }
    }

    #[expect(clippy::too_many_arguments, reason = "the shop lends its parts for one step")]
    pub fn play<'s>(
        &self,
        at: Timestamp,
        step: CountStep,
        lines: &[Line],
        shelf_of: &dyn Fn(usize) -> &'s ShelfCode,
        key: &ShelfKey,
        recorder: &mut Recorder<'_>,
        random: &mut Random,
    ) {
        match step {
            CountStep::Open { stocktake, counter } => {
                recorder.by_phone(at, at, counter, EventBody::StocktakeOpened { stocktake }, random);
            }
            CountStep::Submit { stocktake, counter } => {
                recorder.by_phone(at, at, counter, EventBody::StocktakeSubmitted { stocktake }, random);
            }
            CountStep::Unknown { stocktake, counter, shelf } => {
                let code = format!("{}", random.whole(2_000_000_000, 2_999_999_999));
                let name = Some(FOUND[random.index(FOUND.len())].to_owned());
                let item = CountedItem::Unknown { code, name };
                let scan = Scan { stocktake, counter, item, online_at: at };
                scan.record(at, CountMethod::TypedCode, 1, shelf_of(shelf), key, recorder, random);
            }
            CountStep::Item { stocktake, counter, line, online_at } => {
                let line = &lines[line];
                let item = CountedItem::Known(line.sku.clone());
                let scan = Scan { stocktake, counter, item, online_at };
                scan.count(at, self.found(line, random), shelf_of(line.shelf), key, recorder, random);
            }
        }
    }

    /// What is really on the shelf.
    fn found(&self, line: &Line, random: &mut Random) -> Units {
        let skewed = line.on_shelf as f64 * self.bias[line.category];
        // A share of a piece is a whole piece in that share of the cases.
        let mut error =
            skewed.trunc() as Units + if random.chance(skewed.fract().abs()) { skewed.signum() as Units } else { 0 };
        if random.chance(0.04) {
            error += if random.chance(0.6) { -1 } else { 1 } * random.whole(1, 2);
        }
        (line.on_shelf + error).max(0)
    }
}

struct Scan {
    stocktake: StocktakeId,
    counter: usize,
    item: CountedItem,
    online_at: Timestamp,
}

impl Scan {
    /// Scans an item and types how many there are; one or two are simply scanned.
    fn count(
        &self,
        at: Timestamp,
        units: Units,
        shelf: &ShelfCode,
        key: &ShelfKey,
        recorder: &mut Recorder<'_>,
        random: &mut Random,
    ) {
        let mut record = |after_ms: i64, method, units| {
            self.record(at.plus_ms(after_ms), method, units, shelf, key, recorder, random)
        };
        match units {
            0 => {
                record(0, CountMethod::Keypad, 0);
            }
            1 => {
                record(0, CountMethod::Camera, 1);
            }
            2 => {
                record(0, CountMethod::Camera, 1);
                record(1_300, CountMethod::Camera, 1);
            }
            _ => {
                record(0, CountMethod::Camera, 1);
                record(3_200, CountMethod::Keypad, units - 1);
            }
        }
        if random.chance(0.008) {
            // One scan too many, seen at once and taken back.
            let extra = self.record(at.plus_ms(4_000), CountMethod::Camera, 1, shelf, key, recorder, random);
            let body = EventBody::CountUndone { stocktake: self.stocktake.clone(), cites: extra };
            recorder.by_phone(at.plus_ms(5_500), self.online_at, self.counter, body, random);
        }
    }

    #[expect(clippy::too_many_arguments, reason = "the shop lends its parts for one scan")]
    fn record(
        &self,
        at: Timestamp,
        method: CountMethod,
        units: Units,
        shelf: &ShelfCode,
        key: &ShelfKey,
        recorder: &mut Recorder<'_>,
        random: &mut Random,
    ) -> domain::id::EventId {
        // A worn label is picked from the list.
        let proof = if random.chance(0.02) {
            ShelfProof::Picked
        } else {
            let store = &recorder.store().code;
            ShelfProof::Scanned(key.sign(store, shelf).signature)
        };
        let body = EventBody::Counted {
            stocktake: self.stocktake.clone(),
            shelf: shelf.clone(),
            proof,
            item: self.item.clone(),
            units,
            method,
        };
        recorder.by_phone(at, self.online_at, self.counter, body, random)
    }
}
