"use strict";
(() => {
  const box = document.getElementById("search");
  const field = document.getElementById("filter");
  const found = document.getElementById("found");
  const parts = [...document.querySelectorAll("[data-words]")];
  const families = [...document.querySelectorAll("[data-family]")];
  const claims = parts.filter((part) => part.matches("section"));
  const show = () => {
    const words = field.value.toLowerCase().split(/\s+/).filter(Boolean);
    for (const part of parts) {
      part.hidden = !words.every((word) => part.dataset.words.toLowerCase().includes(word));
    }
    for (const family of families) {
      const members = parts.filter((part) => part.dataset.of === family.dataset.family && part.tagName !== "A");
      family.hidden = members.every((part) => part.hidden);
    }
    const left = claims.filter((claim) => !claim.hidden).length;
    found.textContent = words.length ? `${left} of ${claims.length} claims` : "";
  };
  const reveal = () => {
    const target = document.getElementById(decodeURIComponent(location.hash.slice(1)));
    if (!target) return;
    if (target.closest("[hidden]")) {
      field.value = "";
      show();
    }
    for (let at = target; at; at = at.parentElement) if (at.tagName === "DETAILS") at.open = true;
    target.scrollIntoView();
  };
  let opened = [];
  addEventListener("beforeprint", () => {
    opened = [...document.querySelectorAll("details:not([open])")];
    for (const part of opened) part.open = true;
  });
  addEventListener("afterprint", () => { for (const part of opened) part.open = false; });
  field.addEventListener("input", show);
  field.addEventListener("keydown", (event) => {
    if (event.key === "Escape") { field.value = ""; show(); }
  });
  addEventListener("hashchange", reveal);
  box.hidden = false;
  show();
  reveal();
})();
