/**
 * Photos on the phone: kept as they will be sent until the server has them and the events that name
 * them are settled. Failures are those of `device_store.ts`.
 */
import { type Database, type PhotoRecord, photosIn, run } from "./device_store";

/** Stores a photo; it is on disk when the promise resolves. A photo that is stored already stays as it is. */
export async function putPhoto(photo: PhotoRecord): Promise<void> {
  await run(async (db) => {
    const tx = db.transaction("photo", "readwrite", { durability: "strict" });
    const done = tx.done;
    done.catch(() => undefined);
    if ((await tx.store.getKey(photo.id)) === undefined) void tx.store.add(photo).catch(() => undefined);
    await done;
  });
}

/**
 * A person's photos in a state, oldest first: JSON
 * `[{id, store, state, width, height, taken_at, stored_at, reason}]`, `reason` null where there is none.
 */
export async function listPhotos(person: string, state: PhotoRecord["state"]): Promise<string> {
  const photos = await run((db) => db.getAllFromIndex("photo", "by_state", photosIn(state, person)));
  const rows = photos.map(({ id, store, width, height, taken_at, stored_at, reason }) => {
    const parsed = reason ? (JSON.parse(reason) as unknown) : null;
    return { id, store, state, width, height, taken_at, stored_at, reason: parsed };
  });
  return JSON.stringify(rows);
}

/** The photo itself, while the phone has it. */
export async function photoBlob(id: string): Promise<Blob | undefined> {
  return (await run((db) => db.get("photo", id)))?.blob;
}

async function change(id: string, edit: (photo: PhotoRecord) => void): Promise<void> {
  await run(async (db) => {
    const tx = db.transaction("photo", "readwrite", { durability: "strict" });
    const done = tx.done;
    done.catch(() => undefined);
    const photo = await tx.store.get(id);
    if (photo) {
      edit(photo);
      void tx.store.put(photo).catch(() => undefined);
    }
    await done;
  });
}

/** Marks a photo as with the server. It stays until `prunePhotos`. */
export async function settlePhoto(id: string): Promise<void> {
  await change(id, (photo) => {
    photo.state = "uploaded";
    photo.settled_at = Date.now();
    photo.reason = "";
  });
}

/** Keeps a refused photo aside with the reason (JSON text). */
export async function parkPhoto(id: string, reasonJson: string): Promise<void> {
  await change(id, (photo) => {
    photo.state = "parked";
    photo.settled_at = Date.now();
    photo.reason = reasonJson;
  });
}

/** Sends a parked photo again. */
export async function unparkPhoto(id: string): Promise<void> {
  await change(id, (photo) => {
    photo.state = "pending";
    photo.settled_at = 0;
    photo.reason = "";
  });
}

/** What the events that are not settled say: a photo that is named there is still needed. */
async function unsettled(db: Database): Promise<string> {
  const index = db.transaction("outbox").store.index("by_state");
  const ranges = ["pending", "parked"].map((state) => IDBKeyRange.bound([state], [state, []]));
  const records = await Promise.all(ranges.map((range) => index.getAll(range)));
  return records.flat().map((record) => record.json).join("\n");
}

/** Forgets a photo that the person does not use after all; false, and kept, when an unsettled event names it. */
export async function discardPhoto(id: string): Promise<boolean> {
  return run(async (db) => {
    if ((await unsettled(db)).includes(id)) return false;
    await db.delete("photo", id);
    return true;
  });
}

/**
 * Forgets photos that the server has had since before a moment (device clock, ms) and that no unsettled event
 * names. Returns how many.
 */
export async function prunePhotos(beforeMs: number): Promise<number> {
  return run(async (db) => {
    const named = await unsettled(db);
    const tx = db.transaction("photo", "readwrite");
    const range = IDBKeyRange.bound(["uploaded", 0], ["uploaded", beforeMs], false, true);
    let n_pruned = 0;
    for (const id of await tx.store.index("by_settled").getAllKeys(range)) {
      if (named.includes(id)) continue;
      void tx.store.delete(id).catch(() => undefined);
      n_pruned += 1;
    }
    await tx.done;
    return n_pruned;
  });
}
