// Beside the stage of the race of alpha: target and mixture, the sum of all pushes, and the mixing weights so far.

function resultsOf() {
  const names = ["target", "mixture", "difference"];
  const screens = names.map(screen);
  const node = h("div", { class: "dartslab-results" }, names.map((name, i) => h("div", {}, h("span", {}, name), screens[i])));
  const draw = ({ edge, mixture }) => {
    const [seen, target] = [weightedSum(edge.small, mixture), edge.small[edge.small.length - 1]];
    const [low, high] = span(Array.from(target));
    paint(screens[0], target, greys([low, high]));
    paint(screens[1], seen, greys([low, high]));
    paint(screens[2], seen.map((value, i) => value - target[i]), differences(node, (high - low) / 2));
  };
  return { node, draw };
}

// Two bars: what goes up, and what goes down, operation by operation.
function sumsOf() {
  const [FROM, LONG] = [52, 124];
  const title = h("h4", {});
  const svg = h("svg", { height: 48, "aria-hidden": "true" });
  const [note, formula] = [h("p", {}), h("p", { class: "formula" })];
  const bars = [["▲ up", 1, "up"], ["▼ down", 26, "down"]].map(([label, y, name]) => {
    child(svg, "text", "name").textContent = label;
    setAttributes(svg.lastChild, { x: 0, y: y + 13 });
    return { y, parts: Array.from({ length: 7 }, () => child(svg, "rect", name)), end: child(svg, "line", "level"), text: child(svg, "text", "weight") };
  });
  const draw = (frame) => {
    const ways = frame.adam ? frame.move : frame.push;
    const sides = [ways.map((way) => Math.max(way, 0)), ways.map((way) => Math.max(-way, 0))];
    const most = Math.max(...sides.map(sumOf), 0.002);
    bars.forEach(({ y, parts, end, text }, side) => {
      let x = FROM;
      const sorted = sides[side].slice().sort((a, b) => b - a);
      parts.forEach((part, i) => {
        const width = (LONG * sorted[i]) / most;
        setAttributes(part, { x, y, width: Math.max(0, width - 1), height: 17 });
        x += width;
      });
      setAttributes(end, { x1: x - 0.5, x2: x - 0.5, y1: y - 1, y2: y + 18 });
      write(text, sumOf(sides[side]).toFixed(3), { x: FROM + LONG + 7, y: y + 13 });
    });
    write(title, frame.adam ? `Adam's steps add up to ${withSign(sumOf(frame.move))}` : `All pushes add up to ${withSign(sumOf(frame.push))}`);
    write(note, frame.waiting ? "Alpha waits: nothing moves it yet."
      : frame.adam ? "Adam makes all steps about equally long, so up and down differ." : "As much up as down: the level is the mean of all g, weighted by p.");
    const [o, T] = [frame.watch, frame.temperature];
    const depth = frame.level - frame.g[o];
    write(formula, `${frame.operations[o]}: ${percent(frame.p[o])} × ${withSign(depth, 2)}${T === 1 ? "" : ` ÷ ${digits(T, 2)}`} = ${withSign(frame.push[o])}`);
  };
  return { node: h("div", { class: "dartslab-sums" }, title, svg, note, formula), draw };
}

// The mixing weight of each operation over the steps; the leader and the best are named.
function curvesOf() {
  const svg = h("svg", { height: 104, role: "img", "aria-label": "mixing weight of each operation over the steps" });
  const Y = (weight) => 97 - 90 * weight;
  const grid = [0, 0.5, 1].map((weight) => ({ weight, line: child(svg, "line", "grid"), text: child(svg, "text", "tick end") }));
  const paths = Array.from({ length: 7 }, () => child(svg, "path", ""));
  const tags = [child(svg, "text", ""), child(svg, "text", "")];
  const draw = (frame) => {
    const width = svg.clientWidth || 236;
    const [x0, x1, steps] = [36, width - 68, frame.past.length - 1];
    const X = (t) => x0 + ((x1 - x0) * t) / Math.max(frame.length, steps);
    const every = Math.max(1, Math.floor(steps / 150));
    for (const { weight, line, text } of grid) {
      setAttributes(line, { x1: x0, x2: x1, y1: Y(weight), y2: Y(weight) });
      write(text, percent(weight), { x: x0 - 4, y: Y(weight) + 4 });
    }
    const [best, lead] = [smallestAt(frame.could), largestAt(frame.p)];
    paths.forEach((path, o) => {
      const points = frame.past.flatMap((row, t) => (t % every && t !== steps ? [] : [`${X(t).toFixed(1)} ${Y(row[o]).toFixed(1)}`]));
      setAttributes(path, { d: `M${points.join("L")}${steps ? "" : "h0.1"}`, class: `run ${o === best ? "best" : o === lead ? "lead" : ""}` });
    });
    const apart = Y(frame.p[best]) - Y(frame.p[lead]);
    const places = [Math.min(Y(frame.p[lead]), 97 - 12) + 4, Math.max(Y(frame.p[best]), Math.min(Y(frame.p[lead]), 97 - 12) + Math.min(12, apart + 12)) + 4];
    write(tags[0], steps && lead !== best ? frame.operations[lead] : "", { x: X(steps) + 5, y: places[0], class: "halo weight" });
    write(tags[1], steps ? frame.operations[best] : "", { x: X(steps) + 5, y: lead === best ? Y(frame.p[best]) + 4 : places[1], class: "halo best" });
  };
  return { node: h("div", { class: "dartslab-past" }, h("h4", {}, "Mixing weights so far"), svg), draw };
}
