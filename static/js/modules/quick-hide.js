import { leave } from "../app.js";

// Somebody is looking over a shoulder: leave the screen first, tell the server on the way out.
export default function (form) {
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    document.title = form.dataset.title;
    document.body.hidden = true;
    const body = leave();
    fetch(form.action, { method: "POST", body, keepalive: true, redirect: "manual" }).catch(() => {});
    try {
      // Without a network the worker shows nobody's page until the server has heard of it, as after signing out.
      await (await caches.open("left")).put(form.action, new Response(body));
    } finally {
      // Replaces this page in the history, so that Back does not bring it up again.
      location.replace(form.dataset.to);
    }
  });
}
