//! The bytes of every kind of step and dispute: a change of these hashes is a change of the ledger's format.

use domain::approval::Standing;
use domain::chain::Hash;
use domain::credit::{CreditEvent, PointKey, PointKind};
use domain::event::{ClockVerdict, DeviceEvent, EventBody, LedgerEvent, Stamp};
use domain::geo::{Fix, Geofence, NoFix};
use domain::id::{DeviceId, EventId, PersonId, ShelfCode, SkuCode, StoreCode};
use domain::instant::Timestamp;
use domain::movement::{Lot, Place};
use domain::photo::PhotoId;
use domain::transfer::{
    Bearer, Candidate, Carriage, DeclineReason, Figure, FlowCause, Line, LotLine, PickedLine, ReceivedLine, Request,
    Step, TransferEvent, TransferId,
};

fn event(n: u128, body: EventBody) -> LedgerEvent {
    let at = Timestamp::from_unix_ms(1_795_320_000_000);
    let event = DeviceEvent {
        id: EventId::from_parts(1, n),
        store: StoreCode::parse("S001").expect("valid"),
        device: DeviceId::from_parts(1, 1),
        device_seq: u64::try_from(n).expect("small"),
        person: PersonId::parse("P1").expect("valid"),
        effective_at: at,
        fix: Fix::Missing { reason: NoFix::Denied },
        app: "0.1.0".into(),
        body,
    };
    let stamp = Stamp {
        seq: u64::try_from(n).expect("small"),
        recorded_at: at,
        geofence: Geofence::Unknown,
        clock: ClockVerdict::Plausible,
        standing: Standing::Posted,
        value_minor: 0,
        flags: Vec::new(),
    };
    LedgerEvent { stamp, event }
}

/// One of every step.
fn steps() -> Vec<Step> {
    let sku = SkuCode::parse("100001").expect("valid");
    let lot = Some(Lot { best_before: Some("2026-12-24".parse().expect("valid")), batch: Some("L7".into()) });
    let note = Some("周末要用".to_owned());
    let shelf = Place::Shelf(ShelfCode::parse("A-01").expect("valid"));
    let line = Line { sku: sku.clone(), units: 6 };
    let why = vec![
        Figure::DistanceM(3_200),
        Figure::TravelMin(18),
        Figure::SurplusUnits(24),
        Figure::BestBefore("2026-12-24".parse().expect("valid")),
        Figure::CreditScore(812),
        Figure::SavedMinor(18_000),
    ];
    let request = Request {
        lines: vec![line.clone()],
        candidates: vec![Candidate { store: StoreCode::parse("S002").expect("valid"), why }],
        wanted_by: Some("2026-11-24".parse().expect("valid")),
        note: note.clone(),
    };
    let received =
        ReceivedLine { sku: sku.clone(), lot: lot.clone(), units: 4, damaged: 1, over: 0, to: shelf.clone() };
    vec![
        Step::Requested(request),
        Step::Approved,
        Step::Rejected { note: "太多".into() },
        Step::Cancelled { note: note.clone() },
        Step::Confirmed { lines: vec![line.clone()] },
        Step::Declined { reason: DeclineReason::NeededHere, note: None },
        Step::Picked { lines: vec![PickedLine { sku: sku.clone(), units: 6, lot: lot.clone(), from: shelf }] },
        Step::HandedOver {
            lines: vec![LotLine { sku: sku.clone(), units: 6, lot }],
            carriage: Carriage::Carrier { name: "顺丰".into(), tracking: Some("SF123".into()) },
        },
        Step::HandedOver {
            lines: vec![LotLine { sku, units: 6, lot: None }],
            carriage: Carriage::Driver { name: "王师傅".into() },
        },
        Step::Received { lines: vec![received], photos: vec![PhotoId::of(b"photo")], note: None },
        Step::Settled { bearer: Bearer::Carrier, lines: vec![line], note },
        Step::FlowReviewed { cause: FlowCause::NotScanned, note: None },
        Step::AnswerReminded,
        Step::AnswerEscalated,
        Step::FlowAbnormal,
        Step::FlowEscalated,
    ]
}

pub fn bodies() -> Vec<EventBody> {
    let transfer = TransferId::of(EventId::from_parts(1, 1));
    let body = |step| EventBody::Transfer(TransferEvent { transfer, step });
    let later = [Step::ApprovalReminded, Step::SendingReminded, Step::SendingEscalated];
    let point = PointKey { event: EventId::from_parts(1, 2), kind: PointKind::ReceivedLate };
    let disputes = [
        CreditEvent::Disputed { point, note: "停电".into() },
        CreditEvent::Judged { point, is_granted: true, note: "属实".into() },
    ];
    // In the order in which they came to be: what is pinned stays as it is.
    let first = steps().into_iter().map(body).chain(disputes.into_iter().map(EventBody::Credit));
    first.chain(later.map(body)).collect()
}

#[test]
fn the_canonical_form_of_transfers_and_disputes_is_pinned() {
    let hashes: Vec<String> = bodies()
        .into_iter()
        .zip(1..)
        .map(|(body, n)| {
            let event = event(n, body);
            let bytes = event.canonical_bytes();
            assert_eq!(LedgerEvent::from_canonical_bytes(&bytes), Ok(event.clone()));
            Hash::of(&bytes).to_string()[..16].to_owned()
        })
        .collect();
    assert_eq!(hashes, PINNED);
}

/// The first 16 digits of each.
const PINNED: [&str; 21] = [
    "2cff86b9695c3060",
    "a9629edd9147ce03",
    "e42f08eb55e055ca",
    "4b3687c600c392fa",
    "82d3ebf45b05238a",
    "ec9e8afda66927f9",
    "69c7b040b7cffb72",
    "b45501678c46734a",
    "aec067a32954d38d",
    "861014dad4730259",
    "d8c73f45e5615f4c",
    "8ae5ce9c4f7a9947",
    "94c23e8576c43d91",
    "a0f02f794cf634d4",
    "b5c79eadf1e3ff42",
    "6dc713e95d6af724",
    "8931d90dd208410f",
    "b1deda5066fa88ed",
    "cc61500007c02184",
    "c29b2d18bdc9108c",
    "8bad9bf54d1f3d98",
];
