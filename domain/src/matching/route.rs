//! The way between two stores: how far, how long, what it costs.

use crate::geo::{Coordinates, distance_m};
use crate::movement::Units;
use serde::{Deserialize, Serialize};

/// The way from one store to another.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Route {
    /// One way by road, in metres.
    pub distance_m: u32,
    /// One way including handing over, in minutes.
    pub travel_min: u32,
}

/// How a route is estimated where nobody has set it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct TravelAssumption {
    /// Road distance ÷ distance as the crow flies, in thousandths.
    pub circuity_permille: u32,
    /// Mean speed on the road, at least 1.
    pub speed_km_per_h: u32,
    /// Packing, parking and handing over, in minutes.
    pub handling_min: u32,
}

impl TravelAssumption {
    /// Chinese cities: roads are 1.33 times as long as the crow flies (Ballou, Rahardja and Sakai, Transportation
    /// Research Part A 36 (2002) 843–848, for China), a van makes 25 km/h in town, and both ends take 20 minutes.
    pub const CITY: Self = Self { circuity_permille: 1_330, speed_km_per_h: 25, handling_min: 20 };

    /// The route between two places; metres rounded down, minutes up.
    #[must_use]
    pub fn route(self, from: Coordinates, to: Coordinates) -> Route {
        let metres = u64::from(distance_m(from, to)) * u64::from(self.circuity_permille) / 1000;
        let minutes = (metres * 60).div_ceil(u64::from(self.speed_km_per_h.max(1)) * 1000);
        let fits = |n: u64| u32::try_from(n).unwrap_or(u32::MAX);
        Route { distance_m: fits(metres), travel_min: fits(minutes).saturating_add(self.handling_min) }
    }
}

/// What a transfer costs the chain, in minor units.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Tariff {
    /// For each parcel, however small.
    pub parcel_minor: i64,
    /// For each kilometre of a parcel's way.
    pub km_minor: i64,
    /// For picking, packing and putting away a piece.
    pub piece_minor: i64,
}

impl Tariff {
    /// What the way costs, whatever is in the parcel; rounded up.
    #[must_use]
    pub fn way_minor(self, route: Route) -> i64 {
        let metres = self.km_minor.saturating_mul(i64::from(route.distance_m));
        self.parcel_minor.saturating_add(metres / 1000 + i64::from(metres % 1000 > 0))
    }

    /// What a parcel of `units` pieces costs.
    #[must_use]
    pub fn parcel_of_minor(self, route: Route, units: Units) -> i64 {
        self.way_minor(route).saturating_add(self.piece_minor.saturating_mul(units))
    }
}
