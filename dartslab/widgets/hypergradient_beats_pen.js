// What the pictures of the beats are drawn with: lines, arrows, discs and texts in SVG, in colours of the theme.

const INK = { ink: "var(--ink)", quiet: "var(--quiet)", faint: "var(--faint)", ground: "var(--ground)", lane: "var(--beats-lane)", raised: "var(--beats-raised)",
  direct: "var(--tone0)", implicit: "var(--tone1)", truth: "var(--tone2)", v: "var(--tone3)" };
const ease = (x) => clamp(x) ** 2 * (3 - 2 * clamp(x));
const part = (t, from, to) => ease((t - from) / (to - from)); // a stretch of a beat
const mix = (x, y, t) => x + (y - x) * t;

// Collects nodes; `W` and `H` are the size in pixels.
function pen(W, H) {
  const nodes = [];
  const add = (tag, attributes, ...children) => { nodes.push(h(tag, attributes, ...children)); };
  const pairs = (points) => points.map(([x, y]) => `${x.toFixed(1)},${y.toFixed(1)}`).join(" ");
  const own = {
    W, H, nodes, add,
    line(points, tone, width = 1.5, { dash, alpha = 1 } = {}) {
      if (alpha > 0) add("polyline", { points: pairs(points), fill: "none", style: `stroke:${INK[tone]}`, "stroke-width": width, "stroke-dasharray": dash, opacity: alpha, "stroke-linecap": "round", "stroke-linejoin": "round" });
    },
    shape(points, tone, alpha = 1) { add("polygon", { points: pairs(points), style: `fill:${INK[tone]}`, opacity: alpha }); },
    disc(x, y, r, { fill, stroke, width = 2, dash, alpha = 1 } = {}) {
      if (alpha > 0) add("circle", { cx: x.toFixed(1), cy: y.toFixed(1), r, style: `fill:${fill ? INK[fill] : "none"};stroke:${stroke ? INK[stroke] : "none"}`, "stroke-width": width, "stroke-dasharray": dash, opacity: alpha });
    },
    arrow(x0, y0, x1, y1, tone, width = 4, { alpha = 1, outline = false } = {}) {
      if (alpha <= 0) return;
      const long = Math.hypot(x1 - x0, y1 - y0);
      if (long < 3) return own.disc(x0, y0, 4, { stroke: tone, alpha }); // as good as nothing: a small ring
      const head = Math.min(long * 0.7, 5 + 2.2 * width);
      const [ux, uy, wide, half] = [(x1 - x0) / long, (y1 - y0) / long, head * 0.55, width / 2];
      const at = (along, aside) => [x0 + ux * along - uy * aside, y0 + uy * along + ux * aside];
      const points = pairs([at(0, half), at(long - head, half), at(long - head, wide), [x1, y1], at(long - head, -wide), at(long - head, -half), at(0, -half)]);
      add("polygon", outline
        ? { points, style: `fill:none;stroke:${INK[tone]}`, "stroke-width": 1.5, "stroke-dasharray": "3 3", opacity: alpha }
        : { points, style: `fill:${INK[tone]};stroke:${INK.ground}`, "stroke-width": 2, "paint-order": "stroke", "stroke-linejoin": "round", opacity: alpha });
    },
    // an arrow along a; at the border it ends with a break
    along(x0, y, x1, tone, width, options = {}) {
      const end = clamp(x1, 7, W - 7);
      own.arrow(x0, y, end, y, tone, width, options);
      if (end !== x1) for (const back of [20, 26]) { const x = end - Math.sign(x1 - x0) * back; own.line([[x - 3, y + 7], [x + 3, y - 7]], "ground", 2.2); }
    },
    text(words, x, y, tone = "ink", { align = "left", size = 12.5, weight = 400, alpha = 1, turn = 0, halo = true, italic = false, numbers = false } = {}) {
      if (alpha <= 0) return;
      const look = `fill:${INK[tone]};font:${italic ? "italic " : ""}${weight} ${size}px system-ui,sans-serif;dominant-baseline:central${halo ? `;paint-order:stroke;stroke:${INK.ground};stroke-width:4px;stroke-linejoin:round` : ""}${numbers ? ";font-variant-numeric:tabular-nums" : ""}`;
      add("text", { x: x.toFixed(1), y: y.toFixed(1), style: look, opacity: alpha, "text-anchor": { left: "start", center: "middle", right: "end" }[align], transform: turn ? `rotate(${turn} ${x.toFixed(1)} ${y.toFixed(1)})` : null }, words);
    },
    star(x, y, tone) {
      const corner = (k) => { const [r, angle] = [k % 2 ? 4.2 : 10, (k * Math.PI) / 5 - Math.PI / 2]; return [x + r * Math.cos(angle), y + r * Math.sin(angle)]; };
      add("polygon", { points: pairs(Array.from({ length: 10 }, (_, k) => corner(k))), style: `fill:${INK[tone]};stroke:${INK.ground}`, "stroke-width": 2, "paint-order": "stroke" });
    },
  };
  return own;
}
