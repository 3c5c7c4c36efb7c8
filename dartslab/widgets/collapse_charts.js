// The charts of Collapse: what is kept, the largest eigenvalue and both accuracies over the steps. In grey, with squares,
// the search in which nothing is changed; in colour, with circles, the chosen variant. Of each all seeds and their mean.

const CHARTS = [
  { title: "skips among the kept edges", curves: [["skips", null, ""]], range: () => [0, 1], ticks: [0, 0.5, 1], tell: (v) => v.toFixed(2) },
  { title: "λ_max, largest eigenvalue of the Hessian in alpha", curves: [["lambda_max", null, ""]], range: ([low, high]) => [Math.min(0, low), high], tell: (v) => String(Number(v.toPrecision(2))) },
  { title: "accuracy:  — pictures of w   ╌ pictures of alpha", curves: [["train", null, "w "], ["val", "5 3", "α "]], range: ([low]) => [Math.min(900, 100 * Math.floor(low / 100)), 1000], tell: (v) => `${percentOf(v)} %`, scale: 10 },
];
const [CHART_LEFT, CHART_RIGHT, CHART_TOP, CHART_PLOT, CHART_GAP] = [30, 76, 17, 76, 8]; // pixels
const CHART_PITCH = CHART_TOP + CHART_PLOT + CHART_GAP;
const CHARTS_HIGH = CHARTS.length * CHART_PITCH + 18;

