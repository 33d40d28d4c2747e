//! Laws of codes and scanning, for any input.

use domain::barcode::{Format, ReadRules, ScannedCode, read};
use domain::gs1::{Element, Gs1Error, Message};
use domain::gtin::{Gtin, check_digit};
use domain::in_store::{Scheme, Value, value_check_digit};
use domain::scan::{
    Agreement, AgreementRules, HardwareRules, HardwareScanner, Key, Observation, Place, ScanMode, Scanner, Sighting,
    Typing, Variant,
};
use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::select;

const FORMATS: [Format; 17] = [
    Format::Ean13,
    Format::Ean8,
    Format::UpcA,
    Format::UpcE,
    Format::Itf,
    Format::Code128,
    Format::Code39,
    Format::Code93,
    Format::Codabar,
    Format::DataBar,
    Format::DataMatrix,
    Format::QrCode,
    Format::Aztec,
    Format::Pdf417,
    Format::HardwareScanner,
    Format::Typed,
    Format::Other,
];

fn gtin() -> impl Strategy<Value = Gtin> {
    prop_oneof!["[1-9][0-9]{6}", "[1-9][0-9]{10}", "[1-9][0-9]{11}", "[0-9]{12}[1-9]"]
        .prop_map(|payload| Gtin::with_check_digit(&payload).expect("not all digits are 0"))
}

/// Any text, and texts made of the pieces that readers look for.
fn scanned_text() -> impl Strategy<Value = String> {
    let piece = select(vec![
        "01",
        "10",
        "17",
        "(01)",
        "(",
        ")",
        "\x1d",
        "]C1",
        "]d2",
        "ST1:",
        ":",
        "https://",
        "/01/",
        "/",
        "?",
        "%2",
        "=",
        "6901234567892",
        "690123",
        "A",
        "é",
        "字",
        "3103",
        "8006",
        "00",
        "9",
    ]);
    prop_oneof![".{0,40}", "[0-9]{0,20}", vec(piece, 0..12).prop_map(|pieces| pieces.concat())]
}

#[test]
fn separators_alone_are_an_empty_code() {
    let rules = ReadRules::cn(2026);
    for text in ["\u{1d}", "]C1\u{1d}", "\u{1d} \u{1d}"] {
        let refused = read(text, Format::Code128, &rules).expect_err("nothing is in it");
        assert_eq!(refused, domain::barcode::ReadError::Empty, "{text:?}");
    }
}

/// Elements with one value each, in any order; text values have no bracket, which printed text cannot tell.
fn message() -> impl Strategy<Value = Message> {
    let text = "[A-Za-z0-9!\"%&'*+,./:;<=>?_-]{1,20}";
    let gtin = gtin().prop_map(|gtin| ("01".to_owned(), gtin.to_gtin14()));
    let one = prop_oneof![
        text.prop_map(|value| ("10".to_owned(), value)),
        text.prop_map(|value| ("21".to_owned(), value)),
        text.prop_map(|value| ("240".to_owned(), value)),
        text.prop_map(|value| ("91".to_owned(), value)),
        "[0-9]{6}".prop_map(|value| ("17".to_owned(), value)),
        "[0-9]{6}".prop_map(|value| ("15".to_owned(), value)),
        "[0-9]{1,8}".prop_map(|value| ("37".to_owned(), value)),
        ("310[0-5]", "[0-9]{6}"),
        ("392[0-9]", "[0-9]{1,15}"),
        "[0-9]{10}".prop_map(|value| ("7003".to_owned(), value)),
        "[0-9]{2}".prop_map(|value| ("20".to_owned(), value)),
    ];
    (gtin, vec(one, 0..6)).prop_map(|(gtin, rest)| {
        let mut elements: Vec<Element> = Vec::new();
        for (ai, value) in [gtin].into_iter().chain(rest) {
            if elements.iter().all(|element| element.ai() != ai) {
                elements.push(Element::try_new(&ai, &value).expect("the strategy keeps to the identifier's form"));
            }
        }
        Message::try_new(elements).expect("no identifier is there twice")
    })
}

fn sighting(text: &str, corners: Place) -> Sighting {
    let variant = Variant::Original;
    Sighting { text: text.to_owned(), format: Format::Ean13, identifier: String::new(), variant, corners }
}

