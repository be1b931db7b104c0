// Somebody is looking over a shoulder: leave the screen first, tell the server on the way out.
export default function (form) {
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    const told = new FormData(form);
    document.title = form.dataset.title;
    document.body.hidden = true;
    fetch(form.action, { method: "POST", body: told, keepalive: true, redirect: "manual" }).catch(() => {});
    // Replaces this page in the history, so that Back does not bring it up again.
    location.replace(form.dataset.to);
  });
}
