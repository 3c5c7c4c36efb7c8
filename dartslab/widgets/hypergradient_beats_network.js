// A tiny network in beats: its passes from left to right, each with the numbers that go in and come out.

const ROW = 17; // height of a row of numbers
const TALL = 296; // of the picture

// A tensor as a table: its columns are the operations. `marks` are the numbers as they should be: others are outlined.
function drawTensor(p, x, y, cell, name, values, tone, { alpha = 1, marks = null, decimals = 2, strong = true } = {}) {
  const columns = 3;
  p.text(name, x + (columns * cell) / 2, y, strong && alpha > 0.5 ? tone : "quiet", { align: "center", size: 11.5, weight: strong && alpha > 0.5 ? 650 : 400, halo: false });
  values.forEach((value, i) => {
    const [left, top] = [x + (i % columns) * cell, y + 9 + Math.floor(i / columns) * ROW];
    const size = { x: left + 0.75, y: top + 0.75, width: cell - 1.5, height: ROW - 1.5, rx: 2 };
    p.add("rect", { ...size, style: `fill:${INK.ground};stroke:${INK.faint}` });
    if (alpha <= 0) return;
    p.add("rect", { ...size, style: `fill:${INK[tone]}`, opacity: alpha * (0.1 + 0.28 * clamp(Math.abs(value))) });
    const off = marks && Math.abs(value - marks[i]) > 0.004;
    if (off) p.add("rect", { ...size, style: `fill:none;stroke:${INK.implicit}`, "stroke-width": 1.6, "stroke-dasharray": "3 2", opacity: alpha });
    const words = decimals === 3 ? value.toFixed(3).replace("-", "−") : formatNumber(value);
    p.text(cell < 38 ? words.replace("0.", ".") : words, left + cell / 2, top + ROW / 2, "ink", { align: "center", size: cell < 38 ? 10.5 : 11.5, halo: false, numbers: true, alpha: off ? 1 : alpha });
  });
  return y + 9 + Math.ceil(values.length / columns) * ROW;
}

// What each pass of a hypergradient takes and gives: [name, numbers, tone, beat, more].
function passColumns(frame, data) {
  const { known } = data;
  const { hypergradient } = frame.settings;
  const place = frame.mistake === known.place;
  const slope = { at: "w", batch: "training", beat: 1, takes: frame.w, tone: "ink", gives: [["slope of w", frame.slope, "ink", 1]] };
  const check = { at: place ? "w, not w′" : "w′", batch: "validation", beat: 3, takes: frame.asked, marks: frame.right_prime, tone: "direct", from: 2,
    gives: [["v", frame.v, "v", 3, { marks: frame.right_v }], ["direct term", frame.direct, "direct", 4, { marks: frame.right_direct }]] };
  if (hypergradient === "first order") return [{ at: "w", batch: "validation", beat: 4, takes: frame.w, tone: "direct", gives: [["direct term", frame.direct, "direct", 4]] }];
  if (hypergradient === "exact") return [slope, check, { at: "w, along v", batch: "training", beat: 5, takes: frame.w, tone: "implicit", twice: true, from: 5,
    gives: [["implicit term", frame.implicit, "implicit", 5, { marks: frame.right_implicit }]] }];
  const near = (sign, numbers) => ({ at: `w ${sign > 0 ? "+" : "−"} εv`, batch: "training", beat: 5, takes: plusOf(frame.w, frame.v, sign * frame.eps), tone: "implicit", from: 5,
    gives: [["gradient by α", numbers, "implicit", 5, { decimals: 3 }]] });
  return [slope, check, near(1, frame.plus), near(-1, frame.minus)];
}

