/**
 * What the phone keeps: its outbox of recorded events, the snapshot it counts from, small facts
 * about itself, and photos (`photo_store.ts`). An event is stored with its device sequence in one durable transaction;
 * whoever calls may show the tick when the promise resolves, not before.
 *
 * Failures: `store_unavailable` (no IndexedDB here), `store_newer` (a newer build has used it),
 * `quota_exceeded` (the disk is full), `store_failed` (anything else).
 */
import { openDB, type DBSchema, type IDBPDatabase } from "idb";
import { Failure } from "./failure";

const NAME = "shelftrace";
/** 1: outbox, snapshot, facts; 2: photos. */
const VERSION = 2;
const NEXT_SEQ = "next_device_seq";

/** pending: to be sent; accepted: in the ledger; parked: refused, shown; withdrawn: refused, put away by the person. */
type State = "pending" | "accepted" | "parked" | "withdrawn";

interface OutboxRecord {
  /** Device sequence number: 1, 2, 3 … without gaps. */
  seq: number;
  /** The event's own id. */
  id: string;
  /** Who recorded it: a queue is sent under its own person's sign-in only. */
  person: string;
  /** Empty when it belongs to none. */
  stocktake: string;
  state: State;
  /** The event as it will be sent, its sequence included. */
  json: string;
  /** Device clock, milliseconds. */
  stored_at: number;
  /** Device clock, milliseconds; 0 while pending. */
  settled_at: number;
  /** Why it was refused, as JSON text; empty otherwise. */
  reason: string;
}

/** pending: to be sent; uploaded: the server has it; parked: refused, shown. */
export type PhotoState = "pending" | "uploaded" | "parked";

export interface PhotoRecord {
  /** SHA-256 of the blob, 64 lower-case hexadecimal digits. */
  id: string;
  /** Who took it: sent under its own person's sign-in only. */
  person: string;
  /** The store it is evidence of. */
  store: string;
  state: PhotoState;
  /** The JPEG as it is sent. */
  blob: Blob;
  width: number;
  height: number;
  /** The server's clock as the phone believes it, milliseconds. */
  taken_at: number;
  /** Device clock, milliseconds. */
  stored_at: number;
  /** Device clock, milliseconds; 0 while pending. */
  settled_at: number;
  /** Why it was refused, as JSON text; empty otherwise. */
  reason: string;
}

export interface Schema extends DBSchema {
  meta: { key: string; value: string | number };
  outbox: {
    key: number;
    value: OutboxRecord;
    indexes: {
      by_id: string;
      by_state: [State, string, number];
      by_stocktake: [string, number];
      by_settled: [State, number];
    };
  };
  snapshot: { key: string; value: { json: string; stored_at: number } };
  photo: {
    key: string;
    value: PhotoRecord;
    indexes: { by_state: [PhotoState, string, number]; by_settled: [PhotoState, number] };
  };
}

export type Database = IDBPDatabase<Schema>;

let opened: Promise<Database> | undefined;

function database(): Promise<Database> {
  opened ??= openDatabase().catch((error: unknown) => {
    opened = undefined;
    throw error;
  });
  return opened;
}

async function openDatabase(): Promise<Database> {
  if (typeof indexedDB === "undefined") throw new Failure("store_unavailable", "IndexedDB is missing");
  const db = await openDB<Schema>(NAME, VERSION, {
    upgrade(db, before) {
      // Each step adds to what is there: an outbox of an older build is never touched.
      if (before < 1) {
        db.createObjectStore("meta");
        const outbox = db.createObjectStore("outbox", { keyPath: "seq" });
        outbox.createIndex("by_id", "id", { unique: true });
        outbox.createIndex("by_state", ["state", "person", "seq"]);
        outbox.createIndex("by_stocktake", ["stocktake", "seq"]);
        outbox.createIndex("by_settled", ["state", "settled_at"]);
        db.createObjectStore("snapshot");
      }
      if (before < 2) {
        const photo = db.createObjectStore("photo", { keyPath: "id" });
        photo.createIndex("by_state", ["state", "person", "stored_at"]);
        photo.createIndex("by_settled", ["state", "settled_at"]);
      }
    },
    // A newer build in another tab needs the database: let it go, the next call opens it again.
    blocking: forget,
    terminated: forget,
  });
  return db;
}

function forget(): void {
  void opened?.then((db) => db.close(), () => undefined);
  opened = undefined;
}

const LOST_CONNECTION = ["InvalidStateError", "UnknownError", "AbortError"];

/**
 * Runs an operation, and once more on a new connection when the old one was lost: iOS drops it while
 * the app is in the background. Every operation here may run twice without harm.
 */
export async function run<T>(operation: (db: Database) => Promise<T>): Promise<T> {
  try {
    return await operation(await database());
  } catch (error) {
    if (!(error instanceof DOMException) || !LOST_CONNECTION.includes(error.name)) throw failure(error);
  }
  forget();
  try {
    return await operation(await database());
  } catch (error) {
    throw failure(error);
  }
}

