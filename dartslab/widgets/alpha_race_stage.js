// The stage of the race of alpha: operations at the height of their alpha, and below them the strips with their pushes.
// Elements are made once and then moved, so nothing that is pressed or dragged is ever replaced.

const [THUMB, MID, HALF, NAMES, SHORE, FLOOR, LEFT] = [38, 76, 52, 166, 226, 386, 44]; // pixels

// The pictures of the operations, which can be dragged: that sets alpha by hand. `act` has focus(o), set(o, alpha).
function runnersOf(stage, svg, act, farthest) {
  const [ticks, mark, arrows, words] = ["tick", "mark", "arrow", "word"].map((name) => group(svg, name));
  const lines = [-1, 0, 1].map((n) => ({ n, line: child(ticks, "line", n ? "grid dashed" : "grid"), text: child(ticks, "text", "tick end") }));
  const watched = child(mark, "rect", "watched");
  const hint = child(words, "text", "tick");
  const runners = Array.from({ length: 7 }, (_, o) => {
    const canvas = screen();
    const node = h("div", { class: "dartslab-runner", role: "slider", "aria-valuemin": -farthest, "aria-valuemax": farthest, "aria-orientation": "vertical", "data-runner": o }, canvas);
    node.addEventListener("focus", () => act.focus(o));
    node.addEventListener("pointerdown", (event) => grab(event, node, o));
    node.addEventListener("keydown", (event) => key(event, o));
    const arrow = group(arrows, "");
    const texts = ["middle name", "middle", "middle"].map((name) => child(words, "text", name));
    return { node: stage.appendChild(node), canvas, arrow, shaft: child(arrow, "line", ""), head: child(arrow, "path", ""), texts };
  });
  let now = null; // what was drawn last

  function grab(event, node, o) {
    event.preventDefault();
    node.focus({ preventScroll: true });
    node.setPointerCapture(event.pointerId);
    const [begin, from] = [event.clientY, now.frame.alpha[o]];
    node.onpointermove = (move) => act.set(o, from - ((move.clientY - begin) * now.shown.reach) / HALF);
    node.onpointerup = node.onpointercancel = () => { node.onpointermove = null; };
  }
  function key(event, o) {
    const by = { ArrowUp: 1, ArrowDown: -1, PageUp: 5, PageDown: -5 }[event.key];
    const aside = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
    if (by) act.set(o, now.frame.alpha[o] + (event.shiftKey ? 0.5 : 0.1) * by);
    else if (aside) runners[(o + aside + runners.length) % runners.length].node.focus();
    else return;
    event.preventDefault();
  }

  return (frame, race, shown, width) => {
    now = { frame, shown };
    const column = (width - LEFT) / runners.length;
    const at = (o) => LEFT + column * (o + 0.5);
    const height = (alpha) => MID - (HALF * clamp(alpha, -shown.reach, shown.reach)) / shown.reach;
    const unit = shown.reach > 2.4 ? 2 : 1;
    for (const { n, line, text } of lines) {
      setAttributes(line, { x1: LEFT, x2: width, y1: height(n * unit), y2: height(n * unit) });
      write(text, n ? withSign(n * unit, 0) : "α = 0", { x: LEFT - 5, y: height(n * unit) + 4 });
    }
    setAttributes(watched, { x: at(frame.watch) - column / 2 + 2, y: 0, width: column - 4, height: NAMES + 30, rx: 7 });
    write(hint, column > 76 ? "Drag a picture up or down: that is its α. Alone: its loss if only it is kept, ★ the smallest." : "Drag a picture up or down: that is its α.", { x: LEFT, y: 146 });
    showIf(hint, frame.step === 0);
    const [best, lead] = [smallestAt(frame.could), largestAt(frame.p)];
    const leads = (o) => o === lead && frame.p[o] > 1.03 / runners.length;
    runners.forEach(({ node, canvas, arrow, shaft, head, texts }, o) => {
      const [x, y, name] = [at(o), height(frame.alpha[o]), frame.operations[o]];
      node.style.transform = `translate(${(x - THUMB / 2).toFixed(1)}px, ${(y - THUMB / 2).toFixed(1)}px)`;
      node.classList.toggle("lead", leads(o));
      setAttributes(node, { tabindex: o === frame.watch ? 0 : -1, "aria-label": `alpha of ${name}`, "aria-valuenow": frame.alpha[o].toFixed(2),
        "aria-valuetext": `alpha ${frame.alpha[o].toFixed(2)}, mixing weight ${percent(frame.p[o])}, push ${withSign(frame.push[o])}` });
      const values = weightedSum(race.edge.small, race.table[o]);
      paint(canvas, values, greys(span(Array.from(values))));
      drawArrow(arrow, shaft, head, x + 28, y, frame.adam ? (frame.move[o] / race.adam.learning_rate) * 0.08 : frame.push[o], frame.waiting);
      const learns = race.settings.learn && race.kernels[o];
      const star = o === best ? " ★" : "";
      write(texts[0], name, { x, y: NAMES, class: `middle name ${leads(o) ? "lead" : ""}` });
      write(texts[1], `alone ${frame.alone[o].toFixed(2)}${learns ? "" : star}`, { x, y: NAMES + 13, class: `middle ${star && !learns ? "best" : ""}` });
      write(texts[2], learns ? `could ${frame.could[o].toFixed(2)}${star}` : "", { x, y: NAMES + 26, class: `middle ${star ? "best" : ""}` });
    });
  };
}

