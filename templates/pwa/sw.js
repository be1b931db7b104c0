// Keeps what belongs to nobody: the shell and the help page. No page with somebody's entries, but
// for one: the own safety plan, which its page puts into a cache of its own when the person says so.
"use strict"

const RELEASE = {{ release|tojson }}
const SHELL = {{ shell|tojson }}
const OFFLINE = {{ offline|tojson }}
const CACHE = `shell-${RELEASE}`
const PATIENCE = 3000
const PLAN = { cache: "kept-safety-plan", copy: "/plan/safety/kept", page: "/plan/safety" }

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
  else if (request.mode === "navigate" && url.pathname === PLAN.copy) event.respondWith(planFirst(request))
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

// In a bad moment the copy is there at once, with no network and nobody signed in.
async function planFirst(request) {
  return (await keptPlan()) || fetch(request).catch(() => caches.match(OFFLINE))
}

function keptPlan() {
  return caches.match(PLAN.copy, { cacheName: PLAN.cache })
}

// Only an address of the shell itself is answered from its cache, and the plan from its copy.
function kept(url) {
  if (url.pathname === PLAN.page) return keptPlan()
  return SHELL.includes(url.pathname) ? caches.match(url.pathname) : undefined
}

function withPatience(answer) {
  return Promise.race([answer, new Promise((_, reject) => setTimeout(reject, PATIENCE))])
}

async function forgetFormerReleases() {
  const names = await caches.keys()
  await Promise.all(names.filter((name) => name.startsWith("shell-") && name !== CACHE).map((name) => caches.delete(name)))
}

// --- Reminders. Every push shows something: a browser takes the right away from workers that stay silent. ---
const REMINDER = { title: {{ _("Reminder")|tojson }}, body: {{ _("There is something for you today.")|tojson }}, tag: "reminder" }
const LATER = {{ _("In 10 minutes")|tojson }}
const ICON = {{ icon|tojson }}
const TODAY = {{ today|tojson }}
const PHONE = {{ phone|tojson }}
const AGAIN = {{ later|tojson }}

self.addEventListener("push", (event) => event.waitUntil(show(event.data)))
self.addEventListener("notificationclick", (event) => {
  event.notification.close()
  event.waitUntil(event.action === "later" ? later(event.notification.data) : openToday())
})
self.addEventListener("pushsubscriptionchange", (event) => event.waitUntil(connectAgain()))

function show(data) {
  let told = REMINDER
  try { told = { ...REMINDER, ...data.json().notification } } catch { /* what can't be read still rings */ }
  const { title, body, tag, data: about } = told
  // A repeat has the same tag: it takes the first one's place without a second ring, unless it was asked for.
  const actions = about?.id ? [{ action: "later", title: LATER }] : []
  return self.registration.showNotification(title, { body, tag, data: about, actions, icon: ICON, renotify: about?.again === true })
}

// Always to the same place: no message can choose what opens.
async function openToday() {
  const [open] = await self.clients.matchAll({ type: "window" })
  if (!open) return self.clients.openWindow(TODAY)
  return (await open.navigate(TODAY).catch(() => open)).focus()
}

async function later({ id }) {
  const { token } = await (await fetch(PHONE)).json()
  const told = await fetch(AGAIN, { method: "POST", body: new URLSearchParams({ id, csrf_token: token }) })
  if (!told.ok) await openToday()
}

async function connectAgain() {
  const { key, token } = await (await fetch(PHONE)).json()
  const options = { userVisibleOnly: true, applicationServerKey: key }
  const { endpoint, keys } = (await self.registration.pushManager.subscribe(options)).toJSON()
  await fetch(PHONE, { method: "POST", body: new URLSearchParams({ endpoint, ...keys, csrf_token: token }) })
}
