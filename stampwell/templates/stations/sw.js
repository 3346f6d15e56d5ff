// SPDX-License-Identifier: Apache-2.0
// Opens the page of a station without a connection. Answers of the server are never kept: only files, and one page.

const KIND = "{{ kind }}-shell";
const KEPT = `${KIND}-{{ version }}`;
const OFFLINE = "{{ offline_url|escapejs }}";
const CREDENTIALS = "{{ credentials }}";
const FILES = ["/static/", "/brand/"];
const PATIENCE = 8000;
const UNREACHABLE = [502, 503, 504];

self.addEventListener("install", (event) => event.waitUntil(keepShell()));
self.addEventListener("activate", (event) => event.waitUntil(takeOver()));
self.addEventListener("fetch", (event) => {
  const { request } = event;
  const url = new URL(request.url);
  if (request.method !== "GET" || url.origin !== location.origin) return;
  if (request.mode === "navigate") event.respondWith(openPage(request));
  else if (FILES.some((folder) => url.pathname.startsWith(folder))) event.respondWith(fetchFile(request));
});

// All of a version or nothing of it: the page comes last, when everything that it needs is there.
async function keepShell() {
  const kept = await caches.open(KEPT);
  const page = await fetch(OFFLINE, { cache: "reload", credentials: CREDENTIALS });
  if (!page.ok) throw new Error(`the offline page answered ${page.status}`);
  const html = await page.clone().text();
  await keepFiles(kept, found(html, /="(\/(?:static|brand)\/[^"#]+)/g, location.href), new Set());
  await kept.put(OFFLINE, page);
  await self.skipWaiting();
}

// A page of the version before may still be open, and ask for its decoder only now.
async function takeOver() {
  const shells = (await caches.keys()).filter((name) => name.startsWith(KIND) && name !== KEPT);
  await Promise.all(shells.slice(0, -1).map((name) => caches.delete(name)));
  await self.clients.claim();
}

// A module is of no use without those that it imports.
async function keepFiles(kept, addresses, known) {
  const fresh = [...new Set(addresses)].filter((address) => !known.has(address));
  for (const address of fresh) known.add(address);
  for (const address of fresh) {
    const file = await fetch(address);
    if (!file.ok) throw new Error(`${address} answered ${file.status}`);
    const imports = address.endsWith(".js") ? found(await file.clone().text(), /(?:from|import) ?"(\.[^"]+)"/g, address) : [];
    await kept.put(address, file);
    await keepFiles(kept, imports, known);
  }
}

function found(text, pattern, base) {
  return [...text.matchAll(pattern)].map((match) => new URL(match[1], base).href);
}

// No network, one that lets nothing through, or a server that is being started: the kept page serves the customer.
async function openPage(request) {
  const shell = await (await caches.open(KEPT)).match(OFFLINE);
  const asked = fetch(request).catch(() => null);
  if (!shell) return (await asked) ?? Response.error();
  const answer = await Promise.race([asked, new Promise((late) => setTimeout(late, PATIENCE, null))]);
  return answer && !UNREACHABLE.includes(answer.status) ? answer : shell;
}

// The network first: a file under its plain name may have changed, one under its hashed name comes from the browser.
async function fetchFile(request) {
  const kept = await caches.open(KEPT);
  try {
    const answer = await fetch(request);
    if (answer.ok) kept.put(request, answer.clone());
    return answer;
  } catch {
    const options = { ignoreVary: true };
    return (await kept.match(request, options)) ?? (await caches.match(request, options)) ?? Response.error();
  }
}
