//! Where photos lie: a folder, and a bucket that speaks S3.

use crate::photo::{jpeg, scene, taken, written_off};
use crate::support::{NOW, Reply, TestServer};
use axum::Router;
use axum::body::Bytes;
use axum::extract::{Path, State};
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::routing::put;
use domain::id::{PersonId, StoreCode};
use domain::photo::PhotoId;
use image::{DynamicImage, ImageFormat};
use object_store::aws::AmazonS3Builder;
use serde_json::json;
use server::clock::Clock;
use server::photo::store::{PhotoStore, PhotoStoreError, Size};
use server::photo::{Photos, ReadPhotoError, Upload};
use server::store::Database;
use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};

fn upload() -> Upload {
    let mut bytes = std::io::Cursor::new(Vec::new());
    DynamicImage::new_rgb8(80, 60).write_to(&mut bytes, ImageFormat::Png).expect("encodes");
    let bytes = Bytes::from(bytes.into_inner());
    Upload {
        id: PhotoId::of(&bytes),
        store: StoreCode::parse("S001").expect("valid"),
        person: PersonId::parse("P1").expect("valid"),
        taken_at: None,
        bytes,
    }
}

#[tokio::test]
async fn photos_survive_a_restart_and_show_when_they_were_altered() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let root = folder.path().join("photos");
    let db = Database::open("mem://").await.expect("opens");
    let open = || async {
        let store = PhotoStore::folder(root.clone()).await.expect("opens");
        Photos::with_store(store, Clock::manual(NOW), db.clone()).await.expect("opens")
    };
    let upload = upload();
    let id = upload.id;
    let record = open().await.add(upload).await.expect("kept");
    let file = root.join(&id.to_string()[..2]).join(format!("{id}.jpg"));
    assert!(file.exists() && file.with_extension("thumb.jpg").exists());
    // Half a file that a crash left behind is swept away.
    std::fs::write(root.join(".incoming/left"), "half").expect("writes");
    let again = open().await;
    assert_eq!(std::fs::read_dir(root.join(".incoming")).expect("reads").count(), 0);
    assert!(again.has(&id).await && again.facts(&id).is_some());
    assert_eq!(again.record(&id).await, Some(record.clone()));
    assert!(again.read(&record, Size::Full).await.expect("reads").starts_with(&[0xFF, 0xD8]));
    std::fs::write(&file, "another picture").expect("writes");
    assert!(matches!(again.read(&record, Size::Full).await, Err(ReadPhotoError::Altered(altered)) if altered == id));
    std::fs::remove_file(&file).expect("removes");
    let missing = again.read(&record, Size::Full).await;
    assert!(matches!(missing, Err(ReadPhotoError::Store(PhotoStoreError::Folder { .. }))), "{missing:?}");
}

#[tokio::test]
async fn a_photo_that_another_process_took_in_is_known_when_it_is_asked_for() {
    let server = TestServer::start().await;
    let folder = tempfile::tempdir().expect("a temporary folder");
    let store = PhotoStore::folder(folder.path().into()).await.expect("opens");
    let other = Photos::with_store(store, Clock::manual(NOW), server.state.db.clone()).await.expect("opens");
    let upload = upload();
    let id = upload.id;
    other.add(upload).await.expect("kept");
    assert_eq!(server.state.photos.facts(&id), None);
    assert!(server.state.photos.has(&id).await);
    assert!(server.state.photos.facts(&id).is_some());
}

#[tokio::test]
async fn a_photo_that_cannot_be_written_is_not_known() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let root = folder.path().join("photos");
    let store = PhotoStore::folder(root.clone()).await.expect("opens");
    let db = Database::open("mem://").await.expect("opens");
    let photos = Photos::with_store(store, Clock::manual(NOW), db).await.expect("opens");
    std::fs::remove_dir_all(&root).expect("removes");
    let upload = upload();
    let id = upload.id;
    assert!(photos.add(upload).await.is_err());
    assert!(!photos.has(&id).await);
}

type Objects = Arc<Mutex<BTreeMap<String, Bytes>>>;

