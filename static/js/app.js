// A page loads only what it uses, and nothing on it can choose what is not in this list.
const modules = [
  "address", "agenda", "came-back", "copy", "dark-words", "dialog", "distance", "error-summary", "exercise",
  "forget-phone", "help-now", "huddle", "idle", "initials", "install", "keep", "kept-plan", "news", "passkey",
  "password", "print", "quick-hide", "quiet-clock", "reminders", "reply", "ride", "sign-out", "submit-once",
  "unsent", "worker",
];

// Android asks by itself, on any page and in any moment: here it waits until somebody wants it.
addEventListener("beforeinstallprompt", (event) => { event.preventDefault(); self.askToInstall = event; });

const page = document.documentElement.dataset;

// A sign-in counts only together with this cookie. Scripts can delete it: that needs no network and no form token.
const cookie = () => document.cookie.match(/(\S*groundwork-here)=(\w*)/) ?? [];
let others;

// Leaves on every tab, whatever else fails or is cut short. The worker tells the server, and without a network shows
// nobody's page until it has heard of it; `of` says which sign-in is meant.
export async function leave({ action }, now) {
  const [, name, of = ""] = cookie();
  document.cookie = `${name}=; Max-Age=0; Path=/${/^__Host-/.test(name) ? "; Secure" : ""}`;
  localStorage.removeItem("next");
  others?.postMessage(now && [action, of]);
  if (now) tell(action, of);
  await (await caches.open("left")).put(action, new Response(new URLSearchParams({ of })));
}

const tell = (action, of) => fetch(
  action, { method: "POST", body: new URLSearchParams({ of }), keepalive: true, redirect: "manual" }
).catch(() => {});

// Somebody left on another tab, or before this page came out of the browser's memory, or while it was on its way.
async function cover({ type, persisted, data }) {
  if (!page.here || (type === "pageshow" && cookie()[2] === page.here)) return;
  // Where scripts see no cookies the server alone decides, and it has just shown this page once more.
  if (persisted === false && document.referrer === location.href) return;
  document.body.hidden = true;
  // The server asks for the PIN, or the password, only once it has heard; else it asks who that is.
  if (data) await tell(...data);
  location.replace(location.pathname + location.search);
}
addEventListener("pageshow", cover);
// Where cookies are blocked this may fail, and nobody is signed in.
try {
  others = new BroadcastChannel("left");
  others.onmessage = cover;
} catch {}

// A browser that restores tabs writes what stands in fields, and what was posted for this page, into files of its own.
// Of the latter the worker takes care, where there is one.
for (const form of document.forms) form.autocomplete = "off";
if ("posted" in page) history.replaceState(null, "");

for (const element of document.querySelectorAll("[data-module]")) {
  for (const name of element.dataset.module.split(" ")) enhance(element, name);
}

// Pages for everybody don't say how this phone locks: there it is as the last one said that did.
if (page.idle || localStorage.getItem("idle")) enhance(document.documentElement, "idle");

async function enhance(element, name) {
  try {
    if (modules.includes(name)) await (await import(`./modules/${name}.js`)).default(element);
  } catch (problem) {
    // The page works without the module; one that failed must not stop the others.
    console.warn(name, problem);
  }
}

// What stood in the region at load is never announced; what comes into it is.
const said = document.querySelector(".toasts");
if (said) setTimeout(() => said.replaceChildren(...[...said.children].map((one) => one.cloneNode(true))), 100);
