// A search while it runs: status, then the run as it stands.
const view = {
  attach(stage) {
    const shown = runView(null), status = h("p", {}), alarm = h("div", { class: "dartslab-notice over", role: "alert", hidden: true });
    shown.line.before(status);
    shown.line.after(alarm);
    stage.append(shown.node);
    const show = (frame) => {
      status.className = `dartslab-status ${frame.status}`;
      status.dataset.status = frame.status;
      status.replaceChildren(h("strong", {}, frame.status), ` · ${frame.note}`);
      alarm.hidden = !frame.error;
      alarm.textContent = frame.error ?? "";
      shown.show(frame.run, frame.run, frame.curve);
    };
    return { show, stop: shown.stop };
  },
};
