//! A chain survives as segments.

use crate::chain::{Chain, Device, Engine, keys, manager, store};
use crate::rebuild::random_events;
use rand::SeedableRng;
use rand::rngs::StdRng;
use server::ledger::archive::{ArchiveError, export, import};
use server::ledger::rebuild::model_hash;
use server::ledger::segment::SegmentError;
use server::store::Database;

async fn exported() -> Chain {
    let chain = Chain::start(Engine::Memory).await;
    let phone = Device::new(1, "S001");
    chain.ledger.append(manager("S001"), vec![phone.opened(4_000)]).await.expect("answers");
    for chunk in random_events(&mut StdRng::seed_from_u64(7), &phone, 60).chunks(7) {
        chain.ledger.append(manager("S001"), chunk.to_vec()).await.expect("answers");
    }
    let archived = export(&chain.database, &chain.files.path().join("export")).await.expect("exports");
    assert_eq!(archived.len(), 1);
    chain
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_exported_comes_back_the_same() {
    let chain = exported().await;
    let directory = chain.files.path().join("export");
    let restored = Database::open("mem://").await.expect("opens");
    for n_expected in [chain.database.head(&store("S001")).await.expect("reads").expect("has events").head.seq, 0] {
        let imported = import(&restored, &keys().head_key, &directory).await.expect("imports");
        assert_eq!(imported[0].n_events, n_expected);
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
        let refused = import(&restored, &keys().head_key, &directory).await;
        assert!(matches!(refused, Err(ArchiveError::Segment { .. })), "byte {at}: {refused:?}");
    }
    std::fs::write(&path, &whole[..whole.len() - 1]).expect("writes");
    let refused = import(&restored, &keys().head_key, &directory).await;
    let is_cut = |error: &SegmentError| matches!(error, SegmentError::Damaged { .. });
    assert!(matches!(&refused, Err(ArchiveError::Segment { source, .. }) if is_cut(source)), "{refused:?}");
    assert_eq!(restored.head(&store("S001")).await.expect("reads"), None);

    std::fs::write(&path, &whole).expect("writes");
    let other_key = ed25519_dalek::SigningKey::from_bytes(&[1; 32]);
    let refused = import(&restored, &other_key, &directory).await;
    assert!(matches!(refused, Err(ArchiveError::Segment { source: SegmentError::Unsigned, .. })));

    let other = Chain::start(Engine::Memory).await;
    other.ledger.append(manager("S001"), vec![Device::new(5, "S001").opened(1)]).await.expect("answers");
    let refused = import(&other.database, &keys().head_key, &directory).await;
    assert!(matches!(refused, Err(ArchiveError::DoesNotFollow { .. })), "{refused:?}");
}
