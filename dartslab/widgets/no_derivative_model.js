// The loss of a choice and of a mixture along a dial d; the same as models/no_derivative.py, where it is explained. No DOM.
//   alpha_o = steep (o d - o^2 / 2),  p = softmax(alpha / T),  L = mean (sum_o p_o out_o - y)^2
//   g_o = dL/dp_o = 2 mean ((sum_q p_q out_q - y) out_o),  dL/dd = sum_o steep o p_o (g_o - sum_q p_q g_q) / T
//   a step of the ball: d <- d - learning_rate dL/dd, kept between the ends of the dial
// data = { pool, operations, target, steep, learning_rate, ends, points }

const alphaAt = (dial, { operations, steep }) => operations.map((_, o) => steep * (o * dial - (o * o) / 2));

class Dial {
  constructor(seed, data) {
    this.data = data;
    this.edge = new OneEdge(data.pool, seed, data.operations, data.target);
    this.table = this.edge.coefficients(this.edge.kernels);
    this.alone = this.table.map((row) => this.edge.distance(row));
    // products of outputs with each other: a curve of many points costs little
    const { products } = this.edge;
    const seen = this.table.map((row) => Float64Array.from(products, (other) => dot(row, other)));
    this.outputs = seen.map((row) => Float64Array.from(this.table, (other) => dot(other, row)));
    this.target = seen.map((row) => row[row.length - 1]);
    this.square = products[products.length - 1][products.length - 1];
  }

  // L = sum_oq p_o p_q mean out_o out_q - 2 sum_o p_o mean out_o y + mean y^2, its slope dL/dd, and p
  mixture(dial, temperature) {
    const { steep } = this.data;
    const p = softmax(alphaAt(dial, this.data), temperature);
    const seen = this.outputs.map((row) => dot(p, row));
    const g = seen.map((value, o) => 2 * (value - this.target[o]));
    const level = dot(p, g);
    const slope = sumOf(p.map((weight, o) => steep * o * weight * (g[o] - level))) / temperature;
    return { loss: dot(p, seen) - 2 * dot(p, this.target) + this.square, slope, p };
  }

  choice(dial) { return largestAt(alphaAt(dial, this.data)); }
}

const dials = new Map();
function dialOf(seed, data) {
  if (!dials.has(seed)) dials.set(seed, new Dial(seed, data));
  if (dials.size > 8) dials.delete(dials.keys().next().value);
  return dials.get(seed);
}

function dialFrame({ seed, temperature, step, choice, mixture }, data) {
  const dial = dialOf(seed, data);
  const losses = [];
  let at = mixture;
  for (let n = 0; n <= step; n += 1) {
    const { loss, slope } = dial.mixture(at, temperature);
    losses.push(loss);
    if (n < step) at = clamp(at - data.learning_rate * slope, ...data.ends);
  }
  const [first, last] = data.ends;
  const place = (i) => first + ((last - first) * i) / (data.points - 1);
  return {
    temperature, step, operations: data.operations, alone: dial.alone, losses,
    curve: Array.from({ length: data.points }, (_, i) => dial.mixture(place(i), temperature).loss),
    choice: { at: choice, loss: dial.alone[dial.choice(choice)] },
    mixture: { at, ...dial.mixture(at, temperature) },
  };
}

// What can be seen: a sentence.
function dialVerdict({ step, temperature, choice, mixture }, { flat, apart }) {
  const [left, rolled] = [choice.loss.toFixed(2), mixture.loss.toFixed(2)];
  if (Math.abs(mixture.slope) < flat && Math.abs(choice.at - mixture.at) > apart) {
    return `Step ${step}: the mixture has rolled down to a loss of ${rolled}. The choice is still at ${left}, on a step without slope.`;
  }
  if (Math.abs(mixture.slope) < 5 * flat) {
    return `Step ${step}: no slope on either curve. At T = ${temperature.toFixed(2)} the mixture is as flat here as the staircase.`;
  }
  return `Step ${step}: on the staircase the slope is 0, and the ball stays. On the mixture it is ${withSign(mixture.slope, 2)}, and the ball rolls.`;
}

function dialWords(frame, data) {
  const at = ({ at: dial, loss }) => `at ${dial.toFixed(2)} with a loss of ${loss.toFixed(2)}`;
  const steps = frame.operations.map((name, o) => `${name} ${frame.alone[o].toFixed(2)}`).join(", ");
  return `The loss along a dial that points at the operations in turn, T = ${frame.temperature.toFixed(2)}. ${dialVerdict(frame, data)} `
    + `The ball of the choice is ${at(frame.choice)}, that of the mixture ${at(frame.mixture)}. Losses of the choices: ${steps}.`;
}
