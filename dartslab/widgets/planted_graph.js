// The cell of a planted search: on every edge one line for each operation, as wide as its mixing weight, in a place of its own.
const GRAPH = { width: 560, height: 404, rack: 84, high: 86 };
const NODE = 64; // side of a picture that stands for a node
const NODES = [[36, 84], [36, 320], [258, 202], [476, 202]]; // middles of a, b, 2, 3
const NAMES = ["a", "b", "2", "3"];
const RACKS = [[147, 140], [147, 264], [258, 50], [258, 358], [367, 202]]; // middles of the names on each edge
const ENDS = [[[68, 96], [226, 202]], [[68, 308], [226, 202]], [[68, 72], [476, 170]], [[68, 332], [476, 234]], [[290, 202], [444, 202]]];

// the middle line of operation o of `count` on edge e
function lanePath(e, o, count) {
  const [[sx, sy], [tx, ty]] = ENDS[e];
  const [cx, cy] = RACKS[e];
  const [left, right] = [cx - GRAPH.rack / 2, cx + GRAPH.rack / 2];
  const y = cy + (o - (count - 1) / 2) * (GRAPH.high / count);
  const bend = Math.min(50, (left - sx) * 0.6);
  const arch = e === 2 || e === 3;
  const end = arch ? `${right + 96} ${y} ${tx} ${ty + (e === 2 ? -56 : 56)}` : `${right + 22} ${y} ${tx - 24} ${ty}`;
  return { y, path: `M${sx} ${sy}C${sx + bend} ${sy} ${left - bend} ${y} ${left} ${y}L${right} ${y}C${end} ${tx} ${ty}` };
}

const CROWDED = 8; // from so many names on they stand so close that their letters are smaller

// { node, build(names), draw(weights, hidden, started), nodes: [canvas of a, b, 2, 3] }
function plantedGraph() {
  const svg = h("svg", { viewBox: `0 0 ${GRAPH.width} ${GRAPH.height}`, width: GRAPH.width, height: GRAPH.height, "aria-hidden": "true" });
  const nodes = NODES.map(([x, y]) => h("canvas", { width: SIZE, height: SIZE, class: "dartslab-pixels node",
    style: `left:${x - NODE / 2}px;top:${y - NODE / 2}px`, "aria-hidden": "true" }));
  let [lanes, labels] = [[], []];
  const build = (names) => {
    const count = names.length;
    const ways = EDGES.map((_, e) => names.map((_, o) => lanePath(e, o, count)));
    lanes = ways.map((row) => row.map(({ path }) => h("path", { d: path, class: "lane" })));
    labels = ways.map((row, e) => row.map(({ y }) => h("text", { x: RACKS[e][0], y, class: "name" })));
    svg.classList.toggle("crowded", count >= CROWDED);
    svg.replaceChildren(h("g", {}, lanes), h("g", {}, labels), ...NODES.map(([x, y], n) => h("text", { class: "node",
      ...(n === 3 ? { x: x + NODE / 2 + 24, y } : { x, y: y + NODE / 2 + 12 }) }, n < 2 ? `picture ${NAMES[n]}` : `node ${NAMES[n]}`)));
    lanes.forEach((row, e) => row.forEach((lane, o) => { lane.dataset.edge = e; lane.dataset.operation = names[o]; }));
  };
  const draw = (names, weights, hidden, started) => weights.forEach((row, e) => {
    const best = largestAt(row);
    row.forEach((weight, o) => {
      const [lane, label] = [lanes[e][o], labels[e][o]];
      const leads = started && o === best;
      const sure = clamp((weight - 1 / row.length) / 0.25); // colour comes as the lead grows
      const tone = o === hidden[e] ? "--right" : "--wrong";
      // never so wide that it reaches the names of its neighbours
      lane.style.strokeWidth = Math.max(0.8, Math.min(weight * 14, GRAPH.high / row.length + 1));
      lane.style.stroke = leads ? `color-mix(in oklab, var(${tone}) ${100 * sure}%, var(--lane))` : "var(--lane)";
      lane.style.opacity = leads ? 0.55 + 0.45 * sure : Math.min(1, 0.14 + 3 * weight);
      const told = leads && sure > 0.6;
      const inside = leads && weight > 0.7; // the line is then wide enough to hold the name
      const text = told ? `${names[o]} ${Math.round(100 * weight)}%` : names[o];
      write(label, text);
      label.setAttribute("class", `name${told ? " leads" : ""}${inside ? " inside" : ""}`);
      label.style.fill = told && !inside ? `var(${tone})` : "";
      label.style.fillOpacity = leads ? 1 : Math.min(1, 0.5 + 4 * weight); // what is behind a name never shines through
      if (leads) for (const top of [lane, label]) if (top.parentNode.lastChild !== top) top.parentNode.append(top);
    });
  });
  return { node: h("div", { class: "dartslab-planted-graph" }, svg, nodes), nodes, build, draw };
}
