// The mixed operation of one edge: thumbnails on one grey scale, mixing weights as bars, the weighted sum.
const roundSix = (value) => Number(value.toFixed(6)); // as Python rounds a frame
const inNats = (frame, data) => `entropy ${frame.entropy.toFixed(2)} of at most ${Math.log(data.operations.length).toFixed(2)} nats (${(100 * frame.share).toFixed(1)} %)`;
const view = {
  draw(frame, data) {
    const outputs = data.outputs[frame.picture];
    const [low, high] = span(outputs.flat(2));
    const input = data.inputs[frame.picture];
    const thumb = (rows, a, b, big) => greyImage(rows, a, b, { class: `dartslab-pixels dartslab-thumb${big ? " big" : ""}`, "aria-hidden": "true" });
    const card = (name, image, ...rest) => h("figure", { class: "dartslab-card", "data-name": name }, image, h("figcaption", {}, name), rest);
    return [
      h("div", { class: "dartslab-cards" },
        card(`input: ${data.names[frame.picture]}`, thumb(input, ...span(input.flat()), true)),
        h("div", { class: "dartslab-cards dartslab-inner" }, data.operations.map((name, o) => card(name, thumb(outputs[o], low, high),
          h("svg", { viewBox: "0 0 100 12", class: "dartslab-bar", "aria-hidden": "true" },
            h("rect", { x: 0.5, y: 0.5, width: 99, height: 11, class: "frame" }), h("rect", { x: 0.5, y: 0.5, width: 99 * frame.weights[o], height: 11, class: "tone0 mark" })),
          h("span", { class: "dartslab-number" }, frame.weights[o].toFixed(3))))),
        card("weighted sum", thumb(frame.sum, low, high, true),
          h("span", { class: "dartslab-sum", "data-sum": sumOf(frame.sum.flat()).toFixed(2) }, inNats(frame, data).replace(" %", "\u00a0%")))),
      h("p", { class: "dartslab-wide dartslab-line" }, "weighted sum = ",
        frame.weights.map((weight, o) => `${o ? " + " : ""}${weight.toFixed(2)} · ${data.operations[o]}`).join(""),
        ". One grey scale for all outputs; the operations' weights are untrained."),
    ];
  },
  frame(settings, data) {
    const weights = softmax(data.operations.map((name) => settings[name]), settings.temperature);
    const outputs = data.outputs[settings.picture];
    const sum = outputs[0].map((row, y) => row.map((_, x) => weights.reduce((s, weight, o) => s + weight * outputs[o][y][x], 0)));
    const entropy = Math.max(0, -weights.reduce((s, weight) => s + (weight > 0 ? weight * Math.log(weight) : 0), 0));
    const share = weights.length > 1 ? entropy / Math.log(weights.length) : 0;
    return { picture: settings.picture, alpha: data.operations.map((name) => settings[name]), weights: weights.map(roundSix),
      sum: sum.map((row) => row.map(roundSix)), entropy: roundSix(entropy), share: roundSix(share) };
  },
  words(frame, data) {
    const order = frame.weights.map((_, o) => o).sort((a, b) => frame.weights[b] - frame.weights[a]);
    const parts = order.map((o) => `${(100 * frame.weights[o]).toFixed(1)} % ${data.operations[o]}`).join(", ");
    const [low, high] = span(frame.sum.flat());
    return `mixed operation with untrained weights on a picture of class ${data.names[frame.picture]}: ${parts}; ${inNats(frame, data)}; `
      + `the weighted sum goes from ${low.toFixed(2)} to ${high.toFixed(2)}`;
  },
};
