// SPDX-License-Identifier: Apache-2.0

const GONE_AFTER = 4000;

/**
 * Remembers which codes are in view, each by itself, so that a card held before the camera is scanned once
 * and again only after it was gone for some seconds.
 */
export class Seen {
  /** @type {Map<string, number>} */
  #last = new Map();

  /**
   * @param {string} code
   * @param {number} [now]
   * @returns {boolean} true when this code was not in view before
   */
  isNew(code, now = performance.now()) {
    const identity = identityOf(code);
    const last = this.#last.get(identity);
    this.#last.set(identity, now);
    return last === undefined || now - last > GONE_AFTER;
  }

  /**
   * Keeps a code that was taken from counting as gone; says nothing about others, so that the next
   * customer's card, shown too early, is taken as soon as it may be.
   * @param {string} code
   * @param {number} [now]
   */
  stillThere(code, now = performance.now()) {
    if (this.#last.has(identityOf(code))) this.isNew(code, now);
  }
}

/**
 * A rotating code changes every half minute while it still is the same card.
 * @param {string} code
 */
export function identityOf(code) {
  const [kind, number] = code.split(":");
  return kind.toUpperCase() === "SW1" && number ? `SW1:${number}` : code;
}

/**
 * As the codes and links of rewards are written; everything else is for the server to know.
 * @param {string} code
 */
export function isVoucher(code) {
  return /^\s*V[B-HJ-LNPR-U]{32}\s*$/i.test(code) || /\/v\/[a-z0-9-]{1,40}\/[0-9a-f]{32}/.test(code);
}
