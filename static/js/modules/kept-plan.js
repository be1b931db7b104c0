// The cache's name and the first address are all that the worker knows of it; beside the plan, whom to call is put
// there, for Help now.
const cache = "kept-safety-plan";
const address = "/plan/safety/kept";
const people = "/plan/safety/people";

export default async function (element) {
  if (!window.caches) return;
  const kept = await caches.match(address, { cacheName: cache });
  if (element.dataset.copy) return choose(element, kept);
  element.hidden = !kept;
  element.querySelector("[data-remove]")?.addEventListener("click", async ({ currentTarget }) => {
    await caches.delete(cache);
    currentTarget.remove();
    say(element, "gone");
  });
}

function choose(element, kept) {
  const { copy, whose: owner } = element.dataset;
  const [whose, what] = kept?.headers.get("Groundwork-Kept")?.split(" ") ?? [];
  const choice = (value) => element.querySelector(`[value=${value}]`);
  const show = (value) => {
    choice(value).checked = true;
    element.querySelector("[data-shows]").hidden = value === "none";
  };
  if (whose === owner) {
    show(what);
    // What was changed since is in the copy from now on.
    keep(copy, what).catch(() => {});
  } else if (localStorage.getItem("keeps") === "no") show("none");
  element.addEventListener("change", async ({ target: { value } }) => {
    try {
      await (value === "none" ? caches.delete(cache) : keep(copy, value));
      show(value);
      localStorage.setItem("keeps", value === "none" ? "no" : "yes");
      say(element, value === "none" ? "gone" : "kept");
    } catch {
      const there = await caches.match(address, { cacheName: cache });
      show(there?.headers.get("Groundwork-Kept").split(" ")[1] ?? "none");
      say(element, "failed");
    }
  });
  element.hidden = false;
}

async function keep(copy, what) {
  const found = await Promise.all([`${copy}?what=${what}`, people].map((from) => fetch(from)));
  // A page that asks for a password first is not the plan.
  if (!found.every(({ ok, headers }) => ok && headers.has("Groundwork-Kept"))) throw new Error("no plan");
  const box = await caches.open(cache);
  await Promise.all([address, people].map((at, which) => box.put(at, found[which])));
}

function say(element, what) {
  const said = element.querySelector("[data-said]");
  said.textContent = said.dataset[what];
}
