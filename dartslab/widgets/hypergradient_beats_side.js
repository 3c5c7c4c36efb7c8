// Beside the picture: the formula with the part that is lit, the terms on one scale, the cost of each hypergradient.

const pip = (letter, what, made, own = false) => h("i", { title: what, class: `pip${made ? " made" : ""}${own ? " own" : letter === "V" ? " val" : letter === "T" ? "" : " along"}` }, letter);

function costCard(hypergradient, data, chosen) {
  const passes = data.passes[hypergradient];
  const cost = passes.length === 1 ? "1 pass" : `${passes.length} passes`;
  return h("button", { type: "button", class: "cost", onclick: chosen }, h("strong", {}, hypergradient, h("span", {}, cost)),
    h("span", { class: "row" }, passes.map(([, letter, what]) => pip(letter, what, true)), pip("w", "the training pass of w itself", true, true)),
    h("small", {}, data.costs[hypergradient]));
}

// The formula as nodes; `lit` is the beat that a part belongs to.
function formulaLines(frame, data) {
  const { known } = data;
  const { mistake, settings: { beat, hypergradient } } = frame;
  const [first, difference] = [hypergradient === "first order", hypergradient === "finite difference"];
  const letter = (words) => h("em", {}, words);
  const low = (words) => h("sub", {}, words);
  const derivative = (by, loss, ...where) => ["∂", low(by), letter("L"), low(loss), "(", ...where, ")"];
  const piece = (beats, tone, ...nodes) => {
    const kind = beats[0] === beat ? " lit" : beats.includes(beat) ? " part" : beat >= beats[0] ? " seen" : "";
    return h("span", { class: `term${kind}`, style: `--tone:${INK[tone]}` }, nodes);
  };
  const bad = (...nodes) => h("span", { class: "bad" }, nodes);
  const value = (from, x, tone, sign = true) => (beat >= from ? h("span", { class: "is", style: `color:${INK[tone]}` }, formatNumber(x, sign)) : null);
  const where = () => (mistake === known.place ? bad(letter("w")) : first ? letter("w") : [letter("w"), "′"]);
  const rows = [];
  if (first) rows.push([letter("w"), "′ = ", letter("w"), h("small", {}, " no virtual step")], [letter("v"), h("small", {}, " not needed")]);
  else {
    const decay = mistake === known.forgotten ? [" ", bad(h("small", {}, "+ λw missing"))] : [];
    rows.push([piece([2], "ink", letter("w"), "′"), " = ", piece([0], "ink", letter("w")), " − ", letter("ξ"), " ", piece([1], "ink", derivative("w", "train", letter("w"))), decay, value(2, frame.prime[0], "ink", false)]);
    rows.push([piece([3], "v", letter("v")), " = ", piece([3], "v", derivative("w", "val", where())), value(3, frame.v[0], "v")]);
  }
  const mixed = () => ["∂²", low("aw"), letter("L"), low("train"), " ", letter("v")];
  const term = mistake === known.sign ? [bad("+"), " ", letter("ξ"), " ", mixed()] : mistake === known.no_xi ? ["− ", bad(" ? "), " ", mixed()]
    : mistake === known.dropped ? [h("span", { class: "gone" }, "− ", letter("ξ"), " ", mixed())] : ["− ", letter("ξ"), " ", mixed()];
  rows.push([piece([6, 7], "ink", letter("g")), " = ", piece([4, 6], "direct", derivative("a", "val", where())), " ", first ? null : piece([5, 6], "implicit", term), value(6, frame.sum[0], "ink")]);
  const over = mistake === known.halves ? bad("/ 2 · ε") : mistake === known.doubles ? ["/ ", bad("ε")] : "/ 2ε";
  const near = (sign) => derivative("a", "train", letter("w"), sign, letter("ε"), letter("v"));
  rows.push(first ? [h("small", {}, "no implicit term: w is taken to stand still")]
    : [piece(difference ? [5, 6] : [6], difference ? "implicit" : "ink", mixed(), " ≈ (", near("+"), " − ", near("−"), ") ", over)]);
  return rows.map((row, i) => h("div", { class: i === 3 ? "small" : "" }, row));
}

