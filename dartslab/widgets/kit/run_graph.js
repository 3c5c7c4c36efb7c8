// A cell of a search as a graph: every operation has a lane of its own on its edge, as wide as its mixing weight. Lanes of
// losers turn grey. Nothing changes its place: not when the leader changes, and not when the derived cell does.

const lerp = (a, b, u) => a + (b - a) * u;
const hundredths = (p) => (p >= 0.995 ? p.toFixed(2) : p.toFixed(2).slice(1)); // .44

// Set attributes and styles of an element, and touch only what changes.
function setter(node) {
  const old = {};
  return (name, value) => {
    if (old[name] === value) return;
    old[name] = value;
    if (name === "text") node.textContent = value;
    else if (name.startsWith("--") || name in node.style) node.style.setProperty(name, value);
    else node.setAttribute(name, value);
  };
}

const NARROW = 500; // below this width names are shorter
const shortOf = (operation) => nameOf(operation).replace(" pool", "").replace(/ (\d)×\d/, "$1");

// Where nodes and lanes are, in a box of w x h. The middle of the lanes of an edge is at (x, y).
function placesOf(w, h, count, pairs) {
  if (pairs.length !== 5) return arcs(w, h, count, pairs);
  const names = w < NARROW ? ["in 0", "in 1", "2", "3"] : ["input 0", "input 1", "node 2", "node 3"];
  const [bw, bh] = [w < NARROW ? 38 : 54, 23], left = 2 + bw / 2, x2 = 0.535 * w, x3 = w - 66;
  const [top, low] = [0.29 * h, 0.71 * h], mid = h / 2, half = 46;
  const nodes = [[left, top], [left, low], [x2, mid], [x3, mid]].map(([x, y], i) => ({ x, y, name: names[i], w: bw, h: bh }));
  const pitch = Math.min(4.4, (0.86 * h) / 38 * 8 / count), rack = pitch * (count - 1), edge = rack / 2 + 6, from = left + bw / 2;
  const inner = (from + x2 - bw / 2) / 2 - 4;
  const plan = [ // in the order of the edges: middle, start, end, side of an arch
    [inner, 0.345 * h, [from, top + 5], [x2 - bw / 2, mid - 5], 0],
    [inner, 0.655 * h, [from, low - 5], [x2 - bw / 2, mid + 5], 0],
    [x2, edge, [from, top - 6], [x3, mid - bh / 2], -1],
    [x2, h - edge, [from, low + 6], [x3, mid + bh / 2], 1],
    [(x2 + x3) / 2, mid, [x2 + bw / 2, mid], [x3 - bw / 2, mid], 0],
  ];
  const edges = plan.map(([x, y, s, e, arch]) => {
    const l = x - half, r = x + half;
    const lanes = Array.from({ length: count }, (_, o) => {
      const at = y + (o - (count - 1) / 2) * pitch, bend = Math.min(46, (l - s[0]) * 0.55);
      const end = arch ? [r + 0.42 * (e[0] - r), at, e[0], e[1] + arch * 0.23 * h] : [lerp(r, e[0], 0.5), at, lerp(r, e[0], 0.5), e[1]];
      return { y: at, d: `M${s} C${[s[0] + bend, s[1], l - bend * 0.8, at, l, at]} L${[r, at]} C${[...end, ...e]}` };
    });
    return { x, y, half, rack, lanes };
  });
  const out = { x: w - 16, y: mid };
  const joins = [`M${[x2 + 16, mid + 12]} C${[x2 + 34, mid + 30, x3 - 60, mid + 27, x3, mid + 27]} C${[x3 + 30, mid + 27, out.x - 14, mid + 18, out.x - 4, mid + 8]}`,
    `M${[x3 + bw / 2, mid]} L${[out.x - 12, mid]}`];
  return { nodes, edges, out, joins, thick: 20 };
}

// Any other number of nodes: all in one row, edges as arcs, those from odd states below.
function arcs(w, h, count, pairs) {
  const last = Math.max(...pairs.map(([, to]) => to)), pitch = Math.min(1.1, 9 / count), half = 26;
  const narrow = w < NARROW, [left, room] = narrow ? [17, w - 73] : [24, w - 88];
  const x = (i) => left + (room * i) / last, up = Math.max(1, last - 1), down = last - 2;
  const level = Math.min(30, (h - 41) / (up + down)), mid = 9 + up * level + 10;
  const nodes = Array.from({ length: last + 1 }, (_, i) => ({ x: x(i), y: mid, w: !narrow ? 36 : i < 2 ? 29 : 20, h: 20, name: i < 2 ? `in ${i}` : `${i}` }));
  const edges = pairs.map(([from, to]) => {
    const span = to - from, side = from % 2 ? 1 : -1, rung = span - 1;
    const y = rung ? mid + side * (10 + rung * level) : mid;
    const cx = rung ? (x(from) + x(to)) / 2 : (x(from) + nodes[from].w / 2 + x(to) - nodes[to].w / 2) / 2; // free of both
    const [reach, apart] = narrow ? [8, 4] : [13, 6]; // of the ends of the edges of a node
    const s = rung ? [x(from) + reach - apart * (rung - 1), mid + side * 10] : [x(from) + nodes[from].w / 2, mid];
    const e = rung ? [x(to) - reach + apart * (rung - 1), mid + side * 10] : [x(to) - nodes[to].w / 2, mid];
    const l = cx - half, r = cx + half;
    const lanes = Array.from({ length: count }, (_, o) => {
      const at = y + (o - (count - 1) / 2) * pitch;
      const begin = rung ? [s[0] + 2, at, s[0] + 14, at, l, at] : [...s, l, at, l, at];
      const end = rung ? [e[0] - 14, at, e[0] - 2, at, ...e] : [r, at, ...e, ...e];
      return { y: at, d: `M${s} C${begin} L${[r, at]} C${end}` };
    });
    return { x: cx, y, half, rack: pitch * (count - 1), lanes, short: narrow || !rung }; // neighbours are close
  });
  return { nodes, edges, out: { x: w - 16, y: mid }, joins: [`M${[x(last) + nodes[last].w / 2, mid]} L${[w - 28, mid]}`], thick: 13, small: true };
}

