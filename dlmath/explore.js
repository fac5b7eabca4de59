// The page's half of explore(): shows the stored frame of the sliders at once, and a live kernel's
// drawing when one answers. No mathematics here. Runs in JupyterLab, in Colab and on the static page.

async function unpack(text) {
  const bytes = Uint8Array.from(atob(text), (c) => c.charCodeAt(0));
  const stream = new Blob([bytes]).stream().pipeThrough(new DecompressionStream("gzip"));
  return JSON.parse(await new Response(stream).text());
}

function element(tag, className, attributes = {}) {
  const made = document.createElement(tag);
  made.className = className;
  for (const [name, value] of Object.entries(attributes)) made.setAttribute(name, value);
  return made;
}

function slider(name, values, start) {
  const label = element("label", "dlmath-choice");
  const text = element("span", "dlmath-choice-name");
  text.textContent = name.replaceAll("_", " ");
  const input = element("input", "", { type: "range", min: 0, max: values.length - 1, step: 1 });
  input.value = start;
  // The value is read out as the slider's own (aria-valuetext); shown, it must not be read twice.
  const shown = element("span", "dlmath-choice-value", { "aria-hidden": "true" });
  shown.style.minWidth = `${Math.max(...values.map((v) => v.length))}ch`;
  label.append(text, input, shown);
  const update = () => {
    shown.textContent = values[+input.value];
    input.setAttribute("aria-valuetext", values[+input.value]);
  };
  update();
  return { label, input, update, size: values.length };
}

async function render({ model, el }) {
  const frames = await unpack(model.get("frames"));
  const sliders = model.get("axes").map(([name, values], k) => slider(name, values, model.get("at")[k]));
  const panel = element("div", "dlmath-choices", { role: "group", "aria-label": "Move the figure" });
  const picture = element("div", "dlmath-fig");
  const said = element("p", "dlmath-said", { "aria-live": "polite" });
  let question = 0;

  const show = (svg, alt, source) => {
    picture.innerHTML = svg;
    said.textContent = alt;
    el.dataset.source = source;
  };
  const place = () => sliders.map((s) => +s.input.value);
  const stored = () => {
    const number = place().reduce((sum, at, k) => sum * sliders[k].size + at, 0);
    show(...frames[number], "stored");
  };
  const move = () => {
    sliders.forEach((s) => s.update());
    stored();
    question += 1;
    model.set("ask", [question, place()]);
    model.save_changes();
  };
  const answered = () => {
    const [number, svg, alt] = model.get("answer");
    if (number === question) show(svg, alt, "live"); // an older answer is not what the sliders say
  };

  panel.dataset.lmSuppressShortcuts = "true"; // JupyterLab leaves the keys to the sliders
  panel.append(...sliders.map((s) => s.label));
  panel.addEventListener("input", move);
  model.on("change:answer", answered);
  el.classList.add("dlmath-explore");
  el.append(panel, picture, said);
  stored();
  return () => model.off("change:answer", answered);
}

export default { render };
