//! Plays the days of one store: deliveries, sales, refills, write-offs and counting, each recorded when and by whom
//! it would be.

use super::catalogue::CATEGORIES;
use super::counting::{CountStep, Counting, plan};
use super::person::DemoPerson;
use super::place::DemoStore;
use super::product::Traits;
use super::promotion::{self, Promotion};
use super::random::Random;
use super::recorder::{Recorded, Recorder};
use domain::event::EventBody;
use domain::id::{ShelfCode, SkuCode};
use domain::instant::{DAY_MS, MINUTE_MS, Timestamp};
use domain::movement::{Leg, Movement, MovementKind, Place, Units};
use domain::policy::Role;
use domain::shelf_tag::ShelfKey;
use std::collections::{BTreeMap, BTreeSet};

/// Share of the day's customers by hour, from midnight: breakfast, lunch and the way home.
const HOUR_WEIGHTS: [f64; 24] = [
    0.2, 0.1, 0.1, 0.1, 0.1, 0.3, 1.2, 3.5, 5.0, 3.5, 3.2, 4.5, 6.0, 4.5, 3.2, 3.2, 3.8, 5.5, 7.5, 7.0, 5.5, 4.0, 2.5,
    1.0,
];
/// From Monday to Sunday.
const DAY_WEIGHTS: [f64; 7] = [0.9, 0.88, 0.92, 0.97, 1.12, 1.28, 1.2];

/// An item in the store.
pub struct Line {
    pub shelf: usize,
    pub sku: SkuCode,
    pub category: usize,
    price_minor: i64,
    case_units: Units,
    capacity: Units,
    /// On the shelf now.
    pub on_shelf: Units,
    in_back_room: Units,
}

enum Act {
    Opening(usize),
    Delivery,
    Refill,
    Sale,
    Allocation,
    PromotedSale,
    WriteOff,
    Count(CountStep),
}

/// What the chain knows that the store's history is made from.
pub struct Setting<'a> {
    pub store: &'a DemoStore,
    /// Position of the store in the chain.
    pub store_at: usize,
    /// For the `items` of each shelf: traits.
    pub traits: &'a dyn Fn(&SkuCode) -> Traits,
    /// Those who work in this store.
    pub staff: Vec<&'a DemoPerson>,
    pub n_days: u32,
    pub n_receipts_per_day: u32,
    /// Items of the promotion.
    pub promoted: &'a BTreeSet<SkuCode>,
    /// Whether customers come here for them.
    pub is_crowded: bool,
    pub now: Timestamp,
    pub seed: u64,
}

/// The store's events in the order in which they were recorded.
pub fn history(setting: &Setting<'_>, key: &ShelfKey) -> Vec<Recorded> {
    let mut shop = Shop::open(setting);
    let mut agenda = shop.agenda();
    // Stable: what was put down first at one instant happens first.
    agenda.sort_by_key(|(at, _)| *at);
    for (at, act) in agenda {
        if at <= setting.now {
            shop.play(at, act, key);
        }
    }
    shop.recorder.finish()
}

struct Shop<'a> {
    setting: &'a Setting<'a>,
    random: Random,
    recorder: Recorder<'a>,
    lines: Vec<Line>,
    /// Running sums of the lines' chances to be bought.
    pulls: Vec<f64>,
    counting: Counting,
    promotion: Promotion,
    n_documents: u32,
}

impl<'a> Shop<'a> {
    fn open(setting: &'a Setting<'a>) -> Self {
        let mut random = Random::new(setting.seed, &format!("history {}", setting.store_at));
        let month = setting.now.wall(setting.store.store.zone_offset).month;
        let mut lines = Vec::new();
        let mut pulls: Vec<f64> = Vec::new();
        for (shelf, (items, &category)) in
            setting.store.shelves.iter().zip(&setting.store.shelf_categories).map(|(s, c)| (&s.items, c)).enumerate()
        {
            for sku in items {
                let traits = (setting.traits)(sku);
                let pull = traits.pull * random.between(0.6, 1.4) * season(category, month);
                pulls.push(pulls.last().copied().unwrap_or_default() + pull);
                let capacity = capacity(traits.case_units, traits.pull, &mut random);
                lines.push(Line {
                    shelf,
                    sku: sku.clone(),
                    category,
                    price_minor: traits.price_minor,
                    case_units: traits.case_units,
                    capacity,
                    on_shelf: 0,
                    in_back_room: 0,
                });
            }
        }
        let counting = Counting::new(&mut random);
        let recorder = Recorder::new(setting);
        let promotion = Promotion {
            lines: (0..lines.len()).filter(|&at| setting.promoted.contains(&lines[at].sku)).collect(),
            first_day: setting.n_days.saturating_sub(promotion::DAYS),
            is_crowded: setting.is_crowded,
            random: Random::new(setting.seed, &format!("promotion {}", setting.store_at)),
        };
        Self { setting, random, recorder, lines, pulls, counting, promotion, n_documents: 0 }
    }

