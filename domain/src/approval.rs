//! Whose word a movement needs: above a limit of value, that of somebody who answers for more.

use crate::credit::Band;
use crate::instant::MINUTE_MS;
use crate::movement::{Movement, MovementKind};
use crate::policy::Role;
use serde::{Deserialize, Serialize};

/// Whether a movement took effect when it was recorded.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Standing {
    /// At once.
    Posted,
    /// It takes effect when somebody of at least this role approves it.
    Awaits(Role),
}

/// What has become of a movement that did not simply take effect.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Outcome {
    /// It awaits somebody of at least this role.
    Awaits(Role),
    /// It was approved, and took effect.
    Approved,
    /// It was declined.
    Declined,
    /// It was taken back before anybody decided.
    Withdrawn,
    /// It took effect and was reversed.
    Reversed,
}

/// How much a role answers for; only who answers for a store, a region or the chain approves anything.
#[must_use]
pub fn rank(role: Role) -> Option<u8> {
    match role {
        Role::StoreManager => Some(1),
        Role::RegionalManager => Some(2),
        Role::Headquarters => Some(3),
        Role::Clerk | Role::Auditor => None,
    }
}

/// Whether `role` may approve what awaits `needed`.
#[must_use]
pub fn approves(role: Role, needed: Role) -> bool {
    rank(role).is_some_and(|rank| Some(rank) >= self::rank(needed))
}

/// The limits of a return whose sale is known.
const RETURN_LIMITS_MINOR: [i64; 3] = [20_000, 200_000, 2_000_000];

/// Up to which value, in minor units of money, a clerk, a store manager and a regional manager may do it alone.
/// Headquarters has no limit.
fn limits_minor(movement: &Movement) -> Option<[i64; 3]> {
    match movement.kind {
        // What arrives, is sold or changes its shelf is neither loss nor gain.
        MovementKind::Receipt | MovementKind::Sale | MovementKind::Relocation => None,
        MovementKind::SupplierReturn => Some([50_000, 500_000, 5_000_000]),
        MovementKind::WriteOff => Some([20_000, 200_000, 2_000_000]),
        // Without the sale nobody knows what was paid.
        MovementKind::CustomerReturn if movement.cites.is_none() => Some([0, 50_000, 500_000]),
        MovementKind::CustomerReturn => Some(RETURN_LIMITS_MINOR),
        MovementKind::Adjustment => Some([0, 50_000, 500_000]),
    }
}

/// Whether a movement of `value_minor` (see [`value_minor`](crate::accept::value_minor)) recorded by `role` stands at once,
/// or whose word it needs.
#[must_use]
pub fn standing(role: Role, movement: &Movement, value_minor: i64) -> Standing {
    limits_minor(movement).map_or(Standing::Posted, |limits| within(role, limits, value_minor))
}

/// For how long whoever recorded a sale may take it back alone, in milliseconds: a slip at the till is noticed while the
/// customer is still there.
pub const SALE_SLIP_MS: i64 = 15 * MINUTE_MS;

/// Whether `role` may reverse a movement that took effect and was worth `value_minor`, in minor units, or whose word that
/// needs. `is_slip`: the person's own sale, within [`SALE_SLIP_MS`].
///
/// A sale reversed later than that is a return by another name, and held to a return's limits. A reversal carries no
/// photo, which a return must have: so a clerk reverses none alone, but records the return.
#[must_use]
pub fn reversal_standing(role: Role, movement: &Movement, value_minor: i64, is_slip: bool) -> Standing {
    match movement.kind {
        MovementKind::Sale if is_slip => Standing::Posted,
        MovementKind::Sale => within(role, [0, RETURN_LIMITS_MINOR[1], RETURN_LIMITS_MINOR[2]], value_minor.max(1)),
        _ => standing(role, movement, value_minor),
    }
}

