// One edge of a cell, with operations on real pictures; the same as models/one_edge.py, where it is explained. Plain
// functions on plain data; rows are Float64Arrays.

const [SIZE, SEEN_PICTURES, TINY, FAR_APART] = [28, 4, 1e-12, 2654435761];
const PIXELS = SIZE * SIZE;
const SIDES = { "conv 3×3": 3, "conv 5×5": 5 };

function centre(x) {
  const mean = sumOf(x) / x.length;
  return x.map((value) => value - mean);
}

// mean 0 and variance 1
function standardise(x) {
  const middle = centre(x);
  const spread = Math.sqrt(dot(middle, middle) / x.length + TINY);
  return middle.map((value) => value / spread);
}

// pictures that look `down` and `right` pixels further; beyond the border its pixels repeat
function lookAside(x, down, right) {
  const inside = (i) => clamp(i, 0, SIZE - 1);
  return x.map((_, i) => {
    const within = i % PIXELS;
    return x[i - within + inside(Math.floor(within / SIZE) + down) * SIZE + inside((within % SIZE) + right)];
  });
}

// pictures as each tap of a window sees them
function taps(x, side) {
  const reach = (side - 1) / 2;
  return Array.from({ length: side * side }, (_, k) => lookAside(x, Math.floor(k / side) - reach, (k % side) - reach));
}

// sum of rows, each times its weight
function weightedSum(rows, weights) {
  const out = new Float64Array(rows[0].length);
  rows.forEach((row, k) => { if (weights[k]) for (let i = 0; i < out.length; i += 1) out[i] += weights[k] * row[i]; });
  return out;
}

const average = (x) => weightedSum(taps(x, 3), Array(9).fill(1 / 9));
const FIXED = {
  skip: (x) => x,
  average,
  maximum: (x) => taps(x, 3).reduce((top, tap) => top.map((value, i) => Math.max(value, tap[i]))),
  outline: (x) => { const smooth = average(x); return x.map((value, i) => value - smooth[i]); },
  shift: (x) => lookAside(x, 0, -3),
  "shift again": (x) => lookAside(x, 0, -3),
  mirror: (x) => x.map((_, i) => x[i - (i % SIZE) + SIZE - 1 - (i % SIZE)]),
  "down 2": (x) => lookAside(x, 2, 0),
};

// x with A x = b, A symmetric and positive; both are used up
function solve(A, b) {
  const n = b.length;
  for (let c = 0; c < n; c += 1) {
    for (let r = c + 1; r < n; r += 1) {
      const by = A[r][c] / A[c][c];
      for (let k = c; k < n; k += 1) A[r][k] -= by * A[c][k];
      b[r] -= by * b[c];
    }
  }
  for (let c = n - 1; c >= 0; c -= 1) {
    for (let k = c + 1; k < n; k += 1) b[c] -= A[c][k] * b[k];
    b[c] /= A[c][c];
  }
  return b;
}

function drawPictures({ count, pictures }, random) {
  const bytes = atob(pictures);
  const chosen = random.permutation(count).slice(0, SEEN_PICTURES);
  return standardise(Float64Array.from({ length: SEEN_PICTURES * PIXELS }, (_, i) => (
    bytes.charCodeAt(chosen[Math.floor(i / PIXELS)] * PIXELS + (i % PIXELS)) / 255)));
}

class OneEdge {
  constructor(pool, seed, operations, target) {
    const random = new SharedRandom(seed * FAR_APART);
    const x = drawPictures(pool, random);
    Object.assign(this, { operations, features: [], kernels: [], rows: [] });
    for (const name of operations) {
      const side = SIDES[name];
      const begin = this.features.length;
      if (side) {
        this.kernels.push(centre(Float64Array.from({ length: side * side }, () => random.normal() / side)));
        this.features.push(...taps(x, side).map(centre));
      } else {
        this.kernels.push(null);
        this.features.push(standardise(FIXED[name](x)));
      }
      this.rows.push([begin, this.features.length]);
    }
    const parts = Object.entries(target);
    this.features.push(weightedSum(parts.map(([name]) => standardise(FIXED[name](x))), parts.map(([, part]) => part)));
    this.products = this.features.map(() => new Float64Array(this.features.length));
    this.features.forEach((row, i) => {
      for (let j = 0; j <= i; j += 1) this.products[i][j] = this.products[j][i] = dot(row, this.features[j]) / row.length;
    });
    this.noise = operations.map(() => random.normal());
    const other = FIXED.mirror(x);
    this.shown = largestAt(Array.from({ length: SEEN_PICTURES }, (_, picture) => {
      let sum = 0;
      for (let i = picture * PIXELS; i < (picture + 1) * PIXELS; i += 1) sum += Math.abs(x[i] - other[i]);
      return sum;
    }));
    const start = this.shown * PIXELS;
    this.small = this.features.map((row) => row.subarray(start, start + PIXELS)); // of the picture that is shown
  }

  block(o) {
    const [begin, end] = this.rows[o];
    return this.products.slice(begin, end).map((row) => row.slice(begin, end));
  }

  // what the output of a convolution is divided by
  spread(o, kernel) {
    const [begin, end] = this.rows[o];
    let sum = TINY;
    for (let i = begin; i < end; i += 1) sum += kernel[i - begin] * dot(kernel, this.products[i], begin);
    return Math.sqrt(sum);
  }

  // the standardised outputs as sums of features
  coefficients(kernels) {
    return kernels.map((kernel, o) => {
      const row = new Float64Array(this.features.length);
      const spread = kernel && this.spread(o, kernel);
      if (kernel) row.set(kernel.map((value) => value / spread), this.rows[o][0]);
      else row[this.rows[o][0]] = 1;
      return row;
    });
  }

  // mean of each feature times what a sum of features has more than the target
  seen(row) {
    const rest = row.slice();
    rest[rest.length - 1] -= 1;
    return { rest, seen: Float64Array.from(this.products, (products) => dot(products, rest)) };
  }

  // mean squared error of a sum of features
  distance(row) {
    const { rest, seen } = this.seen(row);
    return dot(rest, seen);
  }

  // the kernels with the smallest loss alone
  bestKernels() {
    return this.kernels.map((kernel, o) => {
      if (!kernel) return null;
      const [begin, end] = this.rows[o];
      const block = this.block(o);
      block.forEach((row, i) => { row[i] += 1e-9; });
      return solve(block, this.products[this.products.length - 1].slice(begin, end));
    });
  }
}

// in words
const percent = (weight) => `${(100 * weight).toFixed(0)} %`;

function withSign(value, n = 3) {
  const text = Math.abs(value).toFixed(n);
  return Number(text) === 0 ? text : `${value < 0 ? "-" : "+"}${text}`;
}
