// A hidden cell and the search for it: the cell, its pictures, how the hidden operations rise, and hits over seeds.
const SEEDS = 15;
const RATE = 20; // steps a second
const BOOT = 92; // a picture on which all operations look different
const EDGE_NAMES = ["a to 2", "b to 2", "a to 3", "b to 3", "2 to 3"];
const HARD = { pairs: 1, light: 1.5, noise: 0, memorise: true, look_alikes: false };
const EASY = { pairs: 4, light: 1, noise: 0, memorise: false, look_alikes: false };

const problemOf = (s, data, pool) => new PlantedProblem(pool, { seed: s.seed, pairs: s.pairs, noise: s.noise, light: s.light,
  memorise: s.memorise, lookAlikes: s.look_alikes, hidden: data.hidden }, data.names);
const keyOf = ({ step, ...rest }) => JSON.stringify(rest);

function frameOf(run, step) {
  const { problem } = run;
  const { w, alpha } = run.at(step);
  const weights = run.weights(step);
  const risen = Array.from({ length: step + 1 }, (_, t) => run.weights(t).map((row, e) => row[problem.answer[e]]));
  const losses = [problem.train, problem.val].map((pairs) => problem.gradients(w, alpha, pairs).loss);
  return { step, operations: problem.names, hidden: problem.answer, weights, history: risen, right: run.right(step), losses };
}

function wordsOf({ step, operations, hidden, weights, right, losses }) {
  const said = `L_train ${losses[0].toFixed(3)}, L_val ${losses[1].toFixed(3)}`;
  if (!step) return `step 0 of ${STEPS}: all mixing weights are nearly equal, nothing is decided; ${said}`;
  const parts = weights.map((row, e) => {
    const leader = largestAt(row);
    return `${EDGE_NAMES[e]} ${operations[leader]} ${(100 * row[leader]).toFixed(0)} %${leader === hidden[e] ? "" : ` instead of ${operations[hidden[e]]}`}`;
  });
  return `step ${step} of ${STEPS}: on ${right} of ${EDGES.length} edges the hidden operation leads; ${parts.join(", ")}; ${said}`;
}

const countCells = (names) => (names.length ** EDGES.length).toLocaleString("en");

// how the mixing weight of each hidden operation rises: { node, draw(frame) }
function riseChart() {
  const [width, height, left, top, bottom] = [286, 104, 34, 6, 90];
  const x = (step) => left + ((width - left - 4) * step) / STEPS;
  const y = (weight) => bottom - (bottom - top) * weight;
  const lines = EDGES.map(() => h("path", { class: "rise" }));
  const grid = [0, 0.5, 1].map((weight) => [h("line", { class: "grid", x1: left, x2: width - 4, y1: y(weight), y2: y(weight) }),
    h("text", { class: "tick", x: left - 5, y: y(weight) + 3.5, "text-anchor": "end" }, `${100 * weight}%`)]);
  const node = h("svg", { viewBox: `0 0 ${width} ${height}`, width, height, "aria-hidden": "true" }, grid, lines);
  const draw = ({ step, hidden, weights, history }) => lines.forEach((line, e) => {
    line.setAttribute("d", history.map((row, t) => `${t ? "L" : "M"}${x(t).toFixed(1)} ${y(row[e]).toFixed(1)}`).join(""));
    line.style.stroke = !step ? "var(--lane)" : largestAt(weights[e]) === hidden[e] ? "var(--right)" : "var(--wrong)";
  });
  return { node, draw };
}

// Hits over seeds, a row for each hypergradient: { node, clear(), stop() }. A seed is computed a little in every frame, so that the page
// stays quick; it needs no worker, which a page opened from a disk may not start.
function seedDots(host, make) {
  const rows = {};
  let request = 0;
  const button = h("button", { type: "button", onclick: () => (request ? stop() : start()) }, `Try ${SEEDS} seeds`);
  const table = h("div", { class: "dots" });
  const note = h("p", { class: "note" });
  const clear = () => {
    stop();
    const { look_alikes: alike } = host.values();
    note.textContent = `A guess finds one cell of ${countCells([...host.data.names.plain, ...(alike ? host.data.names.alike : [])])}.`;
    table.replaceChildren(...Object.keys(HYPERGRADIENTS).map((name) => {
      const dots = Array.from({ length: SEEDS }, () => h("i"));
      rows[name] = { dots, total: h("em"), hits: 0 };
      return h("div", {}, h("span", {}, name), dots, rows[name].total);
    }));
  };
  function stop() { cancelAnimationFrame(request); request = 0; button.textContent = `Try ${SEEDS} seeds`; }
  function start() {
    const { hypergradient, ...rest } = host.values();
    const row = rows[hypergradient];
    row.hits = 0;
    row.dots.forEach((dot) => { dot.className = ""; });
    let [seed, step, run] = [0, 0, undefined];
    button.textContent = "Stop";
    const go = () => {
      const until = performance.now() + 12;
      while (performance.now() < until && seed < SEEDS) {
        run ??= new PlantedRun(make({ ...rest, seed }), hypergradient);
        step += 1;
        run.at(step);
        if (step === STEPS) {
          const hit = run.right(STEPS) === EDGES.length;
          row.hits += hit;
          row.dots[seed].className = hit ? "hit" : "miss";
          row.dots[seed].title = `seed ${seed}: ${hit ? "found" : `${run.right(STEPS)} of 5`}`;
          row.total.textContent = `${row.hits} of ${seed + 1}`;
          [seed, step, run] = [seed + 1, 0, undefined];
        }
      }
      if (seed < SEEDS) request = requestAnimationFrame(go);
      else { stop(); host.say(`${hypergradient}: ${row.hits} of ${SEEDS} hidden cells found. ${note.textContent}`); }
    };
    request = requestAnimationFrame(go);
  }
  clear();
  return { node: h("section", {}, h("h4", {}, "How many are found? ", button), table, note), clear, stop };
}

