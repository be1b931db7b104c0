export const make = (tag, having, ...inside) => {
  const made = Object.assign(document.createElement(tag), having);
  made.append(...inside);
  return made;
};

// On a slow network what was saved stands there at once, as it was typed, where its own page will show it.
export default function (form) {
  const facts = make("dl", { className: "facts" }, ...[...form.querySelectorAll(".field, .group")].flatMap(fact));
  if (!facts.childElementCount) return;
  const help = [...form.querySelectorAll("[data-stays]")].filter((part) => part.checkVisibility());
  const others = [...form.parentNode.children].filter((part) => !part.hidden && !part.matches(".unsent, .toasts"));
  const typed = form.elements.happened?.value;
  const at = new Date(typed || Date.now());
  const { lang } = document.documentElement;
  // What was typed is wall time already.
  const timeZone = typed ? undefined : form.dataset.zone;
  const day = at.toLocaleDateString(lang, { weekday: "long", month: "long", day: "numeric", timeZone });
  const hour = at.toLocaleTimeString(lang, { hour: "numeric", minute: "2-digit", timeZone });
  const shown = [
    ...help.map((part) => part.cloneNode(true)),
    make("header", {}, make("h1", { textContent: day }), make("p", { className: "soft", textContent: hour })),
    make("section", { className: "card written" }, facts),
  ];
  for (const part of others) part.hidden = true;
  // Where its own page will say that it is saved, so that nothing moves when that page comes.
  const toast = make("div", { className: "toast" }, make("p", { textContent: form.dataset.leaves }));
  form.parentNode.querySelector(".toasts")?.replaceChildren(toast);
  form.parentNode.append(...shown);
  scrollTo(0, 0);
  // Whoever goes back to this page, or whose network ended in the browser's own error, finds the form again.
  addEventListener("pageshow", ({ persisted }) => {
    if (persisted) for (const part of [...shown, ...others]) part.hidden = !part.hidden;
  }, { once: true });
}

function fact(field) {
  const chosen = [...field.querySelectorAll(":checked")].map((choice) => choice.labels[0]);
  const typed = field.matches(".group") ?
    chosen.map((choice) => choice.textContent.trim()).join(", ") :
    field.querySelector(".input")?.value.trim();
  if (!typed || field.querySelector("[name=happened]")) return [];
  const level = /level-\d+/.exec(chosen[0]?.className);
  const words = make(
    "dd", { className: "words" }, level ? make("span", { className: `strength ${level}` }, typed) : typed
  );
  return make("div", {}, make("dt", { textContent: field.querySelector("legend, label").textContent }), words);
}
