// What all views share: building elements, drawing once per animation frame, words, colours, charts, exported pages.
// A view is { draw(frame, data, send, stage) -> elements, frame(settings, data) -> frame, words(frame, data) -> text };
// the last two for exported pages only. send({ set: { name: value } }) sets controls. A view whose drawing moves or is
// large has, in place of draw, attach(stage, input) -> { show(frame, data, send), stop() }: it makes its elements once and
// changes them with every frame. Controls for which inside(name, data) holds do not stand above the drawing: the view
// places input(name), their element, itself.

const SVG = "http://www.w3.org/2000/svg";
const VECTOR = new Set(["svg", "g", "rect", "path", "line", "circle", "polyline", "polygon", "text", "title", "image", "clipPath"]);

// h("button", { class: "a", onclick: f }, "text", child): an HTML or SVG element
function h(tag, attributes = {}, ...children) {
  const node = VECTOR.has(tag) ? document.createElementNS(SVG, tag) : document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (name.startsWith("on")) node.addEventListener(name.slice(2), value);
    else if (value !== undefined && value !== null && value !== false) node.setAttribute(name, value);
  }
  node.append(...children.flat(Infinity).filter((child) => child !== null && child !== undefined));
  return node;
}

// Changes of an element that was made before; a text that is the same already is not touched.
const setAttributes = (node, attributes) => { for (const [name, value] of Object.entries(attributes)) node.setAttribute(name, value); };
const write = (node, text, attributes = {}) => { setAttributes(node, attributes); if (node.textContent !== text) node.textContent = text; };

// text of ours that holds markup: graphs that graphviz drew
function markup(svg) {
  if (!parsed.has(svg)) {
    if (parsed.size > 50) parsed.clear();
    parsed.set(svg, new DOMParser().parseFromString(svg, "image/svg+xml").documentElement);
  }
  return document.importNode(parsed.get(svg), true);
}
const parsed = new Map(); // text -> element: the same graph is drawn many times

// What a press and a release together make a click of: it must not be replaced in between.
const PRESSED = "button, [role=button]";

// Draws at most once per animation frame, keeps the focus on the element with the same data-key.
function painter(view, canvas, get, send, input) {
  const words = h("p", { class: "dartslab-words", role: "status", "aria-live": "polite" });
  const stage = h("div", { class: "dartslab-stage", role: "group" });
  canvas.append(stage, words);
  const attached = view.attach?.(stage, input);
  let pending = 0;
  let pressed = false;
  stage.addEventListener("pointerdown", (event) => { pressed = Boolean(event.target.closest?.(PRESSED)); });
  const release = () => { pressed = false; };
  for (const name of ["pointerup", "pointercancel"]) window.addEventListener(name, release, true);
  const paint = () => {
    if (pressed && !attached) {
      pending = requestAnimationFrame(paint);
      return;
    }
    pending = 0;
    const frame = get("frame");
    const text = get("text");
    const there = frame && Object.keys(frame).length;
    if (attached) {
      if (there) attached.show(frame, get("data"), send);
    } else {
      const focused = stage.contains(document.activeElement) ? document.activeElement.dataset.key : undefined;
      const children = there ? view.draw(frame, get("data"), send, stage) : [];
      stage.replaceChildren(...[children].flat(Infinity).filter(Boolean));
      if (focused) stage.querySelector(`[data-key="${CSS.escape(focused)}"]`)?.focus({ preventScroll: true });
    }
    stage.setAttribute("aria-label", text);
    if (!frame.moving && words.textContent !== text) words.textContent = text; // speaks when things are at rest
    canvas.dataset.step = frame.step ?? "";
    canvas.dataset.painted = Number(canvas.dataset.painted ?? 0) + 1;
  };
  const ask = () => { pending ||= requestAnimationFrame(paint); };
  paint();
  const stop = () => {
    cancelAnimationFrame(pending);
    attached?.stop();
    for (const name of ["pointerup", "pointercancel"]) window.removeEventListener(name, release, true);
  };
  return { ask, stop };
}

