// The drawings of a NetworkMap: the network, a cell, an edge, each in a box of w x h pixels and each as { nodes, spot }.
// `spot` is [x, y, width, height] of what is chosen there, which the next level opens out of.

const said = (x, y, text, look = "") => h("text", { x, y, class: look }, text);
const path = (d, look = "wire", more = {}) => h("path", { d, class: look, ...more });
const SHIRT = ["..##..", ".####.", "######", ".####.", ".####.", ".####."]; // what stands for a picture
const stateMark = (x, y, state, r = 14) => [state < 2 ? h("rect", { class: "state", x: x - r, y: y - r, width: 2 * r, height: 2 * r, rx: 4 })
  : h("circle", { class: "state", cx: x, cy: y, r }), said(x, y, state, "middle strong")];
const shape = (size) => `[${size.join(", ")}]`;

function drawNetwork(w, high, frame, data) {
  const { cells } = data, full = high > 200, [lead, end] = w > 700 ? [66, 64] : [58, 40], pitch = (w - lead - 4 * end) / cells.length;
  const size = Math.min(46, pitch - (pitch > 30 ? 9 : 4)), [most, middle] = full ? [136, 100] : [48, 52], from = lead + 2 * end;
  const X = (place) => (place < 0 ? from - end / 2 : from + (place + 0.5) * pitch);
  const tall = ([, side]) => Math.max(15, (most * side) / data.picture[1]);
  const outputOf = (place) => (place < 0 ? data.stem : cells[place].output);
  const half = (place) => (place < 0 ? 13 : size / 2);
  const [mean, classes] = [w - 1.5 * end, w - 0.5 * end], nodes = [];
  const unit = end > 50 ? 7 : 5, left = lead + end / 2 - 3 * unit, high0 = tall(data.picture);
  const shirt = SHIRT.flatMap((line, r) => [...line].map((on, c) => (on === "#" ? `M${left + c * unit} ${middle + (r - 3) * unit}h${unit}v${unit}h-${unit}z` : "")));
  nodes.push(h("rect", { class: "frame", x: left - 3, y: middle - high0 / 2, width: 6 * unit + 6, height: high0 }), path(shirt.join(""), "shirt"), path(`M${left + 6 * unit + 3} ${middle}H${X(-1) - 13}`, "wire ink"));
  nodes.push(h("rect", { class: "box", x: X(-1) - 13, y: middle - tall(data.stem) / 2, width: 26, height: tall(data.stem), rx: 4 }));
  const wires = cells.map(({ reads: [older, newer] }, k) => {
    const [s, t, top] = [X(older), X(k) - size / 4, middle - most / 2 - (full ? 30 : 22)];
    const arch = `M${s} ${middle - tall(outputOf(older)) / 2}C${s + (t - s) * 0.2} ${top} ${t - (t - s) * 0.25} ${top} ${t} ${middle - (3 * tall(outputOf(newer)) + tall(outputOf(k))) / 8}`;
    const straight = `M${X(newer) + half(newer)} ${middle}H${X(k) - size / 2}`;
    const near = k === frame.cell ? " near" : "";
    return [near, path(arch, `wire${near}`), path(straight, `wire ink${near}`)];
  });
  nodes.push(...wires.sort((a, b) => a[0].length - b[0].length).flatMap(([, ...both]) => both));
  cells.forEach(({ kind, reads, output }, k) => {
    const [a, b] = [tall(outputOf(reads[1])) / 2, tall(output) / 2], [l, r] = [X(k) - size / 2, X(k) + size / 2];
    const look = `box${data.tables[kind] === data.tables[frame.kind] ? " alike" : ""}${k === frame.cell ? " near" : ""}`;
    nodes.push(h("g", { "data-cell": k }, h("title", {}, `cell ${k}, ${KIND_NAMES[kind]}`), path(`M${l} ${middle - a}L${r} ${middle - b}V${middle + b}L${l} ${middle + a}Z`, look),
      size > 15 ? said(X(k), middle, k, `middle${k === frame.cell ? " strong" : ""}`) : null));
  });
  const last = cells.length - 1;
  nodes.push(path(`M${X(last) + size / 2} ${middle}H${mean - 11}`, "wire ink"), h("circle", { class: "box", cx: mean, cy: middle, r: 11 }), said(mean, middle, "x̄", "middle"));
  for (let k = -2; k <= 2; k += 1) nodes.push(path(`M${mean + 11} ${middle}L${classes - 4} ${middle + 8 * k}`), h("circle", { class: "box", cx: classes, cy: middle + 8 * k, r: 3 }));
  const below = middle + most / 2 + 17, row = (y, name, values) => [said(0, y, name, "quiet"), ...values.map(([x, text], i) => (text && text !== values[i - 1]?.[1] ? said(x, y, text, "middle") : null))];
  const names = [[lead + end / 2, "picture"], [X(-1), "stem"], ...cells.map(({ kind }, k) => [X(k), kind === "reduce" ? (pitch > 56 ? "reduction" : "½") : ""]), [mean, "mean"], [classes, "classes"]];
  nodes.push(...names.map(([x, text]) => said(x, below, text, "middle quiet")));
  const at = X(frame.cell), spot = [at - size / 2, middle - tall(outputOf(frame.cell)) / 2, size, tall(outputOf(frame.cell))];
  if (!full) return { nodes: [...nodes, said(0, middle, "network", "quiet")], spot };
  const sizes = [[lead + end / 2, data.picture], [X(-1), data.stem], ...cells.map(({ output }, k) => [X(k), output])];
  nodes.push(row(below + 21, "channels", [...sizes.map(([x, [c]]) => [x, c]), [mean, cells[last].output[0]], [classes, data.classes]]), row(below + 39, "size", sizes.map(([x, [, a, b]]) => [x, `${a}×${b}`])));
  nodes.push(...alphaTables(w, below + 52, high, frame, data, X, lead));
  return { nodes: nodes.flat(Infinity), spot };
}

