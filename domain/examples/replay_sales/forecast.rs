//! The forecast of the next seven days, every week from April on, against its rivals.

use crate::rival;
use crate::sales::{N_DAYS, Sales, day};
use domain::demand::{SalesDay, WeekdayProfile, forecast};
use std::collections::BTreeMap;

const RING_DAYS: usize = 90;
const HORIZON_DAYS: usize = 7;
/// A series is forecast when it sold on at least so many of the ring's days.
const DAYS_WITH_SALE_MIN: usize = 6;

const METHODS: [&str; 7] = [
    "the same as last week",
    "mean of 28 days",
    "mean of 90 days",
    "smoothing, 0.1",
    "Syntetos–Boylan, 0.1",
    "Teunter–Syntetos–Babai, 0.1",
    "**this forecast**",
];

#[derive(Default, Clone, Copy)]
struct Errors {
    absolute: f64,
    squared: f64,
    sum: f64,
}

/// Prints a table of errors over all weeks, and how well the stated variance fits.
pub fn replay(sales: &Sales) {
    let mut errors = [Errors::default(); METHODS.len()];
    let (mut actual_sum, mut n, mut stated, mut daily, mut daily_naive) = (0.0, 0, 0.0, 0.0, 0.0);
    for end in (RING_DAYS..=N_DAYS - HORIZON_DAYS).step_by(HORIZON_DAYS) {
        let last = day(end - 1);
        let usual: BTreeMap<u32, WeekdayProfile> = sales
            .stores
            .iter()
            .map(|(store, units)| {
                let ring = sales.ring(units, *store, end, RING_DAYS);
                (*store, WeekdayProfile::of(last, &ring, WeekdayProfile::FLAT))
            })
            .collect();
        for series in &sales.series {
            let past = &series.units[end - RING_DAYS..end];
            if past.iter().filter(|units| **units > 0).count() < DAYS_WITH_SALE_MIN {
                continue;
            }
            let ring: Vec<SalesDay> = sales.ring(&series.units, series.store, end, RING_DAYS);
            let forecast = forecast(last, &ring, usual[&series.store]);
            let demand = forecast.over(last.plus_days(1), 7);
            let a_week = HORIZON_DAYS as f64;
            let expected = [
                rival::mean_of_last(&ring, 7) * a_week,
                rival::mean_of_last(&ring, 28) * a_week,
                rival::mean_of_last(&ring, RING_DAYS) * a_week,
                rival::smoothing(&ring, 0.1) * a_week,
                rival::syntetos_boylan(&ring, 0.1) * a_week,
                rival::teunter_syntetos_babai(&ring, 0.1, 0.1) * a_week,
                demand.mean,
            ];
            let actual: f64 = series.units[end..end + HORIZON_DAYS].iter().sum::<i64>() as f64;
            for (errors, expected) in errors.iter_mut().zip(expected) {
                let error = actual - expected;
                errors.absolute += error.abs();
                errors.squared += error * error;
                errors.sum += error;
            }
            for ahead in 0..HORIZON_DAYS {
                let units = series.units[end + ahead] as f64;
                let mean = forecast.over(day(end + ahead), 1).mean;
                daily += (units - mean) * (units - mean);
                let naive = units - series.units[end + ahead - HORIZON_DAYS] as f64;
                daily_naive += naive * naive;
            }
            actual_sum += actual;
            stated += demand.variance;
            n += 1;
        }
    }
    println!("{n} weeks of series, {:.1} pieces a week on average", actual_sum / f64::from(n));
    println!("| method | WAPE | against last week | root mean squared error | bias |\n|---|--:|--:|--:|--:|");
    for (name, own) in METHODS.iter().zip(errors) {
        println!(
            "| {name} | {:.1} % | {:.3} | {:.2} | {:+.1} % |",
            own.absolute / actual_sum * 100.0,
            own.absolute / errors[0].absolute,
            (own.squared / f64::from(n)).sqrt(),
            own.sum / actual_sum * -100.0,
        );
    }
    let own = errors[METHODS.len() - 1];
    println!("variance seen ÷ stated: {:.2}", own.squared / stated);
    println!("by the day, root of squared error against last week's: {:.3}", (daily / daily_naive).sqrt());
}
