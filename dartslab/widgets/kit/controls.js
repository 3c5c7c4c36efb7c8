// The controls of a view: native inputs of the browser, and how a live view tells Python what a person did.

// Sends messages one after the other, the next when Python has dealt with the one before; a further move of the same
// control takes the place of one that still waits. `mine` says which message set a control last. One that gets no answer
// is sent again, ever more rarely, for one that is lost would hold back all others; Python deals with it once.
function sender(model) {
  const [name, mine, queue] = [String(Math.random()), {}, []];
  let [number, timer] = [0, 0];
  const heard = () => model.get("settings").heard?.[name] ?? 0;
  const deliver = (message, wait = FIRST_WAIT_MS) => {
    // A kernel that was restarted or ended hears nothing; what a page computes itself goes on without it.
    try { model.send(message); } catch (error) { if (error.message !== "Cannot send") throw error; }
    timer = wait > LAST_WAIT_MS ? 0 : setTimeout(() => deliver(message, 2 * wait), wait);
  };
  const stop = () => clearTimeout(timer);
  const next = () => {
    if (heard() < number) return;
    stop();
    if (queue.length) {
      const message = queue.shift();
      number += 1;
      for (const control of Object.keys(message.set)) mine[control] = number;
      deliver({ ...message, sender: name, number });
    }
  };
  const send = (message) => {
    const [last, keys] = [queue[queue.length - 1], (one) => `${one.by} ${Object.keys(one.set)}`];
    if (last && !message.press && keys(last) === keys(message)) queue.pop(); // every press of a button counts
    queue.push({ ...message, seen: model.get("settings").revision, at: Date.now() });
    next();
  };
  const waits = (control) => queue.some((message) => control in message.set);
  return { send, next, stop, settled: (control) => !waits(control) && (mine[control] ?? 0) <= heard() };
}
const [FIRST_WAIT_MS, LAST_WAIT_MS] = [500, 60_000];

// The controls of a live view: { node, update, input(name) }. What a person does last stands there until Python has dealt
// with it. Those for which `inside` holds are no part of node.
function liveControls(model, { send, settled }, inside = () => false) {
  const node = h("div", {});
  const inputs = {};
  const update = () => {
    const { values } = model.get("settings");
    for (const [name, { spec, input }] of Object.entries(inputs)) if (settled(name) && name in values) input.show(values[name], spec);
  };
  const build = () => {
    const same = (name, spec) => inputs[name] && JSON.stringify(inputs[name].spec) === JSON.stringify(spec);
    const value = (name) => model.get("settings").values?.[name];
    const nodeOf = (spec) => {
      const { name } = spec;
      if (!same(name, spec)) {
        const changed = (set) => send({ set: { [name]: set }, by: "control", press: spec.kind === "press" });
        inputs[name] = { spec, input: nativeInput({ ...spec, value: value(name) }, changed) };
      }
      return inputs[name].input.node;
    };
    const rows = model.get("controls").map((row) => {
      const made = row.map((spec) => [spec, nodeOf(spec)]).filter(([{ name }]) => !inside(name));
      const [behind, face] = [true, false].map((more) => made.filter(([spec]) => Boolean(spec.more) === more).map(([, one]) => one));
      return made.length ? h("div", { class: "dartslab-controls" }, face, behind.length ? moreOf(behind) : null) : null;
    }).filter(Boolean);
    const { activeElement: held } = document, here = node.contains(held);
    node.replaceChildren(...rows);
    // Where a button that was pressed is disabled now, a list or an input gets the focus: a key still held presses nothing.
    const again = [held, node.querySelector(`[name="${held?.name}"]`), ...node.querySelectorAll("select, input")];
    if (here) again.find((one) => one && node.contains(one) && !one.disabled)?.focus({ preventScroll: true });
  };
  build();
  return { node, update, build: () => { build(); update(); }, input: (name) => inputs[name].input.node };
}

// Controls that are seldom needed, on a sheet that opens over the drawing.
function moreOf(nodes, label = "more") {
  const more = h("details", { class: "dartslab-more" }, h("summary", {}, label), h("div", { class: "dartslab-sheet" }, nodes));
  more.addEventListener("keydown", (event) => { if (event.key === "Escape") { more.open = false; more.firstChild.focus(); } });
  return more;
}

