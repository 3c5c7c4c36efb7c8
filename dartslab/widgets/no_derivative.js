// NoDerivative: a ball on a staircase and a ball on a slope, computed and played in the page.

const RATE = 24; // steps a second
const [TOP, FOOT, EDGE] = [96, 372, 44]; // pixels: where the chart begins, its floor, its left side

const view = {
  frame: dialFrame,
  words: dialWords,
  mount(root, host) {
    const { data } = host;
    const stage = h("div", { class: "dartslab-dial" });
    const svg = stage.appendChild(h("svg", { "aria-hidden": "true" }));
    const operations = data.operations.map((name) => ({ name: child(svg, "text", "middle name"), weight: child(svg, "text", "middle"), bar: child(svg, "rect", "up"), seam: child(svg, "line", "grid dashed"), screen: stage.appendChild(screen()) }));
    const [ground, axis, zero, caption] = [child(svg, "line", "axis"), child(svg, "text", "tick end"), child(svg, "text", "tick end"), child(svg, "text", "tick")];
    const [steps, curve] = [child(svg, "path", "stairs"), child(svg, "path", "slope")];
    const tangents = [child(svg, "line", "tangent"), child(svg, "line", "tangent")];
    const tags = [child(svg, "text", "halo name"), child(svg, "text", "halo name rolls")];
    const balls = ["choice", "mixture"].map((name) => {
      const label = { choice: "ball on the staircase", mixture: "ball on the mixture" }[name];
      const node = h("div", { class: `ball ${name}`, role: "slider", tabindex: 0, "aria-label": label, "aria-valuemin": data.ends[0], "aria-valuemax": data.ends[1] });
      node.addEventListener("pointerdown", (event) => grab(event, node, name));
      node.addEventListener("keydown", (event) => key(event, name));
      return stage.appendChild(node);
    });
    const results = ["target", "mixture", "choice"].map((name) => ({ name, screen: screen() }));
    const slopes = ["choice", "mixture"].map((name) => ({ name, text: h("b", {}) }));
    const note = h("p", {});
    const losses = lossesOf(data);
    const panel = h("div", { class: "dartslab-panel" },
      h("div", { class: "dartslab-results" }, results.map(({ name, screen: canvas }) => h("div", {}, h("span", {}, name), canvas))),
      h("div", { class: "dartslab-sums" }, h("h4", {}, "Slope under each ball"), slopes.map(({ name, text }) => h("div", { class: "slope-of" }, h("i", { class: `dot ${name}` }), h("span", {}, name), text)), note),
      losses.node);
    losses.node.append(host.input("step"));
    const told = h("p", { class: "verdict" });

    let stopAt = 0;
    const player = ticker(stage, RATE, () => {
      const step = host.values().step + 1;
      if (step >= stopAt) player.pause();
      host.set({ step });
    });
    const toggle = () => {
      if (player.playing()) player.pause();
      else {
        stopAt = data.steps;
        if (host.values().step >= stopAt) host.set({ step: 0 });
        player.play();
      }
      ask();
    };
    const button = (text, onclick, name = "", title) => h("button", { type: "button", class: name, title, onclick }, text);
    const play = button("▶ Play", toggle, "main");
    const one = () => { player.pause(); host.set({ step: Math.min(data.steps, host.values().step + 1) }); };
    const reset = () => { player.pause(); host.set({ step: 0, choice: data.start, mixture: data.start }); };
    root.classList.add("dartslab-one-edge");
    root.append(
      h("div", { class: "top" },
        h("p", { class: "look" }, "A dial points at the operations in turn. A choice keeps the one it points at, a mixture weighs all of them."),
        h("div", { class: "transport" }, play, button("Step", one), button("Reset", reset, "", "both balls back to where they began; T and seed stay"))),
      told,
      h("div", { class: "both" }, stage, panel),
      h("div", { class: "under" }, host.input("temperature"), host.input("seed")),
    );

    // where things are
    const place = () => {
      const column = (stage.clientWidth - EDGE) / data.operations.length;
      return { column, X: (dial) => EDGE + column * (dial + 0.5) };
    };
    function turn(name, dial) {
      const kept = Math.round(100 * clamp(dial, ...data.ends)) / 100;
      player.pause();
      host.set(name === "mixture" ? { mixture: kept, step: 0 } : { choice: kept });
    }
    function grab(event, node, name) {
      event.preventDefault();
      node.focus({ preventScroll: true });
      node.setPointerCapture(event.pointerId);
      const [begin, from] = [event.clientX, dialFrame(host.values(), data)[name].at];
      node.onpointermove = (move) => turn(name, from + (move.clientX - begin) / place().column);
      node.onpointerup = node.onpointercancel = () => { node.onpointermove = null; };
    }
    function key(event, name) {
      const by = { ArrowRight: 1, ArrowUp: 1, ArrowLeft: -1, ArrowDown: -1, PageUp: 5, PageDown: -5 }[event.key];
      if (event.key === " ") toggle();
      else if (by) turn(name, dialFrame(host.values(), data)[name].at + 0.1 * by);
      else return;
      event.preventDefault();
    }

    let asked = 0;
    const ask = () => { asked ||= requestAnimationFrame(draw); };
    function draw() {
      asked = 0;
      const width = stage.clientWidth;
      if (!width) return;
      const settings = host.values();
      const [frame, dial] = [dialFrame(settings, data), dialOf(settings.seed, data)];
      drawChart(frame, dial, width);
      drawPanel(frame, dial);
      write(told, dialVerdict(frame, data));
      write(play, player.playing() ? "❚❚ Pause" : "▶ Play");
      root.dataset.step = frame.step;
      if (!player.playing()) host.say(dialWords(frame, data));
    }

    function drawChart(frame, dial, width) {
      const { column, X } = place();
      const most = 1.08 * Math.max(...frame.alone);
      const Y = (loss) => FOOT - ((FOOT - TOP) * loss) / most;
      const chosen = dial.choice(frame.choice.at);
      operations.forEach(({ name, weight, bar, seam, screen: canvas }, o) => {
        const p = frame.mixture.p[o];
        write(name, frame.operations[o], { x: X(o), y: 56, class: `middle name ${o === chosen ? "lead" : ""}` });
        write(weight, percent(p), { x: X(o), y: 70 });
        setAttributes(bar, { x: X(o) - 20 * p, y: 76, width: 40 * p, height: 5 });
        setAttributes(seam, { x1: X(o + 0.5), x2: X(o + 0.5), y1: TOP, y2: FOOT });
        canvas.style.transform = `translate(${X(o) - 19}px, 2px)`;
        canvas.classList.toggle("lead", o === chosen);
        const values = weightedSum(dial.edge.small, dial.table[o]);
        paint(canvas, values, greys(span(Array.from(values))));
      });
      setAttributes(ground, { x1: EDGE, x2: width, y1: FOOT, y2: FOOT });
      write(axis, "loss", { x: EDGE - 6, y: TOP + 10 });
      write(zero, "0", { x: EDGE - 6, y: FOOT });
      write(caption, "across: where the dial points. Drag a ball to start elsewhere; turn T down.", { x: EDGE, y: FOOT + 15 });
      setAttributes(steps, { d: `M${X(-0.5)} ${Y(frame.alone[0])}${frame.alone.map((loss, o) => `V${Y(loss)}H${X(o + 0.5)}`).join("")}` });
      const [first, last] = data.ends;
      const points = frame.curve.map((loss, i) => `${X(first + ((last - first) * i) / (data.points - 1)).toFixed(1)} ${Y(loss).toFixed(1)}`);
      setAttributes(curve, { d: `M${points.join("L")}` });
      const both = [{ ...frame.choice, slope: 0 }, frame.mixture];
      both.forEach(({ at, loss, slope }, i) => {
        const [x, y] = [X(at), Y(loss)];
        const tilt = (-slope * (FOOT - TOP)) / most / column;
        const run = 34 / Math.hypot(1, tilt);
        setAttributes(tangents[i], { x1: x - run, y1: y - run * tilt, x2: x + run, y2: y + run * tilt });
        balls[i].style.transform = `translate(${x - 10}px, ${y - 20}px)`;
        setAttributes(balls[i], { "aria-valuenow": at.toFixed(2), "aria-valuetext": `dial at ${at.toFixed(2)}, loss ${loss.toFixed(2)}, slope ${withSign(slope, 2)}` });
      });
      const [[x0, y0], [x1, y1]] = both.map(({ at, loss }) => [X(at), Y(loss)]);
      const near = Math.abs(x0 - x1) < 150 && Math.abs(y0 - y1) < 24;
      const right = (x, long) => (x + 15 + long > width ? { x: x - 15, "text-anchor": "end" } : { x: x + 15, "text-anchor": "start" });
      write(tags[0], "choice: flat, it stays", { ...right(near ? Math.max(x0, x1) : x0, 130), y: y0 - (near && y0 < y1 ? 20 : 5) });
      write(tags[1], Math.abs(frame.mixture.slope) < data.flat ? "mixture: it rests" : "mixture: it rolls", { ...right(near ? Math.max(x0, x1) : x1, 110), y: y1 - (near && y1 <= y0 ? 20 : 5) });
    }

    function drawPanel(frame, dial) {
      const { edge, table } = dial;
      const target = edge.small[edge.small.length - 1];
      const limits = greys(span(Array.from(target)));
      paint(results[0].screen, target, limits);
      paint(results[1].screen, weightedSum(edge.small, weightedSum(table, frame.mixture.p)), limits);
      paint(results[2].screen, weightedSum(edge.small, table[dial.choice(frame.choice.at)]), limits);
      write(slopes[0].text, "0");
      write(slopes[1].text, withSign(frame.mixture.slope, 3));
      write(note, Math.abs(frame.mixture.slope) < 5 * data.flat ? "No slope, no motion." : "A small turn of the dial moves a small part of the mixture: that is a slope.");
      losses.draw(frame);
    }

    const size = new ResizeObserver(ask);
    size.observe(stage);
    return { update: ask, stop() { player.stop(); size.disconnect(); cancelAnimationFrame(asked); } };
  },
};

