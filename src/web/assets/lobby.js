// Keeps telling the server that this page is open; says so when it cannot, and when the page is closed.
"use strict";
(() => {
  const root = document.querySelector("[data-lobby]");
  if (!root) return;
  const base = location.pathname.replace(/\/$/, "");
  const here = document.getElementById("here");
  const lost = document.getElementById("lost");
  let left = false;
  const show = (connected) => { here.hidden = !connected; lost.hidden = connected; };
  const beat = async () => {
    if (left) return;
    try {
      const answer = await fetch(base + "/here", { method: "POST", cache: "no-store" });
      // The meeting was moved, called off or ended: the page says so itself when it is read again.
      if (answer.status === 205) { left = true; location.reload(); return; }
      show(answer.ok);
    } catch { show(false); }
  };
  setInterval(beat, 15000);
  addEventListener("online", beat);
  document.addEventListener("visibilitychange", () => { if (!document.hidden) beat(); });
  addEventListener("pagehide", () => { if (!left) { left = true; navigator.sendBeacon(base + "/left"); } });
  addEventListener("pageshow", (event) => { if (event.persisted) { left = false; beat(); } });
})();
