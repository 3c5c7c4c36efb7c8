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

// Sizes of the drawing in pixels. From some edges on, cells stand side by side: one below the other they would be too high.
const MANY = 6;
function sizesOf(cells, pair) {
  const { operations, edges, nodes } = cells[0], count = edges.length, many = count > MANY, both = many && cells.length > 1;
  const rows = count + 0.25 * (nodes[count - 1] - 2), width = many || pair ? 440 : 560;
  const high = many ? (pair ? 188 : both ? 175 : 226) : count < 5 ? 90 : pair ? 114 : 132; // of the graph of a cell
  // the ribbons of a cell are as high as two lines of words
  const strip = { ribbon: Math.max(many ? 2.2 : 5.6, (both && !pair ? 50 : 28) / count), band: many ? 23 : 26, near: both ? 0.09 : 0.035 };
  if (both) { // as rows of one table
    const [label, tail, gap, head, row] = [34, 44, 3, 46, pair ? 10.5 : 13.2], wide = 168 / operations.length;
    const places = [label, label + 168 + tail + gap].map((x) => ({ x, y: head }));
    const table = { width: label + 2 * (168 + tail) + gap, height: Math.ceil(head + row * rows + 4), places, label, wide, tail, row, head, numbers: false };
    return { many, both, width, high, table, strip };
  }
  const [label, tail, head, wide] = [38, 50, 34, (332 - 88) / operations.length], all = high * cells.length;
  const row = pair ? 18 : Math.min(19.5, (high - head) / rows); // the rows of a cell begin where its graph does
  const places = cells.map((_, i) => ({ x: label, y: head + i * (pair ? row * rows + 8 : high) }));
  const tall = pair ? Math.ceil(places[cells.length - 1].y + row * rows + 1) : all;
  return { many, both, width, high, table: { width: 332, height: tall, places, label, wide, tail, row, head, numbers: true }, strip };
}

// What one of a pair with many edges shows at a time; both show the same.
function oneAtATime() {
  const shown = [];
  let at = 0;
  const show = (next) => { at = next; for (const one of shown) one(at); };
  return { add(one) { shown.push(one); one(at); }, show };
}

// { node, line, show(run, whole, curve), stop() }; `line` is the first line, `go(step)` where a person can move over the steps.
// One of a `pair` that stand side by side is narrower, and its table is folded away below the graphs; `pair` is what they
// have in common, see `oneAtATime`.
function runView(go, pair = null) {
  const say = h("p", { class: "dartslab-say" }), line = h("p", { class: "dartslab-line", "aria-live": "off" });
  const body = h("div", { class: "dartslab-cells" }), foot = h("div", {});
  const node = h("section", { class: `dartslab-run dartslab-search${pair ? " pair" : ""}` }, line, say, body, foot);
  let run, whole, curve, looks, parts, made = "", request = 0, before = 0, step = 0, focus = null, pinned = null;

  function make() { // for another search space only
    const { cells } = run, { many, both, width, high, table: size, strip: bands } = sizesOf(cells, pair), top = 17;
    const graphs = cells.map((cell) => cellGraph(cell, width, high - top - 1, (row, keep) => point(cell.kind, row, keep)));
    const drawn = graphs.map((graph, i) => h("g", { "data-kind": cells[i].kind, transform: `translate(0,${both ? 0 : i * high})` },
      h("text", { class: "heading", x: 5, y: 11 }, cells[i].title), h("g", { transform: `translate(0,${top})` }, graph.node)));
    const picture = (high, ...inside) => h("svg", { viewBox: `0 0 ${width} ${high}`, class: "dartslab-lanes", "aria-hidden": "true" }, inside);
    const table = weightTable(cells, size, point);
    reach(table.node, cells.map(({ kind }) => kind), "mixing weights");
    const strip = runStrip(cells, bands, point, go);
    const pictures = both ? drawn.map((one) => picture(high, one)) : [picture(high * cells.length, ...drawn)];
    if (pair && both) {
      pictures.forEach((one, i) => reach(one, [cells[i].kind], cells[i].title));
      body.replaceChildren(...tabs(cells, [...pictures, table.node]));
    }
    else if (pair) body.replaceChildren(...pictures, h("details", { class: "dartslab-numbers" }, h("summary", {}, "table of mixing weights"), table.node));
    else if (both) body.replaceChildren(h("div", { class: "dartslab-side" }, pictures), h("div", { class: "dartslab-side below" }, table.node, strip.node));
    else body.replaceChildren(...pictures, table.node);
    foot.replaceChildren(...(both && !pair ? [] : [strip.node]));
    node.classList.toggle("many", many);
    node.classList.toggle("both", both);
    looks = Object.fromEntries(cells.map((cell) => [cell.kind, new Looks(cell)]));
    parts = { graphs, table, strip };
    step = run.step;
  }

  // Buttons, and what they choose from, all in one place and of one height, so that nothing moves.
  function tabs(cells, panels) {
    const names = [...cells.map(({ title }) => title), "mixing weights"];
    const buttons = names.map((name, i) => h("button", { type: "button", onclick: () => pair.show(i) }, name));
    const bar = h("div", { class: "dartslab-tabs", role: "toolbar", "aria-label": "what is shown" }, buttons), settle = oneStop(bar, "button");
    pair.add((at) => {
      buttons.forEach((one, i) => one.setAttribute("aria-pressed", String(i === at)));
      settle();
      panels.forEach((one, i) => { one.style.visibility = i === at ? "visible" : "hidden"; });
    });
    return [bar, h("div", { class: "dartslab-panels" }, panels)];
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

  // Let the arrows move over the edges of some kinds of cells in a drawing.
  function reach(drawing, kinds, name) {
    const tell = () => drawing.setAttribute("aria-label", pinned ? about(run, pinned) : `${name}; arrows up and down choose an edge`);
    drawing.removeAttribute("aria-hidden");
    setAttributes(drawing, { tabindex: 0, role: "img" });
    drawing.addEventListener("keydown", (event) => { choose(event, kinds); tell(); });
    drawing.addEventListener("blur", () => { pinned = null; point("", null); tell(); });
    tell();
  }

  function choose(event, kinds) {
    const all = run.cells.filter(({ kind }) => kinds.includes(kind)).flatMap((cell) => cell.edges.map((_, row) => ({ kind: cell.kind, row })));
    const at = pinned ? all.findIndex((one) => one.kind === pinned.kind && one.row === pinned.row) : -1;
    const to = { ArrowDown: at + 1, ArrowUp: at < 0 ? all.length - 1 : at - 1, Escape: -1 }[event.key];
    if (to === undefined) return;
    event.preventDefault();
    pinned = all[to] ?? null;
    point(pinned?.kind, pinned?.row ?? null);
  }

  function tell() {
    // The facts keep their place below what is told of an edge: else all of the view would move under the pointer.
    const facts = h("span", { class: focus ? "behind" : "" }, h("strong", {}, run.title), run.facts.map((fact) => unbroken(` · ${fact}`)));
    line.replaceChildren(facts, ...(focus ? [h("span", {}, unbroken(about(run, focus)))] : []));
    const text = unbroken(run.cells[0].operations.reduce((whole, name) => whole.replace(` ${name} `, ` ${nameOf(name)} `), run.verdict));
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
