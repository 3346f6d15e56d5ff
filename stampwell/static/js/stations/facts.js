// SPDX-License-Identifier: Apache-2.0
// What a page was given so that its device can go on without a connection.

import { recall, remember } from "./storage.js";

const FACTS = "facts";

/** @returns {any} null where the page was given nothing; else at least `station` and `shift` */
export function givenFacts() {
  const block = document.getElementById("offline-facts");
  return block ? JSON.parse(block.textContent || "null") : null;
}

/**
 * Of a device on which nobody signs in. The page that opens without a connection goes on with those of the last one.
 * @returns {Promise<string>} what is put to each scan; empty where the device keeps nothing
 */
export async function contactText() {
  const given = givenFacts();
  if (given) await remember(FACTS, given).catch(() => {});
  return (given ?? (await recall(FACTS)))?.shift ?? "";
}
