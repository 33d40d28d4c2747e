//! Appending to the ledger: an event, and right after it what the ledger itself must record because of it.

use crate::approval::Standing;
use crate::chain::Hash;
use crate::event::{ClockVerdict, DeviceEvent, EventBody, LedgerEvent, Stamp};
use crate::geo::{Fix, Geofence, NoFix};
use crate::id::{DeviceId, EventId};
use crate::instant::Timestamp;
use crate::transfer::{Alarm, TransferEvent, TransferId};
use std::collections::VecDeque;

/// The device that the ledger itself records with.
pub const LEDGER_DEVICE: DeviceId = DeviceId::MIN;

/// The events to append, in order, for one that was accepted.
///
/// `apply` applies each to the read models and says what follows from it
/// ([`consequences`](crate::fold::ReadModels::consequences)). Numbers run on from the first event's.
pub fn with_consequences(
    first: LedgerEvent,
    app: &str,
    mut apply: impl FnMut(&LedgerEvent) -> Vec<EventBody>,
) -> Vec<LedgerEvent> {
    let mut last = first.stamp.seq;
    let mut waiting = VecDeque::from([first]);
    let mut appended = Vec::new();
    while let Some(event) = waiting.pop_front() {
        for body in apply(&event) {
            last += 1;
            waiting.push_back(recorded_by_ledger(&event, last, app, body));
        }
        appended.push(event);
    }
    appended
}

/// An event that the ledger itself records because of `cause`, at the same time and in the same person's name. Its id
/// follows from the cause's, so that it is the same however often it is computed.
fn recorded_by_ledger(cause: &LedgerEvent, seq: u64, app: &str, body: EventBody) -> LedgerEvent {
    let mut name = cause.event.id.to_bytes().to_vec();
    name.extend_from_slice(&seq.to_be_bytes());
    let event = DeviceEvent {
        id: named(&name, cause.effective_at()),
        store: cause.event.store.clone(),
        device: LEDGER_DEVICE,
        device_seq: seq,
        person: cause.event.person.clone(),
        effective_at: cause.effective_at(),
        fix: Fix::Missing { reason: NoFix::Machine },
        app: app.to_owned(),
        body,
    };
    LedgerEvent { stamp: stamp(seq, cause.stamp.recorded_at), event }
}

/// The event that says what the hour brought to a transfer, to append as number `seq` of the late store's ledger. It is
/// in the name of whoever set the clock running, and its id follows from that step's: two servers that see the same
/// hour record one event.
#[must_use]
pub fn recorded_at_its_hour(
    transfer: TransferId,
    alarm: &Alarm,
    seq: u64,
    recorded_at: Timestamp,
    app: &str,
) -> LedgerEvent {
    let mut name = transfer.request().to_bytes().to_vec();
    name.extend_from_slice(&alarm.since.event.to_bytes());
    name.extend_from_slice(alarm.step.kind().code().as_bytes());
    let event = DeviceEvent {
        id: named(&name, alarm.at),
        store: alarm.store.clone(),
        device: LEDGER_DEVICE,
        device_seq: seq,
        person: alarm.since.by.clone(),
        effective_at: alarm.at,
        fix: Fix::Missing { reason: NoFix::Machine },
        app: app.to_owned(),
        body: EventBody::Transfer(TransferEvent { transfer, step: alarm.step.clone() }),
    };
    LedgerEvent { stamp: stamp(seq, recorded_at), event }
}

fn named(name: &[u8], at: Timestamp) -> EventId {
    let random: [u8; 16] = Hash::of(name).0[..16].try_into().expect("a hash has 32 bytes");
    EventId::from_parts(at.unix_ms().max(0).unsigned_abs(), u128::from_be_bytes(random))
}

fn stamp(seq: u64, recorded_at: Timestamp) -> Stamp {
    Stamp {
        seq,
        recorded_at,
        geofence: Geofence::Unknown,
        clock: ClockVerdict::Plausible,
        standing: Standing::Posted,
        value_minor: 0,
        flags: Vec::new(),
    }
}
