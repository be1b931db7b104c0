// The cache's name and this address are all that the worker knows of it; nothing else is put there.
const cache = "kept-safety-plan";
const address = "/plan/safety/kept";

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
  }
  element.addEventListener("change", async ({ target: { value } }) => {
    try {
      await (value === "none" ? caches.delete(cache) : keep(copy, value));
      show(value);
      say(element, value === "none" ? "gone" : "kept");
    } catch {
      show((await caches.match(address, { cacheName: cache }))?.headers.get("Groundwork-Kept").split(" ")[1] ?? "none");
      say(element, "failed");
    }
  });
  element.hidden = false;
}

async function keep(copy, what) {
  const response = await fetch(`${copy}?what=${what}`);
  // A page that asks for a password first is not the plan.
  if (!response.ok || !response.headers.has("Groundwork-Kept")) throw new Error("no plan");
  await (await caches.open(cache)).put(address, response);
}

function say(element, what) {
  const said = element.querySelector("[data-said]");
  said.textContent = said.dataset[what];
}