// { node, draw(frame, width), move(frame, step) }; `go(step)` is called by a person who drags over them
function collapseCharts(data, go) {
  const drawing = h("g", {}), cursor = h("line", { class: "cursor", y1: CHART_TOP - 3, y2: CHARTS_HIGH - 24 }), points = h("g", {}), values = h("g", {});
  const node = h("svg", { class: "over-steps", height: CHARTS_HIGH, "aria-hidden": "true" }, drawing, cursor, points, values);
  let width = 430, longest = 1, scales = [], domains = [];
  const X = (step) => CHART_LEFT + ((width - CHART_LEFT - CHART_RIGHT) * step) / longest;
  const groups = (frame) => [...new Set([data.control, frame.variant])].map((name) => ({ name, look: name === data.control ? "control" : "changed", ...data.variants[name] }));
  const seeds = (name) => Object.entries(data.searches[name]);

  function draw(frame, wide) {
    [width, longest] = [wide, longestOf(frame, data)];
    const shown = groups(frame);
    domains = CHARTS.map(({ curves, range }) => {
      const all = shown.flatMap(({ name }) => seeds(name).flatMap(([, search]) => curves.flatMap(([curve]) => curveOf(search, curve)[1])));
      return range(all.length ? span(all) : [0, 1]);
    });
    scales = domains.map((domain, i) => linear(domain, [i * CHART_PITCH + CHART_TOP + CHART_PLOT, i * CHART_PITCH + CHART_TOP]));
    drawing.replaceChildren(...CHARTS.flatMap((one, i) => chartOf(one, i, frame, shown)), ...feet());
  }

  function feet() {
    const y = CHARTS.length * CHART_PITCH;
    return [...niceTicks(0, longest, 6).map((step) => h("text", { class: "tick middle", x: X(step), y: y + 6 }, String(step))),
      h("text", { class: "tick", x: width - CHART_RIGHT + 16, y: y + 6 }, "step")];
  }

  function chartOf({ title, curves, ticks, tell, scale = 1 }, i, frame, shown) {
    const Y = scales[i], top = i * CHART_PITCH + CHART_TOP, foot = top + CHART_PLOT, end = width - CHART_RIGHT;
    const path = ([x, y]) => x.map((step, n) => `${X(step).toFixed(1)},${Y(y[n]).toFixed(1)}`).join(" ");
    const ends = [top, foot].map((y) => h("line", { class: "grid", x1: CHART_LEFT, x2: end, y1: y, y2: y }));
    const marks = (ticks ?? niceTicks(...domains[i].map((v) => v / scale), 2).map((tick) => tick * scale)).map((tick) => [
      h("line", { class: "grid", x1: CHART_LEFT, x2: end, y1: Y(tick), y2: Y(tick) }),
      h("text", { class: "tick end", x: CHART_LEFT - 4, y: Y(tick) + 3.5 }, String(Number((tick / scale).toPrecision(6))))]);
    const [thin, thick, said] = [[], [], []];
    for (const { name, look, label, means, notes } of shown) {
      for (const [curve, dash] of curves) {
        for (const [seed, search] of seeds(name)) {
          const line = curveOf(search, curve), chosen = name === frame.variant && Number(seed) === frame.seed;
          const into = chosen ? thick : thin;
          into.push(h("polyline", { class: `seed ${look}${chosen ? " chosen" : ""}`, points: path(line), "stroke-dasharray": dash, "data-curve": curve }));
          const n = line[0].length - 1;
          if (n >= 0 && hasStopped(search)) into.push(h("text", { class: `stopped middle ${look}`, x: X(line[0][n]), y: Y(line[1][n]) + 4 }, "✕"));
        }
        const [x, y] = means[curve];
        if (!x.length) continue;
        thick.unshift(h("polyline", { class: `mean ${look}`, points: path(means[curve]), "stroke-dasharray": dash, "data-mean": curve }));
        thick.push(symbol(look === "control" ? "square" : "circle", X(x[x.length - 1]), Y(y[y.length - 1]), look, 3.4));
      }
      if (curves.some(([curve]) => curve in notes)) said.push(h("text", { class: `end note ${look}`, x: end - 5, y: foot - 5 - 13 * said.length }, `${label}: not measured`));
    }
    const note = shown[shown.length - 1].notes.ends;
    return [h("text", { class: "name", x: CHART_LEFT, y: top - 5 }, title), ...ends, ...marks.flat(), ...thin, ...thick, ...said,
      i === 0 && note ? h("text", { class: `end note ${shown[shown.length - 1].look}`, x: end, y: top - 5 }, note) : null].filter(Boolean);
  }

  // where the step is, what the chosen search has there, and the means
  function move(frame, step) {
    const shown = groups(frame), search = data.searches[frame.variant][frame.seed], x = X(Math.min(step, longest));
    setAttributes(cursor, { x1: x, x2: x });
    const look = frame.variant === data.control ? "control" : "changed";
    points.replaceChildren(...CHARTS.flatMap(({ curves }, i) => curves.map(([curve]) => {
      const [steps, numbers] = curveOf(search, curve), n = steps.findLastIndex((one) => one <= frame.step);
      return n < 0 ? null : h("circle", { class: `here ${look}`, cx: X(steps[n]), cy: scales[i](numbers[n]), r: 3.6 });
    })).filter(Boolean));
    const [left, found] = [width - CHART_RIGHT + 8, []];
    CHARTS.forEach(({ curves, tell }, i) => {
      const rows = curves.flatMap(([curve, , prefix]) => [...shown].reverse().map(({ name, look: of, means }) => {
        const [steps, numbers] = means[curve], n = steps.findLastIndex((one) => one <= step);
        const over = seeds(name).some(([, one]) => hasStopped(one) && step > one.steps[one.steps.length - 1]); // no mean of all seeds
        return { of, text: `${prefix}${n < 0 || over ? "–" : tell(numbers[n])}` };
      }));
      const y = i * CHART_PITCH + CHART_TOP + CHART_PLOT / 2 + 4 - 7.5 * (rows.length - 1);
      rows.forEach(({ of, text }, n) => found.push(symbol(of === "control" ? "square" : "circle", left + 4, y + 15 * n - 4, of, 3.4),
        h("text", { class: `value ${of}`, x: left + 12, y: y + 15 * n }, text)));
    });
    values.replaceChildren(h("text", { class: "tick", x: left, y: CHART_TOP - 5 }, "mean here"), ...found);
  }

  const scrub = (event) => {
    const box = node.getBoundingClientRect();
    go(((event.clientX - box.left - CHART_LEFT) / (width - CHART_LEFT - CHART_RIGHT)) * longest);
  };
  node.addEventListener("pointerdown", (event) => { node.setPointerCapture(event.pointerId); scrub(event); });
  node.addEventListener("pointermove", (event) => { if (node.hasPointerCapture(event.pointerId)) scrub(event); });
  return { node, draw, move };
}
