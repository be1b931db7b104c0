// Keeps what belongs to nobody: help, the blank forms, the frame. No page with somebody's entries, but
// for one: the own safety plan, which its page puts into a cache of its own when the person says so.
"use strict"
importScripts({{ outbox|tojson }})

const RELEASE = {{ release|tojson }}
const SHELL = {{ shell|tojson }}
const MORE = {{ more|tojson }}
const BLANK = {{ blank|tojson }}
const OFFLINE = {{ offline|tojson }}
const ASKING = {{ asking|tojson }}
const FREE = {{ free|tojson }}
const DOORS = {{ doors|tojson }}
const CACHE = `shell-${RELEASE}`
const LOST = {{ _("You’re offline, so this may not have been sent. Everything you typed is still here.")|tojson }}
const QUIET = {{ quiet|tojson }}
const HELP = {{ help|tojson }}
const PATIENCE = {{ patience|tojson }}
const PLAN = { cache: "kept-safety-plan", copy: "/plan/safety/kept", page: "/plan/safety" }

// --- What is kept ---

addEventListener("install", (event) => {
  event.waitUntil(keepAll(SHELL).then(() => skipWaiting()))
})

addEventListener("activate", (event) => {
  event.waitUntil(forgetFormerReleases().then(() => clients.claim()))
})

addEventListener("message", (event) => {
  if (event.data === "more") event.waitUntil(keepAll(MORE))
})

async function keepAll(addresses) {
  const cache = await caches.open(CACHE)
  await Promise.all(addresses.map(async (address) => {
    if (await cache.match(address)) return
    // Without cookies: what comes is the same for everybody. A redirect or a stranger's page isn't kept.
    const response = await fetch(address, { credentials: "omit", redirect: "error", cache: "reload" })
    if (!response.ok || !isOurs(response)) throw new TypeError(address)
    await cache.put(address, response)
  }))
}

async function forgetFormerReleases() {
  const names = await caches.keys()
  const former = names.filter((name) => name.startsWith("shell-") && name !== CACHE)
  await Promise.all(former.map((name) => caches.delete(name)))
}

// --- Answering ---

addEventListener("fetch", (event) => {
  const { request } = event
  const url = new URL(request.url)
  if (url.origin !== location.origin) return
  if (request.mode === "navigate" && url.pathname === PLAN.copy) event.respondWith(planFirst(event))
  else if (request.mode === "navigate" && url.pathname === QUIET) event.respondWith(kept(url))
  else if (request.mode === "navigate" && url.pathname === HELP) event.respondWith(helpFirst(event, url))
  else if (request.mode === "navigate") event.respondWith(navigate(request, url))
  else if (request.method === "GET" && url.pathname.startsWith("/s/")) event.respondWith(cacheFirst(request, url))
})

async function cacheFirst(request, url) {
  // A page of a former release finds today's files.
  const today = url.pathname.replace(/^\/s\/\w+/, {{ ("/s/" ~ digest)|tojson }})
  return (await caches.match(request)) || fetch(request).catch(() => caches.match(today))
}

async function navigate(request, url) {
  const posted = request.method !== "GET" && !ASKING.includes(url.pathname)
  if (!FREE.includes(url.pathname) && !(await signedOutForSure()) && !DOORS.includes(url.pathname)) return kept(url)
  const answer = request.method === "GET" && answers.get(url.href)
  answers.delete(url.href)
  if (answer) return answer
  // What is in the outbox anyway may be given up after a while; whatever else is sent may not.
  const patient = posted && !(await isInOutbox(request.clone()))
  try {
    const response = await withPatience(ours(fetch(request)), patient)
    // Let in: that ended whatever sign-in was here before.
    if (posted && response.type === "opaqueredirect" && url.pathname.startsWith("/sign-in")) await caches.delete("left")
    return atItsAddress(request, url, response)
  } catch {
    // Airplane mode, a dead server, a hotel's login page and a proxy's error are the same to the person: no network.
  }
  registration.sync?.register("outbox").catch(() => {})
  if (patient) return stay()
  return posted ? Response.redirect(OFFLINE, 303) : atItsAddress(request, url, await kept(url))
}

// A page that answers a post (it came back with a mistake, say) is shown as if it had been asked for by its address:
// what was posted would stand in the browser's history, and so in its files for restoring tabs.
const answers = new Map()

function atItsAddress({ method }, { href }, answer) {
  if (method === "GET" || answer.type === "opaqueredirect") return answer
  answers.set(href, answer)
  setTimeout(() => { if (answers.get(href) === answer) answers.delete(href) }, PATIENCE)
  return Response.redirect(href, 303)
}

// No content: the browser stays where it is, with every word that was typed there. WebKit doesn't say which page
// it was.
async function stay() {
  for (const page of await clients.matchAll()) if (page.visibilityState === "visible") page.postMessage({ lost: LOST })
  return new Response(null, { status: 204 })
}

// In a bad moment the copy is there at once, with no network and nobody signed in.
async function planFirst(event) {
  return (await planAsOfNow(event)) || fetch(event.request).catch(() => caches.match(OFFLINE))
}

// A number that changed makes another worker, which keeps another page.
async function helpFirst(event, url) {
  await planAsOfNow(event)
  return (await caches.match(HELP, { cacheName: CACHE })) || navigate(event.request, url)
}

