//! Transfers as lists and pages show them.

use super::{Phase, StepKind, Transfer, TransferId, Waiting};
use crate::approval::approves;
use crate::id::{PersonId, RegionCode, SkuCode, StoreCode};
use crate::instant::{Timestamp, ZoneOffset};
use crate::master::Name;
use crate::movement::Units;
use crate::policy::{Action, Target, Viewer, may};
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
    /// Whether that is the viewer.
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
    /// The steps that `viewer` may take now, each with the store it is taken in. `region_of` a store the chain does not
    /// have is `None`.
    pub fn steps_open_to(
        &self,
        viewer: &Viewer,
        region_of: impl Fn(&StoreCode) -> Option<RegionCode>,
    ) -> Vec<(StoreCode, StepKind)> {
        let may_take = |store: &StoreCode, kind: StepKind| {
            let is_allowed =
                region_of(store).is_some_and(|region| may(viewer, kind.action(), Target::Store(store, &region)));
            let has_rank = kind != StepKind::Approval
                || self.awaits_approval_of().is_some_and(|role| approves(viewer.role, role));
            let is_own = kind == StepKind::Approval && self.requested().by == viewer.id;
            is_allowed && has_rank && !is_own && self.check_turn(store, kind).is_ok()
        };
        let kinds = StepKind::ALL.into_iter().filter(|kind| !kind.is_ledgers() && *kind != StepKind::Request);
        let of = |kind: StepKind| if kind.is_sources() { self.source() } else { Some(&self.receiver) };
        kinds.filter_map(|kind| Some((of(kind)?.clone(), kind))).filter(|(store, kind)| may_take(store, *kind)).collect()
    }
}
