// SPDX-License-Identifier: Apache-2.0
// What this device knows of PINs, to notice a slip of the finger: of each five bits, which say nothing without a key
// that the browser does not let out.

import { base64url, bytesOf } from "../stations/signing.js";
import { recall, remember } from "../stations/storage.js";

/** @typedef {import("./shift.js").Person} Person */

const KEY = "pin-key";
export const PINS = "pins";
const TRIES = "pin-tries";
const BITS = 5;
const MOST = 5;
const WITHIN = 10 * 60_000;
const SEALED = "stampwell-pin-1";

/**
 * @param {Person} person
 * @param {string} pin
 * @returns {Promise<"fits" | "wrong" | "locked">} "fits" also where this device has never seen that person's PIN
 */
export async function judge(person, pin) {
  const tries = (await recall(TRIES)) ?? {};
  const recent = (tries[person.id] ?? []).filter((/** @type {number} */ at) => Math.abs(Date.now() - at) < WITHIN);
  if (recent.length >= MOST) return "locked";
  const known = (await recall(PINS))?.[person.id];
  const fits = known?.mark !== person.pin_mark || known.bits === (await bitsOf(pin));
  await remember(TRIES, { ...tries, [person.id]: fits ? [] : [...recent, Date.now()] });
  return fits ? "fits" : "wrong";
}

/**
 * For the server alone, and for this one shift: what began without a connection is sent with its PIN.
 * @param {string} pin
 * @param {{station: string, member: string, began: number, publicKey: string}} shift
 */
export async function sealFor(pin, { station, member, began, publicKey }) {
  const curve = { name: "ECDH", namedCurve: "P-256" };
  const theirs = await crypto.subtle.importKey("raw", bytesOf(publicKey), curve, false, []);
  const ours = await crypto.subtle.generateKey(curve, true, ["deriveBits"]);
  const shared = await crypto.subtle.deriveBits({ name: "ECDH", public: theirs }, ours.privateKey, 256);
  const secret = await crypto.subtle.importKey("raw", shared, "HKDF", false, ["deriveKey"]);
  const derived = { name: "HKDF", hash: "SHA-256", salt: new Uint8Array(), info: encode(SEALED) };
  const key = await crypto.subtle.deriveKey(derived, secret, { name: "AES-GCM", length: 256 }, false, ["encrypt"]);
  const iv = crypto.getRandomValues(new Uint8Array(12));
  const additionalData = encode([SEALED, station, member, began].join("\n"));
  const sealed = await crypto.subtle.encrypt({ name: "AES-GCM", iv, additionalData }, key, encode(pin));
  const point = await crypto.subtle.exportKey("raw", ours.publicKey);
  return base64url(new Uint8Array([...new Uint8Array(point), ...iv, ...new Uint8Array(sealed)]));
}

/** @param {string} text */
function encode(text) {
  return new TextEncoder().encode(text);
}

/** @param {string} pin */
export async function bitsOf(pin) {
  let key = await recall(KEY);
  if (!key) {
    key = await crypto.subtle.generateKey({ name: "HMAC", hash: "SHA-256" }, false, ["sign"]);
    await remember(KEY, key);
  }
  const [first] = new Uint8Array(await crypto.subtle.sign("HMAC", key, encode(pin)));
  return first >> (8 - BITS);
}
