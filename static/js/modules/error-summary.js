export default function (summary) {
  summary.focus();
}
