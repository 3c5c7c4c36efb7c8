// A planted search, as in dartslab/problems/planted.py and planted_search.py, without a library. Every operation is
// linear at a given picture: each pixel of its output is a sum of some input pixels, each times a tap (of one pixel, the
// largest of nine, for "thicken"). One table of positions and taps gives it, its transpose and its derivative.
//   c_eo = (1 + GAIN w_e) p_eo,  p_e = softmax(alpha_e);  node_v = sum over e into v, and o, of c_eo op_o(source of e)
//   result_v = node_v + MEMORY w_v,  L = mean (result - wanted)^2, over pictures, pixels and both nodes
const SIZE = 28;
const PIXELS = SIZE * SIZE;
const EDGES = [[0, 2], [1, 2], [0, 3], [1, 3], [2, 3]]; // [from, to]; 0 is picture a, 1 is picture b
const LAST = 4; // the edge from node 2 to node 3
const [GAIN, MEMORY] = [0.2, SIZE];
const ADAM = { beta1: 0.5, beta2: 0.999, epsilon: 1e-8 }; // betas as published
const VAL_PAIRS = 4;
const STEPS = 120;

const neighbours = (side) => {
  const reach = (side - 1) / 2;
  return Array.from({ length: side * side }, (_, i) => [Math.floor(i / side) - reach, (i % side) - reach]);
};
const box = (side) => ({
  taps: Array(side * side).fill(1 / (side * side)),
  from: (y, x) => neighbours(side).map(([v, u]) => [clamp(y + v, 0, SIZE - 1), clamp(x + u, 0, SIZE - 1)]),
});
// name -> { taps: [count], from(y, x): [[y, x], ...] as many input pixels }; thicken alone looks at the picture
const KINDS = {
  keep: { taps: [1], from: (y, x) => [[y, x]] },
  blur: box(5),
  outline: { taps: [1, ...box(3).taps.map((part) => -part)], from: (y, x) => [[y, x], ...box(3).from(y, x)] },
  shift: { taps: [1], from: (y, x) => [[y, (x + SIZE - 5) % SIZE]] },
  mirror: { taps: [1], from: (y, x) => [[y, SIZE - 1 - x]] },
  turn: { taps: [1], from: (y, x) => [[SIZE - 1 - x, y]] },
  thicken: { taps: [1], largest: true },
  "blur 7": box(7),
  "shift 4": { taps: [1], from: (y, x) => [[y, (x + SIZE - 4) % SIZE]] },
};

function tableOf(name) {
  const { taps, from, largest } = KINDS[name];
  const at = new Int32Array(largest ? 0 : PIXELS * taps.length);
  for (let p = 0, k = 0; !largest && p < PIXELS; p += 1) {
    for (const [v, u] of from(Math.floor(p / SIZE), p % SIZE)) { at[k] = v * SIZE + u; k += 1; }
  }
  return { name, taps: Float64Array.from(taps), largest, at, scale: 1 };
}

// where the largest of the 3 x 3 pixels around each pixel is, the first of equals: [n, PIXELS] -> [n, PIXELS]
function largestOfNine(x) {
  const at = new Int32Array(x.length);
  for (let start = 0; start < x.length; start += PIXELS) {
    for (let p = 0; p < PIXELS; p += 1) {
      const [y, u] = [Math.floor(p / SIZE), p % SIZE];
      let [best, place] = [-Infinity, 0];
      for (let v = Math.max(y - 1, 0); v <= Math.min(y + 1, SIZE - 1); v += 1) {
        for (let t = Math.max(u - 1, 0); t <= Math.min(u + 1, SIZE - 1); t += 1) {
          const value = x[start + v * SIZE + t];
          if (value > best) { best = value; place = v * SIZE + t; }
        }
      }
      at[start + p] = place;
    }
  }
  return at;
}