/// As much of S3 as a photo needs.
pub async fn bucket() -> (PhotoStore, Objects) {
    async fn write(
        State(objects): State<Objects>,
        Path(key): Path<String>,
        headers: HeaderMap,
        body: Bytes,
    ) -> Response {
        let is_signed = headers.get(header::AUTHORIZATION).is_some_and(|value| {
            value.to_str().is_ok_and(|text| text.starts_with("AWS4-HMAC-SHA256 Credential=access/"))
        });
        if !is_signed {
            return StatusCode::FORBIDDEN.into_response();
        }
        objects.lock().expect("no panic").insert(key, body);
        [(header::ETAG, "\"1\"")].into_response()
    }
    async fn read(State(objects): State<Objects>, Path(key): Path<String>) -> Response {
        let described = [(header::ETAG, "\"1\""), (header::LAST_MODIFIED, "Sun, 22 Nov 2026 12:00:00 GMT")];
        match objects.lock().expect("no panic").get(&key) {
            Some(bytes) => (described, bytes.clone()).into_response(),
            None => StatusCode::NOT_FOUND.into_response(),
        }
    }
    /// Several at once, as a list in XML.
    async fn remove(State(objects): State<Objects>, Path(bucket): Path<String>, body: String) -> String {
        let keys = body.split("<Key>").skip(1).filter_map(|rest| rest.split("</Key>").next());
        let mut answer = String::from("<DeleteResult>");
        for key in keys {
            objects.lock().expect("no panic").remove(&format!("{bucket}/{key}"));
            answer.push_str(&format!("<Deleted><Key>{key}</Key></Deleted>"));
        }
        answer + "</DeleteResult>"
    }
    let objects = Objects::default();
    let router = Router::new().route("/{*key}", put(write).get(read).post(remove)).with_state(objects.clone());
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.expect("a free port");
    let endpoint = format!("http://{}", listener.local_addr().expect("bound"));
    tokio::spawn(async move { axum::serve(listener, router).await });
    let settings = AmazonS3Builder::new()
        .with_endpoint(endpoint)
        .with_allow_http(true)
        .with_region("test")
        .with_bucket_name("evidence")
        .with_access_key_id("access")
        .with_secret_access_key("secret");
    (PhotoStore::bucket(settings, "chain/a").expect("valid"), objects)
}

#[tokio::test]
async fn a_bucket_keeps_photos_too() {
    let (store, objects) = bucket().await;
    let db = Database::open("mem://").await.expect("opens");
    let photos = Photos::with_store(store, Clock::manual(NOW), db).await.expect("opens");
    let upload = upload();
    let id = upload.id.to_string();
    let record = photos.add(upload).await.expect("kept");
    let keys: Vec<String> = objects.lock().expect("no panic").keys().cloned().collect();
    let expected = ["jpg", "thumb.jpg"].map(|end| format!("evidence/chain/a/{}/{id}.{end}", &id[..2]));
    assert_eq!(keys, expected);
    assert!(photos.read(&record, Size::Full).await.expect("reads").starts_with(&[0xFF, 0xD8]));
    objects.lock().expect("no panic").clear();
    let missing = photos.read(&record, Size::Thumb).await;
    assert!(matches!(missing, Err(ReadPhotoError::Store(PhotoStoreError::Bucket(_)))), "{missing:?}");
}

/// How long a photo must wait in vain for an event.
const IN_VAIN_MS: i64 = domain::photo::PHOTO_UNNAMED_KEPT_MS;