proptest! {
    #[test]
    fn a_gtin_survives_each_of_its_spellings(gtin in gtin()) {
        prop_assert_eq!(Gtin::parse(&gtin.to_string()), Ok(gtin));
        prop_assert_eq!(Gtin::parse(&gtin.to_gtin14()), Ok(gtin));
        let json = serde_json::to_string(&gtin).expect("text");
        prop_assert_eq!(serde_json::from_str::<Gtin>(&json).ok(), Some(gtin));
    }

    #[test]
    fn any_one_wrong_digit_is_noticed(gtin in gtin(), at in 0_usize..14, digit in 0_u8..10) {
        let right = gtin.to_gtin14();
        let mut bytes = right.clone().into_bytes();
        bytes[at] = b'0' + digit;
        let changed = String::from_utf8(bytes).expect("digits");
        prop_assert_eq!(Gtin::parse(&changed).is_ok(), changed == right);
    }

    #[test]
    fn the_expected_digit_of_the_error_makes_the_number_right(payload in "[1-9][0-9]{11}", digit in 0_u8..10) {
        let typed = format!("{payload}{digit}");
        if let Err(domain::gtin::GtinError::CheckDigit { expected, .. }) = Gtin::parse(&typed) {
            let corrected = format!("{payload}{expected}");
            prop_assert!(Gtin::parse(&corrected).is_ok());
        } else {
            prop_assert!(Gtin::parse(&typed).is_ok());
        }
    }

    #[test]
    fn upc_e_and_upc_a_name_the_same_item(short in "[01][0-9]{6}") {
        if let Ok(gtin) = Gtin::parse_upc_e(&short) {
            let shortened = gtin.to_upc_e().expect("it came from a UPC-E");
            prop_assert_eq!(Gtin::parse_upc_e(&shortened), Ok(gtin));
            prop_assert_eq!(Gtin::parse(&gtin.to_gtin14()[2..]), Ok(gtin));
        }
    }

    #[test]
    fn nothing_makes_the_readers_panic(text in scanned_text(), format in select(&FORMATS[..]), year in 1900..2200) {
        let rules = ReadRules::cn(year);
        let _ = (Gtin::parse(&text), Gtin::parse_upc_e(&text), Message::parse(&text), Message::parse_bracketed(&text));
        if let Ok(code) = read(&text, format, &rules) {
            prop_assert!(!code.identity().is_empty());
        }
    }

    #[test]
    fn what_was_cleaned_once_stays_as_it_is(text in scanned_text(), format in select(&FORMATS[..])) {
        let rules = ReadRules::cn(2026);
        if let Ok(ScannedCode::Unknown { text }) = read(&text, format, &rules) {
            prop_assert!(!text.chars().any(char::is_control));
            prop_assert_eq!(text.trim(), text.as_str());
        }
    }

    #[test]
    fn a_gs1_message_survives_the_symbol_and_the_print(message in message()) {
        prop_assert_eq!(Message::parse(&message.to_element_string()), Ok(message.clone()));
        prop_assert_eq!(Message::parse(&format!("]C1{}\x1d", message.to_element_string())), Ok(message.clone()));
        prop_assert_eq!(Message::parse(&message.to_string()), Ok(message));
    }

    #[test]
    fn a_gs1_message_survives_a_digital_link(message in message()) {
        let encoded = |value: &str| value.bytes().fold(String::new(), |all, byte| format!("{all}%{byte:02X}"));
        let mut link = "https://shop.example/p".to_owned();
        for (n_before, element) in message.elements().iter().enumerate() {
            let mark = match n_before { 0 => '/', 1 => '?', _ => '&' };
            let between = if n_before == 0 { '/' } else { '=' };
            link.extend([format!("{mark}{}{between}{}", element.ai(), encoded(element.value()))]);
        }
        prop_assert_eq!(Message::parse(&link), Ok(message));
    }

    #[test]
    fn a_scale_label_gives_back_what_was_printed(item in "[0-9]{5}", price in 0_i64..10_000) {
        let scheme: Scheme = "20IIIIIKPPPPC".parse().expect("a right pattern");
        let price_text = format!("{price:04}");
        let check = value_check_digit(&price_text).expect("four digits");
        let label = Gtin::with_check_digit(&format!("20{item}{check}{price_text}")).expect("twelve digits");
        let code = scheme.read(&label.to_string()).expect("it was printed by this scheme");
        prop_assert_eq!((code.item, code.value), (item, Value::PriceMinor(price)));
    }

    #[test]
    fn nothing_seen_only_once_is_believed(
        frames in vec((1_i64..400, vec((0_u8..6, 0_u8..3, 0.0_f32..0.6, 0.0_f32..0.8), 0..5)), 0..40),
    ) {
        let mut agreement = Agreement::new(AgreementRules::default());
        let mut now_ms = 0;
        let mut seen: Vec<(String, i64, u8)> = Vec::new();
        for (gap_ms, readings) in frames {
            now_ms += gap_ms;
            let keys: Vec<String> = readings.iter().map(|reading| reading.0.to_string()).collect();
            let observations: Vec<Observation<'_>> = readings
                .iter()
                .zip(&keys)
                .map(|(&(_, scale, x, y), key)| Observation {
                    key,
                    format: Format::Ean13,
                    variant: Variant::Enlarged(scale),
                    place: Place::rectangle(x, y, 0.4, 0.2),
                })
                .collect();
            seen.extend(readings.iter().zip(&keys).map(|(reading, key)| (key.clone(), now_ms, reading.1)));
            for confirmed in agreement.frame(now_ms, &observations) {
                let mut readings: Vec<_> = seen.iter().filter(|one| one.0 == confirmed.key).collect();
                readings.sort();
                readings.dedup();
                prop_assert!(readings.len() >= 2, "{} at {now_ms} after {seen:?}", confirmed.key);
            }
        }
    }

    /// Telerik BarcodeScanner 30: frames that show part of an EAN-13 decode to other valid codes. However the true
    /// and the false readings follow one another, no false code is accepted as long as none is read twice running.
    #[test]
    fn partial_frames_never_produce_a_false_code(
        frames in vec(prop_oneof![Just(None), "[0-9]{12}".prop_map(Some)], 1..80),
        shift in vec(-0.1_f32..0.1, 80),
    ) {
        let truth = "6901234567892";
        let mut scanner = Scanner::new(ScanMode::Continuous, ReadRules::cn(2026));
        let mut now_ms = 0;
        for (partial, shift) in frames.iter().zip(shift) {
            now_ms += 60;
            let false_code = partial.as_ref().and_then(|payload| Gtin::with_check_digit(payload).ok());
            let seen = match false_code {
                Some(code) => sighting(&code.to_string(), Place::rectangle(0.4 + shift, 0.4, 0.2, 0.1)),
                None => sighting(truth, Place::rectangle(0.3, 0.4, 0.4, 0.2)),
            };
            for accepted in scanner.frame(now_ms, &[seen]) {
                prop_assert_eq!(accepted.text, truth);
            }
        }
    }

    #[test]
    fn a_false_code_that_comes_back_loses_to_the_true_one_in_between(n_frames in 1_usize..60) {
        let mut scanner = Scanner::new(ScanMode::Continuous, ReadRules::cn(2026));
        let at = (0..).step_by(60);
        for (now_ms, n_before) in at.zip(0..n_frames) {
            let text = if n_before % 2 == 0 { "69012341" } else { "6901234567892" };
            let accepted = scanner.frame(now_ms, &[sighting(text, Place::rectangle(0.3, 0.4, 0.4, 0.2))]);
            prop_assert!(accepted.iter().all(|one| one.text != "69012341"));
        }
    }

    #[test]
    fn a_keyboard_scanner_is_heard_and_a_person_is_not(
        text in "[0-9A-Za-z]{4,40}", gap_ms in 1_i64..=35, slow_ms in 60_i64..400,
    ) {
        let last = |gap_ms: i64| {
            let mut scanner = HardwareScanner::new(HardwareRules::default());
            let mut now_ms = 5000;
            for c in text.chars() {
                now_ms += gap_ms;
                scanner.key(now_ms, Key::Char(c));
            }
            scanner.key(now_ms + gap_ms, Key::End)
        };
        prop_assert_eq!(last(slow_ms), Typing::Person);
        let is_one_key = text.chars().all(|c| text.starts_with(c));
        match last(gap_ms) {
            Typing::Scan { text: scanned, .. } => prop_assert_eq!(scanned, text),
            other => prop_assert!(is_one_key, "{other:?}"),
        }
    }
}