function failure(error: unknown): Failure {
  if (error instanceof Failure) return error;
  const name = error instanceof Error ? error.name : "";
  if (name === "QuotaExceededError") return new Failure("quota_exceeded", error);
  if (name === "VersionError") return new Failure("store_newer", error);
  if (name === "SecurityError") return new Failure("store_unavailable", error);
  return new Failure("store_failed", error);
}

/** The smallest and the largest key of one person's events in one state. */
function eventsIn(state: State, person: string): IDBKeyRange {
  return IDBKeyRange.bound([state, person, 0], [state, person, Infinity]);
}

/** The smallest and the largest key of one person's photos in one state. */
export function photosIn(state: PhotoState, person: string): IDBKeyRange {
  return IDBKeyRange.bound([state, person, 0], [state, person, Infinity]);
}

/**
 * Gives the event the next device sequence number (its field `device_seq`) and stores it, in one
 * transaction that is on disk when the promise resolves. Returns the number. An event whose id is
 * stored already keeps the number it has.
 */
export async function putEvent(eventJson: string, person: string, stocktake: string): Promise<number> {
  const event = JSON.parse(eventJson) as Record<string, unknown> & { id: string };
  return run(async (db) => {
    const tx = db.transaction(["meta", "outbox"], "readwrite", { durability: "strict" });
    // Never leave `done` unobserved: a full disk rejects it, and that must reach the caller once.
    const done = tx.done;
    done.catch(() => undefined);
    const outbox = tx.objectStore("outbox");
    const known = await outbox.index("by_id").getKey(event.id);
    if (known !== undefined) {
      await done;
      return known;
    }
    const meta = tx.objectStore("meta");
    const seq = Number((await meta.get(NEXT_SEQ)) ?? 1);
    const record: OutboxRecord = {
      seq,
      id: event.id,
      person,
      stocktake,
      state: "pending",
      json: JSON.stringify({ ...event, device_seq: seq }),
      stored_at: Date.now(),
      settled_at: 0,
      reason: "",
    };
    // Not awaited one by one: a request that fails aborts the transaction, which `done` reports.
    void outbox.add(record).catch(() => undefined);
    void meta.put(seq + 1, NEXT_SEQ).catch(() => undefined);
    await done;
    return seq;
  });
}

/** The oldest `limit` unsent events of a person in the order of their sequence: a JSON array of events. */
export async function pending(person: string, limit: number): Promise<string> {
  const records = await run((db) => db.getAllFromIndex("outbox", "by_state", eventsIn("pending", person), limit));
  return `[${records.map((record) => record.json).join(",")}]`;
}

/** Refused events that a person has to look at: JSON `[{seq, event, reason, settled_at}]`. */
export async function parked(person: string): Promise<string> {
  const records = await run((db) => db.getAllFromIndex("outbox", "by_state", eventsIn("parked", person)));
  const rows = records.map(
    (record) =>
      `{"seq":${record.seq},"event":${record.json},"reason":${record.reason || "null"},"settled_at":${record.settled_at}}`,
  );
  return `[${rows.join(",")}]`;
}

/** The phone's own events of a stocktake, sent or not, refused ones too: JSON `[{seq, state, event}]`. */
export async function eventsOf(stocktake: string): Promise<string> {
  const range = IDBKeyRange.bound([stocktake, 0], [stocktake, Infinity]);
  const records = await run((db) => db.getAllFromIndex("outbox", "by_stocktake", range));
  const rows = records.map((record) => `{"seq":${record.seq},"state":"${record.state}","event":${record.json}}`);
  return `[${rows.join(",")}]`;
}

/** Where an event stands: JSON `{seq, state, reason}`; undefined when this phone does not have it. */
export async function stateOf(id: string): Promise<string | undefined> {
  const record = await run((db) => db.getFromIndex("outbox", "by_id", id));
  return record && `{"seq":${record.seq},"state":"${record.state}","reason":${record.reason || "null"}}`;
}

/**
 * How much is unsent: JSON `{n_pending, oldest_stored_at, n_parked, n_pending_others, n_photos}`. The times are
 * milliseconds of the device clock, null when no event is unsent; others are people who used this device; photos
 * are the person's own that the server does not have yet.
 */
export async function outboxSummary(person: string): Promise<string> {
  return run(async (db) => {
    const tx = db.transaction(["outbox", "photo"]);
    const index = tx.objectStore("outbox").index("by_state");
    const photos = tx.objectStore("photo").index("by_state");
    const [n_pending, n_parked, n_all, oldest, n_photos] = await Promise.all([
      index.count(eventsIn("pending", person)),
      index.count(eventsIn("parked", person)),
      index.count(IDBKeyRange.bound(["pending"], ["pending", []])),
      index.get(eventsIn("pending", person)),
      photos.count(photosIn("pending", person)),
    ]);
    return JSON.stringify({
      n_pending,
      oldest_stored_at: oldest?.stored_at ?? null,
      n_parked,
      n_pending_others: n_all - n_pending,
      n_photos,
    });
  });
}