// one operation of x [n, PIXELS]; places are those of `largestOfNine`
function applyOperation({ taps, scale, largest, at }, x, places) {
  const out = new Float64Array(x.length);
  const count = taps.length;
  for (let start = 0; start < x.length; start += PIXELS) {
    if (largest) for (let p = 0; p < PIXELS; p += 1) out[start + p] = scale * x[start + places[start + p]];
    else if (count === 1) for (let p = 0; p < PIXELS; p += 1) out[start + p] = scale * x[start + at[p]];
    else {
      for (let p = 0, k = 0; p < PIXELS; p += 1) {
        let sum = 0;
        for (let j = 0; j < count; j += 1, k += 1) sum += taps[j] * x[start + at[k]];
        out[start + p] = scale * sum;
      }
    }
  }
  return out;
}

// into += factor * transpose of the operation, of d [n, PIXELS]
function addTransposed({ taps, scale, largest, at }, d, places, factor, into) {
  const [count, by] = [taps.length, factor * scale];
  for (let start = 0; start < d.length; start += PIXELS) {
    if (largest) for (let p = 0; p < PIXELS; p += 1) into[start + places[start + p]] += by * d[start + p];
    else {
      for (let p = 0, k = 0; p < PIXELS; p += 1) {
        const value = by * d[start + p];
        for (let j = 0; j < count; j += 1, k += 1) into[start + at[k]] += taps[j] * value;
      }
    }
  }
}

function addScaled(into, factor, x) { for (let i = 0; i < x.length; i += 1) into[i] += factor * x[i]; }
const strengthOf = (x) => Math.sqrt(dot(x, x) / x.length);

// what Python sends of the pictures -> { x: pictures of strength 1 [N * PIXELS], footwear: [N] }
function decodePool({ pictures, footwear }) {
  const x = Float64Array.from(atob(pictures), (letter) => letter.charCodeAt(0) / 255);
  const strength = strengthOf(x);
  return { x: x.map((value) => value / strength), footwear };
}

class PlantedProblem {
  // pool: of `decodePool`; settings: seed, pairs, noise, light, memorise, lookAlikes, hidden (names, or null)
  constructor({ x, footwear }, { seed, pairs, noise, light, memorise, lookAlikes, hidden }, names) {
    const random = new SharedRandom(seed);
    this.memory = memorise ? MEMORY : 0;
    this.names = lookAlikes ? [...names.plain, ...names.alike] : names.plain;
    this.operations = this.names.map(tableOf);
    const places = largestOfNine(x);
    for (const operation of this.operations) operation.scale = 1 / strengthOf(applyOperation(operation, x, places));
    const drawn = EDGES.map(() => random.below(this.names.length));
    this.answer = hidden ? hidden.map((name) => this.names.indexOf(name)) : drawn;
    const gains = EDGES.map(() => 0.7 + 0.6 * random.uniform());
    const order = random.permutation(footwear.length);
    const strengths = this.answer.map((hidden, e) => this.names.map((_, o) => (o === hidden ? gains[e] : 0)));
    const take = (numbers, bright) => {
      const out = new Float64Array(numbers.length * PIXELS);
      numbers.forEach((number, i) => out.set(x.subarray(number * PIXELS, (number + 1) * PIXELS), i * PIXELS));
      return out.map((value) => bright * value);
    };
    const pairsOf = (numbers, bright, loud) => {
      const half = numbers.length / 2;
      const [a, b] = [take(numbers.slice(0, half), bright), take(numbers.slice(half), bright)];
      const sources = [this.applyAll(a).all, this.applyAll(b).all];
      const results = this.run(sources, strengths).nodes;
      const strong = results.map(strengthOf);
      if (loud) results.forEach((y, k) => { for (let i = 0; i < y.length; i += 1) y[i] += loud * strong[k] * random.normal(); });
      return { a, b, sources, results };
    };
    const wanted = 2 * (pairs + VAL_PAIRS);
    this.train = pairsOf(order.slice(0, 2 * pairs), light, noise);
    this.val = pairsOf(order.slice(2 * pairs, wanted), 1, noise);
    const others = order.slice(wanted).reverse();
    const shoe = others.find((i) => footwear[i]) ?? others[0];
    const other = others.find((i) => !footwear[i] && i !== shoe) ?? others[others.length - 1];
    this.shown = pairsOf([shoe, other], 1, 0); // belongs to neither; to look at
    this.firstAlpha = EDGES.map(() => this.names.map(() => 1e-3 * random.normal()));
  }

