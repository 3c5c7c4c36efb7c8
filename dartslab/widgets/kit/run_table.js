// Mixing weights as a table: rows are edges, columns operations. The scale of the colours never changes.

const DARKEST = 0.6; // mixing weight at the end of the scale

function heatColor(p) {
  const u = Math.min(1, p / DARKEST), [low, high, part] = u < 0.5 ? [0, 1, 2 * u] : [1, 2, 2 * u - 1];
  return { color: `color-mix(in srgb, var(--heat${high}) ${Math.round(100 * part)}%, var(--heat${low}))`, strong: u > 0.63 };
}

// { node, show(looks) } for all cells of a run; `tops` are the heights at which their rows begin. `point(kind, row)` is
// called with an edge, or null; `numbers` says whether weights are written at all.
function weightTable(cells, { width, height, tops, row, head, numbers }, point) {
  const { operations } = cells[0], [label, tail] = [38, 50], wide = (width - label - tail) / operations.length;
  const at = (cell, e) => 0.25 * row * (cell.nodes[e] - 2) + e * row;
  const heads = operations.map((name, o) => {
    const x = label + (o + 0.5) * wide, words = nameOf(name).split(" ");
    const lines = words.length > 1 ? [words[0], words.slice(1).join(" ")] : ["", words[0]];
    const dash = dashOf(name), line = { x1: x - wide / 2 + 2, x2: x + wide / 2 - 2, y1: head - 5, y2: head - 5 };
    return [
      ...lines.map((text, i) => h("text", { class: "head", x, y: head - 24 + 11 * i }, text)),
      h("line", { ...line, class: "swatch", style: `stroke:${colorOf(name)}`, "stroke-dasharray": name === "none" ? dash : null }),
      dash && name !== "none" ? h("line", { ...line, class: "swatch mark", "stroke-dasharray": dash }) : null,
    ];
  });
  const drawn = Object.fromEntries(cells.map((cell, i) => [cell.kind, cell.edges.map((edge, e) => {
    const y = tops[i] + at(cell, e);
    const name = h("text", { class: "edge", x: label - 6, y: y + row / 2 }, edge.replaceAll(" ", ""));
    const lead = h("text", { class: "lead", x: width - tail + 8, y: y + row / 2 });
    const fields = operations.map((operation, o) => {
      const x = label + o * wide;
      const rect = h("rect", { x: x + 0.5, y: y + 0.5, width: wide - 1, height: row - 1, "data-edge": e, "data-operation": operation });
      const text = h("text", { class: "weight", x: x + wide / 2, y: y + row / 2 });
      const outline = h("rect", { class: "chosen", x: x + 0.5, y: y + 0.5, width: wide - 1, height: row - 1 });
      return { nodes: [rect, text], outline, rect: setter(rect), text: setter(text), frame: setter(outline) };
    });
    const reach = h("rect", { class: "reach", x: 0, y, width, height: row,
      onpointerenter: () => point(cell.kind, e), onpointerleave: () => point(cell.kind, null), onclick: () => point(cell.kind, e, true) });
    return { name: setter(name), lead: setter(lead), fields, nodes: [name, lead, ...fields.flatMap((f) => f.nodes)], outlines: fields.map((f) => f.outline), reach };
  })]));
  const all = Object.values(drawn).flat();
  const node = h("svg", { viewBox: `0 0 ${width} ${height}`, class: "dartslab-weights", tabindex: 0, role: "img" },
    heads, h("text", { class: "head start", x: width - tail + 8, y: head - 13 }, "margin"),
    cells.map((cell, i) => h("g", { class: "kind", "data-kind": cell.kind }, drawn[cell.kind].map((edge) => edge.nodes))),
    all.map((edge) => edge.outlines), all.map((edge) => edge.reach));
  const show = (looks) => {
    for (const cell of cells) looks[cell.kind].forEach((look, e) => {
      const edge = drawn[cell.kind][e];
      edge.name("fill", look.kept > 0.5 || look.pointed ? "var(--ink)" : "var(--quiet)");
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
