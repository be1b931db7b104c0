// Alt and an arrow move the topic that the keys are in, as its buttons would; the page comes back to that button.
export default function (list) {
  list.addEventListener("keydown", (event) => {
    const way = { ArrowUp: "up", ArrowDown: "down" }[event.key];
    if (!way || !event.altKey || event.isComposing) return;
    event.preventDefault();
    event.target.closest("li")?.querySelector(`[value="${way}"]`)?.click();
  });
}
