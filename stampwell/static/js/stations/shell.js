// SPDX-License-Identifier: Apache-2.0
// Keeps the page of a station on its device, so that it opens without a connection, and takes over a new version when nobody is
// in the middle of something.

// The address carries the language: the page that is kept for times without a connection is written in it.
const { serviceWorker } = document.body.dataset;
const workers = navigator.serviceWorker;
const [FIRST, LONGEST] = [5_000, 600_000];
const LOOKS_EVERY = 5_000;
let isNew = false;

async function keepShell() {
  let had = Boolean(workers.controller);
  workers.addEventListener("controllerchange", () => {
    if (had && !isNew) setInterval(takeOverNew, LOOKS_EVERY); // a page that always lies open is busy now and free later
    isNew = had;
    had = true; // the first that looks after a page that was opened without one is no new version
    takeOverNew();
  });
  await register(FIRST);
  // Without this a phone that runs out of room may throw away scans that were not sent yet.
  await navigator.storage?.persist?.();
}

// A worker may fail to begin, on a poor network; one that began while this page was on its way does not look after it.
/** @param {number} pause */
async function register(pause) {
  if (pause > FIRST && workers.controller) return; // it came meanwhile, perhaps of a tab with a newer version
  if (navigator.onLine) {
    const kept = await workers.register(`${serviceWorker}?language=${document.documentElement.lang}`).catch(() => null);
    if (workers.controller) return;
    kept?.active?.postMessage("");
  }
  setTimeout(register, pause, Math.min(pause * 2, LONGEST));
}

// What was scanned lies in the phone's storage, whatever page is open.
function takeOverNew() {
  if (isNew && (document.visibilityState === "hidden" || !isBusy())) location.reload();
}

/** @returns {boolean} whether somebody would lose something if the page were opened anew */
export function isBusy() {
  const result = document.querySelector("[data-result]");
  // A slider always has a value.
  const typed = [...document.querySelectorAll("input:not([type=hidden], [type=range])")].some((field) => {
    return /** @type {HTMLInputElement} */ (field).value !== "";
  });
  const scanning = document.querySelector("[data-scanner].running, [data-scanner].sending, [data-busy], dialog[open]");
  return Boolean(typed || scanning || result?.childElementCount);
}

if (serviceWorker && workers) {
  keepShell().catch(() => {
    // A browser without storage shows its own page when there is no connection.
  });
  document.addEventListener("visibilitychange", takeOverNew);
}
