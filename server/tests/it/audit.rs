//! Audits name what was altered; proofs hold without the server.

use crate::support::{Browser, TestServer, counted, device, event, opened};
use domain::proof::{Proof, ProofError};
use serde_json::{Value, json};
use std::path::Path;
use std::process::Command;

const DAY: &str = "2026-11-22";

async fn filled() -> (TestServer, Browser) {
    let server = TestServer::start().await;
    let clerk = server.signed_in("clerk").await;
    for n in 1..=6 {
        clerk.sync(1, &[event(n, &if n == 1 { opened() } else { counted(1) })]).await;
    }
    (server, clerk)
}

async fn audit(server: &TestServer, day: &str) -> Value {
    server.signed_in("auditor").await.get(&format!("/api/v1/audit?store=S001&day={day}")).await.json
}

#[tokio::test(flavor = "multi_thread")]
async fn an_untouched_day_is_proved_so() {
    let (server, _) = filled().await;
    let found = audit(&server, DAY).await;
    assert_eq!(found["verdict"], json!({ "is": "untouched" }), "{found}");
    assert_eq!((&found["first"], &found["last"], &found["n_walked"]), (&json!(1), &json!(6), &json!(6)));
    assert_eq!(audit(&server, "2026-11-21").await["verdict"], json!({ "is": "empty" }));
    let reply = server.signed_in("auditor").await.get("/api/v1/audit?store=S001&day=heute").await;
    assert_eq!(reply.code(), "malformed");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_an_intruder_did_is_named() {
    for (statement, expected) in [
        ("UPDATE event:['S001', 3] SET body = (SELECT VALUE body FROM ONLY event:['S001', 4])", "damaged"),
        ("DELETE event:['S001', 3]", "missing"),
        ("UPDATE event:['S001', 3] SET hash = (SELECT VALUE hash FROM ONLY event:['S001', 4])", "altered"),
    ] {
        let (server, _) = filled().await;
        server.state.db.execute(statement).await.expect("runs");
        let found = audit(&server, DAY).await;
        assert_eq!(found["verdict"]["is"], "flawed", "{statement}: {found}");
        assert_eq!(found["verdict"]["flaw"], json!({ "is": expected, "seq": 3 }), "{statement}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn heads_that_phones_have_shown_are_compared() {
    let (server, clerk) = filled().await;
    let head = server.state.db.head(&"S001".parse().expect("valid")).await.expect("reads").expect("is there");
    let body = json!({
        "protocol": 1, "device": device(1), "app": "test", "witnessed": [head], "events": [event(7, &counted(1))],
    });
    clerk.post("/api/v1/sync", &body).await;
    let found = audit(&server, DAY).await;
    assert_eq!((&found["n_by_phones"], &found["n_phones"]), (&json!(1), &json!(1)), "{found}");
    assert_eq!(found["verdict"]["is"], "untouched");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_downloaded_proof_holds_and_a_forged_one_does_not() {
    let (server, _) = filled().await;
    let auditor = server.signed_in("auditor").await;
    for seq in [1, 3, 6] {
        let reply = auditor.get(&format!("/api/v1/proof?store=S001&seq={seq}")).await;
        let mut proof: Proof = serde_json::from_value(reply.json).expect("a proof");
        let key = audit(&server, DAY).await["public_key"].as_str().expect("text").to_owned();
        let proven = proof.check(Some(&key)).expect("holds");
        assert_eq!((proven.event.stamp.seq, proven.event.event.person.as_str()), (seq, "P-CLERK"));
        let last = proof.event.0.len() - 1;
        proof.event.0[last] ^= 1;
        assert!(matches!(proof.check(None), Err(ProofError::Broken | ProofError::Damaged)), "event {seq}");
    }
    for missing in [0, 7] {
        let reply = auditor.get(&format!("/api/v1/proof?store=S001&seq={missing}")).await;
        assert_eq!(reply.code(), "not_found", "{missing}");
    }
    assert_eq!(server.signed_in("clerk").await.get("/api/v1/proof?store=S001&seq=1").await.code(), "forbidden");
}

/// What `shelftrace check-proof` says of a file, and whether it ends well.
fn check_proof(file: &Path, key: Option<&str>) -> (bool, String) {
    let mut command = Command::new(env!("CARGO_BIN_EXE_shelftrace"));
    command.arg("check-proof").arg(file);
    if let Some(key) = key {
        command.args(["--key", key]);
    }
    let output = command.output().expect("runs");
    let said = [output.stdout, output.stderr].map(|bytes| String::from_utf8_lossy(&bytes).into_owned()).concat();
    (output.status.success(), said)
}

#[tokio::test(flavor = "multi_thread")]
async fn the_command_tells_a_proof_from_a_forgery() {
    let (server, _) = filled().await;
    let key = audit(&server, DAY).await["public_key"].as_str().expect("text").to_owned();
    let proof = server.signed_in("auditor").await.get("/api/v1/proof?store=S001&seq=3").await.bytes;
    let folder = tempfile::tempdir().expect("a temporary folder");
    let file = folder.path().join("proof.json");
    std::fs::write(&file, &proof).expect("writes");
    let (is_proven, said) = check_proof(&file, Some(&key));
    assert!(is_proven && said.contains("PROVEN: event 3 of store S001"), "{said}");
    assert!(said.contains("by P-CLERK") && said.contains("signed with the key you trust"), "{said}");
    let (is_proven, said) = check_proof(&file, None);
    assert!(is_proven && said.contains(&format!("signed with key {key}")), "{said}");
    // A genuine proof of another chain.
    let (is_proven, said) = check_proof(&file, Some(&"ab".repeat(32)));
    assert!(!is_proven && said.contains("NOT PROVEN"), "{said}");
    // No byte of the file can be another.
    for at in (0..proof.len()).step_by(proof.len() / 23) {
        let mut forged = proof.to_vec();
        forged[at] ^= 1;
        std::fs::write(&file, &forged).expect("writes");
        let (is_proven, said) = check_proof(&file, Some(&key));
        assert!(!is_proven && !said.contains("PROVEN: event"), "byte {at}: {said}");
    }
    let (is_proven, said) = check_proof(&folder.path().join("none.json"), None);
    assert!(!is_proven && said.contains("cannot read"), "{said}");
}
