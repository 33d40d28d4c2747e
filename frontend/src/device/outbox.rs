//! Sends what was recorded: on load, when the network or the page comes back, after each event and on a timer; one
//! tab at a time. Nothing leaves the phone's queue before the server has named it.

pub(super) use super::answer::answer_to;
use super::answer::answered;
use super::recorder::{CLOCK_OFFSET, device_id, has_lost};
use super::{Device, OutboxSummary, ParkedEvent, SendTrouble, StoreTrouble, glue, http, photo};
use crate::browser;
use domain::accept::{AGE_MAX_MS, Refusal};
use domain::chain::SignedHead;
use domain::event::DeviceEvent;
use domain::id::{EventId, PersonId, StoreCode};
use domain::instant::Timestamp;
use domain::photo::PhotoId;
use domain::sync::{
    NextStep, PROTOCOL, Pace, Reply, SyncRequest, SyncResponse, Trouble, backoff_ms, clock_offset_ms, may_pass_later,
    next_step,
};
use leptos::leptos_dom::helpers::TimeoutHandle;
use leptos::prelude::*;
use leptos::task::spawn_local;
use std::cell::RefCell;
use std::collections::{BTreeSet, HashMap};
use std::time::Duration;
use wasm_bindgen::prelude::Closure;

/// Events sent at once.
const BATCH: usize = 100;
/// How often the queue is looked at even if nothing happens.
const HEARTBEAT: Duration = Duration::from_secs(15);
/// A clock is not measured by an exchange slower than this, in milliseconds.
const EXCHANGE_MAX_MS: i64 = 5_000;
/// Under which the person who last counted here is kept, for a start without the network.
pub const PERSON: &str = "person";

struct Driver {
    device: Device,
    person: Option<PersonId>,
    is_running: bool,
    /// Something was recorded while the queue was being sent.
    is_wanted: bool,
    n_failures: u32,
    pace: Pace,
    retry: Option<TimeoutHandle>,
}

thread_local! {
    static DRIVER: RefCell<Option<Driver>> = const { RefCell::new(None) };
}

fn with<T>(act: impl FnOnce(&mut Driver) -> T) -> Option<T> {
    DRIVER.with(|driver| driver.borrow_mut().as_mut().map(act))
}

/// Starts the driver; again is harmless.
pub fn start(device: Device) {
    let is_new = DRIVER.with(|driver| {
        let mut driver = driver.borrow_mut();
        let is_new = driver.is_none();
        if is_new {
            *driver = Some(Driver {
                device,
                person: None,
                is_running: false,
                is_wanted: false,
                n_failures: 0,
                pace: Pace::new(BATCH),
                retry: None,
            });
        }
        is_new
    });
    if !is_new {
        return;
    }
    let on_page = Closure::new(|event: String| match event.as_str() {
        "online" | "visible" => kick_anew(),
        "offline" => {
            with(|driver| driver.device.sending.set(Some(SendTrouble::Later(Trouble::Offline))));
        }
        _ => {}
    });
    // For as long as the page lives.
    glue::watch_page(&on_page);
    on_page.forget();
    let beat = move || {
        device.now_ms.set(js_sys::Date::now() as i64);
        kick();
    };
    beat();
    set_interval(beat, HEARTBEAT);
    spawn_local(async move {
        device.has_lost.set(has_lost().await);
        let before_ms = js_sys::Date::now() as i64 - AGE_MAX_MS;
        // What could not be tidied up today is tidied up tomorrow.
        let _ = glue::prune_settled(before_ms).await;
        let _ = photo::prune().await;
    });
}

/// Sends now, without waiting for the end of a back-off.
fn kick_anew() {
    with(|driver| {
        driver.n_failures = 0;
        if let Some(retry) = driver.retry.take() {
            retry.clear();
        }
    });
    kick();
}

/// Something may be there to send.
pub(crate) fn kick() {
    let is_free = with(|driver| {
        if driver.is_running {
            driver.is_wanted = true;
            return false;
        }
        driver.is_running = true;
        true
    });
    if is_free == Some(true) {
        spawn_local(run());
    }
}