let measure;
function widthOf(text, font) {
  measure ??= document.createElement("canvas").getContext("2d");
  measure.font = font;
  return measure.measureText(text).width;
}

// The name of an operation on its lane.
function pillOf(operation, { x, short }, y, small) {
  const [tall, size] = small ? [14, 11] : [17, 11.5];
  const box = h("rect", { y: y - tall / 2, height: tall, rx: tall / 2, class: "pill", style: `stroke:${colorOf(operation)}` });
  const text = h("text", { x, y: y + 0.5, class: "pillname" });
  const node = h("g", {}, box, text);
  const [place, write, look] = [setter(box), setter(text), setter(node)];
  return {
    node,
    show(p, shown, kept, close) {
      const label = `${close ? "≈ " : ""}${(short ? shortOf : nameOf)(operation)}${small ? "" : ` ${hundredths(p)}`}`;
      const width = Math.round(widthOf(label, `600 ${size}px system-ui, sans-serif`) + (small ? 9 : 13));
      write("text", label);
      place("x", x - width / 2);
      place("width", width);
      place("stroke-opacity", kept.toFixed(2));
      write("fill", kept > 0.5 ? "var(--ink)" : "var(--quiet)");
      look("opacity", shown.toFixed(2));
      look("display", shown < 0.03 ? "none" : "inline");
    },
  };
}

// { node, show(looks) }: see `Looks` in run_looks.js. `point(row)` is called with an edge, or null.
function cellGraph(cell, w, height, point) {
  const { operations } = cell, places = placesOf(w, height, operations.length, cell.pairs);
  const box = (node) => [h("rect", { class: "state", x: node.x - node.w / 2, y: node.y - node.h / 2, width: node.w, height: node.h, rx: 7 }),
    h("text", { class: "name", x: node.x, y: node.y + 0.5 }, node.name)];
  const under = h("g", {}), over = h("g", {});
  const drawn = places.edges.map((edge, row) => {
    const group = h("g", { "data-edge": row });
    const lanes = edge.lanes.map(({ d }, o) => {
      const dash = dashOf(operations[o]), isNone = operations[o] === "none";
      const line = h("path", { class: "lane", d, "data-operation": operations[o], "stroke-dasharray": isNone ? dash : null });
      const mark = dash && !isNone ? h("path", { class: "lane mark", d, "stroke-dasharray": dash }) : null;
      const node = h("g", {}, line, mark);
      group.append(node);
      return { node, line: setter(line), mark: mark && setter(mark), pill: null, y: edge.lanes[o].y };
    });
    under.append(group);
    over.append(h("path", { class: "reach", d: edge.lanes[Math.floor(operations.length / 2)].d, "stroke-width": Math.max(14, edge.rack + 6),
      onpointerenter: () => point(row), onpointerleave: () => point(null), onclick: () => point(row, true) }));
    return { edge, group, lanes, leader: -1 };
  });
  const pills = h("g", { class: "pills" });
  const node = h("g", {}, places.joins.map((d) => h("path", { class: "join", d })), under, places.nodes.map(box),
    h("text", { class: "name out", x: places.out.x, y: places.out.y + 0.5 }, "out"), pills, over);
  const show = (looks) => drawn.forEach(({ edge, group, lanes }, row) => {
    const look = looks[row], strength = lerp(0.34, 1, look.kept) * look.light, best = look.p[look.leader];
    if (drawn[row].leader !== look.leader) group.append(lanes[(drawn[row].leader = look.leader)].node); // above the others
    lanes.forEach((lane, o) => {
      const p = look.p[o], lead = look.lead[o], near = clamp(1 - (best - p) / 0.06);
      const colored = Math.max(near * near, lead, look.pointed ? 0.85 : 0), width = Math.max(0.7, p * places.thick);
      lane.line("stroke-width", width.toFixed(2));
      lane.line("stroke", `color-mix(in oklab, ${colorOf(operations[o])} ${Math.round(100 * colored)}%, var(--lane))`);
      lane.line("opacity", (strength * lerp(clamp(0.16 + 2.3 * p, 0, 0.62), 1, lead)).toFixed(2));
      if (lane.mark) {
        lane.mark("display", colored > 0.1 && width > 1.4 ? "inline" : "none");
        lane.mark("stroke-width", Math.min(2.4, 0.34 * width).toFixed(2));
        lane.mark("opacity", (strength * colored).toFixed(2));
      }
      if (lead < 0.03 && !lane.pill) return;
      if (!lane.pill) pills.append((lane.pill = pillOf(operations[o], edge, lane.y, places.small)).node);
      lane.pill.show(p, lead * look.light, look.kept, look.close && o === look.leader);
    });
  });
  return { node, show };
}
