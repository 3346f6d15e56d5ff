// SPDX-License-Identifier: Apache-2.0

import { csrfToken } from "../csrf.js";

/** @typedef {{outcome: string, html: string, tone?: "good" | "attention" | "bad" | "kept", undo_until?: number}} Answer */

/** The patience with a browser that says that it is offline: some are wrong. */
export const ONE_TRY = 1000;

const PATIENCE = 10_000;
const PAUSES = [500, 1000, 2000, 4000, 8000];

/** An answer that is no result; the message is the name of the sentence to show. */
export class NoResult extends Error {}

/** @returns {string} a key that makes a second sending of the same thing harmless */
export function newKey() {
  if (crypto.randomUUID) return crypto.randomUUID();
  // Plain http in a shop's own network has no randomUUID.
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
}

/**
 * Sends until the server answers: what failed on the way (no network, 429, 5xx) is sent again with the same key, as
 * long as there is time. The network may be gone for longer than a customer waits.
 * @param {number} end by `performance.now()`; Infinity where there is nothing else to do
 * @param {{url: string, body: string, contentType: string, onTryAgain?: () => void}} what
 * @returns {Promise<Answer | null>} null where time is up
 */
export async function sendUntil(end, { url, body, contentType, onTryAgain }) {
  for (let tries = 0; ; tries += 1) {
    const response = await sendOnce(url, body, contentType, Math.min(PATIENCE, end - performance.now()));
    if (response && response.status !== 429 && response.status < 500) return readAnswer(response);
    const wait = pauseOf(tries, response);
    if (performance.now() + wait >= end) return null;
    onTryAgain?.();
    await pause(wait);
  }
}

/**
 * Null where no whole answer came: one that is cut off says nothing.
 * @param {string} url
 * @param {BodyInit} body
 * @param {string} contentType
 * @param {number} [patience] in milliseconds
 */
export async function sendOnce(url, body, contentType, patience = PATIENCE) {
  const headers = { "Content-Type": contentType, Accept: "application/json", "X-CSRFToken": csrfToken() };
  const signal = AbortSignal.timeout(Math.max(1, patience));
  try {
    const response = await fetch(url, { method: "POST", headers, body, signal });
    await response.clone().arrayBuffer();
    return response;
  } catch {
    return null;
  }
}

/**
 * @param {Response} response
 * @returns {Promise<Answer>}
 */
export async function readAnswer(response) {
  if (response.redirected || [401, 403].includes(response.status)) throw new NoResult("signed_out");
  const answer = await response.json().catch(() => null);
  if (typeof answer?.html !== "string") throw new NoResult("not_understood");
  return answer;
}

/**
 * Longer each time, or as long as the server says.
 * @param {number} tries
 * @param {Response | null} response
 */
function pauseOf(tries, response) {
  const asked = Number(response?.headers.get("Retry-After")) * 1000;
  return asked || PAUSES[Math.min(tries, PAUSES.length - 1)];
}

/**
 * A connection that comes back ends the wait.
 * @param {number} wait
 */
function pause(wait) {
  return new Promise((done) => {
    const ready = () => {
      clearTimeout(timer);
      window.removeEventListener("online", ready);
      done(undefined);
    };
    const timer = setTimeout(ready, wait);
    window.addEventListener("online", ready);
  });
}