// A control: { node, show(value) }. It calls `changed` for what a person does, and never for `show`.
function nativeInput({ name, label, kind, value, options, base, min, max, step, lazy, disabled, plays, tip }, changed) {
  if (kind === "press") return { node: h("button", { type: "button", name, title: tip, disabled, onclick: () => changed(true) }, label), show: () => {} };
  if (kind === "check") {
    const input = h("input", { type: "checkbox", name, disabled, onchange: () => changed(input.checked) });
    input.checked = value;
    return { node: h("label", {}, input, " ", label), show: (v) => { input.checked = v; } };
  }
  if (kind === "buttons") {
    const buttons = options.map(([text, one]) => h("button", { type: "button", onclick: () => { show(one); changed(one); } }, text));
    const node = h("span", { role: "group", "aria-label": label }, `${label} `, buttons), settle = oneStop(node, "button");
    const show = (v) => {
      options.forEach(([, one], i) => buttons[i].setAttribute("aria-pressed", String(one === v)));
      settle();
    };
    show(value);
    return { node, show };
  }
  if (kind === "choice" || kind === "many") {
    const read = () => {
      const chosen = [...select.selectedOptions].map((option) => options[Number(option.value)][1]);
      changed(kind === "many" ? chosen : chosen[0]);
    };
    const entries = options.map(([text], i) => h("option", { value: i }, String(text)));
    const select = h("select", { name, disabled, onchange: read, multiple: kind === "many", size: kind === "many" ? options.length : null }, entries);
    const show = (v) => options.forEach(([, one], i) => { entries[i].selected = kind === "many" ? v.includes(one) : one === v; });
    show(value);
    return { node: h("label", {}, label, " ", select), show };
  }
  if (kind === "number") {
    const whole = Number.isInteger(step) && Number.isInteger(min);
    const input = h("input", { type: "number", name, min, max, step, disabled, title: `${whole ? "a whole" : "a"} number from ${min} to ${max}`, onchange: () => take(),
      onkeydown: (event) => { if (event.key === "Enter") take(); } }); // in an output of JupyterLab, Enter is no change
    const show = (v) => { there = v; if (Number(input.value) !== v || input.value === "") input.value = v; };
    // What was typed, as the nearest number that is allowed; where it is none, the number from before comes back.
    const take = () => {
      const before = there;
      const typed = whole ? Math.round(Number(input.value)) : Number(input.value);
      const taken = input.value === "" ? before : Math.max(min, Math.min(max, typed));
      show(taken);
      if (taken !== before) changed(taken);
    };
    let there = value;
    show(value);
    return { node: h("label", {}, label, " ", input), show };
  }
  const log = kind === "log";
  const real = (text) => (log ? base ** Number(text) : Number(text));
  const output = h("output", { "aria-hidden": "true" });
  const tell = (v) => { output.textContent = digits(v); };
  const read = () => { tell(real(input.value)); changed(real(input.value)); };
  const events = lazy ? { oninput: () => tell(real(input.value)), onchange: read } : { oninput: read };
  const input = h("input", { type: "range", name, min, max, step, disabled, "aria-label": label, ...events });
  const player = plays ? playButton(input, read) : null;
  const show = (v) => {
    const before = input.value;
    input.value = log ? Math.log(v) / Math.log(base) : v;
    if (input.value !== before) player?.stop();
    input.setAttribute("aria-valuetext", digits(v));
    tell(v);
  };
  show(value);
  const node = h("label", {}, label, " ", input, " ", output);
  return { node: plays ? h("span", {}, node, " ", player.button) : node, show };
}

// Makes the parts of a group one stop of Tab: arrows, Home and End move the focus among them, and `moved` is told of the
// part that has it then. Tab arrives at the part that is pressed, else at the first. Gives a function that is to be called
// when another part is pressed.
function oneStop(group, parts, moved = () => {}) {
  const all = () => [...group.querySelectorAll(parts)];
  const settle = () => {
    const stop = all().find((one) => one === document.activeElement) ?? all().find((one) => one.getAttribute("aria-pressed") === "true") ?? all()[0];
    for (const one of all()) one.setAttribute("tabindex", one === stop ? 0 : -1);
  };
  if (group instanceof SVGElement) group.setAttribute("tabindex", -1); // one that listens to the focus would be a stop itself
  group.addEventListener("focusin", settle);
  group.addEventListener("focusout", settle);
  group.addEventListener("keydown", (event) => {
    const found = all(), here = found.indexOf(event.target.closest(parts));
    const [next, last] = [Math.min(here + 1, found.length - 1), Math.max(here - 1, 0)];
    const there = found[{ ArrowDown: next, ArrowRight: next, ArrowUp: last, ArrowLeft: last, Home: 0, End: found.length - 1 }[event.key]];
    if (here < 0 || !there) return;
    event.preventDefault();
    there.focus();
    moved(there);
  });
  settle();
  return settle;
}

// Move a slider for a person who does so elsewhere in the drawing.
function moveSlider(input, value) {
  input.value = value;
  input.dispatchEvent(new Event("input", { bubbles: true }));
}

// A button that moves a slider on by itself, a hundred times at most, from its beginning where it stands at its end.
// It ends where the slider is moved by anything else: a person, Python, another page. Gives { button, stop() }.
function playButton(input, read) {
  let timer = 0;
  const ends = () => [Number(input.min), Number(input.max)]; // a view may change them
  const stop = () => { clearInterval(timer); timer = 0; button.textContent = "▶ play"; };
  const move = () => {
    const [first, last] = ends();
    input.value = Math.min(last, Number(input.value) + Math.max(Number(input.step) || 1, Math.floor((last - first) / 100)));
    read();
    if (Number(input.value) >= last || !button.isConnected) stop();
  };
  const press = () => {
    if (timer) return stop();
    const [first, last] = ends();
    if (Number(input.value) >= last) input.value = first;
    button.textContent = "❚❚ pause";
    timer = setInterval(move, 150);
  };
  input.addEventListener("input", () => { if (timer) stop(); });
  const button = h("button", { type: "button", onclick: press }, "▶ play");
  return { button, stop };
}