// Pictures, boxes, loss: a pass runs forward, then back. `run` from 0 to 1.
function drawPass(p, x, y, half, tone, run, { twice = false, alpha = 1 } = {}) {
  const [front, rear] = [clamp(run / 0.45), clamp((run - 0.5) / 0.45)];
  const [left, right, size] = [x - half, x + half, Math.min(18, half / 3.4)];
  for (let i = 2; i >= 0; i -= 1) p.add("rect", { x: left - 9 + i * 2.5, y: y - 6 - i * 2.5, width: 12, height: 12, style: `fill:${INK.ground};stroke:${INK.quiet}`, opacity: alpha });
  p.line([[left + 7, y], [right - 9, y]], "quiet", 1.4, { alpha });
  for (const place of [-0.42, 0, 0.42]) {
    const [cx, lit] = [x + place * half, run > 0 && front >= 0.5 + place / 2];
    if (twice) p.add("rect", { x: cx - size / 2 + 4, y: y - size * 0.8 + 4, width: size, height: size * 1.6, rx: 3, style: `fill:${INK[lit ? tone : "faint"]}`, opacity: 0.5 * alpha });
    p.add("rect", { x: cx - size / 2, y: y - size * 0.8, width: size, height: size * 1.6, rx: 3, style: `fill:${lit ? `color-mix(in srgb, ${INK[tone]} 26%, ${INK.ground})` : INK.ground};stroke:${INK[lit ? tone : "quiet"]}`, "stroke-width": 1.6, opacity: alpha });
  }
  const done = front >= 1;
  p.disc(right, y, 8.5, { fill: done ? tone : "ground", stroke: done ? tone : "quiet", width: 1.6, alpha });
  p.text("L", right, y, done ? "ground" : "quiet", { align: "center", size: 11, weight: 650, italic: true, halo: false, alpha });
  if (run > 0.5) {
    const [low, tip] = [y + size * 0.8 + 7, mix(right, left, rear)];
    p.line([[right, y + 9], [right, low], [tip, low]], tone, 2, { alpha });
    p.shape([[tip - 6, low], [tip + 1, low - 4.5], [tip + 1, low + 4.5]], tone, alpha);
  } else if (run > 0 && !done) p.disc(mix(left, right, front), y, 4.5, { fill: tone });
}

// From the outcome of a pass to the weights of a later one.
function drawWire(p, points, tone, k) {
  if (k <= 0) return;
  const lengths = points.slice(1).map(([x, y], i) => Math.hypot(x - points[i][0], y - points[i][1]));
  const seen = [points[0]];
  let left = k * sumOf(lengths);
  lengths.forEach((long, i) => {
    if (left <= 0) return;
    const f = Math.min(1, left / long);
    seen.push([mix(points[i][0], points[i + 1][0], f), mix(points[i][1], points[i + 1][1], f)]);
    left -= long;
  });
  p.line(seen, tone, 2);
  const [x, y] = points[points.length - 1];
  if (k > 0.97) p.shape([[x + 1, y], [x - 6, y - 4.5], [x - 6, y + 4.5]], tone);
}

