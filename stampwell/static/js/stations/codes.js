// SPDX-License-Identifier: Apache-2.0
// What a code is, as far as a device can tell without the server.

import { isVoucher } from "./seen.js";

// As the codes of receipts are written, alone or in their links.
const RECEIPT = /^(?:.*\/r\/[a-z0-9-]{1,40}\/)?R[0-9A-HJKMNP-TV-Z]{26}(?:[/?#].*)?$/i;
const NUMBER = /^[\s\d.,/_·•‧・˙-]+$/;

/**
 * Whatever is not known to be something else may be a card.
 * @param {string} code
 * @returns {"card" | "voucher" | "receipt" | "number"}
 */
export function kindOf(code) {
  if (isVoucher(code)) return "voucher";
  if (NUMBER.test(code)) return "number"; // the barcode of a product, or told by heart: no card where nobody looks
  return RECEIPT.test(code.trim()) ? "receipt" : "card";
}
