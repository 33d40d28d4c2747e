/** Where the phone is, or why it cannot say: an event carries one or the other. */

interface Located {
  latitude_e7: number;
  longitude_e7: number;
  accuracy_m: number;
  taken_at: number;
}

type Reason = "denied" | "unavailable" | "timeout" | "unsupported";

const OPTIONS: PositionOptions = { enableHighAccuracy: true, maximumAge: 30_000, timeout: 20_000 };
const ACCURACY_MAX_M = 4_294_967_295;

let watch: number | undefined;
let last: Located | undefined;
/** Until the browser answers, there was no answer in time. */
let reason: Reason = "timeout";

/** Starts to follow the place; asks for permission the first time. Again is harmless. */
export function watchPlace(): void {
  if (watch !== undefined) return;
  if (!isSecureContext || !("geolocation" in navigator)) {
    reason = "unsupported";
    return;
  }
  watch = navigator.geolocation.watchPosition(
    ({ coords, timestamp }) => {
      last = {
        latitude_e7: Math.round(coords.latitude * 1e7),
        longitude_e7: Math.round(coords.longitude * 1e7),
        accuracy_m: Math.min(Math.ceil(coords.accuracy), ACCURACY_MAX_M),
        taken_at: timestamp,
      };
    },
    (error) => {
      if (error.code === error.PERMISSION_DENIED) {
        // An old fix must not outlive the permission.
        last = undefined;
        reason = "denied";
        unwatchPlace();
      } else {
        reason = error.code === error.TIMEOUT ? "timeout" : "unavailable";
      }
    },
    OPTIONS,
  );
}

/** Stops following, to spare the battery; the last place stays known, with its age. */
export function unwatchPlace(): void {
  if (watch === undefined) return;
  navigator.geolocation.clearWatch(watch);
  watch = undefined;
}

/**
 * The last place as the ledger writes it, JSON:
 * `{"located": {"at": {"latitude_e7", "longitude_e7"}, "accuracy_m", "age_s"}}` or
 * `{"missing": {"reason": "denied" | "unavailable" | "timeout" | "unsupported"}}`.
 */
export function lastFix(): string {
  if (!last) return JSON.stringify({ missing: { reason } });
  const { latitude_e7, longitude_e7, accuracy_m, taken_at } = last;
  const age_s = Math.max(0, Math.round((Date.now() - taken_at) / 1_000));
  return JSON.stringify({ located: { at: { latitude_e7, longitude_e7 }, accuracy_m, age_s } });
}
