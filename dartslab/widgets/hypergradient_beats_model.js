// One hypergradient in beats: the same computation and the same words as models/two_problems.py, hypergradient_beats.py
// and beats_words.py, on plain lists of numbers. Constants, passes and sentences are in `data`.

const timesOf = (factor, xs) => xs.map((x) => factor * x);
const plusOf = (xs, ys, factor = 1) => xs.map((x, i) => x + factor * ys[i]); // xs + factor ys
const normOf = (xs) => Math.sqrt(dot(xs, xs));

// L_train = (w - a)^2, L_val = a w - 2 a + 1; a and w are lists of one number
const TOY = {
  trainByW: ([a], [w]) => [2 * (w - a)],
  trainByA: ([a], [w]) => [-2 * (w - a)],
  valByW: ([a]) => [a],
  valByA: (_, [w]) => [w - 2],
  along: (a, w, [v]) => [-2 * v],
};

// A mixed operation on two numbers x: out = sum_o p_o f_o(w_o . x), p = softmax(alpha), L = mean of (out - y)^2 / 2; its
// derivatives are written out in two_problems.py
function tinyNetwork({ train, val }) {
  const many = 3; // operations: the identity, tanh, softplus
  const linear = (w, x) => Array.from({ length: many }, (_, o) => w[o] * x[0] + w[many + o] * x[1]);
  const forward = (a, w, { x, y }) => {
    const p = softmax(a);
    return x.map((one, n) => {
      const z = linear(w, one);
      const values = [z[0], Math.tanh(z[1]), Math.log1p(Math.exp(z[2]))];
      const slopes = [1, 1 - Math.tanh(z[1]) ** 2, 1 / (1 + Math.exp(-z[2]))];
      return { x: one, p, values, slopes, error: dot(p, values) - y[n] };
    });
  };
  const mean = (rows) => rows[0].map((_, i) => sumOf(rows.map((row) => row[i])) / rows.length);
  const throughSoftmax = (a, ofP) => {
    const p = softmax(a);
    const level = dot(p, ofP);
    return p.map((weight, o) => weight * (ofP[o] - level));
  };
  const byW = (batch) => (a, w) => mean(forward(a, w, batch).map(({ x, p, slopes, error }) => x.flatMap((one) => p.map((weight, o) => error * weight * slopes[o] * one))));
  const byA = (batch) => (a, w) => throughSoftmax(a, mean(forward(a, w, batch).map(({ values, error }) => timesOf(error, values))));
  return {
    trainByW: byW(train), trainByA: byA(train), valByW: byW(val), valByA: byA(val),
    along: (a, w, v) => throughSoftmax(a, mean(forward(a, w, train).map(({ x, p, values, slopes, error }) => {
      const moved = linear(v, x).map((one, o) => one * slopes[o]);
      return plusOf(timesOf(dot(moved, p), values), moved, error);
    }))),
  };
}

const mistakeMade = (hypergradient, mistake, data) => (data.mistakes[mistake].includes(hypergradient) ? mistake : data.known.none);
const decayOf = (mistake, data) => (mistake === data.known.forgotten ? data.decay : 0);

function hypergradientTerms(problem, a, w, xi, hypergradient, mistake, data) {
  const { known, radius } = data;
  const decay = decayOf(mistake, data);
  const [slope, first] = [plusOf(problem.trainByW(a, w), w, decay), problem.valByA(a, w)];
  const right = plusOf(w, slope, -xi);
  if (hypergradient === "first order") {
    const [noneW, noneA] = [timesOf(0, w), timesOf(0, a)];
    return { slope, first, prime: w, asked: w, v: noneW, direct: first, implicit: noneA, sum: first, eps: 0, plus: noneA, minus: noneA, difference: noneA,
      right_prime: w, right_v: noneW, right_direct: first, right_implicit: noneA };
  }
  const prime = mistake === known.forgotten ? plusOf(w, problem.trainByW(a, w), -xi) : right;
  const asked = mistake === known.place ? w : prime;
  const [v, direct] = [problem.valByW(a, asked), problem.valByA(a, asked)];
  const eps = radius / (normOf(v) || 1);
  const [plus, minus] = [problem.trainByA(a, plusOf(w, v, eps)), problem.trainByA(a, plusOf(w, v, -eps))];
  const gap = plusOf(plus, minus, -1);
  const divided = timesOf({ [known.halves]: eps / 2, [known.doubles]: 1 / eps }[mistake] ?? 1 / (2 * eps), gap);
  const product = hypergradient === "finite difference" ? divided : problem.along(a, w, v);
  const implicit = timesOf({ [known.sign]: xi, [known.no_xi]: -1, [known.dropped]: 0 }[mistake] ?? -xi, product);
  const rightV = problem.valByW(a, right);
  return {
    slope, first, prime, asked, v, direct, implicit, sum: plusOf(direct, implicit), eps, plus, minus,
    difference: timesOf(-xi / (2 * eps), gap), right_prime: right, right_v: rightV,
    right_direct: problem.valByA(a, right), right_implicit: timesOf(-xi, problem.along(a, w, rightV)),
  };
}

function walk(problem, a, w, gradient, decay, steps, { learning_rate: rate, limit }) {
  const points = [[a, w]];
  while (points.length <= steps && Math.max(...[...a, ...w].map(Math.abs)) <= limit) {
    a = plusOf(a, gradient(a, w), -rate);
    w = plusOf(w, plusOf(problem.trainByW(a, w), w, decay), -rate);
    points.push([a, w]);
  }
  return points;
}

const valleySlope = (decay) => 2 / (2 + decay);
const truthOf = ([a], decay) => [2 * valleySlope(decay) * a - 2];

