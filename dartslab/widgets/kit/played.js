// Views that compute and move in the page, with Python or without: { mount(stage, host) -> { update(), stop() } }.
// What is shown follows from the values of the controls alone, so Python, another page and an exported page show the
// same; playing moves a control on. A view calls `host.set`, and is told of every change by `update`. The host has
//   data              what does not change
//   values()          {name: value} of all controls; a choice by its label
//   set(changes)      set some of them
//   input(name)       the native input of a control, to be placed where it belongs
//   say(text)         what is shown, in words, when things are at rest

const labelOf = (spec, raw) => (spec.options ? spec.options.find(([, one]) => one === raw)?.[0] : raw);
const rawOf = (spec, value) => (spec.options ? spec.options.find(([label]) => label === value)?.[1] : value);

// Mount a view: `raws` are the first values as the controls have them, `tell` passes on what was set here.
function mountPlayed(view, root, specs, raws, data, tell) {
  const known = Object.fromEntries(specs.map((spec) => [spec.name, spec]));
  const [now, inputs] = [{}, {}];
  const keep = (name, raw) => { now[name] = labelOf(known[name], raw); root.dataset.settings = JSON.stringify(now); };
  for (const spec of specs) {
    const { name } = spec;
    keep(name, raws[name]);
    inputs[name] = nativeInput({ ...spec, value: raws[name] }, (raw) => { keep(name, raw); tell({ [name]: raw }); mounted.update(); });
  }
  const words = h("p", { class: "dartslab-words", role: "status", "aria-live": "polite" });
  const stage = h("div", { class: "dartslab-played", role: "group" });
  root.replaceChildren(stage, words);
  const host = {
    data,
    values: () => ({ ...now }),
    input: (name) => inputs[name].node,
    set(changes) {
      const set = Object.fromEntries(Object.entries(changes).map(([name, value]) => [name, rawOf(known[name], value)]));
      for (const [name, raw] of Object.entries(set)) { keep(name, raw); inputs[name].show(raw); }
      tell(set);
      mounted.update();
    },
    say(text) {
      stage.setAttribute("aria-label", text);
      if (words.textContent !== text) words.textContent = text;
    },
  };
  const mounted = view.mount(stage, host);
  mounted.update();
  const hear = (values) => {
    const changed = Object.entries(values).filter(([name, raw]) => name in known && labelOf(known[name], raw) !== now[name]);
    for (const [name, raw] of changed) { keep(name, raw); inputs[name].show(raw); }
    if (changed.length) mounted.update();
  };
  return { hear, stop: () => mounted.stop() };
}

// anywidget's render
function livePlayed(view, { model, el }) {
  el.classList.add("dartslab-canvas");
  const talk = sender(model);
  let mounted;
  const mount = () => {
    mounted?.stop();
    const tell = (set) => talk.send({ set, by: "control" });
    mounted = mountPlayed(view, el, model.get("controls").flat(), model.get("settings").values, model.get("data"), tell);
  };
  mount();
  const hear = () => {
    talk.next();
    const { values } = model.get("settings");
    mounted.hear(Object.fromEntries(Object.entries(values).filter(([name]) => talk.settled(name))));
  };
  const listeners = [["settings", hear], ["controls", mount], ["data", mount]];
  for (const [name, listener] of listeners) model.on(`change:${name}`, listener);
  const release = claimKeys(el);
  return () => {
    mounted.stop();
    talk.stop();
    release();
    for (const [name, listener] of listeners) model.off(`change:${name}`, listener);
  };
}

// An exported page.
function pagePlayed(view, spec, root) {
  const canvas = h("div", { class: "dartslab-canvas" });
  root.replaceChildren(canvas);
  const raws = Object.fromEntries(spec.controls.map((control) => [control.name, control.value]));
  mountPlayed(view, canvas, spec.controls, raws, spec.data, () => {});
}

// Calls `tick` so many times a second, while it plays and somebody can see it: { play(), pause(), playing() }.
function ticker(node, rate, tick) {
  let [request, due, seen] = [0, 0, true];
  const run = (time) => {
    request = requestAnimationFrame(run);
    if (!seen || document.hidden) { due = 0; return; }
    if (!due || time - due > 500) due = time; // a page that was late does not catch up
    for (let n = 0; request && time >= due && n < 3; n += 1) { due += 1000 / rate; tick(); }
  };
  const watch = new IntersectionObserver(([entry]) => { seen = entry.isIntersecting; });
  watch.observe(node);
  const pause = () => { cancelAnimationFrame(request); request = 0; };
  return {
    play: () => { if (!request) { due = 0; request = requestAnimationFrame(run); } },
    pause,
    playing: () => request !== 0,
    stop: () => { pause(); watch.disconnect(); },
  };
}

// Whether this person wants things to stand still: then nothing plays by itself, and nothing glides.
const wantsStill = () => matchMedia("(prefers-reduced-motion: reduce)").matches;
