// Draws whole points on a glass of 300 by 100, so that the drawing fits into a form field.
export default function (form) {
  const glass = form.querySelector("svg");
  const path = glass.querySelector("path");
  const field = form.elements.initials;
  const draw = (drawing) => { path.setAttribute("d", drawing); field.value = drawing; };
  const point = ({ clientX, clientY }) => {
    const { left, top, width, height } = glass.getBoundingClientRect();
    return `${whole((clientX - left) / width, 300)} ${whole((clientY - top) / height, 100)}`;
  };
  glass.addEventListener("pointerdown", (event) => {
    glass.setPointerCapture(event.pointerId);
    draw(`${field.value}M${point(event)}`);
  });
  glass.addEventListener("pointermove", (event) => {
    const next = `L${point(event)}`;
    if (glass.hasPointerCapture(event.pointerId) && !field.value.endsWith(next)) draw(field.value + next);
  });
  form.querySelector("[type=button]").addEventListener("click", () => draw(""));
}

function whole(part, most) {
  return Math.round(Math.min(1, Math.max(0, part)) * most);
}
