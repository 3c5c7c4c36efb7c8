// One run at one moment: heatmaps, curves, the cell that would be derived. Shared by ExperimentPanel and
// DiscretizationGap.

// A table of mixing weights: rows are edges, columns operations; entropy and margin of each edge at the right.
function heatmap(cell) {
  const [left, head, wide, high, gap] = [44, 84, 45, 22, 5];
  const ys = [];
  cell.nodes.forEach((node, i) => ys.push(i ? ys[i - 1] + high + (node === cell.nodes[i - 1] ? 0 : gap) : head));
  const right = left + wide * cell.operations.length + 8;
  const bottom = ys[ys.length - 1] + high;
  const kept = new Set(cell.kept.map(([e, o]) => `${e},${o}`));
  const sumsToOne = cell.entropy !== null; // the weights of an edge sum to 1: only then have they an entropy
  const measures = sumsToOne ? [[right + 18, "entropy"], [right + 58, "margin"]] : [];
  const names = [...cell.operations.map((name, o) => [left + (o + 0.5) * wide, name]), ...measures];
  const cells = cell.weights.map((row, e) => row.map((weight, o) => {
    const { color, ink } = shade(weight);
    const [x, y] = [left + o * wide, ys[e]];
    const mark = kept.has(`${e},${o}`);
    return [
      h("rect", { x, y, width: wide - 1, height: high - 1, fill: color, "data-edge": e, "data-operation": o }),
      h("text", { x: x + wide / 2, y: y + 15, "text-anchor": "middle", style: `fill:${ink}` }, (mark ? "✓" : "") + weight.toFixed(2)),
      mark ? h("rect", { class: "halo", x: x + 1.5, y: y + 1.5, width: wide - 4, height: high - 4 }) : null,
      mark ? h("rect", { class: "kept", x: x + 1.5, y: y + 1.5, width: wide - 4, height: high - 4 }) : null,
    ];
  }));
  const edges = cell.edges.map((name, e) => [
    h("text", { x: left - 6, y: ys[e] + 15, "text-anchor": "end" }, name),
    sumsToOne ? h("text", { class: "tick", x: right + 30, y: ys[e] + 15, "text-anchor": "end" }, cell.entropy[e].toFixed(2)) : null,
    sumsToOne ? h("text", { class: "tick", x: right + 70, y: ys[e] + 15, "text-anchor": "end" }, cell.margin[e].toFixed(3)) : null,
  ]);
  const width = right + 104;
  return h("figure", { class: "dartslab-heatmap", "data-kind": cell.kind }, h("h4", {}, `${cell.title}: mixing weights (✓ kept)`),
    h("svg", { viewBox: `0 0 ${width} ${bottom + 4}`, width, "aria-hidden": "true" },
      names.map(([x, name]) => h("text", { class: "tick", transform: `translate(${x},${head - 6}) rotate(-38)` }, name)), cells, edges));
}

function graphOf(svg) {
  const node = markup(svg);
  node.setAttribute("aria-hidden", "true");
  return h("figure", { class: "dartslab-graph" }, h("h4", {}, "what would be derived"), h("div", { class: "dartslab-paper" }, node));
}

// All of a run at one moment.
function moment(shown) {
  const axis = { xlabel: "step", xdomain: [0, Math.max(shown.steps, 1)], cursor: shown.step };
  return h("section", { class: "dartslab-run", "data-step": shown.step },
    h("p", { class: "dartslab-line" }, h("strong", {}, shown.title), ` · step ${shown.step} of ${shown.steps}`, shown.facts.map((fact) => ` · ${fact}`)),
    h("div", { class: "dartslab-parts" },
      shown.cells.map((cell) => heatmap(cell)),
      chart(shown.curves.loss, { ...axis, title: "loss", ylabel: "nats" }),
      chart(shown.curves.accuracy, { ...axis, title: "accuracy", ylabel: "%" }),
      shown.graph ? graphOf(shown.graph) : null));
}

