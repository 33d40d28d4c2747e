use super::*;
use proptest::prelude::*;

/// A JPEG's skeleton: start, a segment with `0xFF 0xD9` inside as embedded previews have, scans, end.
fn jpeg(scans: &[&[u8]]) -> Vec<u8> {
    let mut bytes = vec![0xFF, 0xD8, 0xFF, 0xE1, 0x00, 0x06, 0xFF, 0xD8, 0xFF, 0xD9];
    for scan in scans {
        bytes.extend([0xFF, 0xDA, 0x00, 0x03, 0x01]);
        bytes.extend(*scan);
    }
    bytes.extend([0xFF, 0xD9]);
    bytes
}

#[test]
fn a_photo_is_named_by_its_bytes() {
    let id = PhotoId::of(b"");
    // SHA-256 of nothing, FIPS 180-4.
    assert_eq!(id.to_string(), "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
    assert_eq!(PhotoId::parse(&id.to_string()), Ok(id));
    let json = serde_json::to_string(&id).expect("text");
    assert_eq!(serde_json::from_str::<PhotoId>(&json).expect("reads"), id);
    for bad in ["", "e3b0", &id.to_string().to_uppercase(), &format!("{id}0"), &format!("../{}", &id.to_string()[3..])]
    {
        assert_eq!(PhotoId::parse(bad), Err(PhotoIdError), "{bad}");
    }
}

#[test]
fn only_the_first_bytes_say_what_a_file_is() {
    assert_eq!(PhotoKind::sniff(&jpeg(&[])), Some(PhotoKind::Jpeg));
    assert_eq!(PhotoKind::sniff(b"\x89PNG\r\n\x1A\n...."), Some(PhotoKind::Png));
    assert_eq!(PhotoKind::sniff(b"RIFF\x10\0\0\0WEBPVP8 "), Some(PhotoKind::WebP));
    for other in [&b"<html>"[..], b"", b"RIFF\x10\0\0\0WAVEfmt ", b"GIF89a", b"%PDF-1.7", b"<svg xmlns", b"\xFF\xD8"] {
        assert_eq!(PhotoKind::sniff(other), None, "{other:?}");
    }
}

#[test]
fn a_jpeg_cut_short_is_not_whole() {
    let whole = jpeg(&[&[1, 2, 0xFF, 0x00, 3, 0xFF, 0xD0, 4], &[5, 0xFF, 0x00]]);
    assert!(is_whole_jpeg(&whole));
    for length in 0..whole.len() {
        assert!(!is_whole_jpeg(&whole[..length]), "{length} of {} bytes", whole.len());
    }
    // What some cameras write behind the end does not matter.
    assert!(is_whole_jpeg(&[whole, vec![0; 9]].concat()));
}

#[test]
fn the_dimensions_of_bombs_are_refused() {
    assert_eq!(check_dimensions(1_600, 1_200), Ok(()));
    assert_eq!(check_dimensions(5_656, 4_242), Ok(()), "24 megapixels");
    assert_eq!(check_dimensions(0, 10), Err(PhotoRefusal::PhotoDamaged));
    for (width, height) in [(8_193, 1), (1, 8_193), (8_192, 8_192), (u32::MAX, u32::MAX)] {
        assert_eq!(check_dimensions(width, height), Err(PhotoRefusal::TooManyPixels { width, height }));
    }
}

#[test]
fn a_hash_tells_the_direction_of_brightness() {
    let rising: [u8; 72] = std::array::from_fn(|n| (n % 9) as u8 * 20);
    let falling: [u8; 72] = std::array::from_fn(|n| 200 - (n % 9) as u8 * 20);
    let (rising, falling) = (PerceptualHash::of_grey(&rising), PerceptualHash::of_grey(&falling));
    assert_eq!((rising, falling), (PerceptualHash(u64::MAX), PerceptualHash(0)));
    assert_eq!(rising.distance(falling), 64);
}

#[test]
fn pictures_are_near_when_both_hashes_are() {
    let likeness = |coarse, fine| Likeness { coarse: PerceptualHash(coarse), fine: FineHash([fine, 0, 0, 0]) };
    let one = likeness(0, 0);
    assert!(one.is_near(likeness(0x3FF, (1 << 40) - 1)), "10 and 40 bits");
    assert!(!one.is_near(likeness(0x7FF, 0)), "11 bits");
    assert!(!one.is_near(likeness(0, (1 << 41) - 1)), "41 bits");
}

#[test]
fn a_fine_hash_has_its_bits_in_the_order_of_the_picture() {
    let mut pixels = [0_u8; 272];
    pixels[1] = 9;
    pixels[271] = 9;
    assert_eq!(FineHash::of_grey(&pixels), FineHash([1 << 63, 0, 0, 1]));
}

#[test]
fn refusals_are_read_back_from_the_server_s_errors() {
    let all = [
        PhotoRefusal::TooLarge,
        PhotoRefusal::NotAPhoto,
        PhotoRefusal::PhotoAltered,
        PhotoRefusal::TooManyPixels { width: 3, height: 4 },
        PhotoRefusal::PhotoDamaged,
        PhotoRefusal::Forbidden,
    ];
    for why in all {
        let mut json = serde_json::to_value(&why).expect("JSON");
        assert_eq!(json["code"], why.code());
        json["message"] = why.to_string().into();
        assert_eq!(serde_json::from_value::<PhotoRefusal>(json).expect("reads"), why);
    }
    assert!(serde_json::from_str::<PhotoRefusal>(r#"{"code":"sign_in_needed","message":""}"#).is_err());
}

#[test]
fn only_our_own_answer_settles_or_parks_a_photo() {
    let (sent, other) = (PhotoId::of(b"sent"), PhotoId::of(b"other"));
    let receipt = |id| Some(PhotoReceipt { id, width: 1, height: 1 });
    let refused = || Some(PhotoRefusal::PhotoDamaged);
    let later = PhotoStep::TryLater;
    for (status, receipt, refusal, expected) in [
        (200, receipt(sent), None, PhotoStep::Settle),
        (200, receipt(other), None, later(Trouble::NotOurServer)),
        (200, None, None, later(Trouble::NotOurServer)),
        (401, None, None, PhotoStep::SignInAgain),
        (413, None, Some(PhotoRefusal::TooLarge), PhotoStep::Park(PhotoRefusal::TooLarge)),
        (422, None, refused(), PhotoStep::Park(PhotoRefusal::PhotoDamaged)),
        (403, None, Some(PhotoRefusal::Forbidden), PhotoStep::Park(PhotoRefusal::Forbidden)),
        (403, None, None, later(Trouble::NotOurServer)),
        (422, None, None, later(Trouble::NotOurServer)),
        (302, None, refused(), later(Trouble::NotOurServer)),
        (429, None, None, later(Trouble::Server)),
        (503, None, None, later(Trouble::Server)),
        (0, None, None, later(Trouble::Offline)),
    ] {
        assert_eq!(photo_step(status, receipt, refusal, sent), expected, "{status}");
    }
}

proptest! {
    #[test]
    fn distance_is_a_metric(a: u64, b: u64, c: u64) {
        let [a, b, c] = [a, b, c].map(PerceptualHash);
        prop_assert_eq!(a.distance(a), 0);
        prop_assert_eq!(a.distance(b), b.distance(a));
        prop_assert!(a.distance(c) <= a.distance(b) + b.distance(c));
    }

    /// Light and contrast may change as they like where brighter stays brighter.
    #[test]
    fn a_brighter_copy_has_the_same_hash(picture in proptest::collection::vec(0_u8..=120, 72), gain in 1_u8..=2, lift in 0_u8..=15) {
        let pixels: [u8; 72] = picture.try_into().expect("72");
        let brighter = pixels.map(|pixel| pixel * gain + lift);
        prop_assert_eq!(PerceptualHash::of_grey(&pixels), PerceptualHash::of_grey(&brighter));
    }

    #[test]
    fn no_bytes_upset_the_readers(bytes in proptest::collection::vec(any::<u8>(), 0..200)) {
        let _ = (PhotoKind::sniff(&bytes), is_whole_jpeg(&bytes));
        let mut begun = vec![0xFF, 0xD8, 0xFF];
        begun.extend(bytes);
        let _ = is_whole_jpeg(&begun);
    }
}
