// Collapse: the cell of a recorded search at one step, and over the steps what a cause or a remedy changes.

const view = {
  frame: collapseFrame,
  words: collapseWords,
  mount(root, host) {
    const { data } = host;
    root.classList.add("dartslab-collapse");
    const press = (name) => {
      const { variant: old, step } = host.values(), variant = old === name ? data.control : name, last = lastStep(variant);
      host.set({ variant, step: step >= lastStep(old) ? last : Math.min(step, last) });
    };
    const switches = Object.entries(data.variants).map(([name, { label, kind }]) => ({ name, kind,
      node: h("button", { type: "button", name, onclick: () => press(name) }, label) }));
    const group = (kind, title) => {
      const nodes = switches.filter((one) => one.kind === kind || (kind === "cause" && one.name === data.control)).map(({ node }) => node);
      return nodes.length ? h("div", { class: `switches ${kind}`, role: "group", "aria-label": title }, h("b", {}, title), nodes) : null;
    };
    const head = h("p", { class: "head" }), box = h("div", { class: "dartslab-cells" });
    const key = h("div", { class: "dartslab-key" });
    const [range, output] = ["input", "output"].map((tag) => host.input("step").querySelector(tag));
    const bounds = () => [range.min, range.max, range.step].map(Number);
    const go = (step) => {
      const [low, high, every] = bounds();
      moveSlider(range, clamp(low + every * Math.round((step - low) / every), low, high));
    };
    const lastStep = (variant) => {
      const [low, , every] = bounds();
      return low + every * Math.ceil((longestOf({ variant }, data) - low) / every);
    };
    const charts = collapseCharts(data, go);
    const right = h("div", { class: "charts" }, key, charts.node);
    const result = h("p", { class: "result" }), recorded = h("p", { class: "recorded" });
    const groups = Object.entries(data.groups).map(([kind, title]) => group(kind, title)).filter(Boolean);
    const bar = h("div", { role: "toolbar", "aria-label": "what is changed" }, groups), settle = oneStop(bar, "button");
    root.append(bar,
      h("div", { class: "halves" },
        h("section", { class: "dartslab-search pair" }, head, box, h("div", { class: "under" }, host.input("seed"), host.input("step"))), right),
      result, recorded);

    let frame, made = "", looks = [], graphs = [], request = 0, asked = 0, then = 0, focus = null, drawn = "";
    const edgeWords = ({ kind, row }) => {
      const { title, edges, operations, weights, kept } = frame.cells.find((one) => one.kind === kind);
      const order = operations.map((_, o) => o).sort((a, b) => weights[row][b] - weights[row][a]);
      const told = order.map((o) => `${nameOf(operations[o])} ${hundredthsOf(weights[row][o])}`).slice(0, 4).join(", ");
      return `${title}, edge ${edges[row].replaceAll(" ", "")}: ${told}; ${kept.some(([e]) => e === row) ? "kept" : "not kept"}`;
    };
    const tell = () => {
      write(head, unbroken(focus ? edgeWords(focus) : collapseHead(frame)));
      graphs.node?.setAttribute("aria-label", focus ? edgeWords(focus) : "cells; arrows up and down choose an edge");
    };
    const point = (kind, row) => {
      focus = row === null || row === undefined ? null : { kind, row };
      tell();
      wake();
    };
    const choose = (event) => {
      const all = frame.cells.flatMap(({ kind, edges }) => edges.map((_, row) => ({ kind, row })));
      const at = focus ? all.findIndex((one) => one.kind === focus.kind && one.row === focus.row) : -1;
      const to = { ArrowDown: at + 1, ArrowUp: at < 0 ? all.length - 1 : at - 1, Escape: -1 }[event.key];
      if (to === undefined) return;
      event.preventDefault();
      point(all[to]?.kind, all[to]?.row ?? null);
    };

    function make() { // for another search space only
      const { cells } = frame, high = cells.length > 1 ? 132 : 244, top = 17, width = 440;
      graphs = cells.map((cell) => cellGraph(cell, width, high - top - 1, (row) => point(cell.kind, row)));
      looks = cells.map((cell) => new Looks(cell));
      graphs.node = h("svg", { viewBox: `0 0 ${width} ${high * cells.length}`, class: "dartslab-lanes", tabindex: 0, role: "img" },
        graphs.map((graph, i) => h("g", { "data-kind": cells[i].kind, transform: `translate(0,${i * high})` },
          h("text", { class: "heading", x: 5, y: 11 }, cells[i].title), h("g", { transform: `translate(0,${top})` }, graph.node))));
      graphs.node.addEventListener("keydown", choose);
      graphs.node.addEventListener("blur", () => point("", null));
      box.replaceChildren(graphs.node);
    }

    function drawCells(u) {
      const moving = frame.cells.map((cell, i) => looks[i].move(cell, u, focus));
      graphs.forEach((graph, i) => graph.show(looks[i].edges));
      return moving.some(Boolean);
    }
    function glide(time) {
      const seconds = then ? Math.min(0.1, (time - then) / 1000) : 1 / 60;
      then = time;
      request = drawCells(wantsStill() ? 1 : 1 - Math.exp(-seconds / GLIDE_S)) ? requestAnimationFrame(glide) : 0;
      if (!request) then = 0;
    }
    const wake = () => { request ||= requestAnimationFrame(glide); };

    function draw() {
      asked = 0;
      const settings = host.values(), width = right.clientWidth;
      frame = collapseFrame(settings, data);
      const space = JSON.stringify(data.variants[frame.variant].cells), fresh = space !== made;
      if (fresh) { made = space; focus = null; make(); }
      for (const { name, node } of switches) node.setAttribute("aria-pressed", String(name === frame.variant));
      settle();
      const lines = JSON.stringify([frame.variant, frame.seed, width]);
      fitSlider(settings);
      if (lines !== drawn && width) { drawn = lines; charts.draw(frame, width); tellKey(); }
      if (width) charts.move(frame, settings.step);
      tell();
      write(result, unbroken(frame.result));
      recorded.replaceChildren(`${frame.recorded} To make one live, with dartslab.experiment.collapse: `, h("code", {}, frame.live));
      root.dataset.step = frame.step;
      if (fresh || wantsStill()) drawCells(1);
      else wake();
      host.say(collapseWords(frame));
    }

    // The slider ends where both searches that are shown have ended.
    function fitSlider({ step }) {
      const high = lastStep(frame.variant), shown = Math.min(step, high);
      const drawn = String(Math.min(shown, longestOf(frame, data))); // an end need not be on the grid of the slider
      setAttributes(range, { max: high, "aria-valuetext": drawn });
      if (Number(range.value) !== shown) range.value = shown;
      write(output, drawn);
    }

    function tellKey() {
      const sign = (shape, look) => h("svg", { width: 12, height: 12, "aria-hidden": "true" }, symbol(shape, 6, 6, look, 4));
      const entries = [["square", "control", data.variants[data.control].label]];
      if (frame.variant !== data.control) entries.push(["circle", "changed", frame.label]);
      key.replaceChildren(...entries.map(([shape, look, label]) => h("span", { class: look }, sign(shape, look), label)),
        h("span", { class: "quiet" }, `wide: mean; thin: each seed; ○ seed ${frame.seed}`));
    }

    const ask = () => { asked ||= requestAnimationFrame(draw); };
    const size = new ResizeObserver(ask);
    size.observe(right);
    return { update: ask, stop() { size.disconnect(); cancelAnimationFrame(asked); cancelAnimationFrame(request); } };
  },
};
