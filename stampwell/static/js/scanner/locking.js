// SPDX-License-Identifier: Apache-2.0
// The shift of the page that was opened: known to the device from now on, and over when somebody locks it.

import { givenFacts } from "../stations/facts.js";
import { noteRight } from "./noted-pins.js";
import { needsKeptPage } from "./reachable.js";
import { end, takeOver } from "./shift.js";

const form = /** @type {HTMLFormElement | null} */ (document.querySelector("[data-locks]"));
/** @type {import("./shift.js").Facts | null} */
const facts = givenFacts();

form?.addEventListener("submit", async (event) => {
  event.preventDefault();
  await end().catch(() => {});
  if (await needsKeptPage()) location.assign(form.dataset.locks ?? "");
  else form.submit();
});

if (facts) {
  noteRight(facts.people.find((person) => person.id === facts.me)).catch(() => {});
  const isOpen = await takeOver(facts).catch(() => true);
  if (!isOpen) form?.submit();
}
