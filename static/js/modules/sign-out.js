import "../outbox.js";
import { mine } from "./unsent.js";

// Nothing of this person stays on the phone. Clear-Site-Data would take Help now along with it.
export default function (form) {
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    const mark = mine() ?? "";
    await outbox.send(mark).catch(() => {});
    const unsent = await outbox.items(mark);
    if (unsent.length && !confirm(form.dataset.sure.replace("#", unsent.length))) return;
    for (const { id } of unsent) await outbox.drop(id);
    await outbox.within("drafts", (store) => store.clear());
    const install = localStorage.getItem("install") === "no";
    localStorage.clear();
    // A no is for good, and says nothing of anybody.
    if (install) localStorage.setItem("install", "no");
    sessionStorage.clear();
    for (const name of await caches.keys()) if (!name.startsWith("shell-")) await caches.delete(name);
    const { serviceWorker } = navigator;
    const push = (await serviceWorker?.getRegistration())?.pushManager;
    await push?.getSubscription().then((one) => one?.unsubscribe()).catch(() => {});
    if (!serviceWorker?.controller) return form.submit();
    // Without a network the worker shows nobody's page until the server has heard of it.
    await (await caches.open("left")).put(form.action, new Response(new URLSearchParams(new FormData(form))));
    location.replace("/sign-in");
  });
}
