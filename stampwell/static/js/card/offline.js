// SPDX-License-Identifier: Apache-2.0

/**
 * Keeps this card and what it is drawn with on the phone, so that it opens without a connection.
 * @param {string} worker the service worker's address, above every card
 */
export async function keepForOffline(worker) {
  if (!navigator.serviceWorker || document.documentElement.dataset.fromCache !== undefined) return;
  await navigator.serviceWorker.register(worker, { scope: new URL("./", new URL(worker, location.href)).pathname });
  const ready = await navigator.serviceWorker.ready;
  ready.active?.postMessage({ keep: { page: location.href, parts: partsOfPage() } });
}

/** Everything of our own that the page has loaded: styles, modules, pictures. */
function partsOfPage() {
  const linked = Array.from(document.querySelectorAll("link[rel=stylesheet], link[rel=icon], link[rel=manifest]"),
    (link) => /** @type {HTMLLinkElement} */ (link).href);
  const loaded = performance.getEntriesByType("resource")
    .filter((part) => ["script", "link", "css", "img", "use", "other"].includes(
      /** @type {PerformanceResourceTiming} */ (part).initiatorType))
    .map((part) => part.name);
  return Array.from(new Set([...linked, ...loaded])).filter((url) => url.startsWith(location.origin));
}
