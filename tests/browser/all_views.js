// What test_all_views.py asks of a page with one view: its controls, what is cut off, and what of it can be seen.
// A control has a name that outlives a new drawing.
(() => {
  const view = () => document.querySelector(".dartslab");
  const stage = () => document.querySelector(".dartslab-stage, .dartslab-played");
  const window_ = () => document.querySelector(".jp-WindowedPanel-outer");
  const seen = (node) => node.checkVisibility({ visibilityProperty: true }) && node.getClientRects().length > 0;
  const words = (node) => node.textContent.replace(/[^\w ξα′=.,:+×→-]/g, "").replace(/\s+/g, " ").trim();
  const all = () => {
    const [found, counts] = [{}, {}];
    for (const node of view().querySelectorAll("button, input, select")) {
      if (!seen(node)) continue;
      const name = node.name || node.getAttribute("aria-label") || words(node) || node.title || words(node.closest("label") ?? node);
      counts[name] = (counts[name] ?? 0) + 1;
      found[counts[name] > 1 ? `${name} (${counts[name]})` : name] = node;
    }
    return found;
  };
  const box = (node) => {
    const { left, top, right, bottom } = node.getBoundingClientRect();
    return { left, top, right, bottom };
  };
  const inside = (one, other, slack = 1) => one.left >= other.left - slack && one.right <= other.right + slack
    && one.top >= other.top - slack && one.bottom <= other.bottom + slack;
  window.tools = {
    names: () => Object.entries(all()).map(([name, node]) => ({ name, more: Boolean(node.closest(".dartslab-more")) })),
    open: (open) => view().querySelectorAll(".dartslab-more").forEach((more) => { more.open = open; }),
    narrow: (width) => { document.body.style.setProperty("--output", `${width}px`); },
    size: () => [view().offsetWidth, view().offsetHeight],
    // what leaves the view, or is clipped by something around it
    faults() {
      const whole = box(view()), found = [];
      const scroller = window_();
      if (scroller.scrollWidth > scroller.clientWidth + 1) found.push(`the notebook scrolls sideways`);
      for (const node of view().querySelectorAll("*")) {
        const { overflowX, overflowY } = getComputedStyle(node);
        const scrolls = /auto|scroll/.test(overflowX + overflowY) && !node.matches("select");
        if (scrolls && seen(node) && (node.scrollWidth > node.clientWidth + 1)) found.push(`${node.className} scrolls sideways`);
      }
      const check = (rect, node, what) => {
        if (rect.right - rect.left < 0.5 || rect.bottom - rect.top < 0.5) return;
        if (!node.closest(".dartslab-sheet") && !inside(rect, whole, 1.5)) found.push(`${what} leaves the view`);
        else if (!(rect.left >= box(scroller).left - 1 && rect.right <= box(scroller).right + 1)) found.push(`${what} leaves the window`);
        for (let up = node; up !== view(); up = up.parentNode) {
          const style = getComputedStyle(up);
          const clips = up.matches("svg") ? style.overflow !== "visible" : /hidden|clip|auto|scroll/.test(style.overflow);
          if (clips && !up.matches("select, input, option") && !inside(rect, box(up), 1.5)) { found.push(`${what} is clipped by ${up.nodeName} ${up.getAttribute("class")}`); break; }
        }
      };
      const walk = document.createTreeWalker(view(), NodeFilter.SHOW_TEXT);
      while (walk.nextNode()) {
        const text = walk.currentNode, parent = text.parentElement;
        if (!text.data.trim() || !seen(parent) || parent.closest(".dartslab-words, option, title, style, desc")) continue;
        if (getComputedStyle(parent).opacity === "0" || parent.closest("[style*='opacity: 0;']")) continue;
        const range = document.createRange();
        range.selectNodeContents(text);
        for (const rect of range.getClientRects()) check(rect, parent, `the text "${text.data.trim().slice(0, 40)}"`);
      }
      for (const [name, node] of Object.entries(all())) {
        check(box(node), node, `the control "${name}"`);
        if (node.matches("button") && node.scrollWidth > node.clientWidth + 1) found.push(`the words of "${name}" are cut off`);
      }
      return [...new Set(found)];
    },
    // letters that are too small to read
    small() {
      const found = [], walk = document.createTreeWalker(view(), NodeFilter.SHOW_TEXT);
      while (walk.nextNode()) {
        const text = walk.currentNode, parent = text.parentElement, svg = parent.closest("svg");
        if (!text.data.trim() || !seen(parent) || parent.closest(".dartslab-words, option, title, style, desc")) continue;
        const { a, b } = svg ? parent.getScreenCTM() : { a: 1, b: 0 }, size = Math.hypot(a, b) * parseFloat(getComputedStyle(parent).fontSize);
        if (size < 10) found.push(`"${text.data.trim().slice(0, 20)}" is ${size.toFixed(1)} pixels high`);
      }
      return [...new Set(found)];
    },
    // scroll so that as much of the view as possible is seen beside the control
    show(name) {
      const node = all()[name], scroller = window_(), frame = box(scroller);
      if (!node) return null;
      scroller.scrollTop += box(view()).top - frame.top;
      if (box(node).bottom > frame.bottom) scroller.scrollTop += box(node).bottom - (frame.top + 2 * frame.bottom) / 3;
      const { left, right, top, bottom } = box(node);
      const place = [(left + right) / 2, (top + bottom) / 2];
      const hit = document.elementFromPoint(...place);
      return { place, kind: node.matches("select") ? "select" : node.matches("button") ? "button" : node.type, disabled: node.disabled,
        covered: !(hit === node || node.contains(hit) || hit?.contains(node)) };
    },
    // where the drawing is seen
    clip() {
      const frame = box(window_()), drawn = box(stage());
      const [x, y] = [Math.max(frame.left, drawn.left), Math.max(frame.top, drawn.top)];
      return { x, y, width: Math.min(frame.right, drawn.right) - x, height: Math.min(frame.bottom, drawn.bottom) - y };
    },
    // move a slider, choose in a list, write a number
    change(name) {
      const node = all()[name];
      const tell = (...names) => names.forEach((one) => node.dispatchEvent(new Event(one, { bubbles: true })));
      if (node.matches("select[multiple]")) {
        for (const option of node.options) option.selected = option.index === (node.options[0].selected ? 1 : 0);
        tell("input", "change");
      } else if (node.matches("select")) {
        node.selectedIndex += node.selectedIndex + 1 < node.options.length ? 1 : -1;
        tell("input", "change");
      } else {
        const [low, high, now] = [Number(node.min), Number(node.max), Number(node.value)];
        if (node.type === "number") node.value = now + (now >= high ? -1 : 1);
        else node.value = now + (now > (low + high) / 2 ? -0.4 : 0.4) * (high - low);
        tell("input", "change");
      }
    },
    pauses: () => Object.entries(all()).filter(([, node]) => /❚❚|^pause$|^Stop$/.test(node.textContent) && !node.disabled).map(([name]) => name),
    press: (name) => all()[name]?.click(),
    pressed: (name) => all()[name]?.getAttribute("aria-pressed") === "true",
    // where a choice is made already, make another one
    press_other(name) {
      const node = all()[name];
      if (node?.getAttribute("aria-pressed") !== "true") return;
      const others = [...node.parentNode.querySelectorAll("button")].filter((one) => one !== node && !one.disabled
        && one.getAttribute("aria-disabled") !== "true");
      (others[0] ?? node).click();
    },
  };
  const style = document.createElement("style");
  style.textContent = `.dartslab { max-width: var(--output); }
    .leave-out :is(button, input, select, output, label:has(input, select)),
    .leave-out .dartslab-sheet > * { visibility: hidden !important; }`;
  document.head.append(style);
})()
