use super::*;

fn id(n: u128) -> EventId {
    EventId::from_parts(1, n)
}

fn response(answers: Vec<Answer>) -> SyncResponse {
    SyncResponse { protocol: PROTOCOL, now: Timestamp::from_unix_ms(0), answers, heads: Vec::new() }
}

#[test]
fn answers_settle_or_park_each_event() {
    let answers = vec![
        Answer { id: Some(id(1)), outcome: Outcome::Accepted { seq: 1 } },
        Answer { id: Some(id(2)), outcome: Outcome::Refused { why: Refusal::UnknownShelf } },
        Answer { id: None, outcome: Outcome::Refused { why: Refusal::Malformed { detail: String::new() } } },
    ];
    let NextStep::Settle(settled) = next_step(200, Some(response(answers)), &[id(1), id(2), id(3)]) else {
        panic!("expected settlements")
    };
    assert_eq!(settled.iter().map(|s| s.refused.is_some()).collect::<Vec<_>>(), [false, true, true]);
}

#[test]
fn only_an_echo_of_what_was_sent_acknowledges() {
    let other = vec![Answer { id: Some(id(9)), outcome: Outcome::Accepted { seq: 1 } }];
    let not_ours = NextStep::TryLater(Trouble::NotOurServer);
    assert_eq!(next_step(200, Some(response(other)), &[id(1)]), not_ours);
    assert_eq!(next_step(200, Some(response(vec![])), &[id(1)]), not_ours);
    assert_eq!(next_step(200, None, &[id(1)]), not_ours, "a captive portal's page");
    assert_eq!(next_step(302, None, &[id(1)]), not_ours);
}

#[test]
fn an_expired_sign_in_keeps_the_queue() {
    assert_eq!(next_step(401, None, &[id(1)]), NextStep::SignInAgain);
    assert_eq!(next_step(503, None, &[id(1)]), NextStep::TryLater(Trouble::Server));
    assert_eq!(next_step(0, None, &[id(1)]), NextStep::TryLater(Trouble::Offline));
    assert_eq!(next_step(426, None, &[id(1)]), NextStep::UpdateNeeded);
    assert_eq!(next_step(423, None, &[id(1)]), NextStep::DeviceBarred);
}

#[test]
fn only_refusals_that_others_can_lift_are_sent_again() {
    assert!(may_pass_later(&Refusal::StocktakeUnknown));
    assert!(!may_pass_later(&Refusal::StocktakeSubmitted));
    assert!(!may_pass_later(&Refusal::IdReused));
}

#[test]
fn waiting_grows_to_a_minute() {
    assert_eq!(backoff_ms(1, 1.0), 1_000);
    assert_eq!(backoff_ms(3, 0.0), 2_000);
    assert_eq!(backoff_ms(200, 1.0), 60_000);
}

#[test]
fn the_offset_corrects_a_slow_clock() {
    let at = Timestamp::from_unix_ms;
    assert_eq!(clock_offset_ms(at(1_000), at(61_100), at(1_200)), 60_000);
}
