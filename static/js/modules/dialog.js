export default function (dialog) {
  if (!dialog.showModal) return;
  for (const opener of document.querySelectorAll(`[data-opens="${dialog.id}"]`)) {
    opener.addEventListener("click", () => dialog.showModal());
  }
  // Safari has no closedby: a tap beside the dialog is a tap on the dialog itself, outside of its box.
  dialog.addEventListener("click", (event) => {
    if (event.target === dialog && isOutside(dialog, event)) dialog.close();
  });
}

function isOutside(dialog, { clientX, clientY }) {
  const { left, right, top, bottom } = dialog.getBoundingClientRect();
  return clientX < left || clientX > right || clientY < top || clientY > bottom;
}