  // every operation of x [n, PIXELS]
  applyAll(x) {
    const places = largestOfNine(x);
    return { all: this.operations.map((operation) => applyOperation(operation, x, places)), places };
  }

  // nodes 2 and 3 of a cell that weighs the operations by strengths [E][O]
  run(sources, strengths) {
    const [nodes, seen] = [[], [...sources]];
    let places;
    for (const node of [2, 3]) {
      const total = new Float64Array(sources[0][0].length);
      EDGES.forEach(([from, to], e) => {
        if (to === node) strengths[e].forEach((part, o) => part && addScaled(total, part, seen[from][o]));
      });
      nodes.push(total);
      if (node === 2) {
        const all = this.applyAll(total);
        seen.push(all.all);
        places = all.places;
      }
    }
    return { nodes, seen, places };
  }

  strengths(w, weights) { return weights.map((row, e) => row.map((weight) => (1 + GAIN * w[e]) * weight)); }

  // The loss, its gradients of w and alpha, and what `mixedDerivative` needs. With r_v = dL/dnode_v:
  //   r_3 = (result_3 - wanted_3) / N,  N = numbers in a node;  r_2 likewise + sum_o c_4o op_o^T r_3, since node 3 sees it
  //   dL/dc_eo = <op_o(source of e), r_v>
  //   dL/dalpha_eo = c_eo (dL/dc_eo - sum_q p_eq dL/dc_eq)
  //   dL/dw_e = GAIN sum_o p_eo dL/dc_eo,  dL/dw_v = MEMORY times the sum over pictures of (result_v - wanted_v) / N
  gradients(w, alpha, pairs) {
    const weights = alpha.map((row) => softmax(row));
    const c = this.strengths(w, weights);
    const { nodes, seen, places } = this.run(pairs.sources, c);
    const by = 1 / nodes[0].length; // of the mean over both nodes: 2 / (2 n PIXELS)
    const dw = new Float64Array(w.length);
    let loss = 0;
    const r = nodes.map((z, k) => z.map((value, i) => {
      const first = EDGES.length + k * PIXELS + (i % PIXELS);
      const error = value + this.memory * w[first] - pairs.results[k][i];
      loss += 0.5 * by * error * error;
      dw[first] += this.memory * by * error;
      return by * error;
    }));
    this.operations.forEach((operation, o) => addTransposed(operation, r[1], places, c[LAST][o], r[0]));
    const dc = EDGES.map(([from, to]) => this.names.map((_, o) => dot(seen[from][o], r[to - 2])));
    const dAlpha = dc.map((row, e) => {
      const mean = dot(weights[e], row);
      dw[e] = GAIN * mean;
      return row.map((value, o) => c[e][o] * (value - mean));
    });
    return { loss, dw, dAlpha, pass: { weights, c, seen, places, r, dc } };
  }

