// SPDX-License-Identifier: Apache-2.0
// What is not saved just like that: a number that no card can have, and the same card once more within the pause.

import { kept, numberOf } from "../stations/queue.js";
import { knownFacts } from "./shift.js";

const DOUBLED = "0246813579"; // and of 10 and more the sum of the digits
const NUMBER = /^[\s\d.,/_·•‧・˙-]+$/;

/**
 * @param {string} code
 * @returns {boolean} whether it is a number of which a digit is wrong or missing: the last one checks the others
 */
export function isMistyped(code) {
  const digits = code.replace(/\D/g, "");
  const sum = [...digits].reduce((sum, digit, place) => sum + Number(place % 2 ? digit : DOUBLED[Number(digit)]), 0);
  return NUMBER.test(code) && (digits.length !== 8 || sum % 10 > 0);
}

/**
 * @param {import("../stations/queue.js").Scan} scan
 * @returns {Promise<number | undefined>} when the same card was saved last, within the pause between two stamps
 */
export async function savedBefore({ code, at }) {
  const pause = ((await knownFacts())?.pause ?? 0) * 1000;
  const card = numberOf(code) || code;
  const stamps = (await kept()).filter((scan) => !scan.reward && scan.takenBack === undefined);
  const same = stamps.filter((scan) => (numberOf(scan.code) || scan.code) === card && Math.abs(at - scan.at) < pause);
  return same.at(-1)?.at;
}
