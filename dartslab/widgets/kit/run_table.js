// Mixing weights as a table: rows are edges, columns operations. The scale of the colours never changes.

const DARKEST = 0.6; // mixing weight at the end of the scale

function heatColor(p) {
  const u = Math.min(1, p / DARKEST), [low, high, part] = u < 0.5 ? [0, 1, 2 * u] : [1, 2, 2 * u - 1];
  return { color: `color-mix(in srgb, var(--heat${high}) ${Math.round(100 * part)}%, var(--heat${low}))`, strong: u > 0.63 };
}

// { node, show(looks) } for all cells of a run. `places` are where the weights of each begin, { x, y }: cells side by side
// have the names of edges in common, cells one below the other the names of operations. `label`, `wide` and `tail` are the
// widths of an edge's name, of a weight and of a margin. `point(kind, row)` is called with an edge, or null; `numbers` says
// whether weights are written at all.
function weightTable(cells, { width, height, places, label, wide, tail, row, head, numbers }, point) {
  const { operations } = cells[0], shared = places.length > 1 && places[0].y === places[1].y;
  const at = (cell, e) => 0.25 * row * (cell.nodes[e] - 2) + e * row;
  const headsAt = ({ x: left }, i) => [operations.map((name, o) => {
    const x = left + (o + 0.5) * wide, words = nameOf(name).split(" ");
    // narrow columns have short names, by turns above and below: "none" and "max" have no room side by side
    const lines = shared ? (o % 2 ? [shortOf(name), ""] : ["", shortOf(name)]) : words.length > 1 ? [words[0], words.slice(1).join(" ")] : ["", words[0]];
    const dash = dashOf(name), line = { x1: x - wide / 2 + 2, x2: x + wide / 2 - 2, y1: head - 5, y2: head - 5 };
    return [
      ...lines.map((text, n) => h("text", { class: "head", x, y: head - 24 + 11 * n }, text)),
      h("line", { ...line, class: "swatch", style: `stroke:${colorOf(name)}`, "stroke-dasharray": name === "none" ? dash : null }),
      dash && name !== "none" ? h("line", { ...line, class: "swatch mark", "stroke-dasharray": dash }) : null,
    ];
  }), h("text", { class: "head start", x: left + wide * operations.length + (shared ? 3 : 8), y: head - (shared ? 24 : 13) }, "margin"),
  shared ? h("text", { class: "heading", x: left, y: 7 }, cells[i].title) : null];
  const heads = (shared ? places : places.slice(0, 1)).map(headsAt);
  const drawn = Object.fromEntries(cells.map((cell, i) => [cell.kind, cell.edges.map((edge, e) => {
    const left = places[i].x, right = left + wide * operations.length, y = places[i].y + at(cell, e);
    const from = shared && i ? left : left - label;
    const name = h("text", { class: "edge", x: left - 6, y: y + row / 2 }, shared && i ? "" : edge.replaceAll(" ", ""));
    const lead = h("text", { class: "lead", x: right + (shared ? 4 : 8), y: y + row / 2 });
    const fields = operations.map((operation, o) => {
      const x = left + o * wide;
      const rect = h("rect", { x: x + 0.5, y: y + 0.5, width: wide - 1, height: row - 1, "data-edge": e, "data-operation": operation });
      const text = h("text", { class: "weight", x: x + wide / 2, y: y + row / 2 });
      const outline = h("rect", { class: "chosen", x: x + 0.5, y: y + 0.5, width: wide - 1, height: row - 1 });
      return { nodes: [rect, text], outline, rect: setter(rect), text: setter(text), frame: setter(outline) };
    });
    const reach = h("rect", { class: "reach", x: from, y, width: right + tail - from, height: row,
      onpointerenter: () => point(cell.kind, e), onpointerleave: () => point(cell.kind, null), onclick: () => point(cell.kind, e, true) });
    return { name: setter(name), lead: setter(lead), fields, nodes: [name, lead, ...fields.flatMap((f) => f.nodes)], outlines: fields.map((f) => f.outline), reach };
  })]));
  const all = Object.values(drawn).flat();
  const node = h("svg", { viewBox: `0 0 ${width} ${height}`, class: "dartslab-weights", tabindex: 0, role: "img" },
    heads,
    cells.map((cell, i) => h("g", { class: "kind", "data-kind": cell.kind }, drawn[cell.kind].map((edge) => edge.nodes))),
    all.map((edge) => edge.outlines), all.map((edge) => edge.reach));
  const show = (looks) => {
    for (const cell of cells) looks[cell.kind].forEach((look, e) => {
      const edge = drawn[cell.kind][e];
      edge.name("fill", shared || look.kept > 0.5 || look.pointed ? "var(--ink)" : "var(--quiet)");
      edge.name("font-weight", look.pointed ? "650" : "400");
      edge.lead("text", look.close ? "≈" : hundredths(look.margin));
      edge.fields.forEach((field, o) => {
        const { color, strong } = heatColor(look.p[o]);
        field.rect("fill", color);
        field.rect("opacity", lerp(0.5, 1, look.light).toFixed(2));
        field.text("text", look.pointed || (numbers && (look.p[o] > 0.2 || o === look.leader)) ? hundredths(look.p[o]) : "");
        field.text("fill", strong ? "var(--heat-ink1)" : "var(--heat-ink0)");
        field.frame("opacity", look.chosen[o].toFixed(2));
      });
    });
  };
  return { node, show };
}
