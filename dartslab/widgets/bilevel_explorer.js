// The toy bilevel problem: a plane of (a, w) with contours and trajectories, distances, where each hypergradient ends.
// `frame` and `words` do what toy_paths.py and bilevel_explorer.py do; exported pages need them.
const [WIDE, HIGH, EDGE] = [400, 380, { left: 34, right: 8, top: 8, bottom: 34 }];
const LINE = 13; // pixels between labels
const LONGEST = 118; // pixels from a place to the end of the longest name beside it
let planes = 0;

// p and q of the hypergradient p w + q a - 2
function coefficients(hypergradient, xi, terms, drop) {
  const rest = 1 - 2 * xi;
  if (hypergradient === "exact" || hypergradient === "finite_difference") return [rest, drop ? 2 * xi : 4 * xi];
  return [1, hypergradient === "implicit" && !drop ? 1 - rest ** terms : 0];
}

function attracts([p, q], alphaStep, wStep) {
  const trace = 1 - alphaStep * q + 1 - 2 * wStep - 2 * wStep * alphaStep * p;
  const determinant = (1 - alphaStep * q) * (1 - 2 * wStep);
  return Math.abs(trace) < 1 + determinant && 1 + determinant < 2;
}

function pathOf(given, hypergradient, { window: [low, high], limit, dense, sparse }) {
  const [p, q] = coefficients(hypergradient, given.xi, given.terms, given.drop);
  let [a, w] = [given.a, given.w];
  const points = [[a, w]];
  while (points.length <= given.iterations && Math.max(Math.abs(a), Math.abs(w)) <= limit) {
    a -= given.alpha_step * (p * w + q * a - 2);
    w -= given.w_step * 2 * (w - a);
    points.push([a, w]);
  }
  const last = points.length - 1;
  const stride = Math.max(1, Math.ceil((last - dense) / sparse));
  const n = points.map((_, i) => i).filter((i) => i === last || i < dense || (i - dense) % stride === 0);
  const fixed = Math.abs(p + q) < 1e-9 ? null : 2 / (p + q);
  const inside = points.map((point) => point.every((value) => low <= value && value <= high));
  return {
    hypergradient, n, a: n.map((i) => points[i][0]), w: n.map((i) => points[i][1]),
    distance: n.map((i) => Math.hypot(points[i][0] - 1, points[i][1] - 1)),
    end: points[last], last, fixed,
    attracts: fixed !== null && attracts([p, q], given.alpha_step, given.w_step),
    gap: fixed === null ? null : Math.hypot(a - fixed, w - fixed),
    left: inside[last] ? null : inside.lastIndexOf(true) + 1,
  };
}

function fixed3(value) {
  const text = value.toFixed(3);
  return Number(text) === 0 ? "0.000" : text;
}

function describeTheory({ fixed, attracts, gap }) {
  if (fixed === null) return "theory has no fixed point";
  const point = `theory's fixed point a = w = ${fixed3(fixed)}`;
  if (!attracts) return `${point} does not attract with these step sizes`;
  return `${point} is ${gap < 0.001 ? "less than 0.001" : fixed3(gap)} away`;
}

// what a path is called
const lineName = ({ hypergradient }, { drop }, looks) => looks[hypergradient].name + (drop && hypergradient !== "first_order" ? ", term dropped" : "");

function describePath(found, settings, looks) {
  const where = found.left === null ? `ends at a = ${fixed3(found.end[0])}, w = ${fixed3(found.end[1])}` : `leaves the picture at iteration ${found.left}`;
  return `${lineName(found, settings, looks)} ${where}; ${describeTheory(found)}.`;
}

// Moves labels [{ y, ... }] apart downwards, so that none covers another; changes them.
function separate(labels) {
  labels.sort((one, other) => one.y - other.y);
  labels.forEach((label, i) => { label.at = i ? Math.max(label.y, labels[i - 1].at + LINE) : label.y; });
  return labels;
}

