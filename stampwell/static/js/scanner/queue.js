// SPDX-License-Identifier: Apache-2.0
// Scans that were made and not yet answered, kept on this phone: a scan survives a reload or an empty battery.

/** @typedef {{key: string, code: string, count?: number, at: number}} Scan */

const DATABASE = "stampwell-scanner";
const STORE = "scans";

/** @param {Scan} scan */
export async function store(scan) {
  await ask("readwrite", (scans) => scans.put(scan));
}

/** @returns {Promise<Scan | undefined>} the oldest scan that has no answer yet */
export async function first() {
  return ask("readonly", (scans) => scans.index("at").get(IDBKeyRange.lowerBound(0)));
}

/** @param {string} key */
export async function remove(key) {
  await ask("readwrite", (scans) => scans.delete(key));
}

/**
 * @template T
 * @param {IDBTransactionMode} mode
 * @param {(scans: IDBObjectStore) => IDBRequest<T>} work
 * @returns {Promise<T>}
 */
async function ask(mode, work) {
  const database = await open();
  try {
    return await new Promise((resolve, reject) => {
      const transaction = database.transaction(STORE, mode, { durability: "strict" });
      const request = work(transaction.objectStore(STORE));
      // Complete, not merely asked: what follows may rely on it being on the disk.
      transaction.oncomplete = () => resolve(request.result);
      transaction.onabort = transaction.onerror = () => reject(transaction.error);
    });
  } finally {
    database.close();
  }
}

/** @returns {Promise<IDBDatabase>} */
function open() {
  return new Promise((resolve, reject) => {
    const request = indexedDB.open(DATABASE, 1);
    request.onupgradeneeded = () => {
      request.result.createObjectStore(STORE, { keyPath: "key" }).createIndex("at", "at");
    };
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error);
  });
}
