// The toy in beats: a plane of (a, w) in which every term is an arrow. Arrows along a are slopes of L_val, uphill.

const [LOW, HIGH] = [{ a: -0.5, w: -2.8 }, { a: 5.6, w: 4.4 }]; // what the plane shows
const [REACH, TRAIN_REACH] = [0.6, 0.2]; // how long an arrow for a slope of 1 is, in units of the plane
const LEVELS = [-14, -10, -7, -5, -3.3, -1.8, -0.4, 2.2, 4, 6, 8.5, 11.5];
const FIELD = 0.018; // how much darker each field between contours is
const APART = 0.42; // how far the two points of eq. 8 are drawn apart; their numbers are those of the published radius
const PATHS = { // of whole searches: tone, dash, mark at the end
  "first order": ["direct", "7 5", "square"], truth: ["truth", "2 5", null], exact: ["ink", null, "disc"], "with the mistake": ["implicit", "10 4 2 4", "cross"] };

const scaleX = (W) => linear([LOW.a, HIGH.a], [0, W]);
const scaleY = (H) => linear([LOW.w, HIGH.w], [H, 0]);

// Contours of L_val with fields between them, axes: w = 2 + (level - 1) / a.
function drawLandscape(W, H) {
  const p = pen(W, H);
  const [X, Y] = [scaleX(W), scaleY(H)];
  const curve = (level, from, to) => Array.from({ length: 61 }, (_, k) => {
    const t = from < 0 ? 1 - (1 - k / 60) ** 3 : (k / 60) ** 3; // dense near a = 0
    const a = from + t * (to - from);
    return [X(a), clamp(Y(2 + (level - 1) / a), -2 * H, 3 * H)];
  });
  for (const level of LEVELS) {
    const [left, right] = [curve(level, LOW.a, -0.02), curve(level, 0.02, HIGH.a)];
    // Above the curve the loss is higher, and below it where a is negative; at a = 0 it is 1.
    if (level < 1) p.shape([...left, [W, -2 * H], ...right.reverse(), [0, 3 * H]], "quiet", FIELD);
    else for (const points of [[...right, [W, -2 * H]], [...left, [0, 3 * H]]]) p.shape(points, "quiet", FIELD);
    for (const points of [left, right]) p.line(points, "quiet", 0.8, { alpha: 0.35 });
  }
  const small = { size: 11, halo: false };
  for (const k of [0, 1, 2, 3]) {
    p.text(String(k), X(k), H - 9, "quiet", { ...small, align: "center" });
    if (k === 1 || k === 2) p.text(String(k), 8, Y(k), "quiet", { ...small, align: "center" });
  }
  p.text("architecture a →", W - 8, H - 9, "quiet", { ...small, size: 11.5, align: "right" });
  p.text("weight w →", 9, Y(3.5), "quiet", { ...small, size: 11.5, align: "center", turn: -90 });
  return p.nodes;
}

// The direct term: a moves, and what it finds there stays at its height.
function drawHeldStill(p, x, y, a, X, t, name) {
  const d = a > 3.6 ? -0.8 : 0.8;
  const [out, side] = [part(t, 0, 0.25), Math.sign(d)];
  const there = mix(x, X(a + d), out);
  p.line([[X(LOW.a), y], [X(HIGH.a), y]], "direct", 1.6, { alpha: 0.45 * out, dash: "6 4" });
  p.line([[x, y], [there, y]], "direct", 2.2, { alpha: out });
  p.disc(there, y, 6.5, { fill: "ground", stroke: "direct", dash: "3 2.4", alpha: out });
  const look = { align: d > 0 ? "left" : "right", alpha: out };
  const above = y > 34 ? y - 21 : y + 14;
  p.text("a moved,", there + 12 * side, above, "direct", { ...look, size: 12, weight: 650 });
  p.text(`${name} held still`, there + 12 * side, above + 14, "direct", { ...look, size: 11.5 });
}

