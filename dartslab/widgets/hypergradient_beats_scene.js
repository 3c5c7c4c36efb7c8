// What the plane shows in each beat; `t` from 0 to 1 is how much of the beat is over.

function drawPlane(frame, data, t, W, H) {
  const p = pen(W, H);
  const { known } = data;
  const { beat, hypergradient } = frame.settings;
  const n = Object.fromEntries(Object.entries(frame).filter(([, value]) => Array.isArray(value)).map(([name, value]) => [name, value[0]]));
  const [X, Y] = [scaleX(W), scaleY(H)];
  const [unitX, unitY] = [W / (HIGH.a - LOW.a), H / (HIGH.w - LOW.w)];
  const [first, difference, wrong] = [hypergradient === "first order", hypergradient === "finite difference", frame.mistake !== known.none];
  const decay = decayOf(frame.mistake, data);
  const c = valleySlope(decay);
  const walked = frame.done > 0;
  const stands = walked && beat === 0; // the paths are what is looked at
  const late = Y(n.w) > H - 66;
  if (!stands && !late) p.text("Arrows point uphill; steps go against them.", 8, H - 28, "quiet", { size: 11 });
  if (!late) p.text("low validation loss", W - 8, H - 30, "quiet", { align: "right", size: 11 });
  const corner = Y(n.w) < 120 && X(n.a) > W - 260; // where labels of the point stand
  if (!corner) p.text("high validation loss", W - 8, 54, "quiet", { align: "right", size: 11 });

  const ends = [[X(LOW.a), Y(c * LOW.a)], [X(HIGH.a), Y(c * HIGH.a)]];
  for (const [width, alpha] of [[22, 0.14], [11, 0.2], [2.4, 1]]) p.line(ends, "lane", width, { alpha });
  const turn = (Math.atan2(ends[1][1] - ends[0][1], ends[1][0] - ends[0][0]) * 180) / Math.PI;
  if (!stands && (beat < 3 || beat > 6)) p.text("valley: w trained to the end", X(1 / c + 1.02) - 11, Y(1 + 1.02 * c) - 13, "quiet", { align: "center", size: 11.5, turn });
  p.star(X(1 / c), Y(1), "truth");
  const near = Math.hypot(n.a - 1 / c, n.w - 1) < 0.7; // labels would touch
  if (!stands && !near) p.text("best", X(1 / c) - 11, Y(1) - 10, "truth", { align: "right", weight: 650 });

  const [px, py, gy, ay] = [X(n.a), Y(n.w), Y(n.prime), Y(n.asked)];
  const at = (k) => (first && data.skipped.includes(k) ? 0 : beat > k ? 1 : beat === k ? t : 0);
  if (walked) drawPaths(p, frame, data, X, Y, stands ? 1 : 0.3);
  const moves = beat >= 7;
  if (!stands && !moves) {
    p.line([[px, py], [px, Y(n.valley)]], "quiet", 1.3, { dash: "2 4", alpha: beat < 4 ? 0.9 : 0.35 });
    if (beat < 4) p.disc(px, Y(n.valley), 4, { fill: "lane" });
    if (beat === 1 || beat === 2) p.text("w*(a)", px + 11, Y(n.valley) + 13, "quiet", { size: 12 });
    if (beat === 0) drawQuestion(p, n, t, px, py, Y, unitX);
    if (!first && (beat === 1 || beat === 2)) drawRamp(p, n, decay, beat, t, px, Y);
    if (at(1)) { // the slope of L_train
      const [grown, alpha] = [part(at(1), 0.3, 1), beat <= 2 ? 1 : beat === 3 ? 0.35 : 0];
      p.arrow(px, py, px, py - n.slope * TRAIN_REACH * unitY * grown, "quiet", 5, { alpha });
      if (beat === 1) {
        const y = clamp(py - n.slope * TRAIN_REACH * unitY * 0.7, 40, H - 48);
        p.text(`slope ${formatNumber(n.slope, true)}`, px - 12, y, "quiet", { align: "right", weight: 650 });
        p.text("(drawn at a third)", px - 12, y + 15, "quiet", { align: "right", size: 11 });
      }
    }
    if (at(2)) { // the virtual step
      const y = Y(mix(n.w, n.prime, part(at(2), 0.1, 0.8)));
      p.line([[px, py], [px, y]], "ink", 2, { dash: "1 5", alpha: beat < 4 ? 1 : 0.5 });
      if (wrong && Math.abs(n.right_prime - n.prime) > 0.004) {
        p.disc(px, Y(n.right_prime), 7.5, { stroke: "implicit", dash: "3 3", width: 1.6 });
        if (beat === 2) p.text("with decay", px + 13, Y(n.right_prime), "implicit", { size: 11.5 });
      }
      if (beat === 6 || (beat === 5 && !difference)) drawFollowing(p, n, frame, px, X, Y, t, beat);
      if (beat === 4) drawHeldStill(p, px, ay, n.a, X, t, frame.mistake === known.place ? "w" : "w′");
      if (y < 4 || y > H - 4) p.text(`w′ = ${formatNumber(n.prime)} ${y < 4 ? "↑" : "↓"}`, px + 12, y < 4 ? 12 : H - 12, "ink", { weight: 650 });
      p.disc(px, y, 7.5, { fill: "ground", stroke: "ink", dash: "3.2 2.6" });
      const two = beat === 6 ? py - APART * unitY * stackAt(p, n, py, gy, unitY).up : NaN; // one of the two points of eq. 8
      if (!(Math.abs(y - two) < 26)) p.text("w′", px - 12, y + (beat === 6 ? -13 * stackAt(p, n, py, gy, unitY).up : beat >= 4 ? -12 : 0), "ink", { align: "right", weight: 650, size: 14 });
    } else if (first && beat === 4) drawHeldStill(p, px, ay, n.a, X, t, "w");
    if (at(3)) {
      const alpha = { 3: 1, 5: 0.9, 4: 0.35 }[beat] ?? 0.25;
      const tip = clamp(ay - n.v * REACH * unitY * part(at(3), 0, 0.8), 7, H - 7);
      p.arrow(px, ay - Math.sign(n.v) * 9, px, tip, "v", 5, { alpha });
      if (beat === 3 || (beat === 5 && Math.abs(tip - ay) > 34)) p.text(`v = ${formatNumber(n.v, true)}`, px + (beat === 5 ? -12 : 12), mix(ay, tip, 0.72), "v", { weight: 650, align: beat === 5 ? "right" : "left" });
    }
    if (at(4) && beat < 6) {
      const [alpha, to] = [beat === 4 ? 1 : 0.35, px + n.direct * REACH * unitX * part(at(4), 0.25, 0.9)];
      if (frame.mistake === known.place) p.along(px, gy, px + n.right_direct * REACH * unitX, "direct", 5, { outline: true, alpha });
      p.along(px + (Math.abs(to - px) > 26 ? Math.sign(n.direct) * 9 : 0), ay, to, "direct", 6, { alpha });
      if (beat === 4) p.text(`direct ${formatNumber(n.direct, true)}`, clamp(mix(px, to, 0.6), 60, W - 60), Math.abs(ay + 18 - py) < 18 && ay !== py ? py + 20 : ay + 18, "direct", { align: "center", weight: 650, alpha: part(t, 0.4, 0.7) });
    }
    if (at(5) && beat === 5) {
      const grown = part(t, difference ? 0.7 : 0.72, 1);
      const [clear, to] = [stackAt(p, n, py, gy, unitY), px + n.implicit * REACH * unitX * grown];
      const y = difference ? clear.base + 6 * clear.up : Math.abs(gy + 22 - py) < 14 ? py + 22 : gy + 22;
      if (grown) {
        p.along(px, y, to, "implicit", 6);
        if (wrong) drawRightOutline(p, n, px, y, REACH * unitX, grown);
        const beside = Math.max(px, to) < W - 115;
        p.text(`implicit ${formatNumber(n.implicit, true)}`, beside ? Math.max(px, to) + 9 : W - 60, beside ? y : y + 17 * (difference ? clear.up : 1), "implicit", { align: beside ? "left" : "center", weight: 650, alpha: grown });
      }
      if (difference) drawTwoPoints(p, n, frame, data, px, py, unitX, unitY, part(t, 0, 0.65));
    }
    if (beat === 6) drawSumOfArrows(p, n, frame, data, t, { px, py, gy, unitX, unitY, Y, first, wrong });
  }
  const [qx, qy] = moves ? drawRealStep(p, n, data, beat, t, X, Y, unitX, c) : [px, py];
  p.disc(qx, qy, 8, { fill: "ink", stroke: "ground", width: 2.5 });
  const [side, align] = n.first > 0 ? [-14, "right"] : [14, "left"];
  if (beat === 0 && !walked) {
    p.text("(a, w)", qx + side, qy - 12, "ink", { align, weight: 650, size: 14 });
    p.text("drag me", qx + side, qy + 6, "quiet", { align, size: 11.5 });
  }
  if (beat >= 1 && beat <= 6 && !first) p.text("w", qx - 14, qy + (beat === 1 || frame.mistake === known.place ? -12 : 2), "ink", { align: "right", weight: 650, size: 14 });
  return p.nodes;
}

