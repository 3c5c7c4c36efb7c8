// Error of the finite difference over the radius: curves, the errors at the chosen radius, what they show.
const short = (value) => (value === 0 ? "0" : Math.abs(Math.log10(value)) < 3 ? String(Number(value.toPrecision(2))) : value.toExponential(1));

function errors({ rows, radius }) {
  const heads = ["network", `error at R = ${short(radius)}`, "smallest", "at R", "first order"];
  return h("table", { class: "dartslab-ends" },
    h("thead", {}, h("tr", {}, heads.map((name) => h("th", { scope: "col" }, name)))),
    h("tbody", {}, rows.map((row) => h("tr", { "data-name": row.name }, h("th", { scope: "row", style: "white-space: nowrap" }, row.name),
      [row.error, row.best, row.at, row.first_order].map((value) => h("td", { style: "white-space: nowrap" }, short(value)))))));
}

const view = {
  draw: (frame) => (frame.rows.length ? [
    h("div", { class: "dartslab-plot" }, chart(frame.lines, {
      title: `relative error of the hypergradient, seed ${frame.seed}, xi ${short(frame.xi)}`, xlabel: "radius R of the finite difference", log: true, ticks: 8,
      cursor: Math.log10(frame.radius), width: 460, height: 300 })),
    h("div", { class: "dartslab-beside" }, errors(frame), frame.sentences.map((text) => h("p", { class: "dartslab-line" }, text))),
  ] : h("p", { class: "dartslab-notice" }, "No curve is shown: choose a network and a precision.")),
};
