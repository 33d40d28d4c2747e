//! Judging lines: what the rules say now, and what they raise.

use super::book::Book;
use crate::store::Masters;
use crate::store::warning::{FiringRow, WatchRow};
use domain::firing::Firing;
use domain::id::{EventId, SkuCode, StoreCode};
use domain::instant::{Timestamp, ZoneOffset};
use domain::rule::{Line, Reason, Rule, Step};
use rand::TryRngCore;
use std::collections::BTreeSet;

/// What a rule says of a line that it did not say before.
#[derive(Debug)]
pub(super) struct Verdict {
    pub watch: WatchRow,
    /// The rule's place among the rules, what it leads to, and why.
    pub step: Option<(usize, Step, Vec<Reason>)>,
}

/// Judges some lines of a store by all rules; tells what has changed.
pub(super) fn judge(
    book: &Book,
    store: &StoreCode,
    skus: &BTreeSet<SkuCode>,
    rules: &[Rule],
    masters: &Masters,
    now: Timestamp,
) -> Vec<Verdict> {
    let Some(known) = book.stores.get(store) else { return Vec::new() };
    let mut verdicts = Vec::new();
    for sku in skus {
        let Some(product) = masters.products().get(sku) else { continue };
        let Some(reading) = book.reading(store, sku, now) else { continue };
        let line = Line { store, region: known.region(), sku, category: &product.category };
        for (at, rule) in rules.iter().enumerate() {
            let Some(truth) = rule.judge(line, &reading) else { continue };
            let before = known.watches.get(&(sku.clone(), rule.code.clone())).copied().unwrap_or_default();
            let mut watch = before;
            let step = watch.step(rule, truth, now);
            if watch != before {
                let step = step.map(|step| (at, step, rule.when.reasons(&reading)));
                verdicts.push(Verdict { watch: WatchRow { sku: sku.clone(), rule: rule.code.clone(), watch }, step });
            }
        }
    }
    verdicts
}

/// The warnings that verdicts raise, remind of or clear; `open` are the open ones of the store.
pub(super) fn raise(
    verdicts: &[Verdict],
    open: Vec<FiringRow>,
    rules: &[Rule],
    (store, zone): (&StoreCode, ZoneOffset),
    now: Timestamp,
) -> Vec<FiringRow> {
    let mut changed = Vec::new();
    for Verdict { watch, step } in verdicts {
        let Some((at, step, reasons)) = step else { continue };
        let rule = &rules[*at];
        let tell_at = rule.quiet.map_or(now, |quiet| quiet.tell_at(now, zone));
        let is_it = |row: &&FiringRow| row.firing.rule == watch.rule && row.firing.sku == watch.sku;
        match open.iter().find(is_it) {
            Some(row) => {
                let mut row = row.clone();
                row.firing.follow(*step, now);
                row.edition += 1;
                if *step != Step::Cleared {
                    row.untold_at = Some(tell_at);
                }
                changed.push(row);
            }
            None if *step == Step::Cleared => {}
            None => {
                let firing = Firing::raise(new_id(now), rule, store.clone(), watch.sku.clone(), now, reasons.clone());
                changed.push(FiringRow { firing, tell_at, untold_at: Some(tell_at), edition: 0 });
            }
        }
    }
    changed
}

fn new_id(now: Timestamp) -> EventId {
    let mut bits = [0; 16];
    // Without the system's random numbers the time still tells warnings of different moments apart.
    let _ = rand::rngs::OsRng.try_fill_bytes(&mut bits);
    EventId::from_parts(now.unix_ms().unsigned_abs(), u128::from_le_bytes(bits))
}
