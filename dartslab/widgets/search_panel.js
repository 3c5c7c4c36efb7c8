// A search while it runs: status, then the run as it stands.
const view = {
  draw: (frame, data) => [
    h("p", { class: `dartslab-wide dartslab-status ${frame.status}`, "data-status": frame.status }, h("strong", {}, frame.status), ` · ${frame.note}`),
    frame.error ? h("p", { class: "dartslab-notice", role: "alert" }, frame.error) : null,
    moment(frame.run, data.graphs),
  ],
};
