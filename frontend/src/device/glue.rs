//! The TypeScript of `frontend/glue`, as the wasm sees it. Structured values cross as JSON text.

use super::StoreTrouble;
use js_sys::Function;
use wasm_bindgen::JsCast;
use wasm_bindgen::prelude::*;
use web_sys::{Blob, HtmlVideoElement};

#[wasm_bindgen(raw_module = "./glue.js")]
extern "C" {
    #[wasm_bindgen(catch, js_name = putEvent)]
    async fn put_event_js(event: String, person: String, stocktake: String) -> Result<JsValue, JsValue>;
    #[wasm_bindgen(catch, js_name = pending)]
    async fn pending_js(person: String, limit: u32) -> Result<JsValue, JsValue>;
    #[wasm_bindgen(catch, js_name = parked)]
    async fn parked_js(person: String) -> Result<JsValue, JsValue>;
    #[wasm_bindgen(catch, js_name = eventsOf)]
    async fn events_of_js(stocktake: String) -> Result<JsValue, JsValue>;
    #[wasm_bindgen(catch, js_name = stateOf)]
    async fn state_of_js(id: String) -> Result<JsValue, JsValue>;
    #[wasm_bindgen(catch, js_name = outboxSummary)]
    async fn outbox_summary_js(person: String) -> Result<JsValue, JsValue>;
    #[wasm_bindgen(catch, js_name = settle)]
    async fn settle_js(seqs: Vec<f64>) -> Result<JsValue, JsValue>;
    #[wasm_bindgen(catch, js_name = park)]
    async fn park_js(seq: f64, reason: String) -> Result<JsValue, JsValue>;
    #[wasm_bindgen(catch, js_name = unpark)]
    async fn unpark_js(seq: f64) -> Result<JsValue, JsValue>;
    #[wasm_bindgen(catch, js_name = withdraw)]
    async fn withdraw_js(seq: f64) -> Result<JsValue, JsValue>;
    #[wasm_bindgen(catch, js_name = pruneSettled)]
    async fn prune_settled_js(before_ms: f64) -> Result<JsValue, JsValue>;
    #[wasm_bindgen(catch, js_name = getMeta)]
    async fn get_meta_js(key: String) -> Result<JsValue, JsValue>;
    #[wasm_bindgen(catch, js_name = putMeta)]
    async fn put_meta_js(key: String, value: String) -> Result<JsValue, JsValue>;
    #[wasm_bindgen(catch, js_name = metaOrInsert)]
    async fn meta_or_insert_js(key: String, value: String) -> Result<JsValue, JsValue>;
    #[wasm_bindgen(catch, js_name = putSnapshot)]
    async fn put_snapshot_js(store: String, json: String) -> Result<JsValue, JsValue>;
    #[wasm_bindgen(catch, js_name = getSnapshot)]
    async fn get_snapshot_js(store: String) -> Result<JsValue, JsValue>;
    #[wasm_bindgen(catch, js_name = clearSnapshots)]
    async fn clear_snapshots_js() -> Result<JsValue, JsValue>;
    #[wasm_bindgen(catch, js_name = withSyncLock)]
    async fn with_sync_lock_js(job: &Closure<dyn FnMut() -> js_sys::Promise>) -> Result<JsValue, JsValue>;

    #[wasm_bindgen(catch, js_name = startCamera)]
    async fn start_camera_js(
        video: HtmlVideoElement,
        options: String,
        on_frame: &Closure<dyn FnMut(String)>,
        on_trouble: &Closure<dyn FnMut(String, String)>,
    ) -> Result<JsValue, JsValue>;
    /// Darkens the camera, which stays allowed.
    #[wasm_bindgen(js_name = pauseCamera)]
    pub fn pause_camera();
    #[wasm_bindgen(catch, js_name = resumeCamera)]
    async fn resume_camera_js() -> Result<JsValue, JsValue>;
    /// The page is left.
    #[wasm_bindgen(js_name = detachCamera)]
    pub fn detach_camera();
    #[wasm_bindgen(catch, js_name = setTorch)]
    async fn set_torch_js(on: bool) -> Result<JsValue, JsValue>;
    #[wasm_bindgen(catch, js_name = setZoom)]
    async fn set_zoom_js(value: f64) -> Result<JsValue, JsValue>;
    #[wasm_bindgen(catch, js_name = viewCamera)]
    async fn view_camera_js(
        video: HtmlVideoElement,
        on_trouble: &Closure<dyn FnMut(String, String)>,
    ) -> Result<JsValue, JsValue>;
    #[wasm_bindgen(catch, js_name = unviewCamera)]
    async fn unview_camera_js() -> Result<JsValue, JsValue>;
    #[wasm_bindgen(catch, js_name = takePhoto)]
    async fn take_photo_js(video: HtmlVideoElement) -> Result<JsValue, JsValue>;
    #[wasm_bindgen(catch, js_name = keepPhoto)]
    async fn keep_photo_js(id: String, person: String, store: String, offset_ms: f64) -> Result<JsValue, JsValue>;
    /// Forgets the still that is being looked at.
    #[wasm_bindgen(js_name = dropPhoto)]
    pub fn drop_photo();
    #[wasm_bindgen(catch, js_name = listPhotos)]
    async fn list_photos_js(person: String, state: String) -> Result<JsValue, JsValue>;
    #[wasm_bindgen(catch, js_name = photoBlob)]
    async fn photo_blob_js(id: String) -> Result<JsValue, JsValue>;
    #[wasm_bindgen(catch, js_name = settlePhoto)]
    async fn settle_photo_js(id: String) -> Result<JsValue, JsValue>;
    #[wasm_bindgen(catch, js_name = parkPhoto)]
    async fn park_photo_js(id: String, reason: String) -> Result<JsValue, JsValue>;
    #[wasm_bindgen(catch, js_name = unparkPhoto)]
    async fn unpark_photo_js(id: String) -> Result<JsValue, JsValue>;
    #[wasm_bindgen(catch, js_name = discardPhoto)]
    async fn discard_photo_js(id: String) -> Result<JsValue, JsValue>;
    #[wasm_bindgen(catch, js_name = prunePhotos)]
    async fn prune_photos_js(before_ms: f64) -> Result<JsValue, JsValue>;
    #[wasm_bindgen(catch, js_name = decodePhoto)]
    async fn decode_photo_js(file: Blob) -> Result<JsValue, JsValue>;

    #[wasm_bindgen(catch, js_name = pushState)]
    async fn push_state_js(person: String) -> Result<JsValue, JsValue>;
    #[wasm_bindgen(catch, js_name = subscribePush)]
    async fn subscribe_push_js(key: String, person: String) -> Result<JsValue, JsValue>;
    #[wasm_bindgen(catch, js_name = unsubscribePush)]
    async fn unsubscribe_push_js() -> Result<JsValue, JsValue>;
    #[wasm_bindgen(catch, js_name = renewPush)]
    async fn renew_push_js(person: String) -> Result<JsValue, JsValue>;

    /// Answers a scan; `kind` is accept, repeat or refuse.
    pub fn feedback(kind: &str);
    /// Sound and vibration, each on or off.
    #[wasm_bindgen(js_name = setFeedback)]
    pub fn set_feedback(sound: bool, vibration: bool);
    /// The first touch from now on allows sound.
    #[wasm_bindgen(js_name = unlockFeedback)]
    pub fn unlock_feedback();
    /// Follows the place.
    #[wasm_bindgen(js_name = watchPlace)]
    pub fn watch_place();
    /// Stops following the place.
    #[wasm_bindgen(js_name = unwatchPlace)]
    pub fn unwatch_place();
    /// The last place as JSON of [`domain::geo::Fix`].
    #[wasm_bindgen(js_name = lastFix)]
    pub fn last_fix() -> String;
    /// Keeps the screen on.
    #[wasm_bindgen(js_name = keepAwake)]
    pub fn keep_awake(on: bool);
    /// Tells `online`, `offline`, `visible` and `hidden`.
    #[wasm_bindgen(js_name = watchPage)]
    pub fn watch_page(callback: &Closure<dyn FnMut(String)>) -> Function;
    #[wasm_bindgen(catch, js_name = persistStorage)]
    async fn persist_storage_js() -> Result<JsValue, JsValue>;
    /// The build this page runs.
    #[wasm_bindgen(js_name = buildId)]
    pub fn build_id() -> String;
    #[wasm_bindgen(catch, js_name = checkForUpdate)]
    async fn check_for_update_js() -> Result<JsValue, JsValue>;
}

