// The style sheet does this alone by :has(); here for the browsers that do not know it.
export default function (group) {
  if (CSS.supports("selector(:has(*))")) return;
  const area = group.querySelector(".reveal");
  if (!area) return;
  const update = () => { area.hidden = !group.querySelector("[data-reveals]:checked"); };
  group.addEventListener("change", update);
  update();
}
