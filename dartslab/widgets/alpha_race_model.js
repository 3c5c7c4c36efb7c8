// The race of alpha on one edge; the same as models/alpha_race.py, where it is explained. No DOM.
//   m = sum_o p_o out_o,  p = softmax(alpha / T),  L = mean (m - y)^2,  g_o = dL/dp_o = 2 mean ((m - y) out_o)
//   push_o = -dL/dalpha_o = p_o (level - g_o) / T,  level = sum_q p_q g_q
//   alpha_o <- alpha_o + alpha_learning_rate push_o, or by Adam; kernel <- kernel - kernel_learning_rate dL/dkernel
// data = { pool, races, wait, noise, adam, steps }

class Race {
  constructor(settings, data, edge) {
    const made = data.races[settings.race];
    Object.assign(this, { settings, edge, adam: data.adam, operations: made.operations, steps: 0, moves: 0, past: [] });
    this.kernels = edge.kernels.slice();
    this.alpha = this.operations.map((name, o) => (made.ahead?.[name] ?? 0) + data.noise * edge.noise[o]);
    this.wait = settings.wait ? data.wait : 0;
    this.length = made.length + this.wait;
    this.firstMoment = this.alpha.map(() => 0); // of Adam
    this.secondMoment = this.firstMoment;
    this.look();
  }

  get waiting() { return this.steps < this.wait; }

  get alone() { return this.table.map((row) => this.edge.distance(row)); }

  look() {
    const { edge, settings } = this;
    if (this.steps === settings.hand) this.alpha = this.alpha.map((_, o) => settings[`alpha_${o}`]);
    if (settings.learn || !this.table) this.table = edge.coefficients(this.kernels);
    this.p = softmax(this.alpha, settings.temperature);
    this.mixture = weightedSum(this.table, this.p);
    this.seen = edge.seen(this.mixture).seen;
    this.g = this.table.map((row) => 2 * dot(row, this.seen));
    this.level = dot(this.p, this.g);
    this.push = this.p.map((weight, o) => (weight * (this.level - this.g[o])) / settings.temperature);
    this.past.push(this.p);
  }

  // out = k . x / s,  s^2 = k' C k:  dL/dk = 2 p_o / s (mean (m - y) x - (C k) (k . mean (m - y) x) / s^2)
  kernelGradient(o) {
    const kernel = this.kernels[o];
    const [begin, end] = this.edge.rows[o];
    const spread = this.edge.spread(o, kernel);
    const seen = this.seen.subarray(begin, end);
    const along = dot(kernel, seen) / spread ** 2;
    return kernel.map((_, j) => {
      const across = dot(kernel, this.edge.products[begin + j], begin);
      return ((2 * this.p[o]) / spread) * (seen[j] - across * along);
    });
  }

  // Adam's means of the push and of its square after the next step
  nextMoments() {
    const { beta1, beta2 } = this.adam;
    return [
      this.firstMoment.map((old, o) => beta1 * old + (1 - beta1) * this.push[o]),
      this.secondMoment.map((old, o) => beta2 * old + (1 - beta2) * this.push[o] ** 2),
    ];
  }

  // how far each alpha goes; Adam: learning_rate * first / (1 - beta1^n) / (sqrt(second / (1 - beta2^n)) + epsilon)
  move() {
    const { adam, settings } = this;
    if (!settings.adam) return this.push.map((push) => settings.alpha_learning_rate * push);
    const [first, second] = this.nextMoments();
    const count = this.moves + 1;
    return first.map((mean, o) => {
      const size = Math.sqrt(second[o] / (1 - adam.beta2 ** count)) + adam.epsilon;
      return (adam.learning_rate * mean) / (1 - adam.beta1 ** count) / size;
    });
  }

  step() {
    const slopes = this.settings.learn ? this.kernels.map((kernel, o) => kernel && this.kernelGradient(o)) : [];
    if (!this.waiting) {
      const move = this.move();
      this.alpha = this.alpha.map((a, o) => a + move[o]);
      [this.firstMoment, this.secondMoment] = this.nextMoments();
      this.moves += 1;
    }
    slopes.forEach((slope, o) => {
      if (slope) this.kernels[o] = this.kernels[o].map((value, j) => value - this.settings.kernel_learning_rate * slope[j]);
    });
    this.steps += 1;
    this.look();
  }
}

// The race after settings.step steps. The one before goes on where only the step has grown.
const edges = new Map();
let running = null;
function raceAt(settings, data) {
  const { step, watch, fill, ...rules } = settings;
  const key = JSON.stringify(rules);
  if (running?.key !== key || running.race.steps > step) {
    const { race, seed } = settings;
    const name = `${race} ${seed}`;
    const { operations, target } = data.races[race];
    if (!edges.has(name)) edges.set(name, new OneEdge(data.pool, seed, operations, target));
    if (edges.size > 8) edges.delete(edges.keys().next().value);
    running = { key, race: new Race(settings, data, edges.get(name)) };
  }
  while (running.race.steps < step) running.race.step();
  return running.race;
}

function raceFrame(settings, data) {
  const race = raceAt(settings, data);
  const { edge, alone } = race;
  const could = settings.learn ? edge.coefficients(edge.bestKernels()).map((row) => edge.distance(row)) : alone;
  const pick = (from, ...names) => Object.fromEntries(names.map((name) => [name, from[name]]));
  return {
    ...pick(settings, "race", "step", "watch", "temperature", "learn", "adam", "fill"),
    ...pick(race, "alpha", "p", "g", "push", "operations", "length", "waiting", "level"),
    move: race.move(),
    past: race.past.slice(),
    alone,
    could: could.map((loss) => Math.max(loss, 0)),
  };
}
