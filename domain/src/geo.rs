//! Where an event was recorded, and whether that is in the store.

use serde::{Deserialize, Serialize};

/// A point on the earth, in ten-millionths of a degree (about a centimetre), WGS 84.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Coordinates {
    /// North positive.
    pub latitude_e7: i32,
    /// East positive.
    pub longitude_e7: i32,
}

/// What the device knew of its place: coordinates, or the reason there are none.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Fix {
    /// The device located itself.
    Located {
        /// Where.
        at: Coordinates,
        /// Radius within which the true place lies with 95 % probability, in metres.
        accuracy_m: u32,
        /// Age of the fix when the event was recorded, in seconds.
        age_s: u32,
    },
    /// The device did not.
    Missing {
        /// Why.
        reason: NoFix,
    },
}

/// Why a device has no coordinates.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum NoFix {
    /// The person refused.
    Denied,
    /// The device could not tell.
    Unavailable,
    /// No answer in time.
    Timeout,
    /// The browser has no location service, or the page is not secure.
    Unsupported,
    /// A machine that has none, such as a till.
    Machine,
}

/// How far `at` lies east and north of `origin`, in metres: on a plane, good enough for a map of a few kilometres.
#[must_use]
pub fn offset_m(origin: Coordinates, at: Coordinates) -> (f64, f64) {
    let degrees = |e7: i32| f64::from(e7) / 1e7;
    let north = (degrees(at.latitude_e7) - degrees(origin.latitude_e7)).to_radians() * EARTH_RADIUS_M;
    let east = (degrees(at.longitude_e7) - degrees(origin.longitude_e7)).to_radians() * EARTH_RADIUS_M;
    (east * degrees(origin.latitude_e7).to_radians().cos(), north)
}

/// Whether an event was recorded at its store.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Geofence {
    /// Within the radius, accuracy allowed for.
    Inside,
    /// Farther away than radius and accuracy explain.
    Outside {
        /// Distance to the store, in metres.
        distance_m: u32,
    },
    /// No coordinates, or too coarse to tell.
    Unknown,
}

const EARTH_RADIUS_M: f64 = 6_371_008.8;
/// A fix coarser than this proves nothing, in metres.
const ACCURACY_USELESS_M: u32 = 1_000;

/// Great-circle distance in metres (haversine formula, mean earth radius), rounded to the nearest metre.
#[must_use]
pub fn distance_m(a: Coordinates, b: Coordinates) -> u32 {
    let radians = |e7: i32| (f64::from(e7) / 1e7).to_radians();
    let (lat_a, lat_b) = (radians(a.latitude_e7), radians(b.latitude_e7));
    let half_lat = (lat_b - lat_a) / 2.0;
    let half_lon = (radians(b.longitude_e7) - radians(a.longitude_e7)) / 2.0;
    let h = half_lat.sin().powi(2) + lat_a.cos() * lat_b.cos() * half_lon.sin().powi(2);
    let metres = 2.0 * EARTH_RADIUS_M * h.sqrt().min(1.0).asin();
    // Half the earth's circumference is 20 million metres: it fits.
    metres.round() as u32
}

/// Judges a fix against a store: inside when the circle of uncertainty touches the store's circle.
#[must_use]
pub fn geofence(fix: Fix, store: Coordinates, radius_m: u32) -> Geofence {
    let Fix::Located { at, accuracy_m, .. } = fix else { return Geofence::Unknown };
    if accuracy_m > ACCURACY_USELESS_M {
        return Geofence::Unknown;
    }
    let distance_m = distance_m(at, store);
    if distance_m <= radius_m.saturating_add(accuracy_m) { Geofence::Inside } else { Geofence::Outside { distance_m } }
}

#[cfg(test)]
mod tests {
    use super::*;

    const BEIJING: Coordinates = Coordinates { latitude_e7: 399_042_000, longitude_e7: 1_164_074_000 };
    const SHANGHAI: Coordinates = Coordinates { latitude_e7: 312_304_000, longitude_e7: 1_214_737_000 };

    #[test]
    fn distance_matches_the_published_figure() {
        // Beijing–Shanghai, great circle: 1,067 km.
        let km = distance_m(BEIJING, SHANGHAI) / 1000;
        assert!((1065..=1070).contains(&km), "{km}");
        assert_eq!(distance_m(BEIJING, BEIJING), 0);
    }

    #[test]
    fn uncertainty_is_given_the_benefit_of_the_doubt() {
        let near = Coordinates { latitude_e7: BEIJING.latitude_e7 + 18_000, ..BEIJING }; // 200 m north
        let fix = |accuracy_m| Fix::Located { at: near, accuracy_m, age_s: 0 };
        assert_eq!(geofence(fix(60), BEIJING, 150), Geofence::Inside);
        assert!(matches!(geofence(fix(10), BEIJING, 150), Geofence::Outside { distance_m: 199..=201 }));
        assert_eq!(geofence(fix(5_000), BEIJING, 150), Geofence::Unknown);
        assert_eq!(geofence(Fix::Missing { reason: NoFix::Denied }, BEIJING, 150), Geofence::Unknown);
    }
}
