// A note, to the clipboard. Where that isn't allowed, it is marked, so that the keys can copy it.
export default function (button) {
  const note = document.getElementById(button.dataset.from);
  button.hidden = false;
  button.addEventListener("click", async () => {
    try {
      await navigator.clipboard.writeText(note.textContent);
      note.nextElementSibling.hidden = false;
    } catch {
      getSelection().selectAllChildren(note);
    }
  });
}