// Beat 1: the derivative with w trained anew, at the foot of the valley, and with w fixed, here.
function drawQuestion(p, n, t, px, py, Y, unitX) {
  const [k1, k2, s, vy] = [part(t, 0.1, 0.5), part(t, 0.5, 0.9), REACH * unitX, Y(n.valley)];
  p.along(px, vy, px + n.truth * s * k1, "truth", 6, { alpha: k1 ? 1 : 0 });
  p.text("truth: w trained anew", clamp(px + (n.truth * s) / 2, 84, p.W - 84), vy + 18, "truth", { align: "center", weight: 650, alpha: k1 });
  p.along(px, py, px + n.first * s * k2, "direct", 6, { alpha: k2 ? 1 : 0 });
  p.text("first order: w fixed", clamp(px + (n.first * s) / 2, 75, p.W - 75), py + (px > p.W - 150 ? 26 : 20), "direct", { align: "center", weight: 650, alpha: k2 });
}

// L_train as a ramp beside the line of this a, and a ball on it.
function drawRamp(p, n, decay, beat, t, px, Y) {
  const k = beat === 1 ? part(t, 0, 0.4) : 1 - 0.6 * part(t, 0.85, 1);
  const tall = (w) => 4.2 * ((w - n.a) ** 2 + 0.5 * decay * w * w) * k;
  const wall = Array.from({ length: 70 }, (_, i) => LOW.w + i / 10).map((w) => [px + 4 + tall(w), Y(w)]);
  p.shape([[px + 4, Y(LOW.w)], ...wall, [px + 4, Y(HIGH.w)]], "ink", 0.13 * k);
  p.line(wall, "quiet", 1.6, { alpha: k });
  const ball = beat === 2 ? mix(n.w, n.prime, part(t, 0.1, 0.8)) : n.w;
  p.disc(px + 4 + tall(ball), Y(ball), 5, { fill: "ground", stroke: "ink", alpha: k });
  const foot = Math.max(LOW.w + 0.7, Math.min(n.w, n.prime) - 0.75);
  p.text("L_train at this a", Math.min(px + 14 + Math.min(tall(foot), 150), p.W - 95), Y(foot), "quiet", { size: 11.5, alpha: k });
}