    /// Local midnight of a day, 0 being the first.
    fn midnight(&self, day: u32) -> Timestamp {
        let zone_ms = i64::from(self.setting.store.store.zone_offset.0) * MINUTE_MS;
        let today = (self.setting.now.unix_ms() + zone_ms).div_euclid(DAY_MS);
        let back = i64::from(self.setting.n_days - 1 - day);
        Timestamp::from_unix_ms((today - back) * DAY_MS - zone_ms)
    }

    fn agenda(&mut self) -> Vec<(Timestamp, Act)> {
        let mut agenda = Vec::new();
        let store = &self.setting.store.store;
        let (opens, closes) = (i64::from(store.opens_min), i64::from(store.closes_min));
        for shelf in 0..self.setting.store.shelves.len() {
            let minute = opens - 150 + i64::try_from(shelf).expect("few shelves");
            agenda.push((self.midnight(0).plus_ms(minute * MINUTE_MS), Act::Opening(shelf)));
        }
        let hours: Vec<f64> = (0..24)
            .map(|hour| if (hour + 1) * 60 > opens && hour * 60 < closes { HOUR_WEIGHTS[hour as usize] } else { 0.0 })
            .collect();
        for day in 0..self.setting.n_days {
            let midnight = self.midnight(day);
            // 1970-01-01 was a Thursday, the fourth day of the week.
            let days = (midnight.unix_ms() + i64::from(store.zone_offset.0) * MINUTE_MS).div_euclid(DAY_MS);
            let weekday = usize::try_from((days + 3).rem_euclid(7)).expect("0 to 6");
            let wanted = f64::from(self.setting.n_receipts_per_day) * DAY_WEIGHTS[weekday];
            let n_receipts = (wanted * self.random.between(0.85, 1.15)).round() as u32;
            for _ in 0..n_receipts {
                let hour = pick(&hours, &mut self.random);
                let minute = (hour * 60 + self.random.whole(0, 59)).clamp(opens, closes - 1);
                agenda.push((midnight.plus_ms(minute * MINUTE_MS + self.random.whole(0, 59_999)), Act::Sale));
            }
            let mut once = |minute: i64, act: Act, random: &mut Random| {
                agenda.push((midnight.plus_ms(minute * MINUTE_MS + random.whole(0, 3_600_000)), act));
            };
            if day > 0 {
                once(opens - 45, Act::Delivery, &mut self.random);
            }
            once(13 * 60 + 30, Act::Refill, &mut self.random);
            if self.random.chance(0.35) {
                once(closes - 90, Act::WriteOff, &mut self.random);
            }
        }
        self.promote(&mut agenda, &hours);
        let steps = plan(self.setting, &self.lines, &mut self.random);
        agenda.extend(steps.into_iter().map(|(at, step)| (at, Act::Count(step))));
        agenda
    }

    fn play(&mut self, at: Timestamp, act: Act, key: &ShelfKey) {
        match act {
            Act::Opening(shelf) => self.stock_up(at, shelf),
            Act::Delivery => self.deliver(at),
            Act::Refill => self.refill(at),
            Act::Sale => self.sell(at),
            Act::Allocation => self.allocate(at),
            Act::PromotedSale => self.sell_promoted(at),
            Act::WriteOff => self.write_off(at),
            Act::Count(step) => {
                let shelf_of = |shelf: usize| &self.setting.store.shelves[shelf].code;
                self.counting.play(at, step, &self.lines, &shelf_of, key, &mut self.recorder, &mut self.random);
            }
        }
    }

