// SPDX-License-Identifier: Apache-2.0
// Somebody else goes on at this phone: a tap on the name of who works, one on that of the colleague, and the PIN. The
// page stays, with the camera and with what is open on it.

import { csrfToken } from "../csrf.js";
import { givenFacts } from "../stations/facts.js";
import { text } from "../texts.js";
import { showToast } from "../toast.js";
import { noteRight, noteTyped } from "./noted-pins.js";
import { drawPeople, initialOf } from "./person-tiles.js";
import { takeOver } from "./shift.js";

/** @typedef {import("./shift.js").Person} Person */

const PATIENCE = 10_000;

const dialog = /** @type {HTMLDialogElement} */ (document.querySelector("[data-hand-over]"));
const form = /** @type {HTMLFormElement} */ (dialog.querySelector("form"));
const field = /** @type {HTMLInputElement} */ (form.querySelector("[data-pad-field]"));
const list = /** @type {HTMLElement} */ (dialog.querySelector("[data-people]"));
let facts = givenFacts();
/** @type {Person | undefined} */
let chosen;
let asking = false;

/**
 * @param {string} name
 * @returns {HTMLElement}
 */
function part(name) {
  return /** @type {HTMLElement} */ (dialog.querySelector(`[data-${name}]`));
}

function showPeople() {
  const others = facts?.people.filter(({ id }) => id !== facts?.me) ?? [];
  drawPeople(list, others, askPin);
  part("hand-over-nobody").hidden = others.length > 0;
  part("hand-over-people").hidden = false;
  form.hidden = true;
  say("");
}

/** @param {Person} person */
function askPin(person) {
  chosen = person;
  form.dataset.pinLength = String(person.pin_length || "");
  part("pin-name").textContent = person.name;
  part("pin-initial").textContent = initialOf(person);
  part("hand-over-people").hidden = true;
  form.hidden = false;
  empty();
  field.focus();
}

function empty() {
  field.value = "";
  field.dispatchEvent(new Event("input"));
}

/**
 * @param {string} words
 * @param {string} [next] what to do now
 */
function say(words, next = "") {
  part("hand-over-said").hidden = !words;
  part("hand-over-title-said").textContent = words;
  part("hand-over-next").textContent = next;
}

form.addEventListener("submit", async (event) => {
  event.preventDefault();
  if (!chosen || asking) return;
  if (document.querySelector("[data-scanner].sending")) {
    empty();
    return say(text("one_at_a_time")); // it would be refused, as of a shift that is over
  }
  asking = true;
  const answer = await send(chosen, field.value).finally(() => (asking = false));
  empty();
  if (!answer) say(text("hand_over_unreachable"));
  else if (answer.outcome === "taken_over") await goOn(answer);
  else say(answer.title, answer.what_to_do);
});

/**
 * @param {Person} person
 * @param {string} pin
 */
async function send({ id }, pin) {
  await noteTyped(pin).catch(() => {});
  const url = `${dialog.dataset.handOver}/${id}/shift`;
  const headers = { Accept: "application/json", "X-CSRFToken": csrfToken() };
  const signal = AbortSignal.timeout(PATIENCE);
  const body = new URLSearchParams({ pin });
  const answer = await fetch(url, { method: "POST", headers, body, signal }).catch(() => null);
  if (answer && [401, 403, 404].includes(answer.status)) location.reload(); // switched off, or that person has left
  return answer?.ok ? answer.json().catch(() => null) : null;
}

/** @param {{name: string, facts: import("./shift.js").Facts}} answer */
async function goOn(answer) {
  facts = answer.facts;
  const block = document.getElementById("offline-facts");
  if (block) block.textContent = JSON.stringify(facts); // whoever asks the page reads of the new shift
  await takeOver(facts).catch(() => {});
  await noteRight(facts.people.find(({ id }) => id === facts?.me)).catch(() => {});
  /** @type {HTMLElement} */ (document.querySelector("[data-who]")).textContent = answer.name;
  dialog.close();
  showToast(text("handed_over_to").replace("{name}", answer.name));
}

document.querySelector("[data-opens=hand-over]")?.addEventListener("click", showPeople);
dialog.addEventListener("close", empty);
