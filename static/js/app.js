// Addresses are written out: nothing on a page can choose what is imported, and a page loads only what it uses.
const modules = new Map([
  ["address", () => import("./modules/address.js")],
  ["came-back", () => import("./modules/came-back.js")],
  ["dialog", () => import("./modules/dialog.js")],
  ["distance", () => import("./modules/distance.js")],
  ["error-summary", () => import("./modules/error-summary.js")],
  ["exercise", () => import("./modules/exercise.js")],
  ["forget-phone", () => import("./modules/forget-phone.js")],
  ["huddle", () => import("./modules/huddle.js")],
  ["initials", () => import("./modules/initials.js")],
  ["install", () => import("./modules/install.js")],
  ["keep", () => import("./modules/keep.js")],
  ["kept-plan", () => import("./modules/kept-plan.js")],
  ["password", () => import("./modules/password.js")],
  ["print", () => import("./modules/print.js")],
  ["quick-hide", () => import("./modules/quick-hide.js")],
  ["quiet-clock", () => import("./modules/quiet-clock.js")],
  ["reminders", () => import("./modules/reminders.js")],
  ["sign-out", () => import("./modules/sign-out.js")],
  ["submit-once", () => import("./modules/submit-once.js")],
  ["toast", () => import("./modules/toast.js")],
  ["unsent", () => import("./modules/unsent.js")],
  ["worker", () => import("./modules/worker.js")],
]);

// Android asks by itself, on any page and in any moment: here it waits until somebody wants it.
addEventListener("beforeinstallprompt", (event) => { event.preventDefault(); self.askToInstall = event; });

for (const element of document.querySelectorAll("[data-module]")) {
  for (const name of element.dataset.module.split(" ")) enhance(element, name);
}

async function enhance(element, name) {
  try {
    const module = await modules.get(name)?.();
    await module?.default(element);
  } catch (problem) {
    // The page works without the module; one that failed must not stop the others.
    console.warn(name, problem);
  }
}

// What was still on this phone when a page last looked: the first frame has room for it, so nothing moves later.
const { mark = localStorage.getItem("mark"), done = "" } = document.documentElement.dataset;
self.waits = JSON.parse(localStorage.getItem("waits") ?? "[]").filter((one) => one.mark === mark && !done.includes(one.id));
const notice = waits.length && document.querySelector(".unsent");
if (notice) {
  notice.textContent = notice.dataset.many.replace("#", waits.length);
  notice.hidden = false;
}
