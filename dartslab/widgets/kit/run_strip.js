// What happened over the steps: when the derived cell changed, a ribbon for each edge with its leading operation, curves.

const nameOfKind = ({ kind, tied }) => (tied ? "both" : KIND_NAMES[kind] ?? kind);
const BANDS = [["loss", "nats"], ["accuracy", "%"], ["undecided", ""]];

// { node, draw(whole, run), move(run, step), point(focus) }; `go(step)` is called by a person who drags over it, or is null.
function runStrip(cells, { ribbon, band }, point, go) {
  const count = cells[0].edges.length, after = 14;
  const ribbonTop = cells.map((_, i) => after + i * (count * ribbon + 4));
  const bandTop = BANDS.map((_, i) => after + cells.length * (count * ribbon + 4) + 4 + i * (band + 6));
  const high = bandTop[2] + band + 3;
  const drawing = h("g", {});
  const later = h("rect", { class: "later", y: 0, height: high });
  const cursor = h("line", { class: "now", y1: 0, y2: high });
  const plot = h("svg", { preserveAspectRatio: "none", height: high }, drawing, later, cursor);
  const axis = h("div", { class: "axis" });
  const dot = h("span", { class: "dot" }), number = h("b", {});
  axis.append(dot, number);
  const label = (text, top) => h("span", { style: `top:${top}px` }, text);
  const middle = (i) => ribbonTop[i] + (count * ribbon) / 2;
  const ranges = BANDS.map((_, i) => label("", bandTop[i] + band / 2 + 7));
  const left = h("div", { class: "labels" }, label("changes", 6), cells.map((cell, i) => label(nameOfKind(cell), middle(i))),
    BANDS.map(([name], i) => label(name, bandTop[i] + band / 2 - 6)), ranges, label("step", high + 9));
  const [recent, latest] = [label("", 6), cells.map((_, i) => [label("", middle(i) - 7), label("", middle(i) + 7)])];
  const values = BANDS.map((_, i) => [0, 1].map((n) => label("", bandTop[i] + band / 2 - 7 + 14 * n)));
  for (const [first, second] of values.slice(0, 2)) { first.className = "quiet"; second.className = "strong"; }
  for (const [, second] of latest) second.className = "quiet";
  const right = h("div", { class: "values" }, recent, latest, values);
  const middlePart = h("div", { class: "plot" }, plot, axis);
  const node = h("div", { class: `dartslab-strip${go ? " moves" : ""}`, style: `height:${high + 17}px`, "aria-hidden": "true" }, left, middlePart, right);
  const writers = new Map([recent, ...latest.flat(), ...values.flat(), ...ranges].map((one) => [one, setter(one)]));
  const write = (one, text) => writers.get(one)("text", text);
  let now = { whole: null, rects: {} };

  const line = (points, [low, top], i, attributes) => {
    const y = (v) => bandTop[i] + band - (band * (v - low)) / (top - low || 1);
    const text = points.x.map((x, n) => `${x},${y(points.y[n]).toFixed(2)}`);
    return [h("polyline", { ...attributes, points: text.join(" ") }),
      attributes.dots && text.length < 60 ? h("path", { class: "dots", d: text.map((at) => `M${at}h0`).join("") }) : null];
  };

  function draw(whole, run) {
    const { steps, curves, ribbons, changes, undecided } = whole, last = whole.ends?.[1] ?? run.step;
    plot.setAttribute("viewBox", `0 0 ${Math.max(1, steps)} ${high}`);
    const rects = {};
    const found = [...changes.map(([step, n]) => h("line", { class: "change", x1: step, x2: step, y1: after - 3, y2: after - 6 - 1.4 * Math.min(n, 5) }))];
    cells.forEach((cell, i) => {
      rects[cell.kind] = ribbons[cell.kind].map((segments, e) => segments.map(([step, o, kept], n) => {
        const end = segments[n + 1]?.[0] ?? Math.max(last, step);
        return h("rect", { x: step, width: Math.max(0, end - step), y: ribbonTop[i] + e * ribbon, height: ribbon - (ribbon > 4 ? 1 : 0.3),
          style: `fill:${colorOf(cell.operations[o])}`, "fill-opacity": kept ? 1 : 0.24 });
      }));
      found.push(h("g", {}, rects[cell.kind].map((row, e) => h("g", { onpointerenter: () => point(cell.kind, e), onpointerleave: () => point(cell.kind, null) }, row))));
    });
    const losses = curves.loss.flatMap((one) => one.y), lows = cells.flatMap(({ kind }) => undecided[kind].y);
    // where a search still runs, the ends of the scales stay where they are as long as possible
    const scales = [[whole.ends ? Math.min(...losses, Infinity) : 0, Math.max(...losses, 0.01)], [0, 100], [Math.min(whole.ends ? 0.9 : 0.5, ...lows), 1]];
    if (!losses.length) scales[0] = [0, 1];
    BANDS.forEach(([name], i) => {
      for (const y of [bandTop[i], bandTop[i] + band]) found.push(h("line", { class: "grid", x1: 0, x2: steps, y1: y, y2: y }));
      const shown = name === "undecided" ? cells.map((cell, n) => ({ ...undecided[cell.kind], dash: n ? "5 3" : null })) : curves[name];
      for (const one of shown) found.push(line(one, scales[i], i, { class: one.name === "training" ? "curve training" : "curve", "stroke-dasharray": i === 2 ? one.dash : null, dots: one.name === "validation" }));
      const [low, top] = scales[i];
      write(ranges[i], i === 0 ? (losses.length ? `${low.toFixed(1)}–${top.toFixed(1)} nats` : "") : i === 1 ? "0–100 %" : `${Math.round(100 * low)}–100 %`);
    });
    drawing.replaceChildren(...found.flat(Infinity).filter(Boolean));
    if (now.whole?.steps !== steps) {
      const every = [1, 2, 5, 10, 20, 50, 100, 200, 500, 1000, 2000, 5000, 10000, 1e5].find((n) => steps / n <= 8) ?? steps;
      axis.querySelectorAll("i").forEach((tick) => tick.remove());
      for (let step = 0; step <= steps; step += every) axis.append(h("i", { style: `left:${(100 * step) / steps}%` }, String(step)));
    }
    now = { whole, rects };
  }

  function move(run, step) {
    const { whole } = now, part = clamp(step / Math.max(1, whole.steps));
    later.setAttribute("x", step);
    later.setAttribute("width", Math.max(0, 1.02 * whole.steps - step)); // dots stand out a little
    for (const name of ["x1", "x2"]) cursor.setAttribute(name, step);
    for (const one of [dot, number]) one.style.left = `${(100 * part).toFixed(2)}%`;
    number.textContent = run.step;
    axis.querySelectorAll("i").forEach((tick) => { tick.style.opacity = Math.abs(Number(tick.textContent) / whole.steps - part) < 0.035 ? 0 : 1; });
  }

  function tell(run) {
    const { whole } = now, from = Math.max(0, run.step - 20), since = whole.changes.filter(([step]) => step > from && step <= run.step);
    write(recent, `${since.length} in ${run.step - from} steps`);
    cells.forEach((cell, i) => {
      const steps = run.since[cell.kind], latestStep = Math.max(...steps.filter((step) => step !== null));
      const e = steps.lastIndexOf(latestStep), kept = run.cells.find(({ kind }) => kind === cell.kind).kept.find(([row]) => row === e);
      write(latest[i][0], kept ? `${cell.edges[e].replaceAll(" ", "")} ${nameOf(cell.operations[kept[1]])}` : "");
      write(latest[i][1], kept ? `since step ${latestStep}` : "");
    });
    ["loss", "accuracy"].forEach((what, i) => ["train", "val"].forEach((half, n) => {
      const value = run.last[`${half}_${what}`], text = value === undefined ? "–" : i ? `${Math.round(value)} %` : value.toFixed(2);
      write(values[i][n], `${n ? "validation" : "training"} ${text}`);
    }));
    cells.forEach((cell, n) => {
      if (n > 1) return;
      const own = run.cells[n].entropy;
      const part = own ? `${Math.round((100 * own.reduce((sum, v) => sum + v, 0)) / own.length / Math.log(cell.operations.length))} %` : "–";
      write(values[2][n], `${n ? "╌" : "—"} ${nameOfKind(cell)} ${part}`);
    });
  }

  const light = (focus) => cells.forEach(({ kind }) => now.rects[kind]?.forEach((row, e) => row.forEach((rect) => {
    rect.style.opacity = !focus || (focus.kind === kind && focus.row === e) ? 1 : 0.35;
  })));
  if (go) {
    const scrub = (event) => {
      const box = middlePart.getBoundingClientRect(), { whole } = now;
      const step = Math.round(clamp((event.clientX - box.left) / box.width) * whole.steps);
      go(clamp(step, ...whole.ends));
    };
    middlePart.addEventListener("pointerdown", (event) => { middlePart.setPointerCapture(event.pointerId); scrub(event); });
    middlePart.addEventListener("pointermove", (event) => { if (middlePart.hasPointerCapture(event.pointerId)) scrub(event); });
  }
  return { node, draw, move, tell, light };
}