    /// Sends the promotion's goods, and the customers who come for them.
    fn promote(&mut self, agenda: &mut Vec<(Timestamp, Act)>, hours: &[f64]) {
        let first = self.promotion.first_day;
        if self.promotion.lines.is_empty() {
            return;
        }
        let opens = i64::from(self.setting.store.store.opens_min);
        agenda.push((self.midnight(first).plus_ms((opens - 60) * MINUTE_MS), Act::Allocation));
        if !self.promotion.is_crowded {
            return;
        }
        let crowd = (f64::from(self.setting.n_receipts_per_day) * promotion::CROWD).round() as u32;
        for day in first..self.setting.n_days {
            for _ in 0..crowd {
                let minute = pick(hours, &mut self.promotion.random) * 60 + self.promotion.random.whole(0, 59);
                agenda.push((self.midnight(day).plus_ms(minute * MINUTE_MS), Act::PromotedSale));
            }
        }
    }

    fn allocate(&mut self, at: Timestamp) {
        let mut legs = Vec::new();
        for line in self.promotion.lines.clone() {
            self.carry(&mut legs, line, promotion::SENT_UNITS, &Place::Supplier, &self.shelf_place(line));
        }
        self.post(at, MovementKind::Receipt, "DO", legs, Role::StoreManager);
    }

    fn sell_promoted(&mut self, at: Timestamp) {
        let mut legs = Vec::new();
        if let Some((line, wanted)) = self.promotion.wish() {
            let units = wanted.min(self.lines[line].on_shelf);
            self.carry(&mut legs, line, units, &self.shelf_place(line), &Place::Customer);
        }
        self.post(at, MovementKind::Sale, "T1", legs, Role::Clerk);
    }

    /// The first delivery fills the shelves.
    fn stock_up(&mut self, at: Timestamp, shelf: usize) {
        let mut legs = Vec::new();
        for at in (0..self.lines.len()).filter(|&at| self.lines[at].shelf == shelf).collect::<Vec<_>>() {
            let line = &self.lines[at];
            let units = (line.capacity as f64 * self.random.between(0.6, 1.0)).ceil() as Units;
            self.carry(&mut legs, at, units, &Place::Supplier, &self.shelf_place(at));
        }
        self.post(at, MovementKind::Receipt, "DO", legs, Role::StoreManager);
    }

    /// Whole cases for whatever runs low: what the shelf cannot take goes to the back room.
    fn deliver(&mut self, at: Timestamp) {
        let mut legs = Vec::new();
        let is_promoted = at >= self.midnight(self.promotion.first_day);
        for at in 0..self.lines.len() {
            // The supplier has sent all that there was.
            if is_promoted && self.promotion.lines.contains(&at) {
                continue;
            }
            let line = &self.lines[at];
            // Some orders are late: an empty shelf now and then is what shops have.
            if (line.on_shelf + line.in_back_room) * 5 > line.capacity * 2 || self.random.chance(0.15) {
                continue;
            }
            let to_shelf = line.case_units.min(line.capacity - line.on_shelf).max(0);
            let to_back = line.case_units - to_shelf;
            self.carry(&mut legs, at, to_shelf, &Place::Supplier, &self.shelf_place(at));
            self.carry(&mut legs, at, to_back, &Place::Supplier, &Place::BackRoom);
        }
        self.post(at, MovementKind::Receipt, "DO", legs, Role::StoreManager);
    }

    fn refill(&mut self, at: Timestamp) {
        let mut legs = Vec::new();
        for at in 0..self.lines.len() {
            let line = &self.lines[at];
            if line.on_shelf * 2 < line.capacity {
                let units = line.in_back_room.min(line.capacity - line.on_shelf);
                self.carry(&mut legs, at, units, &Place::BackRoom, &self.shelf_place(at));
            }
        }
        self.post(at, MovementKind::Relocation, "RF", legs, Role::Clerk);
    }

