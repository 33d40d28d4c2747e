/**
 * What the wasm calls of the browser: the frontend crate declares these exports with
 * `#[wasm_bindgen(raw_module = "./glue.js")]`. Structured values cross as JSON text; a promise that
 * is rejected carries a `Failure` whose `name` is a stable code.
 */
export {
  cameraZoom,
  decodePhoto,
  detachCamera,
  listCameras,
  pauseCamera,
  resumeCamera,
  setTorch,
  setZoom,
  startCamera,
  stopCamera,
  unviewCamera,
  viewCamera,
} from "./camera";
export { isOnline, keepAwake, persistStorage, storageEstimate, watchPage } from "./device";
export {
  clearSnapshots,
  eventsOf,
  getMeta,
  getSnapshot,
  metaOrInsert,
  outboxSummary,
  park,
  parked,
  pending,
  pruneSettled,
  putEvent,
  putMeta,
  putSnapshot,
  settle,
  stateOf,
  unpark,
  withSyncLock,
  withdraw,
} from "./device_store";
export { feedback, setFeedback, unlockFeedback } from "./feedback";
export { dropPhoto, keepPhoto, takePhoto } from "./photo";
export { discardPhoto, listPhotos, parkPhoto, photoBlob, prunePhotos, settlePhoto, unparkPhoto } from "./photo_store";
export { lastFix, unwatchPlace, watchPlace } from "./place";
export { pushState, renewPush, subscribePush, unsubscribePush } from "./push";
export { applyUpdate, buildId, checkForUpdate, onUpdateReady } from "./update";