function tracePaths({ a, w, xi, steps, hypergradient }, mistake, data) {
  const decay = decayOf(mistake, data);
  const right = (at, on) => {
    const prime = plusOf(on, plusOf(TOY.trainByW(at, on), on, decay), -xi);
    return plusOf(TOY.valByA(at, prime), TOY.along(at, on, TOY.valByW(at, prime)), -xi);
  };
  const ways = { "first order": TOY.valByA, exact: right, truth: (at) => truthOf(at, decay) };
  if (mistake !== data.known.none) ways["with the mistake"] = (at, on) => hypergradientTerms(TOY, at, on, xi, hypergradient, mistake, data).sum;
  return Object.fromEntries(Object.entries(ways).map(([name, way]) => [name, walk(TOY, [a], [w], way, decay, steps, data).map(([[one], [other]]) => [one, other])]));
}

const passesSoFar = (hypergradient, beat, { passes, own }) => passes[hypergradient].filter(([at]) => at <= beat).length + (beat >= own ? 1 : 0);

function beatsFrame(settings, data) {
  const { xi, hypergradient, beat, steps } = settings;
  const network = settings.view === "a network";
  const problem = network ? tinyNetwork(data.batches) : TOY;
  const mistake = mistakeMade(hypergradient, settings.mistake, data);
  const decay = decayOf(mistake, data);
  const [a0, w0] = network ? [data.alpha, data.weights.flat()] : [[settings.a], [settings.w]];
  const points = walk(problem, a0, w0, (a, w) => hypergradientTerms(problem, a, w, xi, hypergradient, mistake, data).sum, decay, steps, data);
  const [a, w] = points[points.length - 1];
  const found = hypergradientTerms(problem, a, w, xi, hypergradient, mistake, data);
  const nextA = plusOf(a, found.sum, -data.learning_rate);
  const nextW = plusOf(w, plusOf(problem.trainByW(nextA, w), w, decay), -data.learning_rate);
  const frame = { settings: { ...settings }, mistake, done: points.length - 1, a, w, next_a: nextA, next_w: nextW, ...found, passes: passesSoFar(hypergradient, beat, data) };
  if (network) return { ...frame, cosine: dot(found.sum, found.first) / (normOf(found.sum) * normOf(found.first) || 1) };
  return { ...frame, truth: truthOf(a, decay), valley: timesOf(valleySlope(decay), a), part_of_way: xi * (2 + decay), paths: tracePaths(settings, mistake, data) };
}

// Two decimals with a real minus; halves go up, as in Python.
function formatNumber(value, sign = false) {
  const size = (Math.floor(Math.abs(value) * 100 + 0.5 + 1e-7) / 100).toFixed(2);
  if (Number(size) === 0) return size;
  return (value < 0 ? "−" : sign ? "+" : "") + size;
}

function valuesOf(frame, { limit, passes }) {
  const numbers = Object.fromEntries(Object.entries(frame).filter(([, part]) => Array.isArray(part)).map(([name, part]) => [name, part[0]]));
  const names = { "first order": "end_first", exact: "end_exact", truth: "end_truth", "with the mistake": "end_mistake" };
  const ends = Object.fromEntries(Object.entries(frame.paths ?? {}).map(([way, points]) => {
    const [a] = points[points.length - 1];
    return [names[way], Math.abs(a) <= limit / 2 ? formatNumber(a) : "far away"];
  }));
  const each = passes[frame.settings.hypergradient].length + 1;
  const steps = frame.done;
  return { ...numbers, part_of_way: frame.part_of_way, cosine: frame.cosine, right_sum: numbers.right_direct + numbers.right_implicit, follows: 2 * frame.settings.xi, ...ends,
    steps: String(steps), made: String(steps * each), cheap: String(2 * steps) };
}

function fill(template, values) {
  return template.replace(/\{([+%]?)(\w+)\}/g, (_, how, name) => {
    const value = values[name];
    if (how === "%") return `${Math.floor(100 * value + 0.5 + 1e-7)} %`;
    return typeof value === "number" ? formatNumber(value, how === "+") : value;
  });
}

// What this beat says, with its tones: [tone|text].
function sentence(frame, data) {
  const { view: tab, beat, hypergradient } = frame.settings;
  const choices = data.sentences[tab][beat === 0 && frame.done ? "steps" : String(beat)];
  const keys = frame.mistake === data.known.none ? [hypergradient, ""] : [frame.mistake, "mistake", hypergradient, ""];
  return fill(choices[keys.find((key) => key in choices)], valuesOf(frame, data));
}

const plainOf = (text) => text.replace(/\[\w+\|([^\]]*)\]/g, "$1");
const capital = (text) => text[0].toUpperCase() + text.slice(1);

function beatsWords(frame, data) {
  const { view: tab, beat, hypergradient, xi, mistake } = frame.settings;
  const said = [`Beat ${beat + 1} of ${data.beats.length}, ${data.beats[beat]}. ${plainOf(sentence(frame, data))}`];
  const at = tab === "one number" ? `a ${formatNumber(frame.a[0])}, w ${formatNumber(frame.w[0])}, ` : "";
  said.push(`${capital(tab)}: hypergradient ${hypergradient}, ${at}xi ${formatNumber(xi)}.`);
  if (beat >= 6) said.push(`${["direct", "implicit", "sum", "first"].map((name) => `${name} ${frame[name].map((one) => formatNumber(one, true)).join(" ")}`).join(", ")}.`);
  if (tab !== "one number") said.push(`Passes so far: ${frame.passes}.`);
  if (mistake !== data.known.none) {
    const note = frame.mistake === data.known.none ? "This hypergradient leaves no place for it." : plainOf(data.notes[mistake]);
    said.push(`Mistake: ${mistake}. ${note}`);
  }
  return said.join(" ");
}
