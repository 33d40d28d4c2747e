//! How a rule would have fared: when and where it would have fired, and whether that was followed by a stock-out.
//!
//! The same [`Rule::judge`] and [`Watch`] decide as live. The caller gives what was known of each line, moment by
//! moment: each day's end, each event, or whatever else the rule would have looked at.

use crate::id::{CategoryCode, RegionCode, SkuCode, StoreCode};
use crate::instant::{DAY_MS, Timestamp};
use crate::measure::{Figure, Figures, Measure};
use crate::rule::{Line, Reason, Rule, Step, Watch};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// One line's past.
#[derive(Debug, Clone)]
pub struct History<M> {
    /// The store.
    pub store: StoreCode,
    /// Its region.
    pub region: RegionCode,
    /// The item.
    pub sku: SkuCode,
    /// What it is sold as.
    pub category: CategoryCode,
    /// What was known when, oldest first.
    pub moments: M,
}

/// A time at which a rule would have fired.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct WouldFire {
    /// In which store.
    pub store: StoreCode,
    /// For which item.
    pub sku: SkuCode,
    /// When.
    pub at: Timestamp,
    /// Whether for the first time since the condition became true, or again.
    pub step: Step,
    /// Why.
    pub reasons: Vec<Reason>,
    /// What came of it.
    pub after: After,
}

/// What came of a line after its warning.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum After {
    /// It ran out in time for the warning to have been of use: when.
    RanOut(Timestamp),
    /// It had stock all the time.
    Lasted,
    /// It was out of stock already: the warning came too late.
    WasOut,
    /// Neither happened before the known past ends.
    TooEarlyToSay,
}

/// How a rule would have fared.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Backtest {
    /// Every time it would have fired, by time, store and item.
    pub firings: Vec<WouldFire>,
    /// Lines looked at.
    pub n_lines: u32,
    /// Times a line ran out: from some stock to none.
    pub n_stock_outs: u32,
    /// Of those, the ones that were warned of.
    pub n_warned: u32,
}

/// How firings turned out.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Tally {
    /// Followed by a stock-out in time.
    pub n_ran_out: u32,
    /// Not followed by one.
    pub n_lasted: u32,
    /// Too late.
    pub n_was_out: u32,
    /// Nobody can say yet.
    pub n_too_early: u32,
}

impl Tally {
    /// All firings.
    #[must_use]
    pub fn n(&self) -> u32 {
        self.n_ran_out + self.n_lasted + self.n_was_out + self.n_too_early
    }

    fn add(&mut self, after: After) {
        *match after {
            After::RanOut(_) => &mut self.n_ran_out,
            After::Lasted => &mut self.n_lasted,
            After::WasOut => &mut self.n_was_out,
            After::TooEarlyToSay => &mut self.n_too_early,
        } += 1;
    }
}

impl Backtest {
    /// How all firings turned out.
    #[must_use]
    pub fn tally(&self) -> Tally {
        let mut tally = Tally::default();
        self.firings.iter().for_each(|firing| tally.add(firing.after));
        tally
    }

    /// How they turned out in each store.
    #[must_use]
    pub fn by_store(&self) -> BTreeMap<&StoreCode, Tally> {
        let mut tallies: BTreeMap<&StoreCode, Tally> = BTreeMap::new();
        self.firings.iter().for_each(|firing| tallies.entry(&firing.store).or_default().add(firing.after));
        tallies
    }

    /// Precision: of the firings whose sequel is known, the part that was followed by a stock-out in time. A warning of
    /// what is out already does not count as one. `None` where there is no such firing.
    #[must_use]
    pub fn precision(&self) -> Option<f64> {
        let tally = self.tally();
        share(tally.n_ran_out, tally.n_ran_out + tally.n_lasted + tally.n_was_out)
    }

    /// Recall: of the stock-outs, the part that was warned of in time. `None` where nothing ran out.
    #[must_use]
    pub fn recall(&self) -> Option<f64> {
        share(self.n_warned, self.n_stock_outs)
    }
}

fn share(n: u32, of: u32) -> Option<f64> {
    (of > 0).then(|| f64::from(n) / f64::from(of))
}

/// Runs a rule over the past of some lines. A stock-out within `within_days` days after a firing was warned of.
///
/// A paused rule is run as if it were active: one tries a rule before letting it work. Lines that it does not reach are
/// left out, and so are their stock-outs.
pub fn backtest<M, F>(rule: &Rule, within_days: u32, lines: impl IntoIterator<Item = History<M>>) -> Backtest
where
    M: IntoIterator<Item = (Timestamp, F)>,
    F: Figures,
{
    let within_ms = i64::from(within_days) * DAY_MS;
    let mut result = Backtest::default();
    for History { store, region, sku, category, moments } in lines {
        if !rule.reach.covers(Line { store: &store, region: &region, sku: &sku, category: &category }) {
            continue;
        }
        result.n_lines += 1;
        let past = Past::of(rule, moments);
        result.n_stock_outs += n(past.stock_outs.len());
        let is_warned =
            |out: &&Timestamp| past.firings.iter().any(|(at, _, _, _)| *at < **out && out.since(*at) <= within_ms);
        result.n_warned += n(past.stock_outs.iter().filter(is_warned).count());
        for (at, step, reasons, was_out) in past.firings {
            let out = past.stock_outs.iter().find(|out| at < **out && out.since(at) <= within_ms);
            let after = match out {
                Some(out) => After::RanOut(*out),
                None if was_out => After::WasOut,
                None if past.until.since(at) < within_ms => After::TooEarlyToSay,
                None => After::Lasted,
            };
            result.firings.push(WouldFire { store: store.clone(), sku: sku.clone(), at, step, reasons, after });
        }
    }
    result.firings.sort_by(|a, b| (a.at, &a.store, &a.sku).cmp(&(b.at, &b.store, &b.sku)));
    result
}

fn n(len: usize) -> u32 {
    u32::try_from(len).unwrap_or(u32::MAX)
}

/// What happened to one line.
struct Past {
    /// When, whether again, why, and whether it was out of stock already.
    firings: Vec<(Timestamp, Step, Vec<Reason>, bool)>,
    /// When it went from some stock to none.
    stock_outs: Vec<Timestamp>,
    /// The last moment.
    until: Timestamp,
}

impl Past {
    fn of<F: Figures>(rule: &Rule, moments: impl IntoIterator<Item = (Timestamp, F)>) -> Self {
        let mut past = Self { firings: Vec::new(), stock_outs: Vec::new(), until: Timestamp::default() };
        let (mut watch, mut had_stock) = (Watch::default(), false);
        for (at, figures) in moments {
            past.until = at;
            let on_hand = figures.figure(Measure::OnHand);
            let is_out = on_hand.is_some_and(|on_hand| on_hand <= Figure::whole(0));
            if is_out && had_stock {
                past.stock_outs.push(at);
            }
            // Unknown stock is neither: the line keeps what it had.
            had_stock = if on_hand.is_some() { !is_out } else { had_stock };
            let step = watch.step(rule, rule.when.judge(&figures), at);
            if let Some(step @ (Step::Raised | Step::Again)) = step {
                past.firings.push((at, step, rule.when.reasons(&figures), is_out));
            }
        }
        past
    }
}

#[cfg(test)]
mod tests;
