//! Transfers as lists and pages show them.

use super::{DispatchOrder, Phase, StepKind, Transfer, TransferId, Underway, Waiting};
use crate::approval::{Standing, approves};
use crate::id::{PersonId, RegionCode, ShelfCode, SkuCode, StoreCode};
use crate::instant::{Timestamp, ZoneOffset};
use crate::master::Name;
use crate::matching::Proposal;
use crate::movement::Units;
use crate::policy::{Action, Role, Target, Viewer, may};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// Which transfers a list shows.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum TransferList {
    /// Those whose next step is the viewer's.
    Mine,
    /// All that are not over.
    Open,
    /// Abnormal flows and discrepancies.
    Abnormal,
    /// Those that are over, of late.
    Done,
}

impl TransferList {
    /// Every list, in the order shown.
    pub const ALL: [Self; 4] = [Self::Mine, Self::Open, Self::Abnormal, Self::Done];

    /// The stable code, as in addresses.
    #[must_use]
    pub fn code(self) -> &'static str {
        match self {
            Self::Mine => "mine",
            Self::Open => "open",
            Self::Abnormal => "abnormal",
            Self::Done => "done",
        }
    }

    /// The list of that code; [`Self::Mine`] for any other text.
    #[must_use]
    pub fn from_code(code: &str) -> Self {
        Self::ALL.into_iter().find(|list| list.code() == code).unwrap_or(Self::Mine)
    }

    /// Whether a transfer is in it.
    #[must_use]
    pub fn shows(self, row: &TransferRow) -> bool {
        match self {
            Self::Mine => row.is_mine,
            Self::Open => !row.phase.is_over(),
            Self::Abnormal => matches!(row.phase, Phase::Abnormal | Phase::Disputed),
            Self::Done => row.phase.is_over(),
        }
    }
}

/// A store as it is named on a page.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct NamedStore {
    /// Its code.
    pub code: StoreCode,
    /// Its name.
    pub name: Name,
    /// Its clocks.
    pub zone_offset: ZoneOffset,
}

/// A transfer in a list.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct TransferRow {
    /// Which.
    pub id: TransferId,
    /// The store that wants the goods.
    pub receiver: NamedStore,
    /// The one that is asked or sends them; `None` once every candidate has declined.
    pub source: Option<NamedStore>,
    /// How far it has come.
    pub phase: Phase,
    /// Who must do what next.
    pub waits_for: Option<Waiting>,
    /// Whether the viewer is one of those who are waited for.
    pub is_mine: bool,
    /// Name of the first item.
    pub item: String,
    /// Items wanted.
    pub n_items: u32,
    /// Pieces wanted.
    pub units: Units,
    /// When it was requested.
    pub requested_at: Timestamp,
}

impl TransferRow {
    /// Whether a store has let it wait for so long that the region is asked, or the goods have been under way too long.
    #[must_use]
    pub fn is_overdue(&self) -> bool {
        let is_escalated = |waits: &Waiting| {
            let is_sources = matches!(waits.step, StepKind::Answer | StepKind::Picking | StepKind::HandOver);
            is_sources && waits.role == Role::RegionalManager
        };
        self.phase == Phase::Abnormal || self.waits_for.as_ref().is_some_and(is_escalated)
    }
}

/// How many transfers each list has.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct TransferCounts {
    /// [`TransferList::Mine`]
    pub n_mine: u32,
    /// [`TransferList::Open`]
    pub n_open: u32,
    /// [`TransferList::Abnormal`]
    pub n_abnormal: u32,
}

/// A list of transfers: what waits for the viewer first, then what has waited longest.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct TransferPage {
    /// The server's clock.
    pub now: Timestamp,
    /// Which list.
    pub list: TransferList,
    /// The transfers.
    pub transfers: Vec<TransferRow>,
    /// How many more there are.
    pub n_more: u32,
    /// How many each list has.
    pub counts: TransferCounts,
}

/// A transfer with all that its page shows.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct TransferDetail {
    /// The server's clock.
    pub now: Timestamp,
    /// The transfer, with its steps.
    pub transfer: Transfer,
    /// The stores it names.
    pub stores: Vec<NamedStore>,
    /// Names of the people who took its steps.
    pub people: BTreeMap<PersonId, String>,
    /// Names of its items.
    pub items: BTreeMap<SkuCode, String>,
    /// What the hour brings next, if nobody acts.
    pub next_alarm: Option<(Timestamp, StepKind)>,
    /// The steps that the viewer may take now, each with the store it is taken in.
    pub may: Vec<(StoreCode, StepKind)>,
    /// Whether the viewer may request goods for the receiving store.
    #[serde(default)]
    pub may_request: bool,
    /// Of those stores, on which shelves the planogram has each item: where to pick from and where to put.
    pub shelves: BTreeMap<StoreCode, BTreeMap<SkuCode, Vec<ShelfCode>>>,
    /// What whoever carries the goods has told.
    #[serde(default)]
    pub underway: Underway,
    /// The order to the carrier, where one was sent for the goods.
    #[serde(default)]
    pub dispatch: Option<DispatchOrder>,
    /// The driver's link, for whoever may give it to the driver: a path of ours.
    #[serde(default)]
    pub driver_link: Option<String>,
    /// Carriers that orders can be sent to, by name; for whoever may hand the goods over.
    #[serde(default)]
    pub carriers: Vec<String>,
}

/// Where pieces of an item are best taken from, as the page for a new transfer shows it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SourcePage {
    /// The store that wants them.
    pub store: NamedStore,
    /// The item.
    pub sku: SkuCode,
    /// As shown.
    pub item: String,
    /// How many.
    pub units: Units,
    /// From where, and why.
    pub proposal: Proposal,
    /// The stores it names.
    pub stores: Vec<NamedStore>,
    /// Whether a request for all of them would need somebody's word.
    pub standing: Standing,
}