function drawNetwork(frame, data, t, W) {
  const p = pen(W, TALL);
  const { beat, hypergradient } = frame.settings;
  const columns = passColumns(frame, data);
  const first = hypergradient === "first order";
  const at = (k) => (first && data.skipped.includes(k) ? 0 : beat > k ? 1 : beat === k ? t : 0);
  const wide = Math.min(W / (columns.length + 1), 230);
  const cell = Math.min(44, (wide - 12) / 3);
  const start = (W - wide * (columns.length + 1)) / 2;
  const middle = (k) => start + wide * (k + 0.5);
  const left = (k) => middle(k) - 1.5 * cell;

  // where the search is; in the last two beats it moves
  const [a, w] = [mixOf(frame.a, frame.next_a, at(7)), mixOf(frame.w, frame.next_w, at(8))];
  p.text("now", middle(0), 13, "ink", { align: "center", size: 13, weight: 650, halo: false });
  data.operations.forEach((name, o) => p.text(name, left(0) + (o + 0.5) * cell, 30, "quiet", { align: "center", size: cell < 38 ? 10.5 : 11, halo: false }));
  drawTensor(p, left(0), 46, cell, beat >= 7 ? "α after its step" : "α", a, "ink", { strong: beat === 0 || beat === 7 });
  drawTensor(p, left(0), 84, cell, beat === 8 ? "w after its step" : "w", w, "ink", { strong: beat === 0 || beat === 8 });
  if (beat === 8) drawPass(p, middle(0), 152, 1.3 * cell, "ink", t);
  p.line([[start + wide, 22], [start + wide, TALL - 70]], "faint", 1);

  const spot = {};
  columns.forEach((column, i) => {
    const k = i + 1;
    const run = column.beat === 5 ? part(at(5), 0.25, 0.8) : at(column.beat);
    const alpha = beat >= column.beat ? 1 : 0.45;
    p.text(`pass ${k}`, middle(k), 13, beat >= column.beat ? "ink" : "quiet", { align: "center", size: 13, weight: 650, halo: false });
    p.text(`${column.batch} batch`, middle(k), 30, "quiet", { align: "center", size: 11, halo: false });
    const ready = column.from === 2 ? part(at(2), 0.5, 1) : column.from === 5 ? part(at(5), 0.15, 0.3) : beat >= column.beat || beat > 0 || first ? 1 : 0.6;
    drawTensor(p, left(k), 48, cell, column.at, column.takes, column.from === 5 ? "v" : "ink", { alpha: ready, marks: column.marks, strong: beat === column.beat || (column.from === 2 && beat === 2) });
    spot[`in${k}`] = [left(k) - 2, 48 + 9 + ROW];
    drawPass(p, middle(k), 114, 1.25 * cell, column.tone, run, { twice: column.twice, alpha });
    let y = 150;
    for (const [name, numbers, tone, from, more] of column.gives) {
      const grown = from === column.beat ? part(at(from), from === 5 ? 0.75 : 0.8, 1) : part(at(from), 0, 0.5);
      const below = drawTensor(p, left(k), y, cell, name, numbers, tone, { alpha: grown, ...more });
      spot[name] = [left(k) + 3 * cell + 2, y + 9 + ROW];
      y = below + 9;
    }
  });
  const bend = (from, to, tone, k) => drawWire(p, [from, [to[0] - 7, from[1]], [to[0] - 7, to[1]], to], tone, k);
  if (!first) {
    bend(spot["slope of w"], spot.in2, "ink", part(at(2), 0, 0.7));
    bend(spot.v, spot.in3, "v", part(at(5), 0, 0.25));
  }
  drawSum(p, frame, data, t, W, at, cell);
  return p.nodes;
}

const mixOf = (xs, ys, t) => xs.map((x, i) => mix(x, ys[i], ease(t)));

// direct + implicit = g, and first order beside it
function drawSum(p, frame, data, t, W, at, cell) {
  const first = frame.settings.hypergradient === "first order";
  const wrong = frame.mistake !== data.known.none;
  const [long, gap, y] = [3 * cell, W > 700 ? 34 : 18, TALL - 50];
  const shown = first ? ["direct", "sum"] : ["direct", "implicit", "sum", "first"];
  const start = (W - shown.length * long - (shown.length - 1) * gap) / 2;
  const looks = {
    direct: ["direct term", "direct", part(at(4), 0.3, 1)], implicit: ["implicit term", "implicit", part(at(5), 0.85, 1)],
    sum: ["g", "ink", part(at(6), 0, 0.6)], first: ["first order would be", "direct", part(at(6), 0.5, 1)],
  };
  const right = { direct: frame.right_direct, implicit: frame.right_implicit, sum: plusOf(frame.right_direct, frame.right_implicit) };
  shown.forEach((name, i) => {
    const [words, tone, alpha] = looks[name];
    const x = start + i * (long + gap);
    if (name === "first" && alpha <= 0) return;
    const below = drawTensor(p, x, y, cell, words, frame[name], tone, { alpha, marks: wrong ? right[name] : null, strong: name !== "first" });
    if (wrong && right[name] && alpha > 0.5) p.text(`right: ${right[name].map((one) => formatNumber(one)).join("  ")}`, x + long / 2, below + 9, "quiet", { align: "center", size: 10.5, halo: false });
    const between = { implicit: "+", sum: "=" }[name];
    if (between) p.text(between, x - gap / 2, y + 9 + ROW / 2, "quiet", { align: "center", size: 16, halo: false });
  });
}