// one table of alpha for each kind, or one for all cells where they are tied, and who reads it
function alphaTables(w, top, high, frame, data, X, lead) {
  const [rows, columns] = [data.edges.length, data.operations.length], unit = Math.min(4, 56 / rows), y = high - unit * rows - 4;
  const reads = (cell, kind) => data.tables[cell.kind] === kind, tied = new Set(Object.values(data.tables)).size < Object.keys(data.tables).length;
  return Object.keys(KIND_NAMES).filter((kind) => data.cells.some((cell) => reads(cell, kind))).map((kind, n) => {
    const x = lead + (w - lead) * (0.2 + 0.4 * n), wide = 6 * columns, near = reads(frame, kind) ? " near" : "";
    const readers = data.cells.map((cell, k) => (reads(cell, kind) ? path(`M${X(k)} ${top}C${X(k)} ${top + 34} ${x + wide / 2} ${y - 34} ${x + wide / 2} ${y}`, `wire${k === frame.cell ? " near" : ""}`) : null));
    const lines = [...Array(rows + 1).keys()].map((r) => `M${x} ${y + r * unit}h${wide}`).concat([...Array(columns + 1).keys()].map((c) => `M${x + 6 * c} ${y}v${rows * unit}`));
    return [readers, h("rect", { class: `table${near}`, x, y, width: wide, height: rows * unit }), path(lines.join(""), `lines${near}`),
      said(x + wide + 8, y + 10, `alpha of ${tied ? "all" : KIND_NAMES[kind]} cells`, near && "strong"), said(x + wide + 8, y + 26, `${many(rows, "edge")} × ${many(columns, "operation")}`, "quiet")];
  }).flat(Infinity);
}

