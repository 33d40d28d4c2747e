//! Whether a movement that took effect may be taken back, by whom: the page asks with what its phone knows, the ledger
//! with what it has.

use super::Refusal;
use crate::approval::{SALE_SLIP_MS, Standing, reversal_standing};
use crate::movement::{Movement, MovementKind};
use crate::policy::Role;

/// What is known of a movement that took effect and is to be reversed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Reversal<'a> {
    /// The movement.
    pub movement: &'a Movement,
    /// What it was worth when it was recorded, in minor units.
    pub value_minor: i64,
    /// Whether it is reversed by who recorded it.
    pub is_own: bool,
    /// How long ago it was recorded, in milliseconds.
    pub after_ms: i64,
    /// Whether something of it has come back.
    pub is_returned: bool,
}

impl Reversal<'_> {
    /// Whether somebody of that role may.
    ///
    /// # Errors
    /// [`Refusal::SaleReturned`], [`Refusal::ReturnInstead`] of a sale, [`Refusal::BeyondLimit`] of anything else.
    pub fn judge(&self, role: Role) -> Result<(), Refusal> {
        let is_sale = self.movement.kind == MovementKind::Sale;
        if is_sale && self.is_returned {
            return Err(Refusal::SaleReturned);
        }
        let is_slip = self.is_own && self.after_ms <= SALE_SLIP_MS;
        // The customer has paid this much, and would get it back.
        let value_minor = if is_sale { self.value_minor.max(self.movement.priced_minor()) } else { self.value_minor };
        match reversal_standing(role, self.movement, value_minor, is_slip) {
            Standing::Posted => Ok(()),
            Standing::Awaits(_) if is_sale => Err(Refusal::ReturnInstead),
            Standing::Awaits(needed) => Err(Refusal::BeyondLimit { needed }),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::id::SkuCode;
    use crate::movement::{Place, carry};

    fn movement(kind: MovementKind, price_minor: i64) -> Movement {
        let sku = SkuCode::parse("100001").expect("valid");
        let legs = carry(&sku, 2, Place::BackRoom, Place::Customer).to_vec();
        Movement { prices: [(sku, price_minor)].into(), ..Movement::new(kind, legs) }
    }

    #[test]
    fn a_sale_is_taken_back_at_once_or_returned() {
        let sale = movement(MovementKind::Sale, 500);
        let now = Reversal { movement: &sale, value_minor: 1_000, is_own: true, after_ms: 0, is_returned: false };
        let judge = |reversal: Reversal<'_>| reversal.judge(Role::Clerk);
        assert_eq!(judge(now), Ok(()));
        assert_eq!(judge(Reversal { after_ms: SALE_SLIP_MS, ..now }), Ok(()));
        assert_eq!(judge(Reversal { after_ms: SALE_SLIP_MS + 1, ..now }), Err(Refusal::ReturnInstead));
        assert_eq!(judge(Reversal { is_own: false, ..now }), Err(Refusal::ReturnInstead));
        assert_eq!(judge(Reversal { is_returned: true, ..now }), Err(Refusal::SaleReturned));
        let late = Reversal { after_ms: SALE_SLIP_MS + 1, ..now };
        assert_eq!(late.judge(Role::StoreManager), Ok(()));
    }

    #[test]
    fn what_the_customer_paid_counts_where_it_is_more() {
        let dear = movement(MovementKind::Sale, 100_001);
        let late =
            Reversal { movement: &dear, value_minor: 1_000, is_own: true, after_ms: i64::MAX, is_returned: false };
        assert_eq!(late.judge(Role::StoreManager), Err(Refusal::ReturnInstead));
        assert_eq!(late.judge(Role::RegionalManager), Ok(()));
        let write_off = movement(MovementKind::WriteOff, 0);
        let large = Reversal { movement: &write_off, value_minor: 20_001, ..late };
        assert_eq!(large.judge(Role::Clerk), Err(Refusal::BeyondLimit { needed: Role::StoreManager }));
    }
}
