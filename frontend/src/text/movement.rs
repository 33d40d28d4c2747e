//! Movements, their reasons and what has become of them.

use super::{Language, messages};
use domain::approval::Outcome;
use domain::movement::{MovementKind, Reason};

messages! {
    movement_receipt: "到货" / "Receipt";
    movement_sale: "销售" / "Sale";
    movement_customer_return: "顾客退货" / "Customer return";
    movement_write_off: "报损" / "Write-off";
    movement_relocation: "店内移位" / "Relocation";
    movement_supplier_return: "退供应商" / "Return to supplier";
    movement_adjustment: "库存调整" / "Adjustment";

    reason_expired: "过期" / "Expired";
    reason_damaged: "破损" / "Damaged";
    reason_stolen: "被盗" / "Stolen";
    reason_sample: "试吃试用" / "Sample";
    reason_own_use: "门店自用" / "Own use";
    reason_unwanted: "顾客不要了" / "Not wanted";
    reason_not_as_ordered: "货不对版" / "Not as ordered";
    reason_recalled: "厂家召回" / "Recalled";
    reason_miscount: "之前数错" / "Counted wrong before";
    reason_found: "找到了" / "Found";

    outcome_awaits(role): "等待{role}批准" / "Awaits: {role}";
    outcome_approved: "已批准" / "Approved";
    outcome_declined: "已驳回" / "Declined";
    outcome_withdrawn: "已撤回" / "Withdrawn";
    outcome_reversed: "已冲销" / "Reversed";
}

impl Language {
    /// What a kind of movement is called.
    #[must_use]
    pub fn movement(self, kind: MovementKind) -> &'static str {
        match kind {
            MovementKind::Receipt => self.movement_receipt(),
            MovementKind::Sale => self.movement_sale(),
            MovementKind::CustomerReturn => self.movement_customer_return(),
            MovementKind::WriteOff => self.movement_write_off(),
            MovementKind::Relocation => self.movement_relocation(),
            MovementKind::SupplierReturn => self.movement_supplier_return(),
            MovementKind::Adjustment => self.movement_adjustment(),
        }
    }

    /// Why stock moved.
    #[must_use]
    pub fn reason(self, reason: Reason) -> &'static str {
        match reason {
            Reason::Expired => self.reason_expired(),
            Reason::Damaged => self.reason_damaged(),
            Reason::Stolen => self.reason_stolen(),
            Reason::Sample => self.reason_sample(),
            Reason::OwnUse => self.reason_own_use(),
            Reason::Unwanted => self.reason_unwanted(),
            Reason::NotAsOrdered => self.reason_not_as_ordered(),
            Reason::Recalled => self.reason_recalled(),
            Reason::Miscount => self.reason_miscount(),
            Reason::Found => self.reason_found(),
        }
    }

    /// What has become of a movement.
    #[must_use]
    pub fn outcome(self, outcome: Outcome) -> String {
        match outcome {
            Outcome::Awaits(role) => self.outcome_awaits(self.role(role)),
            Outcome::Approved => self.outcome_approved().to_owned(),
            Outcome::Declined => self.outcome_declined().to_owned(),
            Outcome::Withdrawn => self.outcome_withdrawn().to_owned(),
            Outcome::Reversed => self.outcome_reversed().to_owned(),
        }
    }
}
