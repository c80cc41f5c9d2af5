// What was typed into a form outlives an expired session, a lost connection and a refusal: it stays in this
// tab until the server says it has been saved. Kept per person, and forgotten on signing out.
const person = document.body.dataset.person;
const keyOf = (form) => `draft ${person} ${new URL(form.action).pathname}`;
const texts = (form) =>
  [...form.elements].filter((field) => field.name && field.matches("textarea, select, input:not([type=hidden], [type=file], [type=password])"));

function save(form) {
  const kept = texts(form).map((field) => [field.name, field.type === "checkbox" ? field.checked : field.value]);
  sessionStorage.setItem(keyOf(form), JSON.stringify(kept));
}

// Nothing that was typed may come back folded away.
function unfold(element) {
  for (let fold = element.closest("details"); fold; fold = fold.parentElement.closest("details")) fold.open = true;
}

function restore(form) {
  const kept = sessionStorage.getItem(keyOf(form));
  if (kept === null) return;
  const waiting = JSON.parse(kept);
  for (const field of texts(form)) {
    const at = waiting.findIndex(([name]) => name === field.name);
    if (at < 0) continue;
    const [[, value]] = waiting.splice(at, 1);
    if (field.type === "checkbox") field.checked = value;
    else field.value = value;
    if (value) unfold(field);
  }
  unfold(form);
}

for (const saved of document.querySelectorAll("[data-saved]")) {
  sessionStorage.removeItem(`draft ${person} ${saved.dataset.saved}`);
}
for (const leaving of document.querySelectorAll("[data-forget-drafts]")) {
  leaving.addEventListener("submit", () => sessionStorage.clear());
}
if (person) {
  for (const form of document.querySelectorAll("form[data-draft]")) {
    if (!form.hasAttribute("data-shown-again")) restore(form);
    form.addEventListener("input", () => save(form));
  }
}
