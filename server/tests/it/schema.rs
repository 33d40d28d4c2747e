//! The schema: migrations give what `schema/` describes, and only programs that know it open it.

use crate::chain::{Chain, Engine, masters};
use server::store::{Database, OpenError};
use std::fs;
use std::path::Path;

#[tokio::test(flavor = "multi_thread")]
async fn migrations_give_what_the_schema_files_describe() {
    let migrated = Database::open("mem://").await.expect("opens");
    let described = Database::open("mem://").await.expect("opens");
    let remove = described.execute("RETURN object::keys((INFO FOR DB).tables)").await.expect("reads");
    for table in remove.trim_matches(['[', ']', ' ']).split(", ").map(|name| name.trim_matches('\'')) {
        if table != "schema_migration" {
            described.execute(&format!("REMOVE TABLE {table}")).await.expect("runs");
        }
    }
    for entry in fs::read_dir(Path::new(env!("CARGO_MANIFEST_DIR")).join("schema")).expect("reads") {
        let statements = fs::read_to_string(entry.expect("reads").path()).expect("reads");
        described.execute(&statements).await.expect("runs");
    }
    let tables = "RETURN (INFO FOR DB).tables";
    assert_eq!(described.execute(tables).await.expect("reads"), migrated.execute(tables).await.expect("reads"));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_newer_schema_and_an_altered_one_are_refused() {
    for (change, expected) in [
        ("CREATE schema_migration:9999 SET name = 'future', checksum = ''", "install the newer program"),
        ("UPDATE schema_migration:1 SET checksum = 'other'", "with other statements"),
    ] {
        let chain = Chain::start(Engine::Disk).await;
        chain.database.execute(change).await.expect("runs");
        chain.ledger.clone().shutdown().await;
        let Chain { url, database, ledger, files, .. } = chain;
        drop((database, ledger));
        let refused = reopened(&url).await.expect_err("refused");
        assert!(refused.to_string().contains(expected), "{refused}");
        drop(files);
    }
}

/// Opens what another handle has just closed: the engine releases its lock a moment after the handle is gone.
async fn reopened(url: &str) -> Result<Database, OpenError> {
    loop {
        match Database::open(url).await {
            Err(OpenError::InUse(_)) => tokio::time::sleep(std::time::Duration::from_millis(20)).await,
            other => return other,
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn one_directory_has_one_server_and_keeps_its_data() {
    let chain = Chain::start(Engine::Disk).await;
    let second = Database::open(&chain.url).await;
    assert!(matches!(second, Err(OpenError::InUse(_))), "{second:?}");
    chain.ledger.clone().shutdown().await;
    let Chain { url, database, ledger, files, .. } = chain;
    drop((database, ledger));
    let again = reopened(&url).await.expect("opens");
    assert_eq!(again.load_masters().await.expect("reads"), masters());
    drop(files);
}
