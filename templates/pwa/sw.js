// Keeps what belongs to nobody: the shell and the help page. No page with somebody's entries.
"use strict"

const RELEASE = {{ release|tojson }}
const SHELL = {{ shell|tojson }}
const OFFLINE = {{ offline|tojson }}
const CACHE = `shell-${RELEASE}`
const PATIENCE = 3000

self.addEventListener("install", (event) => {
  event.waitUntil(caches.open(CACHE).then((cache) => cache.addAll(SHELL)).then(() => self.skipWaiting()))
})

self.addEventListener("activate", (event) => {
  event.waitUntil(forgetFormerReleases().then(() => self.clients.claim()))
})

self.addEventListener("fetch", (event) => {
  const { request } = event
  const url = new URL(request.url)
  if (request.method !== "GET" || url.origin !== location.origin) return
  if (url.pathname.startsWith("/s/")) event.respondWith(cacheFirst(request))
  else if (request.mode === "navigate") event.respondWith(networkFirst(request, url))
})

async function cacheFirst(request) {
  return (await caches.match(request)) || fetch(request)
}

async function networkFirst(request, url) {
  try {
    const response = await withPatience(fetch(request))
    if (response.status < 500) return response
    return (await kept(url)) || response
  } catch {
    return (await kept(url)) || caches.match(OFFLINE)
  }
}

// Only an address of the shell itself is answered from the cache; nothing else is in it.
function kept(url) {
  return SHELL.includes(url.pathname) ? caches.match(url.pathname) : undefined
}

function withPatience(answer) {
  return Promise.race([answer, new Promise((_, reject) => setTimeout(reject, PATIENCE))])
}

async function forgetFormerReleases() {
  const names = await caches.keys()
  await Promise.all(names.filter((name) => name !== CACHE).map((name) => caches.delete(name)))
}
