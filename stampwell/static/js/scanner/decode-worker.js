// SPDX-License-Identifier: Apache-2.0
// Reads codes from pictures away from the page's own thread, so that buttons answer at once.

import { prepareZXingModule, readBarcodes } from "../../vendor/zxing/reader/index.js";

const READ = {
  /** @type {("QRCode" | "Aztec" | "Code128" | "PDF417" | "EAN13")[]} */
  formats: ["QRCode", "Aztec", "Code128", "PDF417", "EAN13"],
  maxNumberOfSymbols: 1,
};
const QUICK = { ...READ, tryHarder: false, tryInvert: false, tryRotate: true, tryDownscale: false };
const HARD = { ...READ, tryHarder: true, tryInvert: true, tryRotate: true, tryDownscale: true };

self.addEventListener("message", async ({ data }) => {
  try {
    self.postMessage(data.wasm ? await prepare(data.wasm) : { text: await decode(data.picture, data.hard) });
  } catch (error) {
    self.postMessage({ trouble: String(error) });
  }
});

/** @param {string} wasm the decoder's address; without it the package would ask a server of its maker */
async function prepare(wasm) {
  await prepareZXingModule({ overrides: { locateFile: () => wasm }, fireImmediately: true });
  return { ready: true };
}

/**
 * @param {ImageData} picture
 * @param {boolean} hard
 */
async function decode(picture, hard) {
  const [found] = await readBarcodes(picture, hard ? HARD : QUICK);
  return found?.isValid ? found.text : "";
}