  // [d^2 L / d alpha d w] u where `gradients` gave this pass: each of its lines differentiated along u, written ' here.
  // Exact, since the operations are linear, or linear in pieces.
  //   c'_eo = GAIN u_e p_eo;  node'_v = sum c'_eo op_o(source of e), for node 3 also sum_o c_4o op_o(node'_2)
  //   r'_v = (node'_v + MEMORY u_v) / N;  r'_2 also sum_o c_4o op_o^T r'_3 + c'_4o op_o^T r_3
  //   (dL/dc_eo)' = <op_o(source of e), r'_v>, for e = 4 also <op_o(node'_2), r_3>
  //   (dL/dalpha_eo)' = c'_eo (dL/dc_eo - sum_q p_eq dL/dc_eq) + c_eo ((dL/dc_eo)' - sum_q p_eq (dL/dc_eq)')
  mixedDerivative({ weights, c, seen, places, r, dc }, u) {
    const by = 1 / r[0].length;
    const cDot = weights.map((row, e) => row.map((weight) => GAIN * u[e] * weight));
    const nodesDot = [new Float64Array(r[0].length), new Float64Array(r[0].length)];
    EDGES.forEach(([from, to], e) => cDot[e].forEach((part, o) => addScaled(nodesDot[to - 2], part, seen[from][o])));
    const allDot = this.operations.map((operation) => applyOperation(operation, nodesDot[0], places));
    allDot.forEach((moved, o) => addScaled(nodesDot[1], c[LAST][o], moved));
    const rDot = nodesDot.map((z, k) => z.map((value, i) => by * (value + this.memory * u[EDGES.length + k * PIXELS + (i % PIXELS)])));
    this.operations.forEach((operation, o) => {
      addTransposed(operation, rDot[1], places, c[LAST][o], rDot[0]);
      addTransposed(operation, r[1], places, cDot[LAST][o], rDot[0]);
    });
    return EDGES.map(([from, to], e) => {
      const dcDot = this.names.map((_, o) => dot(seen[from][o], rDot[to - 2]) + (e === LAST ? dot(allDot[o], r[1]) : 0));
      const [mean, meanDot] = [dot(weights[e], dc[e]), dot(weights[e], dcDot)];
      return dcDot.map((moved, o) => cDot[e][o] * (dc[e][o] - mean) + c[e][o] * (moved - meanDot));
    });
  }
}

// The gradient that alpha goes down, [E][O].
const HYPERGRADIENTS = {
  "single level": (problem, w, alpha) => problem.gradients(w, alpha, problem.train).dAlpha,
  "first order": (problem, w, alpha) => problem.gradients(w, alpha, problem.val).dAlpha,
  exact(problem, w, alpha, xi) {
    const train = problem.gradients(w, alpha, problem.train);
    const [ahead, u] = [Float64Array.from(w), new Float64Array(w.length)];
    addScaled(ahead, -xi, train.dw); // w' = w - xi dL_train/dw
    const val = problem.gradients(ahead, alpha, problem.val);
    addScaled(u, -xi, val.dw); // u = -xi dL_val/dw'
    const implicit = problem.mixedDerivative(train.pass, u);
    return val.dAlpha.map((row, e) => row.map((direct, o) => direct + implicit[e][o]));
  },
};

// Adam on alpha with the published betas, then SGD on w, all pairs in every step. Every moment is kept.
class PlantedRun {
  constructor(problem, hypergradient, alphaLearningRate = 0.1, learningRate = 0.9) {
    Object.assign(this, { problem, hypergradient, alphaLearningRate, learningRate });
    const zeros = () => EDGES.map(() => problem.names.map(() => 0));
    const w = new Float64Array(EDGES.length + 2 * PIXELS); // gains, memory of node 2, memory of node 3
    this.moments = [{ alpha: problem.firstAlpha, w, mean: zeros(), square: zeros() }];
  }

  at(step) {
    while (this.moments.length <= step) this.moments.push(this.next(this.moments[this.moments.length - 1], this.moments.length));
    return this.moments[step];
  }

  next({ alpha, w, mean, square }, step) {
    const { problem, learningRate, alphaLearningRate } = this;
    const g = HYPERGRADIENTS[this.hypergradient](problem, w, alpha, learningRate);
    const { beta1, beta2, epsilon } = ADAM;
    const each = (f) => alpha.map((row, e) => row.map((_, o) => f(e, o)));
    const m = each((e, o) => beta1 * mean[e][o] + (1 - beta1) * g[e][o]);
    const s = each((e, o) => beta2 * square[e][o] + (1 - beta2) * g[e][o] ** 2);
    const moved = each((e, o) => alpha[e][o]
      - (alphaLearningRate * (m[e][o] / (1 - beta1 ** step))) / (Math.sqrt(s[e][o] / (1 - beta2 ** step)) + epsilon));
    const after = Float64Array.from(w);
    addScaled(after, -learningRate, problem.gradients(w, moved, problem.train).dw);
    return { alpha: moved, w: after, mean: m, square: s };
  }

  weights(step) { return this.at(step).alpha.map((row) => softmax(row)); }
  right(step) { return this.weights(step).filter((row, e) => largestAt(row) === this.problem.answer[e]).length; }
}
