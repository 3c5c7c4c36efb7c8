// Recorded runs at one step, side by side. In an exported page every moment was made beforehand.
const nearest = (steps, step) => steps.reduce((best, s, i) => (Math.abs(s - step) < Math.abs(steps[best] - step) ? i : best), 0);
// In a notebook a control of ipywidgets does this.
function bookmarks(named, send) {
  const entries = [h("option", { value: "" }, "choose a change"), ...named.map(([name, step]) => h("option", { value: step }, name))];
  const jump = (event) => event.target.value && send({ set: { step: Number(event.target.value) } });
  return h("label", { class: "dartslab-wide" }, "go to ", h("select", { "data-key": "bookmark", onchange: jump }, entries));
}
const view = {
  draw: (frame, data, send) => [
    data.bookmarks ? bookmarks(data.bookmarks, send) : null,
    ...frame.notices.map((notice) => h("p", { class: "dartslab-notice" }, notice)),
    ...frame.runs.map((run) => moment(run, data.graphs)),
  ],
  frame: ({ step }, data) => ({ step, notices: data.notices, runs: data.moments.map((run) => run.frames[nearest(run.steps, step)]) }),
  words: (frame, data) => [...frame.notices, ...frame.runs.map((run) => run.words)].join(". "),
};
