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
    let NextStep::Settle(settled) = next_step(200, Reply::Answers(response(answers)), &[id(1), id(2), id(3)]) else {
        panic!("expected settlements")
    };
    assert_eq!(settled.iter().map(|s| s.refused.is_some()).collect::<Vec<_>>(), [false, true, true]);
}

#[test]
fn only_an_echo_of_what_was_sent_acknowledges() {
    let other = vec![Answer { id: Some(id(9)), outcome: Outcome::Accepted { seq: 1 } }];
    let not_ours = NextStep::TryLater(Trouble::NotOurServer);
    assert_eq!(next_step(200, Reply::Answers(response(other)), &[id(1)]), not_ours);
    assert_eq!(next_step(200, Reply::Answers(response(vec![])), &[id(1)]), not_ours);
    assert_eq!(next_step(200, Reply::Foreign, &[id(1)]), not_ours, "a captive portal's page");
    assert_eq!(next_step(302, Reply::Foreign, &[id(1)]), not_ours);
}

#[test]
fn an_expired_sign_in_keeps_the_queue() {
    assert_eq!(next_step(401, Reply::Foreign, &[id(1)]), NextStep::SignInAgain);
    assert_eq!(next_step(503, Reply::Foreign, &[id(1)]), NextStep::TryLater(Trouble::Server));
    assert_eq!(next_step(0, Reply::Foreign, &[id(1)]), NextStep::TryLater(Trouble::Offline));
    assert_eq!(next_step(426, Reply::Foreign, &[id(1)]), NextStep::UpdateNeeded);
    assert_eq!(next_step(423, Reply::Foreign, &[id(1)]), NextStep::DeviceBarred);
}

#[test]
fn only_the_servers_own_word_makes_the_phone_doubt_what_it_sent() {
    let error = || Reply::Error(OwnError { code: "unavailable".to_owned(), message: String::new() });
    for status in [400, 500, 503] {
        assert_eq!(next_step(status, error(), &[id(1)]), NextStep::Slow, "{status}");
    }
    assert_eq!(next_step(429, error(), &[id(1)]), NextStep::TryLater(Trouble::Server));
    assert_eq!(next_step(502, Reply::Foreign, &[id(1)]), NextStep::TryLater(Trouble::Server), "a gateway");
    assert_eq!(next_step(400, Reply::Foreign, &[id(1)]), NextStep::TryLater(Trouble::NotOurServer));
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