// The implicit term: from a + d the same w makes another virtual step; the line of all w'(a) tilts.
function drawFollowing(p, n, frame, x, X, Y, t, beat) {
  const d = n.a > 3.6 ? -0.8 : 0.8;
  const [fades, follows, side, bx, gy] = [beat === 5 ? 1 : 0.4, 2 * frame.settings.xi, Math.sign(d), X(n.a + d), Y(n.prime)];
  const there = n.prime + follows * d;
  const [out, slide, tilt] = beat === 5 ? [part(t, 0, 0.16), part(t, 0.18, 0.42), part(t, 0.44, 0.66)] : [1, 1, 1];
  const look = { align: d > 0 ? "left" : "right" };
  if (beat === 5) {
    p.line([[x, gy], [bx, gy]], "direct", 1.6, { dash: "6 4", alpha: 0.8 * out }); // where w' would be if it did not follow
    const sx = mix(x, bx, out);
    p.line([[x, Y(n.w)], [sx, Y(n.w)]], "quiet", 1.3, { alpha: 0.8 });
    p.disc(sx, Y(n.w), 5.5, { fill: "ground", stroke: "ink" });
    if (Math.abs(gy - Y(n.w)) > 34) p.text("a moved, same w", sx + 11 * side, Y(n.w), "quiet", { ...look, size: 11.5, alpha: out });
    if (slide) {
      const y = Y(mix(n.w, there, slide));
      p.line([[bx, Y(n.w)], [bx, y]], "ink", 1.6, { dash: "1 5", alpha: 0.7 });
      p.disc(bx, y, 6.5, { fill: "ground", stroke: "implicit", dash: "3 2.4" });
    }
  }
  if (!tilt) return;
  const road = (a) => Y(n.prime + follows * (a - n.a) * tilt);
  p.line([[X(LOW.a), road(LOW.a)], [X(HIGH.a), road(HIGH.a)]], "implicit", 1.8, { alpha: 0.75 * fades });
  if (beat !== 5) return;
  p.line([[bx, gy], [bx, Y(there)]], "implicit", 4);
  p.disc(bx, Y(there), 6.5, { fill: "ground", stroke: "implicit", dash: "3 2.4" });
  const y = Math.max(14, mix(gy, Y(there), 0.5) - 8);
  p.text("w′ follows", bx + 12 * side, y, "implicit", { ...look, weight: 650, alpha: tilt });
  p.text(`${formatNumber(follows)} per unit of a`, bx + 12 * side, y + 15, "implicit", { ...look, size: 11.5, alpha: tilt });
}

// Eq. 8: the gradient by a at two points around w.
function drawTwoPoints(p, n, frame, data, x, y, unitX, unitY, k) {
  const { known } = data;
  const { mistake, settings: { hypergradient } } = frame;
  const [r, out, grow, up] = [APART * unitY, part(k, 0, 0.4), part(k, 0.4, 1), n.v >= 0 ? 1 : -1];
  p.line([[x, y - r], [x, y + r]], "v", 2, { alpha: out });
  const made = hypergradient === "finite difference";
  const left = x > p.W - 190;
  const [at, align, end] = [left ? x - 68 : x + 14, left ? "right" : "left", clamp(10 * (grow - 0.9))];
  const front = !made || mistake !== known.sign ? (made && mistake === known.no_xi ? "−" : "−ξ ") : "+ξ ";
  const over = made && mistake === known.halves ? "/ 2 · ε" : made && mistake === known.doubles ? "/ ε" : "/ 2ε";
  p.text(`${front}(${formatNumber(n.plus)} − ${formatNumber(n.minus)}) ${over}`, at, y - 7, "ink", { size: 12, alpha: end, align });
  p.text(`= ${formatNumber(made && mistake !== known.dropped ? n.implicit : n.difference, true)}`, at, y + 8, "implicit", { weight: 650, alpha: end, align });
  ["slopes of L_train in a", "(ε drawn wider)"].forEach((words, i) => p.text(words, at, y + r + 17 + 13 * i, "quiet", { size: 11, alpha: out, align }));
  for (const [side, value, name] of [[1, n.plus, "w + εv"], [-1, n.minus, "w − εv"]]) {
    const py = y - side * up * r * out;
    const long = -2 * (n.w + side * up * APART - n.a) * TRAIN_REACH * 0.85 * unitX * grow;
    p.along(x, py, x + long, "quiet", 5, { alpha: out });
    p.disc(x, py, 5, { fill: "ground", stroke: "v", alpha: out });
    p.text(name, x - 10, py, "v", { align: "right", size: 12, weight: 650, alpha: out });
    p.text(formatNumber(value), clamp(x + Math.max(0, long) + 7, 0, p.W - 36), py, "quiet", { size: 12, weight: 650, alpha: grow });
  }
}

