// The mixed operation of one edge: thumbnails on one grey scale, mixing weights as bars, the weighted sum.
const roundSix = (value) => Number(value.toFixed(6)); // as Python rounds a frame
const inNats = (frame, data) => `entropy ${frame.entropy.toFixed(2)} of at most ${Math.log(data.operations.length).toFixed(2)} nats (${(100 * frame.share).toFixed(1)} %)`;

// A card with a picture in it, which `show` changes.
function cardOf(name, big, ...rest) {
  const at = { class: `dartslab-pixels dartslab-thumb${big ? " big" : ""}`, "aria-hidden": "true" };
  let image = h("canvas", at);
  const node = h("figure", { class: "dartslab-card", "data-name": name }, image, rest);
  const show = (rows, low, high) => {
    const fresh = greyImage(rows, low, high, at);
    image.replaceWith(fresh);
    image = fresh;
  };
  return { node, show };
}

// The card of an operation: its output, its alpha as a slider, its mixing weight as a bar.
function operationCard(name, slider) {
  const bar = h("rect", { x: 0.5, y: 0.5, height: 11, class: "tone0 mark" });
  const number = h("span", { class: "dartslab-number" });
  const card = cardOf(name, false, h("div", { class: "dartslab-controls" }, slider), h("div", { class: "dartslab-weight" },
    h("svg", { viewBox: "0 0 100 12", class: "dartslab-bar", preserveAspectRatio: "none", "aria-hidden": "true" }, h("rect", { x: 0.5, y: 0.5, width: 99, height: 11, class: "frame" }), bar), number));
  const show = (rows, low, high, weight) => {
    card.show(rows, low, high);
    bar.setAttribute("width", 99 * weight);
    number.textContent = weight.toFixed(3);
  };
  return { node: card.node, show };
}

const view = {
  inside: (name, data) => data.operations.includes(name),
  attach(stage, input) {
    const [caption, entropy] = [h("figcaption", {}), h("span", { class: "dartslab-sum" })];
    const [before, after] = [cardOf("input", true, caption), cardOf("weighted sum", true, h("figcaption", {}, "weighted sum"), entropy)];
    const line = h("p", { class: "dartslab-wide dartslab-line" });
    let cards;
    const show = (frame, data) => {
      if (!cards) {
        cards = data.operations.map((name) => operationCard(name, input(name)));
        stage.append(h("div", { class: "dartslab-mixer" }, before.node, h("div", { class: "dartslab-inner" }, cards.map(({ node }) => node)), after.node), line);
      }
      const outputs = data.outputs[frame.picture];
      const [low, high] = span(outputs.flat(2));
      const picture = data.inputs[frame.picture];
      before.show(picture, ...span(picture.flat()));
      caption.textContent = `input: ${data.names[frame.picture]}`;
      cards.forEach((card, o) => card.show(outputs[o], low, high, frame.weights[o]));
      after.show(frame.sum, low, high);
      entropy.dataset.sum = sumOf(frame.sum.flat()).toFixed(2);
      entropy.textContent = unbroken(inNats(frame, data));
      line.textContent = `weighted sum = ${frame.weights.map((weight, o) => `${weight.toFixed(2)} · ${data.operations[o]}`).join(" + ")}`
        + ". One grey scale for all outputs; the operations' weights are untrained.";
    };
    return { show, stop: () => {} };
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
