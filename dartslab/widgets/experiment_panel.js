// An experiment's stages as a table, and one of its runs.
const bar = (row) => h("svg", { class: "dartslab-bar", viewBox: "0 0 100 12", "aria-hidden": "true" },
  h("rect", { class: "tone0 mark", x: 0, y: 0, width: row.state === "done" ? 100 : row.steps ? (100 * row.step) / row.steps : 0, height: 12 }),
  h("rect", { class: "frame", x: 0.5, y: 0.5, width: 99, height: 11, fill: "none" }));
const MANY_STAGES = 16; // more of them lie over the run that is shown, once a person opens them
const LONG = 8; // more stages stand in two tables, side by side where there is room
function tables(rows) {
  const half = rows.length > LONG ? Math.ceil(rows.length / 2) : rows.length;
  return [rows.slice(0, half), rows.slice(half)].map((part) => (part.length ? table(part) : null));
}
function table(rows) {
  const head = ["stage", "", "steps", "result"].map((name) => h("th", { scope: "col" }, name));
  const line = (row) => h("tr", { "data-stage": row.name, "data-state": row.state },
    h("th", { scope: "row" }, row.name), h("td", {}, bar(row)),
    h("td", {}, row.state === "done" ? row.steps : row.step ? `${row.step} of ${row.steps ?? "?"}, ${row.state}` : row.state), h("td", {}, row.result));
  return h("table", { class: "dartslab-ends" }, h("thead", {}, h("tr", {}, head)), h("tbody", {}, rows.map(line)));
}
function training(run) {
  const axis = { xlabel: "step", xdomain: [0, Math.max(run.steps, 1)], cursor: run.step, height: 150 };
  return h("section", { class: "dartslab-run dartslab-wide", "data-step": run.step },
    h("p", { class: "dartslab-line" }, h("strong", {}, run.title), ` · step ${run.step} of ${run.steps}`),
    h("div", { class: "dartslab-parts" },
      chart(run.curves.loss, { ...axis, title: "loss", ylabel: "nats" }), chart(run.curves.accuracy, { ...axis, title: "accuracy", ylabel: "%" })));
}

const view = {
  attach(stage) {
    const status = h("p", {}), alarm = h("div", { class: "dartslab-notice", role: "alert", hidden: true }), output = h("div", {});
    const search = runView(null), curves = h("div", { class: "dartslab-wide" }), list = h("div", { class: "dartslab-experiment" });
    const fold = h("details", { class: "dartslab-numbers" }, h("summary", {}, "all stages"), list);
    fold.addEventListener("keydown", (event) => { if (event.key === "Escape" && fold.matches(".over")) { fold.open = false; fold.firstChild.focus(); } });
    const top = h("div", { class: "dartslab-wide dartslab-top" }, status, output, fold);
    stage.append(top, alarm, search.node, curves);
    let before = null;
    const show = (frame) => {
      status.className = `dartslab-status ${frame.status}`;
      status.dataset.status = frame.status;
      status.replaceChildren(h("strong", {}, frame.status), ` · ${frame.note}`);
      alarm.hidden = !frame.error;
      alarm.textContent = frame.error ?? "";
      output.replaceChildren(...frame.output.map((line) => h("p", {}, line)));
      list.replaceChildren(...tables(frame.rows).filter(Boolean));
      const { run, rows } = frame, kind = run?.cells ? "search" : "stages";
      const over = kind === "search" || (Boolean(run) && rows.length > MANY_STAGES); // a run needs the room
      if (over !== before) fold.open = !over; // what a person opened stays open
      fold.classList.toggle("over", over);
      const above = kind === "search" ? search.line : top;
      alarm.classList.toggle("over", kind === "search");
      if (alarm.previousElementSibling !== above) above.after(alarm);
      before = over;
      search.node.hidden = kind !== "search";
      curves.replaceChildren(...(run && kind !== "search" ? [training(run)] : []));
      if (kind === "search") search.show(run, run);
    };
    return { show, stop: search.stop };
  },
};
