//! Photos: who may bring and see them, what is taken, what is kept of it, and which look alike.

use crate::support::{Browser, NOW, Reply, TestServer, event, person};
use axum::http::{Method, StatusCode, header};
use domain::photo::{PHOTO_BYTES_MAX, PhotoId};
use image::codecs::jpeg::JpegEncoder;
use image::{DynamicImage, ImageFormat, Rgb, RgbImage, Rgba, RgbaImage};
use serde_json::{Value, json};
use std::io::Cursor;

/// A scene that no other seed gives: light falling off to one side, and boxes on shelves.
pub fn scene(seed: u32, width: u32, height: u32) -> RgbImage {
    let mut state = seed.wrapping_mul(2_654_435_761).wrapping_add(12_345);
    let mut random = |below: u32| {
        state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        (state >> 8) % below
    };
    let (across, down) = (random(120), random(120));
    let mut image = RgbImage::from_fn(width, height, |x, y| {
        let light = 60 + across * x / width + down * y / height;
        Rgb([light as u8, (light * 9 / 10) as u8, (light * 8 / 10) as u8])
    });
    for _ in 0..14 {
        let (left, top) = (random(width), random(height));
        let (wide, high) = (width / 12 + random(width / 3), height / 12 + random(height / 3));
        let colour = Rgb([random(256) as u8, random(256) as u8, random(256) as u8]);
        for y in top..(top + high).min(height) {
            for x in left..(left + wide).min(width) {
                image.put_pixel(x, y, colour);
            }
        }
    }
    image
}

pub fn jpeg(image: &RgbImage, quality: u8) -> Vec<u8> {
    let mut bytes = Vec::new();
    JpegEncoder::new_with_quality(&mut bytes, quality).encode_image(image).expect("encodes");
    bytes
}

fn encoded(image: &DynamicImage, format: ImageFormat) -> Vec<u8> {
    let mut bytes = Cursor::new(Vec::new());
    image.write_to(&mut bytes, format).expect("encodes");
    bytes.into_inner()
}

fn path(bytes: &[u8]) -> String {
    format!("/api/v1/photos/{}", PhotoId::of(bytes))
}

async fn put(browser: &Browser, bytes: &[u8]) -> Reply {
    browser.put(&format!("{}?store=S001", path(bytes)), bytes.to_vec()).await
}

pub async fn taken(browser: &Browser, bytes: &[u8]) -> PhotoId {
    let reply = put(browser, bytes).await;
    assert_eq!(reply.status, StatusCode::OK, "{}", reply.json);
    PhotoId::of(bytes)
}

#[tokio::test]
async fn a_photo_is_kept_and_shown_as_a_harmless_jpeg() {
    let server = TestServer::start().await;
    let clerk = server.signed_in("clerk").await;
    let photo = jpeg(&scene(1, 640, 480), 80);
    let reply = put(&clerk, &photo).await;
    assert_eq!(reply.status, StatusCode::OK);
    assert_eq!(reply.json["id"], PhotoId::of(&photo).to_string());
    assert_eq!((&reply.json["width"], &reply.json["height"]), (&640.into(), &480.into()));

    let shown = clerk.get(&path(&photo)).await;
    assert_eq!(shown.status, StatusCode::OK);
    for (name, value) in [
        ("content-type", "image/jpeg"),
        ("cache-control", "private, no-cache"),
        ("x-content-type-options", "nosniff"),
        ("content-security-policy", "default-src 'none'"),
        ("cross-origin-resource-policy", "same-origin"),
    ] {
        assert_eq!(shown.headers[name], value, "{name}");
    }
    let size = |bytes: &[u8]| {
        let image = image::load_from_memory_with_format(bytes, ImageFormat::Jpeg).expect("a JPEG");
        (image.width(), image.height())
    };
    assert_eq!(size(&shown.bytes), (640, 480));
    let thumb = clerk.get(&format!("{}?size=thumb", path(&photo))).await;
    assert_eq!(size(&thumb.bytes), (320, 240));
    assert!(thumb.bytes.len() < shown.bytes.len() / 2);
    let again = clerk.request(Method::GET, &path(&photo)).header(header::IF_NONE_MATCH, &shown.headers[header::ETAG]);
    let again = clerk.send(again.body(axum::body::Body::empty()).expect("a request")).await;
    assert_eq!((again.status, again.bytes.len()), (StatusCode::NOT_MODIFIED, 0));
    assert_eq!(clerk.get(&format!("{}?size=huge", path(&photo))).await.code(), "malformed");
}

