// SPDX-License-Identifier: Apache-2.0
// With a connection a device notes what it needs to notice a slip of the finger without one.

import { recall, remember } from "../stations/storage.js";
import { PINS, bitsOf } from "./pins.js";

/** @typedef {import("./shift.js").Person} Person */

const TYPED = "typed-pin";

/**
 * A PIN that is on its way to the server, which says whether it is right.
 * @param {string} pin
 */
export async function noteTyped(pin) {
  if (globalThis.crypto?.subtle) await remember(TYPED, await bitsOf(pin));
}

/**
 * The server has let this person in: what was typed was right.
 * @param {Person | undefined} person
 */
export async function noteRight(person) {
  const bits = await recall(TYPED);
  if (!person || bits === undefined) return;
  const pins = (await recall(PINS)) ?? {};
  await remember(PINS, { ...pins, [person.id]: { mark: person.pin_mark, bits } });
  await remember(TYPED, undefined);
}
