// Keeps the workspace alive. Whatever comes from the server, answers and events alike, is a handful of elements with
// ids: each replaces the one that has its id, or goes to the end of the element that its data-into names.

const $ = (id) => document.getElementById(id);
const main = $("panes");
let source, soon, turn = Promise.resolve(), mark = document.body.dataset.mark;

// ------------------------------------------------------------------------------------------------ putting in place

function place(html) {
  const box = Object.assign(document.createElement("template"), { innerHTML: html });
  const ends = [...document.querySelectorAll(".panel")].filter(atEnd);
  for (const fresh of [...box.content.children]) {
    const old = $(fresh.id), list = $(fresh.dataset.into);
    if (old) swap(old, fresh);
    else if (list) arrive(list, fresh);
    else continue;
    if (fresh.dataset.say) say(fresh.dataset.say);
    if ("open" in fresh.dataset) open(fresh);
    if (fresh.dataset.words) ($(fresh.id.replace(/answer$/, "text")) || fresh.closest(".pane").querySelector(".foot textarea")).value ||= fresh.dataset.words;
    if (fresh.matches(".answer:not(:empty)")) answer(fresh);
  }
  ends.forEach(toEnd);
}

function answer(fresh) { // the newest alone, in its order among the messages
  for (const other of fresh.closest(".panel").querySelectorAll(".answer")) if (other !== fresh) other.replaceChildren();
  if (fresh.matches("li")) fresh.parentElement.append(fresh);
  fresh.scrollIntoView({ block: "nearest" });
}

const newest = (panel) => [...panel.querySelectorAll(".flow > ol > .message, .flow > ol > .answer:not(:empty)")].pop();
const atEnd = (panel) => !newest(panel) || newest(panel).getBoundingClientRect().top < panel.getBoundingClientRect().bottom;
function toEnd(panel) { // but never past the first line of what is new; what has no messages opens at its top
  if (!newest(panel)) return;
  panel.scrollTop = panel.scrollHeight;
  const over = newest(panel) ? panel.getBoundingClientRect().top - newest(panel).getBoundingClientRect().top : 0;
  if (over > 0) panel.scrollTop -= over + 8;
}

function swap(old, fresh) { // what is being typed, open threads and the focus outlive the element
  const was = old.contains(document.activeElement) ? document.activeElement : null;
  const twin = (each) => [...fresh.querySelectorAll("[id]")].find((other) => other.id === each.id);
  for (const thread of old.querySelectorAll("details")) if (twin(thread)) twin(thread).open = thread.open;
  if (old.dataset.subject === fresh.dataset.subject) {
    for (const box of old.querySelectorAll("textarea")) if (twin(box)) twin(box).value ||= box.value;
    for (const dot of old.querySelectorAll("input:checked")) if (twin(dot)) twin(dot).checked = true;
  }
  for (const kept of old.matches("ol") ? old.querySelectorAll(".answer:not(:empty)") : []) {
    if (twin(kept)) twin(kept).replaceWith(kept);
    if (kept.matches("li")) fresh.append(kept);
  }
  old.replaceWith(fresh);
  if (was) ($(was.id)?.textContent === was.textContent ? $(was.id) : fresh.closest(".panel"))?.focus({ preventScroll: true });
}

function arrive(list, fresh) {
  const count = (label) => { label.dataset.news = Number(label.dataset.news || 0) + 1; };
  const slot = list.closest(".pane").dataset.slot, panel = list.closest(".panel");
  list.append(fresh);
  if (!fresh.dataset.say) return;
  if ("off" in panel.dataset) count($(panel.getAttribute("aria-labelledby")));
  if (main.dataset.show !== slot) count($(`${slot}-link`));
}

export function open(dialog) { // the browser itself gives the focus back to what opened it
  dialog.showModal();
  (dialog.querySelector("textarea[aria-invalid], [aria-invalid] input") || dialog.querySelector("textarea, input:not([type=hidden])"))?.focus();
}