// anywidget's render
function live(view, { model, el }) {
  el.classList.add("dartslab-canvas");
  const talk = sender(model);
  const controls = liveControls(model, talk, (name) => view.inside?.(name, model.get("data")));
  el.append(controls.node);
  const { ask, stop } = painter(view, el, (name) => model.get(name), talk.send, controls.input);
  const hear = () => { talk.next(); controls.update(); };
  const listeners = [["settings", hear], ["controls", controls.build], ...["frame", "data", "text"].map((name) => [name, ask])];
  for (const [name, listener] of listeners) model.on(`change:${name}`, listener);
  const release = claimKeys(el);
  return () => {
    stop();
    talk.stop();
    release();
    for (const [name, listener] of listeners) model.off(`change:${name}`, listener);
  };
}

// JupyterLab takes plain keys for commands of the notebook (arrows change the cell, D D deletes it), also from its outputs;
// inside a view they belong to lists, sliders and buttons. Ctrl, Alt and Cmd stay with JupyterLab.
function claimKeys(el) {
  const claim = ({ target, ctrlKey, altKey, metaKey }) => {
    if (el.closest(".dartslab")?.contains(target)) target.toggleAttribute("data-lm-suppress-shortcuts", !(ctrlKey || altKey || metaKey));
  };
  window.addEventListener("keydown", claim, true);
  return () => window.removeEventListener("keydown", claim, true);
}

// An exported page: the same drawing, native controls, frames from `view.frame`.
function page(view, spec, root) {
  const now = { data: spec.data, frame: spec.frame, text: spec.text };
  const settings = Object.fromEntries(spec.controls.map((control) => [control.name, control.value]));
  const inputs = {};
  const bar = h("div", { class: "dartslab-controls" });
  const canvas = h("div", { class: "dartslab-canvas" });
  root.replaceChildren(bar, canvas);
  const change = () => {
    now.frame = view.frame(settings, now.data);
    now.text = view.words(now.frame, now.data);
    canvas.dataset.settings = JSON.stringify(settings);
    ask();
  };
  const set = (changes) => {
    Object.assign(settings, changes);
    for (const name of Object.keys(changes)) inputs[name]?.show(changes[name]);
    change();
  };
  for (const control of spec.controls) {
    inputs[control.name] = nativeInput(control, (value) => { settings[control.name] = value; change(); });
    if (!view.inside?.(control.name, spec.data)) bar.append(inputs[control.name].node);
  }
  const { ask } = painter(view, canvas, (name) => now[name], (message) => message.set && set(message.set), (name) => inputs[name].node);
  canvas.dataset.settings = JSON.stringify(settings);
}

const digits = (value, n = 3) => (Number.isInteger(value) ? String(value) : String(Number(value.toPrecision(n))));

// an operation on its lane: its colour, and dashes as the cue besides colour
const colorOf = (operation) => `var(--op-${operation}, var(--lane))`;
// as people read it: sep 3×3
const nameOf = (operation) => operation.replace("_conv_", "_").replace("_pool_3x3", " pool").replace("_connect", "")
  .replaceAll("_", " ").replace(/(\d)x(\d)/g, "$1×$2");
// a number stays on the line of what it belongs to: (95 %: 78 to 117), sep 3×3, mean 0.17
const unbroken = (text) => text.replace(/ %: \d+ to \d+| %| \d+\.\d| \d×\d/g, (pair) => pair.replaceAll(" ", "\u00a0"));
const dashOf = (operation) => ({ dotted: "2 3", dashed: "7 5" })[STYLES[operation]];

// colours of weights from 0 to 1, the same at every step: cividis of the root, as `alpha_heatmap` in Python
function shade(value) {
  const color = CIVIDIS[Math.round(Math.sqrt(clamp(value)) * (CIVIDIS.length - 1))];
  const [r, g, b] = [1, 3, 5].map((i) => parseInt(color.slice(i, i + 2), 16) / 255)
    .map((c) => (c <= 0.04045 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4));
  return { color, ink: 0.2126 * r + 0.7152 * g + 0.0722 * b > 0.179 ? "#000" : "#fff" };
}

// smallest and largest of many numbers; Math.min(...values) fails for the pixels of large pictures
const span = (values) => values.reduce(([low, high], value) => [Math.min(low, value), Math.max(high, value)], [Infinity, -Infinity]);

// linear scale: scale(value) -> pixel
function linear([a, b], [p, q]) {
  return (value) => p + ((value - a) / (b - a || 1)) * (q - p);
}

