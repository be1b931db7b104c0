// The page is the same for everybody. Whom its owner named is here only if this phone keeps it, or, with a network and
// somebody signed in, if the server says so; after Hide neither is asked. Their rows are there before (app.js).
const address = "/plan/safety/people";
const box = { cacheName: "kept-safety-plan" };

export default async function (section) {
  if (section.hidden) return;
  const plan = section.querySelector("[data-kept]");
  if (await self.caches?.match(plan.dataset.kept, box)) plan.href = plan.dataset.kept;
  const kept = await self.caches?.match(address, box);
  if (kept) renew(kept);
  else say(section, "asks");
  const answer = kept ?? await fetch(address, { redirect: "manual" }).catch(() => {});
  // Without a network, or from somebody else's: no names. Asked who she is first: a redirect.
  if (answer?.ok && answer.headers.has("Groundwork-Kept")) show(section, await answer.json());
  else say(section, answer?.type === "opaqueredirect" ? "door" : "lost");
}

function show(section, people) {
  const [first, rest] = section.querySelectorAll("ul");
  const rows = [...first.querySelectorAll(".blank")];
  const row = rows[0].cloneNode(true);
  people.slice(0, 3).forEach((person, at) => fill(rows[at], person));
  rest.append(...people.slice(3).map((person) => fill(row.cloneNode(true), person)));
  rest.parentElement.classList.toggle("blank", people.length < 4);
  say(section, "");
  const [, asks] = section.querySelectorAll(".instead");
  asks.hidden = people.length > 2;
  asks.style.gridRowStart = people.length + 1;
  asks.firstElementChild.hidden = people.length;
}

const say = (section, what) => { section.querySelector("[role=status]").textContent = section.dataset[what] ?? ""; };

// Whom she took off her list, or added, since then: with a network the copy follows, for the next time.
async function renew(kept) {
  const now = await fetch(address, { redirect: "manual" }).catch(() => {});
  const [whose, plan] = [now, kept].map((answer) => answer?.headers.get("Groundwork-Kept"));
  if (now?.ok && whose === plan) await (await caches.open(box.cacheName)).put(address, now);
}

function fill(row, { name, number }) {
  row.classList.remove("blank");
  row.querySelector("bdi").textContent = name;
  const [call, text] = row.querySelectorAll("a");
  call.href = `tel:${number}`;
  text.href = `sms:${number}`;
  for (const link of [call, text]) link.setAttribute("aria-label", `${link.textContent.trim()} ${name}`);
  return row;
}