#[wasm_bindgen]
extern "C" {
    #[wasm_bindgen(js_namespace = crypto, js_name = getRandomValues)]
    fn get_random_values(bytes: &mut [u8]);
    #[wasm_bindgen(js_namespace = performance, js_name = now)]
    fn performance_now() -> f64;
}

/// A failure of the glue: its stable code.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Failure(pub String);

impl From<JsValue> for Failure {
    fn from(error: JsValue) -> Self {
        let name = js_sys::Reflect::get(&error, &"name".into()).ok().and_then(|name| name.as_string());
        Self(name.unwrap_or_default())
    }
}

impl From<Failure> for StoreTrouble {
    fn from(failure: Failure) -> Self {
        match failure.0.as_str() {
            "store_unavailable" => Self::Unavailable,
            "store_newer" => Self::Newer,
            "quota_exceeded" => Self::Full,
            _ => Self::Failed,
        }
    }
}

type Stored<T> = Result<T, StoreTrouble>;

fn text(value: Result<JsValue, JsValue>) -> Stored<Option<String>> {
    value.map(|value| value.as_string()).map_err(|error| Failure::from(error).into())
}

fn done(value: Result<JsValue, JsValue>) -> Stored<()> {
    text(value).map(drop)
}

fn sequence(seq: u64) -> f64 {
    // Sequences count single scans: they stay far below 2⁵³.
    seq as f64
}

