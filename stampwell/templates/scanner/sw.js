// SPDX-License-Identifier: Apache-2.0
// Opens the scanner's shell without a connection. Answers of the server are never kept: only files, and one page.

const KEPT = "scanner-shell";
const OFFLINE = "{{ offline_url|escapejs }}";
const FILES = [{% for file in files %}new URL("{{ file|escapejs }}", location.href).href{% if not forloop.last %}, {% endif %}{% endfor %}];

self.addEventListener("install", (event) => event.waitUntil(keepShell()));
self.addEventListener("activate", (event) => event.waitUntil(self.clients.claim()));
self.addEventListener("fetch", (event) => {
  const { request } = event;
  const url = new URL(request.url);
  if (request.method !== "GET" || url.origin !== location.origin) return;
  if (request.mode === "navigate") event.respondWith(openPage(request));
  else if (url.pathname.startsWith("/static/")) event.respondWith(fetchFile(request));
});

async function keepShell() {
  const kept = await caches.open(KEPT);
  const page = await fetch(OFFLINE, { cache: "reload", credentials: "omit" });
  if (!page.ok) throw new Error(`the offline page answered ${page.status}`);
  const html = await page.clone().text();
  await kept.put(OFFLINE, page);
  await keepFiles(kept, [...FILES, ...found(html, /(?:href|src)="(\/static\/[^"#]+)/g, location.href)], new Set());
  await self.skipWaiting();
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

async function openPage(request) {
  try {
    return await fetch(request);
  } catch {
    return (await caches.match(OFFLINE)) ?? Response.error();
  }
}

// The network first: a file under its plain name may have changed, one under its hashed name comes from the browser.
async function fetchFile(request) {
  try {
    const answer = await fetch(request);
    if (answer.ok) (await caches.open(KEPT)).put(request, answer.clone());
    return answer;
  } catch {
    return (await caches.match(request, { ignoreVary: true })) ?? Response.error();
  }
}