#[tokio::test]
async fn only_who_records_in_a_store_brings_photos_of_it() {
    let server = TestServer::start().await;
    let photo = jpeg(&scene(1, 64, 64), 80);
    for (login, expected) in
        [("regional", "forbidden"), ("auditor", "forbidden"), ("clerk", ""), ("manager", ""), ("hq", "")]
    {
        assert_eq!(put(&server.signed_in(login).await, &photo).await.code(), expected, "{login}");
    }
    let clerk = server.signed_in("clerk").await;
    let elsewhere = format!("{}?store=S002", path(&photo));
    assert_eq!(clerk.put(&elsewhere, photo.clone()).await.code(), "forbidden");
    assert_eq!(put(&server.browser(), &photo).await.code(), "sign_in_needed");
    let foreign = clerk.request(Method::PUT, &format!("{}?store=S001", path(&photo)));
    let foreign = foreign.header("sec-fetch-site", "cross-site").body(photo.into()).expect("a request");
    assert_eq!(clerk.send(foreign).await.code(), "foreign_origin");
}

#[tokio::test]
async fn only_who_took_it_or_sees_the_store_s_traces_sees_a_photo() {
    let server = TestServer::start().await;
    let (clerk, hq) = (server.signed_in("clerk").await, server.signed_in("hq").await);
    let of_clerk = jpeg(&scene(1, 64, 64), 80);
    let of_hq = jpeg(&scene(2, 64, 64), 80);
    let far = jpeg(&scene(3, 64, 64), 80);
    taken(&clerk, &of_clerk).await;
    taken(&hq, &of_hq).await;
    assert_eq!(hq.put(&format!("{}?store=S009", path(&far)), far.clone()).await.status, StatusCode::OK);
    for (login, expected) in [
        ("clerk", [true, false, false]),
        ("manager", [true, true, false]),
        ("regional", [true, true, false]),
        ("auditor", [true, true, true]),
        ("hq", [true, true, true]),
    ] {
        let browser = server.signed_in(login).await;
        for (photo, may) in [&of_clerk, &of_hq, &far].into_iter().zip(expected) {
            for path in [path(photo), format!("{}?size=thumb", path(photo))] {
                let code = browser.get(&path).await.code().to_owned();
                assert_eq!(code, if may { "" } else { "not_found" }, "{login} {path}");
            }
        }
    }
    assert_eq!(server.browser().get(&path(&of_clerk)).await.code(), "sign_in_needed");
    assert_eq!(hq.get(&path(b"never sent")).await.code(), "not_found");
    assert_eq!(hq.get("/api/v1/photos/..%2f..%2fkeys").await.code(), "malformed");
}

#[tokio::test]
async fn bytes_under_another_name_are_refused_even_when_that_photo_is_here() {
    let server = TestServer::start().await;
    let clerk = server.signed_in("clerk").await;
    let (photo, other) = (jpeg(&scene(1, 64, 64), 80), jpeg(&scene(2, 64, 64), 80));
    let under_other = format!("{}?store=S001", path(&other));
    let reply = clerk.put(&under_other, photo.clone()).await;
    assert_eq!((reply.status, reply.code()), (StatusCode::UNPROCESSABLE_ENTITY, "photo_altered"));
    taken(&clerk, &other).await;
    assert_eq!(clerk.put(&under_other, photo).await.code(), "photo_altered");
    assert_eq!(clerk.put("/api/v1/photos/abc?store=S001", other).await.code(), "malformed");
}

async fn check_refused(bytes: &[u8], expected: &str) {
    let server = TestServer::start().await;
    let clerk = server.signed_in("clerk").await;
    let reply = put(&clerk, bytes).await;
    assert_eq!((reply.status, reply.code()), (StatusCode::UNPROCESSABLE_ENTITY, expected), "{}", reply.json);
    assert_eq!(clerk.get(&path(bytes)).await.code(), "not_found");
    assert!(!server.state.photos.has(&PhotoId::of(bytes)).await);
}

#[tokio::test]
async fn what_is_no_photo_is_refused() {
    check_refused(b"<html><body>Welcome to the hotel</body></html>", "not_a_photo").await;
    check_refused(b"", "not_a_photo").await;
    check_refused(b"<svg xmlns=\"http://www.w3.org/2000/svg\"><script>alert(1)</script></svg>", "not_a_photo").await;
    check_refused(b"\xFF\xD8\xFF<script>alert(1)</script>", "photo_damaged").await;
}

#[tokio::test]
async fn photos_cut_short_are_refused_in_every_format() {
    let picture = DynamicImage::ImageRgb8(scene(1, 200, 200));
    for format in [ImageFormat::Jpeg, ImageFormat::Png, ImageFormat::WebP] {
        let whole = encoded(&picture, format);
        check_refused(&whole[..whole.len() / 2], "photo_damaged").await;
    }
}

