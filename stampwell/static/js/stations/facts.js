// SPDX-License-Identifier: Apache-2.0

/**
 * What the page was given so that the device can go on without a connection: which station it is and, as `shift`, the
 * text that it puts to each scan it keeps; more where somebody has signed in.
 * @typedef {{station: string, shift: string}} StationFacts
 */

/** @returns {any} null where the page was given nothing */
export function givenFacts() {
  const block = document.getElementById("offline-facts");
  return block ? JSON.parse(block.textContent || "null") : null;
}
