//! Who may do what, on what. Everything not allowed here is refused.

use crate::id::{PersonId, RegionCode, StoreCode};
use serde::{Deserialize, Serialize};

/// What a person is in the chain.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Role {
    /// 店员: counts and moves stock, in one store.
    Clerk,
    /// 店长: answers for one store.
    StoreManager,
    /// 区域经理: answers for a region.
    RegionalManager,
    /// 总部: operations, finance, IT.
    Headquarters,
    /// 稽核: reads everything, changes nothing in stock.
    Auditor,
}

impl Role {
    /// Every role, from the shop floor up.
    pub const ALL: [Self; 5] =
        [Self::Clerk, Self::StoreManager, Self::RegionalManager, Self::Headquarters, Self::Auditor];
}

/// How far a person's role reaches.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Scope {
    /// One store.
    Store(StoreCode),
    /// The stores of one region.
    Region(RegionCode),
    /// All stores.
    Chain,
}

/// Someone who is signed in.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Viewer {
    /// Who.
    pub id: PersonId,
    /// As shown.
    pub name: String,
    /// What they are.
    pub role: Role,
    /// Where.
    pub scope: Scope,
}

/// What can be done.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Action {
    /// Open a stocktake, scan, take back, submit; read what the phone needs for it.
    Count,
    /// See live figures of the counting: counted share, variance, last trace.
    SeeBoard,
    /// See book stock and expected quantities. Never a counter's: counting is blind.
    SeeStock,
    /// See single events: who, when, where.
    SeeTrace,
    /// Print signed shelf labels.
    PrintLabels,
    /// Record movements by hand: receipts, returns, write-offs, goods put elsewhere.
    MoveStock,
    /// Record movements as a machine does: the till's feed.
    RecordMovement,
    /// Approve or decline what is beyond others' limits; [`crate::approval`] says how far.
    Approve,
    /// Plan stocktakes, review, approve and cancel them.
    RunStocktake,
    /// Follow up alarms.
    FollowUp,
    /// Bar devices from sending, and let them in again.
    ManageDevices,
    /// See and change accounts.
    ManagePeople,
    /// Say what stores have ordered from suppliers.
    OrderGoods,
    /// Ask other stores for goods, answer them, settle what did not arrive sound, review what takes too long.
    RunTransfers,
    /// Dispute a point of the store's credit.
    DisputeCredit,
    /// Decide such a dispute.
    JudgeCredit,
    /// Take warnings, and say what was done about them.
    AnswerWarnings,
    /// Write, pause and try the rules that warn.
    EditRules,
    /// Order what a store is short of, and set its figures for that by hand.
    Replenish,
    /// Have transfers of a whole region planned, and request them for its stores.
    PlanRegion,
}

impl Action {
    /// Every action.
    pub const ALL: [Self; 20] = [
        Self::Count,
        Self::SeeBoard,
        Self::SeeStock,
        Self::SeeTrace,
        Self::PrintLabels,
        Self::MoveStock,
        Self::RecordMovement,
        Self::Approve,
        Self::RunStocktake,
        Self::FollowUp,
        Self::ManageDevices,
        Self::ManagePeople,
        Self::OrderGoods,
        Self::RunTransfers,
        Self::DisputeCredit,
        Self::JudgeCredit,
        Self::AnswerWarnings,
        Self::EditRules,
        Self::Replenish,
        Self::PlanRegion,
    ];
}

/// What it is done on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Target<'a> {
    /// One store, of the region named.
    Store(&'a StoreCode, &'a RegionCode),
    /// Something of the viewer's own scope as a whole, such as the board: what is shown is filtered store by store.
    OwnScope,
    /// The whole chain.
    Chain,
}

/// Whether the viewer may.
#[must_use]
pub fn may(viewer: &Viewer, action: Action, target: Target<'_>) -> bool {
    role_may(viewer.role, action) && reaches(viewer, target)
}

