// AlphaRace: the race of alpha on one edge, computed and played in the page.

const RATE = 30; // steps a second

const view = {
  frame: raceFrame,
  words: raceWords,
  mount(root, host) {
    const { data } = host;
    const stage = h("div", { class: "dartslab-race" });
    const svg = stage.appendChild(h("svg", { "aria-hidden": "true" }));
    const act = {
      focus(o) { if (host.values().watch !== o) host.set({ watch: o }); },
      set(o, alpha) {
        player.pause();
        const { alpha: old, step } = raceFrame(host.values(), data);
        const kept = clamp(alpha, -data.farthest, data.farthest);
        const round = (value) => Math.round(1000 * value) / 1000;
        host.set({ ...Object.fromEntries(old.map((a, q) => [`alpha_${q}`, round(q === o ? kept : a)])), hand: step, fill: false });
      },
    };
    const [drawStrips, drawRunners] = [stripsOf(svg, data.twins), runnersOf(stage, svg, act, data.farthest)];
    const press = () => { player.pause(); host.set({ fill: !host.values().fill }); };
    const fill = stage.appendChild(h("button", { type: "button", class: "fill", onclick: press }));
    const [results, sums, curves] = [resultsOf(), sumsOf(), curvesOf()];
    const panel = h("div", { class: "dartslab-panel" }, results.node, sums.node, curves.node);
    curves.node.append(host.input("step"));
    const [mark, told, look] = [h("span", { class: "mark" }), h("span", {}), h("p", { class: "look" })];

    const player = ticker(stage, RATE, () => {
      const step = host.values().step + 1;
      if (step >= stopAt) player.pause();
      host.set({ step });
    });
    let stopAt = 0;
    const toggle = () => {
      if (player.playing()) player.pause();
      else {
        const { step, length } = raceFrame(host.values(), data);
        const from = step < data.steps ? step : 0;
        stopAt = from < length ? length : Math.min(data.steps, from + length);
        host.set({ step: from, fill: false });
        player.play();
      }
      update();
    };
    const begin = (race) => { player.pause(); host.set(data.starts[race]); if (!wantsStill()) toggle(); };
    const one = () => { player.pause(); host.set({ step: Math.min(data.steps, host.values().step + 1), fill: false }); };
    const reset = () => { player.pause(); host.set({ step: 0, hand: -1, fill: false }); };
    const button = (text, onclick, name = "") => h("button", { type: "button", class: name, onclick }, text);
    const races = Object.keys(data.races).map((race) => button(`${race[0].toUpperCase()}${race.slice(1)}`, () => begin(race), "race"));
    const play = button("▶ Play", toggle, "main");
    const row = (name, ...parts) => h("div", { class: name }, ...parts);
    root.classList.add("dartslab-one-edge");
    root.append(
      row("top", row("races", races), row("transport", play, button("Step", one), button("Reset", reset))),
      h("p", { class: "verdict" }, mark, told), look, row("both", stage, panel),
      row("under", host.input("temperature"), host.input("learn"), host.input("wait"),
        moreOf(["adam", "seed", "alpha_learning_rate", "kernel_learning_rate"].map((name) => host.input(name)))),
    );
    root.addEventListener("keydown", (event) => {
      if (event.key !== " " || !event.target.closest(".dartslab-runner")) return;
      event.preventDefault();
      toggle();
    });

    // what glides: the scale of alpha, the scale of g, and how much is poured
    let shown = null;
    let asked = 0;
    const wanted = (frame) => {
      const room = Math.max(0.25, Math.max(...frame.g) - Math.min(...frame.g));
      const middle = (Math.max(...frame.g) + Math.min(...frame.g)) / 2;
      return { reach: Math.max(1.6, 1.12 * Math.max(...frame.alpha.map(Math.abs))), low: middle - 0.68 * room, high: middle + 0.6 * room, pour: frame.fill ? 1 : 0 };
    };
    function glide(frame) {
      const to = wanted(frame);
      if (!shown || wantsStill()) { shown = to; return false; }
      let moving = false;
      for (const [name, end] of Object.entries(to)) {
        const way = end - shown[name];
        const near = Math.abs(way) < 0.002 * (name === "pour" ? 1 : shown.high - shown.low + shown.reach);
        shown[name] = near ? end : shown[name] + (name === "pour" ? Math.sign(way) * Math.min(0.05, Math.abs(way)) : 0.2 * way);
        moving ||= !near;
      }
      return moving;
    }
    function draw() {
      asked = 0;
      const settings = host.values();
      const [frame, race] = [raceFrame(settings, data), raceAt(settings, data)];
      const width = stage.clientWidth;
      if (!width) return;
      if (glide(frame)) ask();
      drawStrips(frame, shown, width);
      drawRunners(frame, race, shown, width);
      results.draw(race);
      sums.draw(frame);
      curves.draw(frame);
      tellWords(frame);
    }
    function tellWords(frame) {
      const { mark: sign, text } = verdict(frame, data);
      write(mark, { right: "✓ ", wrong: "✗ " }[sign] ?? "", { class: `mark ${sign}` });
      write(told, text);
      write(look, data.races[frame.race].look);
      races.forEach((node) => setAttributes(node, { "aria-pressed": String(node.textContent.toLowerCase() === frame.race.toLowerCase()) }));
      const still = !player.playing();
      const over = frame.step >= frame.length && frame.step < data.steps;
      write(play, !still ? "❚❚ Pause" : over ? "▶ Go on" : "▶ Play");
      write(fill, frame.fill ? "pour back" : "pour the orange into the blue", { "aria-pressed": String(frame.fill) });
      const slider = root.querySelector("input[name=step]");
      const most = Math.min(data.steps, frame.length * Math.max(1, Math.ceil(frame.step / frame.length)));
      if (Number(slider.max) !== most || Number(slider.value) !== frame.step) { slider.max = most; slider.value = frame.step; }
      for (const [name, off, why] of [["alpha_learning_rate", frame.adam, "Adam has its own step size"], ["kernel_learning_rate", !frame.learn, "the kernels do not learn"]]) {
        const input = root.querySelector(`input[name=${name}]`);
        setAttributes(input, { title: off ? why : "" });
        input.disabled = off;
      }
      root.dataset.step = frame.step;
      if (still) host.say(raceWords(frame, data));
    }
    const ask = () => { asked ||= requestAnimationFrame(draw); };
    const update = () => ask();
    const size = new ResizeObserver(ask);
    size.observe(stage);
    return { update, stop() { player.stop(); size.disconnect(); cancelAnimationFrame(asked); } };
  },
};
