//! The sales of a year, one series for each item in each store.

use domain::demand::SalesDay;
use domain::instant::Day;
use std::collections::BTreeMap;

/// Days in the files: 2017.
pub const N_DAYS: usize = 365;

/// One item in one store.
pub struct Series {
    pub store: u32,
    pub item: u32,
    pub units: [i64; N_DAYS],
    pub value_minor: i64,
}

pub struct Sales {
    pub series: Vec<Series>,
    /// Pieces sold of everything, for each store.
    pub stores: BTreeMap<u32, [i64; N_DAYS]>,
}

impl Sales {
    pub fn read(file: &str) -> Result<Self, String> {
        let text = std::fs::read_to_string(file).map_err(|error| error.to_string())?;
        let mut series: Vec<Series> = Vec::new();
        let mut stores: BTreeMap<u32, [i64; N_DAYS]> = BTreeMap::new();
        for (n, line) in text.lines().enumerate() {
            let wrong = || format!("line {}: not store,item,day,units,value", n + 1);
            let fields: Vec<i64> = line.split(',').map(str::parse).collect::<Result<_, _>>().map_err(|_| wrong())?;
            let &[store, item, day, units, value_minor] = fields.as_slice() else { return Err(wrong()) };
            let (Ok(store), Ok(item), Ok(day)) = (u32::try_from(store), u32::try_from(item), usize::try_from(day))
            else {
                return Err(wrong());
            };
            if day >= N_DAYS {
                return Err(wrong());
            }
            if series.last().is_none_or(|last| (last.store, last.item) != (store, item)) {
                series.push(Series { store, item, units: [0; N_DAYS], value_minor: 0 });
            }
            let last = series.last_mut().expect("just pushed");
            last.units[day] += units;
            last.value_minor += value_minor;
            stores.entry(store).or_insert([0; N_DAYS])[day] += units;
        }
        Ok(Self { series, stores })
    }

    pub fn n_stores(&self) -> usize {
        self.stores.len()
    }

    /// The ring of days of a series before day `end`. A day on which a store that otherwise sells daily sold nothing
    /// at all, it was closed.
    pub fn ring(&self, series: &[i64; N_DAYS], store: u32, end: usize, n_days: usize) -> Vec<SalesDay> {
        let all = &self.stores[&store][end - n_days..end];
        let n_silent = all.iter().filter(|units| **units == 0).count();
        let sells_daily = n_silent * 20 <= n_days;
        let days = series[end - n_days..end].iter().zip(all);
        days.map(|(units, all)| if sells_daily && *all == 0 { SalesDay::Closed } else { SalesDay::Open(*units) })
            .collect()
    }
}

impl Series {
    /// Mean price of a piece, in minor units.
    pub fn price_minor(&self) -> i64 {
        self.value_minor / self.units.iter().sum::<i64>().max(1)
    }
}

/// The calendar day of a number.
pub fn day(n: usize) -> Day {
    let first: Day = "2017-01-01".parse().expect("valid");
    first.plus_days(i64::try_from(n).expect("small"))
}