/// Stores an event durably and gives it the next device sequence number.
pub async fn put_event(event: String, person: &str, stocktake: &str) -> Stored<u64> {
    let seq = put_event_js(event, person.to_owned(), stocktake.to_owned()).await.map_err(Failure::from)?;
    seq.as_f64().map(|seq| seq as u64).ok_or(StoreTrouble::Failed)
}

/// The oldest unsent events of a person, as a JSON array.
pub async fn pending(person: &str, limit: u32) -> Stored<String> {
    Ok(text(pending_js(person.to_owned(), limit).await)?.unwrap_or_default())
}

/// The refused events of a person, as a JSON array.
pub async fn parked(person: &str) -> Stored<String> {
    Ok(text(parked_js(person.to_owned()).await)?.unwrap_or_default())
}

/// The phone's own events of a stocktake with their states, as a JSON array.
pub async fn events_of(stocktake: &str) -> Stored<String> {
    Ok(text(events_of_js(stocktake.to_owned()).await)?.unwrap_or_default())
}

/// Where an event of this phone stands, as JSON; nothing where the phone does not have it.
pub async fn state_of(id: &str) -> Stored<Option<String>> {
    text(state_of_js(id.to_owned()).await)
}

/// How much is unsent, as JSON.
pub async fn outbox_summary(person: &str) -> Stored<String> {
    Ok(text(outbox_summary_js(person.to_owned()).await)?.unwrap_or_default())
}

/// Marks events as in the ledger.
pub async fn settle(seqs: &[u64]) -> Stored<()> {
    done(settle_js(seqs.iter().map(|seq| sequence(*seq)).collect()).await)
}

/// Keeps a refused event aside.
pub async fn park(seq: u64, reason: String) -> Stored<()> {
    done(park_js(sequence(seq), reason).await)
}

/// Sends a parked event again.
pub async fn unpark(seq: u64) -> Stored<()> {
    done(unpark_js(sequence(seq)).await)
}

/// Takes a parked event off the list.
pub async fn withdraw(seq: u64) -> Stored<()> {
    done(withdraw_js(sequence(seq)).await)
}

/// Forgets what was settled before a moment of the device's clock.
pub async fn prune_settled(before_ms: i64) -> Stored<()> {
    done(prune_settled_js(before_ms as f64).await)
}