// The loss under each ball over the steps.
function lossesOf(data) {
  const svg = h("svg", { height: 104, role: "img", "aria-label": "loss under each ball over the steps" });
  const [low, high] = [child(svg, "line", "grid"), child(svg, "line", "grid")];
  const [zero, top] = [child(svg, "text", "tick end"), child(svg, "text", "tick end")];
  const paths = [child(svg, "path", "run choice"), child(svg, "path", "run rolls")];
  const tags = [child(svg, "text", "halo weight"), child(svg, "text", "halo rolls")];
  const draw = (frame) => {
    const width = svg.clientWidth || 236;
    const [x0, x1, most] = [36, width - 62, Math.max(...frame.alone)];
    const X = (t) => x0 + ((x1 - x0) * t) / data.steps;
    const Y = (loss) => 97 - (90 * loss) / most;
    setAttributes(low, { x1: x0, x2: x1, y1: Y(0), y2: Y(0) });
    setAttributes(high, { x1: x0, x2: x1, y1: Y(most), y2: Y(most) });
    write(zero, "0", { x: x0 - 4, y: Y(0) + 4 });
    write(top, most.toFixed(1), { x: x0 - 4, y: Y(most) + 4 });
    const rows = [frame.losses.map(() => frame.choice.loss), frame.losses];
    rows.forEach((row, i) => setAttributes(paths[i], { d: `M${row.map((loss, t) => `${X(t).toFixed(1)} ${Y(loss).toFixed(1)}`).join("L")}${row.length > 1 ? "" : "h0.1"}` }));
    const ends = [frame.choice.loss, frame.mixture.loss].map(Y);
    const apart = Math.max(0, 12 - Math.abs(ends[0] - ends[1])) / 2;
    const side = ends[0] <= ends[1] ? -1 : 1;
    write(tags[0], "choice", { x: X(frame.step) + 5, y: ends[0] + 4 + side * apart });
    write(tags[1], "mixture", { x: X(frame.step) + 5, y: ends[1] + 4 - side * apart });
  };
  return { node: h("div", { class: "dartslab-past" }, h("h4", {}, "Loss so far"), svg), draw };
}
