// SPDX-License-Identifier: Apache-2.0
// The scanner that opens without a connection: who works, their PIN, then scanning. It is left as soon as the server
// answers and nobody is in the middle of something.

import { isBusy } from "../stations/shell.js";
import { text as words } from "../texts.js";
import { drawPeople, initialOf } from "./person-tiles.js";
import { judge, sealFor } from "./pins.js";
import { isReachable } from "./reachable.js";
import { begin, currentShift, end, knownFacts } from "./shift.js";

/** @typedef {import("./shift.js").Facts} Facts */
/** @typedef {import("./shift.js").Person} Person */

const OFTEN = 4000;
const SHIFT_LASTS = 12 * 3600_000; // as the server has it

/**
 * @param {string} name
 * @returns {HTMLElement}
 */
function part(name) {
  return /** @type {HTMLElement} */ (document.querySelector(`[data-${name}]`));
}

const form = /** @type {HTMLFormElement} */ (document.querySelector("[data-pin-length]"));
const field = /** @type {HTMLInputElement} */ (form.querySelector("[data-pad-field]"));
const said = part("pin-said");
/** @type {Person | undefined} */
let chosen;
/** @type {Facts | undefined} */
let facts;

async function start() {
  facts = await knownFacts();
  const shift = await currentShift();
  if (shift) show("scanner", facts?.place, shift.name);
  else showPeople();
}

function showPeople() {
  if (!facts?.people.length) return show("nobody");
  drawPeople(part("people"), facts.people, askPin);
  show("choosing", facts.place);
}

/** @param {Person} person */
function askPin(person) {
  chosen = person;
  form.dataset.pinLength = String(person.pin_length || "");
  part("pin-name").textContent = person.name;
  part("pin-initial").textContent = initialOf(person);
  said.hidden = true;
  empty();
  show("pin-length", facts?.place, person.name);
}

function empty() {
  field.value = "";
  field.dispatchEvent(new Event("input"));
}

form.addEventListener("submit", async (event) => {
  event.preventDefault();
  if (!chosen || !facts || !field.value) return;
  const pin = field.value;
  const judged = await judge(chosen, pin);
  if (judged !== "fits") {
    said.hidden = false;
    part("pin-trouble").textContent = words(judged === "locked" ? "offline_pin_locked" : "offline_pin_wrong");
    empty();
    return;
  }
  const began = Date.now();
  const sealed = await sealFor(pin, { station: facts.station, member: chosen.id, began, publicKey: facts.pin_key });
  const text = `offline:${chosen.id}:${began}:${sealed}`;
  await begin({ text, name: chosen.name, ends: began + SHIFT_LASTS });
  empty();
  show("scanner", facts.place, chosen.name);
});

/**
 * One part of the page alone, under the name of the place and of who works there.
 * @param {string} name
 * @param {string} [place]
 * @param {string} [who]
 */
function show(name, place = "", who = "") {
  for (const one of ["nobody", "choosing", "pin-length", "scanner"]) part(one).hidden = one !== name;
  part("lock").hidden = name !== "scanner";
  part("to-people").hidden = name !== "pin-length";
  part("place").textContent = place;
  part("who").textContent = who;
}

part("lock").addEventListener("click", async () => {
  await end();
  location.reload();
});
part("to-people").addEventListener("click", showPeople);

async function leaveWhenReachable() {
  const isThere = await isReachable();
  part("reachable").hidden = !isThere;
  if (isThere && !isBusy()) location.reload();
}

part("go-on").addEventListener("click", () => location.reload());
window.addEventListener("online", leaveWhenReachable);
setInterval(leaveWhenReachable, OFTEN);
start().catch(() => show("nobody"));
