/**
 * The site's service worker: keeps what the page is made of in this browser, so that the
 * second visit fetches nothing again and works offline. Files whose content it was told
 * (FILES, by hash) come from the store first; the page itself comes from the network first. It
 * also adds the isolation headers where a plain host sends none. It is written into the built
 * site by scripts/site-assets.ts, is no module, and never touches requests to anyone else.
 */
/* global self, caches, Headers, Response, fetch, URL */

/** Path under the site's base -> hash of its content; filled in when the site is built. */
const FILES = {};
const STORE = 'tracewise-files';
/** Headers by name, filled in when the site is built; the last ones are for the Python worker alone. */
const ISOLATION = {};
const PYTHON_POLICY = '';

const BASE = new URL('./', self.location.href).href;

/**
 * The key that a file is kept under: its address with its content's hash, so that a
 * new content is a new file.
 */
const keyOf = (path) => `${BASE}${path}?hash=${FILES[path]}`;

self.addEventListener('install', () => void self.skipWaiting());

self.addEventListener('activate', (event) => {
  event.waitUntil(
    (async () => {
      const store = await caches.open(STORE);
      const wanted = new Set([...Object.keys(FILES).map(keyOf), BASE]);
      for (const { url } of await store.keys()) if (!wanted.has(url)) await store.delete(url);
      await self.clients.claim();
    })(),
  );
});

self.addEventListener('fetch', (event) => {
  const { request } = event;
  if (request.method !== 'GET' || request.headers.has('range') || !request.url.startsWith(BASE)) return;
  const path = new URL(request.url).pathname.slice(new URL(BASE).pathname.length);
  const document = path.endsWith('/') ? `${path}index.html` : path;
  if (request.mode === 'navigate')
    event.respondWith(Object.hasOwn(FILES, document) ? file(request, document, event) : page(request, path));
  else if (Object.hasOwn(FILES, path)) event.respondWith(file(request, path, event));
});

// What a page loaded before this worker stood between it and the network would be missing on the next visit.
self.addEventListener('message', (event) => {
  const keep = event.data?.keep;
  if (Array.isArray(keep)) event.waitUntil(keepAll(keep));
});

/**
 * Keeps the page, the files that it says it has loaded, and the documents: they are small, and who has no
 * network later may want one that was not opened yet. What the browser itself still has is not sent again.
 */
async function keepAll(urls) {
  const store = await caches.open(STORE);
  const loaded = urls.filter((url) => url.startsWith(BASE)).map((url) => url.slice(BASE.length));
  const documents = Object.keys(FILES).filter((path) => /^docs\/.*\.html$/.test(path));
  const files = [...loaded, ...documents].filter((path) => Object.hasOwn(FILES, path));
  try {
    if (!(await store.match(BASE))) await keepOne(store, BASE, BASE);
    for (const path of new Set(files))
      if (!(await store.match(keyOf(path)))) await keepOne(store, keyOf(path), BASE + path);
  } catch {
    // No network any more, or a full disk: the next visit goes on.
  }
}

async function keepOne(store, key, url) {
  const response = await fetch(url, { priority: 'low' });
  if (response.status === 200) await store.put(key, response);
}

/** The page: the network's, else the one that was kept. */
async function page(request, path) {
  const store = await caches.open(STORE);
  try {
    const response = await fetch(request);
    if (response.ok && (path === '' || path === 'index.html')) await store.put(BASE, response.clone());
    return isolated(response, path);
  } catch (error) {
    const kept = await store.match(BASE);
    if (kept) return isolated(kept, path);
    throw error;
  }
}

/** A file: the kept one, else the network's, which is kept. */
async function file(request, path, event) {
  const store = await caches.open(STORE);
  const kept = await store.match(keyOf(path));
  if (kept) return isolated(kept, path);
  const response = await fetch(request);
  if (response.status === 200) {
    // Full disks and private windows refuse: then the file is fetched again next time.
    event.waitUntil(store.put(keyOf(path), response.clone()).catch(() => undefined));
  }
  return isolated(response, path);
}

/** The same answer with the headers that isolate the page, where the host sent none. */
function isolated(response, path) {
  // The browser follows it, and what it leads to comes here again.
  if (response.type === 'opaqueredirect') return response;
  const missing = Object.entries(ISOLATION).filter(([name]) => !response.headers.has(name));
  const isPython = /^assets\/python-[^/]*\.js$/.test(path);
  const needsPolicy = isPython && !response.headers.has('Content-Security-Policy');
  if (missing.length === 0 && !needsPolicy) return response;
  const headers = new Headers(response.headers);
  for (const [name, value] of missing) headers.set(name, value);
  if (needsPolicy) headers.set('Content-Security-Policy', PYTHON_POLICY);
  return new Response(response.body, { status: response.status, statusText: response.statusText, headers });
}
