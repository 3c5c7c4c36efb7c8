// Drawing for the views of one edge: elements that are made once and then changed.

const showIf = (node, there) => { node.style.display = there ? "" : "none"; };
const group = (parent, name) => parent.appendChild(h("g", { class: name }));
const child = (parent, tag, name) => parent.appendChild(h(tag, { class: name }));
const screen = () => screenOf(SIZE);
