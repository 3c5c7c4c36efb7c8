// Accuracy of the supernet from its mixture to one operation an edge; the tables of the chosen stage below.
const view = {
  draw(frame) {
    const axis = { xlabel: "stage", cursor: frame.stage, xdomain: [0, frame.names.length - 1] };
    return [
      h("p", { class: "dartslab-wide dartslab-line", "data-stage": frame.stage }, frame.words),
      h("div", { class: "dartslab-wide dartslab-way" },
        chart(frame.accuracy, { ...axis, title: "accuracy", ylabel: "%" }),
        chart(frame.loss, { ...axis, title: "loss", ylabel: "nats" }),
        h("ol", { class: "dartslab-stages", start: 0 }, frame.names.map((name, i) =>
          h("li", { "aria-current": i === frame.stage ? "step" : null }, `${name}: ${frame.accuracy[0].y[i].toFixed(1)} %`)))),
      h("p", { class: "dartslab-wide" }, "✓ marks what the last stage, derived, keeps."),
      h("div", { class: "dartslab-wide dartslab-parts dartslab-pair" }, frame.cells.map((cell) => heatmap(cell))),
    ];
  },
};
