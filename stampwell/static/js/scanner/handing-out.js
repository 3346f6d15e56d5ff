// SPDX-License-Identifier: Apache-2.0
// A reward that is handed out without a connection, where the shop allows it: whoever does it says which one it is.

import { kept } from "../stations/queue.js";
import { identityOf } from "../stations/seen.js";

/** @typedef {{id: string, name: string, program: string}} Reward `program` where two have the same name */

/**
 * Asks which of the rewards that may be handed out the voucher shows, in the panel that shows results.
 * @param {import("./result.js").ResultPanel} result
 * @param {string} html
 * @param {Reward[]} rewards
 * @param {string} [outcome] "offer" waits, whatever comes into view
 * @returns {Promise<Reward | null>} null where somebody closed the panel, or it gave way to another one
 */
export function askReward(result, html, rewards, outcome = "offer") {
  result.show({ outcome, tone: "attention", html });
  const list = /** @type {HTMLElement} */ (document.querySelector("[data-result] [data-rewards]"));
  const panel = /** @type {HTMLElement} */ (list.closest("[data-result]"));
  return new Promise((done) => {
    const gone = new MutationObserver(() => list.isConnected || end(null));
    /** @param {Reward | null} reward */
    const end = (reward) => {
      gone.disconnect();
      done(reward);
    };
    gone.observe(panel, { childList: true });
    for (const reward of rewards) list.append(drawReward(reward, () => end(reward)));
  });
}

/**
 * @param {string} code
 * @returns {Promise<boolean>} whether this device itself has handed out a reward for the voucher, and not sent it yet
 */
export async function isHandedOut(code) {
  const scans = await kept();
  return scans.some((scan) => scan.reward && !scan.takenBack && identityOf(scan.code) === identityOf(code));
}

/**
 * @param {Reward} reward
 * @param {() => void} hands
 */
function drawReward({ name, program }, hands) {
  const button = document.createElement("button");
  button.type = "button";
  button.className = "button wide";
  button.textContent = program ? `${name} · ${program}` : name;
  button.addEventListener("click", hands, { once: true });
  return button;
}
