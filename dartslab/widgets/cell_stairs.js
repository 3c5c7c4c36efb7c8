// A discrete cell as a staircase of edges (see staircase.py), of which one can be selected.
const DASHES = { solid: null, bold: null, dashed: "7 4", dotted: "2 3" };
const thickness = (operation) => (STYLES[operation] === "bold" ? 3.6 : 2.4);

function operationLine(operation, x1, x2, y) {
  return h("line", { x1, x2, y1: y, y2: y, style: `stroke:var(--op-${operation})`, "stroke-width": thickness(operation), "stroke-dasharray": DASHES[STYLES[operation]] });
}

// Enter and Space do what a click does
function pressable(action) {
  return { onclick: action, onkeydown: (event) => { if (event.key === "Enter" || event.key === " ") { event.preventDefault(); action(); } } };
}

function edgeOf(plan, edge, row, operation, none, selected, send) {
  const there = operation !== none;
  const { y, from, to } = edge;
  const tip = to - plan.box;
  const what = there ? operation : "nothing";
  return h("g", { class: `dartslab-edge${selected ? " selected" : ""}`, role: "button", "aria-pressed": String(selected),
    "aria-label": `edge ${edge.name}: ${what}`, "data-key": `edge-${row}`, "data-edge": row, "data-operation": what, ...pressable(() => send({ set: { edge: row } })) },
    h("rect", { class: "area", x: 2, y: y - plan.line / 2 + 1, width: plan.width - 4, height: plan.line - 2, rx: 4 }),
    h("text", { class: "name", x: 8, y: y + 4 }, `${selected ? "▸ " : ""}${edge.name}`),
    there ? operationLine(operation, from, tip - 5, y) : h("line", { class: "empty", x1: from, x2: tip, y1: y, y2: y }),
    there ? h("circle", { cx: from, cy: y, r: 3.2, style: `fill:var(--op-${operation})` }) : null,
    there ? h("polygon", { points: `${tip},${y} ${tip - 9},${y - 5} ${tip - 9},${y + 5}`, style: `fill:var(--op-${operation})` }) : null,
    there ? h("text", { class: "label", x: to + plan.box + 7, y: y + 4.5 }, operation) : null);
}

// `selected` is null where no edge is
function staircase(plan, operations, none, selected, title, send) {
  const fed = new Set(plan.edges.filter((edge, row) => operations[row] !== none).map((edge) => edge.target));
  const nodes = plan.states.map((state, number) => {
    const lacks = plan.edges.some((edge) => edge.target === number) && !fed.has(number);
    return [
      h("rect", { class: `state${lacks ? " lacks" : ""}`, x: state.x - state.half, y: state.top, width: 2 * state.half, height: state.bottom - state.top, rx: 4 }),
      h("text", { class: "label", x: state.x, y: (state.top + state.bottom) / 2 + 4.5, "text-anchor": "middle" }, state.name),
      lacks ? h("text", { class: "lack", x: state.x + plan.box + 7, y: state.bottom - plan.line / 2 + 4 }, "no input") : null,
    ];
  });
  const { x, y } = plan.output;
  const node = h("svg", { class: "dartslab-stairs", viewBox: `0 0 ${plan.width} ${plan.height}`, width: plan.width, role: "toolbar", "aria-orientation": "vertical", "aria-label": `${title}: edges` },
    plan.states.map((state) => h("line", { class: "down", x1: state.x, x2: state.x, y1: state.bottom, y2: state.end })),
    h("line", { class: "down", x1: plan.states[2].x, x2: x - 28, y1: y, y2: y }),
    plan.edges.map((edge, row) => edgeOf(plan, edge, row, operations[row], none, row === selected, send)),
    nodes,
    h("rect", { class: "state out", x: x - 28, y: y - 11, width: 56, height: 22, rx: 4 }),
    h("text", { class: "label", x, y: y + 4.5, "text-anchor": "middle" }, "output"));
  oneStop(node, ".dartslab-edge", (edge) => send({ set: { edge: Number(edge.dataset.edge) } }));
  return node;
}