async function change(seqs: readonly number[], edit: (record: OutboxRecord) => void): Promise<void> {
  await run(async (db) => {
    const tx = db.transaction("outbox", "readwrite", { durability: "strict" });
    const done = tx.done;
    done.catch(() => undefined);
    for (const seq of seqs) {
      const record = await tx.store.get(seq);
      if (!record) continue;
      edit(record);
      void tx.store.put(record).catch(() => undefined);
    }
    await done;
  });
}

/** Marks events as in the ledger. They stay until `pruneSettled`, to rebuild quantities after a reload. */
export async function settle(seqs: Float64Array): Promise<void> {
  const now = Date.now();
  await change([...seqs], (record) => {
    record.state = "accepted";
    record.settled_at = now;
    record.reason = "";
  });
}

/** Keeps a refused event aside with the reason (JSON text), out of the way of the rest. */
export async function park(seq: number, reasonJson: string): Promise<void> {
  const now = Date.now();
  await change([seq], (record) => {
    // An answer to an earlier try may come late: what the ledger has meanwhile, or a person has put away, stays so.
    if (record.state !== "pending") return;
    record.state = "parked";
    record.settled_at = now;
    record.reason = reasonJson;
  });
}

/** Sends a parked event again. */
export async function unpark(seq: number): Promise<void> {
  await change([seq], (record) => {
    record.state = "pending";
    record.settled_at = 0;
    record.reason = "";
  });
}

/** Takes a parked event off the list because the person has dealt with it. */
export async function withdraw(seq: number): Promise<void> {
  const now = Date.now();
  await change([seq], (record) => {
    record.state = "withdrawn";
    record.settled_at = now;
  });
}

/** Forgets accepted and withdrawn events settled before a moment (device clock, ms). Returns how many. */
export async function pruneSettled(beforeMs: number): Promise<number> {
  return run(async (db) => {
    const tx = db.transaction("outbox", "readwrite");
    let n_pruned = 0;
    for (const state of ["accepted", "withdrawn"] as const) {
      const range = IDBKeyRange.bound([state, 0], [state, beforeMs], false, true);
      for (const key of await tx.store.index("by_settled").getAllKeys(range)) {
        void tx.store.delete(key).catch(() => undefined);
        n_pruned += 1;
      }
    }
    await tx.done;
    return n_pruned;
  });
}

/** A small fact of this installation, if it was put. */
export async function getMeta(key: string): Promise<string | undefined> {
  const value = await run((db) => db.get("meta", key));
  return value === undefined ? undefined : String(value);
}

/** Remembers a small fact. */
export async function putMeta(key: string, value: string): Promise<void> {
  await run((db) => db.put("meta", value, key));
}

/** The fact as stored; where there is none, `value` is stored and returned. Two tabs get the same answer. */
export async function metaOrInsert(key: string, value: string): Promise<string> {
  return run(async (db) => {
    const tx = db.transaction("meta", "readwrite", { durability: "strict" });
    const known = await tx.store.get(key);
    if (known === undefined) await tx.store.put(value, key);
    await tx.done;
    return known === undefined ? value : String(known);
  });
}

/** Replaces a store's snapshot (JSON text). */
export async function putSnapshot(store: string, json: string): Promise<void> {
  await run((db) => db.put("snapshot", { json, stored_at: Date.now() }, store));
}

/** A store's snapshot (JSON text), if there is one. */
export async function getSnapshot(store: string): Promise<string | undefined> {
  return (await run((db) => db.get("snapshot", store)))?.json;
}

/** Forgets every snapshot: at sign-out, because the next person may not see that store. */
export async function clearSnapshots(): Promise<void> {
  await run((db) => db.clear("snapshot"));
}

/** A tab that holds the lock for longer than this, in milliseconds, is frozen or hung. */
const HELD_TOO_LONG_MS = 45_000;
/** When this tab first found the lock taken, by its own clock; undefined while it is free. */
let takenSince: number | undefined;

/**
 * Runs `job` unless another tab is running its own; false if it did not run. Where the browser has no
 * locks, or another tab holds its lock as if frozen, it runs all the same: sending twice is harmless, not sending
 * is not.
 */
export async function withSyncLock(job: () => Promise<void>): Promise<boolean> {
  let started = false;
  const once = async (): Promise<void> => {
    started = true;
    await job();
  };
  if (!navigator.locks) {
    await once();
    return true;
  }
  const isHung = takenSince !== undefined && performance.now() - takenSince > HELD_TOO_LONG_MS;
  try {
    return await navigator.locks.request("shelftrace-sync", isHung ? { steal: true } : { ifAvailable: true }, async (lock) => {
      if (lock === null) {
        takenSince ??= performance.now();
        return false;
      }
      takenSince = undefined;
      await once();
      return true;
    });
  } catch (error) {
    // Taken over by another tab while this one seemed frozen: what it has begun goes on, and is said to have run.
    if (started && error instanceof DOMException && error.name === "AbortError") return true;
    // The lock itself failed (a sandboxed frame, a dying tab); a failure of the job is the caller's.
    if (started) throw error;
    await once();
    return true;
  }
}