/// CRC-32 as PNG wants it.
fn crc(bytes: &[u8]) -> u32 {
    !bytes.iter().fold(u32::MAX, |crc, byte| {
        (0..8).fold(crc ^ u32::from(*byte), |crc, _| if crc & 1 == 1 { crc >> 1 ^ 0xEDB8_8320 } else { crc >> 1 })
    })
}

#[tokio::test]
async fn a_bomb_is_refused_by_its_header() {
    // A few hundred bytes that claim to be 60,000 × 60,000 pixels.
    let mut png = encoded(&DynamicImage::new_rgb8(1, 1), ImageFormat::Png);
    png[16..20].copy_from_slice(&60_000_u32.to_be_bytes());
    png[20..24].copy_from_slice(&60_000_u32.to_be_bytes());
    let checked = crc(&png[12..29]).to_be_bytes();
    png[29..33].copy_from_slice(&checked);
    check_refused(&png, "too_many_pixels").await;

    let mut jpeg = jpeg(&scene(1, 64, 64), 80);
    let frame = jpeg.windows(2).position(|pair| pair == [0xFF, 0xC0]).expect("a baseline frame");
    jpeg[frame + 5..frame + 9].copy_from_slice(&[0xFF, 0xFF, 0xFF, 0xFF]);
    check_refused(&jpeg, "too_many_pixels").await;
}

#[tokio::test]
async fn nine_mebibytes_are_too_many_announced_or_not() {
    let server = TestServer::start().await;
    let clerk = server.signed_in("clerk").await;
    let huge = vec![0xFF_u8; 9 << 20];
    let reply = put(&clerk, &huge).await;
    assert_eq!((reply.status, reply.code()), (StatusCode::PAYLOAD_TOO_LARGE, "too_large"));
    assert!(reply.json["message"].as_str().is_some_and(|text| text.contains("8 MiB")), "{}", reply.json);
    let announced = clerk.request(Method::PUT, &format!("{}?store=S001", path(&huge)));
    let announced = announced.header("sec-fetch-site", "same-origin").header("content-length", huge.len());
    let reply = clerk.send(announced.body(huge.into()).expect("a request")).await;
    assert_eq!((reply.status, reply.code()), (StatusCode::PAYLOAD_TOO_LARGE, "too_large"));
    // What just fits is read to its end and judged.
    let mut fits = jpeg(&scene(1, 64, 64), 80);
    fits.resize(PHOTO_BYTES_MAX, 0);
    taken(&clerk, &fits).await;
}

/// A JPEG with the metadata of a phone's camera: turned to the right, and where it was taken.
fn with_exif(jpeg: &[u8], orientation: u16) -> Vec<u8> {
    let mut tiff = b"II*\0\x08\0\0\0".to_vec();
    let entry = |tiff: &mut Vec<u8>, tag: u16, kind: u16, n: u32, value: [u8; 4]| {
        tiff.extend(tag.to_le_bytes());
        tiff.extend(kind.to_le_bytes());
        tiff.extend(n.to_le_bytes());
        tiff.extend(value);
    };
    tiff.extend(2_u16.to_le_bytes());
    let [low, high] = orientation.to_le_bytes();
    entry(&mut tiff, 0x0112, 3, 1, [low, high, 0, 0]);
    // The GPS directory lies behind this one: 8 + 2 + 2 × 12 + 4 bytes from the start.
    entry(&mut tiff, 0x8825, 4, 1, 38_u32.to_le_bytes());
    tiff.extend(0_u32.to_le_bytes());
    tiff.extend(1_u16.to_le_bytes());
    entry(&mut tiff, 0x001D, 2, 11, 56_u32.to_le_bytes());
    tiff.extend(0_u32.to_le_bytes());
    tiff.extend(b"2026:11:22\0");
    let mut segment = b"Exif\0\0".to_vec();
    segment.extend(tiff);
    let length = u16::try_from(segment.len() + 2).expect("short").to_be_bytes();
    [&jpeg[..2], &[0xFF, 0xE1], &length, &segment, &jpeg[2..]].concat()
}

