//! What people say on cards: kept before it is acknowledged, acted on once, shown on the card.
//!
//! A click goes through stages, each on disk before the next begins. A server that stops between two goes on where it
//! was: the act itself is idempotent (the object's version is compared and set), so repeating it changes nothing.

use super::channel::{Channel, SendError};
use super::wecom::callback::{Callback, Click, Notice, Query, Refused};
use crate::error::chain;
use domain::id::PersonId;
use domain::instant::Timestamp;
use domain::message::Answer;
use futures::StreamExt;
use futures::future::BoxFuture;

/// Cards that are changed at once.
const SHOWN_AT_ONCE: usize = 8;

/// What a seam's other side failed with.
pub type BoxError = Box<dyn std::error::Error + Send + Sync>;

/// How far a click has come.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Stage {
    /// Kept, and nothing done about it.
    Kept,
    /// Acted on; the card does not show it yet.
    Acted {
        /// What the card is to show.
        text: String,
    },
    /// Nothing is left to do.
    Done {
        /// What the card shows.
        text: String,
    },
}

/// Whether a click was new.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kept {
    /// On disk now.
    New,
    /// On disk before.
    Known,
}

/// The clicks on disk.
pub trait Clicks: Send + Sync {
    /// Keeps a click in [`Stage::Kept`], unless one of its key is kept already. On disk when it returns.
    fn keep<'a>(&'a self, click: &'a Click) -> BoxFuture<'a, Result<Kept, BoxError>>;

    /// The clicks that are not done, the oldest first.
    fn unfinished(&self) -> BoxFuture<'_, Result<Vec<(Click, Stage)>, BoxError>>;

    /// Notes how far a click has come.
    fn advance<'a>(&'a self, key: &'a str, stage: &'a Stage) -> BoxFuture<'a, Result<(), BoxError>>;
}

/// What does as people say.
pub trait Handler: Send + Sync {
    /// Who is called so in WeCom.
    fn person<'a>(&'a self, userid: &'a str) -> BoxFuture<'a, Result<Option<PersonId>, BoxError>>;

    /// Does it, if the person may *now* and the object is still at the answer's version. Returns what the card shows
    /// from then on, in the person's language: who did what and when (`已确认 · 王芳 14:02`), by whom it was done before,
    /// or that it has changed or is not theirs to decide. The same answer of the same person gives the same text.
    fn act<'a>(
        &'a self,
        person: &'a PersonId,
        answer: &'a Answer,
        reason: Option<&'a str>,
        at: Timestamp,
    ) -> BoxFuture<'a, Result<String, BoxError>>;
}

