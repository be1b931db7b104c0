import "../outbox.js";
import { mine } from "./unsent.js";

// Only the server can open what came back: a form brings it there, a button throws it away.
export default async function (element) {
  if (element.matches("button")) return element.addEventListener("click", () => throwAway(element.dataset));
  const item = (await outbox.items(mine())).find((waiting) => waiting.held);
  const told = element.querySelector("p");
  if (!item) return void (told.textContent = told.dataset.none);
  for (const [name, value] of Object.entries(item)) {
    element.append(Object.assign(document.createElement("input"), { type: "hidden", name, value }));
  }
  element.submit();
}

async function throwAway({ id, sure }) {
  if (!confirm(sure)) return;
  await outbox.drop(id);
  location.assign("/today");
}
