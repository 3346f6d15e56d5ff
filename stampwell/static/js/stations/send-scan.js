// SPDX-License-Identifier: Apache-2.0
// How a scan of a kiosk or an autopilot reaches the server; what is kept while there is no network will come here.

import { NoResult, readAnswer, sendOnce } from "./sending.js";

/** @typedef {import("./sending.js").Answer} Answer */
/** @typedef {{key: string, code: string, locale?: string}} Scan */

const PAUSES = [500, 1000, 2000, 4000, 8000];

/** The server was not reached in time; whether it has taken the scan is not known. */
export class NotReached extends Error {}

export { NoResult };

/**
 * Sends until the server answers or the time is over, always with the same key.
 * @param {string} url
 * @param {Scan} scan
 * @param {number} patience in milliseconds
 * @returns {Promise<Answer>}
 */
export async function sendScan(url, scan, patience) {
  const until = performance.now() + patience;
  for (let tries = 0; ; tries += 1) {
    const left = until - performance.now();
    if (left <= 0 || (!navigator.onLine && tries)) throw new NotReached();
    const response = await sendOnce(url, JSON.stringify(scan), "application/json", left);
    if (response && response.status !== 429 && response.status < 500) return readAnswer(response);
    const wait = PAUSES[Math.min(tries, PAUSES.length - 1)];
    await new Promise((done) => setTimeout(done, wait));
  }
}