function niceTicks(low, high, count = 4) {
  const raw = (high - low || 1) / count;
  const unit = 10 ** Math.floor(Math.log10(raw));
  const step = unit * ([1, 2, 5, 10].find((m) => m * unit >= raw) ?? 10);
  const ticks = [];
  for (let t = Math.ceil(low / step) * step; t <= high + 1e-9 * step; t += step) ticks.push(Number(t.toPrecision(10)));
  return ticks;
}

// Chart of lines: lines = [{ name, x, y, mark, dash, tone }], tone 0 to 4 names a colour of view.css; options: title,
// xlabel, xdomain, ydomain, cursor (an x that is marked), log (both axes hold exponents of 10), ticks (about so many).
function chart(lines, { title, xlabel, ylabel, xdomain, ydomain, cursor, log, ticks = 4, width = 340, height = 190 }) {
  const there = lines.filter((line) => line.x.length);
  const all = (key) => there.flatMap((line) => line[key]).filter(Number.isFinite);
  const extent = (values) => (values.length ? [Math.min(...values), Math.max(...values)] : [0, 1]);
  const [x0, x1] = xdomain ?? extent(all("x"));
  const [y0, y1] = ydomain ?? extent(all("y"));
  const [left, right, top, bottom] = [46, 10, 24, 34];
  const x = linear([x0, x1], [left, width - right]);
  const y = linear([y0, y1], [height - bottom, top]);
  const name = (tick) => (log ? `1e${tick}` : String(tick));
  const grid = niceTicks(y0, y1, ticks).map((t) => [
    h("line", { class: "grid", x1: left, x2: width - right, y1: y(t), y2: y(t) }),
    h("text", { class: "tick", x: left - 5, y: y(t) + 3.5, "text-anchor": "end" }, name(t)),
  ]);
  const feet = niceTicks(x0, x1, ticks).map((t) => h("text", { class: "tick", x: x(t), y: height - bottom + 14, "text-anchor": "middle" }, name(t)));
  const drawn = there.map((line) => {
    const points = line.x.map((v, i) => [x(v), y(line.y[i])]).filter((p) => p.every(Number.isFinite));
    const marks = line.mark || points.length === 1 ? points.map(([px, py]) => symbol(line.mark ?? "circle", px, py, `tone${line.tone}`)) : [];
    return [h("polyline", { class: `line tone${line.tone}`, points: points.map((p) => p.map((v) => v.toFixed(1)).join(",")).join(" "),
      "stroke-dasharray": line.dash, "data-name": line.name }), marks];
  });
  const at = cursor === undefined || cursor === null ? null
    : h("line", { class: "cursor", x1: x(cursor), x2: x(cursor), y1: top, y2: height - bottom });
  const key = h("div", { class: "dartslab-key" }, there.map((line) => h("span", {}, h("svg", { width: 30, height: 12, "aria-hidden": "true" },
    h("line", { class: `line tone${line.tone}`, x1: 1, x2: 29, y1: 6, y2: 6, "stroke-dasharray": line.dash }),
    line.mark ? symbol(line.mark, 15, 6, `tone${line.tone}`) : null), ` ${line.name}`)));
  return h("figure", { class: "dartslab-chart" },
    h("svg", { viewBox: `0 0 ${width} ${height}`, role: "img", "aria-label": title },
      h("text", { class: "heading", x: left, y: 14 }, title),
      ylabel ? h("text", { class: "tick", x: width - right, y: 14, "text-anchor": "end" }, ylabel) : null,
      grid, feet,
      h("line", { class: "axis", x1: left, x2: width - right, y1: height - bottom, y2: height - bottom }),
      h("text", { class: "tick", x: (left + width - right) / 2, y: height - 5, "text-anchor": "middle" }, xlabel ?? ""),
      at, drawn),
    key);
}

// a mark that is told apart by its shape
function symbol(shape, x, y, tone, r = 3.6) {
  const corners = { square: [[-1, -1], [1, -1], [1, 1], [-1, 1]], diamond: [[0, -1.4], [1.4, 0], [0, 1.4], [-1.4, 0]], triangle: [[0, -1.3], [1.2, 1], [-1.2, 1]] };
  if (!(shape in corners)) return h("circle", { class: `mark ${tone}`, cx: x, cy: y, r });
  return h("polygon", { class: `mark ${tone}`, points: corners[shape].map(([a, b]) => `${x + a * r},${y + b * r}`).join(" ") });
}

