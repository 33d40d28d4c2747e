//! The live hub: every watcher ends up with the newest state of every store.

use crate::chain::{Chain, Device, ENGINES, manager, store};
use domain::board::StoreUpdate;
use server::live::{LiveHub, Subscription};
use std::time::{Duration, Instant};

fn hub(chain: &Chain) -> LiveHub {
    LiveHub::start(chain.database.clone(), chain.directory.clone(), chain.clock.clone())
}

/// Waits for the update that brings S001 to `seq`, and says how long that took.
async fn until(watcher: &mut Subscription, seq: u64) -> (StoreUpdate, Duration) {
    let started = Instant::now();
    loop {
        for update in watcher.next().await.expect("the hub lives") {
            if update.row.store == store("S001") && update.row.seq >= seq {
                return (update, started.elapsed());
            }
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_scan_reaches_the_watchers_within_a_second() {
    for engine in ENGINES {
        let chain = Chain::start(engine).await;
        let hub = hub(&chain);
        hub.complete().await;
        assert_eq!(hub.rows().len(), 2);
        let mut watcher = hub.subscribe();
        let phone = Device::new(1, "S001");
        let opened = vec![phone.opened(60), phone.counted(50, "A-01", 0, 3)];
        chain.ledger.append(manager("S001"), opened).await.expect("answers");
        let (update, took) = until(&mut watcher, 2).await;
        assert!(took < Duration::from_secs(1), "{took:?}");
        assert_eq!(update.shelves.len(), 3, "another stocktake changes every shelf");
        assert_eq!(update.traces.len(), 2);
        let id = watcher.id();

        chain.ledger.append(manager("S001"), vec![phone.counted(40, "B-01", 1, 3)]).await.expect("answers");
        let (update, _) = until(&mut watcher, 3).await;
        assert_eq!(update.shelves.iter().map(|cell| cell.shelf.as_str()).collect::<Vec<_>>(), ["B-01"]);
        assert_eq!(update.row.cells[1].count.n_counted, 1);

        // Somebody who was away from before the second count gets it on return.
        let mut back = hub.resume(&id).expect("the same run of the program");
        let (update, _) = until(&mut back, 3).await;
        assert_eq!(update.row.seq, 3);
        assert!(hub.resume("0:1").is_none(), "another run of the program");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_watcher_that_lags_gets_the_newest_state_with_every_shelf() {
    let chain = Chain::start(ENGINES[0]).await;
    let hub = hub(&chain);
    hub.complete().await;
    let (mut quick, mut slow) = (hub.subscribe(), hub.subscribe());
    let phone = Device::new(1, "S001");
    chain.ledger.append(manager("S001"), vec![phone.opened(60)]).await.expect("answers");
    for (seq, on) in (2..).zip(["A-01", "A-02", "B-01"]) {
        chain.ledger.append(manager("S001"), vec![phone.counted(50, on, 0, 3)]).await.expect("answers");
        until(&mut quick, seq).await;
    }
    let (update, _) = until(&mut slow, 4).await;
    assert!(update.shelves.iter().all(|cell| cell.cell.count.n_counted == 1), "{:?}", update.shelves);
}