async fn run() {
    loop {
        with(|driver| driver.is_wanted = false);
        refresh().await;
        // Waiting for a back-off to end, only the figures are refreshed.
        if with(|driver| driver.retry.is_none()) == Some(true) {
            glue::with_sync_lock(drain()).await;
            refresh().await;
        }
        let is_done = with(|driver| {
            let is_done = !driver.is_wanted || driver.retry.is_some();
            if is_done {
                driver.is_running = false;
            }
            is_done
        });
        if is_done != Some(false) {
            return;
        }
    }
}

/// Reads how much is unsent.
pub(super) async fn refresh() -> OutboxSummary {
    let person = match with(|driver| driver.person.clone()).flatten() {
        Some(person) => person.to_string(),
        None => glue::get_meta(PERSON).await.ok().flatten().unwrap_or_default(),
    };
    let json = glue::outbox_summary(&person).await.unwrap_or_default();
    let read = serde_json::from_str::<OutboxSummary>(&json).ok();
    with(|driver| {
        let shown = driver.device.outbox.get_untracked();
        match read {
            Some(summary) if summary != shown => {
                driver.device.outbox.set(summary);
                summary
            }
            _ => shown,
        }
    })
    .unwrap_or_default()
}

/// Sends until nothing is left or something is in the way.
async fn drain() {
    let mut photos = Photos::default();
    loop {
        match send_batch(&mut photos).await {
            Ok(Sent::More) => {}
            Ok(Sent::All) => {
                with(|driver| {
                    driver.n_failures = 0;
                    driver.device.sending.set(None);
                });
                return;
            }
            Err(trouble) => {
                with(|driver| {
                    driver.device.sending.set(Some(trouble));
                    driver.n_failures += 1;
                    let wait_ms = backoff_ms(driver.n_failures, js_sys::Math::random());
                    let again = || {
                        with(|driver| driver.retry = None);
                        kick();
                    };
                    driver.retry = set_timeout_with_handle(again, Duration::from_millis(wait_ms.into())).ok();
                });
                if trouble == SendTrouble::UpdateNeeded {
                    glue::check_for_update().await;
                }
                return;
            }
        }
    }
}

enum Sent {
    More,
    All,
}

/// A store that does not answer is tried again later, like a server.
impl From<StoreTrouble> for SendTrouble {
    fn from(_: StoreTrouble) -> Self {
        Self::Later(Trouble::Server)
    }
}

/// What became of the photos in this round.
#[derive(Default)]
struct Photos {
    /// Why they do not move. They are not tried again before the next round; what does not need them goes on.
    trouble: Option<SendTrouble>,
}

impl Photos {
    /// Sends what there is, and names the photos that are still only here.
    async fn send(&mut self, person: &PersonId) -> Result<Vec<PhotoId>, SendTrouble> {
        if self.trouble.is_none()
            && let Err(trouble) = photo::send_all(person).await
        {
            if trouble == SendTrouble::SignInNeeded {
                with(|driver| driver.person = None);
                return Err(trouble);
            }
            self.trouble = Some(trouble);
        }
        let waiting = photo::waiting(person).await?;
        Ok(waiting.into_iter().map(|photo| photo.id).collect())
    }
}

/// The events before the first that names one of the photos: it would be refused without it, and the ones behind it
/// keep their order.
fn before_photos(mut events: Vec<DeviceEvent>, photos: &[PhotoId]) -> Vec<DeviceEvent> {
    let names_one = |event: &DeviceEvent| event.body.photos().iter().any(|photo| photos.contains(photo));
    if let Some(first) = events.iter().position(names_one) {
        events.truncate(first);
    }
    events
}