// The terms as rows on one scale: { name, beat, tone, from, value, stretch, thick }.
function barRows(frame, data) {
  const none = frame.mistake === data.known.none;
  const [direct, implicit] = [frame.direct[0], frame.implicit[0]];
  return [
    { name: "first order", beat: 0, tone: "direct", from: 0, value: frame.first[0], stretch: [0.5, 0.9], thick: 5 },
    { name: "truth", beat: 0, tone: "truth", from: 0, value: frame.truth ? frame.truth[0] : 0, stretch: [0.1, 0.5], thick: 5 },
    { name: "direct", beat: 4, tone: "direct", from: 0, value: direct, stretch: [0.25, 0.9], thick: 7 },
    { name: "+ implicit", beat: 5, tone: "implicit", from: direct, value: implicit, stretch: [0.72, 1], thick: 7 },
    { name: "= g", beat: 6, tone: "ink", from: 0, value: frame.sum[0], stretch: [0.3, 0.5], thick: 9 },
    none ? { name: "implicit by eq. 8", beat: 6, tone: "implicit", from: direct, value: frame.difference[0], stretch: [0.8, 1], thick: 3 }
      : { name: "implicit if right", beat: 6, tone: "implicit", from: direct, value: frame.right_implicit[0], stretch: [0.8, 1], thick: 3 },
  ];
}

function drawBars(frame, data, t, width) {
  const { beat, hypergradient } = frame.settings;
  const p = pen(width, 150);
  const first = hypergradient === "first order";
  const rows = barRows(frame, data);
  const reach = 1.08 * Math.max(2.2, ...rows.flatMap(({ from, value }) => [from + value, value]).map(Math.abs), Math.abs(frame.right_direct[0] + frame.right_implicit[0]));
  const x = linear([-reach, reach], [116, width - 52]);
  const y = (k) => 11 + 23 * k + (k > 1 ? 12 : 0);
  p.line([[x(0), 0], [x(0), 148]], "quiet", 1, { alpha: 0.6 });
  p.line([[0, y(1) + 17], [width, y(1) + 17]], "faint", 1);
  p.line([[x(rows[0].value), y(0)], [x(rows[0].value), y(4) + 9]], "direct", 1.2, { dash: "2 3" });
  p.line([[x(rows[1].value), y(1)], [x(rows[1].value), y(4) + 9]], "truth", 1.2, { dash: "2 3" });
  if (beat >= 6) p.add("rect", { x: Math.min(x(rows[0].value), x(rows[1].value)), y: y(4) - 7, width: Math.abs(x(rows[1].value) - x(rows[0].value)), height: 14, style: `fill:${INK.faint}` });
  rows.forEach(({ name, beat: when, tone, from, value, stretch, thick }, k) => {
    const skipped = first && (data.skipped.includes(when) || k === 5);
    const shown = beat >= when && !skipped;
    const grown = beat > when ? 1 : beat === when ? part(t, ...stretch) : 0;
    p.text(name, 0, y(k), shown ? tone : "quiet", { weight: shown && k > 1 && k < 5 ? 650 : 400, halo: false });
    if (!shown) {
      if (k === 3 && first && beat >= 6) p.arrow(x(rows[2].value), y(k), x(rows[1].value), y(k), "implicit", 6, { outline: true });
      const words = skipped && beat >= when ? (k === 3 ? "missing" : "none") : "·";
      p.text(words, width, y(k), "quiet", { align: "right", halo: false });
      return;
    }
    if (grown > 0.01) p.arrow(x(from), y(k), mix(x(from), x(from + value), grown), y(k), tone, thick);
    const right = { 2: frame.right_direct[0], 3: frame.right_implicit[0] }[k];
    if (right !== undefined && Math.abs(right - value) > 0.004) {
      const inside = right * value > 0 && Math.abs(value) > Math.abs(right);
      p.arrow(x(from), y(k), x(from + right), y(k), inside ? "ground" : tone, 5, { outline: true });
    }
    p.text(formatNumber(value, true), width, y(k), tone, { align: "right", weight: 600, halo: false, numbers: true, alpha: grown > 0.3 ? 1 : 0 });
  });
  return p.nodes;
}
