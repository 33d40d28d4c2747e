//! A chain survives as segments.

use crate::chain::{Chain, Device, Engine, keys, manager, store};
use crate::photo::{jpeg, scene, taken, written_off};
use crate::photo_store::bucket;
use crate::rebuild::random_events;
use crate::support::TestServer;
use domain::photo::PhotoId;
use rand::SeedableRng;
use rand::rngs::StdRng;
use server::ledger::archive::{Archive, ArchiveError, LostPhoto, PhotoLoss, export, import};
use server::ledger::rebuild::model_hash;
use server::ledger::segment::SegmentError;
use server::photo::store::{PhotoStore, Size};
use server::store::Database;
use std::path::Path;

async fn exported() -> Chain {
    let chain = Chain::start(Engine::Memory).await;
    let phone = Device::new(1, "S001");
    chain.ledger.append(manager("S001"), vec![phone.opened(4_000)]).await.expect("answers");
    for chunk in random_events(&mut StdRng::seed_from_u64(7), &phone, 60).chunks(7) {
        chain.ledger.append(manager("S001"), chunk.to_vec()).await.expect("answers");
    }
    let archive = export(&chain.database, &pictures(&chain).await, &chain.files.path().join("export")).await;
    assert_eq!(archive.expect("exports").segments.len(), 1);
    chain
}

