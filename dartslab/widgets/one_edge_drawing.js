// Drawing for the views of one edge: elements that are made once and then changed, and small pictures.

const put = (node, attributes) => { for (const [name, value] of Object.entries(attributes)) node.setAttribute(name, value); };
const write = (node, text, attributes = {}) => { put(node, attributes); if (node.textContent !== text) node.textContent = text; };
const showIf = (node, there) => { node.style.display = there ? "" : "none"; };
const group = (parent, name) => parent.appendChild(h("g", { class: name }));
const child = (parent, tag, name) => parent.appendChild(h(tag, { class: name }));
const screen = () => h("canvas", { width: SIZE, height: SIZE, "aria-hidden": "true" });

function paint(canvas, values, colour) {
  const context = canvas.getContext("2d");
  const image = context.createImageData(SIZE, SIZE);
  values.forEach((value, i) => image.data.set(colour(value), 4 * i));
  context.putImageData(image, 0, 0);
}
const greys = ([low, high]) => (value) => { const grey = (255 * (value - low)) / (high - low || 1); return [grey, grey, grey, 255]; };

function rgb(node, name) { // a colour of the style sheet
  const probe = document.createElement("canvas").getContext("2d");
  probe.fillStyle = getComputedStyle(node).getPropertyValue(name).trim();
  return [1, 3, 5].map((i) => parseInt(probe.fillStyle.slice(i, i + 2), 16));
}
