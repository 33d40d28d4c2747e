//! What one sale costs when the shipped rules look at it, in a chain of 10 stores and of 1,000: the line's signals take
//! it, and six rules judge. `cargo run --release -p shelftrace-domain --example judge_rules`

use domain::id::{CategoryCode, PersonId, RegionCode, SkuCode, StoreCode};
use domain::instant::{DAY_MS, Day, Timestamp, ZoneOffset};
use domain::measure::{Around, Reading};
use domain::rule::{Line, Rule, Watch, shipped};
use domain::signal::{DayMoves, Effect, EffectKind, Signals};

const CHINA: ZoneOffset = ZoneOffset(480);
const NOW: Timestamp = Timestamp::from_unix_ms(1_795_320_000_000);
const N_ITEMS: u64 = 20;
const N_SALES: u64 = 200_000;

fn sold(sku: &SkuCode, days_ago: i64, units: i64) -> Effect {
    let moves = DayMoves { sold_units: units, net_units: -units, ..DayMoves::default() };
    Effect { sku: sku.clone(), at: NOW.plus_ms(-days_ago * DAY_MS), kind: EffectKind::Moved(moves) }
}

#[expect(clippy::disallowed_methods, reason = "it measures time, and is no rule")]
fn nanoseconds_per_sale(n_stores: u64, rules: &[Rule]) -> Result<(u128, u64), domain::id::CodeError> {
    let (region, category) = (RegionCode::parse("R1")?, CategoryCode::parse("C1")?);
    let stores = (0..n_stores).map(|n| StoreCode::parse(&format!("S{n}"))).collect::<Result<Vec<_>, _>>()?;
    let items = (0..N_ITEMS).map(|n| SkuCode::parse(&format!("1{n}"))).collect::<Result<Vec<_>, _>>()?;
    let mut lines = vec![(Signals::default(), [Watch::default(); 6]); (n_stores * N_ITEMS) as usize];
    for (signals, _) in &mut lines {
        (1..60).for_each(|day| signals.take(&sold(&items[0], day, 1 + day % 3), CHINA));
    }
    let around = Around { safety_stock_units: Some(40), in_transit_units: Some(0), ..Around::default() };
    let (mut n_fired, mut state) = (0, 88_172_645_463_325_252_u64);
    let begin = std::time::Instant::now();
    for _ in 0..N_SALES {
        // Marsaglia's xorshift64: which line sells next.
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        let index = (state % lines.len() as u64) as usize;
        let (store, sku) = (&stores[index / N_ITEMS as usize], &items[index % N_ITEMS as usize]);
        let (signals, watches) = &mut lines[index];
        signals.take(&sold(sku, 0, 1), CHINA);
        let reading = Reading { signals, around, day: Day::at(NOW, CHINA) };
        let line = Line { store, region: &region, sku, category: &category };
        for (rule, watch) in rules.iter().zip(watches) {
            let step = rule.judge(line, &reading).and_then(|truth| watch.step(rule, truth, NOW));
            n_fired += u64::from(step.is_some());
        }
    }
    Ok((begin.elapsed().as_nanos() / u128::from(N_SALES), n_fired))
}

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let rules = shipped(&PersonId::parse("P1")?);
    for n_stores in [10, 1_000, 10, 1_000] {
        let (nanoseconds, n_fired) = nanoseconds_per_sale(n_stores, &rules)?;
        println!("{n_stores:>5} stores: {nanoseconds} ns a sale, fired {n_fired} times");
    }
    Ok(())
}
