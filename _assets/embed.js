// Mounts the book's widgets on a static page: no kernel, no require.js, no third party.
// The page carries the widgets' stored state; each anywidget's own module is given a model over it
// and renders in the place of the stored figure, which stays if anything goes wrong.
(() => {
  const STATE = 'script[type="application/vnd.jupyter.widget-state+json"]';

  // What an anywidget expects of a model, with nobody at the other end.
  class StaticModel {
    #state;
    #listeners = new Map();
    constructor(state) { this.#state = state; }
    get(key) { return this.#state[key]; }
    set(key, value) {
      if (typeof key === "object") return Object.entries(key).forEach(([k, v]) => this.set(k, v));
      this.#state[key] = value;
      this.#listeners.get(`change:${key}`)?.forEach((call) => call(value));
    }
    on(name, call) {
      if (!this.#listeners.has(name)) this.#listeners.set(name, new Set());
      this.#listeners.get(name).add(call);
    }
    off(name, call) { call ? this.#listeners.get(name)?.delete(call) : this.#listeners.delete(name); }
    save_changes() {}
    send() {}
  }

  const modules = new Map(); // every explore() on the page shares one module and one style
  function load(code) {
    if (!modules.has(code)) {
      const url = URL.createObjectURL(new Blob([code], { type: "text/javascript" }));
      modules.set(code, import(url).then((module) => module.default));
    }
    return modules.get(code);
  }

  const styles = new Set();
  function dress(css) {
    if (!css || styles.has(css)) return;
    styles.add(css);
    document.head.append(Object.assign(document.createElement("style"), { textContent: css }));
  }

  function states() {
    const all = {};
    for (const script of document.querySelectorAll(STATE)) {
      Object.assign(all, JSON.parse(script.textContent).state);
    }
    return all;
  }

  async function mount(figure, state) {
    const place = document.createElement("div");
    dress(state._css);
    const widget = await load(state._esm);
    await widget.render({ model: new StaticModel(state), el: place });
    figure.replaceWith(place); // only now: a widget that fails leaves the figure
  }

  async function start() {
    const all = states();
    for (const svg of document.querySelectorAll("svg[data-widget-model]")) {
      const state = all[svg.dataset.widgetModel]?.state;
      if (state?._esm) await mount(svg.closest(".dlmath-fig"), { ...state }).catch(console.error);
    }
    document.documentElement.dataset.widgets = "ready";
  }

  start();
})();
