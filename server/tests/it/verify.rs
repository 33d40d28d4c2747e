//! Tampering is found, and the first bad event named.

use crate::chain::{Chain, Device, ENGINES, Engine, keys, manager, start};
use rand::rngs::StdRng;
use rand::{Rng, SeedableRng};
use server::ledger::heads::is_signed;
use server::ledger::verify::Flaw;
use server::ledger::{Alarm, Health, LedgerError};

async fn with_ten_events(engine: Engine) -> Chain {
    let chain = Chain::start(engine).await;
    let phone = Device::new(1, "S001");
    let events = [phone.opened(60)].into_iter().chain((1..10).map(|n| phone.counted(50 - n, "A-01", 0, n))).collect();
    let answer = chain.ledger.append(manager("S001"), events).await.expect("answers");
    assert_eq!(answer.heads[0].head.seq, 10);
    assert!(is_signed(&answer.heads[0], &keys().head_key.verifying_key()));
    chain.ledger.clone().shutdown().await;
    assert_eq!(chain.flaws().await, []);
    chain
}

async fn check(tampering: &str, expected: Flaw) {
    let chain = with_ten_events(Engine::Memory).await;
    chain.database.execute(tampering).await.expect("runs");
    assert_eq!(chain.flaws().await, [expected], "{tampering}");
}

