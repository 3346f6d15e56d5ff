// SPDX-License-Identifier: Apache-2.0

import { copyText } from "./copy.js";

/**
 * Opens the phone's own share sheet for `data-shares` (an address, empty for this page); where there is
 * none, copies the address instead and says `data-done`.
 * @param {HTMLElement} button
 */
export async function sharePage(button) {
  const url = new URL(button.dataset.shares || location.href, location.href).href;
  if (!navigator.share) {
    button.dataset.copies = url;
    await copyText(button);
    return;
  }
  try {
    await navigator.share({ url, title: button.dataset.title || document.title });
  } catch {
    // The person closed the sheet: that is an answer, not a fault.
  }
}
