// Accuracy of the supernet from its mixture to one operation an edge; the tables of the chosen stage below.

// A table of mixing weights: rows are edges, columns operations; entropy and margin of each edge at the right. One of many
// edges has low rows, and short names of operations in two lines.
function heatmap(cell) {
  const many = cell.edges.length > 6, [left, head, wide, high, gap] = many ? [40, 28, 37, 14.5, 3] : [44, 84, 45, 22, 5];
  const foot = (high - 1) / 2 + 4, inset = many ? 0 : 1.5; // of the letters in a row, and of the frame round them
  const ys = [];
  cell.nodes.forEach((node, i) => ys.push(i ? ys[i - 1] + high + (node === cell.nodes[i - 1] ? 0 : gap) : head));
  const right = left + wide * cell.operations.length + 8;
  const bottom = ys[ys.length - 1] + high;
  const kept = new Set(cell.kept.map(([e, o]) => `${e},${o}`));
  const sumsToOne = cell.entropy !== null; // the weights of an edge sum to 1: only then have they an entropy
  const measures = sumsToOne ? [[right + (many ? 14 : 18), "entropy"], [right + 58, "margin"]] : [];
  const names = [...cell.operations.map((name, o) => [left + (o + 0.5) * wide, name]), ...measures];
  const headOf = ([x, name]) => {
    if (!many) return h("text", { class: "tick", transform: `translate(${x},${head - 6}) rotate(-38)` }, name);
    const [first, ...rest] = nameOf(name).split(" ");
    return [first, ...rest].map((word, i) => h("text", { class: "tick", x, y: head - 5 - 11 * (rest.length - i), "text-anchor": "middle" }, word));
  };
  const cells = cell.weights.map((row, e) => row.map((weight, o) => {
    const { color, ink } = shade(weight);
    const [x, y] = [left + o * wide, ys[e]];
    const mark = kept.has(`${e},${o}`);
    return [
      h("rect", { x, y, width: wide - 1, height: high - 1, fill: color, "data-edge": e, "data-operation": o }),
      h("text", { x: x + wide / 2, y: y + foot, "text-anchor": "middle", style: `fill:${ink}` }, (mark && !many ? "✓" : "") + weight.toFixed(2)),
      ...(mark ? ["halo", "kept"] : []).map((look) => h("rect", { class: look, x: x + inset, y: y + inset, width: wide - 1 - 2 * inset, height: high - 1 - 2 * inset })),
    ];
  }));
  const edges = cell.edges.map((name, e) => [
    h("text", { x: left - 6, y: ys[e] + foot, "text-anchor": "end" }, name),
    sumsToOne ? h("text", { class: "tick", x: right + 30, y: ys[e] + foot, "text-anchor": "end" }, cell.entropy[e].toFixed(2)) : null,
    sumsToOne ? h("text", { class: "tick", x: right + 70, y: ys[e] + foot, "text-anchor": "end" }, cell.margin[e].toFixed(3)) : null,
  ]);
  const width = right + (many ? 78 : 104);
  return h("figure", { class: `dartslab-heatmap${many ? " many" : ""}`, "data-kind": cell.kind }, h("h4", {}, `${cell.title}: mixing weights (${many ? "outlined: kept at the end" : "✓ kept"})`),
    h("svg", { viewBox: `0 0 ${width} ${bottom + 4}`, width, "aria-hidden": "true" },
      names.map(headOf), cells, edges));
}

const view = {
  draw(frame) {
    const many = frame.cells[0].edges.length > 6;
    const axis = { xlabel: "stage", cursor: frame.stage, xdomain: [0, frame.names.length - 1], ...(many ? { width: 256, height: 132 } : {}) };
    return [
      h("p", { class: "dartslab-wide dartslab-line", "data-stage": frame.stage }, frame.words),
      h("div", { class: "dartslab-wide dartslab-way" },
        chart(frame.accuracy, { ...axis, title: "accuracy", ylabel: "%" }),
        chart(frame.loss, { ...axis, title: "loss", ylabel: "nats" }),
        h("ol", { class: "dartslab-stages", start: 0 }, frame.names.map((name, i) =>
          h("li", { "aria-current": i === frame.stage ? "step" : null }, `${name}: ${frame.accuracy[0].y[i].toFixed(1)} %`)))),
      many ? null : h("p", { class: "dartslab-wide" }, "✓ marks what the last stage, derived, keeps."),
      h("div", { class: "dartslab-wide dartslab-parts dartslab-pair" }, frame.cells.map((cell) => heatmap(cell))),
    ];
  },
};
