// SPDX-License-Identifier: Apache-2.0
// Scans from the moment they are made until they are answered.

import { DEVICE, SCANS, SETTLED, asked, inStores } from "./storage.js";

/**
 * `sequence` is the place of a kept scan among all that this device has kept; a scan without one is being asked for
 * right now, or its page was closed meanwhile.
 * One with a `reward` says that this one was handed out, and how it is called.
 * One that was `takenBack` waits to be sent all the same, and says by whom. Its amount is asked for since `asking`.
 * @typedef {{key: string, code: string, at: number, shift?: string, amount?: number, asking?: number,
 *   reward?: string, name?: string, sequence?: number, takenBack?: string}} Scan
 *
 * @typedef {"counted" | "waiting" | "refused" | "invalid"} State
 * @typedef {{key: string, state: State | "later", words: string, why?: string, tone?: string, held?: boolean}} Result
 * @typedef {Required<Omit<Result, "state" | "tone" | "held">> &
 *   {state: State, number: string, at: number, settled: number, name?: string, tookBack?: boolean}} Settled
 */

const SEQUENCE = "sequence";
const ASKED_FOR = 10_000; // longer than any scan is asked for by itself
const AMOUNT_ASKED_FOR = 300_000; // by people, who look for a receipt

/** @param {Scan} scan */
export async function store(scan) {
  await inStores([SCANS], "readwrite", (scans) => asked(scans.put(scan)));
}

/** @param {string} key */
export async function remove(key) {
  await inStores([SCANS], "readwrite", (scans) => asked(scans.delete(key)));
}

/**
 * Says more of a scan that has no place yet. One that has was sent, perhaps, and is left as it is.
 * @param {string} key
 * @param {Partial<Scan>} more
 */
export async function amend(key, more) {
  await inStores([SCANS], "readwrite", async (scans) => {
    const scan = await asked(scans.get(key));
    if (scan && !scan.sequence) await asked(scans.put({ ...scan, ...more }));
  });
}

/**
 * Gives the scans their places, in the order in which they stand here. One that has its place, or is gone, is left.
 * @param {Scan[]} wanted
 * @returns {Promise<void>}
 */
export async function keep(...wanted) {
  await inStores([SCANS, DEVICE], "readwrite", async (scans, device) => {
    let last = (await asked(device.get(SEQUENCE)))?.value ?? 0;
    for (const scan of wanted) {
      const stored = await asked(scans.get(scan.key));
      if (!stored || stored.sequence) continue;
      last += 1;
      await asked(scans.put({ ...stored, sequence: last }));
    }
    await asked(device.put({ name: SEQUENCE, value: last }));
  });
}

/**
 * A scan shall not count. It is sent all the same: it may have been sent before, with the answer lost.
 * @param {string} key
 * @param {string} by the text of whoever says so
 */
export async function takeBack(key, by) {
  await inStores([SCANS], "readwrite", async (scans) => {
    const scan = await asked(scans.get(key));
    if (scan) await asked(scans.put({ ...scan, takenBack: by }));
  });
}

/** @returns {Promise<Scan[]>} those that wait to be sent, in the order in which they were kept */
export async function kept() {
  const scans = await all();
  return scans.filter((scan) => scan.sequence).sort((one, other) => Number(one.sequence) - Number(other.sequence));
}

/** Keeps what a page could not finish that was closed, or whose phone went out; also what a version before has left. */
export async function keepLeftovers() {
  const left = (await all()).filter((scan) => !scan.sequence && isLeft(scan));
  if (left.length) await keep(...left);
}

/**
 * What came of scans that were sent: they wait no longer, and are told until somebody has seen it.
 * @param {Result[]} results
 */
export async function settle(results) {
  await inStores([SCANS, SETTLED], "readwrite", async (scans, settled) => {
    for (const { key, state, words, why = "" } of results) {
      const scan = await asked(scans.get(key));
      if (!scan || state === "later") continue;
      const { code, at, name } = scan;
      const tookBack = scan.takenBack !== undefined;
      const told = { key, number: numberOf(code), at, state, words, why, settled: Date.now(), name, tookBack };
      await asked(settled.put(told));
      await asked(scans.delete(key));
    }
  });
}

/** @returns {Promise<Settled[]>} in the order in which they were scanned */
export async function settled() {
  const rows = await inStores([SETTLED], "readonly", (told) => asked(told.getAll()));
  return rows.sort((one, other) => one.at - other.at);
}

/**
 * Somebody has seen these.
 * @param {Settled[]} seen
 */
export async function forgetSettled(seen) {
  await inStores([SETTLED], "readwrite", async (told) => {
    for (const { key } of seen) await asked(told.delete(key));
  });
}

/**
 * What may be shown of a code: the number that stands below it. A code itself opens a card.
 * @param {string} code
 */
export function numberOf(code) {
  const digits = /^SW1:(\d{4})(\d{4})/i.exec(code) ?? /^(\d{4}) ?(\d{4})$/.exec(code.trim());
  return digits ? `${digits[1]} ${digits[2]}` : "";
}

/** @param {Scan} scan */
function isLeft({ at, asking }) {
  const [since, most] = asking === undefined ? [at, ASKED_FOR] : [asking, AMOUNT_ASKED_FOR];
  return Math.abs(Date.now() - since) > most;
}

/** @returns {Promise<Scan[]>} */
function all() {
  return inStores([SCANS], "readonly", (scans) => asked(scans.index("at").getAll()));
}
