// An experiment's stages as a table, and one of its runs.
const bar = (row) => h("svg", { class: "dartslab-bar", viewBox: "0 0 100 12", "aria-hidden": "true" },
  h("rect", { class: "tone0 mark", x: 0, y: 0, width: row.state === "done" ? 100 : row.steps ? (100 * row.step) / row.steps : 0, height: 12 }),
  h("rect", { class: "frame", x: 0.5, y: 0.5, width: 99, height: 11, fill: "none" }));
const LONG = 8; // more stages stand in two tables, side by side where there is room
function tables(rows) {
  const half = rows.length > LONG ? Math.ceil(rows.length / 2) : rows.length;
  return h("div", { class: "dartslab-wide dartslab-experiment" }, [rows.slice(0, half), rows.slice(half)].map((part) => (part.length ? table(part) : null)));
}
function table(rows) {
  const head = ["stage", "", "steps", "result"].map((name) => h("th", { scope: "col" }, name));
  const line = (row) => h("tr", { "data-stage": row.name, "data-state": row.state },
    h("th", { scope: "row" }, row.name), h("td", {}, bar(row)),
    h("td", {}, row.state === "done" ? row.steps : row.step ? `${row.step} of ${row.steps ?? "?"}, ${row.state}` : row.state), h("td", {}, row.result));
  return h("table", { class: "dartslab-ends" }, h("thead", {}, h("tr", {}, head)), h("tbody", {}, rows.map(line)));
}
function training(run) {
  const axis = { xlabel: "step", xdomain: [0, Math.max(run.steps, 1)], cursor: run.step };
  return h("section", { class: "dartslab-run", "data-step": run.step },
    h("p", { class: "dartslab-line" }, h("strong", {}, run.title), ` · step ${run.step} of ${run.steps}`),
    h("div", { class: "dartslab-parts" },
      chart(run.curves.loss, { ...axis, title: "loss", ylabel: "nats" }), chart(run.curves.accuracy, { ...axis, title: "accuracy", ylabel: "%" })));
}
const run = (frame) => (frame.run ? (frame.run.cells ? moment(frame.run) : training(frame.run)) : null);
const view = {
  draw: (frame) => [
    h("p", { class: `dartslab-wide dartslab-status ${frame.status}`, "data-status": frame.status }, h("strong", {}, frame.status), ` · ${frame.note}`),
    frame.error ? h("p", { class: "dartslab-notice", role: "alert" }, frame.error) : null,
    ...frame.output.map((line) => h("p", { class: "dartslab-wide" }, line)),
    frame.chosen ? [run(frame), tables(frame.rows)] : [tables(frame.rows), run(frame)], // what was asked for is seen first
  ],
};
