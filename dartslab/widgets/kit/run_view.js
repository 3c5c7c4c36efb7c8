// A search at one step, on one screen: both cells as graphs, the table of mixing weights, and what happened over the
// steps. Shared by SearchPanel and Replay. Elements are made once; what is shown glides to a new step.
// `run` is a moment as Python makes it, `whole` has what is drawn over all steps.

// One edge in a line.
function about(run, { kind, row }) {
  const cell = run.cells.find((one) => one.kind === kind), weights = cell.weights[row], since = run.since[kind][row];
  const order = weights.map((_, o) => o).sort((a, b) => weights[b] - weights[a]).slice(0, 3);
  const parts = order.map((o) => `${nameOf(cell.operations[o])} ${weights[o].toFixed(2)}`).join(", ");
  return `${cell.title}, edge ${cell.edges[row].replaceAll(" ", "")}: ${parts}; ${since === null ? "not kept" : `kept since step ${since}`}`;
}

// { node, line, show(run, whole, curve), stop() }; `line` is the first line, `go(step)` where a person can move over the steps.
// One of a `pair` that stand side by side is narrower, and its table is folded away below the graphs.
function runView(go, pair = false) {
  const say = h("p", { class: "dartslab-say" }), line = h("p", { class: "dartslab-line", "aria-live": "off" });
  const body = h("div", { class: "dartslab-cells" }), foot = h("div", {});
  const node = h("section", { class: `dartslab-run dartslab-search${pair ? " pair" : ""}` }, line, say, body, foot);
  let run, whole, curve, looks, parts, made = "", request = 0, before = 0, step = 0, focus = null, pinned = null;

  function make() { // for another search space only
    const { cells } = run, count = cells[0].edges.length, many = count > 6;
    const high = many ? 181 : pair ? 114 : 132, width = pair ? 440 : 560, top = 17;
    const graphs = cells.map((cell) => cellGraph(cell, width, high - top - 1, (row, keep) => point(cell.kind, row, keep)));
    const rows = count + 0.25 * (cells[0].nodes[count - 1] - 2), head = 34, all = high * cells.length;
    const beside = !many && !pair; // then the rows of a cell begin where its graph does
    const row = beside ? Math.min(19.5, (high - head) / rows) : many ? (all - head - 9) / cells.length / rows : 18;
    const tops = cells.map((_, i) => head + i * (beside ? high : row * rows + 8));
    const tall = beside ? all : Math.ceil(tops[cells.length - 1] + row * rows + 1);
    const table = weightTable(cells, { width: 332, height: tall, tops, row, head, numbers: !many }, point);
    const picture = h("svg", { viewBox: `0 0 ${width} ${all}`, class: "dartslab-lanes", "aria-hidden": "true" }, graphs.map((graph, i) =>
      h("g", { "data-kind": cells[i].kind, transform: `translate(0,${i * high})` },
        h("text", { class: "heading", x: 2, y: 11 }, cells[i].title), h("g", { transform: `translate(0,${top})` }, graph.node))));
    table.node.addEventListener("keydown", choose);
    table.node.addEventListener("blur", () => { pinned = null; point("", null); });
    const ribbon = Math.max(many ? 2.2 : 5.6, 28 / count); // the ribbons of a cell are as high as two lines of words
    const strip = runStrip(cells, { ribbon, band: many ? 24 : 26 }, point, go);
    body.replaceChildren(picture, pair ? h("details", { class: "dartslab-numbers" }, h("summary", {}, "table of mixing weights"), table.node) : table.node);
    foot.replaceChildren(strip.node);
    node.classList.toggle("many", many);
    looks = Object.fromEntries(cells.map((cell) => [cell.kind, new Looks(cell)]));
    parts = { graphs, table, strip };
    step = run.step;
  }

  function draw(u) {
    let moving = false;
    for (const cell of run.cells) moving = looks[cell.kind].move(cell, u, focus) || moving;
    run.cells.forEach((cell, i) => parts.graphs[i].show(looks[cell.kind].edges));
    parts.table.show(Object.fromEntries(run.cells.map((cell) => [cell.kind, looks[cell.kind].edges])));
    step = u === 1 || Math.abs(run.step - step) < 0.05 ? run.step : lerp(step, run.step, u);
    parts.strip.move(run, step);
    return moving || step !== run.step;
  }

  function glide(time) {
    const seconds = before ? Math.min(0.1, (time - before) / 1000) : 1 / 60;
    before = time;
    request = draw(wantsStill() ? 1 : 1 - Math.exp(-seconds / GLIDE_S)) ? requestAnimationFrame(glide) : 0;
    if (!request) before = 0;
  }
  const wake = () => { request ||= requestAnimationFrame(glide); };

  function point(kind, row, keep = false) {
    const next = row === null ? null : { kind, row };
    if (keep) pinned = pinned && next && pinned.kind === kind && pinned.row === row ? null : next;
    focus = next ?? pinned;
    parts.strip.light(focus);
    tell();
    wake();
  }

  function choose(event) {
    const all = run.cells.flatMap((cell) => cell.edges.map((_, row) => ({ kind: cell.kind, row })));
    const at = pinned ? all.findIndex((one) => one.kind === pinned.kind && one.row === pinned.row) : -1;
    const to = { ArrowDown: at + 1, ArrowUp: at < 0 ? all.length - 1 : at - 1, Escape: -1 }[event.key];
    if (to === undefined) return;
    event.preventDefault();
    pinned = all[to] ?? null;
    point(pinned?.kind, pinned?.row ?? null);
    parts.table.node.setAttribute("aria-label", pinned ? about(run, pinned) : "mixing weights; arrows up and down choose an edge");
  }

  function tell() {
    // The facts keep their place below what is told of an edge: else all of the view would move under the pointer.
    const facts = h("span", { class: focus ? "behind" : "" }, h("strong", {}, run.title), run.facts.map((fact) => ` · ${fact}`));
    line.replaceChildren(facts, ...(focus ? [h("span", {}, about(run, focus))] : []));
    const text = run.cells[0].operations.reduce((whole, name) => whole.replace(` ${name} `, ` ${nameOf(name)} `), run.verdict);
    const pieces = text.split(/((?:none|\d+) of \d+ choices|all \d+ choices|nearly even)/);
    say.replaceChildren(...pieces.map((piece, i) => (i % 2 ? h("b", {}, piece) : piece)));
    parts.strip.tell(run);
  }

  function show(nextRun, nextWhole, nextCurve) {
    const [old, oldCurve] = [whole, curve];
    [run, whole, curve] = [nextRun, nextWhole, nextCurve];
    const space = JSON.stringify(run.cells.map(({ kind, pairs, operations }) => [kind, pairs, operations]));
    const fresh = space !== made;
    if (fresh) { made = space; make(); }
    if (whole !== old || curve !== oldCurve || fresh) { parts.strip.draw(whole, run, curve); parts.strip.light(focus); }
    node.dataset.step = run.step;
    tell();
    if (fresh || wantsStill()) draw(1);
    else wake();
  }
  return { node, line, show, stop: () => cancelAnimationFrame(request) };
}
