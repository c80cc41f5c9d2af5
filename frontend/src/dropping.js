// A sheet dropped onto a form is chosen in its file input and sent; without this the input alone does.
for (const form of document.querySelectorAll("form[data-drop]")) {
  const input = form.querySelector("input[type=file]");
  const carriesFile = (event) => [...(event.dataTransfer?.types ?? [])].includes("Files");
  const mark = (isOver) => form.classList.toggle("drop-over", isOver);
  form.addEventListener("dragover", (event) => {
    if (!carriesFile(event)) return;
    event.preventDefault();
    mark(true);
  });
  form.addEventListener("dragleave", (event) => mark(form.contains(event.relatedTarget)));
  form.addEventListener("drop", (event) => {
    if (!carriesFile(event)) return;
    event.preventDefault();
    mark(false);
    input.files = event.dataTransfer.files;
    form.requestSubmit();
  });
}

// A file that misses the form must not be opened by the browser in the page's place.
if (document.querySelector("form[data-drop]")) {
  for (const kind of ["dragover", "drop"]) addEventListener(kind, (event) => event.preventDefault());
}

// What reading a long sheet takes is seen: the button says so and cannot be pressed twice.
for (const form of document.querySelectorAll("form[data-working]")) {
  form.addEventListener("submit", (sent) => {
    // After the form's own values were collected: a button that is off would not send its own.
    setTimeout(() => {
      if (sent.defaultPrevented) return;
      for (const button of form.querySelectorAll("button")) button.disabled = true;
      form.setAttribute("aria-busy", "true");
      form.querySelector("[data-working-words]").textContent = form.dataset.working;
    });
  });
}
// The way back shows the page as it was left: its buttons must work again.
addEventListener("pageshow", () => {
  for (const form of document.querySelectorAll("form[aria-busy]")) {
    form.removeAttribute("aria-busy");
    for (const button of form.querySelectorAll("button")) button.disabled = false;
    form.querySelector("[data-working-words]").textContent = "";
  }
});
