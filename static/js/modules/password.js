export default function (element) {
  const input = element.querySelector("input");
  const toggle = element.querySelector("[data-show]");
  const { autocomplete } = input;
  const show = (visible) => {
    input.type = visible ? "text" : "password";
    // What stands in a text field may be written into the browser's own files, for restoring the tab.
    input.autocomplete = visible ? "off" : autocomplete;
    toggle.setAttribute("aria-pressed", visible);
  };
  toggle.addEventListener("click", () => show(input.type === "password"));
  // Hidden again on the way out: browsers remember what stood in a text field, but not in a password field.
  input.form?.addEventListener("submit", () => show(false));
  element.querySelector("[data-use]")?.addEventListener("click", () => {
    input.value = input.dataset.offer;
    show(true);
    input.focus();
  });
}
