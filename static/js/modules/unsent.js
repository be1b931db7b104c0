const root = document.documentElement.dataset;

// Pages for everybody don't say whose they are: there it is who signed in last on this phone.
export const mine = () => root.mark ?? localStorage.getItem("mark");

// For the first frame of the next page (app.js), which can't wait for the outbox to be read. No words are in it.
export const remember = (items) => localStorage.setItem("waits", JSON.stringify(
  items, ["id", "kind", "label", "mark", "at", "fresh", "held", "later"]
));

// Safari and Firefox have no Background Sync, so every page empties the outbox.
export default async function (notice) {
  if (root.mark) localStorage.setItem("mark", root.mark);
  else if (root.mark === "") localStorage.removeItem("mark");
  if (root.here) localStorage.removeItem("hid");
  if (root.mark !== undefined) forgetAnothersPlan();
  // When group is, for the page without a network: an hour, and nothing of what it is.
  if (root.mark && root.next) localStorage.setItem("next", root.next);
  else if (root.mark === "" || root.next === "") localStorage.removeItem("next");
  if (!mine()) return;
  await import("../outbox.js");
  for (const id of (root.done ?? "").split(" ")) {
    await outbox.drop(id);
    await outbox.within("drafts", (store) => store.delete(`${mine()} ${id}`));
  }
  await outbox.within("drafts", tidy);
  const { many, held, door, sent } = notice.dataset;
  const [first, longest] = [5_000, 300_000];
  let wait = first, timer;

  async function show(status) {
    const items = await outbox.items(mine() ?? "");
    const back = items.some((item) => item.held);
    const out = status === 401;
    remember(items);
    // What has left keeps its place until the next page: nothing moves under a finger.
    notice.textContent = !items.length ? sent : back ? held : out ? door : many.replace("#", items.length);
    notice.href = back ? "/sync/look" : out ? "/sign-in" : "/offline";
    if (items.length) notice.hidden = false;
    else notice.removeAttribute("href");
    dispatchEvent(new CustomEvent("outbox", { detail: items }));
    return items.some((item) => !item.held);
  }

  async function go() {
    clearTimeout(timer);
    if (!(await show())) return;
    // Zero: no network, or an answer that isn't ours.
    const status = await outbox.send(mine()).catch(() => 0);
    if (!(await show(status)) || status === 401) return;
    timer = setTimeout(go, wait * (.5 + Math.random()));
    wait = Math.min(wait * 2, longest);
  }

  const now = () => { wait = first; go(); };
  addEventListener("online", now);
  document.addEventListener("visibilitychange", () => { if (!document.hidden) now(); });
  addEventListener("pageshow", ({ persisted }) => { if (persisted) now(); });
  navigator.serviceWorker?.addEventListener("message", () => show());
  if (root.mark && !navigator.connection?.saveData)
    navigator.serviceWorker?.ready.then(({ active }) => active.postMessage("more"));
  go();
}

// A draft stays for a day. What a former release put here lay beside its own key.
function tidy(store) {
  store.openCursor().onsuccess = ({ target: { result } }) => {
    if (result && !(/^\w{32} /.test(result.key) && new Date(result.value.at) > Date.now() - 86_400_000))
      result.delete();
    result?.continue();
  };
}

// Somebody else has this phone now: the safety plan that was kept on it is not theirs to read.
async function forgetAnothersPlan() {
  const name = "kept-safety-plan";
  const kept = await self.caches?.match("/plan/safety/kept", { cacheName: name });
  if (kept && kept.headers.get("Groundwork-Kept")?.split(" ")[0] !== root.mark) await caches.delete(name);
}
