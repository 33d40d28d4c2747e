//! The methods that the forecast is compared with: each says how many pieces a day.

use domain::demand::SalesDay;

/// What a day counts in a rival's eyes: they know no days to pass over but closed ones.
fn open(days: &[SalesDay]) -> Vec<f64> {
    days.iter().filter_map(|day| if let SalesDay::Open(units) = day { Some(*units as f64) } else { None }).collect()
}

/// Mean of the last `n` days as they stand: with 7, the same as last week.
pub fn mean_of_last(days: &[SalesDay], n: usize) -> f64 {
    let last = &days[days.len() - n..];
    open(last).iter().sum::<f64>() / n as f64
}

/// Simple exponential smoothing, started at the mean of the first two weeks.
pub fn smoothing(days: &[SalesDay], alpha: f64) -> f64 {
    let days = open(days);
    let n = days.len().min(14);
    let start = days[..n].iter().sum::<f64>() / n.max(1) as f64;
    days[n..].iter().fold(start, |level, units| level + alpha * (units - level))
}

/// Croston's method with the correction of Syntetos and Boylan (International Journal of Forecasting 21 (2005)
/// 303–314).
pub fn syntetos_boylan(days: &[SalesDay], alpha: f64) -> f64 {
    let (mut size, mut interval, mut since) = (None, None, 0.0);
    for units in open(days) {
        since += 1.0;
        if units > 0.0 {
            size = Some(size.map_or(units, |size| size + alpha * (units - size)));
            interval = Some(interval.map_or(since, |interval| interval + alpha * (since - interval)));
            since = 0.0;
        }
    }
    match (size, interval) {
        (Some(size), Some(interval)) => (1.0 - alpha / 2.0) * size / interval,
        _ => 0.0,
    }
}

/// Teunter, Syntetos and Babai (2011): the chance of a sale and its size, smoothed apart.
pub fn teunter_syntetos_babai(days: &[SalesDay], alpha: f64, beta: f64) -> f64 {
    let days = open(days);
    let n = days.len().min(14);
    let sold: Vec<f64> = days[..n].iter().copied().filter(|units| *units > 0.0).collect();
    let mut chance = sold.len() as f64 / n.max(1) as f64;
    let mut size = if sold.is_empty() { 1.0 } else { sold.iter().sum::<f64>() / sold.len() as f64 };
    for units in &days[n..] {
        if *units > 0.0 {
            size += alpha * (units - size);
        }
        chance += beta * (f64::from(u8::from(*units > 0.0)) - chance);
    }
    chance * size
}
