// SPDX-License-Identifier: Apache-2.0
// What outlives a reload, an empty battery and a new version: scans without an answer, what came of those that were
// sent later, and what the device needs to know without a connection.

// A device may be a station of each kind, and each has a memory of its own.
const [, kind = "scanner"] = /^\/(kiosk|autopilot)\//.exec(location.pathname) ?? [];

export const DATABASE = `stampwell-${kind}`;
const VERSION = 2; // 1 had the scans alone: they stay where they are

export const SCANS = "scans";
export const SETTLED = "settled";
export const DEVICE = "device";

/**
 * Does the work in one transaction, which is on the disk when this is answered.
 * @template T
 * @param {string[]} names
 * @param {IDBTransactionMode} mode
 * @param {(...stores: IDBObjectStore[]) => T | Promise<T>} work may wait for nothing but requests to these stores
 * @returns {Promise<T>}
 */
export async function inStores(names, mode, work) {
  const database = await open();
  try {
    const transaction = database.transaction(names, mode, { durability: "strict" });
    const complete = new Promise((resolve, reject) => {
      transaction.oncomplete = resolve;
      transaction.onabort = transaction.onerror = () => reject(transaction.error);
    });
    complete.catch(() => {}); // told by the work, where it is the work that failed
    const outcome = await work(...names.map((name) => transaction.objectStore(name)));
    await complete;
    return outcome;
  } finally {
    database.close();
  }
}

/**
 * @template T
 * @param {IDBRequest<T>} request
 * @returns {Promise<T>}
 */
export function asked(request) {
  return new Promise((resolve, reject) => {
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error);
  });
}

/**
 * @param {string} name
 * @returns {Promise<any>} what the device knows under this name; undefined where it knows nothing, or keeps nothing
 */
export async function recall(name) {
  const row = await inStores([DEVICE], "readonly", (device) => asked(device.get(name))).catch(() => undefined);
  return row?.value;
}

/**
 * @param {string} name
 * @param {unknown} value
 */
export async function remember(name, value) {
  await inStores([DEVICE], "readwrite", (device) => asked(device.put({ name, value })));
}

/** @param {string} name */
export async function forget(name) {
  await inStores([DEVICE], "readwrite", (device) => asked(device.delete(name)));
}

/** @returns {Promise<IDBDatabase>} */
function open() {
  return new Promise((resolve, reject) => {
    const request = indexedDB.open(DATABASE, VERSION);
    request.onupgradeneeded = () => {
      const { result: database } = request;
      if (!database.objectStoreNames.contains(SCANS)) {
        database.createObjectStore(SCANS, { keyPath: "key" }).createIndex("at", "at");
      }
      database.createObjectStore(SETTLED, { keyPath: "key" });
      database.createObjectStore(DEVICE, { keyPath: "name" });
    };
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error);
  });
}
