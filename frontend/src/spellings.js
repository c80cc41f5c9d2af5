// 认单位写法: a row is settled without loading the page again, and what is typed is looked up by name, sound or
// initials. Without this the rows are plain forms.
const list = document.getElementById("offered");
const WAIT = 120;
const SEPARATOR = /[、，,;；/]/;
let input = null;
let timer = 0;
let asked = 0;

const options = () => [...list.children];
const active = () => list.querySelector("[aria-selected=true]");
const begun = (field) => field.value.split(SEPARATOR).at(-1).trim();

function close() {
  clearTimeout(timer);
  asked += 1;
  list.hidden = true;
  list.replaceChildren();
  input?.setAttribute("aria-expanded", "false");
  input?.removeAttribute("aria-activedescendant");
}

function choose(option) {
  for (const each of options()) each.setAttribute("aria-selected", String(each === option));
  if (!option) return;
  input.setAttribute("aria-activedescendant", option.id);
  option.scrollIntoView({ block: "nearest" });
}

// The name takes the place of what was typed last; what stands before it are units already named.
function take(option) {
  const last = begun(input);
  input.value = input.value.trimEnd().slice(0, input.value.trimEnd().length - last.length) + option.textContent;
  close();
}

function show(html) {
  list.innerHTML = html;
  for (const [n, option] of options().entries()) option.id = `offered-${n}`;
  input.closest(".spelling-other, .spelling-new").append(list);
  list.hidden = !list.children.length;
  input.setAttribute("aria-expanded", String(!list.hidden));
  choose(list.firstElementChild);
}

async function look() {
  const mine = (asked += 1);
  const typed = begun(input);
  if (!typed) return close();
  const answer = await fetch(`${list.dataset.find}?typed=${encodeURIComponent(typed)}`).catch(() => null);
  if (answer?.ok && mine === asked) show(await answer.text());
}

function adopt(field) {
  if (field.role === "combobox") return;
  field.removeAttribute("list");
  for (const [name, value] of Object.entries({ role: "combobox", "aria-autocomplete": "list", "aria-controls": list.id, "aria-expanded": "false" })) field.setAttribute(name, value);
}

function nextInput(row) {
  const rows = [...document.querySelectorAll(".spelling")];
  return rows.slice(rows.indexOf(row) + 1).map((each) => each.querySelector("[name=typed]")).find(Boolean);
}

async function settle(form, button) {
  const row = form.closest(".spelling");
  const sent = new FormData(form, button);
  const answer = await fetch(form.action, { method: "POST", body: sent, headers: { "X-Part": "row" } }).catch(() => null);
  if (!answer || !(answer.ok || answer.status === 422)) return form.submit();
  const next = nextInput(row);
  list.remove();
  const holder = document.createElement("template");
  holder.innerHTML = (await answer.text()).trim();
  const told = holder.content.firstElementChild;
  row.replaceWith(told);
  document.body.append(list);
  const place = answer.ok ? next : told.querySelector("[name=typed]");
  (place ?? told.querySelector("button")).focus();
}

if (list) {
  const fields = "[name=typed], [name=parent], [name=below]";
  document.addEventListener("focusin", ({ target }) => {
    if (!target.matches(fields)) return;
    close();
    input = target;
    adopt(target);
  });
  document.addEventListener("input", ({ target }) => {
    if (target !== input) return;
    clearTimeout(timer);
    timer = setTimeout(look, WAIT);
  });
  document.addEventListener("keydown", async (event) => {
    if (event.target !== input) return;
    const at = options().indexOf(active());
    if (event.key === "ArrowDown" || event.key === "ArrowUp") {
      if (list.hidden) return;
      event.preventDefault();
      choose(options().at((at + (event.key === "ArrowDown" ? 1 : -1)) % options().length));
    } else if (event.key === "Escape") {
      close();
    } else if (event.key === "Enter" && input.value.trim() && !event.isComposing) {
      event.preventDefault();
      if (list.hidden) await look();
      if (active()) take(active());
      if (input.name === "typed") input.form.requestSubmit(input.form.querySelector("[value=typed]"));
    } else if (SEPARATOR.test(event.key) && active()) {
      take(active());
    }
  });
  list.addEventListener("mousedown", (event) => {
    event.preventDefault();
    const option = event.target.closest("[role=option]");
    if (option) take(option);
  });
  document.addEventListener("focusout", ({ target }) => target === input && close());
  document.addEventListener("submit", (sent) => {
    if (sent.defaultPrevented || !sent.target.matches("[data-settle]")) return;
    sent.preventDefault();
    settle(sent.target, sent.submitter);
  });
}
