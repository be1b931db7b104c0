import { leave } from "../app.js";

// Somebody is looking over a shoulder: leave the screen first, tell the server on the way out.
export default function (form) {
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    document.title = form.dataset.title;
    document.body.hidden = true;
    // Until a page of theirs is shown again, Help now shows nobody's names.
    localStorage.setItem("hid", "");
    // Exercises are open to everybody, so a run that waits in this tab would go on for whoever opens one.
    sessionStorage.removeItem("practice");
    try {
      await leave(form, true);
    } finally {
      // Replaces this page in the history, so that Back does not bring it up again.
      location.replace(form.dataset.to);
    }
  });
}