/// Whether a request for goods of another store, of `value_minor`, made by `role` for a store of that credit stands at
/// once, or whose word it needs. A store of high credit asks for more alone, one of low credit for nothing.
#[must_use]
pub fn request_standing(role: Role, band: Band, value_minor: i64) -> Standing {
    let manager = match band {
        Band::High => 1_000_000,
        Band::Normal => 200_000,
        Band::Low => 0,
    };
    match within(role, [0, manager, 5_000_000], value_minor) {
        // The store's own manager makes the request: where that is not enough, it is the region's.
        Standing::Awaits(Role::StoreManager) => Standing::Awaits(Role::RegionalManager),
        standing => standing,
    }
}

fn within(role: Role, [clerk, manager, regional]: [i64; 3], value_minor: i64) -> Standing {
    let alone = match role {
        Role::Clerk | Role::Auditor => value_minor <= clerk,
        Role::StoreManager => value_minor <= manager,
        Role::RegionalManager => value_minor <= regional,
        Role::Headquarters => true,
    };
    if alone {
        Standing::Posted
    } else if value_minor <= manager {
        Standing::Awaits(Role::StoreManager)
    } else if value_minor <= regional {
        Standing::Awaits(Role::RegionalManager)
    } else {
        Standing::Awaits(Role::Headquarters)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::id::EventId;

    fn movement(kind: MovementKind) -> Movement {
        Movement::new(kind, Vec::new())
    }

    #[test]
    fn small_losses_need_nobody_and_large_ones_more_than_the_store() {
        let write_off = movement(MovementKind::WriteOff);
        assert_eq!(standing(Role::Clerk, &write_off, 20_000), Standing::Posted);
        assert_eq!(standing(Role::Clerk, &write_off, 20_001), Standing::Awaits(Role::StoreManager));
        assert_eq!(standing(Role::StoreManager, &write_off, 200_001), Standing::Awaits(Role::RegionalManager));
        assert_eq!(standing(Role::Clerk, &write_off, 2_000_001), Standing::Awaits(Role::Headquarters));
        assert_eq!(standing(Role::Headquarters, &write_off, i64::MAX), Standing::Posted);
        assert_eq!(standing(Role::Clerk, &movement(MovementKind::Receipt), i64::MAX), Standing::Posted);
    }

    #[test]
    fn a_clerk_returns_nothing_alone_without_the_sale() {
        let mut back = movement(MovementKind::CustomerReturn);
        assert_eq!(standing(Role::Clerk, &back, 100), Standing::Awaits(Role::StoreManager));
        back.cites = Some(EventId::MIN);
        assert_eq!(standing(Role::Clerk, &back, 100), Standing::Posted);
    }

    #[test]
    fn a_sale_is_reversed_like_a_return_except_at_once() {
        let sale = movement(MovementKind::Sale);
        assert_eq!(reversal_standing(Role::Clerk, &sale, i64::MAX, true), Standing::Posted);
        for value in [0, 1, 200_000] {
            assert_eq!(reversal_standing(Role::Clerk, &sale, value, false), Standing::Awaits(Role::StoreManager));
        }
        assert_eq!(reversal_standing(Role::StoreManager, &sale, 200_000, false), Standing::Posted);
        let beyond = Standing::Awaits(Role::RegionalManager);
        assert_eq!(reversal_standing(Role::StoreManager, &sale, 200_001, false), beyond);
        // What is no sale is reversed by whoever may record it.
        let receipt = movement(MovementKind::Receipt);
        assert_eq!(reversal_standing(Role::Clerk, &receipt, i64::MAX, false), Standing::Posted);
    }

    #[test]
    fn who_answers_for_more_may_approve_for_less() {
        assert!(approves(Role::RegionalManager, Role::StoreManager));
        assert!(!approves(Role::StoreManager, Role::RegionalManager));
        assert!(!approves(Role::Clerk, Role::StoreManager));
        assert!(!approves(Role::Auditor, Role::StoreManager));
    }
}
