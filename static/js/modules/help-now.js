// The page is the same for everybody. Whom its owner named is here only if this phone keeps it, or, with a network and
// somebody signed in, if the server says so; after Hide neither is asked.
const address = "/plan/safety/people";

export default async function (section) {
  if ("hid" in localStorage) return;
  const kept = await self.caches?.match(address, { cacheName: "kept-safety-plan" });
  // Pages for everybody don't say whose they are: there is a mark where somebody is signed in on a phone of their own.
  const asks = !kept && localStorage.getItem("mark");
  const answer = kept ?? (asks && await fetch(address, { redirect: "manual" }).catch(() => {}));
  if (!answer?.ok || !answer.headers.has("Groundwork-Kept")) return;
  if (kept && localStorage.getItem("mark")) renew(kept);
  const [first, rest] = section.querySelectorAll("ul");
  const line = section.querySelector("template").content.firstElementChild;
  const people = (await answer.json()).map((person) => made(line, person));
  first.append(...people.slice(0, 3));
  rest.append(...people.slice(3));
  rest.parentElement.hidden = people.length < 4;
  section.hidden = !people.length;
}

// Whom she took off her list, or added, since then: with a network the copy follows, for the next time.
async function renew(kept) {
  const now = await fetch(address, { redirect: "manual" }).catch(() => {});
  const [whose, plan] = [now, kept].map((answer) => answer?.headers.get("Groundwork-Kept"));
  if (now?.ok && whose === plan) await (await caches.open("kept-safety-plan")).put(address, now);
}

function made(line, { name, number }) {
  const copy = line.cloneNode(true);
  copy.querySelector("bdi").textContent = name;
  const [call, text] = copy.querySelectorAll("a");
  call.href = `tel:${number}`;
  text.href = `sms:${number}`;
  for (const link of [call, text]) link.setAttribute("aria-label", `${link.textContent.trim()} ${name}`);
  return copy;
}