#[tokio::test]
async fn a_photo_that_no_event_ever_names_goes_with_its_pictures() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let (in_bucket, objects) = bucket().await;
    let in_folder = PhotoStore::folder(folder.path().into()).await.expect("opens");
    for store in [in_folder, in_bucket] {
        let clock = Clock::manual(NOW);
        let db = Database::open("mem://").await.expect("opens");
        let photos = Photos::with_store(store.clone(), clock.clone(), db.clone()).await.expect("opens");
        let record = photos.add(upload()).await.expect("kept");
        clock.advance_ms(IN_VAIN_MS);
        assert_eq!(photos.sweep().await.expect("sweeps"), 0);
        clock.advance_ms(1);
        assert_eq!(photos.sweep().await.expect("sweeps"), 1);
        assert!(!photos.has(&record.id).await);
        assert_eq!(db.photo(&record.id).await.expect("reads"), None);
        for size in [Size::Full, Size::Thumb] {
            assert!(store.get(&record.id, size).await.is_err());
        }
        // It may come again, and begins anew.
        let again = photos.add(upload()).await.expect("kept");
        assert_eq!(again.at, clock.now());
        assert_eq!(photos.sweep().await.expect("sweeps"), 0);
        assert!(photos.read(&again, Size::Full).await.is_ok());
    }
    assert_eq!(objects.lock().expect("no panic").len(), 2);
}

#[tokio::test]
async fn a_photo_that_an_event_names_stays_for_ever() {
    let server = TestServer::start().await;
    let manager = server.signed_in("manager").await;
    let named = taken(&manager, &jpeg(&scene(1, 64, 64), 80)).await;
    let late = taken(&manager, &jpeg(&scene(2, 64, 64), 80)).await;
    let never = taken(&manager, &jpeg(&scene(3, 64, 64), 80)).await;
    let outcome = |reply: Reply| reply.json["answers"][0]["outcome"].clone();
    assert_eq!(outcome(manager.sync(1, &[written_off(1, named)]).await)["is"], "accepted");
    server.clock.advance_ms(IN_VAIN_MS + 1);
    let at = server.clock.now();
    let manager = server.signed_in("manager").await;
    let now = |n: u64, photo: PhotoId| {
        let mut event = written_off(n, photo);
        event["effective_at"] = json!(at);
        event
    };
    // In the last moment counts too.
    assert_eq!(outcome(manager.sync(1, &[now(2, late)]).await)["is"], "accepted");
    assert_eq!(server.state.photos.sweep().await.expect("sweeps"), 1);
    for (photo, is_here) in [(named, true), (late, true), (never, false)] {
        assert_eq!(server.state.photos.has(&photo).await, is_here);
    }
    let refused = outcome(manager.sync(1, &[now(3, never)]).await);
    assert_eq!(refused["why"]["code"], "photo_missing", "{refused}");
}

#[tokio::test]
async fn an_event_does_not_name_a_photo_that_another_process_has_removed() {
    let server = TestServer::start().await;
    let manager = server.signed_in("manager").await;
    let bytes = jpeg(&scene(1, 64, 64), 80);
    let photo = taken(&manager, &bytes).await;
    // This process still takes it for kept.
    let record = server.state.photos.record(&photo).await.expect("kept");
    assert!(server.state.db.remove_photo(&record).await.expect("removes"));
    assert!(server.state.photos.facts(&photo).is_some());
    let reply = manager.sync(1, &[written_off(1, photo)]).await;
    assert_eq!(reply.json["answers"][0]["outcome"]["why"]["code"], "photo_missing", "{}", reply.json);
    // The phone sends it again, and this process does not take it for kept.
    taken(&manager, &bytes).await;
    let reply = manager.sync(1, &[written_off(1, photo)]).await;
    assert_eq!(reply.json["answers"][0]["outcome"]["is"], "accepted", "{}", reply.json);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn removed_or_named_never_both() {
    let server = TestServer::start().await;
    let manager = server.signed_in("manager").await;
    for n in 1..=30 {
        let photo = taken(&manager, &jpeg(&scene(n, 32, 32), 80)).await;
        let record = server.state.photos.record(&photo).await.expect("kept");
        let events = [written_off(n.into(), photo)];
        let (sent, removed) = tokio::join!(manager.sync(1, &events), server.state.db.remove_photo(&record));
        let is_named = sent.json["answers"][0]["outcome"]["is"] == "accepted";
        // Each of the two may lose, even both by failing the other; what the event names is there.
        let is_kept = server.state.db.photo(&photo).await.expect("reads").is_some();
        assert!(is_kept || !is_named, "{n}: {} {removed:?}", sent.json);
        assert_eq!(is_kept, !matches!(removed, Ok(true)), "{n}: {removed:?}");
    }
}
