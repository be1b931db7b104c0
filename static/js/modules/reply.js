// Ctrl+Enter sends as the button would, Escape leaves the box: what is in it stays.
export default function (details) {
  details.addEventListener("keydown", (event) => {
    if (event.target.localName !== "textarea" || event.isComposing) return;
    if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) {
      event.preventDefault();
      event.target.form.requestSubmit();
    }
    if (event.key === "Escape") details.querySelector("summary").focus();
  });
}