/// Forgets what was loaded of every store; the outbox stays.
pub async fn clear_snapshots() -> Stored<()> {
    done(clear_snapshots_js().await)
}

/// A small fact of this installation.
pub async fn get_meta(key: &str) -> Stored<Option<String>> {
    text(get_meta_js(key.to_owned()).await)
}

/// Remembers a small fact.
pub async fn put_meta(key: &str, value: String) -> Stored<()> {
    done(put_meta_js(key.to_owned(), value).await)
}

/// The fact as stored, or else `value`, now stored.
pub async fn meta_or_insert(key: &str, value: String) -> Stored<String> {
    text(meta_or_insert_js(key.to_owned(), value).await)?.ok_or(StoreTrouble::Failed)
}

/// Replaces a store's snapshot.
pub async fn put_snapshot(store: &str, json: String) -> Stored<()> {
    done(put_snapshot_js(store.to_owned(), json).await)
}

/// A store's snapshot.
pub async fn get_snapshot(store: &str) -> Stored<Option<String>> {
    text(get_snapshot_js(store.to_owned()).await)
}

/// Runs the job unless another tab runs its own; whether it ran.
pub async fn with_sync_lock(job: impl Future<Output = ()> + 'static) -> bool {
    let mut job = Some(job);
    let closure = Closure::new(move || {
        let job = job.take();
        wasm_bindgen_futures::future_to_promise(async move {
            if let Some(job) = job {
                job.await;
            }
            Ok(JsValue::UNDEFINED)
        })
    });
    let ran = with_sync_lock_js(&closure).await;
    ran.ok().and_then(|ran| ran.as_bool()).unwrap_or(false)
}

/// What the camera calls back. They must live as long as it runs.
pub struct CameraListeners {
    on_frame: Closure<dyn FnMut(String)>,
    on_trouble: Closure<dyn FnMut(String, String)>,
}

impl CameraListeners {
    /// `on_frame` gets JSON for every picture, `on_trouble` a code.
    pub fn new(on_frame: impl Fn(String) + 'static, on_trouble: impl Fn(String) + 'static) -> Self {
        Self {
            on_frame: Closure::new(on_frame),
            on_trouble: Closure::new(move |code: String, _message: String| on_trouble(code)),
        }
    }
}

/// Shows the camera in `video` and reads its pictures; JSON about the camera.
pub async fn start_camera(
    video: HtmlVideoElement,
    options: String,
    listeners: &CameraListeners,
) -> Result<String, Failure> {
    let info = start_camera_js(video, options, &listeners.on_frame, &listeners.on_trouble).await?;
    Ok(info.as_string().unwrap_or_default())
}

/// Goes on after [`pause_camera`].
pub async fn resume_camera() -> Result<(), Failure> {
    resume_camera_js().await.map(drop).map_err(Failure::from)
}

/// Whether the light could be switched.
pub async fn set_torch(on: bool) -> bool {
    set_torch_js(on).await.ok().and_then(|done| done.as_bool()).unwrap_or(false)
}

/// Whether the zoom could be set.
pub async fn set_zoom(value: f64) -> bool {
    set_zoom_js(value).await.ok().and_then(|done| done.as_bool()).unwrap_or(false)
}

/// Reads a still photo; JSON like a frame's.
pub async fn decode_photo(file: Blob) -> Result<String, Failure> {
    Ok(decode_photo_js(file).await?.as_string().unwrap_or_default())
}

/// What the camera's picture calls back while it is only shown. It must live as long as that.
pub struct ViewListener(Closure<dyn FnMut(String, String)>);

impl ViewListener {
    /// `on_trouble` gets a code.
    pub fn new(on_trouble: impl Fn(String) + 'static) -> Self {
        Self(Closure::new(move |code: String, _message: String| on_trouble(code)))
    }
}

/// Shows the camera in `video` for a photo; JSON about the camera.
pub async fn view_camera(video: HtmlVideoElement, listener: &ViewListener) -> Result<String, Failure> {
    Ok(view_camera_js(video, &listener.0).await?.as_string().unwrap_or_default())
}

