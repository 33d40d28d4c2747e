//! How demand scatters around its forecast, and what a stock is expected to sell of it.

use super::{Demand, pieces};
use crate::movement::Units;

/// Probabilities of demand for 0, 1, 2 … pieces: negative binomial with the forecast's mean and variance, Poisson
/// where the variance is no larger than the mean.
///
/// Computed from the mode outwards by the ratio of neighbours, which neither underflows nor needs a logarithm.
#[derive(Debug, Clone)]
pub struct Distribution {
    /// The demand that the first probability is of.
    first: Units,
    probabilities: Vec<f64>,
    mean: f64,
}

/// Probabilities below this share of the mode's are left out.
const NEGLIGIBLE: f64 = 1e-10;
/// No more steps than this on either side of the mode: 100,000 pieces is far beyond any shop's scatter.
const STEPS_MAX: usize = 100_000;

impl Distribution {
    /// The distribution of a demand.
    #[must_use]
    pub fn of(demand: Demand) -> Self {
        let mean = demand.mean.max(0.0);
        // (a, b) of Panjer's class: p(k) = p(k − 1) · (a + b / k), Poisson at a = 0.
        let excess = demand.variance - mean;
        let (a, b) = if excess > mean * 1e-9 {
            let a = excess / demand.variance;
            (a, a * (mean * mean / excess - 1.0))
        } else {
            (0.0, mean)
        };
        let ratio = |k: Units| a + b / pieces(k);
        // p grows while a + b / k ≥ 1.
        let mode = (b / (1.0 - a)).floor().max(0.0) as Units;
        let (mut below, mut above) = (Vec::new(), vec![1.0]);
        let (mut weight, mut k) = (1.0, mode);
        while k > 0 && below.len() < STEPS_MAX {
            weight /= ratio(k);
            k -= 1;
            if weight < NEGLIGIBLE {
                break;
            }
            below.push(weight);
        }
        let (mut weight, mut k) = (1.0, mode);
        while mean > 0.0 && above.len() < STEPS_MAX {
            k += 1;
            weight *= ratio(k);
            if weight < NEGLIGIBLE {
                break;
            }
            above.push(weight);
        }
        let first = mode - Units::try_from(below.len()).expect("at most STEPS_MAX");
        let mut probabilities: Vec<f64> = below.into_iter().rev().chain(above).collect();
        let total: f64 = probabilities.iter().sum();
        for probability in &mut probabilities {
            *probability /= total;
        }
        Self { first, probabilities, mean }
    }

    /// Pieces expected to be sold of a stock: E[min(demand, stock)]. 0 for a stock below 1.
    #[must_use]
    pub fn expected_sales(&self, stock: Units) -> f64 {
        if stock <= 0 {
            return 0.0;
        }
        let mut short = 0.0;
        for (k, probability) in (self.first..stock).zip(&self.probabilities) {
            short += probability * pieces(stock - k);
        }
        // E[min(D, s)] = s − E[(s − D)⁺]; rounding must not make it more than either.
        (pieces(stock) - short).clamp(0.0, self.mean)
    }

    /// Probability that demand is more than `stock`.
    #[must_use]
    pub fn probability_above(&self, stock: Units) -> f64 {
        let n_within = usize::try_from(stock.saturating_add(1).saturating_sub(self.first)).unwrap_or(0);
        self.probabilities.iter().skip(n_within).sum()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn a_poisson_demand_sells_what_the_tables_say() {
        // Poisson 2: p(0) = e⁻² = 0.135335, p(1) = 0.270671; E[min(D, 1)] = 1 − p(0), E[min(D, 2)] = 2 − 2 p(0) − p(1).
        let two = Distribution::of(Demand { mean: 2.0, variance: 2.0 });
        assert!((two.expected_sales(1) - 0.864_665).abs() < 1e-6);
        assert!((two.expected_sales(2) - 1.458_659).abs() < 1e-6);
        assert!((two.probability_above(1) - 0.593_994).abs() < 1e-6);
    }

    #[test]
    fn a_geometric_demand_is_a_negative_binomial_of_one() {
        // Mean 1, variance 2: p(k) = 2^−(k+1).
        let geometric = Distribution::of(Demand { mean: 1.0, variance: 2.0 });
        assert!((geometric.probability_above(0) - 0.5).abs() < 1e-9);
        assert!((geometric.expected_sales(1) - 0.5).abs() < 1e-9);
        assert!((geometric.expected_sales(2) - 0.75).abs() < 1e-9);
    }

    #[test]
    fn without_demand_nothing_is_sold() {
        let none = Distribution::of(Demand::NONE);
        assert_eq!((none.expected_sales(5), none.probability_above(0)), (0.0, 0.0));
    }

    proptest! {
        #[test]
        fn each_further_piece_sells_less(mean in 0.01f64..3_000.0, spread in 1.0f64..8.0, stock in 1i64..4_000) {
            let demand = Distribution::of(Demand { mean, variance: mean * spread });
            let [before, here, after] = [stock - 1, stock, stock + 1].map(|stock| demand.expected_sales(stock));
            prop_assert!(here >= before - 1e-6 && after - here <= here - before + 1e-6);
            prop_assert!(here <= mean && here <= stock as f64);
            let enough = demand.expected_sales((mean + 40.0 * (mean * spread).sqrt()) as i64 + 400);
            prop_assert!((enough - mean).abs() < mean * 1e-3 + 1e-3, "{enough} {mean}");
        }
    }
}