// The last two beats: a and w move for real. Gives where the point is now.
function drawRealStep(p, n, data, beat, t, X, Y, unitX, c) {
  const [px, py] = [X(n.a), Y(n.w)];
  const [k, m] = [beat === 7 ? part(t, 0.2, 1) : 1, beat === 8 ? part(t, 0.1, 1) : 0];
  const [qx, qy] = [X(mix(n.a, n.next_a, k)), Y(mix(n.w, n.next_w, m))];
  p.disc(px, py, 6, { stroke: "ink", width: 1.3, alpha: 0.45 });
  p.line([[px, py], [qx, py], [qx, qy]], "ink", 2, { alpha: 0.8 });
  if (beat === 7) {
    const long = n.sum * REACH * unitX;
    p.along(px, py + 24, px + long, "ink", 6, { alpha: 0.6 });
    p.text(`g = ${formatNumber(n.sum, true)}`, clamp(px + long / 2, 40, p.W - 40), py + 42, "ink", { align: "center", weight: 650 });
    p.text(`a moves by −${data.learning_rate} g`, clamp(px, 62, p.W - 62), py - 20, "ink", { align: "center", size: 12 });
  } else {
    p.line([[qx, Y(n.w)], [qx, Y(c * n.next_a)]], "quiet", 1.3, { dash: "2 4" });
    p.disc(qx, Y(c * n.next_a), 4, { fill: "lane" });
    const left = qx > p.W - 170;
    p.text(`w moves by −${data.learning_rate} · slope`, qx + (left ? -16 : 16), mix(py, Y(n.next_w), 0.5), "ink", { size: 12, align: left ? "right" : "left" });
  }
  return [qx, qy];
}

function drawPaths(p, frame, data, X, Y, alpha) {
  const labels = [];
  const { W, H } = p;
  for (const [name, [tone, dash, mark]] of Object.entries(PATHS)) {
    const points = frame.paths[name];
    if (!points) continue;
    const drawn = points.map(([a, w]) => [clamp(X(a), -W, 2 * W), clamp(Y(w), -H, 2 * H)]);
    p.line(drawn, "ground", 5, { alpha: 0.6 * alpha });
    p.line(drawn, tone, 2.6, { dash, alpha });
    const [a, w] = points[points.length - 1];
    const [x, y] = [X(a), Y(w)];
    if (mark === "square") p.shape([[x - 6, y - 6], [x + 6, y - 6], [x + 6, y + 6], [x - 6, y + 6]], tone, alpha);
    if (mark === "disc") p.disc(x, y, 6.5, { fill: tone, stroke: "ground", alpha });
    if (mark === "cross") for (const s of [1, -1]) p.line([[x - 6, y - 6 * s], [x + 6, y + 6 * s]], tone, 3.5, { alpha });
    const inside = a > LOW.a && a < HIGH.a && w > LOW.w && w < HIGH.w;
    labels.push({ words: inside ? `${name} ${formatNumber(a)}` : `${name}: far away`, x: clamp(x, 30, W - 30), y: clamp(y, 30, H - 30), tone });
  }
  p.disc(X(frame.paths.exact[0][0]), Y(frame.paths.exact[0][1]), 5, { fill: "ground", stroke: "ink", alpha });
  if (alpha < 1) return;
  labels.sort((one, other) => one.y - other.y); // to the left of the valley, kept apart
  let floor = -99;
  for (const label of labels) {
    const y = Math.max(label.y - 2, floor + 17);
    floor = y;
    const far = Math.abs(y - label.y) > 8;
    const x = Math.max(label.x - (far ? 26 : 16), 7.2 * label.words.length + 14);
    if (far) p.line([[label.x - 9, label.y], [x + 2, y]], label.tone, 1, { alpha: 0.6 });
    p.text(label.words, x, y, label.tone, { align: "right", weight: 650, size: 13 });
  }
}