// As long and as wide as the root of the push, up or down.
function drawArrow(arrow, shaft, head, x, y, push, waiting) {
  showIf(arrow, Math.abs(push) > 2e-4);
  const root = Math.sqrt(Math.abs(push));
  const [long, up] = [Math.min(46, 5 + 108 * root), push > 0 ? -1 : 1];
  const tip = y + up * long * 0.62;
  setAttributes(arrow, { class: push > 0 ? "up" : "down", opacity: waiting ? 0.3 : 1 });
  setAttributes(shaft, { x1: x, x2: x, y1: y - up * long * 0.38, y2: tip - up * 5, "stroke-width": Math.min(5, 1.5 + 12 * root) });
  setAttributes(head, { d: `M${x - 6} ${tip - up * 6}h12l-6 ${7 * up}z` });
}

// Strips as wide as the mixing weights and as high as g; between g and the level is the push.
function stripsOf(svg, twins) {
  const sea = child(svg, "rect", "sea");
  const [ribbons, grounds, areas, lines, words] = ["ribbon", "ground", "area", "line", "word"].map((name) => group(svg, name));
  const strips = Array.from({ length: 7 }, () => ({
    ribbon: child(ribbons, "path", ""), ground: child(grounds, "rect", ""), area: child(areas, "rect", ""), poured: child(areas, "rect", "down"),
    weight: child(words, "text", "middle halo weight"), push: child(words, "text", "middle in"), name: child(words, "text", "middle"),
  }));
  const level = child(lines, "line", "level");
  const [levelName, axis, thin, bracketText, caption, more] = ["tick end strong", "tick end", "middle name", "middle halo weight", "tick", "tick"].map((name) => child(words, "text", name));
  const bracket = child(words, "path", "bracket");

  return (frame, shown, width) => {
    const { operations, p, g, push } = frame;
    const [column, whole] = [(width - LEFT) / strips.length, width - LEFT];
    const Y = (value) => clamp(FLOOR - ((value - shown.low) / (shown.high - shown.low)) * (FLOOR - SHORE), SHORE, FLOOR);
    const [top, lead, pour] = [Y(frame.level), largestAt(p), shown.pour];
    setAttributes(sea, { x: LEFT, y: SHORE, width: whole, height: FLOOR - SHORE });
    let x = LEFT;
    strips.forEach((strip, o) => {
      const [w, y, up, centre] = [whole * p[o], Y(g[o]), push[o] >= 0, LEFT + column * (o + 0.5)];
      const [from, to, inner] = [centre - column * 0.3, centre + column * 0.3, Math.max(0, w - 1)];
      setAttributes(strip.ribbon, { d: `M${from} ${NAMES + 31}C${from} ${SHORE - 13} ${x} ${SHORE - 17} ${x} ${SHORE}H${x + w}C${x + w} ${SHORE - 17} ${to} ${SHORE - 13} ${to} ${NAMES + 31}z`,
        opacity: o === frame.watch ? 0.5 : o === lead ? 0.34 : 0.16 });
      setAttributes(strip.ground, { x, y: Math.max(y, top), width: inner, height: FLOOR - Math.max(y, top) });
      const left = up ? y - top : (1 - pour) * (top - y);
      setAttributes(strip.area, { x, y: up ? top : top - left, width: inner, height: left, class: up ? "up" : "down" });
      setAttributes(strip.poured, { x, y: up ? y - pour * (y - top) : top, width: inner, height: up ? pour * (y - top) : 0 });
      write(strip.weight, w > 30 ? percent(p[o]) : "", { x: x + w / 2, y: SHORE - 3 });
      const small = Math.abs(push[o]) < 0.01;
      write(strip.push, w > (small ? 48 : 40) && Math.abs(y - top) > 15 && pour === 0 ? withSign(push[o], small ? 3 : 2) : "", { x: x + w / 2, y: (y + top) / 2 + 4 });
      write(strip.name, w > operations[o].length * 6.4 + 10 && FLOOR - Math.max(y, top) > 15 ? operations[o] : "", { x: x + w / 2, y: FLOOR - 4 });
      x += w;
    });
    setAttributes(level, { x1: LEFT - 4, x2: width, y1: top, y2: top });
    write(levelName, "level", { x: LEFT - 6, y: top + 4 });
    write(axis, "g ↑", { x: LEFT - 6, y: Math.abs(top - SHORE) < 22 ? FLOOR : SHORE + 10 });
    const none = p.filter((weight) => weight < 0.005).length;
    write(thin, none >= p.length - 2 ? `${none} strips have no width: no area, no push, however deep` : "", { x: LEFT + whole / 2, y: (top + FLOOR) / 2 + 4 });
    const two = twins.map((name) => operations.indexOf(name));
    for (const node of [bracket, bracketText]) showIf(node, two[1] >= 0);
    if (two[1] >= 0) {
      const edge = (o) => LEFT + whole * sumOf(p.slice(0, o));
      const [begin, end, y] = [edge(two[0]) + 4, edge(two[1] + 1) - 4, SHORE + 12];
      setAttributes(bracket, { d: `M${begin} ${y - 5}v5H${end}v-5` });
      write(bracketText, `twins together ${percent(p[two[0]] + p[two[1]])}`, { x: (begin + end) / 2, y: y + 14 });
    }
    write(caption, "width: mixing weight p, height: g = dL/dp, area: push", { x: LEFT, y: FLOOR + 15 });
    write(more, "g is what a little more of an operation adds to the loss", { x: LEFT, y: FLOOR + 29 });
  };
}
