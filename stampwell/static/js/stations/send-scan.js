// SPDX-License-Identifier: Apache-2.0
// How a scan of a kiosk or an autopilot reaches the server: at once, or later, when it had to be kept.

import { kindOf } from "./codes.js";
import { contactText } from "./facts.js";
import { mustKeep, tellKept } from "./kept-scans.js";
import { keep, remove, store } from "./queue.js";
import { NoResult, ONE_TRY, newKey, sendUntil } from "./sending.js";

/** @typedef {import("./sending.js").Answer} Answer */
/** @typedef {import("./queue.js").Scan} Scan */

const LATE = 4000; // nobody stands there and waits for a thumb: a slow answer is better than a promise

/** The server was not reached in time; whether it has taken the scan is not known. */
export class NotReached extends Error {}

export { NoResult };

/**
 * A card that gets no answer within four seconds is kept; so is each one behind it. All else is asked for as long as the
 * patience lasts. Throws NotReached where there was no answer to what is not kept.
 * @param {string} url
 * @param {string} code
 * @param {{locale?: string, patience: number}} how `locale` of the sentence that is on the screen; patience in milliseconds
 * @returns {Promise<{answer?: Answer, kept?: string}>} the answer, or the key of the scan that was kept
 */
export async function sendOrKeep(url, code, { locale, patience }) {
  const scan = { key: newKey(), code, at: Date.now(), shift: await contactText() };
  const keeps = kindOf(code) === "card" && (await store(scan).then(() => true, () => false));
  if (keeps && mustKeep()) return keepScan(scan);
  try {
    const answer = await send(url, { key: scan.key, code, locale }, keeps ? LATE : patience);
    if (keeps) await remove(scan.key).catch(() => {});
    return { answer };
  } catch (error) {
    if (keeps && error instanceof NotReached) return keepScan(scan);
    if (keeps) await remove(scan.key).catch(() => {});
    throw error;
  }
}

/**
 * Sends until the server answers or the time is over, always with the same key. Throws NotReached.
 * @param {string} url
 * @param {{key: string, code?: string, locale?: string}} what
 * @param {number} patience in milliseconds
 * @returns {Promise<Answer>}
 */
export async function send(url, what, patience) {
  const end = performance.now() + (navigator.onLine ? patience : ONE_TRY);
  const answer = await sendUntil(end, { url, body: JSON.stringify(what), contentType: "application/json" });
  if (!answer) throw new NotReached();
  return answer;
}

/**
 * @param {Scan} scan
 * @returns {Promise<{kept: string}>}
 */
async function keepScan(scan) {
  await keep(scan);
  await tellKept();
  return { kept: scan.key };
}
