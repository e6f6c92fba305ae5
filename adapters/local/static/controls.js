// What a page needs for itself: tabs, the switch of persons, the theme, and the keys that go with them.
import { connect, disconnect, fetched, open, remember } from "./live.js";

const $ = (id) => document.getElementById(id);

function choose(tab) {
  for (const each of tab.parentElement.children) {
    each.ariaSelected = String(each === tab);
    each.tabIndex = each === tab ? 0 : -1;
    $(each.getAttribute("aria-controls")).toggleAttribute("data-off", each !== tab);
  }
  delete tab.dataset.news;
}

function show(link) {
  $("panes").dataset.show = link.dataset.show;
  for (const each of document.querySelectorAll(".person")) each.ariaCurrent = each === link ? "true" : null;
  delete link.dataset.news;
}

document.addEventListener("click", (event) => {
  const hit = event.target.closest("[role=tab], [data-opens], .dismiss, .person, #theme");
  if (hit?.matches("[role=tab]")) choose(hit);
  else if (hit?.matches("[data-opens]")) open($(hit.dataset.opens));
  else if (hit?.matches(".person")) { event.preventDefault(); show(hit); remember(); }
  else if (hit?.matches(".dismiss")) { const panel = hit.closest(".panel"); hit.closest(".answer").replaceChildren(); panel.focus(); }
  else if (hit) {
    const theme = document.documentElement.dataset.theme = hit.ariaPressed === "true" ? "light" : "dark";
    hit.ariaPressed = String(theme === "dark");
    document.cookie = `theme=${theme}; path=/; max-age=31536000; samesite=strict`;
  }
});

document.addEventListener("change", async ({ target }) => {
  const pane = target.closest(".pane"), person = target.matches("[data-person]");
  if (!person && !target.matches("[data-which]")) return;
  if (person) pane.dataset.who = target.value;
  else $(`${pane.dataset.slot}-k-list`).dataset.channel = target.value;
  const tab = pane.querySelector("[aria-selected=true]").id;
  disconnect();
  await fetched(`/pane/${pane.dataset.slot}`).catch(() => location.reload());
  if ($(tab)) choose($(tab));
  remember();
  connect();
});

document.addEventListener("keydown", (event) => {
  const { key, target } = event;
  if (key === "Enter" && !event.shiftKey && !event.isComposing && target.matches(".compose textarea")) {
    event.preventDefault();
    target.form.requestSubmit();
  } else if (target.matches("[role=tab]") && ["ArrowLeft", "ArrowRight", "Home", "End"].includes(key)) {
    const tabs = [...target.parentElement.children], at = tabs.indexOf(target), last = tabs.length - 1;
    const next = { ArrowLeft: at ? at - 1 : last, ArrowRight: at < last ? at + 1 : 0, Home: 0, End: last }[key];
    event.preventDefault();
    choose(tabs[next]);
    tabs[next].focus();
  }
});

document.addEventListener("input", ({ target }) => { delete target.form?.dataset.key; }); // other words, another gesture

const dark = document.documentElement.dataset.theme ?? (matchMedia("(prefers-color-scheme: dark)").matches && "dark");
$("theme").ariaPressed = String(dark === "dark");
