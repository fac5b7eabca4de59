// What a reader has done: a box at every exercise and every prediction, kept in this browser alone.
// No account and no request: one entry of localStorage, named after the site's path, since two books
// may share a host. Whatever the store holds or refuses, the page works; then it says so.
(() => {
  const ROOT = new URL("..", document.currentScript.src).pathname;
  const VERSION = 1, KEY = `dlmath-progress-v${VERSION}:${ROOT}`, LARGEST = 1e6;
  const NAME = /^[\w.-]{1,200}$/;
  let done = new Set(), kept = true, readable = true;

  // The names in a text that this script wrote, in this tab, another one or a file; else an error.
  function parse(text) {
    const { version, done } = JSON.parse(text);
    const good = version === VERSION && Array.isArray(done)
      && done.every((name) => typeof name === "string" && NAME.test(name));
    if (!good) throw new Error("another form");
    return new Set(done);
  }

  const written = () => JSON.stringify({ version: VERSION, done: [...done].sort() });

  function read() {
    let text;
    try {
      text = localStorage.getItem(KEY);
    } catch {
      kept = false;
    }
    if (!kept) return; // denied or full: what was ticked since the page was opened is all there is
    try {
      [done, readable] = [text === null ? new Set() : parse(text), true];
    } catch {
      [done, readable] = [new Set(), false];
    }
  }

  // Reads before it writes: another tab may have ticked since.
  function change(edit) {
    read();
    edit(done);
    try {
      localStorage.setItem(KEY, written());
      kept = readable = true;
    } catch {
      kept = false;
    }
    show();
  }

  function make(tag, properties, ...children) {
    const element = Object.assign(document.createElement(tag), properties);
    element.append(...children);
    return element;
  }

  // ---- the boxes of a chapter ---------------------------------------------------------------------
  const boxes = new Map();

  function addBox(name, place, word, what) {
    const box = make("input", { type: "checkbox", id: `done-${name}` });
    box.addEventListener("change", () => {
      change((set) => (box.checked ? set.add(name) : set.delete(name)));
      if (!kept) note(box);
    });
    boxes.set(name, box);
    const more = make("span", { className: "visually-hidden", textContent: what });
    place.append(" ", make("label", { className: "dlmath-done" }, box, ` ${word}`, more));
  }

  function note(box) {
    const label = box.parentElement;
    if (label.nextElementSibling?.matches(".dlmath-not-kept")) return;
    const words = make("span", { className: "dlmath-not-kept", role: "status" });
    label.after(words);
    words.textContent = " (not kept: this browser stores nothing for this site)";
  }

  function addBoxes() {
    for (const exercise of document.querySelectorAll("div.exercise[id]")) {
      const title = exercise.querySelector(".admonition-title");
      if (title) addBox(exercise.id, title, "done", ` ${title.textContent.trim()}`);
    }
    document.querySelectorAll("p.before-run[id]").forEach((question, k) => {
      addBox(question.id, question, "guessed", ` prediction ${k + 1} of this page`);
    });
  }

  // ---- the page of progress -----------------------------------------------------------------------
  const table = document.querySelector("table.dlmath-progress");
  const rows = table && JSON.parse(document.getElementById("dlmath-progress-rows").textContent);
  const said = make("p", { className: "dlmath-progress-said", role: "status" });
  const state = make("p", { className: "dlmath-progress-state" });

  function save() {
    const address = URL.createObjectURL(new Blob([written()], { type: "application/json" }));
    make("a", { href: address, download: "dlmath-progress.json" }).click();
    setTimeout(() => URL.revokeObjectURL(address), 1000);
    said.textContent = `Written to dlmath-progress.json: ${done.size} done.`;
  }

  async function load(input) {
    const [file] = input.files;
    input.value = ""; // so that the same file can be chosen again
    try {
      if (file.size > LARGEST) throw new Error("too large");
      const found = parse(await file.text());
      change((set) => found.forEach((name) => set.add(name)));
      said.textContent = `Added from ${file.name}: ${found.size} done.`;
    } catch {
      said.textContent = `${file.name} is not a file that this page has written. Nothing was changed.`;
    }
  }

  function reset() {
    if (!confirm("Forget everything that is ticked in this book? Export it first to keep a copy.")) return;
    change((set) => set.clear());
    said.textContent = "Everything is forgotten.";
  }

  function addControls() {
    const button = (text, onclick) => make("button", { type: "button", textContent: text, onclick });
    const input = make("input", { type: "file", accept: ".json,application/json" });
    input.onchange = () => input.files.length && load(input);
    const controls = [button("Export", save), make("label", {}, "Import a file ", input), button("Reset", reset)];
    table.after(make("div", { className: "dlmath-progress-controls" }, ...controls), said, state);
  }

  function count(cell, names) {
    const ticked = names.filter((name) => done.has(name)).length;
    cell.textContent = `${ticked} of ${names.length}`;
    cell.classList.toggle("complete", names.length > 0 && ticked === names.length);
  }

  function show() {
    for (const [name, box] of boxes) box.checked = done.has(name);
    if (!table) return;
    table.querySelectorAll("tbody tr").forEach((row, k) => {
      [rows[k].guesses, rows[k].exercises].forEach((names, at) => count(row.cells[at + 1], names));
    });
    state.textContent = !kept ? "This browser stores nothing for this site: what you tick is forgotten with the page."
      : !readable ? "What was stored here could not be read. The next tick begins anew." : "";
  }

  read();
  addBoxes();
  if (table) addControls();
  show();
  addEventListener("storage", (event) => { if ([KEY, null].includes(event.key)) { read(); show(); } });
  addEventListener("pageshow", (event) => { if (event.persisted) { read(); show(); } });
})();
