// How the edges of a cell look on the way from one step to the next; with run_graph.js it draws a cell of a search.

const GLIDE_S = 0.12; // time in which two thirds of the way to a new step are made
const NEARLY_EVEN = 0.03; // margins below, as in models/search_history.py

// Of each edge: mixing weights p, the leader, its margin, how strongly it leads, is kept and is lit; all of it eased.
class Looks {
  constructor(cell) {
    this.choices = cell.operations.map((_, o) => o).filter((o) => cell.operations[o] !== "none");
    this.edges = cell.weights.map((row) => ({ p: [...row], lead: row.map(() => 0), chosen: row.map(() => 0), kept: 0, light: 1 }));
  }

  // towards a moment; u is the part of the way, 1 for all of it. Whether it still moves.
  move(cell, u, focus) {
    let moving = false;
    const to = (value, goal) => {
      if (u === 1 || Math.abs(goal - value) < 0.002) return goal;
      moving = true;
      return value + (goal - value) * u;
    };
    const kept = new Map(cell.kept);
    this.edges.forEach((look, e) => {
      look.p = look.p.map((p, o) => to(p, cell.weights[e][o]));
      const lead = cell.leads[e]; // of weights that are equal only because they are rounded
      const order = [...this.choices].sort((a, b) => look.p[b] - look.p[a] || (b === lead) - (a === lead));
      look.leader = order[0] ?? 0;
      look.margin = look.p[order[0]] - (look.p[order[1]] ?? 0);
      look.close = order.length > 1 && look.margin < NEARLY_EVEN;
      look.lead = look.lead.map((lead, o) => to(lead, o === look.leader ? 1 : 0));
      look.chosen = look.chosen.map((chosen, o) => to(chosen, kept.get(e) === o ? 1 : 0));
      look.kept = to(look.kept, kept.has(e) ? 1 : 0);
      look.pointed = Boolean(focus) && focus.kind === cell.kind && focus.row === e;
      look.light = to(look.light, focus && !look.pointed ? 0.3 : 1);
    });
    return moving;
  }
}