/// Where the chain's pictures would lie.
async fn pictures(chain: &Chain) -> PhotoStore {
    PhotoStore::folder(chain.files.path().join("photos")).await.expect("opens")
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_exported_comes_back_the_same() {
    let chain = exported().await;
    let directory = chain.files.path().join("export");
    let restored = Database::open("mem://").await.expect("opens");
    for n_expected in [chain.database.head(&store("S001")).await.expect("reads").expect("has events").head.seq, 0] {
        let imported = import(&restored, &keys().head_key, &pictures(&chain).await, &directory).await.expect("imports");
        assert_eq!(imported.segments[0].n_events, n_expected);
    }
    let of = async |database: &Database| {
        let head = database.head(&store("S001")).await.expect("reads");
        (head, model_hash(database, &store("S001")).await.expect("reads"))
    };
    assert_eq!(of(&restored).await, of(&chain.database).await);
    assert_eq!(restored.load_masters().await.expect("reads"), crate::chain::masters());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_damaged_or_foreign_segment_changes_nothing() {
    let chain = exported().await;
    let directory = chain.files.path().join("export");
    let path = std::fs::read_dir(&directory)
        .expect("reads")
        .filter_map(|entry| entry.ok().map(|entry| entry.path()))
        .find(|path| path.extension().is_some_and(|extension| extension == "shelfseg"))
        .expect("a segment");
    let whole = std::fs::read(&path).expect("reads");
    let restored = Database::open("mem://").await.expect("opens");
    for at in [3, whole.len() / 2, whole.len() - 20] {
        let mut damaged = whole.clone();
        damaged[at] ^= 1;
        std::fs::write(&path, damaged).expect("writes");
        let refused = import(&restored, &keys().head_key, &pictures(&chain).await, &directory).await;
        assert!(matches!(refused, Err(ArchiveError::Segment { .. })), "byte {at}: {refused:?}");
    }
    std::fs::write(&path, &whole[..whole.len() - 1]).expect("writes");
    let refused = import(&restored, &keys().head_key, &pictures(&chain).await, &directory).await;
    let is_cut = |error: &SegmentError| matches!(error, SegmentError::Damaged { .. });
    assert!(matches!(&refused, Err(ArchiveError::Segment { source, .. }) if is_cut(source)), "{refused:?}");
    assert_eq!(restored.head(&store("S001")).await.expect("reads"), None);

    std::fs::write(&path, &whole).expect("writes");
    let other_key = ed25519_dalek::SigningKey::from_bytes(&[1; 32]);
    let refused = import(&restored, &other_key, &pictures(&chain).await, &directory).await;
    assert!(matches!(refused, Err(ArchiveError::Segment { source: SegmentError::Unsigned, .. })));

    let other = Chain::start(Engine::Memory).await;
    other.ledger.append(manager("S001"), vec![Device::new(5, "S001").opened(1)]).await.expect("answers");
    let refused = import(&other.database, &keys().head_key, &pictures(&other).await, &directory).await;
    assert!(matches!(refused, Err(ArchiveError::DoesNotFollow { .. })), "{refused:?}");
}

/// A store whose events name three photos, one of them twice, and a photo that no event names.
async fn photographed() -> (TestServer, [PhotoId; 3]) {
    let server = TestServer::start().await;
    let browser = server.signed_in("manager").await;
    let mut photos = Vec::new();
    for seed in 1..=4 {
        photos.push(taken(&browser, &jpeg(&scene(seed, 640, 480), 80)).await);
    }
    let events: Vec<_> =
        (1..).zip([0, 1, 2, 1]).map(|(n, photo): (u64, usize)| written_off(n, photos[photo])).collect();
    let reply = browser.sync(1, &events).await;
    assert!((0..4).all(|n| reply.json["answers"][n]["outcome"]["is"] == "accepted"), "{}", reply.json);
    (server, [photos[0], photos[1], photos[2]])
}

fn picture(folder: &Path, photo: PhotoId) -> std::path::PathBuf {
    folder.join("photos").join(&photo.to_string()[..2]).join(format!("{photo}.jpg"))
}

#[tokio::test(flavor = "multi_thread")]
async fn the_photos_that_events_name_go_along_to_a_folder_or_a_bucket() {
    let (server, photos) = photographed().await;
    let key = &server.state.keys.head_key;
    let files = tempfile::tempdir().expect("a temporary folder");
    let (out, again) = (files.path().join("out"), files.path().join("again"));
    let kept = PhotoStore::open(&server.state.config).await.expect("opens");
    let exported = export(&server.state.db, &kept, &out).await.expect("exports");
    assert_eq!((exported.n_photos, exported.lost), (3, vec![]));

    let in_folder = PhotoStore::folder(files.path().join("restored")).await.expect("opens");
    for store in [in_folder, bucket().await.0] {
        let restored = Database::open("mem://").await.expect("opens");
        // The second time nothing is left to do.
        for n_events in [4, 0] {
            let imported = import(&restored, key, &store, &out).await.expect("imports");
            assert_eq!((imported.segments[0].n_events, imported.n_photos, imported.lost), (n_events, 3, vec![]));
        }
        let mut known =
            (restored.photos().await.expect("reads"), server.state.db.photos_named(&photos).await.expect("reads"));
        known.0.sort_by_key(|record| record.id);
        known.1.sort_by_key(|record| record.id);
        assert_eq!(known.0, known.1);
        for photo in photos {
            let full = [&kept, &store].map(|store| store.get(&photo, Size::Full));
            let [before, after] = full;
            assert_eq!(before.await.expect("reads"), after.await.expect("reads"));
            let thumb = store.get(&photo, Size::Thumb).await.expect("reads");
            let thumb = image::load_from_memory(&thumb).expect("a picture");
            assert_eq!((thumb.width(), thumb.height()), (320, 240));
        }
        export(&restored, &store, &again).await.expect("exports");
        for photo in photos {
            let [before, after] = [&out, &again].map(|folder| std::fs::read(picture(folder, photo)).expect("reads"));
            assert_eq!(before, after);
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_picture_that_is_lost_is_named_and_the_rest_comes_back() {
    let (server, [good, altered, removed]) = photographed().await;
    let key = &server.state.keys.head_key;
    let files = tempfile::tempdir().expect("a temporary folder");
    let out = files.path().join("out");
    let kept = PhotoStore::open(&server.state.config).await.expect("opens");
    let lost = |archive: Archive| {
        let mut lost: Vec<_> = archive.lost.into_iter().map(|LostPhoto { photo, loss }| (photo, loss)).collect();
        lost.sort_by_key(|(photo, _)| *photo);
        (archive.n_photos, lost)
    };
    let spoilt = |files: &Path| {
        let whole = [altered, removed].map(|photo| std::fs::read(picture(files, photo)).expect("reads"));
        let mut other = whole[0].clone();
        *other.last_mut().expect("has bytes") ^= 1;
        std::fs::write(picture(files, altered), other).expect("writes");
        std::fs::remove_file(picture(files, removed)).expect("removes");
        whole
    };
    let is_told = |(n_photos, lost): (u64, Vec<(PhotoId, PhotoLoss)>)| {
        let told = |photo: PhotoId| lost.iter().find(|(lost, _)| *lost == photo).map(|(_, loss)| loss);
        assert_eq!((n_photos, lost.len()), (1, 2), "{lost:?}");
        assert_eq!(told(altered), Some(&PhotoLoss::Altered));
        assert!(matches!(told(removed), Some(PhotoLoss::Unreadable(_))), "{lost:?}");
    };
    export(&server.state.db, &kept, &out).await.expect("exports");
    let whole = spoilt(&out);
    let restored = Database::open("mem://").await.expect("opens");
    let store = PhotoStore::folder(files.path().join("restored")).await.expect("opens");
    let imported = import(&restored, key, &store, &out).await.expect("imports");
    assert_eq!(imported.segments[0].n_events, 4);
    is_told(lost(imported));
    assert!(store.get(&good, Size::Full).await.is_ok() && store.get(&altered, Size::Full).await.is_err());

    // With the pictures back in the export, what was lost comes back, and so does what is damaged at home.
    for (photo, bytes) in [altered, removed].into_iter().zip(whole) {
        std::fs::write(picture(&out, photo), bytes).expect("writes");
    }
    store.put(&good, Size::Full, b"another".to_vec()).await.expect("writes");
    assert_eq!(lost(import(&restored, key, &store, &out).await.expect("imports")), (3, vec![]));
    assert!(store.get(&good, Size::Full).await.is_ok_and(|picture| picture.starts_with(&[0xFF, 0xD8])));

    // A loss at home does not keep the rest from being exported; without its line a photo is unknown.
    spoilt(&server.state.config.data_dir);
    is_told(lost(export(&server.state.db, &kept, &out).await.expect("exports")));
    std::fs::remove_file(out.join("photos.jsonl")).expect("removes");
    let bare = Database::open("mem://").await.expect("opens");
    let (n_photos, unknown) = lost(import(&bare, key, &store, &out).await.expect("imports"));
    assert_eq!((n_photos, unknown.len()), (0, 3));
    assert!(unknown.iter().all(|(_, loss)| *loss == PhotoLoss::Unknown), "{unknown:?}");
}
