// The dots of TruthExplorer: a cell each, with bars, the cells that searches found, and what is chosen and pointed at.

const [CLOUD_LEFT, CLOUD_RIGHT, CLOUD_TOP, CLOUD_FOOT, CLOUD_HIGH] = [48, 56, 24, 36, 362]; // pixels
const NEAR = 28; // pixels within which a dot is pointed at
const SHAPES = ["square", "diamond", "triangle", "circle"];
const lookOf = (group) => [SHAPES[group % SHAPES.length], `tone${group % 5}`];
const AXES = { parameters: "parameters of the network", "multiply-adds": "multiply-adds of the network for one picture", [RANK_AXIS]: "rank by estimated test loss: 1 is the best" };

// { node, draw(frame, width), point(place) }; `choose(place)` is called for what a person chooses
function truthChart(data, choose) {
  const count = data.cells.length, circles = data.cells.map((number) => h("circle", { class: "dot", "data-cell": number }));
  const grid = h("g", {}), bars = h("path", { class: "bars" }), litBars = h("path", { class: "bars lit" });
  const dots = h("g", { class: "dots" }, circles), over = h("g", {}), ring = h("g", {}), told = h("text", { class: "told", y: 15 });
  const node = h("svg", { class: "cloud", height: CLOUD_HIGH, tabindex: 0, role: "img" }, grid, bars, litBars, dots, over, ring, told);
  const domains = Object.fromEntries(Object.entries(data.measures).map(([name, { low, high, trainings }]) => {
    const [a, b] = span([low, high, ...trainings].flat()), pad = (b - a) / 40;
    return [name, [a - pad, b + pad]];
  }));
  let frame, width = 0, X, Y, xs = [], ys = [], orders = {}, pointed = null;

  function draw(next, wide) {
    [frame, width] = [next, wide];
    const { x, y, measure, against, lit } = frame, [low, high] = against === RANK_AXIS ? [1, Math.max(2, ...x)] : span(x), pad = (high - low) / 40;
    X = linear([low - pad, high + pad], [CLOUD_LEFT, width - CLOUD_RIGHT]);
    Y = linear(domains[measure], [CLOUD_HIGH - CLOUD_FOOT, CLOUD_TOP]);
    [xs, ys] = [x.map(X), y.map(Y)];
    const by = (first, second) => xs.map((_, i) => i).sort((a, b) => first[a] - first[b] || second[a] - second[b] || a - b);
    orders = { ArrowRight: by(xs, ys), ArrowUp: by(ys, xs).reverse() };
    const r = count > 300 ? 2.7 : 3.3;
    circles.forEach((circle, i) => {
      const look = lit ? (lit[i] === "1" ? " lit" : " dim") : "";
      setAttributes(circle, { class: `dot${look}`, cx: xs[i].toFixed(1), cy: ys[i].toFixed(1), r: look === " lit" ? r + 0.7 : r });
    });
    if (lit) dots.append(...circles.filter((_, i) => lit[i] === "1")); // above the others
    node.style.setProperty("--lit", lit ? colorOf(frame.operation) : "var(--quiet)");
    const bar = (i) => `M${xs[i].toFixed(1)},${Y(frame.low[i]).toFixed(1)}V${Y(frame.high[i]).toFixed(1)}`;
    const path = (wanted) => (frame.bars ? xs.map((_, i) => (((lit && lit[i] === "1") === wanted) ? bar(i) : "")).join("") : "");
    bars.setAttribute("d", frame.bars && !lit ? xs.map((_, i) => bar(i)).join("") : path(false));
    litBars.setAttribute("d", lit ? path(true) : "");
    grid.replaceChildren(...axes(low, high), ...noise());
    const taken = [];
    over.replaceChildren(...means(taken), ...trails(), ...marks(taken), ...best(taken));
    drawChosen();
    point(null);
  }

  function axes(low, high) {
    const { measure, against } = frame, accuracy = measure.endsWith("accuracy"), scale = accuracy ? 100 : 10000;
    const [right, foot] = [width - CLOUD_RIGHT, CLOUD_HIGH - CLOUD_FOOT];
    const lines = niceTicks(...domains[measure].map((v) => v / scale), 6).map((tick) => [
      h("line", { class: "grid", x1: CLOUD_LEFT, x2: right, y1: Y(tick * scale), y2: Y(tick * scale) }),
      h("text", { class: "tick end", x: CLOUD_LEFT - 5, y: Y(tick * scale) + 3.5 }, String(tick))]);
    const feet = niceTicks(low, high, Math.max(3, Math.floor(width / 110))).map((tick) => h("text", { class: "tick middle", x: X(tick), y: foot + 14 }, tick.toLocaleString("en")));
    return [...lines.flat(), ...feet, h("line", { class: "axis", x1: CLOUD_LEFT, x2: right, y1: foot, y2: foot }),
      h("text", { class: "name", x: 5, y: 13 }, `${measure} ${accuracy ? "in %: higher" : "in nats: lower"} is better`),
      h("text", { class: "tick middle", x: (CLOUD_LEFT + right) / 2, y: CLOUD_HIGH - 6 }, AXES[against])];
  }

  // one standard deviation up and down from the mean of all cells: between the seeds of a cell, and between cells
  function noise() {
    const { within, between, average } = data.measures[frame.measure];
    return [["seeds", within], ["cells", between]].flatMap(([name, size], i) => {
      const x = width - CLOUD_RIGHT + 14 + 25 * i, [top, foot] = [Y(average + size), Y(average - size)];
      return [h("path", { class: `noise ${name}`, d: `M${x - 4},${top}h8m-4,0V${foot}m-4,0h8` }),
        h("text", { class: "tick middle upright", transform: `translate(${x + 12},${Y(average)}) rotate(-90)` }, `${name} ± ${inDigits(size, frame.measure)}`)];
    });
  }

  // the first of a few places beside (x, y) that no other text has
  function label(text, x, y, look, taken, gap = 9) {
    const w = widthOf(text, "600 11px system-ui, sans-serif") + 2, right = width - CLOUD_RIGHT;
    const spots = [1, 1.9, 2.8, 3.7].flatMap((far) => [[1, 0], [-1, 0], [0, -1], [0, 1], [1, -1], [1, 1], [-1, -1], [-1, 1]]
      .map(([i, j]) => [x + (i ? i * gap * far : 0) - (w * (1 - i)) / 2, y + 4 + j * (gap + 3) * far]));
    const free = ([a, b]) => a > CLOUD_LEFT && a + w < right && b > CLOUD_TOP + 8 && b < CLOUD_HIGH - CLOUD_FOOT - 3
      && taken.every(([c, d, e]) => a > c + e || a + w < c || Math.abs(b - d) > 12);
    const [a, b] = spots.find(free) ?? spots[0];
    taken.push([a, b, w]);
    return h("text", { class: `mine ${look}`, x: a, y: b }, text);
  }

  function means(taken) {
    const there = [["with", "lit"], ["without", "dim"]].map(([name, look], i) => ({ name, look, mean: frame.means[i] })).filter(({ mean }) => mean !== null);
    const first = Math.min(...there.map(({ mean }) => Y(mean)));
    return there.flatMap(({ name, look, mean }) => {
      const y = Y(mean), at = y === first ? y - 4 : y + 12, words = `mean ${name} ${inDigits(mean, frame.measure)}`;
      const w = widthOf(words, "600 11px system-ui, sans-serif") + 4, ends = [CLOUD_LEFT + 3, width - CLOUD_RIGHT - w];
      const covered = ends.map((x) => xs.filter((dx, i) => dx > x - 6 && dx < x + w + 6 && Math.abs(ys[i] - at + 4) < 11).length);
      const x = ends[smallestAt(covered)]; // the end with fewer dots
      taken.push([x, at, w]);
      return [h("line", { class: `mean ${look}`, x1: CLOUD_LEFT, x2: width - CLOUD_RIGHT, y1: y, y2: y }), h("text", { class: `mine ${look}`, x, y: at }, words)];
    });
  }

  const trails = () => data.marks.filter(({ trail }) => trail.length > 1).map(({ group, trail }) =>
    h("polyline", { class: `trail line ${lookOf(data.groups.indexOf(group))[1]}`, points: trail.map((place) => `${xs[place].toFixed(1)},${ys[place].toFixed(1)}`).join(" ") }));

  // one sign for all searches of a method that found the same cell, with their seeds beside it
  function marks(taken) {
    const all = data.signs.map(({ place, group, seeds, aside }) => ({ x: xs[place] + 11 * aside, y: ys[place], seeds: seeds.join(", "), look: lookOf(group) }));
    for (const { x, y } of all) taken.push([x - 6, y + 4, 12]);
    return [...all.map(({ x, y, look: [shape, tone] }) => symbol(shape, x, y, `${tone} found`, 5.4)),
      ...all.map(({ x, y, seeds, look: [, tone] }) => label(seeds, x, y, tone, taken))];
  }

  function best(taken) {
    const [x, y] = [xs[frame.best], ys[frame.best]];
    return [h("path", { class: "best", d: `M${x - 12},${y}h6M${x + 6},${y}h6M${x},${y - 12}v6M${x},${y + 6}v6` }), label("best", x, y, "ink", taken, 20)];
  }

  function drawChosen() {
    const { place } = frame.chosen, [x, y] = [xs[place], ys[place]];
    const each = data.measures[frame.measure].trainings[place].map((value) => h("path", { class: "training", d: `M${x - 5},${Y(value)}h10` }));
    ring.replaceChildren(h("path", { class: "bar", d: `M${x},${Y(frame.low[place])}V${Y(frame.high[place])}` }), ...each, h("circle", { class: "ring", cx: x, cy: y, r: 7 }));
  }

  // a ring around a dot, and what it is; null for none
  function point(place) {
    if (place !== null && place === pointed) return;
    if (pointed !== null) circles[pointed].classList.remove("pointed");
    pointed = place;
    if (place !== null) circles[place].classList.add("pointed");
    write(told, place === null ? "" : `cell ${data.cells[place]}: rank ${data.ranks[place]}, ${inDigits(frame.y[place], frame.measure)}`, { x: width - 5, class: "told end" });
  }

  function nearest(event, reach) {
    const box = node.getBoundingClientRect(), [x, y] = [event.clientX - box.left, event.clientY - box.top];
    const away = xs.map((dx, i) => (dx - x) ** 2 + (ys[i] - y) ** 2), place = smallestAt(away);
    return away[place] <= reach ** 2 ? place : null;
  }
  const take = (event, reach) => { const place = nearest(event, reach); if (place !== null && place !== frame.chosen.place) choose(place); };
  node.addEventListener("pointerdown", (event) => { node.setPointerCapture(event.pointerId); take(event, NEAR); });
  node.addEventListener("pointermove", (event) => { if (node.hasPointerCapture(event.pointerId)) take(event, Infinity); else point(nearest(event, NEAR)); });
  node.addEventListener("pointerleave", () => point(null));
  node.addEventListener("keydown", (event) => {
    const forward = { ArrowRight: orders.ArrowRight, ArrowUp: orders.ArrowUp }[event.key], back = { ArrowLeft: orders.ArrowRight, ArrowDown: orders.ArrowUp }[event.key];
    const order = forward ?? back, here = order?.indexOf(frame.chosen.place), ends = span(data.ranks);
    const to = order ? order[clamp(here + (forward ? 1 : -1), 0, count - 1)] : { Home: data.ranks.indexOf(ends[0]), End: data.ranks.indexOf(ends[1]) }[event.key];
    if (to === undefined) return;
    event.preventDefault();
    if (to !== frame.chosen.place) choose(to);
  });
  return { node, draw };
}
