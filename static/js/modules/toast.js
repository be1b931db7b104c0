const patience = 10_000;

export default function (region) {
  const toasts = [...region.children];
  // What stood in the region at load is never announced; what comes back into it is.
  region.replaceChildren();
  setTimeout(() => region.append(...toasts), 100);
  for (const toast of toasts) leaveInTime(toast);
  // Whoever goes on has seen it; it must not lie over Save meanwhile. A way back stays its time.
  document.addEventListener("click", () => {
    for (const toast of toasts) if (!toast.matches(".undo")) toast.remove();
  });
}

function leaveInTime(toast) {
  let timer;
  const stay = () => clearTimeout(timer);
  const leaveLater = () => {
    stay();
    timer = setTimeout(() => toast.remove(), patience);
  };
  for (const happening of ["pointerenter", "focusin"]) toast.addEventListener(happening, stay);
  for (const happening of ["pointerleave", "focusout"]) toast.addEventListener(happening, leaveLater);
  leaveLater();
}