// Where the arrows of the sum stand: beside w', away from w, clear of the two points around w.
function stackAt(p, n, py, gy, unitY) {
  const room = APART * unitY + 18;
  const up = (n.prime >= n.w && py - room > 90) || py + room > p.H - 100 ? -1 : 1;
  return { up, base: clamp(up < 0 ? Math.min(gy, py - room) : Math.max(gy, py + room), 66, p.H - 66) };
}

// The implicit arrow as it should be, also inside a longer wrong one.
function drawRightOutline(p, n, x, y, scale, alpha) {
  if (Math.abs(n.implicit - n.right_implicit) < 0.004) return;
  const inside = n.implicit * n.right_implicit > 0 && Math.abs(n.implicit) > Math.abs(n.right_implicit);
  p.along(x, y, x + n.right_implicit * scale, inside ? "ground" : "implicit", inside ? 3 : 6, { outline: true, alpha });
}

function drawSumOfArrows(p, n, frame, data, t, at) {
  const { px, py, gy, unitX, unitY, Y, first, wrong } = at;
  const s = REACH * unitX;
  const [k1, k2, k3, k4] = [part(t, 0, 0.15), part(t, 0.1, 0.3), part(t, 0.3, 0.5), part(t, 0.5, 0.65)];
  const { up, base } = first ? { up: py > 120 ? -1 : 1, base: py } : stackAt(p, n, py, gy, unitY);
  const [y1, y2, y3, from] = [base, base + 15 * up, first ? base - 20 * up : base + 31 * up, px + n.direct * s];
  p.line([[px, gy], [px, y3]], "quiet", 1, { alpha: k3 });
  p.along(px + (Math.abs(n.direct * s) > 26 && y1 === gy ? Math.sign(n.direct) * 9 : 0), y1, from, "direct", 6, { alpha: k1 });
  if (!first) {
    p.line([[from, y1], [from, y2]], "quiet", 1, { alpha: k2 });
    p.along(from, y2, from + n.implicit * s * k2, "implicit", 6);
    if (wrong) drawRightOutline(p, n, from, y2, s, k2);
  }
  if (k3) {
    const tip = px + n.sum * s;
    p.along(px, y3, px + n.sum * s * k3, "ink", 8);
    const [rightwards, fits] = [n.sum >= -0.02, n.sum >= -0.02 ? tip < p.W - 84 : tip > 84];
    const [x, align] = rightwards ? (fits ? [tip + 8, "left"] : [px - 8, "right"]) : fits ? [tip - 8, "right"] : [px + 8, "left"];
    p.text(`g = ${formatNumber(n.sum, true)}`, x, y3 + 1, "ink", { align, weight: 700, size: 13.5, alpha: k3 });
  }
  if (first && t > 0.65 && Math.abs(n.truth - n.sum) > 0.02) {
    const [y, k, to] = [y1 + 20 * up, part(t, 0.65, 1), px + n.truth * s];
    p.line([[from, y1], [from, y]], "quiet", 1, { alpha: k });
    p.along(from, y, to, "implicit", 6, { outline: true, alpha: k });
    p.text("missing: how w follows", clamp((from + to) / 2, 88, p.W - 88), y + 16 * up, "implicit", { align: "center", weight: 650, alpha: k });
  }
  if (k4) { // along the valley
    const vy = Y(n.valley);
    const free = vy > 26 && vy < p.H - 8 && (vy < Math.min(y1, y3) - 22 || vy > Math.max(y1, y3) + 26) && Math.abs(vy - py) > (first ? 44 : APART * unitY + 20);
    const y = free ? vy : first ? y1 + (up > 0 ? 72 : -52) : y3 + 24 * up; // its text stands above it
    p.line([[px, vy], [px, y]], "truth", 1, { alpha: k4 });
    p.disc(px, vy, 4, { fill: "truth", alpha: k4 });
    p.along(px, y, px + n.truth * s * k4, "truth", 6, { alpha: k4 });
    p.text(`truth ${formatNumber(n.truth, true)}`, n.truth > 0 ? Math.min(px + 10, p.W - 90) : Math.max(px - 10, 90), clamp(y - 16, 16, p.H - 10), "truth", { weight: 650, alpha: k4, align: n.truth > 0 ? "left" : "right" });
  }
  if (!first) drawTwoPoints(p, n, frame, data, px, py, unitX, unitY, part(t, 0.65, 1));
}