#[test]
fn a_code_a_second_for_minutes_is_counted_exactly() {
    let codes: Vec<String> = (0..300)
        .map(|n: u64| {
            let payload = 690_100_000_000 + n * 7919;
            format!("{payload}{}", check_digit(payload))
        })
        .collect();
    let mut scanner = Scanner::new(ScanMode::Continuous, ReadRules::cn(2026));
    let mut accepted = Vec::new();
    for now_ms in (0..300_000).step_by(100) {
        let (second, within_ms) = (now_ms / 1000, now_ms % 1000);
        let code = &codes[usize::try_from(second).expect("small")];
        // In view for half of each second, at the place where the one before was.
        let frame = if within_ms < 500 { vec![sighting(code, Place::rectangle(0.3, 0.4, 0.4, 0.2))] } else { vec![] };
        accepted.extend(scanner.frame(now_ms, &frame).into_iter().map(|one| one.text));
    }
    assert_eq!(accepted, codes);
}

#[test]
fn element_strings_are_split_as_others_split_them() {
    // By PyPI biip 5.2.0, `GS1Message.parse(text).as_hri()`; the first eight are symbols of the zxing-cpp samples.
    for (scanned, printed) in [
        (
            "01988987654321061599123131030017501012A\x1d422123\x1d21123456\x1d423012345678901",
            "(01)98898765432106(15)991231(3103)001750(10)12A(422)123(21)123456(423)012345678901",
        ),
        ("01900123456789083922795", "(01)90012345678908(3922)795"),
        ("0190012345678908310200175011100312", "(01)90012345678908(3102)001750(11)100312"),
        ("0198898765432106320201234515991231", "(01)98898765432106(3202)012345(15)991231"),
        ("10567890\x1d11010101", "(10)567890(11)010101"),
        ("101098/1234", "(10)1098/1234"),
        ("10567\x1d019001234567890811010101", "(10)567(01)90012345678908(11)010101"),
        ("0101234567890128310300065039329780024", "(01)01234567890128(3103)000650(3932)9780024"),
        ("010703206980498815210526100329", "(01)07032069804988(15)210526(10)0329"),
        ("0010614141234567890810ABC", "(00)106141412345678908(10)ABC"),
        ("3103001750392215600", "(3103)001750(3922)15600"),
        ("8005012345", "(8005)012345"),
        ("0109501101530003714A\x1d10B", "(01)09501101530003(714)A(10)B"),
        ("8020X/1\x1d37024\x1d00106141412345678908", "(8020)X/1(37)024(00)106141412345678908"),
        ("41095011015300033922100", "(410)9501101530003(3922)100"),
    ] {
        assert_eq!(Message::parse(scanned).map(|message| message.to_string()), Ok(printed.to_owned()), "{scanned}");
    }
}

