// Keeps pages fresh: a part marked data-live is read again when the server says that something changed.
"use strict";
(() => {
  // A menu closes when one leaves it.
  document.addEventListener("click", (event) => {
    for (const menu of document.querySelectorAll("details.account[open]")) {
      if (!menu.contains(event.target)) menu.open = false;
    }
  });
  document.addEventListener("keydown", (event) => {
    if (event.key !== "Escape") return;
    for (const menu of document.querySelectorAll("details.account[open]")) {
      menu.open = false;
      menu.querySelector("summary").focus();
    }
  });
  // A form is sent once, however often its button is pressed.
  document.addEventListener("submit", (event) => {
    const form = event.target;
    if (form.method !== "post") return;
    if (form.dataset.sent) { event.preventDefault(); return; }
    form.dataset.sent = "1";
    addEventListener("pageshow", () => { delete form.dataset.sent; }, { once: true });
  });
  // What is shown once is not made again by reading the page anew.
  const once = document.querySelector("[data-address]");
  if (once) history.replaceState(null, "", once.dataset.address);
  // A field whose value one takes along; without script one selects it oneself.
  for (const button of document.querySelectorAll("[data-copy]")) {
    button.hidden = false;
    button.addEventListener("click", async () => {
      const field = document.getElementById(button.dataset.copy);
      field.select();
      try { await navigator.clipboard.writeText(field.value); } catch { document.execCommand("copy"); }
      button.textContent = button.dataset.done;
    });
  }
  // Choices that take effect when made; without script there is a button.
  for (const button of document.querySelectorAll("[data-auto-button]")) button.hidden = true;
  document.addEventListener("change", (event) => {
    const form = event.target.closest("form[data-auto]");
    if (form) form.requestSubmit();
  });

  // Items of an agenda are dragged to their place; without script, and by keyboard, there are buttons.
  for (const list of document.querySelectorAll("[data-order]")) {
    let held = null;
    for (const row of list.children) {
      row.draggable = Boolean(row.querySelector("[data-place]"));
      row.addEventListener("dragstart", () => { held = row; });
      row.addEventListener("dragover", (event) => { if (held) event.preventDefault(); });
      row.addEventListener("drop", (event) => {
        event.preventDefault();
        const place = held && held !== row && held.querySelector("[data-place]");
        held = null;
        if (!place) return;
        place.value = [...list.children].indexOf(row) + 1;
        place.form.submit();
      });
    }
  }

  const parts = document.querySelectorAll("[data-live]");
  if (!parts.length || !window.EventSource) return;
  let timer = 0;
  // Nobody's half-written form, ticks, open fold or place on the page is thrown away.
  const busy = (part) => part.querySelector('details[open], input[type="checkbox"]:checked:not(:disabled)')
    || (part.contains(document.activeElement) && document.activeElement.matches("input, select, textarea"));
  const show = (part, place, page) => {
    const fresh = part.id ? page.getElementById(part.id) : page.querySelectorAll("[data-live]")[place];
    if (!fresh || fresh.innerHTML === part.innerHTML) return;
    const focused = part.contains(document.activeElement) && document.activeElement.id;
    part.innerHTML = fresh.innerHTML;
    if (focused) document.getElementById(focused)?.focus();
  };
  const read = async () => {
    timer = 0;
    const idle = [...parts].filter((part) => !busy(part));
    if (!idle.length) return;
    try {
      const answer = await fetch(location.href, { cache: "no-store" });
      if (!answer.ok || answer.redirected) return;
      const page = new DOMParser().parseFromString(await answer.text(), "text/html");
      [...parts].forEach((part, place) => { if (!busy(part)) show(part, place, page); });
    } catch { /* The next event tries again. */ }
  };
  // What is under way is looked at again by itself.
  const watch = () => {
    const running = [...parts].some((part) => part.querySelector("[data-soon]"));
    if (running) setTimeout(async () => { await read(); watch(); }, 1500);
  };
  watch();
  const soon = () => { if (!timer && !document.hidden) timer = setTimeout(read, 300); };
  const source = new EventSource("/live");
  source.addEventListener("changed", soon);
  document.addEventListener("visibilitychange", soon);
  setInterval(soon, 60000);
})();
