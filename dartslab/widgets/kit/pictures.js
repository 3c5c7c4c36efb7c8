// Small pictures, pixel by pixel.

const screenOf = (width, height = width) => h("canvas", { width, height, class: "dartslab-pixels", "aria-hidden": "true" });

// paint pixels, row by row; colour(value) -> [red, green, blue, opacity], 0 to 255 each
function paint(canvas, values, colour) {
  const context = canvas.getContext("2d");
  const image = context.createImageData(canvas.width, canvas.height);
  values.forEach((value, i) => image.data.set(colour(value), 4 * i));
  context.putImageData(image, 0, 0);
}

// from `low` (black) to `high` (white)
const greys = ([low, high]) => (value) => {
  const level = Math.round((255 * (value - low)) / (high - low || 1));
  return [level, level, level, 255];
};

// of a difference: too bright --tone1, too dark --tone0, equal transparent; full colour from `reach` on
function differences(node, reach) {
  const [dark, bright] = ["--tone0", "--tone1"].map((name) => colourOf(node, name));
  return (value) => [...(value > 0 ? bright : dark), 255 * Math.min(1, Math.abs(value) / reach) ** 0.8];
}

// a colour of the style sheet at a node: [red, green, blue]
function colourOf(node, name) {
  const probe = document.createElement("canvas").getContext("2d");
  probe.fillStyle = getComputedStyle(node).getPropertyValue(name).trim();
  return [1, 3, 5].map((i) => parseInt(probe.fillStyle.slice(i, i + 2), 16));
}

// grey picture [H][W] as a canvas, from `low` (black) to `high` (white)
function greyImage(rows, low, high, attributes = {}) {
  const node = h("canvas", { width: rows[0].length, height: rows.length, class: "dartslab-pixels", ...attributes });
  paint(node, rows.flat(), greys([low, high]));
  return node;
}