#[tokio::test]
async fn metadata_is_gone_and_the_picture_upright() {
    let server = TestServer::start().await;
    let clerk = server.signed_in("clerk").await;
    // The left half is bright; turned a quarter to the right, as orientation 6 says, that is the upper half.
    let lying = RgbImage::from_fn(120, 80, |x, _| if x < 60 { Rgb([230, 230, 230]) } else { Rgb([20, 20, 20]) });
    let photo = with_exif(&jpeg(&lying, 90), 6);
    let reply = put(&clerk, &photo).await;
    assert_eq!((&reply.json["width"], &reply.json["height"]), (&80.into(), &120.into()), "{}", reply.json);
    let kept = clerk.get(&path(&photo)).await.bytes;
    for trace in [&b"Exif"[..], b"2026:11:22", b"II*\0"] {
        assert!(photo.windows(trace.len()).any(|window| window == trace));
        assert!(!kept.windows(trace.len()).any(|window| window == trace), "{trace:?}");
    }
    let kept = image::load_from_memory(&kept).expect("a picture").into_luma8();
    assert_eq!(kept.dimensions(), (80, 120));
    let [above, below] = [20, 100].map(|y| kept.get_pixel(40, y).0[0]);
    assert!(above > 200 && below < 50, "{above} above {below}");
}

#[tokio::test]
async fn every_format_is_kept_in_bounds_and_on_white() {
    let server = TestServer::start().await;
    let clerk = server.signed_in("clerk").await;
    let wide = DynamicImage::ImageRgb8(scene(5, 3_600, 900));
    for format in [ImageFormat::Jpeg, ImageFormat::Png, ImageFormat::WebP] {
        let photo = encoded(&wide, format);
        let reply = put(&clerk, &photo).await;
        assert_eq!((&reply.json["width"], &reply.json["height"]), (&1_600.into(), &400.into()), "{format:?}");
    }
    let clear = DynamicImage::ImageRgba8(RgbaImage::from_pixel(50, 50, Rgba([0, 0, 0, 0])));
    let photo = encoded(&clear, ImageFormat::Png);
    taken(&clerk, &photo).await;
    let kept = image::load_from_memory(&clerk.get(&path(&photo)).await.bytes).expect("a picture").into_luma8();
    assert!(kept.pixels().all(|pixel| pixel.0[0] > 250));
}

#[tokio::test]
async fn the_same_photo_twice_stays_who_first_took_it() {
    let server = TestServer::start().await;
    let (clerk, manager) = (server.signed_in("clerk").await, server.signed_in("manager").await);
    let photo = jpeg(&scene(1, 64, 64), 80);
    let earlier = NOW.unix_ms() - 60_000;
    let first = clerk.put(&format!("{}?store=S001&taken_at={earlier}", path(&photo)), photo.clone()).await;
    assert_eq!(first.status, StatusCode::OK, "{}", first.json);
    server.clock.advance_ms(1_000);
    assert_eq!(put(&manager, &photo).await.json, first.json);
    let facts = server.state.photos.facts(&PhotoId::of(&photo)).expect("kept");
    assert_eq!((facts.person, facts.store.as_str()), (person("clerk"), "S001"));
    assert_eq!((facts.taken_at.unix_ms(), facts.recorded_at), (earlier, NOW));
    // A phone whose clock is ahead took it when we had it, at the latest.
    let second = jpeg(&scene(2, 64, 64), 80);
    let ahead = format!("{}?store=S001&taken_at={}", path(&second), NOW.unix_ms() + 86_400_000);
    assert_eq!(clerk.put(&ahead, second.clone()).await.status, StatusCode::OK);
    let facts = server.state.photos.facts(&PhotoId::of(&second)).expect("kept");
    assert_eq!(facts.taken_at, facts.recorded_at);
}

#[tokio::test]
async fn a_photo_taken_in_once_more_in_disguise_is_recognised() {
    let server = TestServer::start().await;
    let clerk = server.signed_in("clerk").await;
    let original = scene(7, 640, 480);
    let first = taken(&clerk, &jpeg(&original, 90)).await;
    assert_eq!(server.state.photos.facts(&first).expect("kept").similar_to, None);
    let whole = DynamicImage::ImageRgb8(original.clone());
    let disguises = [
        ("compressed again", whole.clone()),
        ("half the size", whole.resize(320, 240, image::imageops::FilterType::Triangle)),
        ("brighter", whole.brighten(25)),
        ("darker", whole.brighten(-25)),
        ("more contrast", whole.adjust_contrast(20.0)),
        ("cropped", whole.crop_imm(10, 8, 620, 464)),
    ];
    for (what, picture) in disguises {
        server.clock.advance_ms(1_000);
        let id = taken(&clerk, &jpeg(&picture.into_rgb8(), 60)).await;
        let facts = server.state.photos.facts(&id).expect("kept");
        assert!(facts.similar_to.is_some(), "{what}");
        assert!(server.state.photos.similar(facts.likeness).contains(&first), "{what}");
    }
    for seed in 100..160 {
        server.clock.advance_ms(1_000);
        let id = taken(&clerk, &jpeg(&scene(seed, 320, 240), 80)).await;
        let facts = server.state.photos.facts(&id).expect("kept");
        assert_eq!(facts.similar_to, None, "scene {seed}");
    }
}

