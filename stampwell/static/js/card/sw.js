// SPDX-License-Identifier: Apache-2.0
// The service worker of the web card: a card that was opened once opens without a connection, as it last was.
// A classic script (older Firefox knows no module workers), served above every card: /c/sw.js with scope /c/.

const PAGES = "card-pages-1";
const PARTS = "card-parts-1";
const CARDS_KEPT = 5;
const PATIENCE = 5000;

self.addEventListener("install", () => self.skipWaiting());
self.addEventListener("activate", (event) => event.waitUntil(takeOver()));
self.addEventListener("message", (event) => {
  if (event.data?.keep) event.waitUntil(keep(event.data.keep));
});
self.addEventListener("fetch", (event) => {
  const { request } = event;
  if (request.method !== "GET" || !request.url.startsWith(self.location.origin)) return;
  if (isPersonal(request)) return;
  if (request.mode === "navigate") event.respondWith(answerPage(request));
  else if (isPart(request)) event.respondWith(answerPart(request));
});

async function takeOver() {
  for (const name of await caches.keys()) {
    if (name.startsWith("card-") && name !== PAGES && name !== PARTS) await caches.delete(name);
  }
  await self.clients.claim();
}

/** @param {{page: string, parts: string[]}} what */
async function keep({ page, parts }) {
  const kept = await caches.open(PARTS);
  const missing = [];
  for (const part of parts) if (!(await kept.match(part))) missing.push(part);
  await Promise.all(missing.map((part) => kept.add(part).catch(() => {})));
  if (!(await (await caches.open(PAGES)).match(page))) await keepPage(page, await fetch(page));
}

/**
 * The newest first; a slow network is no network. What was kept is marked, so that the page can say how old it is.
 * @param {Request} request
 */
async function answerPage(request) {
  const fresh = fetch(request).then(async (response) => {
    await keepPage(request.url, response.clone());
    return response;
  });
  fresh.catch(() => {}); // it may fail long after the kept page was shown
  try {
    return await Promise.race([fresh, giveUp()]);
  } catch {
    const kept = await (await caches.open(PAGES)).match(request.url);
    return kept ? markKept(kept) : fresh;
  }
}

function giveUp() {
  return new Promise((_, reject) => setTimeout(() => reject(new Error("slow")), PATIENCE));
}

/**
 * Only the last few cards are kept, and one that the server has taken away is forgotten.
 * @param {string} url
 * @param {Response} response
 */
async function keepPage(url, response) {
  const pages = await caches.open(PAGES);
  if (response.status === 404 || response.status === 410) await pages.delete(url);
  if (!response.ok || response.redirected) return;
  await pages.delete(url);
  await pages.put(url, response);
  const urls = await pages.keys();
  for (const old of urls.slice(0, Math.max(0, urls.length - CARDS_KEPT))) await pages.delete(old);
}

/** @param {Response} kept */
async function markKept(kept) {
  const words = (await kept.text()).replace("<html ", "<html data-from-cache ");
  return new Response(words, { status: kept.status, headers: kept.headers });
}

/**
 * What is known of the customer is kept by no phone.
 * @param {Request} request
 */
function isPersonal(request) {
  return new URL(request.url).pathname.split("/")[4] === "my-data";
}

/** @param {Request} request */
function isPart(request) {
  return ["style", "script", "image", "font", "manifest"].includes(request.destination);
}

/**
 * Parts have their hash or version in the name: what was kept is right for ever.
 * @param {Request} request
 */
async function answerPart(request) {
  const parts = await caches.open(PARTS);
  return (await parts.match(request.url)) ?? fetch(request);
}