fn role_may(role: Role, action: Action) -> bool {
    use Action::{
        AnswerWarnings, Approve, Count, DisputeCredit, EditRules, FollowUp, JudgeCredit, ManagePeople, MoveStock,
        OrderGoods, PlanRegion, PrintLabels, Replenish, RunStocktake, RunTransfers, SeeBoard, SeeStock, SeeTrace,
    };
    match role {
        Role::Clerk => matches!(action, Count | MoveStock),
        Role::StoreManager => !matches!(action, ManagePeople | OrderGoods | JudgeCredit | EditRules | PlanRegion),
        Role::RegionalManager => {
            matches!(
                action,
                SeeBoard
                    | SeeStock
                    | SeeTrace
                    | PrintLabels
                    | Approve
                    | RunStocktake
                    | FollowUp
                    | RunTransfers
                    | AnswerWarnings
                    | Replenish
                    | PlanRegion
            )
        }
        Role::Headquarters => !matches!(action, Count | MoveStock | DisputeCredit),
        Role::Auditor => matches!(action, SeeBoard | SeeStock | SeeTrace | FollowUp | JudgeCredit),
    }
}

fn reaches(viewer: &Viewer, target: Target<'_>) -> bool {
    match (&viewer.scope, target) {
        (Scope::Chain, _) | (_, Target::OwnScope) => true,
        (Scope::Region(own), Target::Store(_, region)) => own == region,
        (Scope::Store(own), Target::Store(store, _)) => own == store,
        (Scope::Region(_) | Scope::Store(_), Target::Chain) => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn viewer(role: Role, scope: Scope) -> Viewer {
        Viewer { id: PersonId::parse("P1").expect("valid"), name: "测试".into(), role, scope }
    }

    /// Own store, sibling store of the region, store of another region, the chain.
    fn reach(viewer: &Viewer, action: Action) -> [bool; 4] {
        let store = |code| StoreCode::parse(code).expect("valid");
        let region = |code| RegionCode::parse(code).expect("valid");
        let (own, sibling, far, r1, r2) = (store("S001"), store("S002"), store("S009"), region("R1"), region("R2"));
        [Target::Store(&own, &r1), Target::Store(&sibling, &r1), Target::Store(&far, &r2), Target::Chain]
            .map(|target| may(viewer, action, target))
    }

    #[test]
    fn each_role_reaches_its_scope_and_no_further() {
        let clerk = viewer(Role::Clerk, Scope::Store(StoreCode::parse("S001").expect("valid")));
        let regional = viewer(Role::RegionalManager, Scope::Region(RegionCode::parse("R1").expect("valid")));
        let headquarters = viewer(Role::Headquarters, Scope::Chain);
        assert_eq!(reach(&clerk, Action::Count), [true, false, false, false]);
        assert_eq!(reach(&regional, Action::SeeBoard), [true, true, false, false]);
        assert_eq!(reach(&headquarters, Action::SeeBoard), [true; 4]);
    }

    #[test]
    fn who_carries_goods_who_promises_them_and_who_judges() {
        let roles = |action| Role::ALL.map(|role| role_may(role, action));
        // Clerk, store manager, regional manager, headquarters, auditor.
        assert_eq!(roles(Action::MoveStock), [true, true, false, false, false]);
        assert_eq!(roles(Action::RunTransfers), [false, true, true, true, false]);
        assert_eq!(roles(Action::DisputeCredit), [false, true, false, false, false]);
        assert_eq!(roles(Action::AnswerWarnings), [false, true, true, true, false]);
        assert_eq!(roles(Action::EditRules), [false, false, false, true, false]);
        assert_eq!(roles(Action::Replenish), [false, true, true, true, false]);
        assert_eq!(roles(Action::PlanRegion), [false, false, true, true, false]);
        assert_eq!(roles(Action::JudgeCredit), [false, false, false, true, true], "nobody judges their own store");
    }

    #[test]
    fn counting_is_blind_and_auditing_is_read_only() {
        for action in Action::ALL {
            let clerk = role_may(Role::Clerk, action);
            assert_eq!(clerk, matches!(action, Action::Count | Action::MoveStock), "{action:?}");
            let reads = matches!(action, Action::SeeBoard | Action::SeeStock | Action::SeeTrace | Action::FollowUp);
            let judges = action == Action::JudgeCredit;
            assert_eq!(role_may(Role::Auditor, action), reads || judges, "{action:?}");
        }
    }
}