#[tokio::test(flavor = "multi_thread")]
async fn an_edited_event_is_named() {
    let damaged = "UPDATE event:['S001', 4] SET body = <bytes>'x'";
    check(damaged, Flaw::Damaged { seq: 4, what: "canonical version 120 is not known".to_owned() }).await;
    let copied = "UPDATE event:['S001', 4] SET body = event:['S001', 5].body";
    check(copied, Flaw::Misplaced { seq: 4 }).await;
    check("UPDATE event:['S001', 4] SET hash = event:['S001', 5].hash", Flaw::Altered { seq: 4 }).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_deleted_event_is_named() {
    check("DELETE event:['S001', 4]", Flaw::Missing { seq: 4 }).await;
    check("DELETE event:['S001', 10]", Flaw::Missing { seq: 10 }).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_cut_tail_is_named_by_what_was_witnessed() {
    let cut = "LET $nine = event:['S001', 9].hash; \
               UPDATE head:S001 SET seq = 9, hash = $nine; DELETE event:['S001', 10];";
    check(cut, Flaw::Missing { seq: 10 }).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn swapped_events_and_forged_heads_are_named() {
    let swap = "LET $a = event:['S001', 3].body; LET $b = event:['S001', 4].body; \
                UPDATE event:['S001', 3] SET body = $b; UPDATE event:['S001', 4] SET body = $a;";
    check(swap, Flaw::Misplaced { seq: 3 }).await;
    check("UPDATE head:S001 SET signature = <bytes>'x'", Flaw::UnsignedHead { seq: 10 }).await;
    check("UPDATE head:S001 SET seq = 9", Flaw::BeyondHead { seq: 10 }).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_database_that_lost_its_tail_is_read_only() {
    for engine in ENGINES {
        let chain = with_ten_events(engine).await;
        let cut = "UPDATE head:S001 SET seq = 9, hash = event:['S001', 9].hash; DELETE event:['S001', 10];";
        chain.database.execute(cut).await.expect("runs");
        let ledger = start(&chain.database, &chain.directory, &chain.clock, chain.heads_file()).await.expect("starts");
        let alarm = Alarm::WentBackwards { store: crate::chain::store("S001"), found: 9, witnessed: 10 };
        assert_eq!(*ledger.health().borrow(), Health::ReadOnly(alarm.clone()));
        let refused = ledger.append(manager("S001"), vec![Device::new(2, "S001").opened(1)]).await;
        assert!(matches!(refused, Err(LedgerError::ReadOnly(why)) if why == alarm));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_line_torn_by_a_crash_is_forgiven_and_a_forged_one_is_not() {
    let chain = with_ten_events(Engine::Memory).await;
    let whole = std::fs::read_to_string(chain.heads_file()).expect("reads");
    std::fs::write(chain.heads_file(), format!("{whole}{{\"head\":{{\"store\":\"S0")).expect("writes");
    let restarted = start(&chain.database, &chain.directory, &chain.clock, chain.heads_file()).await.expect("starts");
    assert_eq!(*restarted.health().borrow(), Health::Writable);
    restarted.shutdown().await;
    let forged = whole.replace("\"seq\":10", "\"seq\":11");
    std::fs::write(chain.heads_file(), forged).expect("writes");
    let restarted = start(&chain.database, &chain.directory, &chain.clock, chain.heads_file()).await.expect("starts");
    assert!(matches!(&*restarted.health().borrow(), Health::ReadOnly(Alarm::BadWitness { .. })));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_phone_that_saw_more_than_there_is_makes_the_ledger_read_only() {
    let chain = with_ten_events(Engine::Memory).await;
    let seen = chain.database.head(&crate::chain::store("S001")).await.expect("reads").expect("there is one");
    // An older copy was restored, with the file of heads that belonged to it.
    let older = Chain::start(Engine::Memory).await;
    let phone = Device::new(1, "S001");
    older.ledger.append(manager("S001"), vec![phone.opened(60)]).await.expect("answers");
    assert!(older.ledger.check_witnessed(&[]).await.is_ok());
    let mut forged = seen.clone();
    forged.signature = "00".repeat(64);
    assert!(older.ledger.check_witnessed(&[forged]).await.is_ok(), "without our signature it says nothing");
    let alarm = Alarm::WentBackwards { store: crate::chain::store("S001"), found: 1, witnessed: 10 };
    let answer = older.ledger.check_witnessed(std::slice::from_ref(&seen)).await;
    assert!(matches!(answer, Err(LedgerError::ReadOnly(why)) if why == alarm));
    let refused = older.ledger.append(manager("S001"), vec![phone.counted(1, "A-01", 0, 1)]).await;
    assert!(matches!(refused, Err(LedgerError::ReadOnly(_))), "nothing more is written");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_phone_that_saw_other_events_makes_the_ledger_read_only() {
    let chain = with_ten_events(Engine::Memory).await;
    let seen = chain.database.head(&crate::chain::store("S001")).await.expect("reads").expect("there is one");
    let other = Chain::start(Engine::Memory).await;
    let phone = Device::new(2, "S001");
    let events = [phone.opened(60)].into_iter().chain((1..12).map(|n| phone.counted(50 - n, "A-02", 1, n))).collect();
    other.ledger.append(manager("S001"), events).await.expect("answers");
    let answer = other.ledger.check_witnessed(&[seen]).await;
    assert!(matches!(answer, Err(LedgerError::ReadOnly(Alarm::Differs { seq: 10, .. }))));
}

#[tokio::test(flavor = "multi_thread")]
async fn two_hundred_random_edits_are_all_found() {
    let chain = with_ten_events(Engine::Memory).await;
    let mut rng = StdRng::seed_from_u64(11);
    let mut n_edits = 0;
    while n_edits < 200 {
        let (n, other) = (rng.random_range(1..=10), rng.random_range(1..=10));
        let (event, bytes) = (format!("event:['S001', {n}]"), rng.random_range(1..200));
        // Bytes are edited as their digits: the language has no other way to write into them.
        let flip = |field: &str| {
            format!(
                "LET $old = array::flatten([{event}.{field}]); LET $text = encoding::base64::encode({event}.{field}); \
                 LET $at = {bytes} % string::len($text); \
                 LET $new = IF string::slice($text, $at, 1) = 'A' THEN 'B' ELSE 'A' END; \
                 UPDATE {event} SET {field} = encoding::base64::decode(string::concat(string::slice($text, 0, $at), \
                 $new, string::slice($text, $at + 1)));"
            )
        };
        let edit = match rng.random_range(0..6) {
            0 => flip("body"),
            1 => flip("hash"),
            2 => format!("DELETE {event};"),
            3 if n != other => format!("UPDATE {event} SET body = event:['S001', {other}].body;"),
            4 if n != other => format!("UPDATE {event} SET hash = event:['S001', {other}].hash;"),
            5 if n < 10 => format!("UPDATE head:S001 SET seq = {n}, hash = event:['S001', {n}].hash;"),
            _ => continue,
        };
        let row = |of: &str| format!("SELECT * FROM ONLY {of}");
        let (event_row, head_row) = (row(&event), row("head:S001"));
        let before = [run(&chain, &event_row).await, run(&chain, &head_row).await];
        run(&chain, &edit).await;
        if [run(&chain, &event_row).await, run(&chain, &head_row).await] == before {
            // The last digit of base64 has bits that mean nothing.
            continue;
        }
        n_edits += 1;
        assert_eq!(chain.flaws().await.len(), 1, "{edit}");
        let [event_before, head_before] = before;
        let restore = format!("UPSERT {event} CONTENT {event_before}; UPSERT head:S001 CONTENT {head_before};");
        run(&chain, &restore).await;
        assert_eq!(chain.flaws().await, [], "restored after {edit}");
    }
}

async fn run(chain: &Chain, statements: &str) -> String {
    chain.database.execute(statements).await.unwrap_or_else(|error| panic!("{statements}: {error}"))
}
