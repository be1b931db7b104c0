import "../outbox.js";
import { leave } from "../app.js";
import { mine } from "./unsent.js";

export default function (form) {
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    const mark = mine() ?? "";
    let unsent = [];
    try {
      unsent = await outbox.send(mark).catch(() => {}).then(() => outbox.items(mark));
    } catch {}
    if (unsent.length && !confirm(form.dataset.sure.replace("#", unsent.length))) return;
    try {
      await leave(form);
      await forget(unsent);
    } finally {
      if (navigator.serviceWorker?.controller) location.replace("/sign-in");
      else form.submit();
    }
  });
}

// Nothing of this person stays on the phone. Clear-Site-Data would take Help now along with it.
async function forget(unsent) {
  for (const name of await caches.keys()) if (!/^(shell-|left)/.test(name)) await caches.delete(name);
  for (const { id } of unsent) await outbox.drop(id);
  await outbox.within("drafts", (store) => store.clear());
  const install = localStorage.getItem("install") === "no";
  localStorage.clear();
  // A no is for good, and says nothing of anybody.
  if (install) localStorage.setItem("install", "no");
  sessionStorage.clear();
  const push = (await navigator.serviceWorker?.getRegistration())?.pushManager;
  await push?.getSubscription().then((subscription) => subscription?.unsubscribe()).catch(() => {});
}
