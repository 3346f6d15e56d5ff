// SPDX-License-Identifier: Apache-2.0
// RFC 6238: HMAC-SHA1, steps of 30 seconds, eight digits, the same as Google Wallet shows.

export const STEP = 30_000;
const DIGITS = 8;

/** @param {number} now in milliseconds */
export function stepAt(now) {
  return Math.floor(now / STEP);
}

/**
 * @param {string} secret in hexadecimal
 * @param {number} step
 * @returns {Promise<string>} eight digits
 */
export async function codeAtStep(secret, step) {
  const counter = new DataView(new ArrayBuffer(8));
  counter.setBigUint64(0, BigInt(step));
  const key = await crypto.subtle.importKey("raw", bytesOf(secret), { name: "HMAC", hash: "SHA-1" }, false, ["sign"]);
  const digest = new DataView(await crypto.subtle.sign("HMAC", key, counter.buffer));
  const offset = digest.getUint8(digest.byteLength - 1) & 15;
  const number = digest.getUint32(offset) & 0x7fffffff;
  return String(number % 10 ** DIGITS).padStart(DIGITS, "0");
}

/** @param {string} hexadecimal */
function bytesOf(hexadecimal) {
  return Uint8Array.from(hexadecimal.match(/../g) ?? [], (pair) => parseInt(pair, 16));
}
