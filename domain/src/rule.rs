//! Rules that warn: data that business people edit, without code.
//!
//! A [`Rule`] says when to warn ([`Condition`]), where ([`Reach`]), how badly, who is told and what is advised. It is
//! stored as JSON that people can read. [`check`] finds its [`Mistake`]s and points at each; [`wording`] says it in
//! plain words; [`Watch`] turns "is true" into "fires now". Live and in a backtest ([`crate::backtest`]) the same
//! functions decide. What becomes of a firing is told by [`crate::firing`].
//!
//! What one event costs is the number of rules that reach its store and item, times their conditions: other stores do
//! not come into it.

mod condition;
mod mistake;
mod shipped;
mod watch;
pub mod wording;

pub use condition::{Bound, Compare, Condition, Is, Reason, Truth};
pub use mistake::{Mistake, MistakeKind, check};
pub use shipped::shipped;
pub use watch::{Step, Watch};

use crate::case::Severity;
use crate::id::{CategoryCode, PersonId, RegionCode, RuleCode, SkuCode, StoreCode};
use crate::master::Name;
use crate::measure::Figures;
use crate::policy::Role;
use crate::quiet::QuietHours;
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;

/// A rule that warns.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Rule {
    /// Its code, never reused.
    pub code: RuleCode,
    /// 1, 2, 3 …: every change makes the next one, and a firing names the one that fired.
    pub version: u32,
    /// As shown.
    pub name: Name,
    /// Who answers for it.
    pub owner: PersonId,
    /// Whether it is at work.
    pub state: RuleState,
    /// When it warns.
    pub when: Condition,
    /// Where it looks.
    #[serde(default)]
    pub reach: Reach,
    /// How bad it is.
    pub severity: Severity,
    /// What it advises.
    pub advice: Advice,
    /// Who is told.
    pub tell: Vec<Telling>,
    /// When nobody is told; what fires then is told afterwards.
    #[serde(default)]
    pub quiet: Option<QuietHours>,
    /// How long until it may fire again for the same item and store, in hours.
    pub again_after_h: u32,
}

/// Whether a rule is at work.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum RuleState {
    /// It warns.
    Active,
    /// It does not, until somebody says so.
    Paused,
}

/// What a warning advises.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Advice {
    /// Order more: a replenishment suggestion.
    Replenish,
    /// Have it brought from a store nearby.
    Transfer,
    /// Sell it for less.
    MarkDown,
    /// Put it where it sells first, or mark it down.
    SellFirst,
    /// Count it.
    Count,
    /// Look into it.
    LookInto,
}

impl Advice {
    /// Every advice, in the order shown.
    pub const ALL: [Self; 6] =
        [Self::Replenish, Self::Transfer, Self::MarkDown, Self::SellFirst, Self::Count, Self::LookInto];
}

/// Who is told, and how.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Telling {
    /// Everybody of this role who answers for the store.
    pub role: Role,
    /// The channels' codes, such as `inbox` or `wecom`.
    pub channels: BTreeSet<String>,
}

/// Where a rule looks: in these stores, at these goods.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Reach {
    /// Where.
    #[serde(default)]
    pub places: Places,
    /// At what.
    #[serde(default)]
    pub goods: Goods,
}

/// The stores that a rule looks at.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Places {
    /// All.
    #[default]
    Chain,
    /// Those of some regions.
    Regions(BTreeSet<RegionCode>),
    /// Some.
    Stores(BTreeSet<StoreCode>),
}

/// The items that a rule looks at.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Goods {
    /// All.
    #[default]
    All,
    /// Those of some categories.
    Categories(BTreeSet<CategoryCode>),
    /// Some.
    Products(BTreeSet<SkuCode>),
}

/// One item in one store: what a rule looks at.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Line<'a> {
    /// The store.
    pub store: &'a StoreCode,
    /// Its region.
    pub region: &'a RegionCode,
    /// The item.
    pub sku: &'a SkuCode,
    /// What it is sold as.
    pub category: &'a CategoryCode,
}

impl Reach {
    /// Whether the rule looks there.
    #[must_use]
    pub fn covers(&self, line: Line<'_>) -> bool {
        let is_there = match &self.places {
            Places::Chain => true,
            Places::Regions(regions) => regions.contains(line.region),
            Places::Stores(stores) => stores.contains(line.store),
        };
        is_there
            && match &self.goods {
                Goods::All => true,
                Goods::Categories(categories) => categories.contains(line.category),
                Goods::Products(products) => products.contains(line.sku),
            }
    }
}

impl Rule {
    /// What the rule says of a line: whether its condition holds. A paused rule, and one that does not reach there,
    /// says nothing: `None`.
    #[must_use]
    pub fn judge(&self, line: Line<'_>, figures: &impl Figures) -> Option<Truth> {
        (self.state == RuleState::Active && self.reach.covers(line)).then(|| self.when.judge(figures))
    }
}

#[cfg(test)]
mod tests;
