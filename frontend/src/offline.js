// A form is not sent into a cut line: the browser would put its own error page in the place of this one, and with
// it go the files chosen here. What was typed would come back by itself (drafts.js).
const words = document.body.dataset.offline;

document.addEventListener("submit", (sent) => {
  if (navigator.onLine) return;
  sent.preventDefault();
  sent.target.querySelector("[data-cut]")?.remove();
  const notice = Object.assign(document.createElement("div"), { className: "alert alert-warning", textContent: words });
  notice.setAttribute("role", "alert");
  notice.dataset.cut = "";
  sent.target.prepend(notice);
});

addEventListener("online", () => {
  for (const notice of document.querySelectorAll("[data-cut]")) notice.remove();
});