function plane({ settings, paths }, { contours, window: [low, high], looks }) {
  const x = linear([low, high], [EDGE.left, WIDE - EDGE.right]);
  const y = linear([low, high], [HIGH - EDGE.bottom, EDGE.top]);
  const line = (as, ws, attributes) => h("polyline", { ...attributes, points: as.map((a, i) => `${x(a).toFixed(1)},${y(ws[i]).toFixed(1)}`).join(" ") });
  const inside = (value) => low <= value && value <= high;
  const clip = `dartslab-plane-${(planes += 1)}`;
  const tone = (found) => `tone${looks[found.hypergradient].tone}`;
  const ticks = niceTicks(low, high, 8);
  const levels = contours.map(({ level, points }) => line(points.map((p) => p[0]), points.map((p) => p[1]), { class: "contour", "data-level": level }));
  const heights = contours.map(({ level, points }) => {
    const [a, w] = points[points.length - 1];
    return h("text", { class: "tick over", x: x(a) + (a > 0 ? -3 : 3), y: y(w) + 4, "text-anchor": a > 0 ? "end" : "start" }, level);
  });
  const drawn = paths.map((found) => line(found.a, found.w, {
    class: `line path ${tone(found)}`, "stroke-dasharray": looks[found.hypergradient].dash, "data-hypergradient": found.hypergradient }));
  const resting = paths.filter((found) => found.fixed !== null && inside(found.fixed));
  const rings = resting.map((found) => h("circle", { class: `line ${tone(found)}`, cx: x(found.fixed), cy: y(found.fixed), r: 8, "data-fixed": found.hypergradient }));
  const groups = new Map([["true optimum: 1", { y: y(1), x: x(1), names: [] }]]);
  for (const found of resting) {
    const at = fixed3(found.fixed);
    if (!groups.has(at)) groups.set(at, { x: x(found.fixed), y: y(found.fixed), names: [] });
    groups.get(at).names.push(looks[found.hypergradient].name);
  }
  // short, so that it stays in the picture; the table has the whole names
  const among = (names) => (names.length === Object.keys(looks).length ? "all hypergradients" : names.length > 2 ? `${names.length} hypergradients` : names.join(", "));
  const theory = separate([...groups].map(([text, group]) => ({ ...group, text: group.names.length ? `${among(group.names)}: ${text}` : text })));
  const ends = separate(paths.filter((found) => found.end.every(inside)).map((found) => ({ found, x: x(found.end[0]), y: y(found.end[1]) })));
  return h("figure", { class: "dartslab-plane" }, h("h4", {}, "validation loss over a and w; click or drag to start elsewhere"),
    h("svg", { viewBox: `0 0 ${WIDE} ${HIGH}`, "data-plane": "", "aria-hidden": "true" },
      h("clipPath", { id: clip }, h("rect", { x: x(low), y: y(high), width: x(high) - x(low), height: y(low) - y(high) })),
      h("rect", { class: "ground", x: x(low), y: y(high), width: x(high) - x(low), height: y(low) - y(high) }),
      ticks.map((t) => [
        h("text", { class: "tick", x: x(t), y: HIGH - EDGE.bottom + 14, "text-anchor": "middle" }, t),
        h("text", { class: "tick", x: EDGE.left - 5, y: y(t) + 4, "text-anchor": "end" }, t)]),
      h("text", { class: "tick", x: (x(low) + x(high)) / 2, y: HIGH - 5, "text-anchor": "middle" }, "a"),
      h("text", { class: "tick", x: 5, y: (y(low) + y(high)) / 2 }, "w"),
      h("g", { "clip-path": `url(#${clip})` }, line([low, high], [low, high], { class: "valley" }), levels, heights, drawn),
      h("text", { class: "over", x: x(low) + 26, y: y(low) - 8 }, "valley w*(a) = a"),
      rings,
      h("path", { class: "optimum", d: `M${x(1) - 5},${y(1) - 5}l10,10m0,-10l-10,10` }),
      h("circle", { class: "start", cx: x(settings.a), cy: y(settings.w), r: 5 }),
      h("text", { class: "over", x: x(settings.a), y: y(settings.w) + 18, "text-anchor": "middle" }, "start"),
      theory.map((label) => label.x > WIDE / 3
        ? h("text", { class: "over", x: label.x - 14, y: label.at + 4, "text-anchor": "end" }, label.text)
        : h("text", { class: "over", x: label.x + 14, y: label.at + 4 }, label.text)),
      ends.map(({ found, x: px, y: py, at }) => {
        const side = px > WIDE - LONGEST ? -1 : 1;
        return [
          symbol(looks[found.hypergradient].mark, px, py, tone(found), 4),
          symbol(looks[found.hypergradient].mark, px + 16 * side, at, tone(found), 3.6),
          h("text", { class: "over", x: px + 23 * side, y: at + 4, "text-anchor": side < 0 ? "end" : "start", "data-end": found.hypergradient }, looks[found.hypergradient].name)];
      })),
    h("p", { class: "dartslab-line" }, "Rings: the fixed points a = w by theory. Grey numbers: levels of the loss."));
}