let last; // the run that was asked for last, for `frame`
const view = {
  frame(settings, data) {
    const key = keyOf(settings);
    if (last?.key !== key) last = { key, run: new PlantedRun(problemOf(settings, data, decodePool(data)), settings.hypergradient) };
    return frameOf(last.run, settings.step);
  },
  words: wordsOf,
  mount(stage, host) {
    const pool = decodePool(host.data);
    const [graph, rise] = [plantedGraph(), riseChart()];
    const screen = () => screenOf(SIZE);
    const results = [2, 3].map(() => [screen(), screen(), screen()]);
    const say = h("p", { class: "say" });
    const legend = h("div", { class: "legend" });
    let [key, run, frame] = ["", undefined, undefined];
    const dots = seedDots(host, (settings) => problemOf(settings, host.data, pool));
    const clock = ticker(stage, RATE, () => {
      const { step } = host.values();
      host.set({ step: Math.min(STEPS, step + 1) });
      if (step + 1 >= STEPS) pause();
    });
    const play = h("button", { type: "button", class: "main play", onclick: () => (clock.playing() ? pause() : begin()) });
    const begin = () => {
      if (host.values().step >= STEPS) host.set({ step: 0 });
      clock.play();
      draw();
    };
    const pause = () => { clock.pause(); draw(); };
    const preset = (text, changes) => h("button", { type: "button", onclick: () => host.set({ ...changes, step: 0 }) }, text);
    const set = (name) => h("div", { "data-name": name }, host.input(name));
    stage.classList.add("dartslab-planted");
    stage.append(
      h("header", {}, h("div", {}, h("h3", {}, "The hidden cell"), say), h("div", { class: "buttons" }, play, set("seed"))),
      graph.node,
      h("div", { class: "panel" },
        h("div", { class: "results" }, ["hidden", "mixture", "difference"].map((text) => h("span", {}, text)), results),
        h("div", {},
          h("h4", {}, "Mixing weight of each hidden operation"), rise.node,
          h("div", { class: "scrub" }, set("step")),
          dots.node)),
      h("footer", {}, legend, h("div", { class: "choices" }, set("hypergradient"), moreOf([
        ["pairs", "light", "noise", "memorise", "look_alikes"].map(set),
        h("div", {}, preset("hard case", HARD), " ", preset("easy case", EASY))]))),
    );
    const rebuild = (settings) => {
      run = new PlantedRun(problemOf(settings, host.data, pool), settings.hypergradient);
      const { problem } = run;
      graph.build(problem.names);
      const shown = problem.applyAll(pool.x.slice(BOOT * PIXELS, (BOOT + 1) * PIXELS)).all;
      legend.replaceChildren(...problem.names.map((name, o) => {
        const canvas = screen();
        paint(canvas, shown[o], greys(span(shown[o])));
        return h("figure", {}, canvas, h("figcaption", {}, name));
      }));
    };
    const paintPictures = () => {
      const { problem } = run;
      const { a, b, sources, results: wanted } = problem.shown;
      const { w } = run.at(frame.step);
      const { nodes } = problem.run(sources, problem.strengths(w, frame.weights));
      [a, b, ...nodes].forEach((x, n) => paint(graph.nodes[n], x, greys(span(n < 2 ? x : wanted[n - 2]))));
      wanted.forEach((y, k) => {
        const [low, high] = span(y);
        const got = nodes[k].map((value, p) => value + problem.memory * w[EDGES.length + k * PIXELS + p]);
        paint(results[k][0], y, greys([low, high]));
        paint(results[k][1], got, greys([low, high]));
        paint(results[k][2], got.map((value, p) => value - y[p]), differences(stage, (high - low) / 2));
      });
    };
    const tell = () => {
      const { step, right, hidden, weights, operations } = frame;
      const wrong = weights.findIndex((row, e) => largestAt(row) !== hidden[e]);
      const cells = countCells(operations);
      if (!step) return [`One of ${cells} cells made these results. Which? Every line is an operation that could.`];
      if (step < STEPS) return [`Step ${step} of ${STEPS}: on `, h("b", {}, `${right} of 5`), " edges the hidden operation leads."];
      if (right === EDGES.length) return [h("b", { class: "right" }, "✓ Found."), ` On all 5 edges the hidden operation won: one cell of ${cells}.`];
      return [h("b", { class: "wrong" }, `✗ ${right} of 5.`), ` ${EDGE_NAMES[wrong]} it chose `, h("b", {}, operations[largestAt(weights[wrong])]),
        "; hidden is ", h("b", {}, operations[hidden[wrong]]), "."];
    };
    function draw() {
      const settings = host.values();
      const now = keyOf(settings);
      if (now !== key) {
        const before = key && JSON.parse(key);
        key = now;
        rebuild(settings);
        if (before && keyOf({ ...before, seed: 0, hypergradient: "" }) !== keyOf({ ...settings, seed: 0, hypergradient: "" })) dots.clear();
      }
      frame = frameOf(run, settings.step);
      graph.draw(frame.operations, frame.weights, frame.hidden, frame.step > 0);
      paintPictures();
      rise.draw(frame);
      say.replaceChildren(...tell());
      play.textContent = clock.playing() ? "❚❚ Pause" : settings.step >= STEPS ? "↻ Again" : "▶ Play";
      if (!clock.playing()) host.say(wordsOf(frame));
    }
    if (host.data.plays && !wantsStill() && host.values().step === 0) clock.play();
    return { update: draw, stop: () => { clock.stop(); dots.stop(); } };
  },
};
