// TruthExplorer: every cell of a small space as a dot, and the one that is chosen beside them.

const BUILD = "build this cell";
const COPY = "Copy these lines into a cell of a notebook.";

const view = {
  frame: explorerFrame,
  words: explorerWords,
  mount(root, host) {
    const { data } = host, { space } = data;
    root.classList.add("dartslab-truth");
    const state = h("p", { class: data.complete && !data.left ? "state" : "dartslab-notice state" }), best = h("p", { class: "best-words" });
    const chart = truthChart(data, (place) => host.set({ cell: String(data.cells[place]) }));
    const key = h("div", { class: "dartslab-key" }), brush = h("p", { class: "brush" });
    const left = h("section", { class: "dots-side" }, chart.node, key, brush);
    const head = h("p", { class: "head" }), cells = h("div", { class: "stairs" }), numbers = h("table", { class: "dartslab-ends" });
    const code = h("div", { class: "code" }), build = h("button", { type: "button", name: "build", "aria-expanded": "false", onclick: () => show(!building) }, BUILD);
    const facts = h("div", { class: "facts" }, numbers, code);
    const right = h("section", { class: "cell-side" }, h("div", { class: "top" }, head, build), cells, facts);
    const face = ["measure", "way", "against", "operation"].map(host.input);
    root.append(h("div", { class: "dartslab-controls" }, face, moreOf(["edge", "cell", "bars"].map(host.input))), state, best, h("div", { class: "halves" }, left, right));

    let frame, asked = 0, drawn = "", cell = null, brushed = null, building = false;

    // press an edge of the cell: its operation is looked for on this edge of all cells
    function brushEdge(kind, row) {
      const operation = frame.chosen.operations[kind][row], edge = edgeName(kind, row);
      if (operation === space.none) return;
      host.set({ operation, edge });
    }
    // click it once more, or Escape: no longer
    const putOut = () => host.set({ operation: ALL_OPERATIONS, edge: ANYWHERE });
    cells.addEventListener("click", (event) => {
      if (!event.target.closest(".dartslab-edge.selected")) return;
      event.stopPropagation();
      putOut();
    }, true);
    cells.addEventListener("keydown", (event) => { if (event.key === "Escape") putOut(); });
    const edgeName = (kind, row) => Object.keys(space.edges).find((name) => space.edges[name][0] === kind && space.edges[name][1] === row);

    function drawCells() {
      const { operations, number } = frame.chosen, selected = frame.lit ? space.edges[frame.edge] : ["", null];
      const now = JSON.stringify([frame.lit ? frame.operation : "", selected]);
      if (cell === number && now === brushed) return;
      [cell, brushed] = [number, now];
      const kept = cells.contains(document.activeElement) ? [document.activeElement.closest("figure").dataset.kind, document.activeElement.dataset.key] : null;
      cells.replaceChildren(...Object.entries(operations).map(([kind, names]) => {
        const row = selected[0] === kind && names[selected[1]] === frame.operation ? selected[1] : null;
        return h("figure", { "data-kind": kind }, h("h4", {}, space.titles[kind]),
          staircase(space.stairs, names, space.none, row, space.titles[kind], ({ set }) => brushEdge(kind, set.edge)));
      }));
      if (kept) cells.querySelector(`[data-kind="${kept[0]}"] [data-key="${kept[1]}"]`)?.focus({ preventScroll: true });
    }

    function tellNumbers() {
      const { number, rank, trainings, sizes, rows, found } = frame.chosen;
      head.replaceChildren(h("b", {}, unbroken(`Cell ${number}: ${rank}`)), found ? `, found by ${found}` : "");
      numbers.replaceChildren(h("tr", {}, ["", "estimate", "mean", "spread"].map((name) => h("th", { scope: "col" }, name))),
        ...rows.map(([name, ...values]) => h("tr", { class: name === frame.measure ? "shown" : null }, h("th", { scope: "row" }, name), values.map((value) => h("td", {}, value)))),
        h("tr", {}, h("td", { colspan: 4 }, `Mean and standard deviation of ${countedOf(trainings, "training")}. ${sizes.map(([name, value]) => `${value.toLocaleString("en")} ${name}`).join(", ")}.`)));
    }

    function show(open) {
      building = open;
      facts.classList.toggle("building", open);
      write(build, open ? "its numbers" : BUILD);
      build.setAttribute("aria-expanded", String(open));
      if (!open) return;
      tellCode(COPY);
      const text = frame.chosen.code;
      navigator.clipboard?.writeText(text).then(() => { if (text === frame.chosen.code) tellCode("Copied; paste it into a cell of a notebook."); }, () => {});
    }
    const tellCode = (words) => code.replaceChildren(h("p", { role: "status" }, words), h("pre", { tabindex: 0, "aria-label": "code" }, frame.chosen.code), ...frame.chosen.lines.map((line) => h("p", {}, line)));

    function tellKey() {
      const sign = (...parts) => h("svg", { width: 14, height: 14, "aria-hidden": "true" }, parts);
      const searches = data.groups.map((group, i) => {
        const own = data.marks.filter((mark) => mark.group === group), [shape, tone] = lookOf(i);
        const away = own.filter(({ place }) => place === null).map(({ seed }) => seed);
        const told = ([first, last]) => `rank ${first ?? "unknown"} at first, ${last ?? "unknown"} at last`;
        const trail = own.filter(({ ranks }) => ranks.length).map(({ ranks, passed, trail: drawn }) => `, ${told(ranks)}; ${passed} cells on the way, ${new Set(drawn).size} of them drawn`).join("");
        return h("span", {}, sign(symbol(shape, 7, 7, tone, 5)), `${group}, seed ${own.map(({ seed }) => seed).join(", ")}${trail}${away.length ? ` (not trained yet: ${away.join(", ")})` : ""}`);
      });
      const bar = frame.way === ESTIMATE_WAY ? "bar: 95 % interval of the estimate" : "bar: smallest to largest training of a cell";
      key.replaceChildren(...searches, h("span", { class: "quiet" }, sign(h("circle", { class: "ring", cx: 7, cy: 7, r: 5 })), "chosen; dashes: its trainings"),
        h("span", { class: "quiet" }, sign(h("path", { class: "bar", d: "M7,1V13" })), bar));
    }

    function draw() {
      asked = 0;
      const settings = host.values(), width = left.clientWidth;
      frame = explorerFrame(settings, data);
      host.input("edge").querySelector("select").disabled = !frame.lit;
      write(state, frame.state);
      write(best, unbroken(frame.best_words));
      write(brush, unbroken(frame.brush) || "Choose an operation above, or press an edge of the cell: the cells that have it light up.");
      const now = JSON.stringify([{ ...settings, edge: frame.lit ? settings.edge : "" }, width]);
      if (width && now !== drawn) { drawn = now; chart.draw(frame, width); }
      tellKey();
      drawCells();
      tellNumbers();
      tellCode(COPY); // also where it is not seen: then the height stays as it is
      const { chosen } = frame;
      chart.node.setAttribute("aria-label", `${data.cells.length} cells; arrows choose one: cell ${chosen.number}, ${chosen.rank}`);
      root.dataset.cell = chosen.number;
      host.say(explorerWords(frame));
    }
    const ask = () => { asked ||= requestAnimationFrame(draw); };
    const size = new ResizeObserver(ask);
    size.observe(left);
    return { update: ask, stop() { size.disconnect(); cancelAnimationFrame(asked); } };
  },
};
