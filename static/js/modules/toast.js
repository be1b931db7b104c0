// What stood in the region at load is never announced; what comes into it is.
export default function (region) {
  setTimeout(() => region.replaceChildren(...[...region.children].map((toast) => toast.cloneNode(true))), 100);
}
