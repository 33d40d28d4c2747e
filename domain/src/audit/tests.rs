use super::*;
use crate::approval::Standing;
use crate::event::{ClockVerdict, DeviceEvent, EventBody, Stamp};
use crate::geo::{Fix, Geofence, NoFix};
use crate::id::{DeviceId, EventId, PersonId, StocktakeId};

fn store() -> StoreCode {
    StoreCode::parse("S001").expect("valid")
}

fn event(seq: u64, person: &str) -> LedgerEvent {
    let at = Timestamp::from_unix_ms(1_795_320_000_000);
    let stamp = Stamp {
        seq,
        recorded_at: at,
        geofence: Geofence::Unknown,
        clock: ClockVerdict::Plausible,
        standing: Standing::Posted,
        value_minor: 0,
        flags: Vec::new(),
    };
    let event = DeviceEvent {
        id: EventId::from_parts(1, u128::from(seq)),
        store: store(),
        device: DeviceId::from_parts(1, 9),
        device_seq: seq,
        person: PersonId::parse(person).expect("valid"),
        effective_at: at,
        fix: Fix::Missing { reason: NoFix::Denied },
        app: "test".into(),
        body: EventBody::StocktakeOpened { stocktake: StocktakeId::parse("S001-20261122").expect("valid") },
    };
    LedgerEvent { stamp, event }
}

/// Events 1 to 5 of a chain, each by the person named.
fn chain(people: [&str; 5]) -> Vec<Link> {
    let mut head = Head::genesis(store());
    (1..)
        .zip(people)
        .map(|(seq, person)| {
            let body = event(seq, person).canonical_bytes();
            head = head.extended(&body);
            Link { seq, body, hash: head.hash }
        })
        .collect()
}

fn check(links: Vec<Link>, expected: Result<(), AuditFlaw>) {
    let genuine = chain(["P1"; 5]);
    let witnesses = BTreeMap::from([
        (2, vec![(WitnessKind::File, genuine[1].hash)]),
        (5, vec![(WitnessKind::File, genuine[4].hash), (WitnessKind::Phone, genuine[4].hash)]),
    ]);
    assert_eq!(walk(&Head::genesis(store()), links, 5, &witnesses), expected);
}

#[test]
fn an_untouched_chain_passes() {
    check(chain(["P1"; 5]), Ok(()));
}

#[test]
fn each_flaw_is_named() {
    let genuine = || chain(["P1"; 5]);
    let mut links = genuine();
    links.remove(2);
    check(links, Err(AuditFlaw::Missing { seq: 3 }));
    check(genuine()[..4].to_vec(), Err(AuditFlaw::Missing { seq: 5 }));
    let mut links = genuine();
    links[3].body = event(4, "P2").canonical_bytes();
    check(links, Err(AuditFlaw::Altered { seq: 4 }));
    let mut links = genuine();
    links[3].body = event(2, "P1").canonical_bytes();
    check(links, Err(AuditFlaw::Damaged { seq: 4 }));
    let mut links = genuine();
    links[0].body.clear();
    check(links, Err(AuditFlaw::Damaged { seq: 1 }));
}

#[test]
fn a_chain_written_anew_is_not_the_one_witnessed() {
    let rewritten = chain(["P1", "P1", "P2", "P1", "P1"]);
    check(rewritten, Err(AuditFlaw::NotAsWitnessed { seq: 5, by: WitnessKind::File }));
    let from_the_start = chain(["P2"; 5]);
    check(from_the_start, Err(AuditFlaw::NotAsWitnessed { seq: 2, by: WitnessKind::File }));
}