async fn send_batch(photos: &mut Photos) -> Result<Sent, SendTrouble> {
    let n_all = with(|driver| {
        let outbox = driver.device.outbox.get_untracked();
        outbox.n_pending + outbox.n_pending_others + outbox.n_photos
    });
    // Nobody is asked who is signed in while there is nothing to send.
    if n_all == Some(0) && with(|driver| driver.is_wanted) != Some(true) {
        return Ok(Sent::All);
    }
    let person = signed_in().await?;
    let waiting = photos.send(&person).await?;
    let n_wanted = with(|driver| driver.pace.n_wanted()).unwrap_or(BATCH);
    let json = glue::pending(person.as_str(), u32::try_from(n_wanted).unwrap_or(u32::MAX)).await?;
    let oldest: Vec<DeviceEvent> = serde_json::from_str(&json).map_err(|_| SendTrouble::Later(Trouble::Server))?;
    let events = with(|driver| driver.pace.pick(oldest, |event| event.id)).unwrap_or_default();
    let events = before_photos(events, &waiting);
    if events.is_empty() {
        return match photos.trouble {
            Some(trouble) => Err(trouble),
            None if waiting.is_empty() => Ok(Sent::All),
            // Taken while the others were on their way.
            None => Ok(Sent::More),
        };
    }
    let ids: Vec<EventId> = events.iter().map(|event| event.id).collect();
    let seqs: HashMap<EventId, u64> = events.iter().map(|event| (event.id, event.device_seq)).collect();
    let n_sent = events.len();
    let request = SyncRequest {
        protocol: PROTOCOL,
        device: device_id().await?,
        app: glue::build_id(),
        n_unsent: n_all.unwrap_or_default(),
        witnessed: kept_heads(&events).await,
        events,
    };
    let body = serde_json::to_string(&request).map_err(|_| SendTrouble::Later(Trouble::Server))?;

    let sent_at = device_now();
    let answer = http::post("/api/v1/sync", body).await;
    let reply = match answer.json::<SyncResponse>() {
        Some(response) => Reply::Answers(response),
        None => answer.json().map_or(Reply::Foreign, Reply::Error),
    };
    if let Reply::Answers(response) = &reply {
        measure_clock(sent_at, response.now, device_now()).await;
        keep_heads(response).await;
    }
    match next_step(answer.status, reply, &ids) {
        NextStep::Settle(settlements) => {
            let in_ledger: Vec<u64> = settlements
                .iter()
                .filter(|one| one.refused.is_none())
                .filter_map(|one| seqs.get(&one.id).copied())
                .collect();
            glue::settle(&in_ledger).await?;
            let mut n_parked = 0;
            for settlement in &settlements {
                let (Some(why), Some(seq)) = (&settlement.refused, seqs.get(&settlement.id)) else { continue };
                if matches!(why, Refusal::OtherPerson) {
                    // Somebody else has signed in meanwhile: it waits for its own person.
                    with(|driver| driver.person = None);
                    return Err(SendTrouble::SignInNeeded);
                }
                park(*seq, why).await?;
                n_parked += 1;
            }
            for settlement in &settlements {
                answered(settlement.id, settlement.refused.clone());
            }
            if n_parked > 0 {
                with(|driver| driver.device.n_changes.update(|n| *n += 1));
            }
            with(|driver| {
                driver.n_failures = 0;
                driver.pace.went_through(&ids);
            });
            Ok(Sent::More)
        }
        NextStep::Slow => {
            let set_aside = with(|driver| driver.pace.failed(answer.status, &ids)).flatten();
            let Some((id, why)) = set_aside else { return Err(SendTrouble::Later(Trouble::Server)) };
            if let Some(seq) = seqs.get(&id) {
                park(*seq, &why).await?;
            }
            answered(id, Some(why));
            with(|driver| driver.device.n_changes.update(|n| *n += 1));
            Ok(Sent::More)
        }
        NextStep::SignInAgain => {
            with(|driver| driver.person = None);
            Err(SendTrouble::SignInNeeded)
        }
        NextStep::TryLater(trouble) => Err(SendTrouble::Later(trouble)),
        NextStep::UpdateNeeded => Err(SendTrouble::UpdateNeeded),
        NextStep::DeviceBarred => Err(SendTrouble::DeviceBarred),
        NextStep::SendLess if n_sent == 1 => {
            // One event alone is too large for the server: it must not block the rest.
            let detail = "too large to send".to_owned();
            if let Some(seq) = ids.first().and_then(|id| seqs.get(id)) {
                park(*seq, &Refusal::Malformed { detail }).await?;
            }
            Ok(Sent::More)
        }
        NextStep::SendLess => {
            with(|driver| driver.pace.halve(n_sent));
            Ok(Sent::More)
        }
    }
}

async fn park(seq: u64, why: &Refusal) -> Result<(), SendTrouble> {
    let reason = serde_json::to_string(why).map_err(|_| SendTrouble::Later(Trouble::Server))?;
    Ok(glue::park(seq, reason).await?)
}

