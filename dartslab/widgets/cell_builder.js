// A cell under construction: operations to put on the selected edge of a staircase (cell_stairs.js).

function palette(choices, held, none, edge, title, send) {
  const put = (operation) => () => send({ set: { operation } });
  const bar = h("div", { class: "dartslab-palette", role: "toolbar", "aria-orientation": "vertical", "aria-label": `operation on edge ${edge.name}` },
    h("h4", {}, `on edge ${edge.name}${title ? ` of the ${title}` : ""}`),
    choices.map((name) => h("button", { type: "button", "aria-pressed": String(name === held), "data-key": `put-${name}`, onclick: put(name) },
      h("svg", { width: 34, height: 10, "aria-hidden": "true" }, operationLine(name, 1, 33, 5)), ` ${name}`, name === held ? " ✓" : "")),
    h("button", { type: "button", "data-key": "remove", "aria-disabled": String(held === none), onclick: put(none) }, "remove"));
  oneStop(bar, "button");
  return bar;
}

const whole = ({ operations }) => (Object.keys(operations).length > 1 ? "both cells are" : "the cell is"); // one where tied
const sentence = (text) => text[0].toUpperCase() + text.slice(1);

// All cells as a graph, where that is wanted and they are valid; else the staircase of the one to be changed.
function drawingOf(frame, { stairs, none }, operations, send) {
  if (frame.drawing === "graph" && frame.graph) {
    const graphs = [["light", frame.graph], ["dark", frame.dark_graph]].map(([theme, svg]) => {
      const graph = markup(svg);
      setAttributes(graph, { "aria-hidden": "true", class: theme });
      graph.style.maxWidth = `${1.2 * graph.viewBox.baseVal.width}px`; // letters larger than those around it help nobody
      return graph;
    });
    return h("figure", { class: "dartslab-paper dartslab-drawn" }, graphs); // view.css shows that of the theme
  }
  return h("figure", { class: "dartslab-paper", "data-kind": frame.kind }, h("h4", {}, frame.title),
    staircase(stairs, operations, none, frame.edge, frame.title, send));
}

const view = {
  draw: (frame, data, send) => {
    const operations = frame.operations[frame.kind];
    const waits = frame.drawing === "graph" && !frame.graph ? ` The graph follows when ${whole(frame)} valid.` : "";
    return h("div", { class: "dartslab-builder" },
      drawingOf(frame, data, operations, send),
      h("section", { class: "dartslab-made" },
        palette(data.choices, operations[frame.edge], data.none, data.stairs.edges[frame.edge], Object.keys(frame.operations).length > 1 ? frame.title : "", send),
        frame.reason ? h("p", { class: "dartslab-notice" }, `✗ ${frame.reason}${waits}`) : h("p", {}, `✓ ${sentence(whole(frame))} valid.`),
        frame.facts.map((fact) => h("p", {}, fact)),
        data.note ? h("p", { class: "note" }, data.note) : null));
  },
};
