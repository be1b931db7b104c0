const installed = () => matchMedia("(display-mode: standalone)").matches || navigator.standalone;

// On the page with the steps, a button where the browser has one; on Today, an offer.
export default function (card) {
  if ("offer" in card.dataset) return offer(card);
  const button = card.querySelector("button");
  const show = () => { button.parentNode.hidden = !self.askToInstall; };
  addEventListener("beforeinstallprompt", show);
  button.addEventListener("click", async () => {
    await askToInstall.prompt();
    self.askToInstall = undefined;
    show();
  });
  show();
}

// Not on the first day, not on somebody else's phone, and never again after a no.
function offer(card) {
  const today = new Date().toDateString();
  const since = localStorage.getItem("install") ?? today;
  if (!document.documentElement.dataset.mark || installed()) return;
  localStorage.setItem("install", since);
  card.hidden = since === today || since === "no";
  card.querySelector("button").addEventListener("click", () => {
    localStorage.setItem("install", "no");
    card.hidden = true;
  });
}
