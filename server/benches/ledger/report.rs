//! The figures, as lines of a table.

use std::time::Duration;

/// How long things took.
#[derive(Debug, Default)]
pub struct Timings(Vec<Duration>);

impl Timings {
    pub fn push(&mut self, took: Duration) {
        self.0.push(took);
    }

    pub fn extend(&mut self, others: Self) {
        self.0.extend(others.0);
    }

    /// The smallest time that `share` of all did not exceed, in milliseconds.
    fn quantile_ms(&mut self, share: f64) -> f64 {
        self.0.sort_unstable();
        let last = self.0.len().saturating_sub(1);
        let index = (last as f64 * share).round() as usize;
        self.0.get(index).map_or(f64::NAN, |took| took.as_secs_f64() * 1e3)
    }
}

pub fn heading() {
    println!("{:<44} {:>10} {:>9} {:>9} {:>9}", "", "scans/s", "p50 ms", "p99 ms", "max ms");
}

/// Prints one line and returns scans a second.
pub fn throughput(name: &str, mut timings: Timings, phase: Duration, n_scans: usize) -> f64 {
    let per_s = (timings.0.len() * n_scans) as f64 / phase.as_secs_f64();
    line(name, &format!("{per_s:.0}"), &mut timings);
    per_s
}

/// Prints one line without a rate.
pub fn latency(name: &str, mut timings: Timings) {
    line(name, "", &mut timings);
}

fn line(name: &str, rate: &str, timings: &mut Timings) {
    let [p50, p99, max] = [0.5, 0.99, 1.0].map(|share| timings.quantile_ms(share));
    println!("{name:<44} {rate:>10} {p50:>9.1} {p99:>9.1} {max:>9.1}");
}
