// Answers for the app while there is no network: only its own page and parts, never anybody's data.
const VERSION = "kewei-field-" + {{ version|safe }};
const KEPT = {{ kept|safe }};

self.addEventListener("install", (event) => {
  event.waitUntil(caches.open(VERSION).then((cache) => cache.addAll(KEPT.map((url) => new Request(url, { cache: "reload" })))).then(() => self.skipWaiting()));
});

self.addEventListener("activate", (event) => {
  event.waitUntil(caches.keys()
    .then((names) => Promise.all(names.filter((name) => name.startsWith("kewei-field-") && name !== VERSION).map((name) => caches.delete(name))))
    .then(() => self.clients.claim()));
});

// What is kept is answered at once; a newer version comes with the next worker, whole.
self.addEventListener("fetch", (event) => {
  const url = new URL(event.request.url);
  if (event.request.method !== "GET" || url.origin !== location.origin || !KEPT.includes(url.pathname)) return;
  event.respondWith(caches.open(VERSION).then((cache) => cache.match(url.pathname)).then((kept) => kept ?? fetch(event.request)));
});
