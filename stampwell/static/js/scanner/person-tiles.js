// SPDX-License-Identifier: Apache-2.0

/** @typedef {import("./shift.js").Person} Person */

/**
 * A tile for each, made of the template beside it.
 * @param {HTMLElement} list
 * @param {Person[]} people
 * @param {(person: Person) => void} choose
 */
export function drawPeople(list, people, choose) {
  const template = /** @type {HTMLTemplateElement} */ (list.parentElement?.querySelector("template[data-person]"));
  const tiles = people.map((person) => {
    const tile = /** @type {HTMLElement} */ (template.content.firstElementChild?.cloneNode(true));
    /** @type {HTMLElement} */ (tile.querySelector(".initial")).textContent = initialOf(person);
    tile.append(person.name);
    tile.addEventListener("click", () => choose(person));
    return tile;
  });
  list.replaceChildren(...tiles);
}

/** @param {Person} person */
export function initialOf({ name }) {
  return [...name][0].toUpperCase();
}
