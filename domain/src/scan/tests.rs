use super::*;

const MILK: &str = "6901234567892";
const TEA: &str = "6921234567890";
const HALF: &str = "69012341";

const MIDDLE: Place = Place::rectangle(0.3, 0.4, 0.4, 0.2);

fn saw_at(text: &str, format: Format, variant: Variant, corners: Place) -> Sighting {
    Sighting { text: text.to_owned(), format, identifier: String::new(), variant, corners }
}

fn saw(text: &str) -> Sighting {
    saw_at(text, Format::Ean13, Variant::Original, MIDDLE)
}

fn scanner(mode: ScanMode) -> Scanner {
    Scanner::new(mode, ReadRules::cn(2026))
}

/// The texts accepted from frames 50 ms apart.
fn accepted(scanner: &mut Scanner, frames: &[Vec<Sighting>]) -> Vec<String> {
    let at = (0..).step_by(50);
    frames.iter().zip(at).flat_map(|(frame, now_ms)| scanner.frame(now_ms, frame)).map(|one| one.text).collect()
}

fn check(mode: ScanMode, frames: &[Vec<Sighting>], expected: &[&str]) {
    assert_eq!(accepted(&mut scanner(mode), frames), expected);
}

#[test]
fn two_frames_that_agree_are_believed_and_one_is_not() {
    check(ScanMode::Continuous, &[vec![saw(MILK)]], &[]);
    check(ScanMode::Continuous, &[vec![saw(MILK)], vec![saw(MILK)]], &[MILK]);
    check(ScanMode::Continuous, &[vec![saw(MILK)], vec![], vec![saw(MILK)]], &[MILK]);
}

#[test]
fn a_frame_and_a_variant_of_it_are_believed() {
    let sharpened = saw_at(MILK, Format::Ean13, Variant::Sharpened(2), MIDDLE);
    check(ScanMode::Continuous, &[vec![saw(MILK), sharpened.clone()]], &[MILK]);
    check(ScanMode::Continuous, &[vec![saw(MILK), saw(MILK)]], &[]);
    let photo = scanner(ScanMode::Continuous).photo(0, &[saw(MILK), sharpened]);
    assert_eq!(photo.len(), 1);
}

#[test]
fn a_reading_is_forgotten_after_a_second() {
    let mut scanner = scanner(ScanMode::Continuous);
    assert!(scanner.frame(0, &[saw(MILK)]).is_empty());
    assert!(scanner.frame(1500, &[saw(MILK)]).is_empty());
    assert_eq!(scanner.frame(1600, &[saw(MILK)]).len(), 1);
}

#[test]
fn symbols_that_do_not_check_themselves_need_three() {
    let itf = || vec![saw_at("16901234567899", Format::Itf, Variant::Original, MIDDLE)];
    check(ScanMode::Continuous, &[itf(), itf()], &[]);
    check(ScanMode::Continuous, &[itf(), itf(), itf()], &["16901234567899"]);
}

#[test]
fn a_value_that_alternates_with_another_at_its_place_is_not_believed() {
    let frames: Vec<_> = [MILK, TEA, MILK, TEA, MILK, TEA, MILK, TEA].map(|text| vec![saw(text)]).to_vec();
    check(ScanMode::Continuous, &frames, &[]);
}

#[test]
fn the_right_value_wins_over_a_passing_misreading() {
    check(ScanMode::Continuous, &[TEA, MILK, MILK, MILK].map(|text| vec![saw(text)]), &[MILK]);
    check(ScanMode::Continuous, &[MILK, TEA, MILK, MILK].map(|text| vec![saw(text)]), &[MILK]);
}

#[test]
fn a_part_of_a_barcode_read_twice_does_not_win_over_the_whole() {
    // The left half of an EAN-13, seen as an EAN-8 with a right check digit (Telerik BarcodeScanner 30).
    let half = || saw_at(HALF, Format::Ean8, Variant::Original, Place::rectangle(0.3, 0.4, 0.2, 0.2));
    check(
        ScanMode::Continuous,
        &[vec![saw(MILK)], vec![half()], vec![saw(MILK)], vec![half()], vec![saw(MILK)], vec![saw(MILK)]],
        &[MILK],
    );
    check(ScanMode::Continuous, &[vec![saw(MILK)], vec![saw(MILK)], vec![half()], vec![half()]], &[MILK]);
}

#[test]
fn pictures_of_one_frame_that_disagree_need_a_clear_lead() {
    let read = |text, variant| saw_at(text, Format::Ean13, variant, MIDDLE);
    let two = [read(MILK, Variant::Original), read(MILK, Variant::Enlarged(2)), read(TEA, Variant::Sharpened(2))];
    assert!(scanner(ScanMode::Continuous).photo(0, &two).is_empty());
    let three = [two.as_slice(), &[read(MILK, Variant::Sharpened(3))]].concat();
    assert_eq!(scanner(ScanMode::Continuous).photo(0, &three)[0].text, MILK);
}