function table({ settings, paths }, { looks }) {
  const place = (found) => found.left === null ? `(${fixed3(found.end[0])}, ${fixed3(found.end[1])})` : `leaves the picture at iteration ${found.left}`;
  const away = ({ fixed, attracts, gap }) => (fixed === null ? "" : !attracts ? "does not attract" : gap < 0.001 ? "< 0.001" : fixed3(gap));
  return h("table", { class: "dartslab-ends" },
    h("thead", {}, h("tr", {}, ["hypergradient", `(a, w) after ${settings.iterations} iterations`, "theory: a = w", "distance"].map((name) => h("th", { scope: "col" }, name)))),
    h("tbody", {}, paths.map((found) => h("tr", { "data-hypergradient": found.hypergradient },
      h("th", { scope: "row" }, lineName(found, settings, looks)), h("td", {}, place(found)),
      h("td", {}, found.fixed === null ? "none" : fixed3(found.fixed)), h("td", {}, away(found))))));
}

// A press or drag in the plane moves the start.
function listen(stage, { window: [low, high], start: [least, most] }, send) {
  let sent = "";
  const place = (event) => {
    const box = stage.querySelector("[data-plane]").getBoundingClientRect();
    const scale = WIDE / box.width;
    const near = (value) => Math.round(20 * clamp(value, least, most)) / 20;
    const a = near(linear([EDGE.left, WIDE - EDGE.right], [low, high])((event.clientX - box.left) * scale));
    const w = near(linear([HIGH - EDGE.bottom, EDGE.top], [low, high])((event.clientY - box.top) * scale));
    if (sent !== `${a} ${w}`) send({ set: { a, w } });
    sent = `${a} ${w}`;
  };
  stage.onpointerdown = (event) => {
    if (event.button || !event.target.closest("[data-plane]")) return;
    stage.setPointerCapture(event.pointerId);
    stage.onpointermove = place;
    place(event);
  };
  stage.onpointerup = stage.onpointercancel = () => { stage.onpointermove = null; };
}

const view = {
  draw: (frame, data, send, stage) => {
    listen(stage, data, send);
    const near = (found, key) => found[key].filter((_, i) => found.distance[i] <= data.far);
    const distances = frame.paths.map((found) => ({ ...data.looks[found.hypergradient], name: lineName(found, frame.settings, data.looks), mark: null, x: near(found, "n"), y: near(found, "distance") }));
    return [plane(frame, data), h("div", { class: "dartslab-beside" },
      chart(distances, { title: "distance to the true optimum (1, 1)", xlabel: "iteration", xdomain: [0, frame.settings.iterations],
        ydomain: [0, Math.max(1, ...distances.flatMap((line) => line.y))] }),
      frame.paths.length ? table(frame, data) : h("p", { class: "dartslab-notice" }, "No hypergradient is shown: choose one."))];
  },
  frame: (settings, data) => {
    const hypergradients = Object.keys(data.looks);
    return {
      settings: Object.fromEntries(Object.entries(settings).filter(([name]) => !hypergradients.includes(name))),
      paths: hypergradients.filter((hypergradient) => settings[hypergradient]).map((hypergradient) => pathOf(settings, hypergradient, data)),
    };
  },
  words: ({ settings, paths }, { looks }) => [
    `Toy bilevel problem: xi = ${fixed3(settings.xi)}, step sizes ${fixed3(settings.alpha_step)} (alpha) and ${fixed3(settings.w_step)} (w), `
    + `${settings.terms} terms of the implicit series${settings.drop ? ", the implicit term dropped" : ""}, start a = ${fixed3(settings.a)}, `
    + `w = ${fixed3(settings.w)}, ${settings.iterations} iterations. The true optimum is a = w = 1.`,
    ...(paths.length ? paths.map((found) => describePath(found, settings, looks)) : ["No hypergradient is shown."])].join(" "),
};
