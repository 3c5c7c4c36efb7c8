// HypergradientBeats: the buttons, the sentence, the formula, the terms on one scale, and the time of a beat.

const LASTS = [1800, 900, 1500, 1000, 1400, 3600, 2600, 1100, 1100]; // milliseconds of each beat
const HOLD = 2600; // and of reading, while it plays
const RATE = 20; // ticks a second while it plays
const STRIDE = 2; // real steps at each tick

// A sentence as nodes: [tone|text] in the colour of what it names.
const splitTones = (text) => text.split(/(\[\w+\|[^\]]*\])/).filter(Boolean).map((piece) => {
  const found = piece.match(/^\[(\w+)\|(.*)\]$/);
  return found ? h("b", { style: `color:${INK[found[1]]}` }, found[2]) : piece;
});

function mountBeats(stage, host) {
  const { data } = host;
  const { known } = data;
  const leftOut = (hypergradient, beat) => hypergradient === "first order" && data.skipped.includes(beat);
  let [t, beatShown, waited, request, began] = [1, host.values().beat, 0, 0, 0];
  let frame = beatsFrame(host.values(), data);

  // what there is
  const press = (words, title, f, kind) => h("button", { type: "button", title: title || null, class: kind, onclick: f }, words);
  const tabs = data.views.map((name) => press(name, "", () => host.set({ view: name })));
  const next = press("Next beat ›", "space", () => { pause(); forward(); }, "main");
  const play = press("▶ Play", "", () => (clock.playing() && !runs ? pause() : start(false)));
  const run = press("Run 100 steps", "real steps of a and of w", () => {
    if (clock.playing() && runs) return pause();
    if (frame.done) return host.set({ steps: 0, beat: 0 });
    return start(true);
  });
  const reset = press("Reset", "", () => { pause(); host.set(data.begin); });
  const beats = data.beats.map((name, k) => press([`${k + 1}`, h("span", {}, ` ${name}`)], "", () => { pause(); host.set({ beat: k }); }, "beat"));
  beats.forEach((node, k) => { node.style.setProperty("--tone", INK[data.tones[k]]); node.setAttribute("aria-label", `beat ${k + 1}, ${data.beats[k]}`); });
  const pips = data.beats.map(() => h("span", {}));
  const count = h("small", {});
  const say = h("p", { class: "say" });
  const plane = h("svg", { class: "plane", tabindex: 0, role: "img", "data-plane": "" });
  const ground = h("g", { "aria-hidden": "true" });
  const scene = h("g", { "aria-hidden": "true" });
  plane.append(ground, scene);
  const formula = h("div", { class: "formula", "aria-hidden": "true" });
  const bars = h("svg", { class: "bars", role: "img" });
  const hypergradients = data.hypergradients.map((name) => press(name, "", () => choose({ hypergradient: name })));
  const costs = data.hypergradients.map((name) => costCard(name, data, () => choose({ hypergradient: name })));
  const note = h("p", { class: "note" });
  const xi = host.input("xi");
  const mistake = host.input("mistake");
  const more = moreOf([host.input("a"), host.input("w"), host.input("steps")], "start and steps");
  const controls = h("div", { class: "controls" }, h("div", { class: "xi" }, xi),
    h("div", { class: "hypergradient", role: "group", "aria-label": "hypergradient" }, h("span", {}, "hypergradient"), h("span", { class: "choice" }, hypergradients)), mistake, note, more);
  const all = h("div", { class: "dartslab-beats" },
    h("div", { class: "head" }, h("strong", {}, "The virtual step"), h("span", { class: "choice", role: "group", "aria-label": "view" }, tabs), h("span", { class: "transport" }, next, play, run, reset)),
    h("div", { class: "beats", role: "group", "aria-label": "beats" }, beats), h("div", { class: "pips", "aria-hidden": "true" }, pips), say,
    h("div", { class: "body" }, plane, h("div", { class: "side" }, formula, bars, h("div", { class: "costs", role: "group", "aria-label": "hypergradient and its cost" }, costs), controls)));
  stage.replaceChildren(all);

  // time
  let runs = false;
  const clock = ticker(stage, RATE, () => {
    if (runs) {
      const steps = Math.min(100, host.values().steps + STRIDE);
      host.set({ steps, beat: 0 });
      if (steps >= 100) pause();
    } else if (t >= 1 && (waited += 1000 / RATE) > HOLD) forward();
  });
  const start = (whole) => { runs = whole; waited = HOLD; clock.play(); settle(); };
  const pause = () => { clock.pause(); settle(); };
  function forward() {
    let beat = frame.settings.beat + 1;
    while (beat < data.beats.length && leftOut(frame.settings.hypergradient, beat)) beat += 1;
    host.set(beat < data.beats.length ? { beat } : { beat: 0, steps: Math.min(100, frame.settings.steps + 1) });
  }
  function glide(time) {
    began ||= time;
    t = Math.min(1, (time - began) / LASTS[beatShown]);
    request = t < 1 ? requestAnimationFrame(glide) : 0;
    draw();
    if (t >= 1) settle();
  }

  // a mistake needs a hypergradient in which it can be made
  function choose(changes) {
    const set = { ...host.values(), ...changes };
    if (changes.hypergradient && !data.mistakes[set.mistake].includes(set.hypergradient)) set.mistake = known.none;
    if (leftOut(set.hypergradient, set.beat)) set.beat = set.beat < 4 ? 0 : 4;
    host.set({ hypergradient: set.hypergradient, mistake: set.mistake, beat: set.beat });
  }
  mistake.addEventListener("change", () => {
    const set = host.values();
    const changes = {};
    const can = data.mistakes[set.mistake];
    if (!can.includes(set.hypergradient)) changes.hypergradient = can[0];
    if (set.mistake === known.forgotten && Math.abs(set.w) < 1.2) changes.w = -1.5; // at w = 0 decay does nothing
    if (set.mistake !== known.none && !set.steps) changes.beat = { [known.place]: 4, [known.forgotten]: 2 }[set.mistake] ?? 6;
    if (Object.keys(changes).length) host.set(changes);
  });

  // the point is moved by mouse and by keys
  const move = (a, w) => {
    const near = (x, [low, high]) => Math.round(20 * clamp(x, low, high)) / 20; // round numbers to calculate with
    host.set({ a: near(a, data.range.a), w: near(w, data.range.w), steps: 0, beat: Math.min(6, frame.settings.beat) });
  };
  const drag = (event) => {
    const box = plane.getBoundingClientRect();
    move(linear([0, box.width], [LOW.a, HIGH.a])(event.clientX - box.left), linear([box.height, 0], [LOW.w, HIGH.w])(event.clientY - box.top));
  };
  plane.onpointerdown = (event) => {
    if (event.button || frame.settings.view !== "one number") return;
    pause();
    plane.setPointerCapture(event.pointerId);
    plane.onpointermove = drag;
    drag(event);
  };
  plane.onpointerup = plane.onpointercancel = () => { plane.onpointermove = null; };
  all.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.altKey || event.metaKey || event.target.closest("button, input, select, summary")) return;
    const far = event.shiftKey ? 0.5 : 0.1;
    const way = { ArrowLeft: [-far, 0], ArrowRight: [far, 0], ArrowUp: [0, far], ArrowDown: [0, -far] }[event.key];
    if (event.key === " ") { pause(); forward(); } else if (way && frame.settings.view === "one number") { pause(); move(frame.a[0] + way[0], frame.w[0] + way[1]); } else return;
    event.preventDefault();
  });

  // drawing
  let drawnSize = "";
  function draw() {
    const network = frame.settings.view === "a network";
    const { clientWidth: W } = plane;
    const H = network ? TALL : plane.clientHeight;
    if (!W || !H) return;
    const size = `${network} ${W} ${H}`;
    if (size !== drawnSize) {
      plane.setAttribute("viewBox", `0 0 ${W} ${H}`);
      ground.replaceChildren(...(network ? [] : drawLandscape(W, H)));
      drawnSize = size;
    }
    scene.replaceChildren(...(network ? drawNetwork(frame, data, t, W) : drawPlane(frame, data, t, W, H)));
    if (!network) bars.replaceChildren(...drawBars(frame, data, t, bars.clientWidth || 380));
  }
  function settle() { // what changes with the controls, and not with time
    const { settings } = frame;
    const network = settings.view === "a network";
    all.classList.toggle("network", network);
    tabs.forEach((node, i) => node.setAttribute("aria-pressed", String(data.views[i] === settings.view)));
    hypergradients.forEach((node, i) => node.setAttribute("aria-pressed", String(data.hypergradients[i] === settings.hypergradient)));
    costs.forEach((node, i) => node.setAttribute("aria-pressed", String(data.hypergradients[i] === settings.hypergradient)));
    beats.forEach((node, k) => {
      node.className = `beat${k < settings.beat ? " done" : ""}${leftOut(settings.hypergradient, k) ? " skipped" : ""}`;
      if (k === settings.beat) node.setAttribute("aria-current", "step"); else node.removeAttribute("aria-current");
    });
    pips.forEach((node, k) => {
      const made = data.passes[settings.hypergradient].filter(([at]) => at === k).map(([, letter, what]) => pip(letter, what, k <= settings.beat));
      node.replaceChildren(...made, ...(k === data.own ? [pip("w", "the training pass of w itself", k <= settings.beat, true)] : k === data.own - 1 ? [count] : []));
      node.className = k === settings.beat ? "now" : "";
    });
    count.textContent = frame.passes === 1 ? "1 pass" : `${frame.passes} passes`;
    say.replaceChildren(h("span", {}, splitTones(sentence(frame, data))));
    play.textContent = clock.playing() && !runs ? "❚❚ Pause" : "▶ Play";
    run.textContent = clock.playing() && runs ? "❚❚ Pause" : frame.done ? "Back to start" : "Run 100 steps";
    xi.querySelector("input").disabled = settings.hypergradient === "first order";
    const unable = settings.mistake !== frame.mistake;
    note.replaceChildren(...splitTones(unable ? "This hypergradient leaves no place for this mistake." : data.notes[settings.mistake]));
    formula.replaceChildren(...formulaLines(frame, data));
    const words = beatsWords(frame, data);
    plane.setAttribute("aria-label", network ? `The network and its passes. ${words}` : `The plane of a and w. ${words} Arrow keys move the point, space goes on.`);
    bars.setAttribute("aria-label", `Slopes along a: ${barRows(frame, data).map(({ name, value }) => `${name} ${formatNumber(value, true)}`).join(", ")}.`);
    if (t >= 1 && !clock.playing()) host.say(words);
    stage.dataset.rest = String(t >= 1);
  }
  const watch = new ResizeObserver(() => draw());
  watch.observe(plane);
  return {
    update() {
      frame = beatsFrame(host.values(), data);
      const { beat } = frame.settings;
      if (beat !== beatShown) {
        beatShown = beat;
        waited = 0;
        cancelAnimationFrame(request);
        t = wantsStill() || runs ? 1 : 0;
        began = 0;
        if (t < 1) request = requestAnimationFrame(glide);
      }
      settle();
      draw();
    },
    stop() { clock.stop(); cancelAnimationFrame(request); watch.disconnect(); },
  };
}

const view = { mount: mountBeats, frame: beatsFrame, words: beatsWords };
