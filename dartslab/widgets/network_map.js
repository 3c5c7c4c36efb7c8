// NetworkMap: the supernet, one of its cells, one of its edges. What is opened grows out of where it stands.

const LEVELS = ["network", "cell", "edge"];
const DRAWINGS = [drawNetwork, drawCell, drawEdge];
const HINTS = ["Click a cell to open it, or choose with arrows and press Enter.", "Click an edge to open it. Esc goes back.", "Esc goes back."];
const MOTION = { duration: 380, easing: "cubic-bezier(.3, 0, .2, 1)" };

// [left, top, width, height] of the panels that a level shows
function panelsOf(level, w) {
  const [strip, gap, tall] = [100, 16, 252];
  if (!level) return [[0, 0, w, 348]];
  const below = strip + gap, network = [0, 0, w, strip];
  if (w < 760) return [network, [0, below, w, tall], [0, below + tall + gap, w, tall]].slice(0, level + 1);
  const part = level > 1 ? Math.round(0.53 * w) : w;
  return [network, [0, below, part, tall], [part + 28, below, w - part - 28, tall]].slice(0, level + 1);
}

const view = {
  frame: mapFrame,
  words: mapWords,
  mount(root, host) {
    const { data } = host;
    const beams = h("svg", { class: "beams", "aria-hidden": "true" });
    const panels = LEVELS.map((name) => h("svg", { class: `panel of-${name}`, "aria-hidden": "true" }));
    const stage = h("div", { class: "dartslab-map-stage", tabindex: 0, role: "application", "aria-label": "map of the network: arrows left and right choose, Enter opens, Escape goes back", onkeydown: key, onclick: click }, beams, panels);
    const told = h("p", { class: "told", "aria-hidden": "true" }), hint = h("span", { class: "hint" });
    const back = h("button", { type: "button", onclick: () => out() }, "← Back");
    root.classList.add("dartslab-map");
    root.append(h("div", { class: "top" }, host.input("level"), back, host.input("cell"), host.input("edge"), hint), stage, told);

    const names = data.edges.map(edgeName);
    const levelNow = () => LEVELS.indexOf(host.values().level);
    const out = () => host.set({ level: LEVELS[Math.max(0, levelNow() - 1)] });
    const into = () => host.set({ level: LEVELS[Math.min(2, levelNow() + 1)] });
    function choose(by) {
      const { level, cell, edge } = host.values();
      const next = (count, now) => (now + by + count) % count;
      host.set(level === "network" ? { cell: next(data.cells.length, cell) } : { edge: names[next(names.length, names.indexOf(edge))] });
    }
    function key(event) {
      const act = { ArrowRight: () => choose(1), ArrowLeft: () => choose(-1), ArrowDown: into, Enter: into, " ": into, ArrowUp: out, Escape: out, Backspace: out }[event.key];
      if (!act || event.ctrlKey || event.altKey || event.metaKey) return;
      event.preventDefault();
      act();
    }
    function click({ target }) {
      const [cell, edge] = ["cell", "edge"].map((name) => target.closest?.(`[data-${name}]`)?.dataset[name]);
      if (cell !== undefined) host.set({ cell: Number(cell), level: "cell" });
      else if (edge !== undefined) host.set({ edge, level: "edge" });
    }

    let [asked, shown, wide] = [0, [], 0];
    const ask = () => { asked ||= requestAnimationFrame(draw); };
    function draw() {
      asked = 0;
      const w = stage.clientWidth;
      if (!w) return;
      const frame = mapFrame(host.values(), data), level = LEVELS.indexOf(frame.level), boxes = panelsOf(level, w);
      const still = wantsStill() || !shown.length || w !== wide;
      const spots = [];
      let place = null; // of what the panel before has chosen
      panels.forEach((panel, i) => {
        const [box, before] = [boxes[i], shown[i]];
        for (const motion of panel.getAnimations()) motion.cancel();
        panel.classList.toggle("open", i === level);
        if (box) {
          const { nodes, spot } = DRAWINGS[i](box[2], box[3], frame, data);
          panel.replaceChildren(...nodes.filter(Boolean));
          Object.assign(panel.style, { display: "", left: `${box[0]}px`, top: `${box[1]}px`, width: `${box[2]}px`, height: `${box[3]}px` });
          if (!still && String(before) !== String(box)) panel.animate([{ transform: moved(before ?? place, box), opacity: before ? 1 : 0 }, { transform: "none", opacity: 1 }], MOTION);
          if (i) spots.push([place, box]);
          place = [box[0] + spot[0], box[1] + spot[1], spot[2], spot[3]];
        } else if (before && !still) {
          const going = panel.animate([{ transform: "none", opacity: 1 }, { transform: moved(place, before), opacity: 0 }], MOTION);
          going.onfinish = () => { panel.style.display = "none"; };
        } else panel.style.display = "none";
      });
      const [foot] = boxes.slice(-1);
      stage.style.height = `${Math.max(foot[1] + foot[3], w < 760 ? 0 : 368)}px`;
      beams.replaceChildren(...spots.map(([from, to], i) => path(beam(from, to, i === 1 && w >= 760), "beam")));
      if (!still && level !== shown.length - 1) beams.animate([{ opacity: 0 }, { opacity: 1 }], MOTION);
      [shown, wide] = [boxes, w];
      back.disabled = !level;
      host.input("edge").hidden = !level;
      write(hint, HINTS[level]);
      const words = mapWords(frame, data);
      write(told, words);
      host.say(words);
      root.dataset.level = frame.level;
    }
    const moved = (from, to) => `translate(${from[0] - to[0]}px, ${from[1] - to[1]}px) scale(${from[2] / to[2]}, ${from[3] / to[3]})`;
    // from a spot to the panel that it opens into, to the right or down
    const beam = ([x, y, w, high], [a, b, wide, tall], right) => (right ? `M${x + w} ${y}L${a - 8} ${b}V${b + tall}L${x + w} ${y + high}Z` : `M${x} ${y + high}H${x + w}L${a + wide} ${b - 6}H${a}Z`);

    const size = new ResizeObserver(() => { if (stage.clientWidth !== wide) ask(); });
    size.observe(stage);
    return { update: ask, stop() { size.disconnect(); cancelAnimationFrame(asked); } };
  },
};
