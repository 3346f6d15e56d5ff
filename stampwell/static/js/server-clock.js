// SPDX-License-Identifier: Apache-2.0
// Phones' clocks are wrong by minutes more often than one thinks; codes and countdowns follow the server's.

const KEPT = "server-clock-offset";

/**
 * @param {number} serverNow the server's time when it wrote the page, in milliseconds
 * @returns {() => number} the server's time now, in milliseconds
 */
export function serverClock(serverNow) {
  const offset = isFromCache() ? keptOffset() : serverNow - loadedAt();
  if (!isFromCache()) keepOffset(offset);
  return () => Date.now() + offset;
}

// The service worker marks a page that it answers offline: that page's server time is an old one.
function isFromCache() {
  return document.documentElement.dataset.fromCache !== undefined;
}

/** When the answer began to arrive; the time the scripts take to load is not the clock's fault. */
function loadedAt() {
  const [page] = /** @type {PerformanceNavigationTiming[]} */ (performance.getEntriesByType("navigation"));
  const since = performance.now() - (page?.responseStart || performance.now());
  return Date.now() - since;
}

function keptOffset() {
  try {
    return Number(localStorage.getItem(KEPT)) || 0;
  } catch {
    return 0; // storage is forbidden in some private windows
  }
}

/** @param {number} offset */
function keepOffset(offset) {
  try {
    localStorage.setItem(KEPT, String(offset));
  } catch {
    // only the offline reading of a phone with a wrong clock suffers
  }
}
