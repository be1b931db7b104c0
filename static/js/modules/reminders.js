// `mark` is there when this phone was switched on: a hash of the subscription that the server has.
export default function (card) {
  const { at, mark } = card.dataset;
  const button = card.querySelector("[data-subscribe]");
  const say = (what) => {
    for (const note of card.querySelectorAll("[data-say]")) note.hidden = note.dataset.say !== what;
  };

  if (!("serviceWorker" in navigator && "PushManager" in window)) {
    button?.parentElement.remove();
    return say(isApple() ? "install" : "none");
  }
  if (!isApple()) card.querySelector("[data-steps]")?.remove();
  if (Notification.permission === "denied") say("denied");
  else if (Notification.permission === "granted" && mark !== undefined) keep(at, mark).catch(() => {});

  button?.addEventListener("click", async () => {
    say();
    // Asked first of all: Safari forgets that there was a tap as soon as anything else is waited for.
    if (await Notification.requestPermission() !== "granted") return say("denied");
    try {
      await connect(at);
      location.reload();
    } catch {
      say("failed");
    }
  });
}

async function keep(at, mark) {
  const { pushManager } = await navigator.serviceWorker.ready;
  const there = await pushManager.getSubscription();
  if (!mark || !there || await hash(there.endpoint) !== mark) await connect(at);
}

async function connect(at) {
  const { key, token } = await (await fetch(at)).json();
  const { pushManager } = await navigator.serviceWorker.ready;
  const options = { userVisibleOnly: true, applicationServerKey: key };
  const subscription = await pushManager.subscribe(options).catch(async () => {
    // One that was made with another key stands in the way.
    await (await pushManager.getSubscription())?.unsubscribe();
    return pushManager.subscribe(options);
  });
  const { endpoint, keys } = subscription.toJSON();
  const told = await fetch(at, { method: "POST", body: new URLSearchParams({ endpoint, ...keys, csrf_token: token }) });
  if (!told.ok) throw new Error(told.status);
}

async function hash(text) {
  const bytes = new Uint8Array(await crypto.subtle.digest("SHA-256", new TextEncoder().encode(text)));
  return [...bytes].map((byte) => byte.toString(16).padStart(2, "0")).join("");
}

function isApple() {
  // An iPad says it is a Mac; only one of them can be touched.
  return /iP(hone|ad|od)/.test(navigator.userAgent) || (/Mac/.test(navigator.platform) && navigator.maxTouchPoints > 1);
}
