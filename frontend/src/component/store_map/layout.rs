//! Where the stores of a region are drawn: as they lie to each other, but none over another.

use domain::geo::{Coordinates, offset_m};

/// Half the width of a store's circle.
pub const RADIUS: f64 = 20.0;
/// Stores up to this number have their names under them.
pub const NAMED_MAX: usize = 8;
/// A sheet for few stores; for more it grows, and the circles look smaller.
const SIZE: (f64, f64) = (360.0, 270.0);
/// Stores that fit on a sheet of that size.
const FIT: f64 = 20.0;
/// Room for a circle with its name: names are wider than high.
const NAMED_ROOM: (f64, f64) = (104.0, 84.0);
const ROOM: (f64, f64) = (2.0 * RADIUS + 4.0, 2.0 * RADIUS + 4.0);
/// Stores nearer than this to each other are not drawn as if they were far apart.
const SPAN_MIN_M: f64 = 2_000.0;
/// Rounds in which stores make room for each other.
const ROUNDS: usize = 120;

/// A drawn sheet.
#[derive(Debug, Clone, PartialEq)]
pub struct Layout {
    /// Its width; all lengths are in the sheet's own unit.
    pub width: f64,
    /// Its height.
    pub height: f64,
    /// The middle of each store's circle.
    pub spots: Vec<(f64, f64)>,
    /// The length of the scale bar, and the kilometres it stands for.
    pub bar: (f64, u32),
}

/// Lays out stores. North is up.
#[must_use]
pub fn lay_out(places: &[Coordinates]) -> Layout {
    let growth = (places.len() as f64 / FIT).sqrt().max(1.0);
    let (width, height) = (SIZE.0 * growth, SIZE.1 * growth);
    let room = if places.len() <= NAMED_MAX { NAMED_ROOM } else { ROOM };
    let margin = (room.0 / 2.0, room.1 / 2.0);
    let metres: Vec<(f64, f64)> = places.iter().map(|at| offset_m(places[0], *at)).collect();
    let (east, north) = (range(metres.iter().map(|at| at.0)), range(metres.iter().map(|at| at.1)));
    let span = |(from, to): (f64, f64)| (to - from).max(SPAN_MIN_M);
    let units_per_m = ((width - 2.0 * margin.0) / span(east)).min((height - 2.0 * margin.1) / span(north));
    let middle = ((east.0 + east.1) / 2.0, (north.0 + north.1) / 2.0);
    let place = |at: &(f64, f64)| {
        (width / 2.0 + (at.0 - middle.0) * units_per_m, height / 2.0 - (at.1 - middle.1) * units_per_m)
    };
    let mut spots: Vec<(f64, f64)> = metres.iter().map(place).collect();
    for _ in 0..ROUNDS {
        if !make_room(&mut spots, room, (width, height)) {
            break;
        }
    }
    Layout { width, height, spots, bar: bar(units_per_m, width) }
}

fn range(values: impl Iterator<Item = f64>) -> (f64, f64) {
    let range = values.fold((f64::INFINITY, f64::NEG_INFINITY), |(from, to), of| (from.min(of), to.max(of)));
    if range.0 > range.1 { (0.0, 0.0) } else { range }
}

/// Moves stores that lie over each other apart, within the sheet; says whether any had to move.
fn make_room(spots: &mut [(f64, f64)], room: (f64, f64), (width, height): (f64, f64)) -> bool {
    let mut has_moved = false;
    for other in 1..spots.len() {
        for one in 0..other {
            // As if every store needed a circle of room 1.
            let (mut x, mut y) = ((spots[other].0 - spots[one].0) / room.0, (spots[other].1 - spots[one].1) / room.1);
            let mut apart = x.hypot(y);
            if apart >= 0.99 {
                continue;
            }
            if apart < 1e-3 {
                // In the same place: some way, always the same.
                (y, x) = (other as f64).sin_cos();
                apart = 1.0;
                (x, y) = (x * 0.5, y * 0.5);
            }
            let push = (1.0 - apart.min(0.9)) / 2.0 / apart;
            let (x, y) = (x * push * room.0, y * push * room.1);
            spots[other] = (spots[other].0 + x, spots[other].1 + y);
            spots[one] = (spots[one].0 - x, spots[one].1 - y);
            has_moved = true;
        }
    }
    for spot in spots {
        spot.0 = spot.0.clamp(room.0 / 2.0, width - room.0 / 2.0);
        spot.1 = spot.1.clamp(room.1 / 2.0, height - room.1 / 2.0);
    }
    has_moved
}

/// A round number of kilometres, about a quarter of the sheet long.
fn bar(units_per_m: f64, width: f64) -> (f64, u32) {
    let fits = |km: &u32| f64::from(*km) * 1_000.0 * units_per_m <= width / 4.0;
    let km = [1_000, 500, 200, 100, 50, 20, 10, 5, 2].into_iter().find(fits).unwrap_or(1);
    (f64::from(km) * 1_000.0 * units_per_m, km)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(latitude: f64, longitude: f64) -> Coordinates {
        Coordinates { latitude_e7: (latitude * 1e7) as i32, longitude_e7: (longitude * 1e7) as i32 }
    }

    #[test]
    fn stores_of_one_street_are_told_apart() {
        let layout = lay_out(&[at(31.2, 121.4); 8]);
        for (one, other) in (0..8).flat_map(|other| (0..other).map(move |one| (one, other))) {
            let (a, b) = (layout.spots[one], layout.spots[other]);
            assert!((a.0 - b.0).hypot(a.1 - b.1) >= 2.0 * RADIUS, "{one} and {other}: {a:?} {b:?}");
        }
        assert!(layout.spots.iter().all(|spot| (0.0..=layout.width).contains(&spot.0)));
    }

    #[test]
    fn north_is_up_and_east_is_right() {
        let layout = lay_out(&[at(31.2, 121.4), at(32.2, 120.4)]);
        let [shanghai, nanjing] = layout.spots[..] else { panic!("two stores") };
        assert!(nanjing.1 < shanghai.1 && nanjing.0 < shanghai.0);
        assert_eq!(lay_out(&[]).spots, []);
    }

    #[test]
    fn the_bar_is_as_long_as_it_says() {
        let layout = lay_out(&[at(31.0, 121.0), at(32.0, 121.0)]);
        let (length, km) = layout.bar;
        let degree = layout.spots[0].1 - layout.spots[1].1;
        assert!((degree / length * f64::from(km) - 111.2).abs() < 1.0, "a degree of latitude in kilometres");
    }
}
