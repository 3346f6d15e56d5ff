// SPDX-License-Identifier: Apache-2.0
// Who works at this device, as far as it knows by itself.

import { forget, recall, remember } from "../stations/storage.js";

/**
 * @typedef {{id: string, name: string, pin_length: number, pin_mark: string}} Person
 * @typedef {{station: string, place: string, me: string, shift: string, shift_ends: number, people: Person[],
 *   pin_key: string, amounts: {amounts: import("./amount-pad.js").Amounts, always: boolean} | null,
 *   server_time: number}} Facts what a page tells of the shift that it belongs to, by the server's clock
 * @typedef {{text: string, name: string, ends: number}} Shift `ends` by the phone's clock
 */

const FACTS = "facts";
const SHIFT = "shift";
const LOCKED = "locked";

/** @returns {Promise<Facts | undefined>} of the last time with a connection */
export function knownFacts() {
  return recall(FACTS);
}

/**
 * Takes over what the page was given. False where this very shift was locked while there was no connection: then the
 * server has to be told, and nobody works here.
 * @param {Facts} facts
 */
export async function takeOver(facts) {
  await remember(FACTS, facts);
  const locked = await recall(LOCKED);
  if (locked && locked.me === facts.me && locked.ends === facts.shift_ends) return false;
  const name = facts.people.find(({ id }) => id === facts.me)?.name ?? "";
  // By the phone's clock, which may be wrong: so long from now as the server says.
  const ends = Date.now() + facts.shift_ends - facts.server_time;
  await remember(SHIFT, { text: facts.shift, name, ends });
  return true;
}

/** @returns {Promise<Shift | undefined>} */
export async function currentShift() {
  const shift = await recall(SHIFT);
  return shift && Date.now() < shift.ends ? shift : undefined;
}

/** @returns {Promise<boolean>} whether somebody worked here, for longer than a shift lasts */
export async function isOver() {
  const shift = await recall(SHIFT);
  return Boolean(shift) && Date.now() >= shift.ends;
}

/**
 * @param {Shift} shift
 */
export async function begin(shift) {
  await end();
  await remember(SHIFT, shift);
}

/** Whoever works here locks the device, or somebody else begins. */
export async function end() {
  const [facts, shift] = [await recall(FACTS), await recall(SHIFT)];
  if (facts && shift?.text === facts.shift) await remember(LOCKED, { me: facts.me, ends: facts.shift_ends });
  await forget(SHIFT);
}