/// Why a callback is not acknowledged.
#[derive(Debug, thiserror::Error)]
pub enum ReceiveError {
    /// It is not WeCom's, or not about us: 403, and not a word more.
    #[error(transparent)]
    Refused(#[from] Refused),
    /// It could not be kept: 503, so that WeCom sends it again.
    #[error("a click cannot be kept")]
    NotKept(#[source] BoxError),
}

/// Takes a callback. When this returns `Ok`, it may be acknowledged: the click is on disk, or there is nothing to keep.
///
/// # Errors
/// When it is refused or cannot be kept.
pub async fn receive(
    callback: &Callback,
    clicks: &dyn Clicks,
    query: &Query,
    body: &[u8],
    now: Timestamp,
) -> Result<Option<Kept>, ReceiveError> {
    match callback.read(query, body, now)? {
        Notice::Other => Ok(None),
        Notice::Click(click) => clicks.keep(&click).await.map(Some).map_err(ReceiveError::NotKept),
    }
}

/// Does what is left to do about clicks: first acts on all of them, then shows on the cards what came of it. What fails is
/// logged, hinders no other, and is done the next time. Returns how many are not done afterwards. Call it after each
/// callback, at the start and every minute.
///
/// # Errors
/// When the clicks cannot be read.
pub async fn work_off(clicks: &dyn Clicks, handler: &dyn Handler, channel: &dyn Channel) -> Result<usize, BoxError> {
    let unfinished = clicks.unfinished().await?;
    let n = unfinished.len();
    let mut acted = Vec::new();
    for (click, stage) in unfinished {
        match act(clicks, handler, &click, stage).await {
            Ok(text) => acted.push((click, text)),
            Err(error) => tracing::warn!(key = click.key, error = chain(error.as_ref()), "a click is done later"),
        }
    }
    let shown = futures::stream::iter(acted).map(|(click, text)| async move {
        let is_done = show(&click, &text, channel).await;
        if is_done && let Err(error) = clicks.advance(&click.key, &Stage::Done { text }).await {
            tracing::warn!(key = click.key, error = chain(error.as_ref()), "a card is changed once more");
            return false;
        }
        is_done
    });
    let n_done = shown.buffer_unordered(SHOWN_AT_ONCE).filter(|is_done| std::future::ready(*is_done)).count().await;
    Ok(n - n_done)
}

/// Acts on a click, unless that is done; what its card is to show.
async fn act(clicks: &dyn Clicks, handler: &dyn Handler, click: &Click, stage: Stage) -> Result<String, BoxError> {
    if let Stage::Acted { text } | Stage::Done { text } = stage {
        return Ok(text);
    }
    let text = match handler.person(&click.userid).await? {
        Some(person) => handler.act(&person, &click.answer, click.chosen.as_deref(), click.at).await?,
        // Nobody of ours: no effect, and nothing to tell them.
        None => String::new(),
    };
    clicks.advance(&click.key, &Stage::Acted { text: text.clone() }).await?;
    Ok(text)
}

/// Changes the card; whether nothing is left to try.
async fn show(click: &Click, text: &str, channel: &dyn Channel) -> bool {
    if click.response_code.is_empty() || text.is_empty() {
        return true;
    }
    match channel.settle(&click.userid, &click.response_code, text).await {
        Ok(()) => true,
        Err(SendError::Later(_) | SendError::Blocked { .. } | SendError::Busy { .. }) => false,
        Err(error @ (SendError::NoReceiver | SendError::Refused(_))) => {
            tracing::warn!(task = click.task_id, %error, "a card cannot be changed any more");
            true
        }
    }
}

#[cfg(test)]
pub(crate) mod tests {
    use super::super::channel::{Content, Sent};
    use super::super::schedule::Limits;
    use super::super::wecom::callback::tests::{NOW, click_xml, crypt, posted};
    use super::*;
    use domain::message::preference::ChannelKind;
    use std::collections::BTreeMap;
    use std::sync::Mutex;
    use std::sync::atomic::{AtomicBool, Ordering};

    /// The disk: what is on it, and whether it takes anything.
    #[derive(Default)]
    pub(crate) struct Disk {
        rows: Mutex<BTreeMap<String, (Click, Stage)>>,
        pub(crate) is_full: AtomicBool,
    }

    impl Disk {
        pub(crate) fn n_rows(&self) -> usize {
            self.rows.lock().expect("whole").len()
        }

        fn write(&self) -> Result<std::sync::MutexGuard<'_, BTreeMap<String, (Click, Stage)>>, BoxError> {
            if self.is_full.load(Ordering::SeqCst) {
                Err("no space".into())
            } else {
                Ok(self.rows.lock().expect("whole"))
            }
        }
    }

    impl Clicks for Disk {
        fn keep<'a>(&'a self, click: &'a Click) -> BoxFuture<'a, Result<Kept, BoxError>> {
            Box::pin(async move {
                let mut rows = self.write()?;
                if rows.contains_key(&click.key) {
                    return Ok(Kept::Known);
                }
                rows.insert(click.key.clone(), (click.clone(), Stage::Kept));
                Ok(Kept::New)
            })
        }

        fn unfinished(&self) -> BoxFuture<'_, Result<Vec<(Click, Stage)>, BoxError>> {
            let rows = self.rows.lock().expect("whole");
            let rows = rows.values().filter(|(_, stage)| !matches!(stage, Stage::Done { .. })).cloned().collect();
            Box::pin(async move { Ok(rows) })
        }

        fn advance<'a>(&'a self, key: &'a str, stage: &'a Stage) -> BoxFuture<'a, Result<(), BoxError>> {
            Box::pin(async move {
                self.write()?.get_mut(key).ok_or("unknown")?.1 = stage.clone();
                Ok(())
            })
        }
    }

    /// What is said to this version and those after cannot be done.
    const UNREADABLE: u64 = 100;

    /// A transfer at version 7, that Wang Fang may confirm.
    struct Transfer {
        version: Mutex<u64>,
        effects: Mutex<Vec<String>>,
    }

    impl Transfer {
        fn new() -> Self {
            Self { version: Mutex::new(7), effects: Mutex::default() }
        }

        fn effects(&self) -> Vec<String> {
            self.effects.lock().expect("whole").clone()
        }
    }

    impl Handler for Transfer {
        fn person<'a>(&'a self, userid: &'a str) -> BoxFuture<'a, Result<Option<PersonId>, BoxError>> {
            let person = ["wangfang", "lilei"].iter().position(|known| *known == userid);
            Box::pin(async move { Ok(person.map(|n| PersonId::parse(&format!("P{n}"))).transpose()?) })
        }

        fn act<'a>(
            &'a self,
            person: &'a PersonId,
            answer: &'a Answer,
            _: Option<&'a str>,
            _: Timestamp,
        ) -> BoxFuture<'a, Result<String, BoxError>> {
            Box::pin(async move {
                if answer.about.version >= UNREADABLE {
                    return Err("damaged".into());
                }
                if person.as_str() != "P0" {
                    return Ok("无权限".to_owned());
                }
                let mut version = self.version.lock().expect("whole");
                if answer.about.version == *version {
                    *version += 1;
                    self.effects.lock().expect("whole").push(format!("{person} {answer}"));
                } else if self.effects().is_empty() {
                    return Ok("已变更".to_owned());
                }
                Ok("已确认 · 王芳 14:02".to_owned())
            })
        }
    }

    /// Cards as they are shown; while the channel is blocked, as they were.
    #[derive(Default)]
    struct Cards {
        shown: Mutex<Vec<String>>,
        is_blocked: AtomicBool,
    }

    impl Channel for Cards {
        fn kind(&self) -> ChannelKind {
            ChannelKind::WeCom
        }
        fn limits(&self) -> Limits {
            Limits { per_min: 30, per_h: 1000 }
        }
        fn send<'a>(&'a self, _: &'a str, _: Content<'a>) -> BoxFuture<'a, Result<Sent, SendError>> {
            Box::pin(async { Ok(Sent::default()) })
        }
        fn settle<'a>(&'a self, to: &'a str, _: &'a str, text: &'a str) -> BoxFuture<'a, Result<(), SendError>> {
            Box::pin(async move {
                if self.is_blocked.load(Ordering::SeqCst) {
                    return Err(SendError::Blocked { for_ms: 60_000, why: "45009".into() });
                }
                self.shown.lock().expect("whole").push(format!("{to}: {text}"));
                Ok(())
            })
        }
    }

    fn shown(cards: &Cards) -> Vec<String> {
        cards.shown.lock().expect("whole").clone()
    }

    async fn press(disk: &Disk, userid: &str, version: u64, nonce: &str) -> Result<Option<Kept>, ReceiveError> {
        let xml = click_xml(userid, NOW.unix_ms() / 1000, &format!("confirm:transfer:TR-1:{version}"));
        let (query, body) = posted(&xml, "1795320000", nonce);
        receive(&Callback::new(crypt(), 1_000_002), disk, &query, &body, NOW).await
    }

    #[tokio::test]
    async fn delivered_three_times_it_has_one_effect() {
        let (disk, transfer, cards) = (Disk::default(), Transfer::new(), Cards::default());
        let mut kept = Vec::new();
        for nonce in ["a", "b", "c"] {
            kept.push(press(&disk, "wangfang", 7, nonce).await.expect("taken"));
            assert_eq!(work_off(&disk, &transfer, &cards).await.expect("works"), 0);
        }
        assert_eq!(kept, [Some(Kept::New), Some(Kept::Known), Some(Kept::Known)]);
        assert_eq!(transfer.effects(), ["P0 confirm:transfer:TR-1:7"]);
        assert_eq!(shown(&cards), ["wangfang: 已确认 · 王芳 14:02"]);
    }

    #[tokio::test]
    async fn a_click_that_cannot_be_done_hinders_no_other() {
        let (disk, transfer, cards) = (Disk::default(), Transfer::new(), Cards::default());
        for version in UNREADABLE..UNREADABLE + 20 {
            press(&disk, "wangfang", version, "a").await.expect("taken");
        }
        press(&disk, "wangfang", 7, "a").await.expect("taken");
        let first = disk.rows.lock().expect("whole").values().next().expect("some").0.answer.about.version;
        assert!(first >= UNREADABLE, "one that fails comes first");
        assert_eq!(work_off(&disk, &transfer, &cards).await.expect("reads"), 20, "they are tried again");
        assert_eq!(transfer.effects(), ["P0 confirm:transfer:TR-1:7"]);
        assert_eq!(shown(&cards), ["wangfang: 已确认 · 王芳 14:02"]);
    }

    #[tokio::test]
    async fn what_cannot_be_kept_is_not_acknowledged() {
        let (disk, transfer, cards) = (Disk::default(), Transfer::new(), Cards::default());
        disk.is_full.store(true, Ordering::SeqCst);
        assert!(matches!(press(&disk, "wangfang", 7, "a").await, Err(ReceiveError::NotKept(_))));
        disk.is_full.store(false, Ordering::SeqCst);
        assert!(matches!(press(&disk, "wangfang", 7, "a").await, Ok(Some(Kept::New))));
        work_off(&disk, &transfer, &cards).await.expect("works");
        assert_eq!(transfer.effects().len(), 1);
    }

    #[tokio::test]
    async fn who_may_not_and_who_is_too_late_have_no_effect() {
        let (disk, transfer, cards) = (Disk::default(), Transfer::new(), Cards::default());
        for (userid, version) in [("lilei", 7), ("stranger", 7), ("wangfang", 6)] {
            press(&disk, userid, version, "n").await.expect("taken");
        }
        assert_eq!(work_off(&disk, &transfer, &cards).await.expect("works"), 0);
        assert_eq!(transfer.effects(), Vec::<String>::new());
        let mut shown = shown(&cards);
        shown.sort();
        assert_eq!(shown, ["lilei: 无权限", "wangfang: 已变更"], "a stranger is told nothing");
    }

    /// Stopped after the act and before it was noted: the act is tried again, and changes nothing more.
    #[tokio::test]
    async fn a_stop_between_act_and_note_repeats_without_effect() {
        let (disk, transfer, cards) = (Disk::default(), Transfer::new(), Cards::default());
        press(&disk, "wangfang", 7, "a").await.expect("taken");
        disk.is_full.store(true, Ordering::SeqCst);
        assert_eq!(work_off(&disk, &transfer, &cards).await.expect("reads"), 1);
        assert_eq!((transfer.effects().len(), shown(&cards).len()), (1, 0));
        disk.is_full.store(false, Ordering::SeqCst);
        assert_eq!(work_off(&disk, &transfer, &cards).await.expect("works"), 0);
        assert_eq!(transfer.effects().len(), 1);
        assert_eq!(shown(&cards), ["wangfang: 已确认 · 王芳 14:02"]);
    }

    #[tokio::test]
    async fn a_card_that_cannot_be_changed_now_is_changed_later_without_acting_again() {
        let (disk, transfer, cards) = (Disk::default(), Transfer::new(), Cards::default());
        press(&disk, "wangfang", 7, "a").await.expect("taken");
        cards.is_blocked.store(true, Ordering::SeqCst);
        assert_eq!(work_off(&disk, &transfer, &cards).await.expect("works"), 1);
        // Meanwhile the transfer goes on.
        *transfer.version.lock().expect("whole") = 20;
        cards.is_blocked.store(false, Ordering::SeqCst);
        assert_eq!(work_off(&disk, &transfer, &cards).await.expect("works"), 0);
        assert_eq!(shown(&cards), ["wangfang: 已确认 · 王芳 14:02"]);
        assert_eq!(transfer.effects().len(), 1);
    }

    #[tokio::test]
    async fn forged_callbacks_leave_nothing() {
        let disk = Disk::default();
        let xml = click_xml("wangfang", NOW.unix_ms() / 1000, "confirm:transfer:TR-1:7");
        let (mut query, body) = posted(&xml, "1795320000", "n");
        query.msg_signature = "0".repeat(40);
        let refused = receive(&Callback::new(crypt(), 1_000_002), &disk, &query, &body, NOW).await;
        assert!(matches!(refused, Err(ReceiveError::Refused(Refused))));
        assert!(disk.rows.lock().expect("whole").is_empty());
    }
}
