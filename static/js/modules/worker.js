const address = "/sw.js";

export default function () {
  if (!("serviceWorker" in navigator)) return;
  // Pages come fresh from the network anyway: it is only said, and nothing reloads under anybody's words.
  const note = document.querySelector("[data-renewed]");
  if (note && navigator.serviceWorker.controller)
    navigator.serviceWorker.addEventListener("controllerchange", () => { note.hidden = false; });
  navigator.serviceWorker.addEventListener("message", ({ data }) => { if (data.lost) say(data.lost); });
  // After load, so that a cheap phone shows the page before it precaches anything.
  if (document.readyState === "complete") register();
  else addEventListener("load", register, { once: true });
}

// What was sent got nowhere, and the page is still here.
function say(text) {
  const told = document.createElement("div");
  told.className = "toast";
  told.append(text);
  const region = document.querySelector(".toasts");
  region.replaceChildren(told);
  region.scrollIntoView({ block: "center" });
}

async function register() {
  try {
    await navigator.serviceWorker.register(trusted(address), { updateViaCache: "none" });
  } catch {
    // Private windows and full disks refuse workers; the page goes on without one.
  }
}

function trusted(url) {
  if (!window.trustedTypes) return url;
  return trustedTypes.createPolicy("worker", { createScriptURL: onlyTheWorker }).createScriptURL(url);
}

function onlyTheWorker(url) {
  if (url !== address) throw new TypeError("Only the worker's own address is trusted.");
  return url;
}
