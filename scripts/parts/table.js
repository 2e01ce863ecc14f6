"use strict";
// The table of claims: a click on a heading sorts by it, and once more the other way; selections leave rows out.

class ClaimsTable {
  constructor(table, filters, shown) {
    Object.assign(this, { table, filters, shown, rows: [...table.tBodies[0].rows] });
    this.headings = [...table.tHead.rows[0].cells];
    this.headings.forEach((heading, column) => heading.addEventListener("click", () => this.sort(column)));
    for (const filter of Object.values(filters)) filter.addEventListener("input", () => this.filter());
    this.filter();
  }

  sort(column) {
    const descending = this.headings[column].ariaSort === "ascending";
    this.headings.forEach((heading) => (heading.ariaSort = "none"));
    this.headings[column].ariaSort = descending ? "descending" : "ascending";
    const text = (row) => row.cells[column].textContent.trim();
    const order = (a, b) => text(a).localeCompare(text(b), "en", { numeric: true });
    this.rows.sort((a, b) => (descending ? order(b, a) : order(a, b)));
    this.table.tBodies[0].append(...this.rows);
  }

  filter() {
    const { verdict, notebook, words } = this.filters;
    for (const row of this.rows) {
      const [, , within, , , judged] = [...row.cells].map((cell) => cell.textContent.trim());
      const fits = (!verdict.value || judged === verdict.value) && (!notebook.value || within === notebook.value);
      row.hidden = !(fits && row.textContent.toLowerCase().includes(words.value.toLowerCase()));
    }
    this.shown.textContent = `${this.rows.filter((row) => !row.hidden).length} of ${this.rows.length} claims`;
  }
}

function startTable() {
  const find = (id) => document.getElementById(id);
  const filters = { verdict: find("by-verdict"), notebook: find("by-notebook"), words: find("by-words") };
  new ClaimsTable(find("claims"), filters, find("claims-shown"));
}

startTable();
