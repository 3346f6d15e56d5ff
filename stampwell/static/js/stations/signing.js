// SPDX-License-Identifier: Apache-2.0
// A key that this browser makes and never lets out: what it signs was scanned at this device.

import { DEVICE, asked, inStores, recall, remember } from "./storage.js";
import { sendOnce } from "./sending.js";

/** @typedef {import("./queue.js").Scan} Scan */

const KEY = "key";
const REGISTERED = "registered";
const CURVE = { name: "ECDSA", namedCurve: "P-256" };

/** Without https a browser has nothing to sign with; then the device's cookie alone says who it is. */
export const canSign = Boolean(globalThis.crypto?.subtle);

/**
 * @param {Scan} scan
 * @returns {Promise<string>} empty where the browser cannot sign
 */
export async function signature({ key, sequence, code, at, amount, shift, reward, takenBack }) {
  if (!canSign) return "";
  const { privateKey } = await keyPair();
  const alone = `stampwell-scan-1\n${[key, sequence, code, at, "", amount ?? "", shift ?? ""].join("\n")}`;
  const scan = reward === undefined ? alone : `stampwell-handed-out-1\n${alone}\n${reward}`;
  const signed = takenBack === undefined ? scan : `stampwell-taken-back-1\n${scan}\n${takenBack}`;
  const bytes = await crypto.subtle.sign({ name: "ECDSA", hash: "SHA-256" }, privateKey, new TextEncoder().encode(signed));
  return base64url(bytes);
}

/**
 * Tells the server this device's key, once for each station that the device becomes.
 * @param {string} url
 * @param {string} [station] where it is known
 */
export async function registerKey(url, station) {
  const registered = await recall(REGISTERED);
  if (!canSign || (registered && (!station || registered === station))) return;
  const { publicKey } = await keyPair();
  const key = base64url(await crypto.subtle.exportKey("raw", publicKey));
  const answer = await sendOnce(url, JSON.stringify({ key }), "application/json");
  if (!answer?.ok) return; // asked again by the next page; a scan that nobody can vouch for is decided by the owner
  const said = await answer.json().catch(() => null);
  if (said?.station) await remember(REGISTERED, said.station);
}

/** @returns {Promise<CryptoKeyPair>} */
async function keyPair() {
  const known = await recall(KEY);
  if (known) return known;
  const made = await crypto.subtle.generateKey(CURVE, false, ["sign", "verify"]);
  // Another tab may have made one meanwhile: the first that is kept is the device's.
  return inStores([DEVICE], "readwrite", async (device) => {
    const row = await asked(device.get(KEY));
    if (row) return row.value;
    await asked(device.put({ name: KEY, value: made }));
    return made;
  });
}

/** @param {ArrayBuffer | Uint8Array} bytes */
export function base64url(bytes) {
  const text = btoa(String.fromCharCode(...new Uint8Array(bytes)));
  return text.replaceAll("+", "-").replaceAll("/", "_").replaceAll("=", "");
}

/**
 * @param {string} text
 * @returns {Uint8Array<ArrayBuffer>}
 */
export function bytesOf(text) {
  return Uint8Array.from(atob(text.replaceAll("-", "+").replaceAll("_", "/")), (sign) => sign.charCodeAt(0));
}