#[test]
fn several_codes_of_a_frame_are_taken_each_on_its_own_and_shelves_first() {
    let shelf = "ST1:S001:A-03:JNRAW7JUHJ2JX2MFJLNIPTJ4JI";
    let frame = || {
        vec![
            saw_at(TEA, Format::Ean13, Variant::Original, Place::rectangle(0.6, 0.41, 0.3, 0.1)),
            saw_at(MILK, Format::Ean13, Variant::Original, Place::rectangle(0.1, 0.43, 0.3, 0.1)),
            saw_at(shelf, Format::QrCode, Variant::Original, Place::rectangle(0.4, 0.7, 0.2, 0.2)),
        ]
    };
    check(ScanMode::Continuous, &[frame(), frame()], &[shelf, MILK, TEA]);
}

#[test]
fn lines_of_codes_on_a_carton_do_not_disturb_one_another() {
    let line = |text, top| saw_at(text, Format::Ean13, Variant::Original, Place::rectangle(0.1, top, 0.8, 0.02));
    let frame = || vec![line(MILK, 0.4), line(TEA, 0.5)];
    check(ScanMode::Continuous, &[frame(), frame()], &[MILK, TEA]);
}

#[test]
fn a_code_in_view_counts_once_until_it_left() {
    let mut scanner = scanner(ScanMode::Continuous);
    let mut n_accepted = 0;
    let mut run = |from_ms: i64, to_ms: i64, seen: &[Sighting]| {
        for now_ms in (from_ms..to_ms).step_by(50) {
            n_accepted += scanner.frame(now_ms, seen).len();
        }
        n_accepted
    };
    assert_eq!(run(0, 10_000, &[saw(MILK)]), 1);
    assert_eq!(run(10_000, 10_500, &[]), 1, "hidden by a hand");
    assert_eq!(run(10_500, 11_000, &[saw(MILK)]), 1);
    assert_eq!(run(11_000, 12_500, &[]), 1);
    assert_eq!(run(12_500, 13_000, &[saw(MILK)]), 2, "the next can");
    // The page was hidden for a minute: nobody saw the can go.
    assert_eq!(run(73_000, 74_000, &[saw(MILK)]), 2);
}

#[test]
fn a_repeat_interval_counts_a_code_that_stays() {
    let repeat = RepeatRules { again_after_ms: Some(2000), ..RepeatRules::default() };
    let mut scanner = Scanner::with_rules(ScanMode::Continuous, ReadRules::cn(2026), AgreementRules::default(), repeat);
    let n_accepted: usize = (0..100).map(|frame| scanner.frame(frame * 50, &[saw(MILK)]).len()).sum();
    assert_eq!(n_accepted, 3);
}

#[test]
fn one_at_a_time_waits_for_the_trigger() {
    let mut scanner = scanner(ScanMode::Single);
    let frame = vec![saw_at(TEA, Format::Ean13, Variant::Original, Place::rectangle(0.0, 0.0, 0.3, 0.1)), saw(MILK)];
    assert_eq!(accepted(&mut scanner, &[frame.clone(), frame.clone(), frame.clone()]), [MILK]);
    assert!(scanner.is_waiting());
    scanner.resume();
    assert!(!scanner.is_waiting());
    assert_eq!(scanner.frame(1000, &frame).len() + scanner.frame(1050, &frame).len(), 1);
}

#[test]
fn aiming_takes_the_code_in_the_middle_only() {
    let edge = || saw_at(TEA, Format::Ean13, Variant::Original, Place::rectangle(0.0, 0.0, 0.3, 0.1));
    check(ScanMode::Aimed, &[vec![edge(), saw(MILK)], vec![edge(), saw(MILK)]], &[MILK]);
    check(ScanMode::Aimed, &[vec![edge()], vec![edge()]], &[]);
}

#[test]
fn misreadings_are_silent_and_forged_shelves_are_not() {
    check(ScanMode::Continuous, &[vec![saw("6901234567890")], vec![saw("6901234567890")]], &[]);
    let forged = || vec![saw_at("ST1:S001:A-03:FORGED", Format::QrCode, Variant::Original, MIDDLE)];
    let mut scanner = scanner(ScanMode::Continuous);
    assert!(scanner.frame(0, &forged()).is_empty());
    let refused = scanner.frame(50, &forged());
    assert_eq!(refused[0].code.as_ref().map_err(ReadError::code), Err("shelf_tag_malformed"));
}