    fn sell(&mut self, at: Timestamp) {
        let Some(total) = self.pulls.last().copied() else { return };
        // Mostly a drink or a snack, now and then a full basket.
        let n_items = 1 + self.random.whole(0, 2) + if self.random.chance(0.2) { self.random.whole(1, 6) } else { 0 };
        let mut bought: Vec<usize> = Vec::new();
        let mut legs = Vec::new();
        for _ in 0..n_items {
            let drawn = self.random.share() * total;
            let line = self.pulls.partition_point(|&sum| sum <= drawn).min(self.lines.len() - 1);
            if bought.contains(&line) {
                continue;
            }
            bought.push(line);
            let wanted = 1 + if self.random.chance(0.25) { self.random.whole(1, 2) } else { 0 };
            let units = wanted.min(self.lines[line].on_shelf);
            self.carry(&mut legs, line, units, &self.shelf_place(line), &Place::Customer);
        }
        self.post(at, MovementKind::Sale, "T1", legs, Role::Clerk);
    }

    fn write_off(&mut self, at: Timestamp) {
        let mut legs = Vec::new();
        for _ in 0..self.random.whole(1, 3) {
            let line = self.random.index(self.lines.len());
            let units = self.random.whole(1, 2).min(self.lines[line].on_shelf);
            self.carry(&mut legs, line, units, &self.shelf_place(line), &Place::Shrinkage);
        }
        self.post(at, MovementKind::WriteOff, "WO", legs, Role::StoreManager);
    }

    fn shelf_place(&self, line: usize) -> Place {
        let code: &ShelfCode = &self.setting.store.shelves[self.lines[line].shelf].code;
        Place::Shelf(code.clone())
    }

    /// Adds the two legs and moves the pieces; nothing where there are none.
    fn carry(&mut self, legs: &mut Vec<Leg>, line: usize, units: Units, from: &Place, to: &Place) {
        if units <= 0 {
            return;
        }
        let line = &mut self.lines[line];
        for (place, change) in [(from, -units), (to, units)] {
            match place {
                Place::Shelf(_) => line.on_shelf += change,
                Place::BackRoom => line.in_back_room += change,
                _ => {}
            }
        }
        legs.extend(domain::movement::carry(&line.sku, units, from.clone(), to.clone()));
    }

    fn post(&mut self, at: Timestamp, kind: MovementKind, document: &str, legs: Vec<Leg>, role: Role) {
        if legs.is_empty() {
            return;
        }
        self.n_documents += 1;
        let date = at.wall(self.setting.store.store.zone_offset).date_digits();
        let document = Some(format!("{document}-{date}-{:05}", self.n_documents));
        let by_till = kind == MovementKind::Sale;
        let prices = if by_till { self.prices_of(&legs) } else { BTreeMap::new() };
        let reasons = kind.reasons();
        let reason = (!reasons.is_empty()).then(|| reasons[self.random.index(reasons.len())]);
        let movement = Movement { document, reason, prices, ..Movement::new(kind, legs) };
        self.recorder.movement(at, EventBody::Moved(movement), role, by_till, &mut self.random);
    }

    fn prices_of(&self, legs: &[Leg]) -> BTreeMap<SkuCode, i64> {
        let price = |line: &&Line| legs.iter().any(|leg| leg.sku == line.sku);
        self.lines.iter().filter(price).map(|line| (line.sku.clone(), line.price_minor)).collect()
    }
}

/// Pieces the shelf holds: about a case of what sells, fewer of what does not.
fn capacity(case_units: Units, pull: f64, random: &mut Random) -> Units {
    let wanted = 6.0 + 60.0 * pull * random.between(0.7, 1.3);
    let case = case_units as f64;
    (wanted.clamp(4.0, 40.0).min(case * 2.0).round() as Units).max(4)
}

/// How much more or less of a category is sold in a month than on average, times what is sold of it on average.
fn season(category: usize, month: u8) -> f64 {
    let spec = &CATEGORIES[category];
    let angle = (f64::from(month) - 7.0) / 12.0 * std::f64::consts::TAU;
    spec.sales_weight * (1.0 + spec.summer_swing * angle.cos()) / f64::from(spec.range_weight)
}

fn pick(weights: &[f64], random: &mut Random) -> i64 {
    let mut drawn = random.share() * weights.iter().sum::<f64>();
    for (hour, weight) in (0_i64..).zip(weights) {
        if drawn < *weight {
            return hour;
        }
        drawn -= weight;
    }
    12
}