function say(words) { // to those who listen rather than look
  const line = Object.assign(document.createElement("p"), { textContent: words });
  $("announcer").append(line);
  setTimeout(() => line.remove(), 10000);
}

// --------------------------------------------------------------------------------------------------------- sending

document.addEventListener("submit", async (event) => {
  const form = event.target, typed = form.querySelector("textarea[name=text]"), sent = typed?.value;
  if (form.method !== "post" || event.submitter?.formMethod === "dialog") return;
  event.preventDefault();
  if (form.ariaBusy === "true") return;
  form.ariaBusy = "true";
  const gesture = (form.matches(".buttons") ? event.submitter : form).dataset;
  gesture.key ||= crypto.randomUUID(); // stays where no answer came: sending the same again is the same gesture
  const body = new FormData(form, event.submitter), steps = form.querySelectorAll("[name=step]"), where = form.closest("[data-where]")?.dataset.where;
  for (const [name, value] of Object.entries({ ...form.closest(".pane")?.dataset, where, key: gesture.key })) body.set(name, value);
  const complain = (words) => { (form.querySelector(".error") || $(`${where}-answer`) || $("connection")).textContent = words; say(words); };
  for (const each of steps) each.disabled = true; // while time runs
  try {
    const answer = await fetch(form.action, { method: "POST", body, headers: { "X-CSRF-Token": $("csrf").content } });
    const words = await answer.text();
    if (answer.status < 500) delete gesture.key;
    if (!answer.ok) return complain(words);
    if (typed && typed.value === sent) typed.value = "";
    form.closest("dialog")?.close();
    place(words);
    if (document.activeElement === document.body) $(where)?.focus({ preventScroll: true });
    followUp();
  } catch {
    complain("Checkback cannot be reached. Nothing is lost: please try again.");
  } finally {
    form.ariaBusy = null;
    for (const each of steps) each.disabled = false;
    if (steps.length && document.activeElement === document.body) event.submitter.focus({ preventScroll: true });
  }
});

// ---------------------------------------------------------------------------------------------------------- events

function query() {
  const pairs = [...document.querySelectorAll(".pane")].map(({ dataset }) => [dataset.slot, dataset.who]);
  const lists = [...document.querySelectorAll("ol[data-channel]")].map((list) => [list.id.replace("k-list", "channel"), list.dataset.channel]);
  return new URLSearchParams([...pairs, ...lists, ["show", main.dataset.show]]);
}

export const remember = () => history.replaceState(null, "", `?${query()}`);

export async function fetched(path) {
  const answer = await fetch(`${path}?${query()}`);
  if (!answer.ok) throw new Error(path);
  place(await answer.text());
}

function followUp() { // duty, Home, the log and the time follow from what happens
  clearTimeout(soon);
  soon = setTimeout(() => fetched("/around").catch(() => {}), 150);
}

export function connect() {
  source?.close();
  const here = source = new EventSource(`/live?${query()}`);
  const again = () => { $("connection").textContent = "Not connected. Trying again…"; here.close(); if (here === source) setTimeout(connect, 2000); };
  const on = (name, job) => here.addEventListener(name, ({ data, lastEventId }) => { // one after the other, none passed over
    turn = turn.then(async () => {
      if (here.readyState === EventSource.CLOSED) return;
      await job(JSON.parse(data), lastEventId);
      mark = lastEventId;
    }).catch(again);
  });
  on("hello", async (_, now) => { if (now !== mark) await fetched("/panes"); $("connection").textContent = ""; });
  on("put", (html) => { place(html); followUp(); });
  on("moved", async () => { await fetched("/around"); say($("now").textContent); });
  on("emptied", () => location.assign("/"));
  here.onerror = again;
}

export const disconnect = () => source.close();

document.addEventListener("visibilitychange", () => (document.hidden ? disconnect() : connect()));
document.querySelectorAll(".panel").forEach(toEnd);
connect();