#[test]
fn broken_element_strings_say_where() {
    for (scanned, expected) in [
        ("", Gs1Error::Empty),
        ("\x1d", Gs1Error::Empty),
        ("8101054321120021123456", Gs1Error::UnknownIdentifier { at: 0 }),
        ("0106901234567892xx", Gs1Error::UnknownIdentifier { at: 16 }),
        ("01069012345678", Gs1Error::Length { ai: "01".to_owned(), n_chars: 12 }),
        ("0106901234567890", Gs1Error::CheckDigit { ai: "01".to_owned(), expected: 2, found: 0 }),
        ("10123456789012345678901", Gs1Error::Length { ai: "10".to_owned(), n_chars: 21 }),
        ("37A1", Gs1Error::Characters { ai: "37".to_owned() }),
        ("10A\x1d10B", Gs1Error::Conflict { ai: "10".to_owned() }),
        ("https://example.com/menu/3", Gs1Error::NotALink),
        ("https://example.com/01/06901234567890", Gs1Error::CheckDigit { ai: "01".to_owned(), expected: 2, found: 0 }),
    ] {
        assert_eq!(Message::parse(scanned), Err(expected), "{scanned:?}");
    }
    assert_eq!(Message::parse("10A\x1d10A").map(|message| message.elements().len()), Ok(1));
}

#[test]
fn digital_links_of_any_domain_are_read() {
    for (link, printed) in [
        ("https://id.gs1.org/01/09520123456788", "(01)09520123456788"),
        (
            "HTTPS://Shop.Example/some/path/01/9520123456788/10/ABC/21/12345?17=180426",
            "(01)09520123456788(10)ABC(21)12345(17)180426",
        ),
        ("http://example.com/gtin/9520123456788/lot/A%2B1/", "(01)09520123456788(10)A+1"),
        ("https://example.com/01/09520123456788?3103=000195&linkType=gs1:pip#top", "(01)09520123456788(3103)000195"),
        ("https://example.com/00/106141412345678908", "(00)106141412345678908"),
        ("https://example.com/01/stem/01/09520123456788", "(01)09520123456788"),
    ] {
        assert_eq!(Message::parse(link).map(|message| message.to_string()), Ok(printed.to_owned()), "{link}");
    }
}
