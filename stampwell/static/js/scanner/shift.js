// SPDX-License-Identifier: Apache-2.0
// Who works at this device, as far as it knows by itself.

import { DEVICE, asked, forget, inStores, recall, remember } from "../stations/storage.js";

/**
 * @typedef {{id: string, name: string, pin_length: number, pin_mark: string}} Person
 * @typedef {{station: string, place: string, me: string, shift: string, shift_ends: number, people: Person[],
 *   pin_key: string, pause?: number, amounts: {amounts: import("./amount-pad.js").Amounts, always: boolean} | null,
 *   rewards?: import("./handing-out.js").Reward[], server_time: number}} Facts of the shift, by the server's clock
 * @typedef {{text: string, name: string, ends: number, seen?: number}} Shift by the phone's clock
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

// A clock that is set back takes the end along: as much is left as when somebody looked last.
/** @returns {Promise<Shift | undefined>} */
function look() {
  return inStores([DEVICE], "readwrite", async (device) => {
    const row = await asked(device.get(SHIFT));
    if (!row) return undefined;
    const shift = row.value;
    const now = Date.now();
    shift.ends -= Math.max(0, shift.seen - now || 0);
    shift.seen = now;
    await asked(device.put(row));
    return shift;
  }).catch(() => undefined);
}

/** @returns {Promise<Shift | undefined>} */
export async function currentShift() {
  const shift = await look();
  return shift && Date.now() < shift.ends ? shift : undefined;
}

/** @returns {Promise<boolean>} whether somebody worked here, for longer than a shift lasts */
export async function isOver() {
  return Boolean(await recall(SHIFT)) && !(await currentShift());
}

setInterval(look, 60_000);

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