impl StepKind {
    /// What a person must be allowed to do, in the store that takes the step.
    #[must_use]
    pub fn action(self) -> Action {
        match self {
            Self::Picking | Self::HandOver | Self::Receipt => Action::MoveStock,
            Self::Approval => Action::Approve,
            _ => Action::RunTransfers,
        }
    }
}

impl Transfer {
    /// The steps that `viewer` may take now, each with the store it is taken in; none once it is over. `region_of` a
    /// store the chain does not have is `None`.
    pub fn steps_open_to(
        &self,
        viewer: &Viewer,
        region_of: impl Fn(&StoreCode) -> Option<RegionCode>,
    ) -> Vec<(StoreCode, StepKind)> {
        let may_take = |store: &StoreCode, kind: StepKind| {
            let is_allowed =
                region_of(store).is_some_and(|region| may(viewer, kind.action(), Target::Store(store, &region)));
            let has_rank =
                kind != StepKind::Approval || self.awaits_approval_of().is_some_and(|role| approves(viewer.role, role));
            let is_own = kind == StepKind::Approval && self.requested().by == viewer.id;
            is_allowed && has_rank && !is_own && self.check_turn(store, kind).is_ok()
        };
        if self.phase().is_over() {
            return Vec::new();
        }
        let kinds = StepKind::ALL.into_iter().filter(|kind| !kind.is_ledgers() && *kind != StepKind::Request);
        let of = |kind: StepKind| if kind.is_sources() { self.source() } else { Some(&self.receiver) };
        kinds
            .filter_map(|kind| Some((of(kind)?.clone(), kind)))
            .filter(|(store, kind)| may_take(store, *kind))
            .collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::id::EventId;
    use crate::policy::Scope;
    use crate::transfer::{Candidate, Line, Request, Side, Step, Taken};

    fn store(code: &str) -> StoreCode {
        StoreCode::parse(code).expect("valid")
    }

    fn viewer(code: &str, role: Role, scope: Scope) -> Viewer {
        Viewer { id: PersonId::parse(code).expect("valid"), name: code.into(), role, scope }
    }

    fn taken(n: u128, by: &str, standing: Standing, step: Step) -> Taken {
        let at = Timestamp::from_unix_ms(i64::try_from(n).expect("small"));
        let by = PersonId::parse(by).expect("valid");
        Taken { at, event: EventId::from_parts(1, n), by, value_minor: 0, standing, step }
    }

    /// S001 has asked S002; `of_source` is what S002 has done.
    fn transfer(standing: Standing, of_source: Vec<Step>) -> Transfer {
        let lines = vec![Line { sku: SkuCode::parse("1").expect("valid"), units: 5 }];
        let candidates = vec![Candidate { store: store("S002"), why: Vec::new() }];
        let request = Step::Requested(Request { lines, candidates, wanted_by: None, note: None });
        let asked = Side::from_iter([taken(1, "M1", standing, request)]);
        let steps = of_source.into_iter().zip(2..).map(|(step, n)| taken(n, "M2", Standing::Posted, step));
        let sides = BTreeMap::from([(store("S001"), asked), (store("S002"), Side::from_iter(steps))]);
        Transfer::of(TransferId::of(EventId::from_parts(1, 1)), sides).expect("requested")
    }

    fn open_to(transfer: &Transfer, viewer: &Viewer) -> Vec<(String, StepKind)> {
        let region = |_: &StoreCode| Some(RegionCode::parse("R1").expect("valid"));
        transfer.steps_open_to(viewer, region).into_iter().map(|(store, kind)| (store.to_string(), kind)).collect()
    }

    #[test]
    fn each_is_shown_the_steps_of_their_own_store() {
        let asked = transfer(Standing::Posted, Vec::new());
        let clerk = viewer("C2", Role::Clerk, Scope::Store(store("S002")));
        let of = |code: &str| viewer("M", Role::StoreManager, Scope::Store(store(code)));
        assert_eq!(open_to(&asked, &of("S002")), [("S002".to_owned(), StepKind::Answer)]);
        assert_eq!(open_to(&asked, &of("S001")), [("S001".to_owned(), StepKind::Cancellation)]);
        assert_eq!(open_to(&asked, &clerk), []);
        let lines = vec![Line { sku: SkuCode::parse("1").expect("valid"), units: 5 }];
        let promised = transfer(Standing::Posted, vec![Step::Confirmed { lines }]);
        assert_eq!(open_to(&promised, &clerk), [("S002".to_owned(), StepKind::Picking)]);
        let withdrawn = transfer(
            Standing::Posted,
            vec![Step::Declined { reason: crate::transfer::DeclineReason::NoHands, note: None }],
        );
        assert_eq!(open_to(&withdrawn, &of("S001")), [], "nothing is left to withdraw");
    }

    #[test]
    fn nobody_approves_what_they_asked_for() {
        let waiting = transfer(Standing::Awaits(Role::RegionalManager), Vec::new());
        let region = Scope::Region(RegionCode::parse("R1").expect("valid"));
        let approval = ("S001".to_owned(), StepKind::Approval);
        assert!(open_to(&waiting, &viewer("R", Role::RegionalManager, region.clone())).contains(&approval));
        assert!(!open_to(&waiting, &viewer("M1", Role::RegionalManager, region)).contains(&approval));
        assert!(!open_to(&waiting, &viewer("M", Role::StoreManager, Scope::Store(store("S001")))).contains(&approval));
    }
}