/// Gives the camera back to what was being scanned.
pub async fn unview_camera() {
    // What was scanned before is told of its own troubles.
    let _ = unview_camera_js().await;
}

/// Takes a still of the live picture; JSON about it.
pub async fn take_photo(video: HtmlVideoElement) -> Result<String, Failure> {
    Ok(take_photo_js(video).await?.as_string().unwrap_or_default())
}

/// Keeps the still durably.
pub async fn keep_photo(id: &str, person: &str, store: &str, offset_ms: i64) -> Stored<()> {
    done(keep_photo_js(id.to_owned(), person.to_owned(), store.to_owned(), offset_ms as f64).await)
}

/// A person's photos in a state, as a JSON array.
pub async fn list_photos(person: &str, state: &str) -> Stored<String> {
    Ok(text(list_photos_js(person.to_owned(), state.to_owned()).await)?.unwrap_or_default())
}

/// A photo's file, while the phone has it.
pub async fn photo_blob(id: &str) -> Stored<Option<Blob>> {
    let blob = photo_blob_js(id.to_owned()).await.map_err(Failure::from)?;
    Ok(blob.dyn_into().ok())
}

/// Marks a photo as with the server.
pub async fn settle_photo(id: &str) -> Stored<()> {
    done(settle_photo_js(id.to_owned()).await)
}

/// Keeps a refused photo aside.
pub async fn park_photo(id: &str, reason: String) -> Stored<()> {
    done(park_photo_js(id.to_owned(), reason).await)
}

/// Sends a parked photo again.
pub async fn unpark_photo(id: &str) -> Stored<()> {
    done(unpark_photo_js(id.to_owned()).await)
}

/// Forgets a photo; false when something recorded names it.
pub async fn discard_photo(id: &str) -> Stored<bool> {
    let gone = discard_photo_js(id.to_owned()).await.map_err(Failure::from)?;
    Ok(gone.as_bool().unwrap_or(false))
}

/// Forgets photos that the server has had since before a moment of the device's clock.
pub async fn prune_photos(before_ms: i64) -> Stored<()> {
    done(prune_photos_js(before_ms as f64).await)
}

fn code(value: Result<JsValue, JsValue>) -> Result<String, Failure> {
    Ok(value?.as_string().unwrap_or_default())
}

/// Whether this device shows notices to the person, as a code.
pub async fn push_state(person: &str) -> Result<String, Failure> {
    code(push_state_js(person.to_owned()).await)
}

/// Asks the person for notices on this device; what has become of it, as a code.
pub async fn subscribe_push(key: &str, person: &str) -> Result<String, Failure> {
    code(subscribe_push_js(key.to_owned(), person.to_owned()).await)
}

/// Ends the notices on this device; what has become of it, as a code.
pub async fn unsubscribe_push() -> Result<String, Failure> {
    code(unsubscribe_push_js().await)
}

/// Says that the person is here: their notices go on, those of whoever was here before end.
pub async fn renew_push(person: &str) {
    let _ = renew_push_js(person.to_owned()).await;
}

/// Asks the browser not to throw away what is stored.
pub async fn persist_storage() {
    // Where the browser will not promise, the outbox still drains as fast as the network allows.
    let _ = persist_storage_js().await;
}

/// Asks the server for a newer build.
pub async fn check_for_update() {
    let _ = check_for_update_js().await;
}

/// Random bits from the browser's generator, which every browser that runs wasm has.
pub fn random_u128() -> u128 {
    let mut bytes = [0_u8; 16];
    get_random_values(&mut bytes);
    u128::from_be_bytes(bytes)
}

/// Milliseconds of a clock that does not run backwards.
pub fn steady_ms() -> i64 {
    performance_now() as i64
}

/// The first file chosen in a file field.
pub fn chosen_file(input: &web_sys::HtmlInputElement) -> Option<Blob> {
    let files = js_sys::Reflect::get(input, &"files".into()).ok()?;
    js_sys::Reflect::get_u32(&files, 0).ok()?.dyn_into().ok()
}
