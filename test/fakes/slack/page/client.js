// The browser's side of the page: shows what the stand-in renders, and sends what the person does.
const $ = (id) => document.getElementById(id);
const parameters = new URLSearchParams(location.search);
const look = {
  who: parameters.get("who") ?? $("who").value,
  at: parameters.get("at") ?? "C0OPS",
  thread: parameters.get("thread") ?? "",
};
$("who").value = look.who;

let busy = false;
let again = false;
const shown = {};

/** Puts a part in place only when it is another one: what somebody types elsewhere stays. */
function put(id, html) {
  if (shown[id] === html) return;
  shown[id] = html;
  const element = $(id);
  const atEnd = element.scrollHeight - element.scrollTop - element.clientHeight < 40;
  element.innerHTML = html;
  if (atEnd) element.scrollTop = element.scrollHeight;
}

async function refresh() {
  if (busy) {
    again = true;
    return;
  }
  busy = true;
  const response = await fetch(`/page/frames?${new URLSearchParams(look)}`);
  const frames = await response.json();
  for (const id of ["channels", "title", "main", "thread", "modal"]) put(id, frames[id]);
  $("side").hidden = look.thread === "";
  $("composer").hidden = look.at === "home";
  busy = false;
  if (again) {
    again = false;
    await refresh();
  }
}

function go(change) {
  Object.assign(look, change);
  history.replaceState(null, "", `?${new URLSearchParams(look)}`);
  void refresh();
}

let hiding;
async function act(what) {
  const body = JSON.stringify({ who: look.who, at: look.at, ...what });
  const response = await fetch("/page/act", { method: "POST", headers: { "content-type": "application/json" }, body });
  const { trouble, errors } = await response.json();
  for (const old of document.querySelectorAll(".refused")) old.remove();
  for (const [block, text] of Object.entries(errors)) {
    const note = Object.assign(document.createElement("p"), { className: "refused", textContent: text });
    document.querySelector(`.modal [data-block="${CSS.escape(block)}"]`)?.append(note);
  }
  if (trouble === null || Object.keys(errors).length > 0) return;
  $("toast").textContent = trouble;
  $("toast").hidden = false;
  clearTimeout(hiding);
  hiding = setTimeout(() => ($("toast").hidden = true), 6000);
}

/** Asks what the app wants to have asked before it hears of a click. */
function confirmed(element) {
  if (element.dataset.confirm === undefined) return Promise.resolve(true);
  const { title, text, confirm, deny } = JSON.parse(element.dataset.confirm);
  const dialog = $("confirm");
  dialog.querySelector("h3").textContent = title?.text ?? "Are you sure?";
  dialog.querySelector("p").textContent = text.text;
  const [no, yes] = dialog.querySelectorAll("button");
  no.textContent = deny?.text ?? "Cancel";
  yes.textContent = confirm?.text ?? "Yes";
  dialog.returnValue = "";
  dialog.showModal();
  return new Promise((resolve) => {
    dialog.addEventListener("close", () => resolve(dialog.returnValue === "yes"), { once: true });
  });
}

function entryOf(element) {
  if (element.multiple) return [...element.selectedOptions].map(({ value }) => value);
  if (element.type !== "checkbox") return element.value;
  const all = document.querySelectorAll(`[data-name="${CSS.escape(element.dataset.name)}"]:checked`);
  return [...all].map(({ value }) => value);
}

async function press(element, entry) {
  if (!(await confirmed(element))) return;
  if (element.dataset.url !== undefined) window.open(element.dataset.url, "_blank", "noreferrer");
  const view = element.closest("[data-view]")?.dataset.view;
  const { name } = element.dataset;
  const choice = entry === undefined ? {} : { entry };
  if (view === undefined) await act({ do: "press", ts: element.closest("[data-ts]").dataset.ts, name, ...choice });
  else await act({ do: "press-view", view, name, ...choice });
}

document.addEventListener("click", (event) => {
  const element = event.target.closest("[data-act]");
  if (element === null) return;
  const { act: what, ts, at } = element.dataset;
  if (what === "press") void press(element);
  if (what === "thread") go({ thread: ts });
  if (what === "close") void act({ do: "close", view: element.closest("[data-view]").dataset.view });
  if (what === "shortcut")
    void act({ do: "shortcut", ts: element.closest("[data-ts]").dataset.ts, name: element.dataset.name });
  if (what !== "go") return;
  go({ at, thread: "" });
  if (at === "home") void act({ do: "home" });
});

document.addEventListener("change", (event) => {
  if (event.target.dataset?.act === "choose" && event.target.value !== "")
    void press(event.target, entryOf(event.target));
});

document.addEventListener("submit", (event) => {
  event.preventDefault();
  const form = event.target;
  if (form.id === "composer" || form.id === "reply") {
    const box = form.querySelector("textarea");
    const text = box.value.trim();
    box.value = "";
    if (text !== "") void act({ do: "type", text, thread: form.id === "reply" ? look.thread : null });
    return;
  }
  const values = {};
  for (const element of form.querySelectorAll("[name]")) {
    if (element.dataset.act !== undefined) continue;
    if ((element.type === "radio" && !element.checked) || entryOf(element).length === 0) continue;
    values[element.name] = entryOf(element);
  }
  void act({ do: "submit", view: form.dataset.view, values });
});

document.addEventListener("keydown", (event) => {
  if (event.key !== "Enter" || event.shiftKey || event.target.closest("#composer, #reply") === null) return;
  event.preventDefault();
  event.target.form.requestSubmit();
});

$("who").addEventListener("change", () => go({ who: $("who").value }));
for (const button of $("confirm").querySelectorAll("button"))
  button.addEventListener("click", () => $("confirm").close(button.value));
$("leave").addEventListener("click", () => go({ thread: "" }));
new EventSource("/page/changes").addEventListener("message", () => void refresh());
