// SPDX-License-Identifier: Apache-2.0
// Opens the page of a station without a connection. Answers of the server are never kept: only files, and one page.

const KIND = "{{ kind }}-shell";
const KEPT = `${KIND}-{{ version }}`;
const OFFLINE = "{{ offline_url|escapejs }}";
const CREDENTIALS = "{{ credentials }}";
const FILES = ["/static/", "/brand/"];
const PATIENCE = 8000;
const UNREACHABLE = [502, 503, 504];
const AT_ONCE = 4;
const FILE_PATIENCE = 20_000;
const PAUSES = [500, 2000, 8000]; // a browser gives an installation some minutes; the page begins it anew

self.addEventListener("install", (event) => event.waitUntil(keepShell()));
self.addEventListener("activate", (event) => event.waitUntil(takeOver()));
// A page that was on its way while this worker took over is not among those that it took.
self.addEventListener("message", (event) => event.waitUntil(self.clients.claim()));
self.addEventListener("fetch", (event) => {
  const { request } = event;
  const url = new URL(request.url);
  if (request.method !== "GET" || url.origin !== location.origin) return;
  if (request.mode === "navigate") event.respondWith(openPage(request));
  else if (FILES.some((folder) => url.pathname.startsWith(folder))) event.respondWith(fetchFile(request));
});

// All of a version or nothing of it: the page comes last, when everything that it needs is there. What was kept before an
// installation failed is not fetched again by the next.
async function keepShell() {
  const kept = await caches.open(KEPT);
  const page = await load(OFFLINE, { cache: "reload", credentials: CREDENTIALS });
  const html = await page.clone().text();
  await keepFiles(kept, found(html, /="(\/(?:static|brand)\/[^"#]+)/g, location.href));
  await kept.put(OFFLINE, page);
  await self.skipWaiting();
}

// A page of the version before may still be open, and ask for its decoder only now.
async function takeOver() {
  const shells = (await caches.keys()).filter((name) => name.startsWith(KIND) && name !== KEPT);
  await Promise.all(shells.slice(0, -1).map((name) => caches.delete(name)));
  await self.clients.claim();
}

// A module is of no use without those that it imports. A few at once, so that one that is slow holds up no other.
async function keepFiles(kept, addresses) {
  const known = new Set(addresses);
  const wanted = [...known];
  const keepNext = async () => {
    for (let address = wanted.shift(); address; address = wanted.shift()) {
      for (const other of await keepFile(kept, address)) {
        if (!known.has(other)) wanted.push(other);
        known.add(other);
      }
    }
  };
  // Whoever finds nothing to do looks again when the others have found something.
  while (wanted.length) await Promise.all(Array.from({ length: AT_ONCE }, keepNext));
}

async function keepFile(kept, address) {
  let file = await kept.match(address);
  if (!file) {
    file = await load(address);
    await kept.put(address, file.clone());
  }
  return address.endsWith(".js") ? found(await file.text(), /(?:from|import) ?"(\.[^"]+)"/g, address) : [];
}

// A file that is lost on the way, or comes too slowly, is asked for again.
async function load(address, options) {
  for (const pause of PAUSES) {
    try {
      return await loadOnce(address, options);
    } catch {
      await new Promise((over) => setTimeout(over, pause));
    }
  }
  return loadOnce(address, options);
}

async function loadOnce(address, options) {
  const answer = await fetch(address, { ...options, signal: AbortSignal.timeout(FILE_PATIENCE) });
  if (!answer.ok) throw new Error(`${address} answered ${answer.status}`);
  await answer.clone().arrayBuffer(); // what is cut off is no file
  return answer;
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