function drawCell(w, high, frame, data) {
  const { nodes: count } = data, R = count > 5 ? 11 : 14, middle = high / 2 + 2, rail = high - 8, first = 168, end = w - 62, step = count > 1 ? (end - 66 - first) / (count - 1) : 0;
  const at = [[26, middle - 44], [26, middle + 44], ...Array.from({ length: count }, (_, k) => [count > 1 ? first + k * step : (first + end - 66) / 2, middle])];
  const shapes = [], halves = frame.kind === "reduce", joins = at.slice(2, -1).map(([x]) => `M${x + 5} ${middle + R}V${rail}`);
  if (count > 1) joins.push(`M${at[2][0] + 5} ${rail}H${end}V${middle + 34}`);
  let spot = [0, 0, 0, 0];
  data.edges.forEach(([source, node], row) => {
    const [[sx, sy], [tx, ty]] = [at[source], at[node]], order = node - 2, chosen = row === frame.row;
    let [d, mid] = [`M${sx + R} ${sy}H${tx - R}`, [(sx + tx) / 2, sy]];
    if (source < 2) {
      const s = source ? 1 : -1, reach = 46 + (count < 5 ? 13.5 : 9) * order, [ax, bx] = [sx + 0.3 * (tx - sx), tx - 26 - 0.1 * (tx - sx)];
      if (!order) [d, mid] = [`M${sx + R} ${sy}C${sx + 60} ${sy} ${tx - 40} ${ty + s * 8} ${tx - 13} ${ty + s * 5}`, [(sx + tx) / 2, ty + s * 26]];
      else [d, mid] = [`M${sx + R} ${sy + s * 3}C${ax} ${middle + s * reach * 1.25} ${bx} ${middle + s * reach * 1.3} ${tx - 3} ${ty + s * R}`, [(sx + 3 * ax + 3 * bx + tx) / 8, middle + s * (6 + 0.96 * reach)]];
    } else if (node - source > 1) {
      const s = (node - source) % 2 ? 1 : -1, reach = 1.15 * (30 + 13 * (node - source - 2));
      [d, mid] = [`M${sx + 9} ${sy + s * 11}C${sx + 30} ${middle + s * reach} ${tx - 30} ${middle + s * reach} ${tx - 10} ${ty + s * 10}`, [(sx + tx) / 2, middle + s * (2.6 + 0.75 * reach)]];
    }
    if (chosen) spot = [mid[0] - 10, mid[1] - 6, 20, 12];
    shapes.push([chosen, h("g", { "data-edge": edgeName([source, node]) }, h("title", {}, `edge ${edgeName([source, node])}`), path(d, "hit"), path(d, `wire${chosen ? " near" : ""}`, { "stroke-dasharray": halves && source < 2 ? "7 4" : null }))]);
  });
  const nodes = [path(joins.join(""), "join"), path(`M${at[count + 1][0] + R} ${middle}H${end - 8}`, "join"), ...shapes.sort((a, b) => a[0] - b[0]).map(([, g]) => g), ...at.map(([x, y], state) => stateMark(x, y, state, R))];
  nodes.push(h("rect", { class: "state", x: end - 7, y: middle - 34, width: 14, height: 68, rx: 4 }), said(w - 4, middle - 56, "output", "end strong"), said(w - 4, middle - 42, shape(frame.output), "end quiet"));
  frame.reads.forEach((place, i) => nodes.push(said(2, at[i][1] + (i ? 28 : -41), `c[k-${2 - i}]: ${placeName(place)}`, "halo strong"), said(2, at[i][1] + (i ? 43 : -26), shape(frame.inputs[i]), "halo quiet")));
  nodes.push(said(0, 9, `cell ${frame.cell}, ${KIND_NAMES[frame.kind]}`, "head"), said(w, 9, halves ? "dashed: halves the picture" : `all states: ${shape(frame.inside)}`, "end quiet"));
  return { nodes: nodes.flat(Infinity), spot };
}

function drawEdge(w, high, frame, data) {
  const count = data.operations.length, gap = Math.min(25, (high - 66) / Math.max(1, count - 1)), middle = high / 2 + 2, top = middle - (gap * (count - 1)) / 2;
  const [sx, tx] = [15, w - 15], [l, r] = [0.24 * w, 0.76 * w], best = largestAt(frame.weights), alike = Math.min(...frame.weights) === frame.weights[best];
  const lanes = data.operations.flatMap((name, o) => {
    const [y, p] = [top + o * gap, frame.weights[o]], dash = dashOf(name);
    const d = `M${sx + 14} ${middle}C${sx + 50} ${middle} ${l - 50} ${y} ${l} ${y}H${r}C${r + 40} ${y} ${tx - 56} ${middle} ${tx - 14} ${middle}`;
    return [path(d, "lane", { style: `stroke: ${colorOf(name)}`, "stroke-width": Math.max(1, p * Math.min(24, gap + 4)), "stroke-dasharray": dash })];
  });
  const names = data.operations.flatMap((name, o) => {
    const [y, look] = [top + o * gap, o === best && !alike ? " strong" : ""], wide = 7.3 * name.length + 10;
    return [h("rect", { class: "ground", x: l, y: y - 8, width: wide, height: 16, rx: 4 }), said(l + 5, y, name, `name${look}`),
      h("rect", { class: "ground", x: r - 46, y: y - 8, width: 46, height: 16, rx: 4 }), said(r - 5, y, toldWeight(frame.weights[o]), `name end${look}`)];
  });
  const [source, target] = frame.edge;
  const nodes = [...lanes, ...names, stateMark(sx, middle, source), stateMark(tx, middle, target), said(tx, middle - 24, "+", "middle strong"),
    said(0, 9, `edge ${edgeName(frame.edge)}`, "head"), said(0, high - 5, `state ${source}: ${shape(frame.state)}`, "quiet"), said(w, high - 5, `node ${target}: ${shape(frame.result)}`, "end quiet"), said(w, 9, "mixing weights", "end quiet")];
  return { nodes: nodes.flat(Infinity), spot: [0, 0, 0, 0] };
}
