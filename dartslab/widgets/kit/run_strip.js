// What happened over the steps: when the derived cell changed, a ribbon for each edge with its leading operation, curves.
// The last band shows how undecided the edges are, or what an instrument measured.

const nameOfKind = ({ kind, tied }) => (tied ? "both" : KIND_NAMES[kind] ?? kind);
const BANDS = [["loss", "nats"], ["accuracy", "%"], ["undecided", ""]];
const MEASURED = BANDS.length - 1;
const DASHES = [null, "5 3", "2 2", "9 3 2 3"]; // of the parts of an instrument

// A number in few characters.
const brief = (value, digits = 3) => (Math.abs(value) >= 1e4 || (value && Math.abs(value) < 1e-3)
  ? value.toExponential(1).replace("+", "") : String(Number(value.toPrecision(digits))));

// { node, draw(whole, run, curve), move(run, step), point(focus) }; `curve` names an instrument for the last band.
// `go(step)` is called by a person who drags over it, or is null; a number nearer than `near` of the width gives way to the
// step that is shown.
function runStrip(cells, { ribbon, band, near }, point, go) {
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
  const names = BANDS.map(([name], i) => label(name, bandTop[i] + band / 2 - 6));
  const left = h("div", { class: "labels" }, label("changes", 6), cells.map((cell, i) => label(nameOfKind(cell), middle(i))),
    names, ranges, label("step", high + 9));
  const [recent, latest] = [label("", 6), cells.map((_, i) => [label("", middle(i) - 7), label("", middle(i) + 7)])];
  const values = BANDS.map((_, i) => [0, 1].map((n) => label("", bandTop[i] + band / 2 - 7 + 14 * n)));
  for (const [first, second] of values.slice(0, 2)) { first.className = "quiet"; second.className = "strong"; }
  for (const [, second] of latest) second.className = "quiet";
  const right = h("div", { class: "values" }, recent, latest, values);
  const middlePart = h("div", { class: "plot" }, plot, axis);
  const node = h("div", { class: `dartslab-strip${go ? " moves" : ""}`, style: `height:${high + 17}px`, "aria-hidden": "true" }, left, middlePart, right);
  const writers = new Map([recent, ...latest.flat(), ...values.flat(), ...names, ...ranges].map((one) => [one, setter(one)]));
  const write = (one, text) => writers.get(one)("text", text);
  let now = { whole: null, rects: {}, measured: null };

  const line = (points, [low, top], i, attributes) => {
    const y = (v) => bandTop[i] + band - (band * (v - low)) / (top - low || 1);
    const text = points.x.map((x, n) => `${x},${y(points.y[n]).toFixed(2)}`);
    return [h("polyline", { ...attributes, points: text.join(" ") }),
      attributes.dots && text.length < 60 ? h("path", { class: "dots", d: text.map((at) => `M${at}h0`).join("") }) : null];
  };

  // of a kind of cell, an operation, or another part of an instrument
  const partName = (part) => {
    const cell = cells.find(({ kind }) => kind === part);
    if (cell) return nameOfKind(cell);
    return part in COLORS ? nameOf(part) : part.replaceAll("_", " ");
  };

  function draw(whole, run, curve) {
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
    const measured = curve && curve !== "undecided" ? { curve, unit: "", lines: [], ...whole.instruments?.[curve] } : null;
    if (measured) scales[MEASURED] = span([0, ...measured.lines.flatMap((one) => one.y)]);
    if (measured && scales[MEASURED][0] === scales[MEASURED][1]) scales[MEASURED] = [0, 1];
    write(names[MEASURED], measured ? curve.replaceAll("_", " ") : "undecided");
    BANDS.forEach(([name], i) => {
      for (const y of [bandTop[i], bandTop[i] + band]) found.push(h("line", { class: "grid", x1: 0, x2: steps, y1: y, y2: y }));
      const parts = i === MEASURED ? measured?.lines.map((one, n) => ({ ...one, dash: DASHES[n % DASHES.length] })) : null;
      const shown = parts ?? (name === "undecided" ? cells.map((cell, n) => ({ ...undecided[cell.kind], dash: n ? "5 3" : null })) : curves[name]);
      for (const one of shown) found.push(line(one, scales[i], i, { class: one.name === "training" ? "curve training" : "curve", "stroke-dasharray": i === MEASURED ? one.dash : null,
        style: parts && one.name in COLORS ? `stroke:${colorOf(one.name)}` : null, dots: parts || one.name === "validation" }));
      const [low, top] = scales[i];
      const range = `${brief(low, 2)}${low < 0 ? " … " : "–"}${brief(top, 2)}`, unit = measured?.unit === "nats" && range.length < 9 ? " nats" : "";
      write(ranges[i], parts ? (parts.length ? range + unit : "not measured") : i === 0 ? (losses.length ? `${low.toFixed(1)}–${top.toFixed(1)} nats` : "") : i === 1 ? "0–100 %" : `${Math.round(100 * low)}–100 %`);
    });
    drawing.replaceChildren(...found.flat(Infinity).filter(Boolean));
    if (now.whole?.steps !== steps) {
      const every = [1, 2, 5, 10, 20, 50, 100, 200, 500, 1000, 2000, 5000, 10000, 1e5].find((n) => steps / n <= 8) ?? steps;
      axis.querySelectorAll("i").forEach((tick) => tick.remove());
      for (let step = 0; step <= steps; step += every) axis.append(h("i", { style: `left:${(100 * step) / steps}%` }, String(step)));
    }
    now = { whole, rects, measured };
  }

  function move(run, step) {
    const { whole } = now, part = clamp(step / Math.max(1, whole.steps));
    later.setAttribute("x", step);
    later.setAttribute("width", Math.max(0, 1.02 * whole.steps - step)); // dots stand out a little
    for (const name of ["x1", "x2"]) cursor.setAttribute(name, step);
    for (const one of [dot, number]) one.style.left = `${(100 * part).toFixed(2)}%`;
    number.textContent = run.step;
    axis.querySelectorAll("i").forEach((tick) => { tick.style.opacity = Math.abs(Number(tick.textContent) / whole.steps - part) < near ? 0 : 1; });
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
    if (now.measured) tellMeasured(run);
    else cells.forEach((cell, n) => {
      if (n > 1) return;
      const own = run.cells[n].entropy;
      const part = own ? `${Math.round((100 * own.reduce((sum, v) => sum + v, 0)) / own.length / Math.log(cell.operations.length))} %` : "–";
      write(values[2][n], `${n ? "╌" : "—"} ${nameOfKind(cell)} ${part}`);
    });
  }

  // The last numbers of an instrument; of more than two parts the largest and the smallest.
  function tellMeasured({ measured }) {
    const { curve, lines } = now.measured;
    const known = lines.map(({ name }, n) => ({ name, n, value: measured[name ? `${curve}.${name}` : curve] })).filter(({ value }) => value !== undefined);
    const ordered = known.length > 2 ? [...known].sort((a, b) => b.value - a.value) : known;
    const told = ordered.length > 2 ? [ordered[0], ordered[ordered.length - 1]] : ordered;
    [0, 1].forEach((row) => {
      const one = told[row];
      const mark = one && lines.length > 1 && lines.length < 3 ? `${one.n ? "╌" : "—"} ` : "";
      write(values[MEASURED][row], one ? `${mark}${one.name ? `${partName(one.name)} ` : ""}${brief(one.value)}` : row ? "" : "–");
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
