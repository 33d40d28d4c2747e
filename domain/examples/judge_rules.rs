//! What one sale costs when the shipped rules look at it: the line's signals take it, and six rules judge.
//!
//! It must not depend on how many stores the chain has. Three chains tell that apart from what the processor's caches
//! do: 10 stores with few lines, which fit into them; 10 stores with as many lines as a chain of 1,000; and 1,000
//! stores. Every line has been judged before the clock starts, so that none fires more often for being seen less.
//!
//! `cargo run --release -p shelftrace-domain --example judge_rules`

use domain::id::{CategoryCode, PersonId, RegionCode, SkuCode, StoreCode};
use domain::instant::{DAY_MS, Day, Timestamp, ZoneOffset};
use domain::measure::{Around, Reading};
use domain::rule::{Line, Rule, Watch, shipped};
use domain::signal::{DayMoves, Effect, EffectKind, Signals};

const CHINA: ZoneOffset = ZoneOffset(480);
const NOW: Timestamp = Timestamp::from_unix_ms(1_795_320_000_000);
const N_SALES: u64 = 1_000_000;

fn sold(sku: &SkuCode, days_ago: i64, units: i64) -> Effect {
    let moves = DayMoves { sold_units: units, net_units: -units, ..DayMoves::default() };
    Effect { sku: sku.clone(), at: NOW.plus_ms(-days_ago * DAY_MS), kind: EffectKind::Moved(moves) }
}

/// Processor time of the program so far, in nanoseconds, as Linux counts it: in hundredths of a second.
fn processor_ns() -> u64 {
    let stat = std::fs::read_to_string("/proc/self/stat").unwrap_or_default();
    // The name, which stands in brackets, may have spaces in it.
    let fields = stat.rsplit(')').next().unwrap_or_default().split_whitespace();
    fields.skip(11).take(2).filter_map(|ticks| ticks.parse::<u64>().ok()).sum::<u64>() * 10_000_000
}

fn nanoseconds_per_sale(n_stores: u64, n_items: u64, rules: &[Rule]) -> Result<(u64, u64), domain::id::CodeError> {
    let (region, category) = (RegionCode::parse("R1")?, CategoryCode::parse("C1")?);
    let stores = (0..n_stores).map(|n| StoreCode::parse(&format!("S{n}"))).collect::<Result<Vec<_>, _>>()?;
    let items = (0..n_items).map(|n| SkuCode::parse(&format!("1{n}"))).collect::<Result<Vec<_>, _>>()?;
    let mut lines = vec![(Signals::default(), [Watch::default(); 6]); (n_stores * n_items) as usize];
    for (signals, _) in &mut lines {
        (1..60).for_each(|day| signals.take(&sold(&items[0], day, 1 + day % 3), CHINA));
    }
    let around = Around { safety_stock_units: Some(40), in_transit_units: Some(0), ..Around::default() };
    let mut sell = |index: usize| {
        let (store, sku) = (&stores[index / n_items as usize], &items[index % n_items as usize]);
        let (signals, watches) = &mut lines[index];
        signals.take(&sold(sku, 0, 1), CHINA);
        let reading = Reading { signals, around, day: Day::at(NOW, CHINA) };
        let line = Line { store, region: &region, sku, category: &category };
        let fires = |(rule, watch): (&Rule, &mut Watch)| {
            rule.judge(line, &reading).and_then(|truth| watch.step(rule, truth, NOW)).is_some()
        };
        rules.iter().zip(watches).map(fires).filter(|fires| *fires).count() as u64
    };
    let n_lines = n_stores * n_items;
    for index in 0..n_lines as usize {
        sell(index);
    }
    let (mut n_fired, mut state) = (0, 88_172_645_463_325_252_u64);
    let begin = processor_ns();
    for _ in 0..N_SALES {
        // Marsaglia's xorshift64: which line sells next.
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        n_fired += sell((state % n_lines) as usize);
    }
    Ok(((processor_ns() - begin) / N_SALES, n_fired))
}

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let rules = shipped(&PersonId::parse("P1")?);
    for (n_stores, n_items) in [(10, 20), (10, 2_000), (1_000, 20)].repeat(2) {
        let (nanoseconds, n_fired) = nanoseconds_per_sale(n_stores, n_items, &rules)?;
        let n_lines = n_stores * n_items;
        println!("{n_stores:>5} stores, {n_lines:>6} lines: {nanoseconds} ns a sale, fired {n_fired} times");
    }
    Ok(())
}