#[test]
fn order_counts_up_and_time_running_backwards_is_harmless() {
    let mut scanner = scanner(ScanMode::Continuous);
    let orders: Vec<u64> = [(1000, MILK), (900, MILK), (0, TEA), (1100, TEA), (1200, TEA), (1300, TEA)]
        .into_iter()
        .flat_map(|(now_ms, text)| scanner.frame(now_ms, &[saw(text)]))
        .map(|one| one.order)
        .collect();
    assert_eq!(orders, [1, 2]);
}

#[test]
fn sightings_are_read_from_the_decoders_json() {
    let json = r#"{"text":"6901234567892","format":"EAN13","variant":"sharpened3",
        "corners":[{"x":0.3,"y":0.4},{"x":0.7,"y":0.4},{"x":0.7,"y":0.6},{"x":0.3,"y":0.6}]}"#;
    let sighting: Sighting = serde_json::from_str(json).expect("right");
    assert_eq!((sighting.format, sighting.variant), (Format::Ean13, Variant::Sharpened(3)));
    assert!(sighting.corners.from_middle() < 0.001);
}

/// Types the text with equal gaps and ends it; the outcome of each key.
fn typed(text: &str, gap_ms: i64, end_gap_ms: i64) -> Vec<Typing> {
    let mut scanner = HardwareScanner::new(HardwareRules::default());
    let mut now_ms = 10_000;
    let mut outcomes = Vec::new();
    for c in text.chars() {
        now_ms += gap_ms;
        outcomes.push(scanner.key(now_ms, Key::Char(c)));
    }
    outcomes.push(scanner.key(now_ms + end_gap_ms, Key::End));
    outcomes
}

#[test]
fn a_scanner_types_fast_and_a_person_does_not() {
    let scan = Typing::Scan { text: MILK.to_owned(), n_leaked: 3 };
    assert_eq!(typed(MILK, 5, 5).last(), Some(&scan));
    assert_eq!(typed(MILK, 30, 90).last(), Some(&scan));
    assert!(typed(MILK, 80, 80).iter().all(|outcome| *outcome == Typing::Person));
    assert!(typed("ab", 5, 5).iter().all(|outcome| *outcome == Typing::Person), "two keys struck at once");
}

#[test]
fn a_key_held_down_and_a_fast_person_get_their_characters_back() {
    assert_eq!(typed("0000000", 30, 30).last(), Some(&Typing::GiveBack { text: "0000".to_owned() }));
    let mut scanner = HardwareScanner::new(HardwareRules::default());
    for (c, now_ms) in "hello".chars().zip((0..).step_by(20)) {
        scanner.key(now_ms, Key::Char(c));
    }
    assert_eq!(scanner.tick(200), None);
    assert_eq!(scanner.tick(500), Some(Typing::GiveBack { text: "lo".to_owned() }));
    assert_eq!(scanner.tick(600), None);
}

#[test]
fn a_stuttering_scanner_never_gives_part_of_a_code() {
    for pause_after in 1..MILK.len() {
        let mut scanner = HardwareScanner::new(HardwareRules::default());
        let mut now_ms = 0;
        for (n_chars, c) in MILK.chars().enumerate() {
            now_ms += if n_chars == pause_after { 150 } else { 10 };
            scanner.key(now_ms, Key::Char(c));
            scanner.tick(now_ms + 9);
        }
        match scanner.key(now_ms + 10, Key::End) {
            Typing::Scan { text, .. } => assert_eq!(text, MILK),
            outcome => assert!(pause_after < 4, "{pause_after}: {outcome:?}"),
        }
    }
}

#[test]
fn a_scanner_without_an_ending_is_known_by_the_pause() {
    let rules = HardwareRules { ending: Ending::Silence, ..HardwareRules::default() };
    let mut scanner = HardwareScanner::new(rules);
    for (c, now_ms) in MILK.chars().zip((0..).step_by(10)) {
        scanner.key(now_ms, Key::Char(c));
        assert_eq!(scanner.tick(now_ms + 9), None);
    }
    assert_eq!(scanner.tick(300), Some(Typing::Scan { text: MILK.to_owned(), n_leaked: 3 }));
}

#[test]
fn endless_typing_is_kept_within_bounds() {
    let endless: String = "0123456789".repeat(1000);
    match typed(&endless, 1, 1).last() {
        Some(Typing::Scan { text, .. }) => {
            let read = read(text, Format::HardwareScanner, &ReadRules::cn(2026));
            assert_eq!(read, Err(ReadError::TooLong { n_chars: 257 }));
        }
        outcome => panic!("{outcome:?}"),
    }
}
