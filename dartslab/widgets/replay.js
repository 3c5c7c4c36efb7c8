// Recorded runs at one step; two stand side by side where there is room. In an exported page every moment was made beforehand.
const nearest = (steps, step) => steps.reduce((best, s, i) => (Math.abs(s - step) < Math.abs(steps[best] - step) ? i : best), 0);

// In a notebook a control of ipywidgets does this.
function bookmarks(named, send) {
  const entries = [h("option", { value: "" }, "choose a change"), ...named.map(([name, step]) => h("option", { value: step }, name))];
  const select = h("select", { onchange: () => select.value && send({ set: { step: Number(select.value) } }) }, entries);
  return { node: h("label", { class: "dartslab-bookmarks" }, "go to ", select), show: (step) => { select.value = named.find(([, at]) => at === step)?.[1] ?? ""; } };
}

const view = {
  attach(stage) {
    const runs = [], both = oneAtATime(), notices = h("div", { class: "dartslab-wide" });
    let list, send;
    const go = (step) => moveSlider(stage.closest(".dartslab").querySelector("input[name=step]"), step);
    const show = (frame, data, sender) => {
      send = sender;
      if (data.bookmarks && !list) {
        list = bookmarks(data.bookmarks, (message) => send(message));
        stage.closest(".dartslab").querySelector(".dartslab-controls").append(list.node);
      }
      list?.show(frame.step);
      notices.replaceChildren(...frame.notices.map((notice) => h("p", { class: "dartslab-notice" }, notice)));
      if (frame.notices.length) stage.append(notices);
      frame.runs.forEach((run, i) => {
        if (!runs[i]) stage.append((runs[i] = runView(go, frame.runs.length > 1 ? both : null)).node);
        runs[i].show(run, data.whole[i], frame.curve);
      });
    };
    return { show, stop: () => runs.forEach((run) => run.stop()) };
  },
  frame: ({ step, curve }, data) => ({ step, curve, notices: data.notices, runs: data.moments.map(({ steps, frames, cells }) => {
    const found = frames[nearest(steps, step)];
    return { ...found, cells: cells.map((cell, k) => ({ ...cell, ...found.cells[k] })) };
  }) }),
  words: (frame, data) => [...frame.notices, ...frame.runs.map((run) => run.words)].join(". "),
};
