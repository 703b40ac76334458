"use strict";
(() => {
  const all = (chosen, within = document) => [...within.querySelectorAll(chosen)];

  // Tables: a click on a heading sorts by its column, a second one the other way; what is empty stays last.
  const value = (row, column) => {
    const cell = row.cells[column];
    const by = cell.dataset.by ?? cell.textContent.trim();
    return by === "" || Number.isNaN(Number(by)) ? by : Number(by);
  };
  const compare = (a, b) => {
    if (a === "" || b === "") return a === b ? 0 : a === "" ? Infinity : -Infinity;
    if (typeof a === "number" && typeof b === "number") return a - b;
    return String(a).localeCompare(String(b), "en", { numeric: true });
  };
  const sort = (heading) => {
    const body = heading.closest("table").tBodies[0];
    const down = heading.getAttribute("aria-sort") === "ascending";
    for (const other of heading.parentNode.cells) if (other.ariaSort) other.setAttribute("aria-sort", "none");
    heading.setAttribute("aria-sort", down ? "descending" : "ascending");
    const keyed = [...body.rows].map((row) => [value(row, heading.cellIndex), row]);
    keyed.sort(([a], [b]) => {
      const order = compare(a, b);
      return Number.isFinite(order) ? (down ? -order : order) : order === Infinity ? 1 : -1;
    });
    body.append(...keyed.map(([, row]) => row));
  };
  for (const heading of all("table.sortable thead th:not([data-fixed])")) {
    const button = document.createElement("button");
    button.type = "button";
    button.append(...heading.childNodes);
    heading.append(button);
    heading.setAttribute("aria-sort", "none");
    button.addEventListener("click", () => sort(heading));
  }

  // The filter: every word has to stand in a row, and its state has to be chosen.
  const form = document.querySelector(".filter");
  const rows = all("table.runs tbody tr").map((row) => [row, row.textContent.toLowerCase()]);
  const filter = () => {
    const words = form.querySelector("[type=search]").value.toLowerCase().split(/\s+/).filter(Boolean);
    const states = new Set(all("[type=checkbox]:checked", form).map((box) => box.value));
    let shown = 0;
    for (const [row, text] of rows) {
      row.hidden = !states.has(row.dataset.state) || !words.every((word) => text.includes(word));
      shown += row.hidden ? 0 : 1;
    }
    form.querySelector("output").value = `${shown} of ${rows.length} runs`;
  };
  form.hidden = false;
  form.addEventListener("input", filter);
  form.addEventListener("submit", (event) => event.preventDefault());
  filter();

  // Commands: copied by the clipboard, or by a selection where a page from a file may not use it.
  const copy = async (text) => {
    try {
      await navigator.clipboard.writeText(text);
    } catch {
      const area = document.createElement("textarea");
      area.value = text;
      document.body.append(area);
      area.select();
      document.execCommand("copy");
      area.remove();
    }
  };
  for (const button of all(".copy")) {
    button.hidden = false;
    button.addEventListener("click", async () => {
      await copy(button.nextElementSibling.textContent);
      button.textContent = "copied";
      setTimeout(() => { button.textContent = "copy"; }, 1200);
    });
  }

  // Tooltips: what a dot or a line is.
  const tip = document.getElementById("tip");
  document.addEventListener("pointerover", (event) => {
    const over = event.target.closest("[data-tip]");
    tip.hidden = !over;
    if (!over) return;
    tip.textContent = over.dataset.tip;
    const left = Math.min(event.clientX + 12, innerWidth - tip.offsetWidth - 8);
    const top = event.clientY + 16 + tip.offsetHeight > innerHeight ? event.clientY - tip.offsetHeight - 10 : event.clientY + 16;
    tip.style.left = `${Math.max(8, left)}px`;
    tip.style.top = `${top}px`;
  });
})();
