export default function (button) {
  button.addEventListener("click", () => print());
  const initials = document.querySelector("[data-initials]");
  if (!initials) return;
  let names = [];
  addEventListener("beforeprint", () => {
    names = initials.checked ? [...document.querySelectorAll("main bdi")].map((name) => [name, name.textContent]) : [];
    for (const [name, whole] of names) name.textContent = whole.split(/\s+/).map(([first]) => `${first}.`).join("");
  });
  addEventListener("afterprint", () => { for (const [name, whole] of names) name.textContent = whole; });
}
