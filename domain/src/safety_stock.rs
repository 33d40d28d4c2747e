//! The buffer for demand and lead time being other than expected.

use crate::demand::{Demand, nearest_units};
use crate::movement::Units;
use serde::{Deserialize, Serialize};

/// In how many of 1,000 order cycles the item shall not run out: 500 to 999.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "u16", into = "u16")]
pub struct ServiceLevel(u16);

/// Why a number is no service level.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("{0} ‰ is not a service level: choose 500 to 999, such as 950 for 95 %")]
pub struct ServiceLevelError(u16);

impl ServiceLevel {
    /// 95 %, what grocers commonly aim at.
    pub const USUAL: Self = Self(950);

    /// Reads thousandths.
    ///
    /// # Errors
    /// Below 500, where a buffer would be negative, and above 999, which no finite stock reaches.
    pub const fn from_permille(permille: u16) -> Result<Self, ServiceLevelError> {
        if permille < 500 || permille > 999 { Err(ServiceLevelError(permille)) } else { Ok(Self(permille)) }
    }

    /// In thousandths.
    #[must_use]
    pub const fn permille(self) -> u16 {
        self.0
    }

    /// The safety factor z: the standard normal quantile of the level, to seven digits (algorithm AS 241, PPND7:
    /// Wichura, Applied Statistics 37 (1988) 477–484).
    #[must_use]
    pub fn factor(self) -> f64 {
        let p = f64::from(self.0) / 1000.0;
        let q = p - 0.5;
        if q <= 0.425 {
            let r = 0.180_625 - q * q;
            q * (((59.109_374_720 * r + 159.291_132_02) * r + 50.434_271_938) * r + 3.387_132_717_9)
                / (((67.187_563_600 * r + 78.757_757_664) * r + 17.895_169_469) * r + 1.0)
        } else {
            let r = (-(1.0 - p).ln()).sqrt() - 1.6;
            (((0.170_238_211_03 * r + 1.306_728_481_6) * r + 2.756_815_390_0) * r + 1.423_437_277_7)
                / ((0.120_211_329_75 * r + 0.737_001_642_50) * r + 1.0)
        }
    }
}

impl TryFrom<u16> for ServiceLevel {
    type Error = ServiceLevelError;
    fn try_from(permille: u16) -> Result<Self, ServiceLevelError> {
        Self::from_permille(permille)
    }
}

impl From<ServiceLevel> for u16 {
    fn from(level: ServiceLevel) -> Self {
        level.0
    }
}

/// Safety stock in pieces, rounded up: z · √(σ_D² + D² · σ_L²).
///
/// `demand` is that of the protection interval, lead time and review together, and its variance is σ_D² (which stands
/// for L · σ² where days are independent); D is `daily_mean` in pieces a day, σ_L the standard deviation of the lead
/// time in days. Silver, Pyke and Thomas, Inventory and Production Management in Supply Chains (4th ed., 2017),
/// sections 6.7 and 6.10.
#[must_use]
pub fn safety_stock(demand: Demand, daily_mean: f64, lead_time_sd_days: f64, level: ServiceLevel) -> Units {
    let late = daily_mean * lead_time_sd_days;
    let spread = (demand.variance + late * late).max(0.0).sqrt();
    // A hair above a whole number is the arithmetic's, not a piece.
    nearest_units((level.factor() * spread - 1e-9).ceil()).max(0)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn level(permille: u16) -> ServiceLevel {
        ServiceLevel::from_permille(permille).expect("valid")
    }

    #[test]
    fn the_factor_is_that_of_the_tables() {
        let published = [(500, 0.0), (800, 0.841_621), (900, 1.281_552), (925, 1.439_531), (950, 1.644_854)];
        for (permille, z) in published.into_iter().chain([(975, 1.959_964), (990, 2.326_348), (999, 3.090_232)]) {
            let found = level(permille).factor();
            assert!((found - z).abs() < 2e-6, "{permille} {found}");
        }
        assert_eq!(ServiceLevel::from_permille(1000), Err(ServiceLevelError(1000)));
        assert!(ServiceLevel::from_permille(499).is_err());
    }

    #[test]
    fn demand_and_lead_time_each_ask_for_a_buffer() {
        // 20 a day, σ 6 a day over 9 days; the lead time scatters by 2 days: 1.645 · √(9 · 36 + 400 · 4) = 72.2.
        let demand = Demand { mean: 180.0, variance: 9.0 * 36.0 };
        assert_eq!(safety_stock(demand, 20.0, 2.0, level(950)), 73);
        assert_eq!(safety_stock(demand, 20.0, 0.0, level(950)), 30);
        assert_eq!(safety_stock(demand, 20.0, 2.0, level(500)), 0);
        assert_eq!(safety_stock(Demand::NONE, 0.0, 2.0, level(999)), 0);
    }
}