async function planAsOfNow(event) {
  const plan = await keptPlan()
  if (plan) event.waitUntil(fetch(DOORS[0]).then(heard).catch(() => {}))
  return plan
}

// Signed out from another phone, since this one is lost: what it keeps of its person goes.
async function heard(response) {
  if (response.headers.has("Groundwork-Left")) {
    await caches.delete(PLAN.cache)
    await outbox.within("drafts", (store) => store.clear())
  }
  return response
}

function keptPlan() {
  return caches.match(PLAN.copy, { cacheName: PLAN.cache })
}

async function kept(url) {
  const plan = url.pathname === PLAN.page && (await keptPlan())
  const page = BLANK[url.pathname] || url.pathname
  return plan || (await caches.match(page, { cacheName: CACHE })) || caches.match(OFFLINE)
}

async function isInOutbox(request) {
  return (await request.formData().catch(() => new FormData())).has("operation")
}

function withPatience(answer, patient) {
  if (patient) return answer
  return Promise.race([answer, new Promise((_, reject) => setTimeout(reject, PATIENCE))])
}

function isOurs(response) {
  return response.headers.has("Groundwork")
}

async function ours(answer) {
  const response = await answer
  // A redirect shows nothing of itself, so ask who is there: a hotel's login page redirects as well.
  const redirects = response.type === "opaqueredirect"
  const said = redirects ? await withPatience(fetch("/healthz", { redirect: "error" })) : response
  if (!isOurs(said) || said.status === 502) throw new TypeError()
  return heard(response)
}

// --- Leaving ---

// Signed out or hidden without a network: nobody's page is shown until the server has heard of it.
// Told once at a time, since two tabs may go on at the same moment.
let telling
function signedOutForSure() {
  return telling ??= tell().finally(() => { telling = undefined })
}

async function tell() {
  if (!(await caches.has("left"))) return true
  try {
    const left = await caches.open("left")
    for (const { url } of await left.keys()) {
      const body = new URLSearchParams(await (await left.match(url)).text())
      const response = await withPatience(fetch(url, { method: "POST", body }))
      // Only a yes is one: what is refused hasn't happened.
      if (!isOurs(response) || !response.ok) return false
      await heard(response)
      // This one alone: another tab may have left another meanwhile.
      await left.delete(url)
    }
    return true
  } catch {
    return false
  }
}

// --- Sending, where the browser wakes us for it ---

addEventListener("sync", (event) => {
  if (event.tag === "outbox") event.waitUntil(sendAll())
})

async function sendAll() {
  if (!(await signedOutForSure())) return
  for (const mark of new Set((await outbox.within("outbox", (store) => store.getAll())).map((item) => item.mark))) {
    await outbox.send(mark)
  }
  for (const client of await clients.matchAll()) client.postMessage("sent")
}

// --- Reminders. Every push shows something: a browser takes the right away from workers that stay silent. ---
const REMINDER = {
  title: {{ _("Reminder")|tojson }},
  body: {{ _("There is something for you today.")|tojson }},
  tag: "reminder"
}
const LATER = {{ _("In 10 minutes")|tojson }}
const ICON = {{ icon|tojson }}
const BADGE = {{ badge|tojson }}
const TODAY = {{ today|tojson }}
const PHONE = {{ phone|tojson }}
const AGAIN = {{ later|tojson }}

addEventListener("push", (event) => event.waitUntil(show(event.data)))
addEventListener("notificationclick", (event) => {
  event.notification.close()
  event.waitUntil(event.action === "later" ? later(event.notification.data) : openToday())
})
addEventListener("pushsubscriptionchange", (event) => event.waitUntil(connectAgain()))

function show(data) {
  let told = REMINDER
  // What can't be read still rings.
  try { told = { ...REMINDER, ...data.json().notification } } catch {}
  const { title, body, tag, data: about } = told
  // A repeat has the same tag: it takes the first one's place without a second ring, unless it was asked for.
  const actions = about?.id ? [{ action: "later", title: LATER }] : []
  const renotify = about?.again === true
  return registration.showNotification(title, { body, tag, data: about, actions, icon: ICON, badge: BADGE, renotify })
}

// Always to the same place: no message can choose what opens.
async function openToday() {
  const [open] = await clients.matchAll({ type: "window" })
  if (!open) return clients.openWindow(TODAY)
  return (await open.navigate(TODAY).catch(() => open)).focus()
}

// Signed out, without a network, or too late: Today shows which, where silence would look like a yes.
async function later({ id }) {
  try {
    const { token } = await (await fetch(PHONE)).json()
    const told = await fetch(AGAIN, { method: "POST", body: new URLSearchParams({ id, csrf_token: token }) })
    if (!told.ok || !isOurs(told)) throw new Error(told.status)
  } catch {
    await openToday()
  }
}

async function connectAgain() {
  const { key, token } = await (await fetch(PHONE)).json()
  const options = { userVisibleOnly: true, applicationServerKey: key }
  const { endpoint, keys } = (await registration.pushManager.subscribe(options)).toJSON()
  await fetch(PHONE, { method: "POST", body: new URLSearchParams({ endpoint, ...keys, csrf_token: token }) })
}