/// Writing off a piece, with a photo of it.
pub fn written_off(n: u64, photo: PhotoId) -> Value {
    let leg = |place: Value, units: i64| json!({ "place": place, "sku": "100001", "units": units });
    let mut written_off = event(
        n,
        &json!({ "moved": {
            "kind": "write_off", "reason": "damaged", "photos": [photo],
            "legs": [leg(json!({ "shelf": "A-01" }), -1), leg(json!("shrinkage"), 1)],
        } }),
    );
    written_off["person"] = json!(person("manager"));
    written_off
}

#[tokio::test]
async fn an_event_waits_for_its_photo_and_a_likeness_is_flagged() {
    let server = TestServer::start().await;
    let manager = server.signed_in("manager").await;
    let original = scene(3, 640, 480);
    let (first, copy) = (jpeg(&original, 90), jpeg(&original, 50));
    let outcome = |reply: Reply| reply.json["answers"][0]["outcome"].clone();

    let early = outcome(manager.sync(1, &[written_off(1, PhotoId::of(&first))]).await);
    assert_eq!(early["why"]["code"], "photo_missing", "{early}");
    let first = taken(&manager, &first).await;
    let sent = outcome(manager.sync(1, &[written_off(1, first)]).await);
    assert_eq!(sent["is"], "accepted", "{sent}");
    server.clock.advance_ms(1_000);
    let copy = taken(&manager, &copy).await;
    for (n, photo) in [(2, copy), (3, first)] {
        let sent = outcome(manager.sync(1, &[written_off(n, photo)]).await);
        assert_eq!(sent["is"], "accepted", "{sent}");
    }
    let reply = manager.get("/api/v1/events?store=S001").await;
    let flags: Vec<&Value> = reply.json["events"].as_array().expect("events").iter().map(|one| &one["flags"]).collect();
    assert_eq!(flags, [&json!(["photo_reused"]), &json!(["photo_alike"]), &json!([])], "{}", reply.json);
}

#[tokio::test]
async fn a_photo_of_another_time_or_by_somebody_else_is_flagged() {
    let server = TestServer::start().await;
    let (manager, clerk) = (server.signed_in("manager").await, server.signed_in("clerk").await);
    let quarter_ms = 15 * 60_000;
    let mut expected = Vec::new();
    for (n, (browser, apart_ms, is_flagged)) in (1..).zip([
        (&manager, 0, false),
        (&manager, -quarter_ms, false),
        (&manager, -quarter_ms - 1, true),
        (&clerk, 0, true),
    ]) {
        let bytes = jpeg(&scene(40 + n, 320, 240), 80);
        let taken_at = format!("{}?store=S001&taken_at={}", path(&bytes), NOW.unix_ms() + apart_ms);
        assert_eq!(browser.put(&taken_at, bytes.clone()).await.status, StatusCode::OK);
        let reply = manager.sync(1, &[written_off(u64::from(n), PhotoId::of(&bytes))]).await;
        assert_eq!(reply.json["answers"][0]["outcome"]["is"], "accepted", "{}", reply.json);
        expected.insert(0, if is_flagged { json!(["photo_stale"]) } else { json!([]) });
    }
    let reply = manager.get("/api/v1/events?store=S001").await;
    let flags: Vec<Value> =
        reply.json["events"].as_array().expect("events").iter().map(|one| one["flags"].clone()).collect();
    assert_eq!(flags, expected, "{}", reply.json);
    let cases = server.signed_in("auditor").await.get("/api/v1/cases").await.json;
    assert_eq!(cases["cases"].as_array().map(Vec::len), Some(2));
}

#[tokio::test]
async fn a_person_who_never_stops_waits() {
    let server = TestServer::start().await;
    let (clerk, manager) = (server.signed_in("clerk").await, server.signed_in("manager").await);
    for _ in 0..120 {
        assert_eq!(put(&clerk, b"no photo").await.code(), "not_a_photo");
    }
    let reply = put(&clerk, b"no photo").await;
    assert_eq!((reply.status, reply.code()), (StatusCode::TOO_MANY_REQUESTS, "too_many_attempts"));
    assert_eq!(put(&manager, b"no photo").await.code(), "not_a_photo");
}