/// Who is signed in: asked once, and again after a refusal.
async fn signed_in() -> Result<PersonId, SendTrouble> {
    if let Some(person) = with(|driver| driver.person.clone()).flatten() {
        return Ok(person);
    }
    // The server has just said that nobody is; signing in loads the page anew.
    if browser::root_attribute("data-viewer").is_none() && browser::root_attribute("data-shell").is_none() {
        return Err(SendTrouble::SignInNeeded);
    }
    match http::me(http::TIMEOUT).await {
        Ok(viewer) => {
            let person = viewer.id;
            glue::put_meta(PERSON, person.to_string()).await?;
            with(|driver| driver.person = Some(person.clone()));
            send_again_what_waited_for(&person).await?;
            Ok(person)
        }
        Err(401) => Err(SendTrouble::SignInNeeded),
        Err(0) => Err(SendTrouble::Later(Trouble::Offline)),
        Err(429 | 500..) => Err(SendTrouble::Later(Trouble::Server)),
        Err(_) => Err(SendTrouble::Later(Trouble::NotOurServer)),
    }
}

/// A stocktake may have been opened by another phone's events that arrived later, and an account given more rights:
/// those refusals may not hold any longer after a new start.
async fn send_again_what_waited_for(person: &PersonId) -> Result<(), SendTrouble> {
    let parked = read_parked(person).await?;
    for parked in parked {
        if may_pass_later(&parked.reason) {
            glue::unpark(parked.seq).await?;
        }
    }
    photo::send_again_what_waited_for(person).await?;
    Ok(())
}

async fn read_parked(person: &PersonId) -> Result<Vec<ParkedEvent>, StoreTrouble> {
    let json = glue::parked(person.as_str()).await?;
    serde_json::from_str(&json).map_err(|_| StoreTrouble::Failed)
}

/// The refused events of whoever counts here.
pub(crate) async fn parked() -> Result<Vec<ParkedEvent>, StoreTrouble> {
    let person = match with(|driver| driver.person.clone()).flatten() {
        Some(person) => Some(person),
        None => glue::get_meta(PERSON).await?.and_then(|text| PersonId::parse(&text).ok()),
    };
    match person {
        Some(person) => read_parked(&person).await,
        None => Ok(Vec::new()),
    }
}

/// Sends a parked event again.
pub(crate) fn retry(seq: u64) {
    spawn_local(async move {
        if glue::unpark(seq).await.is_ok() {
            changed();
        }
    });
}

/// Puts a parked event away for good: the person has dealt with it.
pub(crate) fn withdraw(seq: u64) {
    spawn_local(async move {
        if glue::withdraw(seq).await.is_ok() {
            changed();
        }
    });
}

fn changed() {
    with(|driver| driver.device.n_changes.update(|n| *n += 1));
    kick_anew();
}

fn device_now() -> Timestamp {
    Timestamp::from_unix_ms(js_sys::Date::now() as i64)
}

async fn measure_clock(sent: Timestamp, server: Timestamp, received: Timestamp) {
    if (0..EXCHANGE_MAX_MS).contains(&received.since(sent)) {
        let offset_ms = clock_offset_ms(sent, server, received);
        // The last one measured stays good where this one cannot be kept.
        let _ = glue::put_meta(CLOCK_OFFSET, offset_ms.to_string()).await;
    }
}

/// Keeps the newest signed head of each ledger: should it ever be rewound, this phone can show it.
async fn keep_heads(response: &SyncResponse) {
    for head in &response.heads {
        // An answer that was overtaken by a later one must not replace its head.
        let is_newer = kept_head(&head.head.store).await.is_none_or(|kept| kept.head.seq < head.head.seq);
        if is_newer && let Ok(json) = serde_json::to_string(head) {
            let _ = glue::put_meta(&head_key(&head.head.store), json).await;
        }
    }
}

/// The newest signed heads that this phone was shown of the stores it writes to.
async fn kept_heads(events: &[DeviceEvent]) -> Vec<SignedHead> {
    let stores: BTreeSet<&StoreCode> = events.iter().map(|event| &event.store).collect();
    let mut heads = Vec::new();
    for store in stores {
        heads.extend(kept_head(store).await);
    }
    heads
}

async fn kept_head(store: &StoreCode) -> Option<SignedHead> {
    let json = glue::get_meta(&head_key(store)).await.ok().flatten()?;
    serde_json::from_str(&json).ok()
}

fn head_key(store: &StoreCode) -> String {
    format!("head:{store}")
}
